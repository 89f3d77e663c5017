// Changesets as one line each, and which of them a merge brings in.
import type { ChangesetSummary, PendingChangesets } from '../../base/repositoryState.ts';
import { RevisionGraph } from '../history/revisionGraph.ts';
import type { Changelog, Changeset } from '../store/changelog.ts';

/** Revisions that are gone through: seconds of work, and more than any merge brings in. */
const MAX_VISITED = 1 << 22;

/**
 * The changesets that are ancestors of `p2` (itself included) and not of `p1`, as revisions. Only the index is read; of
 * the texts, the newest `limit`. None for a node that does not exist.
 */
export function pendingMerge(changelog: Changelog, p1: string, p2: string, limit: number): PendingChangesets {
  const first = changelog.findNode(p1);
  const second = changelog.findNode(p2);
  const { newest, total, isComplete } = only(changelog, second, first, limit);
  return { changesets: newest.map(revision => summarize(changelog, revision)), total, isComplete };
}

/** The changeset with this node; undefined if there is none (as for the null revision). */
export function changesetSummary(changelog: Changelog, node: string): ChangesetSummary | undefined {
  const revision = changelog.findNode(node);
  return revision < 0 ? undefined : summarize(changelog, revision);
}

/** The changeset with this revision. */
export function summarize(changelog: Changelog, revision: number): ChangesetSummary {
  return summaryOf(changelog, revision, changelog.read(revision));
}

/** As {@link summarize}, of a changeset that was read already. */
export function summaryOf(changelog: Changelog, revision: number, changeset: Changeset): ChangesetSummary {
  const { user, time, timezone, branch, closesBranch, description } = changeset;
  const summary = description.split(/\r\n|\n|\r/, 1)[0] ?? '';
  const node = changelog.revlog.node(revision);
  return { node, revision, user, time, timezone, branch, closesBranch, summary };
}

const OF_WANTED = 1;
const OF_OTHER = 2;

/** Goes down both histories together until nothing is left that only `wanted` has. */
function only(
  changelog: Changelog,
  wanted: number,
  other: number,
  limit: number,
): { newest: number[]; total: number; isComplete: boolean } {
  const newest: number[] = [];
  let total = 0;
  const graph = new RevisionGraph(changelog.revlog);
  const marks = new Map<number, number>();
  // How many of the marked are, as far as is known, ancestors of `wanted` alone.
  let open = 0;
  const mark = (revision: number, bits: number): void => {
    const before = marks.get(revision) ?? 0;
    const after = before | bits;
    if (before === after) return;
    marks.set(revision, after);
    if (before === OF_WANTED) open--;
    if (after === OF_WANTED) open++;
  };
  if (wanted >= 0) mark(wanted, OF_WANTED);
  if (other >= 0) mark(other, OF_OTHER);
  const start = Math.max(wanted, other);
  for (let at = start; at >= 0 && open > 0; at--) {
    if (start - at >= MAX_VISITED) return { newest, total, isComplete: false };
    const bits = marks.get(at);
    if (bits === undefined) continue;
    marks.delete(at);
    if (bits === OF_WANTED) {
      open--;
      total++;
      if (newest.length < limit) newest.push(at);
    }
    for (const parent of graph.parents(at)) mark(parent, bits);
  }
  return { newest, total, isComplete: true };
}
