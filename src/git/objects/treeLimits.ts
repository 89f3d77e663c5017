// Limits on the trees that a repository describes. Trees may share subtrees, so a few kilobytes can name more files
// than any disk has. A damaged object can be a tree inside of itself.
import { QuicksilverError } from '../../base/errors.ts';

/** The most directories above a file. Linux takes paths of 4,096 bytes, which have fewer. */
export const MAX_TREE_DEPTH = 2048;

/** Directories that an index of so many bytes may name. Git writes some 1,000 bytes for each. */
export function mostDirectories(bytes: number): number {
  return 0x1_0000 + Math.floor(bytes / 64);
}

/** The sum of the lengths of all paths of an index of so many bytes that does not hold each of them as a whole. */
export function mostPathBytes(bytes: number): number {
  return 0x100_0000 + bytes * 4;
}

export function beyondLimits(file: string, message: string): QuicksilverError {
  return new QuicksilverError('unsupported', `${file}: ${message}`, { file });
}

const MOST_TREES = 0x4_0000;
const MOST_FILES = 4_000_000;
const MOST_PATH_BYTES = 512 * 1024 * 1024;

/** Counts trees and files of one walk through trees, and throws an 'unsupported' error when they are too many. */
export class TreeWalkLimits {
  #trees = 0;
  #files = 0;
  #pathBytes = 0;

  tree(depth: number): void {
    if (depth > MAX_TREE_DEPTH) throw new QuicksilverError('unsupported', `a tree is more than ${MAX_TREE_DEPTH} deep`);
    if (++this.#trees > MOST_TREES) throw tooMany(`${MOST_TREES} trees`);
  }

  file(pathBytes: number): void {
    this.#pathBytes += pathBytes;
    if (++this.#files > MOST_FILES) throw tooMany(`${MOST_FILES} files`);
    if (this.#pathBytes > MOST_PATH_BYTES) throw tooMany(`${MOST_PATH_BYTES} bytes of paths`);
  }
}

function tooMany(what: string): QuicksilverError {
  return new QuicksilverError('unsupported', `a tree has more than ${what}`);
}
