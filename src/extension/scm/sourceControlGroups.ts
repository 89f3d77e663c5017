// The groups of one repository in the Source Control view. Changed rows go to VS Code in steps, because it compares
// whole lists on the extension host's thread.
import type { SourceControl, SourceControlResourceGroup, SourceControlResourceState, Uri } from 'vscode';
import type { SystemKind } from '../../base/repositoryState.ts';
import { DisposableStore, type Disposable } from '../../base/lifecycle.ts';
import { createGroup, setGroupLabel } from '../common/display.ts';
import type { FolderSettings } from '../common/settings.ts';
import { scheduleAfter } from '../common/slicedQueue.ts';
import type { RepositoryModel } from '../model/repositoryModel.ts';
import { GROUP_IDS, groupOf, stagedStatus, type GroupId } from '../model/statusPresentation.ts';
import { isWorthARow } from '../model/subrepositoryStatus.ts';
import { CappedList, portion } from './cappedList.ts';
import { groupLabel, texts } from './scmStrings.ts';
import { createRow, createStagedRow, createSubrepositoryRow, rowVersion } from './sourceControlRows.ts';

/**
 * VS Code compares all rows of a group with the previous ones whenever some change, on the extension host's thread. So
 * much time passes per row between two changes of a group, which keeps that below a few percent.
 */
const PAUSE_PER_ROW = 0.05;
/** Lists grow by so many rows at a time: VS Code makes a message of all new ones in one go, 3 µs each. */
const ROWS_AT_ONCE = 1000;
/**
 * Milliseconds between two such steps. VS Code takes a list 100 ms after its last change, so less would merge steps.
 */
const STEP_PAUSE = 110;

interface GroupRows {
  readonly id: GroupId;
  readonly group: SourceControlResourceGroup;
  readonly rows: CappedList<SourceControlResourceState>;
  dirty: boolean;
  leftOutReported: boolean;
}

export interface ViewOptions {
  readonly system: SystemKind;
  readonly rootUri: Uri;
  readonly name: string;
  /** The source control's label, fixed for its life. */
  readonly label: string;
  readonly model: RepositoryModel;
  /** True if the path is chosen for the next commit. */
  readonly isIncluded: (path: string) => boolean;
  /** Without decorations the rows carry icons; otherwise nothing would show a row's status. */
  showsIcons: boolean;
  /** Logs a warning. */
  warn(message: string): void;
}

export class SourceControlGroups implements Disposable {
  readonly #store = new DisposableStore();
  readonly #options: ViewOptions;
  readonly #groups: Readonly<Record<GroupId, GroupRows>>;
  readonly #openTitle = texts.open();
  #settings: FolderSettings;
  #pause: Disposable | undefined;
  /** Some rows wait for the next step. */
  #growing = false;
  #whenGrown: (() => void)[] = [];

  constructor(sourceControl: SourceControl, options: ViewOptions, settings: FolderSettings) {
    this.#options = options;
    this.#settings = settings;
    const groups = GROUP_IDS.map(id => [id, this.#createGroup(sourceControl, id)] as const);
    this.#groups = Object.fromEntries(groups) as Readonly<Record<GroupId, GroupRows>>;
    for (const [id, { group }] of groups) group.hideWhenEmpty = id !== 'changes';
  }

  get all(): readonly SourceControlResourceGroup[] {
    return GROUP_IDS.map(id => this.#groups[id].group);
  }

  /** True to show the group of changes even when it is empty. */
  set showsEmptyChanges(shows: boolean) {
    this.#groups.changes.group.hideWhenEmpty = !shows;
  }

  /** Pushes the first rows if no group has any. Returns true if there are rows then. */
  showFirst(): boolean {
    const hasRows = (): boolean => this.all.some(({ resourceStates }) => resourceStates.length > 0);
    if (!hasRows()) this.push();
    return hasRows();
  }

  /** Brings the rows of one file up to date with the model; {@link push} shows them. */
  update(path: string): void {
    const { model, isIncluded } = this.#options;
    const entry = model.entries.get(path);
    const conflict = model.conflicts.get(path);
    const isConflict = conflict?.state === 'unresolved';
    const status = isConflict ? 'conflict' : entry && !model.isRenamed(path) ? model.shownStatus(entry) : undefined;
    const group = status && groupOf(status, this.#settings.untrackedChanges, conflict !== undefined, isIncluded(path));
    const version = status && rowVersion(status, entry, isConflict ? conflict : undefined);
    const subrepository = model.subrepositoryStatuses.get(path);
    const subrepositoryVersion =
      subrepository !== undefined && isWorthARow(subrepository) ? JSON.stringify(subrepository) : undefined;
    const staged = model.staged.get(path);
    const stagedVersion =
      staged &&
      rowVersion(stagedStatus(staged), staged.source === undefined ? {} : { source: staged.source }, undefined);
    for (const rows of Object.values(this.#groups)) {
      const own =
        rows.id === 'subrepositories'
          ? subrepositoryVersion
          : rows.id === 'staged'
            ? stagedVersion
            : rows.id === group
              ? version
              : undefined;
      const changed = own !== undefined ? rows.rows.put(path, own) : rows.rows.delete(path);
      if (changed) rows.dirty = true;
    }
  }

  /** Paths of a group that have a row, or would have one if there were room. */
  pathsIn(id: GroupId): string[] {
    return this.#groups[id].rows.paths();
  }

  /** Paths that have a row, or would have one if there were room. */
  listedPaths(): string[] {
    return Object.values(this.#groups).flatMap(rows => rows.rows.paths());
  }

  /** Hands changed rows to VS Code: at once, or after the pause that a long list needs, and many in steps. */
  push(): void {
    if (this.#pause !== undefined) return;
    let rowCount = 0;
    let room = ROWS_AT_ONCE;
    this.#growing = false;
    for (const rows of Object.values(this.#groups)) {
      if (!rows.dirty) continue;
      const all = rows.rows.values;
      const { values, added } = portion(all, new Set(rows.group.resourceStates), room);
      room -= added;
      rows.dirty = values.length < all.length;
      if (rows.dirty) this.#growing = true;
      rows.group.resourceStates = values;
      setGroupLabel(rows.group, groupLabel(rows.id, values.length, rows.rows.total));
      if (!rows.dirty) this.#reportLeftOut(rows);
      rowCount += values.length;
    }
    if (!this.#growing) this.#grown();
    const pause = this.#growing ? STEP_PAUSE : rowCount * PAUSE_PER_ROW;
    if (pause < 1) return;
    this.#pause = scheduleAfter(pause, () => {
      this.#pause = undefined;
      this.push();
    });
  }

  /** Hands over what waits for a pause to end; while a list grows, the next step does so. */
  pushNow(): void {
    if (this.#growing) return;
    this.#pause?.dispose();
    this.#pause = undefined;
    this.push();
  }

  /** Resolves when no list has to grow any more, or this is disposed. */
  async whenGrown(): Promise<void> {
    if (this.#growing) await new Promise<void>(resolve => this.#whenGrown.push(resolve));
  }

  /** Takes over other settings. Returns the paths whose rows may change. */
  setSettings(settings: FolderSettings): string[] {
    const old = this.#settings;
    this.#settings = settings;
    const paths = old.untrackedChanges === settings.untrackedChanges ? [] : [...this.#options.model.entries.keys()];
    if (old.statusLimit === settings.statusLimit) return paths;
    for (const rows of Object.values(this.#groups)) {
      for (const path of rows.rows.setLimit(settings.statusLimit)) paths.push(path);
      rows.leftOutReported = false;
      rows.dirty = true;
    }
    return paths;
  }

  /** Makes all rows anew, because they look different now; {@link push} shows them. */
  remake(): void {
    for (const rows of Object.values(this.#groups)) {
      rows.rows.remake();
      rows.dirty = true;
    }
  }

  dispose(): void {
    this.#pause?.dispose();
    this.#grown();
    this.#store.dispose();
  }

  #grown(): void {
    this.#growing = false;
    const waiters = this.#whenGrown;
    this.#whenGrown = [];
    for (const resolve of waiters) resolve();
  }

  #createGroup(sourceControl: SourceControl, id: GroupId): GroupRows {
    const group = this.#store.add(createGroup(sourceControl, id, groupLabel(id, 0, 0)));
    const make = id === 'subrepositories' ? createSubrepositoryRow : id === 'staged' ? createStagedRow : createRow;
    const rows = new CappedList(this.#settings.statusLimit, (path, version) =>
      make({ ...this.#options, path, version, title: this.#openTitle }),
    );
    return { id, group, rows, dirty: false, leftOutReported: false };
  }

  #reportLeftOut(rows: GroupRows): void {
    const { leftOut, total } = rows.rows;
    if (leftOut === 0 || rows.leftOutReported) return;
    rows.leftOutReported = true;
    this.#options.warn(texts.leftOut(this.#options.name, total - leftOut, total));
  }
}
