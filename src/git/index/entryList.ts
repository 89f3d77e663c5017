// Entries of an index in the order of the file: where the fixed part of each is, and its path.
import type { ObjectFormat } from '../objects/objectFormat.ts';

/** Bits of the first flags of an entry. */
export const ASSUME_VALID = 0x8000;
export const EXTENDED = 0x4000;
const STAGE_MASK = 0x3000;
const STAGE_SHIFT = 12;
/** Bits of the second flags, which only extended entries have. */
export const SKIP_WORKTREE = 0x4000;
export const INTENT_TO_ADD = 0x2000;

/** Bytes before the object name: times, device, inode, mode, owner, size. */
export const STAT_BYTES = 40;

/**
 * Fixed parts start at `at` in `bytes`. Big-endian fields of 4 bytes come first: ctime (s, ns), mtime (s, ns), device,
 * inode, mode, uid, gid, size. Then come the object name and the flags. Paths are ranges of `names`.
 */
export interface EntryList {
  readonly count: number;
  readonly bytes: Buffer;
  readonly at: Uint32Array;
  readonly names: Buffer;
  readonly pathOffset: Uint32Array;
  readonly pathLength: Uint16Array;
}

export function modeOf({ bytes, at }: EntryList, entry: number): number {
  return bytes.readUInt32BE(at[entry]! + 24);
}

/** The object name in hexadecimal. */
export function idOf({ bytes, at }: EntryList, entry: number, format: ObjectFormat): string {
  const start = at[entry]! + STAT_BYTES;
  return bytes.toString('hex', start, start + format.length);
}

export function flagsOf({ bytes, at }: EntryList, entry: number, format: ObjectFormat): number {
  return bytes.readUInt16BE(at[entry]! + STAT_BYTES + format.length);
}

/** The second flags; 0 if the entry has none. */
export function extendedFlagsOf(list: EntryList, entry: number, format: ObjectFormat): number {
  if ((flagsOf(list, entry, format) & EXTENDED) === 0) return 0;
  return list.bytes.readUInt16BE(list.at[entry]! + STAT_BYTES + format.length + 2);
}

/** 0 for an ordinary entry; 1 the common ancestor, 2 ours, 3 theirs of a conflict. */
export function stageOf(list: EntryList, entry: number, format: ObjectFormat): number {
  return (flagsOf(list, entry, format) & STAGE_MASK) >> STAGE_SHIFT;
}

export function pathOf({ names, pathOffset, pathLength }: EntryList, entry: number): string {
  const start = pathOffset[entry]!;
  return names.toString('latin1', start, start + pathLength[entry]!);
}

/** Orders entries as the index does: by the bytes of the paths, then by stage. */
export function compareEntries(a: EntryList, i: number, b: EntryList, k: number, format: ObjectFormat): number {
  const order = a.names.compare(
    b.names,
    b.pathOffset[k],
    b.pathOffset[k]! + b.pathLength[k]!,
    a.pathOffset[i],
    a.pathOffset[i]! + a.pathLength[i]!,
  );
  return order !== 0 ? order : stageOf(a, i, format) - stageOf(b, k, format);
}

/** Builds a list of entries that come from several places. */
export class EntryListBuilder {
  readonly #bytes: Buffer[] = [];
  #bytesLength = 0;
  readonly #names: Buffer[] = [];
  #namesLength = 0;
  readonly #at: number[] = [];
  readonly #pathOffset: number[] = [];
  readonly #pathLength: number[] = [];

  /** Makes the bytes and names of another list part of this one; returns what to add to its offsets. */
  addSource(list: Pick<EntryList, 'bytes' | 'names'>): { readonly at: number; readonly name: number } {
    const offsets = { at: this.#bytesLength, name: this.#namesLength };
    this.#bytes.push(list.bytes);
    this.#bytesLength += list.bytes.length;
    this.#names.push(list.names);
    this.#namesLength += list.names.length;
    return offsets;
  }

  add(at: number, pathOffset: number, pathLength: number): void {
    this.#at.push(at);
    this.#pathOffset.push(pathOffset);
    this.#pathLength.push(pathLength);
  }

  build(): EntryList {
    return {
      count: this.#at.length,
      bytes: Buffer.concat(this.#bytes),
      at: Uint32Array.from(this.#at),
      names: Buffer.concat(this.#names),
      pathOffset: Uint32Array.from(this.#pathOffset),
      pathLength: Uint16Array.from(this.#pathLength),
    };
  }
}
