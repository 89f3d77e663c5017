// Reads the data of a status from a Mercurial repository at one moment. Computes the status of a moment at which no
// command was changing the repository.
import { QuicksilverError } from '../../base/errors.ts';
import type { Dirstate } from '../../mercurial/dirstate/dirstate.ts';
import type { IgnoreRules } from '../../mercurial/ignore/ignoreRules.ts';
import type { MercurialRepository } from '../../mercurial/repository/repository.ts';
import { sameIdentity } from '../../files/vfs.ts';
import { VerdictCache } from '../../status/contentComparison.ts';
import { runStatus, type StatusOptions, type StatusResult } from '../../status/status.ts';
import type { IgnoreMatcher, StatusInput } from '../../status/types.ts';

export interface RepositorySnapshot {
  readonly input: StatusInput;
  readonly dirstate: Dirstate;
  /** The rules, as far as they were read: none if there was no need. */
  readonly ignore: () => IgnoreRules | undefined;
  /** Reads what every status needs and is not read yet. Throws the errors of these reads. */
  readonly prepare: () => void;
}

/**
 * When the ignore files are read:
 * - 'never': neither unknown nor ignored files are requested.
 * - 'when-needed': ignored files are requested; the rules are read when the scan finds an untracked path.
 * - 'at-once': before any path is judged, because other threads may scan already.
 *
 * Mercurial does the same: it does not report an error in rules that it does not read.
 */
export type RulesReading = 'never' | 'when-needed' | 'at-once';

export interface SnapshotOptions {
  readonly rules: RulesReading;
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
export function composeInput(repository: MercurialRepository, dirstate: Dirstate, ignore: IgnoreMatcher): StatusInput {
  return {
    root: repository.root,
    statCache: dirstate,
    ignore,
    base: repository.baseTree(dirstate),
    rules: repository.treeRules(dirstate),
  };
}

/** Reads the data of a status. Throws a QuicksilverError, 'unsupported' if we cannot answer for the repository. */
export function takeSnapshot(repository: MercurialRepository, options: SnapshotOptions): RepositorySnapshot {
  const dirstate = repository.readDirstate();
  let ignore: IgnoreRules | undefined;
  const read = (): IgnoreRules => (ignore ??= repository.readIgnore());
  const lazy: IgnoreMatcher = {
    get isEmpty() {
      return ignore?.matcher.isEmpty ?? false;
    },
    matches: path => read().matcher.matches(path),
  };
  return {
    input: composeInput(repository, dirstate, options.rules === 'never' ? IGNORE_EVERYTHING : lazy),
    dirstate,
    ignore: () => ignore,
    prepare: () => {
      if (options.rules === 'at-once') read();
    },
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
    const wasBusy = repository.isBusy();
    const snapshot = takeSnapshot(repository, snapshotOptions);
    try {
      const { input, prepare } = snapshot;
      const result = await runStatus(input, { verdicts, prepare, ...(await optionsFor(snapshot)) });
      // A history that a command is writing looks damaged until it is complete.
      const isDoubtful = result.undecided.length > 0 && (wasBusy || repository.isBusy());
      const isSteady = !isStale(repository, snapshot) && (repository.lock() === 'free' || lockBefore !== 'free');
      const settled = isSteady && !isDoubtful;
      if (settled || attempt === ATTEMPTS) return { result, snapshot, settled };
    } catch (error) {
      // A base revision that is gone was there when the dirstate was read, if that has been replaced since.
      const retry = error instanceof QuicksilverError && attempt < ATTEMPTS && isStale(repository, snapshot);
      if (!retry) throw error;
    }
    repository.store.refresh();
  }
}
