// The version-control systems, and how a repository of each is recognized. One more system is one more row.
import * as path from 'node:path';
import { BAZAAR_DIRECTORY } from '../bazaar/repository/layout.ts';
import { QuicksilverError } from '../base/errors.ts';
import type { SystemKind } from '../base/repositoryState.ts';
import type { Vfs } from '../files/vfs.ts';
import { GIT_DIRECTORY, gitDirectoriesAt } from '../git/repository/discovery.ts';
import { HG_DIRECTORY } from '../mercurial/repository/discovery.ts';

/** A repository that was found; its root is an absolute path. */
export interface FoundRepository {
  readonly root: string;
  readonly system: SystemKind;
}

export interface System {
  readonly kind: SystemKind;
  /** The name in the root that holds the system's own files. */
  readonly controlName: string;
  /** True if that name, at this absolute path, makes its directory a repository. May throw what `vfs` throws. */
  isRepository(vfs: Vfs, control: string): boolean;
}

const SYSTEMS: readonly System[] = [
  // A file of that name makes no repository.
  { kind: 'hg', controlName: HG_DIRECTORY, isRepository: (vfs, control) => vfs.isDirectory(control) },
  {
    kind: 'git',
    controlName: GIT_DIRECTORY,
    isRepository: (vfs, control) => gitDirectoriesAt(vfs, control) !== undefined,
  },
  // A repository or branch without working files is none.
  {
    kind: 'bzr',
    controlName: BAZAAR_DIRECTORY,
    isRepository: (vfs, control) => vfs.isDirectory(path.join(control, 'checkout')),
  },
];

/** Returns the systems of these kinds, in the order of `kinds`; unknown ones are left out. */
export function systemsOf(kinds: readonly string[]): System[] {
  return kinds.flatMap(kind => SYSTEMS.find(system => system.kind === kind) ?? []);
}

/** All kinds that are known. Where a directory is a repository of several, the first one is preferred. */
export const ALL_KINDS: readonly SystemKind[] = SYSTEMS.map(({ kind }) => kind);

/**
 * Returns the first of the systems that have a repository at a directory (absolute path). A directory that may not be
 * looked into has none.
 */
export function systemAt(vfs: Vfs, directory: string, systems: readonly System[]): SystemKind | undefined {
  return systems.find(system => isAt(vfs, directory, system))?.kind;
}

function isAt(vfs: Vfs, directory: string, system: System): boolean {
  try {
    return system.isRepository(vfs, path.join(directory, system.controlName));
  } catch (error) {
    // The search goes on above it, as it does for Mercurial and Git.
    if (error instanceof QuicksilverError && error.code === 'io') return false;
    throw error;
  }
}

/** Returns the nearest repository at or above `start`; undefined if there is none. */
export function findRepository(vfs: Vfs, start: string, systems: readonly System[]): FoundRepository | undefined {
  for (let root = path.resolve(start); ; root = path.dirname(root)) {
    const system = systemAt(vfs, root, systems);
    if (system !== undefined) return { root, system };
    if (path.dirname(root) === root) return undefined;
  }
}
