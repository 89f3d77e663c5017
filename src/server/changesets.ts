// Answers about changesets, in one line each: the parents of the working copy, and what a merge brings in.
import { QuicksilverError } from '../base/errors.ts';
import { changesetSummary, pendingMerge } from '../mercurial/pendingMerge.ts';
import type { Store } from '../mercurial/store/store.ts';
import type { Head } from '../workingCopy/backend.ts';
import type { ChangesetSummary, PendingChangesets } from './protocol.ts';

/** More are not read at once, whoever asks. */
const MAX_LISTED = 10_000;

/** Throws a QuicksilverError if the changelog cannot be read. */
export function pendingChangesets(store: Store, head: Head, limit: number): PendingChangesets {
  const count = Math.min(Math.max(0, Math.floor(limit)), MAX_LISTED);
  return whileStable(store, () => pendingMerge(store.changelog, head.firstParent, head.secondParent, count));
}

/** As above. */
export function parentSummaries(store: Store, head: Head): ChangesetSummary[] {
  return whileStable(store, () =>
    [head.firstParent, head.secondParent].flatMap(parent => changesetSummary(store.changelog, parent) ?? []),
  );
}

/** Once more if the changelog was replaced in the middle of it. */
function whileStable<Result>(store: Store, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof QuicksilverError) || error.code !== 'changed-while-reading') throw error;
    store.refresh();
    return work();
  }
}
