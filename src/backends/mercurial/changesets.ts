// Answers about changesets, in one line each: the parents of the working copy, and what a merge brings in.
import { changesetSummary, pendingMerge } from '../../mercurial/merge/pendingMerge.ts';
import { isNodeHex, NULL_NODE_HEX } from '../../mercurial/store/node.ts';
import type { Store } from '../../mercurial/store/store.ts';
import type { ChangesetSummary, PendingChangesets } from '../../base/repositoryState.ts';
import type { Head } from '../../workingCopy/backend.ts';

/** More are not read at once, whoever asks. */
const MAX_LISTED = 10_000;

/** Returns true if the text is the whole id of a changeset; the null revision has none. */
export function isChangesetId(text: string): boolean {
  return isNodeHex(text) && text !== NULL_NODE_HEX;
}

/** Throws a QuicksilverError if the changelog cannot be read. */
export function pendingChangesets(store: Store, head: Head, limit: number): PendingChangesets {
  const count = Math.min(Math.max(0, Math.floor(limit)), MAX_LISTED);
  return store.whileStable(() => pendingMerge(store.changelog, head.firstParent, head.secondParent, count));
}

/**
 * Returns the parents of the working copy, without a null revision. Throws a QuicksilverError if the changelog cannot
 * be read.
 */
export function parentSummaries(store: Store, head: Head): ChangesetSummary[] {
  return store.whileStable(() =>
    [head.firstParent, head.secondParent].flatMap(parent => changesetSummary(store.changelog, parent) ?? []),
  );
}
