// The commands that take back a merge, see undoMerge.ts. Found out with the real program: committed again with the same
// date, user and message, the merge has the same identifier as before.

/** A changeset with two parents that is the parent of the working copy. */
export interface MergeCommit {
  readonly node: string;
  readonly first: string;
  readonly second: string;
  /** Of the merge, and of its first parent. */
  readonly branch: string;
  readonly branchBefore: string;
  /** The active bookmark, '' for none. */
  readonly active: string;
  /** All that stand on the merge. */
  readonly bookmarks: readonly string[];
}

/** It comes with Mercurial. */
export const STRIP_CONFIG: readonly string[] = ['--config', 'extensions.strip='];

/** What can be had back by an update to the merge. Without --clean: an untracked file in the way is not overwritten. */
export function undoMergeSteps({ node, first, second, branch, branchBefore }: MergeCommit): string[][] {
  return [
    ['update', '--rev', first],
    // Which side a conflict takes is of no importance: the next step takes the files from the commit.
    ['merge', '--tool', 'internal:local', '--rev', second],
    ['revert', '--all', '--no-backup', '--rev', node],
    ['resolve', '--mark', '--all'],
    ...(branch === branchBefore ? [] : [['branch', '--force', '--', branch]]),
  ];
}

/** The last steps. Its bookmarks would go to whichever parent comes later; they belong to the first. */
export function strippingArguments({ node, first, bookmarks, active }: MergeCommit): string[][] {
  return [
    ...bookmarks.map(name => ['bookmark', '--force', '--rev', first, '--', name]),
    ['strip', '--keep', '--rev', node],
    ...(active !== '' && bookmarks.includes(active) ? [['bookmark', '--force', '--', active]] : []),
  ];
}
