// Limits on the tree that a dirstate describes. A crafted file can name more directories than it has bytes for. Every
// directory costs memory in the tree, the scan and the live model. native/decode_common.h has the same numbers.
import { QuicksilverError } from '../../base/errors.ts';

/** The most directories above a file. Linux takes paths of 4,096 bytes, which have fewer. */
export const MAX_DEPTH = 2048;

/** The most that a dirstate of one size may describe. */
export interface TreeLimits {
  /** Entries of version 1. A node of version 2 takes 44 bytes of the file, so it needs no limit of its own. */
  readonly entries: number;
  /** Directories of version 1. */
  readonly directories: number;
  /** The sum of the lengths of all paths that the file does not hold byte by byte. */
  readonly pathBytes: number;
}

/**
 * Returns the limits for a file of `bytes` bytes. Mercurial writes some 100 bytes for each entry of an ordinary
 * repository and 1,000 for each directory, so the limits only concern crafted files.
 */
export function treeLimits(bytes: number): TreeLimits {
  return {
    entries: 0x4_0000 + Math.floor(bytes / 64),
    directories: 0x1_0000 + Math.floor(bytes / 64),
    pathBytes: 0x100_0000 + bytes * 4,
  };
}

/** Returns the error for a dirstate beyond {@link treeLimits} or {@link MAX_DEPTH}: `hg` may be able to read it. */
export function beyondLimits(file: string, message: string): QuicksilverError {
  return new QuicksilverError('unsupported', `${file}: ${message}`, { file });
}
