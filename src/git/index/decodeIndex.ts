// The file `index`, versions 2 to 4: header, entries, extensions, hash.
import { createHash } from 'node:crypto';
import type { NativeGitDecoders } from '../../base/decodeAccelerators.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { ObjectFormat } from '../objects/objectFormat.ts';
import { beyondLimits, mostPathBytes } from '../objects/treeLimits.ts';
import { EXTENDED, STAT_BYTES, type EntryList } from './entryList.ts';

const HEADER_BYTES = 12;
/** The length field of a longer name has this value, and the name ends at its NUL. */
const LONG_NAME = 0xfff;
/** The longest path that is accepted: longer than any system's. */
const MAX_PATH_LENGTH = 0xffff;

export interface DecodedIndex {
  readonly version: 2 | 3 | 4;
  readonly entries: EntryList;
  /** By signature. Those whose signature begins with an upper-case letter may be skipped. */
  readonly extensions: ReadonlyMap<string, Buffer>;
}

/**
 * Decodes an index.
 * Throws 'corrupt' for a truncated or damaged file, 'unsupported' for another version and beyond the limits.
 * @param verify computes the hash at the end, unless the writer left it out (zeros)
 * @param native reads the entries, where it can
 */
export function decodeIndex(
  bytes: Buffer,
  format: ObjectFormat,
  file: string,
  verify: boolean,
  native?: NativeGitDecoders,
): DecodedIndex {
  const bad = (why: string): QuicksilverError => new QuicksilverError('corrupt', `${file}: ${why}`, { file });
  const end = bytes.length - format.length;
  if (end < HEADER_BYTES || bytes.toString('latin1', 0, 4) !== 'DIRC') throw bad('is no index');
  const version = bytes.readUInt32BE(4);
  if (version !== 2 && version !== 3 && version !== 4) {
    throw new QuicksilverError('unsupported', `${file}: index version ${version}`, { file });
  }
  if (verify && !hasRightHash(bytes, end, format)) throw bad('does not fit its hash');
  const count = bytes.readUInt32BE(8);
  const smallest = STAT_BYTES + format.length + 2 + 1;
  if (count * smallest > end - HEADER_BYTES) throw bad(`${count} entries do not fit into ${bytes.length} bytes`);
  const decode = version === 4 ? compressedEntries : plainEntries;
  const { entries, next } =
    nativeEntries(bytes, count, format, native) ?? decode({ bytes, count, end, format, file, bad });
  return { version, entries, extensions: extensions(bytes, next, end, bad) };
}

/** True if the hash of the file fits, or is left out. */
export function hasRightHash(bytes: Buffer, end: number, format: ObjectFormat): boolean {
  const recorded = bytes.subarray(end);
  if (recorded.every(byte => byte === 0)) return true;
  return createHash(format.name).update(bytes.subarray(0, end)).digest().equals(recorded);
}

interface DecodedEntries {
  readonly entries: EntryList;
  /** Where the extensions begin. */
  readonly next: number;
}

type Bad = (why: string) => QuicksilverError;

interface EntryBytes {
  readonly bytes: Buffer;
  readonly count: number;
  /** Where the entries and extensions end. */
  readonly end: number;
  readonly format: ObjectFormat;
  readonly file: string;
  readonly bad: Bad;
}

/** Returns undefined without native code, and for entries that it rejects. */
function nativeEntries(
  bytes: Buffer,
  count: number,
  format: ObjectFormat,
  native: NativeGitDecoders | undefined,
): DecodedEntries | undefined {
  const decoded = native?.decodeGitEntries(bytes, format.length);
  if (!decoded) return undefined;
  const { next, names, at, pathOffset, pathLength } = decoded;
  return { entries: { count, bytes, names: names ?? bytes, at, pathOffset, pathLength }, next };
}

function columnsOf(count: number): Pick<EntryList, 'at' | 'pathOffset' | 'pathLength'> {
  return { at: new Uint32Array(count), pathOffset: new Uint32Array(count), pathLength: new Uint16Array(count) };
}

function plainEntries({ bytes, count, end, format, bad }: EntryBytes): DecodedEntries {
  const columns = columnsOf(count);
  const flagsAt = STAT_BYTES + format.length;
  let at = HEADER_BYTES;
  for (let entry = 0; entry < count; entry++) {
    if (at + flagsAt + 4 > end) throw bad(`entry ${entry} is truncated`);
    const flags = (bytes[at + flagsAt]! << 8) | bytes[at + flagsAt + 1]!;
    const name = at + flagsAt + ((flags & EXTENDED) !== 0 ? 4 : 2);
    let length = flags & LONG_NAME;
    if (length === LONG_NAME) length = bytes.indexOf(0, name) - name;
    if (length < 0 || length > MAX_PATH_LENGTH || name + length >= end || bytes[name + length] !== 0) {
      throw bad(`entry ${entry} has a name of a wrong length`);
    }
    columns.at[entry] = at;
    columns.pathOffset[entry] = name;
    columns.pathLength[entry] = length;
    // 1 to 8 NULs make the length of the entry a multiple of 8.
    at += (name + length - at + 8) & ~7;
  }
  if (at > end) throw bad('the last entry is truncated');
  return { entries: { count, bytes, names: bytes, ...columns }, next: at };
}

/** Version 4: each name begins with that of the entry before, except the given number of bytes. */
function compressedEntries({ bytes, count, end, format, file, bad }: EntryBytes): DecodedEntries {
  const columns = columnsOf(count);
  const flagsAt = STAT_BYTES + format.length;
  const most = mostPathBytes(bytes.length);
  let names = Buffer.allocUnsafe(Math.max(1024, bytes.length));
  let used = 0;
  let previous = 0;
  let previousLength = 0;
  let at = HEADER_BYTES;
  for (let entry = 0; entry < count; entry++) {
    if (at + flagsAt + 4 > end) throw bad(`entry ${entry} is truncated`);
    const flags = (bytes[at + flagsAt]! << 8) | bytes[at + flagsAt + 1]!;
    columns.at[entry] = at;
    at += flagsAt + ((flags & EXTENDED) !== 0 ? 4 : 2);
    let next = bytes[at++]!;
    let drop = next & 0x7f;
    while (next >= 0x80 && at < end) {
      next = bytes[at++]!;
      drop = (drop + 1) * 128 + (next & 0x7f);
    }
    const nul = bytes.indexOf(0, at);
    const kept = previousLength - drop;
    const length = kept + nul - at;
    if (nul < 0 || nul >= end || kept < 0 || length > MAX_PATH_LENGTH) throw bad(`entry ${entry} has a wrong name`);
    if (used + length > most) throw beyondLimits(file, `the paths have more than ${most} bytes together`);
    if (used + length > names.length) {
      const larger = Buffer.allocUnsafe(names.length * 2 + length);
      names.copy(larger, 0, 0, used);
      names = larger;
    }
    names.copyWithin(used, previous, previous + kept);
    bytes.copy(names, used + kept, at, nul);
    columns.pathOffset[entry] = used;
    columns.pathLength[entry] = length;
    previous = used;
    previousLength = length;
    used += length;
    at = nul + 1;
  }
  if (at > end) throw bad('the last entry is truncated');
  return { entries: { count, bytes, names: names.subarray(0, used), ...columns }, next: at };
}

function extensions(bytes: Buffer, start: number, end: number, bad: Bad): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (let at = start; at < end;) {
    if (at + 8 > end) throw bad('an extension is truncated');
    const length = bytes.readUInt32BE(at + 4);
    if (at + 8 + length > end) throw bad('an extension is truncated');
    found.set(bytes.toString('latin1', at, at + 4), bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return found;
}
