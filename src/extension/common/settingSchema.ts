// A setting's value as package.json allows it. Users write settings by hand: any JSON may stand there.

/** A setting's entry in package.json. */
export interface SettingSchema {
  readonly type: string | readonly string[];
  readonly default: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Returns the value; a number is moved into the allowed range. Returns the default for another type or no choice. */
export function allowedValue(schema: SettingSchema, value: unknown): unknown {
  const { default: otherwise, minimum = -Infinity, maximum = Infinity } = schema;
  if (schema.enum !== undefined) return schema.enum.includes(value) ? value : otherwise;
  if (Array.isArray(otherwise)) {
    return Array.isArray(value) ? value.filter(each => typeof each === 'string') : otherwise;
  }
  if (typeof value !== typeof otherwise) return otherwise;
  if (typeof value !== 'number') return value;
  if (!Number.isFinite(value)) return otherwise;
  const within = Math.min(Math.max(value, minimum), maximum);
  return schema.type === 'integer' ? Math.trunc(within) : within;
}
