// Optional accelerators for loading a dirstate. The scan layer creates them, the decoder receives them; neither
// imports the other.

/** Where the nodes of a recorded tree are, one value per node. Offsets point into the names. */
export interface NodeColumns {
  readonly pathOffset: Uint32Array;
  readonly pathLength: Uint16Array;
  /** Where in its path a node's own name starts. */
  readonly baseStart: Uint16Array;
  readonly firstChild: Uint32Array;
  readonly childCount: Uint32Array;
  readonly flags: Uint16Array;
}

/** A recorded tree as columns: see mercurial/dirstate/nodeTable.ts. */
export interface TreeColumns extends NodeColumns {
  /** 0 where none is recorded. */
  readonly size: Uint32Array;
  /** The low 31 bits; 0 where none are recorded. */
  readonly mtimeSeconds: Uint32Array;
  /** 0: not known. */
  readonly mtimeNanoseconds: Uint32Array;
}

/** All that is decoded. */
export interface DecodedColumns extends TreeColumns {
  readonly nodeCount: number;
  readonly entryCount: number;
  /** 0 where no copy is recorded. */
  readonly copyOffset: Uint32Array;
  readonly copyLength: Uint16Array;
  /** Where the file itself keeps the children (version 2): equal places in two states of one data file are one tree. */
  readonly sourceOffset?: Uint32Array | undefined;
}

/** The entries of a Git index: see git/index/entryList.ts. */
export interface GitEntryColumns {
  readonly at: Uint32Array;
  readonly pathOffset: Uint32Array;
  readonly pathLength: Uint16Array;
  /** Null: names are ranges of the bytes of the index. */
  readonly names: Buffer | null;
  /** Where the extensions begin. */
  readonly next: number;
}

/** The tree of a Git index: see git/index/indexTree.ts. */
export interface GitTreeColumns extends TreeColumns {
  readonly nodeCount: number;
  readonly entryCount: number;
  readonly allFlags: number;
  readonly entry: Uint32Array;
  readonly ctimeSeconds: Uint32Array;
  readonly inode: Uint32Array;
  readonly doubtful: Uint32Array;
}

/** The remembered trees of a Git index: see git/index/cacheTree.ts. */
export interface CachedTreeColumns {
  readonly nameAt: Uint32Array;
  readonly nameLength: Uint32Array;
  readonly idAt: Uint32Array;
  readonly end: Uint32Array;
}

/** An index to compare trees with. The arrays are those of EntryList, IndexTree and {@link CachedTreeColumns}. */
export interface StagedInput extends CachedTreeColumns, NodeColumns {
  readonly names: Uint8Array;
  readonly entry: Uint32Array;
  readonly bytes: Uint8Array;
  readonly at: Uint32Array;
  readonly cachedBytes: Uint8Array;
  readonly hashLength: number;
}

/** An untracked cache of Git: see native/listings.h. All but the arrays and `flags` are places in its bytes. */
export interface DecodedListings {
  readonly directories: Uint32Array;
  readonly ofNode: Uint32Array;
  readonly ident: number;
  readonly identLength: number;
  readonly flags: number;
  readonly exclude: number;
  readonly excludesFile: number;
  readonly ruleName: number;
}

/** Inflates a whole zlib stream of at most `limit` bytes. The result is null for everything that is no such stream. */
export type Inflate = (bytes: Uint8Array, limit: number) => Buffer | null;

/**
 * Decoders of Git's files in native code (native/git_index.c, git_staged.c, inflate.c). They return exactly the result
 * of decodeIndex(), buildIndexTree(), decodeCacheTree() and zlib. The result is null where those would reject the
 * bytes, or if memory is short.
 */
export interface NativeGitDecoders {
  decodeCachedTrees(bytes: Uint8Array, hashLength: number): CachedTreeColumns | null;
  /** Returns a handle for `compareTree`. Nobody may change the arrays while it lives. */
  prepareStaged(input: StagedInput): object;
  /**
   * Returns three words for each name of a directory that a tree and the index may have differently. They are its
   * node, its place in the tree and its remembered tree; each 0xffffffff if there is none.
   * @param cached the remembered tree of the directory
   */
  compareTree(handle: object, tree: Uint8Array, node: number, cached: number): Uint32Array | null;
  readonly inflate: Inflate;
  /** Decodes the extension UNTR, and finds its directories in the tree of the index. */
  decodeListings(
    bytes: Uint8Array,
    hashLength: number,
    names: Uint8Array,
    pathOffset: Uint32Array,
    pathLength: Uint16Array,
    baseStart: Uint16Array,
    firstChild: Uint32Array,
    childCount: Uint32Array,
  ): DecodedListings | null;
  /** @param hashLength bytes of an object name */
  decodeGitEntries(bytes: Uint8Array, hashLength: number): GitEntryColumns | null;
  /** `uid` and `gid` count if `owned`. The other parameters are those of EntryList and TreeOptions. */
  buildGitTree(
    bytes: Uint8Array,
    names: Uint8Array,
    at: Uint32Array,
    pathOffset: Uint32Array,
    pathLength: Uint16Array,
    emptyBlob: Uint8Array,
    writtenAt: number,
    owned: boolean,
    uid: number,
    gid: number,
  ): GitTreeColumns | null;
}

/**
 * Decoders in native code (native/decode_v1.c, decode_v2.c, decode_bazaar.c). The first two return exactly the result
 * of decodeV1() and decodeV2(). The result is null where those would reject the bytes, or if memory is short.
 */
export interface NativeDecoders extends NativeGitDecoders {
  /** @param seed with `multiplier`: numbers below 2^32 that nobody can guess */
  decodeV1(bytes: Uint8Array, windowsNames: boolean, seed: number, multiplier: number): DecodedColumns | null;
  decodeV2(bytes: Uint8Array, windowsNames: boolean, rootOffset: number, rootCount: number): DecodedColumns | null;
  /** Takes rows of a Bazaar dirstate as long as they are plain: see bazaar/dirstate/plainRows.ts. */
  readonly takePlainRows: (
    bytes: Uint8Array,
    columns: readonly (Uint32Array | Uint16Array)[],
    state: Uint32Array,
  ) => void;
}

export interface DecodeAccelerators {
  readonly decoders?: NativeDecoders | undefined;
  /** Keep bytes and columns in memory that threads can share. */
  readonly shared?: boolean | undefined;
  /** Called before bytes are read and decoded, with their number. */
  expect?(bytes: number): void;
}

/** Returns the decoders alone, for a caller that does not scan with several threads. */
export function onlyDecoders(accelerators: DecodeAccelerators | undefined): DecodeAccelerators | undefined {
  return accelerators && { decoders: accelerators.decoders };
}
