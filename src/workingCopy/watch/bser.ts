// Watchman's binary protocol, version 1 (https://facebook.github.io/watchman/docs/bser). Strings are byte strings. The
// JSON protocol is of no use: Watchman 4.9 sends nothing more after a name that is not UTF-8.
export type BserValue = string | number | boolean | null | readonly BserValue[] | BserObject;
export interface BserObject {
  readonly [name: string]: BserValue;
}

/** The bytes are no message. */
export class BserError extends Error {}

const START = Buffer.from([0, 1]);
const ARRAY = 0;
const OBJECT = 1;
const STRING = 2;
const INT8 = 3;
const INT16 = 4;
const INT32 = 5;
const INT64 = 6;
const REAL = 7;
const TRUE = 8;
const FALSE = 9;
const NULL = 10;
const TEMPLATE = 11;
const SKIP = 12;
const MOST_DEPTH = 20;

/** Returns a message. */
export function encodeBser(value: BserValue): Buffer {
  const body = encoded(value);
  return Buffer.concat([START, int(body.length), body]);
}

/**
 * Returns the length of the message at the start of these bytes, which may go beyond them; undefined if that is not
 * known yet. Throws BserError for other bytes, and for a message that is longer than `mostBytes`.
 */
export function bserLength(bytes: Buffer, mostBytes: number): number | undefined {
  if (!START.subarray(0, bytes.length).equals(bytes.subarray(0, START.length))) throw corrupt('no message');
  if (bytes.length <= START.length) return undefined;
  const reader = new Reader(bytes, START.length);
  if (bytes.length < START.length + 1 + reader.intBytes()) return undefined;
  const length = reader.int();
  if (length < 0 || length > mostBytes) throw corrupt(`a message of ${length} bytes`);
  return reader.at + length;
}

/** Decodes a whole message. Throws BserError if it is none. */
export function decodeBser(message: Buffer): BserValue {
  const reader = new Reader(message, START.length);
  reader.int();
  const value = reader.value(0);
  if (reader.at !== message.length) throw corrupt('bytes behind the value');
  return value;
}

class Reader {
  readonly #bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  /** The bytes of the integer that comes next. */
  intBytes(): number {
    const size = { [INT8]: 1, [INT16]: 2, [INT32]: 4, [INT64]: 8 }[this.#bytes[this.at] ?? NULL];
    if (size === undefined) throw corrupt('no integer');
    return size;
  }

  int(): number {
    const size = this.intBytes();
    const at = this.#take(1 + size) + 1;
    if (size === 8) return Number(this.#bytes.readBigInt64LE(at));
    return this.#bytes.readIntLE(at, size);
  }

  value(depth: number): BserValue {
    if (depth > MOST_DEPTH) throw corrupt('too deep');
    const type = this.#bytes[this.at];
    switch (type) {
      case INT8:
      case INT16:
      case INT32:
      case INT64:
        return this.int();
      case STRING:
        return this.#string();
      case REAL:
        return this.#bytes.readDoubleLE(this.#take(9) + 1);
      case TRUE:
      case FALSE:
        this.#take(1);
        return type === TRUE;
      case NULL:
        this.#take(1);
        return null;
      case ARRAY:
        this.#take(1);
        return this.#values(this.#count(), depth);
      case OBJECT:
        return this.#object(depth);
      case TEMPLATE:
        return this.#template(depth);
      case undefined:
      default:
        throw corrupt(`type ${type}`);
    }
  }

  #string(): string {
    this.#take(1);
    const length = this.int();
    if (length < 0) throw corrupt('a negative length');
    const at = this.#take(length);
    return this.#bytes.toString('latin1', at, at + length);
  }

  #values(count: number, depth: number): BserValue[] {
    const values: BserValue[] = [];
    for (let i = 0; i < count; i++) values.push(this.value(depth + 1));
    return values;
  }

  #object(depth: number): BserObject {
    this.#take(1);
    const entries: [string, BserValue][] = [];
    for (let left = this.#count(); left > 0; left--) entries.push([this.#name(), this.value(depth + 1)]);
    return Object.fromEntries(entries);
  }

  /** Objects that share their names: an array of names, and the values of each object. */
  #template(depth: number): BserObject[] {
    this.#take(1);
    if (this.#bytes[this.#take(1)] !== ARRAY) throw corrupt('no names');
    const names: string[] = [];
    for (let left = this.#count(); left > 0; left--) names.push(this.#name());
    const objects: BserObject[] = [];
    for (let left = this.#count(); left > 0; left--) {
      const entries: [string, BserValue][] = [];
      for (const name of names) {
        if (this.#bytes[this.at] === SKIP) this.#take(1);
        else entries.push([name, this.value(depth + 1)]);
      }
      objects.push(Object.fromEntries(entries));
    }
    return objects;
  }

  #name(): string {
    if (this.#bytes[this.at] !== STRING) throw corrupt('no name');
    return this.#string();
  }

  /** Each item has a byte at least, so a count cannot make work without bytes. */
  #count(): number {
    const count = this.int();
    if (count < 0 || count > this.#bytes.length - this.at) throw corrupt(`${count} items`);
    return count;
  }

  /** Returns where the bytes begin that it goes past. */
  #take(count: number): number {
    const from = this.at;
    if (from + count > this.#bytes.length) throw corrupt('the end is missing');
    this.at += count;
    return from;
  }
}

function encoded(value: BserValue): Buffer {
  if (typeof value === 'string') {
    const bytes = Buffer.from(value, 'latin1');
    return Buffer.concat([Buffer.from([STRING]), int(bytes.length), bytes]);
  }
  if (typeof value === 'number') return int(value);
  if (typeof value === 'boolean') return Buffer.from([value ? TRUE : FALSE]);
  if (value === null) return Buffer.from([NULL]);
  if (isArray(value)) return Buffer.concat([Buffer.from([ARRAY]), int(value.length), ...value.map(encoded)]);
  const entries = Object.entries(value).flat().map(encoded);
  return Buffer.concat([Buffer.from([OBJECT]), int(entries.length / 2), ...entries]);
}

function isArray(value: BserValue): value is readonly BserValue[] {
  return Array.isArray(value);
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes[0] = INT32;
  bytes.writeInt32LE(value, 1);
  return bytes;
}

function corrupt(what: string): BserError {
  return new BserError(`Watchman has sent ${what}`);
}
