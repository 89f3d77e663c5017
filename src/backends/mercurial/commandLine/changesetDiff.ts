// The changes of a changeset against its first parent, as `quicksilver log --patch` reads it.
import { bytePath, compareBytes, isAtOrBelow, toDisplay, type BytePath } from '../../../base/bytePath.ts';
import { QuicksilverError } from '../../../base/errors.ts';
import { readDiffOptions, type DiffOptions } from '../../../mercurial/diff/diffOptions.ts';
import { fileDiff, type BinaryPatch, type DiffedFile, type FileDiff } from '../../../mercurial/diff/fileDiff.ts';
import type { History } from '../../../mercurial/history/history.ts';
import { largefileOf } from '../../../mercurial/repository/largefiles.ts';
import { requireAllowed, SUBREPOSITORY_FILES } from '../../../mercurial/repository/subrepos.ts';
import type { MercurialRepository } from '../../../mercurial/repository/repository.ts';
import type { ManifestEntry } from '../../../mercurial/store/manifest.ts';
import { openRepository, type RepositoryPlace } from './open.ts';
import { subrepositoriesOf } from './recordedSubrepositories.ts';
import { RecentContents } from './recentContents.ts';
import type { SelectedPaths } from './selectedPaths.ts';

/** A difference of one file as text, and the numbers that a summary shows. Byte strings. */
export interface ShownChange {
  readonly text: string;
  readonly path: string;
  readonly renamedFrom?: string;
  readonly added: number;
  readonly removed: number;
  readonly isBinary: boolean;
}

export interface ChangesetDiffRequest {
  /** Use the format of Git, whatever the configuration has. */
  readonly git: boolean;
  /** True where settings that would surprise a script do not count. */
  readonly isPlain: boolean;
  /** True if ui.tweakdefaults is on. */
  readonly isTweaked: boolean;
  /** True for differences within JSON. */
  readonly isData: boolean;
  /** Returns the date of a changeset in the long form. */
  readonly date: (time: number, timezone: number) => string;
}

/** A path on both sides. */
interface ChangedPath {
  readonly path: BytePath;
  readonly before: ManifestEntry | undefined;
  readonly after: ManifestEntry | undefined;
}

const EVERYTHING: SelectedPaths = { paths: undefined, filter: undefined };

const SUBREPOSITORY_LIST = bytePath(SUBREPOSITORY_FILES[0]!);

export class ChangesetDiff {
  readonly #place: RepositoryPlace;
  readonly #repository: MercurialRepository;
  readonly #history: History;
  readonly #options: DiffOptions;
  readonly #date: ChangesetDiffRequest['date'];
  readonly #binaryPatch: BinaryPatch;
  readonly #contents = new RecentContents();

  private constructor(place: RepositoryPlace, request: ChangesetDiffRequest, binaryPatch: BinaryPatch) {
    this.#place = place;
    // Large files are shown as they are recorded: by their stand-ins.
    this.#repository = openRepository(place);
    this.#history = this.#repository.history(this.#repository.readDirstate());
    const options = readDiffOptions(this.#repository.config, request);
    this.#options = request.git ? { ...options, git: true } : options;
    this.#date = request.date;
    this.#binaryPatch = binaryPatch;
  }

  /** Throws 'unsupported' for a repository, and for settings, that have no exact answer. */
  static async open(place: RepositoryPlace, request: ChangesetDiffRequest): Promise<ChangesetDiff> {
    const { binaryPatch } = await import('../../../mercurial/diff/binaryPatch.ts');
    return new ChangesetDiff(place, request, binaryPatch);
  }

  /**
   * Returns the differences in the order of the paths.
   *
   * @param selected only these files; all if undefined
   */
  of(revision: number, selected: SelectedPaths | undefined): readonly ShownChange[] {
    const { store, config } = this.#repository;
    const { p1: parent, p2: second } = store.changelog.revlog.entry(revision);
    if (second >= 0 && config.boolean('diff', 'merge', false)) {
      throw new QuicksilverError('unsupported', 'The setting diff.merge is not supported for differences.');
    }
    return store.whileStable(() => {
      this.#checkSubrepositories(parent, revision, selected?.paths ?? []);
      return this.#between(parent, revision, selected ?? EVERYTHING);
    });
  }

  /**
   * Mercurial aborts at a subrepository that the settings do not allow, whatever is selected. Where paths lead to one,
   * it shows the differences in there, which is unsupported.
   */
  #checkSubrepositories(from: number, to: number, selected: readonly BytePath[]): void {
    const parts = [from, to].flatMap(revision => {
      if (this.#entry(revision, SUBREPOSITORY_LIST) === undefined) return [];
      return subrepositoriesOf(this.#repository.store.baseTree(this.#history.node(revision)), this.#place);
    });
    for (const part of parts.sort((a, b) => compareBytes(a.path, b.path))) {
      requireAllowed(this.#repository.config, part);
      if (!selected.some(path => isAtOrBelow(path, part.path))) continue;
      throw new QuicksilverError(
        'unsupported',
        `Differences in subrepositories are not supported: ${toDisplay(part.path)}`,
      );
    }
  }

  #between(from: number, to: number, { paths, filter }: SelectedPaths): FileDiff[] {
    const changed = new Map<BytePath, ChangedPath>();
    this.#history.diff(from, to, { paths, hasPatterns: filter !== undefined }, (path, before, after) => {
      if (filter?.(path, true) ?? true) changed.set(path, { path, before, after });
    });
    const copies = this.#options.git ? this.#copies(from, to, paths, changed) : new Map<BytePath, BytePath>();
    const shownAsSource = new Set(
      [...copies].filter(([path]) => isAdded(changed.get(path))).map(([, source]) => source),
    );
    const renamed = new Set<BytePath>();
    const sides = {
      nodes: [this.#shortNode(from), this.#shortNode(to)],
      dates: [this.#dateOf(from), this.#dateOf(to)],
    } as const;
    const diffs: FileDiff[] = [];
    for (const { path, before, after } of [...changed.values()].sort((a, b) => compareBytes(a.path, b.path))) {
      const source = isAdded({ path, before, after }) ? copies.get(path) : undefined;
      if (after === undefined && shownAsSource.has(path)) continue;
      // A source that is gone was renamed to the first of its copies.
      const isGone = source !== undefined && isRemoved(changed.get(source)) && !renamed.has(source);
      if (isGone) renamed.add(source);
      const old = source === undefined ? this.#file(path, before) : this.#file(source, this.#entry(from, source));
      const pair = { before: old, after: this.#file(path, after) };
      const diff = fileDiff(
        source === undefined ? pair : { ...pair, copied: isGone ? 'rename' : 'copy' },
        sides,
        this.#options,
        this.#binaryPatch,
      );
      if (diff !== undefined) diffs.push(diff);
    }
    return diffs;
  }

  /** Path to source, for files that are new. */
  #copies(
    from: number,
    to: number,
    paths: readonly BytePath[] | undefined,
    changed: ReadonlyMap<BytePath, ChangedPath>,
  ): ReadonlyMap<BytePath, BytePath> {
    const copies = this.#history.copies({ revision: from }, { revision: to }, path => changed.has(path), paths);
    if (!this.#repository.requirements.has('largefiles')) return copies;
    // The copies of stand-ins count as those of large files, which no difference has.
    return new Map([...copies].filter(names => names.every(name => largefileOf(name) === undefined)));
  }

  #entry(revision: number, path: BytePath): ManifestEntry | undefined {
    return this.#history.manifest(revision).find(path);
  }

  #file(path: BytePath, entry: ManifestEntry | undefined): DiffedFile | undefined {
    if (entry === undefined) return undefined;
    const log = this.#repository.store.filelog(path);
    const revision = log?.revlog.findNode(entry.node) ?? -1;
    if (log === undefined || revision < 0) {
      throw new QuicksilverError('corrupt', `the store lacks revision ${entry.node} of ${toDisplay(path)}`);
    }
    if (log.isCensored(revision) && this.#repository.config.get('censor', 'policy')?.value !== 'ignore') {
      throw new QuicksilverError(
        'unsupported',
        `${toDisplay(path)}: its content was removed on purpose (censored node ${entry.node})`,
      );
    }
    return { path, flag: entry.flag, content: this.#contents.of(path, log, revision) };
  }

  #shortNode(revision: number): string {
    return this.#history.node(revision).slice(0, 12);
  }

  #dateOf(revision: number): string {
    if (revision < 0) return this.#date(0, 0);
    const { time, timezone } = this.#repository.store.changelog.read(revision);
    return this.#date(time, timezone);
  }
}

function isAdded(changed: ChangedPath | undefined): boolean {
  return changed !== undefined && changed.before === undefined;
}

function isRemoved(changed: ChangedPath | undefined): boolean {
  return changed !== undefined && changed.after === undefined;
}
