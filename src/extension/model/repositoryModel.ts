// The extension's knowledge of one repository: the engine's updates put together. Plain data, no `vscode`.
import type {
  Conflict,
  Counts,
  FileEntry,
  MergeState,
  RepositoryHead,
  RepositoryState,
  RepositoryUpdate,
  StagedFile,
  Subrepository,
} from '../../server/protocol.ts';
import { shownStatusOf, stagedStatus, type ShownStatus } from './statusPresentation.ts';
import { changeCount } from './updateLog.ts';
import { isDirty, type SubrepositoryStatus } from './subrepositoryStatus.ts';

export const NO_COUNTS: Counts = { modified: 0, added: 0, removed: 0, deleted: 0, unknown: 0, ignored: 0, tracked: 0 };

export interface ModelChange {
  /** Everything known before was forgotten. */
  readonly reset: boolean;
  /** Paths whose entry is new, other, or no longer there; after a reset, those of the new entries only. */
  readonly touched: readonly string[];
  /** A directory has become ignored or unignored: paths below it may have changed without being in `touched`. */
  readonly ignoredDirectories: boolean;
}

export class RepositoryModel {
  state: RepositoryState = { kind: 'scanning' };
  head: RepositoryHead | undefined = undefined;
  counts: Counts = NO_COUNTS;
  settled = false;
  sequence = -1;
  nestedRepositories: readonly string[] = [];
  subrepositories: readonly Subrepository[] = [];
  mergeState: MergeState | undefined = undefined;
  /** The staged files by path; empty in a system that stages nothing. */
  staged: ReadonlyMap<string, StagedFile> = new Map();
  /** How they stand, by path; see {@link setSubrepositories}. */
  subrepositoryStatuses: ReadonlyMap<string, SubrepositoryStatus> = new Map();
  #conflicts: ReadonlyMap<string, Conflict> = new Map();
  /** Paths of ignored files and folders that have an entry. */
  readonly ignored: ReadonlySet<string>;
  /** Grows with each change of {@link ignored}. */
  ignoredChanges = 0;
  readonly #ignored = new Set<string>();
  readonly #entries = new Map<string, FileEntry>();
  /** Source of a copy or rename → the files made from it: their wording depends on what became of the source. */
  readonly #copies = new Map<string, Set<string>>();

  constructor() {
    this.ignored = this.#ignored;
  }

  get entries(): ReadonlyMap<string, FileEntry> {
    return this.#entries;
  }

  /** The conflicts of the unfinished merge, by path; `state` shows whether each is resolved. */
  get conflicts(): ReadonlyMap<string, Conflict> {
    return this.#conflicts;
  }

  /** How many conflicts wait for a decision. */
  get unresolved(): number {
    let count = 0;
    for (const { state } of this.#conflicts.values()) if (state === 'unresolved') count++;
    return count;
  }

  /** How many subrepositories are not as they are recorded. */
  get dirtySubrepositories(): number {
    let count = 0;
    for (const status of this.subrepositoryStatuses.values()) if (isDirty(status)) count++;
    return count;
  }

  /** Returns the paths of those that stand otherwise than before. */
  setSubrepositories(statuses: ReadonlyMap<string, SubrepositoryStatus>): string[] {
    const old = this.subrepositoryStatuses;
    this.subrepositoryStatuses = statuses;
    return differing(old, statuses);
  }

  apply(update: RepositoryUpdate): ModelChange {
    this.state = update.state;
    this.head = update.head;
    this.counts = update.counts;
    this.settled = update.settled;
    this.sequence = update.sequence;
    if (update.nestedRepositories !== undefined) this.nestedRepositories = update.nestedRepositories;
    // While a repository cannot be read, which may be because of a mistake in `.hgsub`, its parts are not torn off.
    const forgetsSubrepositories = update.reset && update.state.kind !== 'failed';
    if (update.subrepositories !== undefined || forgetsSubrepositories) {
      this.subrepositories = update.subrepositories ?? [];
    }
    let ignoredDirectories = update.reset;
    if (update.reset) {
      this.#entries.clear();
      this.#copies.clear();
      this.#ignored.clear();
      this.ignoredChanges++;
    }
    const conflicts = update.mergeState !== undefined || update.reset ? this.#setMergeState(update.mergeState) : [];
    const staged = update.staged !== undefined || update.reset ? this.#setStaged(update.staged ?? []) : [];
    const touched: string[] = [];
    const touch = (path: string): void => {
      touched.push(path);
      const copies = this.#copies.get(path);
      if (copies !== undefined) touched.push(...copies);
    };
    const touchSource = (entry: FileEntry | undefined): void => {
      if (entry?.source !== undefined) touched.push(entry.source);
    };
    for (const path of update.cleared) {
      const old = this.#entries.get(path);
      if (old === undefined) continue;
      if (old.directory === true) ignoredDirectories = true;
      this.#forgetCopy(old);
      this.#entries.delete(path);
      if (this.#ignored.delete(path)) this.ignoredChanges++;
      touch(path);
      touchSource(old);
    }
    for (const entry of update.changed) {
      const old = this.#entries.get(entry.path);
      if (entry.directory === true || old?.directory === true) ignoredDirectories = true;
      if (old !== undefined) this.#forgetCopy(old);
      this.#entries.set(entry.path, entry);
      this.#rememberCopy(entry);
      if ((entry.status === 'ignored') !== (old?.status === 'ignored')) this.#changeIgnored(entry);
      touch(entry.path);
      touchSource(old);
      touchSource(entry);
    }
    for (const path of [...conflicts, ...staged]) touch(path);
    return { reset: update.reset, touched, ignoredDirectories };
  }

  /** Returns the status to show for the file or directory at `path`; undefined if it is clean, absent or unknown. */
  statusAt(path: string): ShownStatus | undefined {
    if (this.#conflicts.get(path)?.state === 'unresolved') return 'conflict';
    const entry = this.#entries.get(path);
    if (entry !== undefined) return this.shownStatus(entry);
    const subrepository = this.subrepositoryStatuses.get(path);
    if (subrepository !== undefined) return isDirty(subrepository) ? 'subrepository' : undefined;
    const staged = this.staged.get(path);
    if (staged !== undefined) return stagedStatus(staged);
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      if (this.#entries.get(path.slice(0, slash))?.directory === true) return 'ignored';
    }
    return undefined;
  }

  shownStatus(entry: FileEntry): ShownStatus {
    const source = entry.source === undefined ? undefined : this.#entries.get(entry.source);
    return shownStatusOf(entry, source?.status);
  }

  /** The files that were copied or renamed from this one. */
  copiesOf(source: string): readonly string[] {
    return [...(this.#copies.get(source) ?? [])];
  }

  /** Returns true for a removed file whose new name is shown: the rename is one change. */
  isRenamed(path: string): boolean {
    if (this.#entries.get(path)?.status !== 'removed') return false;
    for (const copy of this.#copies.get(path) ?? []) if (this.#entries.get(copy)?.status === 'added') return true;
    return false;
  }

  /** How many files were renamed. */
  get renames(): number {
    let count = 0;
    for (const source of this.#copies.keys()) if (this.isRenamed(source)) count++;
    return count;
  }

  /** How many tracked files differ from the parent revision; a rename is one change. */
  get changeCount(): number {
    return changeCount(this.counts) - this.renames;
  }

  /** As {@link #setMergeState}. */
  #setStaged(staged: readonly StagedFile[]): string[] {
    const old = this.staged;
    this.staged = new Map(staged.map(each => [each.path, each]));
    return differing(old, this.staged);
  }

  /** Returns the paths at which something is different now. */
  #setMergeState(state: MergeState | null | undefined): string[] {
    this.mergeState = state ?? undefined;
    const old = this.#conflicts;
    const conflicts = state?.conflicts ?? [];
    this.#conflicts = new Map(conflicts.map(conflict => [conflict.path, conflict]));
    return differing(old, this.#conflicts);
  }

  #changeIgnored({ path, status }: FileEntry): void {
    if (status === 'ignored') this.#ignored.add(path);
    else this.#ignored.delete(path);
    this.ignoredChanges++;
  }

  #rememberCopy(entry: FileEntry): void {
    if (entry.source === undefined) return;
    const copies = this.#copies.get(entry.source);
    if (copies === undefined) this.#copies.set(entry.source, new Set([entry.path]));
    else copies.add(entry.path);
  }

  #forgetCopy(entry: FileEntry): void {
    if (entry.source === undefined) return;
    const copies = this.#copies.get(entry.source);
    copies?.delete(entry.path);
    if (copies?.size === 0) this.#copies.delete(entry.source);
  }
}

/** Keys whose values are not equal as data. */
function differing(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): string[] {
  const keys = new Set([...a.keys(), ...b.keys()]);
  return [...keys].filter(key => JSON.stringify(a.get(key)) !== JSON.stringify(b.get(key)));
}
