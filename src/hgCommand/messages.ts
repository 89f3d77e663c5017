// Decodes the message channel of hg's command server: maps in CBOR, a binary format for values. It reads only the types
// that hg uses; anything else is an error.
import { bytePath, toDisplay } from '../base/bytePath.ts';
import { QuicksilverError } from '../base/errors.ts';

/** A question of hg, which waits until it is answered. */
export interface HgQuestion {
  readonly text: string;
  /** The answer must not be shown, kept or logged. */
  readonly isPassword: boolean;
  /** Only these may be answered, by their keys. */
  readonly choices?: readonly { readonly key: string; readonly label: string }[];
  /** The meaning of an empty answer. */
  readonly preset?: string;
}

export interface HgProgress {
  readonly topic: string;
  /** Undefined when the topic is done. */
  readonly position?: number;
  readonly total?: number;
  readonly item?: string;
}

export type HgMessage =
  | { readonly kind: 'question'; readonly question: HgQuestion }
  | { readonly kind: 'progress'; readonly progress: HgProgress }
  /** A complaint or warning. */
  | { readonly kind: 'trouble'; readonly text: string }
  /** A status message. */
  | { readonly kind: 'note'; readonly text: string };

type Value = string | number | boolean | null | undefined | Value[] | ReadonlyMap<string, Value>;

const DEEPEST = 8;

/** Reads one message. Throws a 'corrupt' error for what is none. */
export function decodeMessage(data: Buffer): HgMessage {
  const map = new Decoder(data).map();
  const text = (name: string): string | undefined => asText(map.get(name));
  const number = (name: string): number | undefined => asNumber(map.get(name));
  switch (text('type')) {
    case 'prompt': {
      const choices = asChoices(map.get('choices'));
      const preset = text('default');
      return {
        kind: 'question',
        question: {
          text: text('data') ?? '',
          isPassword: map.get('password') === true,
          ...(choices && { choices }),
          ...(preset !== undefined && { preset }),
        },
      };
    }
    case 'progress': {
      const position = number('pos');
      const total = number('total');
      const item = text('item');
      return {
        kind: 'progress',
        progress: {
          topic: text('topic') ?? '',
          ...(position !== undefined && { position }),
          ...(total !== undefined && { total }),
          ...(item !== undefined && item !== '' && { item }),
        },
      };
    }
    case 'error':
    case 'warning':
      return { kind: 'trouble', text: text('data') ?? '' };
    case undefined:
    default:
      return { kind: 'note', text: text('data') ?? '' };
  }
}

function asText(value: Value): string | undefined {
  return typeof value === 'string' ? toDisplay(bytePath(value)) : undefined;
}

function asNumber(value: Value): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function asChoices(value: Value): { key: string; label: string }[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.flatMap(pair => {
    const [key, label] = Array.isArray(pair) ? pair.map(asText) : [];
    return key === undefined || label === undefined ? [] : [{ key, label }];
  });
}

class Decoder {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  map(): ReadonlyMap<string, Value> {
    const value = this.#value(0);
    if (this.#at !== this.#bytes.length) throw corrupt('with something behind it');
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw corrupt('which is no map');
    return value;
  }

  /** Texts are given back as byte strings. */
  #value(depth: number): Value {
    if (depth > DEEPEST) throw corrupt('which is nested too deeply');
    const first = this.#take(1)[0]!;
    const kind = first >> 5;
    const low = first & 31;
    switch (kind) {
      case 0:
        return this.#count(low);
      case 1:
        return -1 - this.#count(low);
      case 2:
      case 3:
        return low === 31 ? this.#pieces(kind) : this.#take(this.#count(low)).toString('latin1');
      case 4:
        return this.#items(low, depth, () => this.#value(depth + 1));
      case 5:
        return new Map(
          this.#items(low, depth, () => {
            const key = this.#value(depth + 1);
            if (typeof key !== 'string') throw corrupt('with a key that is no text');
            return [key, this.#value(depth + 1)] as const;
          }),
        );
      case 6:
        // A tag adds a meaning to the value after it; hg marks sets with one.
        this.#count(low);
        return this.#value(depth + 1);
      default:
        if (low === 20 || low === 21) return low === 21;
        if (low === 22) return null;
        if (low === 23) return undefined;
        if (low === 27) return this.#take(8).readDoubleBE();
        throw corrupt('with a value of no known kind');
    }
  }

  #items<T>(low: number, depth: number, read: () => T): T[] {
    const items: T[] = [];
    if (low === 31) {
      while (!this.#isBreak()) items.push(read());
      return items;
    }
    const count = this.#count(low);
    // Each item has a byte at least.
    if (count > this.#bytes.length - this.#at) throw corrupt(`of ${count} items at depth ${depth}`);
    while (items.length < count) items.push(read());
    return items;
  }

  /** A text of unknown length comes in pieces of the same kind. */
  #pieces(kind: number): string {
    let text = '';
    while (!this.#isBreak()) {
      const first = this.#take(1)[0]!;
      if (first >> 5 !== kind) throw corrupt('with a piece of another kind');
      text += this.#take(this.#count(first & 31)).toString('latin1');
    }
    return text;
  }

  #isBreak(): boolean {
    if (this.#bytes[this.#at] !== 0xff) return false;
    this.#at++;
    return true;
  }

  #count(low: number): number {
    if (low < 24) return low;
    switch (low) {
      case 24:
        return this.#take(1)[0]!;
      case 25:
        return this.#take(2).readUInt16BE();
      case 26:
        return this.#take(4).readUInt32BE();
      case 27: {
        const value = this.#take(8).readBigUInt64BE();
        if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw corrupt('with a number that is too large');
        return Number(value);
      }
      default:
        throw corrupt('with a length of no known kind');
    }
  }

  #take(count: number): Buffer {
    const end = this.#at + count;
    if (end > this.#bytes.length) throw corrupt('which is cut off');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

function corrupt(what: string): QuicksilverError {
  return new QuicksilverError('corrupt', `the command server sent a message ${what}`);
}
