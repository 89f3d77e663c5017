// Reads a repository for `quicksilver status`.
import type { DecodeAccelerators } from '../../../base/decodeAccelerators.ts';
import type { HgConfig } from '../../../mercurial/config/hgConfig.ts';
import type { MercurialRepository } from '../../../mercurial/repository/repository.ts';
import type { StatusOptions, StatusResult } from '../../../status/status.ts';
import type { StatusInput } from '../../../status/types.ts';
import { settledStatus, type RulesReading, type SettledStatus } from '../snapshot.ts';
import { showsStandins, StandinsShown, withoutStandinSources, withShownSources } from './largefilesComparison.ts';
import { readMoreStatus, type MoreStatus } from './moreStatus.ts';
import { openRepository, type RepositoryPlace } from './open.ts';
import type { SelectedPaths } from './selectedPaths.ts';

export interface ReadStatus {
  readonly result: StatusResult;
  /** Warnings about ignore files; undefined if none was read. */
  readonly warnings: readonly string[] | undefined;
  /** Throws what reading the notes on a merge throws. */
  more(): MoreStatus;
}

export class StatusReader {
  readonly #place: RepositoryPlace;
  readonly #repository: MercurialRepository;

  /** Throws 'unsupported' for a repository that has no exact answer. */
  constructor(place: RepositoryPlace, accelerators: DecodeAccelerators | undefined) {
    this.#place = place;
    this.#repository = openRepository(place, accelerators);
  }

  get config(): HgConfig {
    return this.#repository.config;
  }

  /** The first parent of the working copy that the history lacks, 40 hexadecimal digits. */
  unknownParent(): string | undefined {
    return this.#repository.unknownParent();
  }

  /** Absolute paths of the ignore files that the rules start from, in order. */
  get ignoreFiles(): readonly string[] {
    return this.#repository.ignoreFiles;
  }

  /** The state of the recorded files, in the words of `SnapshotIdentity.statCache`. */
  recordedState(): string {
    const identity = this.#repository.dirstateIdentity();
    if (identity === undefined) return 'none';
    return `${identity.inode} ${identity.size} ${identity.mtimeNs} ${identity.ctimeNs}`;
  }

  /**
   * Returns the status of one moment. Throws QuicksilverErrors.
   * @param optionsFor is asked with each attempt's input what to compute, and which of it the command shows
   */
  async read(
    rules: RulesReading,
    optionsFor: (input: StatusInput) => Promise<StatusOptions & Pick<SelectedPaths, 'filter'>>,
  ): Promise<ReadStatus> {
    let repository = this.#repository;
    let selection: SelectedPaths = { paths: undefined, filter: undefined };
    const settled = (): Promise<SettledStatus> =>
      settledStatus(repository, { rules }, async ({ input, dirstate }) => {
        const { filter, ...options } = await optionsFor(input);
        selection = { paths: options.paths, filter };
        if (showsStandins(repository, dirstate, selection)) throw new StandinsShown();
        return options;
      });
    const { result, snapshot } = await settled().catch((error: unknown) => {
      if (!(error instanceof StandinsShown)) throw error;
      repository = repository.withStandins();
      return settled();
    });
    const entries =
      repository === this.#repository
        ? withShownSources(repository, snapshot.dirstate, result.entries, selection)
        : withoutStandinSources(result.entries);
    return {
      result: { ...result, entries },
      warnings: snapshot.ignore()?.warnings,
      more: () => readMoreStatus(this.#place.vfs, repository, snapshot.dirstate),
    };
  }
}
