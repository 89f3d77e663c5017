// The revisions that an option names: one by its name, or a set.
import { QuicksilverError } from '../../../base/errors.ts';
import { finish } from '../../../mercurial/annotate/finish.ts';
import type { History } from '../../../mercurial/history/history.ts';
import { revisionsIn } from '../../../mercurial/history/modelSets.ts';
import type { ResolvedRevision } from '../../../mercurial/history/resolve.ts';
import type { MercurialRepository } from '../../../mercurial/repository/repository.ts';

/** Returns the revisions in the order of the set. Throws 'usage' and 'unknown-revision'. */
export function revisionsNamed(
  text: string,
  repository: MercurialRepository,
  parents: { readonly p1: string; readonly p2: string },
  history: History,
): readonly ResolvedRevision[] {
  try {
    return [history.resolve(text)];
  } catch (error) {
    // Only a text that is no name is a set, for which all changesets are loaded.
    if (!(error instanceof QuicksilverError) || error.code !== 'usage' || text.trim() === '') throw error;
  }
  const model = repository.historyModel();
  finish(model.load([parents.p1, parents.p2]));
  return revisionsIn(text, model);
}

/** Throws 'usage' for an empty set. */
export function lastOf(revisions: readonly ResolvedRevision[]): ResolvedRevision {
  const last = revisions.at(-1);
  if (last === undefined) throw new QuicksilverError('usage', 'empty revision set');
  return last;
}
