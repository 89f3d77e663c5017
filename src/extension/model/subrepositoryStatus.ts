// How a repository that is recorded as a part of another one stands there: what the outer one records of it, and what the
// inner one is like. Plain data, no `vscode`.
import { isNullNode } from '../common/changesetIds.ts';
import type { Counts, RepositoryHead, RepositoryState, Subrepository } from '../../server/protocol.ts';

export interface SubrepositoryStatus {
  readonly kind: Subrepository['kind'];
  /**
   * 'clean': as it is recorded. 'dirty': not so, as far as `hg summary` and `hg commit` of the outer repository go; the
   * rest says why. 'absent': there is no repository. 'unread': it is of another system, or was not opened, or cannot be
   * read. 'pending': it will be known soon.
   */
  readonly state: 'clean' | 'dirty' | 'absent' | 'unread' | 'pending';
  /** There is something to commit in it; without `--subrepos`, `hg commit` of the outer repository refuses. */
  readonly hasChanges: boolean;
  /** What is recorded, in the words of its own system; absent if nothing is yet. */
  readonly recorded?: string;
  /** The first parent of its working copy, 40 hexadecimal digits, where that is known. */
  readonly current?: string;
}

/** What must be known of the inner repository. */
export interface InnerRepository {
  readonly state: RepositoryState;
  readonly head: RepositoryHead | undefined;
  readonly counts: Counts;
  /** How its own subrepositories stand, by path. */
  readonly subrepositoryStatuses: ReadonlyMap<string, SubrepositoryStatus>;
}

/** @param inner the repository at the path, if it is open */
export function subrepositoryStatus(
  { kind, revision, isPresent }: Subrepository,
  inner: InnerRepository | undefined,
): SubrepositoryStatus {
  const known = { kind, hasChanges: false, ...(revision !== undefined && { recorded: revision }) };
  if (kind !== 'hg') return { ...known, state: 'unread' };
  if (!isPresent) return { ...known, state: 'absent' };
  if (inner === undefined) return { ...known, state: 'unread' };
  const { state, head } = inner;
  if (state.kind === 'refused' || state.kind === 'failed' || state.kind === 'gone')
    return { ...known, state: 'unread' };
  if (head === undefined) return { ...known, state: state.kind === 'scanning' ? 'pending' : 'unread' };
  const hasChanges = canCommit(inner, head);
  const isDirty = hasChanges || head.firstParent !== revision;
  return { ...known, state: isDirty ? 'dirty' : 'clean', hasChanges, current: head.firstParent };
}

/** Whether the outer repository is not as it is recorded because of this one. */
export function isDirty({ state }: SubrepositoryStatus): boolean {
  return state === 'dirty' || state === 'absent';
}

/** Whether there is anything to say of it. */
export function isWorthARow({ state }: SubrepositoryStatus): boolean {
  return state !== 'clean' && state !== 'pending';
}

/** The paths of the subrepositories that are opened with the outer one: the first `limit` that are there and Mercurial's. */
export function subrepositoriesToOpen(all: readonly Subrepository[], limit: number): string[] {
  return all
    .filter(({ kind, isPresent }) => kind === 'hg' && isPresent)
    .slice(0, limit)
    .map(({ path }) => path);
}

/**
 * As `hg commit` sees it: missing and untracked files are nothing to commit; a merge, another branch, and whatever makes
 * a subrepository of its own dirty are.
 */
function canCommit({ counts, subrepositoryStatuses }: InnerRepository, head: RepositoryHead): boolean {
  if (counts.modified + counts.added + counts.removed > 0) return true;
  if (!isNullNode(head.secondParent) || head.changesBranch === true) return true;
  return [...subrepositoryStatuses.values()].some(isDirty);
}
