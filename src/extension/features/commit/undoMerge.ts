// Undoes a committed merge: the working copy is merging again, with the files as they were committed.
//
// `hg uncommit` rejects merges. `hg strip --keep` alone leaves a working copy with one parent, where the files from the
// other one are untracked. So this repeats the merge without resolving conflicts, and takes the files from the commit.
// Only then it removes the commit, which leaves a bundle. Until that last step, an update restores everything.
import { l10n } from 'vscode';
import type { HgCall } from '../../../hgCommand/hgCall.ts';
import { shortNode } from '../../common/changesetIds.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import { strippingSteps, undoMergeSteps, type MergeCommit } from './undoMergeSteps.ts';
import type { HgContext } from '../../hg/commandContext.ts';
import { flushPendingChanges } from '../../hg/pendingChanges.ts';

/** Why it cannot be taken back; undefined if it can. */
export async function refusalToUndoMerge(
  context: HgContext,
  repository: OpenRepository,
  node: string,
): Promise<string | undefined> {
  await flushPendingChanges(context, repository);
  const { model } = repository;
  if (model.changeCount > 0) {
    return l10n.t('Cannot undo the merge with uncommitted changes. Shelve or commit them first.');
  }
  if (model.subrepositories.length > 0) {
    return l10n.t('Cannot undo {0}: merges with subrepositories are not supported.', shortNode(node));
  }
  return undefined;
}

/** Throws a HgFailure if a step fails; then the commit is there as it was. */
export async function undoMerge({ hg }: HgContext, repository: OpenRepository, node: string): Promise<void> {
  const title = l10n.t('Undoing merge…');
  interface Row {
    readonly p1node: string;
    readonly p2node: string;
    readonly branch: string;
    readonly branchBefore: string;
    readonly activebookmark: string;
    readonly bookmarks: readonly string[];
  }
  const call: HgCall = { verb: 'log', options: [['--rev', node]] };
  const fields = 'p1node, p2node, branch, activebookmark, bookmarks, branchBefore=revset("p1(%d)", rev) % "{branch}"';
  const [row] = await hg.rows<Row>(repository, call, fields);
  if (row === undefined) return;
  const { p1node: first, p2node: second, branch, branchBefore, activebookmark: active, bookmarks: names } = row;
  const commit: MergeCommit = { node, first, second, branch, branchBefore, active, bookmarks: names };
  try {
    for (const step of undoMergeSteps(commit)) {
      await hg.change(repository, { ...step, title, codes: [0, 1], rescansAll: true });
    }
  } catch (error) {
    // To go to a bookmark by its name makes it active.
    const back = names.includes(active) ? active : node;
    const update: HgCall = { verb: 'update', options: ['--clean', ['--rev', back]] };
    await hg.change(repository, { ...update, title, rescansAll: true });
    throw error;
  }
  for (const step of strippingSteps(commit)) await hg.change(repository, { ...step, title, rescansAll: true });
}
