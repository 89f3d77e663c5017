// Sets of revisions of a loaded history.
import { fromDisplay, toDisplay } from '../../base/bytePath.ts';
import { dateFilter } from './dateFilter.ts';
import type { HistoryModel } from './historyModel.ts';
import { revisionSet } from './revisionSet.ts';

/**
 * Returns the changesets of a set of revisions, in its order. Throws a 'usage' error for sets that only hg evaluates,
 * and 'unknown-revision' for an unknown name.
 */
export function revisionsIn(text: string, model: HistoryModel): readonly number[] {
  const { history } = model;
  return revisionSet(text, {
    count: model.count,
    parents: model.parents,
    workingParents: model.workingParents,
    isHidden: revision => model.isHidden(revision),
    resolve: name => history.resolve(name),
    withPrefix: digits => model.revisionOfPrefix(digits),
    phaseOf: revision => model.phaseOf(revision),
    changeset: revision => model.changeset(revision),
    branchNames: () => history.branchNames().map(toDisplay),
    branchHeads: () => history.allBranchHeads(),
    tagged: name => (name === undefined ? [...history.tags(false).values()] : oneOf(namedBy(model.tags(false), name))),
    bookmarked: name =>
      name === undefined
        ? [...model.bookmarks().keys()]
        : oneOf(model.revisionOf(history.bookmarks().get(fromDisplay(name)) ?? '')),
    dateFilter: date => dateFilter(date, new Date()),
  });
}

function oneOf(revision: number): number[] {
  return revision < 0 ? [] : [revision];
}

function namedBy(names: ReadonlyMap<number, readonly string[]>, name: string): number {
  for (const [revision, all] of names) if (all.includes(name)) return revision;
  return -1;
}
