// The status between two revisions, and between a revision and the working copy. The caller knows which files differ
// between revisions; this module turns them into statuses.
import { parentPath, type BytePath } from '../base/bytePath.ts';
import { compareContent, VerdictCache } from './contentComparison.ts';
import type { StatusEntry } from './status.ts';
import type { WorkCounters, Status, StatusInput } from './types.ts';
import { WorkingTree } from './workingTree.ts';

/** A file of one revision. */
export interface RevisionFile {
  /** Equal nodes mean equal content and history. */
  readonly node: string;
  /** The kind of file: 'x' executable, 'l' symbolic link. */
  readonly flag: string;
}

/** Reports each path that differs between two revisions; with `equal`, the equal ones, too. */
export type RevisionDiff = (
  options: {
    readonly equal: boolean;
    /** Directories that have changes of the working copy below them, which a comparison of revisions does not know. */
    readonly isChanged?: (directory: BytePath) => boolean;
  },
  sink: (path: BytePath, before: RevisionFile | undefined, after: RevisionFile | undefined) => void,
) => void;

/**
 * Returns the statuses between two revisions, as `hg status --rev A --rev B` does. A file with another node is
 * modified, even if its content is the same again.
 *
 * @param isSelected the paths to report; all if undefined
 */
export function statusBetween(
  diff: RevisionDiff,
  clean: boolean,
  isSelected: ((path: BytePath) => boolean) | undefined,
): StatusEntry[] {
  const entries: StatusEntry[] = [];
  diff({ equal: clean }, (path, before, after) => {
    if (isSelected?.(path) ?? true) entries.push({ path, status: statusOf(before, after) });
  });
  return entries;
}

/** The inputs of a comparison between a revision and the working copy. */
export interface WorkingComparison {
  /** The input of a working copy's status, with the compared revision as its base. */
  readonly input: StatusInput;
  /** The status against the working copy's first parent: all but clean files, of what is asked for. */
  readonly working: readonly StatusEntry[];
  /** From the revision to the working copy's first parent. */
  readonly toParent: RevisionDiff;
  readonly clean: boolean;
  readonly isSelected: ((path: BytePath) => boolean) | undefined;
  /** The counters to add to. */
  readonly outcome: WorkCounters;
}

/**
 * Returns the statuses from a revision to the working copy, as `hg status --rev A` does. Files that are modified or
 * added against the parent are compared by content. Files that the status does not mention equal the parent and are
 * compared by node. Deleted files stay deleted. Unknown files that the revision has are left out, because they are
 * removed then.
 */
export function statusToWorkingCopy(comparison: WorkingComparison): StatusEntry[] {
  const { input, working, isSelected } = comparison;
  const { base } = input;
  const tree = new WorkingTree(input.root, comparison.outcome);
  const changed = new Map<BytePath, Status>();
  for (const { path, status } of working) if (TRACKED.has(status)) changed.set(path, status);
  const entries: StatusEntry[] = [];
  const add = (path: BytePath, status: Status | undefined): void => {
    if (status !== undefined && (status !== 'clean' || comparison.clean)) entries.push({ path, status });
  };
  const directories = new Set<BytePath>();
  for (const path of changed.keys()) {
    for (let above = path; above !== '';) directories.add((above = parentPath(above)));
  }
  const isChanged = (directory: BytePath): boolean => directories.has(directory);
  comparison.toParent({ equal: comparison.clean, isChanged }, (path, before, after) => {
    if (!changed.has(path) && (isSelected?.(path) ?? true)) add(path, statusOf(before, after));
  });
  for (const [path, status] of changed) {
    if (status === 'deleted') add(path, 'deleted');
    else if (status === 'removed') add(path, base.find(path) === undefined ? undefined : 'removed');
    else add(path, compareWorkingFile(input, tree, path));
  }
  const removes = entries.some(entry => entry.status === 'removed');
  for (const entry of working) {
    if (TRACKED.has(entry.status)) continue;
    if (!removes || base.find(entry.path) === undefined) entries.push(entry);
  }
  return entries;
}

/**
 * Returns the statuses in the opposite direction: added becomes removed. As in Mercurial, statuses that a revision
 * cannot have are left out.
 */
export function reversed(entries: readonly StatusEntry[]): StatusEntry[] {
  return entries.flatMap(entry => {
    const status = REVERSED[entry.status];
    return status === undefined ? [] : [{ ...entry, status }];
  });
}

const TRACKED: ReadonlySet<Status> = new Set<Status>(['modified', 'added', 'removed', 'deleted']);

const REVERSED: Readonly<Partial<Record<Status, Status>>> = {
  modified: 'modified',
  added: 'removed',
  removed: 'added',
  clean: 'clean',
};

function statusOf(before: RevisionFile | undefined, after: RevisionFile | undefined): Status {
  if (before === undefined) return 'added';
  if (after === undefined) return 'removed';
  return before.node === after.node && before.flag === after.flag ? 'clean' : 'modified';
}

function compareWorkingFile(input: StatusInput, tree: WorkingTree, path: BytePath): Status {
  if (input.base.find(path) === undefined) return 'added';
  const stat = tree.lstat(path);
  // The scan found it a moment ago: count it as deleted.
  if (stat === undefined || (stat.kind !== 'file' && stat.kind !== 'symlink')) return 'deleted';
  const found = compareContent(input, tree, new VerdictCache(), path, stat);
  if (typeof found !== 'string') throw found.why;
  return found;
}
