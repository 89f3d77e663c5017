import { createHash } from 'node:crypto';
import { QuicksilverError } from '../base/errors.ts';
import { sameIdentity, type FileIdentity, type Vfs } from './vfs.ts';

/** More than any configuration or ignore file that is read has. */
const MAX_BYTES = 16 * 1024 * 1024;
/** The coarsest clock of a file system in use: within it, two changes leave the same times behind. */
const RACY_NS = 2_000_000_000n;

/** So often something is read again because its files change while it is. */
const ATTEMPTS = 5;

/** A set of files that knows whether a value made from them is still current. */
export class FileSet {
  readonly paths: readonly string[];
  readonly #vfs: Vfs;
  #identities: (FileIdentity | undefined)[];
  #digests: string[];
  #racy: boolean;

  constructor(vfs: Vfs, paths: readonly string[], readAfterNs: bigint) {
    this.#vfs = vfs;
    this.paths = paths;
    this.#identities = paths.map(path => vfs.targetIdentity(path));
    this.#digests = paths.map(path => this.#digest(path));
    this.#racy = this.#isRacy(readAfterNs);
  }

  /** Compares the files' identities, and their contents only where the identities leave doubt. */
  hasChanged(): boolean {
    const identities = this.paths.map(path => this.#vfs.targetIdentity(path));
    const same = identities.every((identity, i) => sameIdentity(identity, this.#identities[i]));
    if (same && !this.#racy) return false;
    const now = nowNs();
    const digests = this.paths.map(path => this.#digest(path));
    if (digests.some((digest, i) => digest !== this.#digests[i])) return true;
    this.#identities = identities;
    this.#racy = this.#isRacy(now);
    return false;
  }

  #isRacy(readAfterNs: bigint): boolean {
    return this.#identities.some(identity => identity !== undefined && identity.ctimeNs + RACY_NS > readAfterNs);
  }

  #digest(path: string): string {
    try {
      const file = this.#vfs.read(path, MAX_BYTES);
      return file === undefined ? 'missing' : createHash('sha1').update(file.bytes).digest('hex');
    } catch (error) {
      // An unreadable file has no content to compare; its error message stands for it.
      if (!(error instanceof QuicksilverError)) throw error;
      return error.message;
    }
  }
}

/**
 * Reads a value that is made from files, with a set that knows when to read it again. The set notes the files before
 * they are read. Otherwise a change in between would pair the new identity with the old content for ever.
 *
 * @param known the files that are known beforehand
 * @param filesOf the files that a value was made from, missing ones included
 * @throws QuicksilverError 'changed-while-reading' when the files keep changing
 */
export function readWithFiles<T>(
  vfs: Vfs,
  known: readonly string[],
  read: () => T,
  filesOf: (value: T) => readonly string[],
): { readonly value: T; readonly files: FileSet } {
  let paths = known;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const files = new FileSet(vfs, paths, nowNs());
    const value = read();
    paths = filesOf(value);
    if (samePaths(paths, files.paths) && !files.hasChanged()) return { value, files };
  }
  throw new QuicksilverError('changed-while-reading', `files change all the time: ${paths.join(', ')}`);
}

function samePaths(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((path, i) => path === b[i]);
}

export function nowNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}
