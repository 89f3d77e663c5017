// The commands that take back a merge, see undoMerge.ts. Found out with the real program: committed again with the same
// date, user and message, the merge has the same identifier as before.
import type { HgCall, HgSetting } from '../../../hgCommand/hgCall.ts';

/** A changeset with two parents that is the parent of the working copy. */
export interface MergeCommit {
  readonly node: string;
  readonly first: string;
  readonly second: string;
  /** The branch of the merge, and the branch of its first parent. */
  readonly branch: string;
  readonly branchBefore: string;
  /** The active bookmark, '' for none. */
  readonly active: string;
  /** All that stand on the merge. */
  readonly bookmarks: readonly string[];
}

/** It comes with Mercurial. */
export const STRIP_SETTINGS: readonly HgSetting[] = ['extensions.strip='];

/**
 * Returns the steps that an update to the merge can undo. They do not use --clean: an untracked file in the way is not
 * overwritten.
 */
export function undoMergeSteps({ node, first, second, branch, branchBefore }: MergeCommit): HgCall[] {
  return [
    { verb: 'update', options: [['--rev', first]] },
    // Which side a conflict takes is of no importance: the next step takes the files from the commit.
    { verb: 'merge', options: ['--tool=internal:local', ['--rev', second]] },
    { verb: 'revert', options: ['--all', '--no-backup', ['--rev', node]] },
    { verb: 'resolve', options: ['--mark', '--all'] },
    ...(branch === branchBefore ? [] : [{ verb: 'branch', options: ['--force'], operands: [branch] } as const]),
  ];
}

/** The last steps. Its bookmarks would go to whichever parent comes later; they belong to the first. */
export function strippingSteps({ node, first, bookmarks, active }: MergeCommit): HgCall[] {
  return [
    ...bookmarks.map((name): HgCall => ({
      verb: 'bookmark',
      options: ['--force', ['--rev', first]],
      operands: [name],
    })),
    { verb: 'strip', settings: STRIP_SETTINGS, options: ['--keep', ['--rev', node]] },
    ...(bookmarks.includes(active) ? [{ verb: 'bookmark', options: ['--force'], operands: [active] } as const] : []),
  ];
}
