// The status between two revisions, and between a revision and the working copy. Which files differ between revisions is
// told by whoever keeps them; here it becomes statuses.
import { parentPath, type BytePath } from '../base/bytePath.ts';
import { compareContent, VerdictCache } from './contentComparison.ts';
import type { StatusEntry } from './status.ts';
import type { WorkCounters, Status, StatusInput } from './types.ts';
import { WorkingTree } from './workingTree.ts';

/** A file of one revision. */
export interface RevisionFile {
  /** The same node means the same content and history. */
  readonly node: string;
  /** What kind of file it is: 'x' executable, 'l' symbolic link. */
  readonly flag: string;
}

/** Tells of each path that differs between two revisions; with `equal`, of those that do not, too. */
export type RevisionDiff = (
  options: {
    readonly equal: boolean;
    /** Directories that have changes of the working copy below them, which a comparison of revisions does not know. */
    readonly isChanged?: (directory: BytePath) => boolean;
  },
  sink: (path: BytePath, before: RevisionFile | undefined, after: RevisionFile | undefined) => void,
) => void;

/**
 * The statuses between two revisions, as `hg status --rev A --rev B` has them: a file whose node differs is modified, even
 * if it got the content it once had.
 *
 * @param isSelected what is asked for; everything if undefined
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

/** What a comparison of a revision with the working copy starts from. */
export interface WorkingComparison {
  /** That of a status of the working copy, but for the base: that is the revision to be compared. */
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
 * The statuses from a revision to the working copy, as `hg status --rev A` has them. A working file that the status
 * against the parent calls modified or added is compared by content; one that it does not mention is the parent's, and
 * compared by node. Deleted files stay deleted; unknown files are left out where the revision has them, because they are
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

/** The same the other way round: what was added is removed. What no revision can have is left out, as Mercurial does. */
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
  // It was there when the working copy was looked at and is not any more, as if it had been deleted a moment earlier.
  if (stat === undefined || (stat.kind !== 'file' && stat.kind !== 'symlink')) return 'deleted';
  return compareContent(input, tree, new VerdictCache(), path, stat);
}
