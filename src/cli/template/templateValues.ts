// The values of templates, and how they become texts. Texts are byte strings.
import { QuicksilverError } from '../../base/errors.ts';
import type { Paint } from '../color.ts';

export interface TemplateDate {
  readonly kind: 'date';
  /** Seconds since 1970. */
  readonly time: number;
  /** Seconds west of UTC. */
  readonly timezone: number;
}

export interface TemplateList {
  readonly kind: 'list';
  readonly items: readonly TemplateItem[];
  /** True if the items are texts with one name. */
  readonly isPlain?: boolean;
  /** Written between the items; a space if undefined. */
  readonly between?: string;
  /** Written after the last item. */
  readonly after?: string;
}

/** A value with names, as a changeset or an item of a list has them. */
export interface TemplateItem {
  readonly kind: 'item';
  readonly text: string;
  /** Names that the item adds to those around it. */
  readonly names: Scope;
}

export type TemplateValue = string | number | boolean | undefined | TemplateDate | TemplateList | TemplateItem;

/** Returns the value of a name; undefined if there is none. */
export type Scope = (name: string) => TemplateValue;

/** Surroundings of an evaluation. */
export interface TemplateContext {
  readonly paint: Paint;
  /** Now, in seconds since 1970. */
  readonly now: number;
  /** Returns the shortest beginning of a node that names only this one. Takes 40 hexadecimal digits. */
  readonly shortestId: (node: string, least: number) => string;
}

export function listOf(texts: readonly string[], name: string): TemplateList {
  return {
    kind: 'list',
    isPlain: true,
    items: texts.map(text => ({ kind: 'item', text, names: asked => (asked === name ? text : undefined) })),
  };
}

export function textOf(value: TemplateValue): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  switch (value.kind) {
    case 'item':
      return value.text;
    case 'list':
      if (value.items.length === 0) return '';
      return value.items.map(({ text }) => text).join(value.between ?? ' ') + (value.after ?? '');
    case 'date':
      return `${Number.isInteger(value.time) ? `${value.time}.0` : value.time}${value.timezone}`;
  }
}

/** True of all values that count as true in a condition. Numbers do, zero too. */
export function isTrue(value: TemplateValue): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'object' && value.kind === 'list') return value.items.length > 0;
  return textOf(value) !== '';
}

/** Throws a 'usage' error if the value is no date. */
export function dateOf(value: TemplateValue): TemplateDate {
  if (typeof value === 'object' && value.kind === 'date') return value;
  throw new QuicksilverError('usage', 'template: a date was expected');
}

/** Throws a 'usage' error if the value is no whole number. */
export function numberOf(value: TemplateValue): number {
  const text = textOf(value);
  if (!/^-?\d{1,15}$/.test(text)) throw new QuicksilverError('usage', `template: '${text}' is no number`);
  return Number(text);
}
