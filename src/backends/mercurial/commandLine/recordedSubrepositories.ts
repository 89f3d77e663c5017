// The subrepositories that a revision records.
import { bytePath, type BytePath } from '../../../base/bytePath.ts';
import type { Subrepository } from '../../../base/repositoryState.ts';
import { describeSubrepositories, SUBREPOSITORY_FILES } from '../../../mercurial/repository/subrepos.ts';
import type { StoreTree } from '../../../mercurial/store/store.ts';
import type { RepositoryPlace } from './open.ts';

/**
 * Returns the subrepositories that the files of a revision list, in the order of their paths. Throws as
 * {@link describeSubrepositories} does.
 */
export function subrepositoriesOf(tree: StoreTree, { vfs, root }: RepositoryPlace): Subrepository<BytePath>[] {
  const [sources, state] = SUBREPOSITORY_FILES.map(name => tree.find(bytePath(name))?.content());
  if (sources === undefined) return [];
  const lists = { sources: sources.toString('latin1'), state: state?.toString('latin1') ?? '' };
  return describeSubrepositories(vfs, root, lists);
}
