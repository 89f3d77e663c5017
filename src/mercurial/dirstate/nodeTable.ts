// The one in-memory form of a dirstate, whichever format it was read from: a tree of nodes in typed arrays over the
// file's own bytes. A tracked file costs some forty bytes here and no object, so that hundreds of thousands fit.
import type { DecodedColumns } from '../../base/decodeAccelerators.ts';

/** The properties of an entry or directory, in the bits of dirstate-v2 on disk. Version 1 is translated into them. */
export const WDIR_TRACKED = 0x0001;
export const P1_TRACKED = 0x0002;
/** Something of the second parent went into the entry: it was merged, or came from there. */
export const P2_INFO = 0x0004;
export const MODE_EXEC_PERM = 0x0008;
export const MODE_IS_SYMLINK = 0x0010;
export const HAS_FALLBACK_EXEC = 0x0020;
export const FALLBACK_EXEC = 0x0040;
export const HAS_FALLBACK_SYMLINK = 0x0080;
export const FALLBACK_SYMLINK = 0x0100;
export const EXPECTED_STATE_IS_MODIFIED = 0x0200;
export const HAS_MODE_AND_SIZE = 0x0400;
export const HAS_MTIME = 0x0800;
export const MTIME_SECOND_AMBIGUOUS = 0x1000;
/** The recorded mtime is a directory's, not a file's. */
export const DIRECTORY = 0x2000;
/** At the recorded mtime of the directory, no child of it was unknown and not ignored. */
export const ALL_UNKNOWN_RECORDED = 0x4000;

/** A node without these flags is only a directory, not an entry. */
export const ENTRY_MASK = WDIR_TRACKED | P1_TRACKED | P2_INFO;

/** The most bytes a path may have: what dirstate-v2 can express, and more than any file system takes. */
export const MAX_PATH_LENGTH = 0xffff;

/**
 * The decoded dirstate. Node 0 is the root directory. The children of a node are contiguous and ordered by the bytes of
 * their names; a parent comes before its children. Offsets point into {@link NodeTable.bytes}. HAS_MODE_AND_SIZE and
 * HAS_MTIME mark recorded sizes and times.
 */
export interface NodeTable extends DecodedColumns {
  readonly bytes: Buffer;
  readonly sourceOffset: Uint32Array | undefined;
}

/**
 * Columns of `nodeCount` zeroed nodes. The caller has made sure that the file is large enough to hold so many.
 * @param shared whether they are made in memory that threads can share
 */
export function allocateNodes(bytes: Buffer, nodeCount: number, withSourceOffset: boolean, shared = false): NodeTable {
  const wide = (): Uint32Array => new Uint32Array(memory(nodeCount * 4, shared));
  const narrow = (): Uint16Array => new Uint16Array(memory(nodeCount * 2, shared));
  return {
    bytes,
    nodeCount,
    entryCount: 0,
    pathOffset: wide(),
    pathLength: narrow(),
    baseStart: narrow(),
    firstChild: wide(),
    childCount: wide(),
    flags: narrow(),
    size: wide(),
    mtimeSeconds: wide(),
    mtimeNanoseconds: wide(),
    copyOffset: wide(),
    copyLength: narrow(),
    sourceOffset: withSourceOffset ? wide() : undefined,
  };
}

function memory(bytes: number, shared: boolean): ArrayBuffer | SharedArrayBuffer {
  return shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
}

/** Returns the first `length` values, in memory of the same kind. */
export function shortened<T extends Uint32Array | Uint16Array>(column: T, length: number): T {
  if (!(column.buffer instanceof SharedArrayBuffer)) return column.slice(0, length) as T;
  const { constructor, BYTES_PER_ELEMENT } = column as T & { constructor: new (buffer: SharedArrayBuffer) => T };
  const copy = new constructor(new SharedArrayBuffer(length * BYTES_PER_ELEMENT));
  copy.set(column.subarray(0, length));
  return copy;
}

/** All columns, for moving nodes. */
export function columns(table: NodeTable): (Uint32Array | Uint16Array)[] {
  const all = [
    table.pathOffset,
    table.pathLength,
    table.baseStart,
    table.firstChild,
    table.childCount,
    table.flags,
    table.size,
    table.mtimeSeconds,
    table.mtimeNanoseconds,
    table.copyOffset,
    table.copyLength,
  ];
  return table.sourceOffset === undefined ? all : [...all, table.sourceOffset];
}

/** The table without the nodes it was allocated for and did not need, and with its entries counted. */
export function finishTable(table: NodeTable, nodeCount: number): NodeTable {
  let entryCount = 0;
  for (let node = 0; node < nodeCount; node++) if ((table.flags[node]! & ENTRY_MASK) !== 0) entryCount++;
  if (table.flags.length === nodeCount) return { ...table, entryCount };
  return {
    bytes: table.bytes,
    nodeCount,
    entryCount,
    pathOffset: shortened(table.pathOffset, nodeCount),
    pathLength: shortened(table.pathLength, nodeCount),
    baseStart: shortened(table.baseStart, nodeCount),
    firstChild: shortened(table.firstChild, nodeCount),
    childCount: shortened(table.childCount, nodeCount),
    flags: shortened(table.flags, nodeCount),
    size: shortened(table.size, nodeCount),
    mtimeSeconds: shortened(table.mtimeSeconds, nodeCount),
    mtimeNanoseconds: shortened(table.mtimeNanoseconds, nodeCount),
    copyOffset: shortened(table.copyOffset, nodeCount),
    copyLength: shortened(table.copyLength, nodeCount),
    sourceOffset: table.sourceOffset && shortened(table.sourceOffset, nodeCount),
  };
}

/** Orders two byte ranges by their unsigned bytes. */
export function compareRanges(
  a: Uint8Array,
  aStart: number,
  aLength: number,
  b: Uint8Array,
  bStart: number,
  bLength: number,
): number {
  const common = aLength < bLength ? aLength : bLength;
  for (let i = 0; i < common; i++) {
    const difference = a[aStart + i]! - b[bStart + i]!;
    if (difference !== 0) return difference;
  }
  return aLength - bLength;
}
