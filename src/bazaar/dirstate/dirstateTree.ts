// The rows of a dirstate as a tree of nodes in typed arrays: the form in which the engine walks them.
import type { TreeColumns } from '../../base/decodeAccelerators.ts';

/** A scan examines the node even if a directory is there. A node without it is an unchanged directory. */
export const TOLD = 0x0001;
/** A file or link that both trees have: an equal stat can prove that it is unchanged. */
export const TRACKED = 0x0002;
/** The first parent has it with the execute bit. */
export const EXECUTABLE = 0x0004;
export const SYMLINK = 0x0008;
/** The working tree has it at this path. */
export const LIVE = 0x0010;
/** The working tree records a directory or a nested tree. */
export const DIRECTORY = 0x0020;
/** The first parent does not have the file id. */
export const ADDED = 0x0040;
/** The first parent has the file id with another name, or in a directory of another file id. */
export const MOVED = 0x0080;
/** The first parent has another kind. */
export const KIND = 0x0100;
/** Only the first parent has the file id. */
export const REMOVED = 0x0200;
/** The working tree records a nested tree. */
export const REFERENCE = 0x0400;
/** One row has the file id in both trees. */
export const PAIRED = 0x0800;

/** {@link DirstateTree.base} of what the first parent does not have. */
export const NO_BASE = 0;

/** A part of the dirstate's bytes that is a path. */
export interface PathRange {
  readonly offset: number;
  readonly length: number;
}

/** A row that has no node of its own: another one has its path. The first parent has it, the working tree does not. */
export interface ShadowedRow extends PathRange {
  readonly base: number;
}

/**
 * Node 0 is the root. The children of a node are contiguous and ordered by the bytes of their names. Paths are ranges
 * of `bytes`, which are those of the file with '/' between directory and name. A file id follows its path after a NUL.
 */
export interface DirstateTree extends TreeColumns {
  readonly bytes: Buffer;
  readonly nodeCount: number;
  /** Nodes that the working tree has. */
  readonly entryCount: number;
  readonly ctimeSeconds: Uint32Array;
  readonly inode: Uint32Array;
  /** Not 0: an equal stat does not prove that the file is unchanged. */
  readonly doubtful: Uint32Array;
  /** Where the five fields of the working tree begin; 0 for what it does not have. */
  readonly working: Uint32Array;
  /** Where the five fields of the first parent begin; {@link NO_BASE} for what it does not have. */
  readonly base: Uint32Array;
  /** The path in the first parent, where that is another row. */
  readonly oldPaths: ReadonlyMap<number, PathRange>;
  readonly shadowed: readonly ShadowedRow[];
  /** Revision ids of the parents, the first one first; byte strings. */
  readonly parents: readonly string[];
  readonly ghosts: readonly string[];
}

/** The columns that are made for a number of nodes. */
export type Columns = Pick<
  DirstateTree,
  | 'pathOffset'
  | 'pathLength'
  | 'baseStart'
  | 'firstChild'
  | 'childCount'
  | 'flags'
  | 'size'
  | 'mtimeSeconds'
  | 'mtimeNanoseconds'
  | 'ctimeSeconds'
  | 'inode'
  | 'doubtful'
  | 'working'
  | 'base'
>;

/** @param shared true if threads share the memory */
export function allocateColumns(count: number, shared: boolean): Columns {
  const memory = (length: number): ArrayBuffer | SharedArrayBuffer =>
    shared ? new SharedArrayBuffer(length) : new ArrayBuffer(length);
  const wide = (): Uint32Array => new Uint32Array(memory(count * 4));
  const narrow = (): Uint16Array => new Uint16Array(memory(count * 2));
  return {
    pathOffset: wide(),
    pathLength: narrow(),
    baseStart: narrow(),
    firstChild: wide(),
    childCount: wide(),
    flags: narrow(),
    size: wide(),
    mtimeSeconds: wide(),
    mtimeNanoseconds: wide(),
    ctimeSeconds: wide(),
    inode: wide(),
    doubtful: wide(),
    working: wide(),
    base: wide(),
  };
}
