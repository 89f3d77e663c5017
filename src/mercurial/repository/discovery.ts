// Where the repository is that a folder belongs to.
import * as path from 'node:path';
import { QuicksilverError } from '../../base/errors.ts';
import type { Vfs } from '../../files/vfs.ts';

/** The directory in the root of a working copy that has Mercurial's own files. */
export const HG_DIRECTORY = '.hg';

/**
 * Returns the root of the working copy around `start`: the nearest directory upwards with a directory (or a
 * symbolic link to one) named '.hg'. A file of that name makes no repository. Undefined if there is none.
 */
export function findRepositoryRoot(vfs: Vfs, start: string): string | undefined {
  let directory = path.resolve(start);
  for (;;) {
    if (hasHgDirectory(vfs, directory)) return directory;
    const parent = path.dirname(directory);
    if (parent === directory) return undefined;
    directory = parent;
  }
}

function hasHgDirectory(vfs: Vfs, directory: string): boolean {
  try {
    return vfs.isDirectory(path.join(directory, HG_DIRECTORY));
  } catch (error) {
    // A directory that may not be looked into has no repository for us; as for Mercurial, the search goes on above it.
    if (error instanceof QuicksilverError && error.code === 'io') return false;
    throw error;
  }
}
