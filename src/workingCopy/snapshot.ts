// What a status is computed from, read from a Mercurial repository at one moment; and the status of a moment at which
// nobody was in the middle of changing it.
import { QuicksilverError } from '../base/errors.ts';
import type { Dirstate } from '../mercurial/dirstate/dirstate.ts';
import type { IgnoreRules } from '../mercurial/ignore/ignoreRules.ts';
import type { MercurialRepository } from '../mercurial/repository.ts';
import { sameIdentity } from '../mercurial/vfs.ts';
import { VerdictCache } from '../status/contentComparison.ts';
import { runStatus, type StatusOptions, type StatusResult } from '../status/status.ts';
import type { IgnoreMatcher, StatusInput } from '../status/types.ts';

export interface RepositorySnapshot {
  readonly input: StatusInput;
  readonly dirstate: Dirstate;
  /** Undefined if the rules were not needed, and so not read. */
  readonly ignore: IgnoreRules | undefined;
  /** What `hg` warns about, as sentences. */
  readonly warnings: readonly string[];
}

export interface SnapshotOptions {
  /**
   * False if neither unknown nor ignored files are asked for. Then the ignore files are not read, as Mercurial does not
   * read them either: what is wrong in them is not reported, and the walk goes where something is recorded only.
   */
  readonly untracked: boolean;
}

export interface SettledStatus {
  readonly result: StatusResult;
  readonly snapshot: RepositorySnapshot;
  /** False if the repository was changed each time; then the result mixes two states, as that of `hg` would. */
  readonly settled: boolean;
}

/** Everything is ignored: what is not recorded is then neither listed nor descended into. */
const IGNORE_EVERYTHING: IgnoreMatcher = { isEmpty: false, matches: () => true };

/** A walk during which the repository was changed is made again, this often at most. */
const ATTEMPTS = 4;

/** Puts together what the engine works on. */
export function composeInput(
  repository: MercurialRepository,
  dirstate: Dirstate,
  ignore: IgnoreMatcher = IGNORE_EVERYTHING,
): StatusInput {
  return {
    root: repository.root,
    statCache: dirstate,
    ignore,
    base: repository.store.baseTree(dirstate.p1),
    rules: repository.treeRules(dirstate),
  };
}

/** Reads what a status needs. Throws a QuicksilverError, 'unsupported' if the repository must be refused. */
export function takeSnapshot(repository: MercurialRepository, options: SnapshotOptions): RepositorySnapshot {
  const dirstate = repository.readDirstate();
  const ignore = options.untracked ? repository.readIgnore() : undefined;
  return {
    input: composeInput(repository, dirstate, ignore?.matcher),
    dirstate,
    ignore,
    warnings: ignore?.warnings ?? [],
  };
}

/** True if the dirstate is no longer the one of the snapshot: working files may have been replaced with it. */
export function isStale(repository: MercurialRepository, snapshot: RepositorySnapshot): boolean {
  return !sameIdentity(repository.dirstateIdentity(), snapshot.dirstate.identity);
}

/**
 * A status of one moment: if a command replaced the dirstate or took the lock meanwhile, it is computed again, a few
 * times. Like `hg`, it does not wait for a lock that was held from the start.
 * @param optionsFor is asked with each attempt's snapshot what to compute
 */
export async function settledStatus(
  repository: MercurialRepository,
  snapshotOptions: SnapshotOptions,
  optionsFor: (snapshot: RepositorySnapshot) => StatusOptions | Promise<StatusOptions>,
): Promise<SettledStatus> {
  const verdicts = new VerdictCache();
  for (let attempt = 1; ; attempt++) {
    const lockBefore = repository.lock();
    const snapshot = takeSnapshot(repository, snapshotOptions);
    try {
      const result = await runStatus(snapshot.input, { verdicts, ...(await optionsFor(snapshot)) });
      const settled = !isStale(repository, snapshot) && (repository.lock() === 'free' || lockBefore !== 'free');
      if (settled || attempt === ATTEMPTS) return { result, snapshot, settled };
    } catch (error) {
      // A base revision that is gone was there when the dirstate was read, if that has been replaced since.
      const retry = error instanceof QuicksilverError && attempt < ATTEMPTS && isStale(repository, snapshot);
      if (!retry) throw error;
    }
    repository.store.refresh();
  }
}
