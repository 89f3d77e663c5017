// Quicker means of getting a recorded tree into memory than its reader has by itself: who scans has them, who reads is
// given them, and neither knows the other.

/** A recorded tree as columns, a value for each node: see mercurial/dirstate/nodeTable.ts. Offsets are into its bytes. */
export interface TreeColumns {
  readonly pathOffset: Uint32Array;
  readonly pathLength: Uint16Array;
  /** Where in its path a node's own name starts. */
  readonly baseStart: Uint16Array;
  readonly firstChild: Uint32Array;
  readonly childCount: Uint32Array;
  readonly flags: Uint16Array;
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

/**
 * Decoders in native code (native/decode_v1.c, decode_v2.c). They answer exactly what decodeV1() and decodeV2() do; null where those would
 * refuse the bytes, or where there is too little memory.
 */
export interface NativeDecoders {
  /** @param seed with `multiplier`: numbers below 2^32 that nobody can guess */
  decodeV1(bytes: Uint8Array, windowsNames: boolean, seed: number, multiplier: number): DecodedColumns | null;
  decodeV2(bytes: Uint8Array, windowsNames: boolean, rootOffset: number, rootCount: number): DecodedColumns | null;
}

export interface DecodeAccelerators {
  readonly decoders?: NativeDecoders | undefined;
  /** Keep bytes and columns in memory that threads can share. */
  readonly shared?: boolean | undefined;
  /** Is told how many bytes are about to be read and decoded. */
  expect?(bytes: number): void;
}

/** The same for those who will not have the tree scanned by several threads. */
export function onlyDecoders(means: DecodeAccelerators | undefined): DecodeAccelerators | undefined {
  return means && { decoders: means.decoders };
}
