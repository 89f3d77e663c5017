// Resolves the names of changesets, and compares two changesets.
import { bytePath, isAtOrBelow, toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { History } from '../../mercurial/history/history.ts';
import { NULL_NODE_HEX } from '../../mercurial/store/node.ts';
import { STANDINS } from '../../mercurial/repository/largefiles.ts';
import { changesetSummary } from '../../mercurial/merge/pendingMerge.ts';
import type { Store } from '../../mercurial/store/store.ts';
import { statusBetween } from '../../status/revisionStatus.ts';
import type { ComparedFile, RevisionAnswer, RevisionComparison } from '../../workingCopy/queries.ts';

/** The changeset that `text` names; why there is none is an answer, too. */
export function resolveChangeset(store: Store, history: History, text: string): RevisionAnswer {
  return orProblem(store, () => {
    const revision = history.resolve(text);
    if (revision === 'working-copy') return none('The working copy is no changeset.');
    if (revision < 0) return none('The null revision has no files.');
    const changeset = changesetSummary(store.changelog, history.node(revision));
    return changeset === undefined ? none(`There is no revision ${text}.`) : { kind: 'changeset', changeset };
  });
}

interface ChangesetComparison {
  readonly from: string;
  readonly to: string;
  readonly limit: number;
  /** Restricts the files to those at or below it. */
  readonly path?: BytePath | undefined;
}

/**
 * The files that differ between two changesets, ordered by path; at most `limit` of them. Takes their nodes; 40 zeros
 * are the empty revision.
 */
export function compareChangesets(
  store: Store,
  history: History,
  { from, to, limit, path }: ChangesetComparison,
): RevisionComparison {
  return orProblem(store, () => {
    const [before, after] = [from, to].map(node => {
      // The null revision, which a first changeset is compared with.
      if (/^0+$/.test(node)) return -1;
      const revision = store.changelog.findNode(node);
      if (revision < 0 && node !== NULL_NODE_HEX)
        throw new QuicksilverError('unknown-revision', `There is no revision ${node.slice(0, 12)}.`);
      return revision;
    }) as [number, number];
    const isSelected = path === undefined ? undefined : (each: BytePath) => isAtOrBelow(each, path);
    const entries = statusBetween((options, sink) => history.diff(before, after, options, sink), false, isSelected);
    const copies = history.copies({ revision: before }, { revision: after }, undefined, undefined);
    const files = entries.slice(0, Math.max(0, limit)).map(({ path, status }): ComparedFile => {
      const source = copies.get(path);
      return {
        path: toDisplay(withoutStandin(path)),
        status: status === 'added' || status === 'removed' ? status : 'modified',
        ...(source !== undefined && { source: toDisplay(withoutStandin(source)) }),
      };
    });
    return { kind: 'files', files, total: entries.length };
  });
}

/** A large file has a stand-in in the history; `hg` names the file itself. */
function withoutStandin(path: BytePath): BytePath {
  return path.startsWith(`${STANDINS}/`) ? bytePath(path.slice(STANDINS.length + 1)) : path;
}

/** Reads once more if the history was replaced in the middle of it. */
function orProblem<T>(store: Store, work: () => T): T | { kind: 'none'; message: string } {
  try {
    return store.whileStable(work);
  } catch (error) {
    if (!(error instanceof QuicksilverError)) throw error;
    return none(error.message);
  }
}

function none(message: string): { kind: 'none'; message: string } {
  return { kind: 'none', message };
}
