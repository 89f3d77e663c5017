// Which paths a command selects.
import { bytePath, isAtOrBelow, joinPath, type BytePath } from '../../../base/bytePath.ts';

/** Which paths a command selects; undefined stands for all. */
export interface SelectedPaths {
  /** Everything at or below these. */
  readonly paths: readonly BytePath[] | undefined;
  /** If given, only the paths that it is true of. */
  readonly filter: ((path: BytePath, isTracked: boolean) => boolean) | undefined;
  /** Paths that the user named, and the directories before a pattern's first wildcard. */
  readonly bases?: readonly BytePath[];
}

/** Returns the selection by patterns and paths, for a caller that did not restrict the paths itself. */
export function inSelection({ paths, filter }: SelectedPaths): ((path: BytePath) => boolean) | undefined {
  if (paths === undefined && filter === undefined) return undefined;
  const given = new Set<string>(paths);
  return path => {
    if (filter !== undefined && !filter(path, true)) return false;
    if (paths === undefined || given.has('') || given.has(path)) return true;
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      if (given.has(path.slice(0, slash))) return true;
    }
    return false;
  };
}

/**
 * Returns what a selection selects in a subrepository, with paths from the subrepository's root; undefined if that is
 * nothing.
 */
export function selectionInside({ paths, filter, bases = [] }: SelectedPaths, at: BytePath): SelectedPaths | undefined {
  const below = (all: readonly BytePath[]): BytePath[] =>
    all.flatMap(path => (path !== at && isAtOrBelow(path, at) ? [bytePath(path.slice(at.length + 1))] : []));
  const isWhole = paths === undefined || paths.some(path => isAtOrBelow(at, path));
  const inside = isWhole ? undefined : below(paths);
  if (inside?.length === 0) return undefined;
  return {
    paths: inside,
    filter: filter && ((path, isTracked) => filter(joinPath(at, path), isTracked)),
    bases: below(bases),
  };
}
