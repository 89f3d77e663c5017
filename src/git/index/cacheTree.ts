// The names of trees that the index remembers (extension TREE): where they are valid, nothing below has to be compared.
import type { CachedTreeColumns, NativeGitDecoders } from '../../base/decodeAccelerators.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { ObjectFormat } from '../objects/objectFormat.ts';

/** A remembered tree. Nothing is made for it, or for what is below, before it is asked for. */
export interface CachedTree {
  /** The tree's name in hexadecimal; undefined if entries below changed since it was known. */
  readonly id: string | undefined;
  /** All trees, and the place of this one among them. */
  readonly columns: RememberedTrees;
  readonly number: number;
  /** Returns the tree of a directory in this one; undefined if the index remembers none. */
  subtree(name: string): CachedTree | undefined;
  /** Returns the tree at a place among all; undefined for {@link NO_ID}. */
  at(number: number): CachedTree | undefined;
}

/** Deeper than any path can be. */
const MAX_DEPTH = 4096;
/** Digits of the longest number that is accepted. */
const MAX_DIGITS = 10;
const SPACE = 0x20;
const LINE_FEED = 0x0a;
const MINUS = 0x2d;
const DIGIT_0 = 0x30;
/** Stands for no name of a tree, and for no remembered tree. */
export const NO_ID = 0xffff_ffff;

/**
 * The remembered trees in the order of the extension, each before its subtrees. The columns have the place of a name in
 * `bytes`, its length, and the place of the tree's name or {@link NO_ID}. `end` is the first tree that is not below.
 */
export interface RememberedTrees extends CachedTreeColumns {
  readonly bytes: Buffer;
  readonly format: ObjectFormat;
}

/**
 * Decodes the extension. Throws 'corrupt' if it is malformed.
 * @param native decodes it, where it can
 */
export function decodeCacheTree(
  bytes: Buffer,
  format: ObjectFormat,
  file: string,
  native?: NativeGitDecoders,
): CachedTree | undefined {
  if (bytes.length === 0) return undefined;
  const columns = native?.decodeCachedTrees(bytes, format.length) ?? decodeColumns(bytes, format, file);
  return new Subtree({ bytes, format, ...columns }, 0);
}

function decodeColumns(bytes: Buffer, format: ObjectFormat, file: string): CachedTreeColumns {
  const bad = (): QuicksilverError => new QuicksilverError('corrupt', `${file}: extension TREE is malformed`, { file });
  const nameAt: number[] = [];
  const nameLength: number[] = [];
  const idAt: number[] = [];
  const end: number[] = [];
  const numbers = new NumberReader(bytes, bad);
  /** The trees above the next one, and how many of their subtrees are still to come. */
  const open: number[] = [];
  const toCome: number[] = [];
  let at = 0;
  do {
    const tree = end.length;
    const nul = bytes.indexOf(0, at);
    if (nul < 0) throw bad();
    nameAt.push(at);
    nameLength.push(nul - at);
    numbers.at = nul + 1;
    const entryCount = numbers.until(SPACE);
    const subtreeCount = numbers.until(LINE_FEED);
    at = numbers.at;
    idAt.push(entryCount < 0 ? NO_ID : at);
    if (entryCount >= 0) at += format.length;
    if (at > bytes.length) throw bad();
    end.push(tree + 1);
    if (subtreeCount > 0) {
      // The root is at depth 0.
      if (open.length === MAX_DEPTH) throw bad();
      open.push(tree);
      toCome.push(subtreeCount);
    }
    if (open.at(-1) !== tree && toCome.length > 0) toCome[toCome.length - 1]!--;
    while (toCome.at(-1) === 0) {
      toCome.pop();
      end[open.pop()!] = end.length;
      if (toCome.length > 0) toCome[toCome.length - 1]!--;
    }
  } while (open.length > 0);
  return {
    nameAt: Uint32Array.from(nameAt),
    nameLength: Uint32Array.from(nameLength),
    idAt: Uint32Array.from(idAt),
    end: Uint32Array.from(end),
  };
}

class NumberReader {
  at = 0;
  readonly #bytes: Buffer;
  readonly #bad: () => QuicksilverError;

  constructor(bytes: Buffer, bad: () => QuicksilverError) {
    this.#bytes = bytes;
    this.#bad = bad;
  }

  /** Reads a decimal number and the byte after it. */
  until(end: number): number {
    const bytes = this.#bytes;
    const isNegative = bytes[this.at] === MINUS;
    const first = isNegative ? this.at + 1 : this.at;
    let value = 0;
    let at = first;
    for (let byte = bytes[at]; byte !== end; byte = bytes[++at]) {
      const digit = (byte ?? 0) - DIGIT_0;
      if (digit < 0 || digit > 9 || at - first === MAX_DIGITS) throw this.#bad();
      value = value * 10 + digit;
    }
    if (at === first) throw this.#bad();
    this.at = at + 1;
    return isNegative ? -value : value;
  }
}

class Subtree implements CachedTree {
  readonly columns: RememberedTrees;
  readonly number: number;
  #byName: Map<string, number> | undefined;

  constructor(columns: RememberedTrees, number: number) {
    this.columns = columns;
    this.number = number;
  }

  get id(): string | undefined {
    const { bytes, format, idAt } = this.columns;
    const at = idAt[this.number]!;
    return at === NO_ID ? undefined : bytes.toString('hex', at, at + format.length);
  }

  subtree(name: string): CachedTree | undefined {
    this.#byName ??= this.#names();
    const tree = this.#byName.get(name);
    return tree === undefined ? undefined : new Subtree(this.columns, tree);
  }

  at(number: number): CachedTree | undefined {
    return number === NO_ID ? undefined : new Subtree(this.columns, number);
  }

  #names(): Map<string, number> {
    const { bytes, nameAt, nameLength, end } = this.columns;
    const names = new Map<string, number>();
    for (let tree = this.number + 1; tree < end[this.number]!; tree = end[tree]!) {
      names.set(bytes.toString('latin1', nameAt[tree], nameAt[tree]! + nameLength[tree]!), tree);
    }
    return names;
  }
}
