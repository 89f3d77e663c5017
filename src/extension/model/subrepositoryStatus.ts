// The state of a subrepository in its outer repository: its recorded state and its current one. Plain data, no
// `vscode`.
import type { SystemKind } from '../../base/repositoryState.ts';
import { isNullNode } from '../common/changesetIds.ts';
import type { Counts, RepositoryHead, RepositoryState, Subrepository } from '../../server/protocol.ts';

export interface SubrepositoryStatus {
  readonly kind: Subrepository['kind'];
  /**
   * - 'clean': it has its recorded state.
   * - 'dirty': it has not, by the rules of `hg summary` and `hg commit`. The other fields explain it.
   * - 'absent': the repository is missing.
   * - 'unread': it is of another system, not open, or unreadable.
   * - 'pending': its state will be known soon.
   */
  readonly state: 'clean' | 'dirty' | 'absent' | 'unread' | 'pending';
  /** There is something to commit in it; without `--subrepos`, `hg commit` of the outer repository refuses. */
  readonly hasChanges: boolean;
  /** The recorded state in the terms of its own system; absent if nothing is recorded yet. */
  readonly recorded?: string;
  /** The first parent of its working copy, 40 hexadecimal digits, where that is known. */
  readonly current?: string;
}

/** The facts needed about the inner repository. */
export interface InnerRepository {
  readonly state: RepositoryState;
  readonly head: RepositoryHead | undefined;
  readonly counts: Counts;
  /** How its own subrepositories stand, by path. */
  readonly subrepositoryStatuses: ReadonlyMap<string, SubrepositoryStatus>;
}

/**
 * @param inner the repository at the path, if it is open
 * @param system of the outer repository: parts of other systems are not read
 */
export function subrepositoryStatus(
  { kind, revision, isPresent }: Subrepository,
  inner: InnerRepository | undefined,
  system: SystemKind = 'hg',
): SubrepositoryStatus {
  const known = { kind, hasChanges: false, ...(revision !== undefined && { recorded: revision }) };
  if (kind !== system) return { ...known, state: 'unread' };
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

/** True if this subrepository makes its outer repository dirty. */
export function isDirty({ state }: SubrepositoryStatus): boolean {
  return state === 'dirty' || state === 'absent';
}

/** True if the subrepository needs a row. */
export function isWorthARow({ state }: SubrepositoryStatus): boolean {
  return state !== 'clean' && state !== 'pending';
}

/** Returns the paths of the subrepositories that open with the outer one: the first `limit` present ones. */
export function subrepositoriesToOpen(
  all: readonly Subrepository[],
  limit: number,
  system: SystemKind = 'hg',
): string[] {
  return all
    .filter(({ kind, isPresent }) => kind === system && isPresent)
    .slice(0, limit)
    .map(({ path }) => path);
}

/**
 * True if `hg commit` would find something to commit. Missing and untracked files do not count. A merge, another
 * branch, and dirty subrepositories of its own do.
 */
function canCommit({ counts, subrepositoryStatuses }: InnerRepository, head: RepositoryHead): boolean {
  if (counts.modified + counts.added + counts.removed > 0) return true;
  if (!isNullNode(head.secondParent) || head.changesBranch === true) return true;
  return [...subrepositoryStatuses.values()].some(isDirty);
}
