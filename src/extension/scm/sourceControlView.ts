// One repository in the Source Control view: its groups, rows and badge, and its items in the status bar.
import {
  workspace,
  type SourceControl,
  type SourceControlResourceGroup,
  type SourceControlResourceState,
  type Uri,
} from 'vscode';
import { DisposableStore, type Disposable } from '../../base/lifecycle.ts';
import { CappedList, portion } from './cappedList.ts';
import { commandWith } from '../common/typedCommands.ts';
import {
  createGroup,
  createSourceControl,
  setGroupLabel,
  setPlaceholder,
  setStatusBarCommands,
  statusBarCommand,
} from '../common/display.ts';
import {
  changesCommand,
  draftsCommand,
  inputPlaceholder,
  operationCommand,
  SHOW_VIEW,
  statusBarTooltip,
} from './statusBar.ts';
import type { RepositoryModel } from '../model/repositoryModel.ts';
import { folderSettings, type FolderSettings } from '../common/settings.ts';
import { scheduleAfter } from '../common/slicedQueue.ts';
import {
  createProblemRow,
  createRow,
  createSubrepositoryRow,
  rowVersion,
  shownProblem,
  type ShownProblem,
} from './sourceControlRows.ts';
import { GROUP_IDS, groupOf, type GroupId } from '../model/statusPresentation.ts';
import { isWorthARow } from '../model/subrepositoryStatus.ts';
import { badgeCount, statusBarParts, type Activity } from '../model/updateLog.ts';
import { groupLabel, texts } from './scmStrings.ts';

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
/** Badge and status bar change at most so often, in milliseconds: nobody reads faster, and a burst has many updates. */
const SUMMARY_PAUSE = 100;

interface GroupRows {
  readonly id: GroupId;
  readonly group: SourceControlResourceGroup;
  readonly rows: CappedList<SourceControlResourceState>;
  dirty: boolean;
  leftOutTold: boolean;
}

export interface ViewOptions {
  readonly rootUri: Uri;
  readonly name: string;
  /** The source control's label, fixed for its life. */
  readonly label: string;
  readonly model: RepositoryModel;
  /** True if the path is chosen for the next commit. */
  readonly isIncluded: (path: string) => boolean;
  /** Without decorations the rows carry icons; otherwise nothing would show a row's status. */
  showsIcons: boolean;
  tell(message: string): void;
}

export class SourceControlView implements Disposable {
  readonly sourceControl: SourceControl;
  readonly #store = new DisposableStore();
  readonly #options: ViewOptions;
  readonly #problems: SourceControlResourceGroup;
  readonly #groups: Readonly<Record<GroupId, GroupRows>>;
  readonly #openTitle = texts.open();
  #settings: FolderSettings;
  #pause: Disposable | undefined;
  /** Some rows wait for the next step. */
  #growing = false;
  #whenGrown: (() => void)[] = [];
  #summaryPause: Disposable | undefined;
  #summaryDue = false;
  #problemShown: ShownProblem | undefined;
  #notice: SourceControlResourceState | undefined;
  #busy = false;

  constructor(options: ViewOptions) {
    this.#options = options;
    this.#settings = folderSettings(options.rootUri);
    this.sourceControl = this.#store.add(createSourceControl('quicksilver', options.label, options.rootUri));
    // A box that does nothing would promise something.
    this.sourceControl.inputBox.visible = workspace.isTrusted;
    this.sourceControl.acceptInputCommand = commandWith('commit', texts.commit(), this.sourceControl);
    this.#problems = this.#store.add(createGroup(this.sourceControl, 'problem', texts.problemGroup()));
    this.#problems.hideWhenEmpty = true;
    const groups = GROUP_IDS.map(id => [id, this.#createGroup(id)] as const);
    this.#groups = Object.fromEntries(groups) as Readonly<Record<GroupId, GroupRows>>;
    for (const [id, { group }] of groups) group.hideWhenEmpty = id !== 'changes';
    this.showSummary();
  }

  get settings(): FolderSettings {
    return this.#settings;
  }

  get groups(): readonly SourceControlResourceGroup[] {
    return [this.#problems, ...GROUP_IDS.map(id => this.#groups[id].group)];
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
    for (const rows of Object.values(this.#groups)) {
      const own = rows.id === 'subrepositories' ? subrepositoryVersion : rows.id === group ? version : undefined;
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
      if (!rows.dirty) this.#tellLeftOut(rows);
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
    this.#showSummaryNow();
    if (this.#growing) return;
    this.#pause?.dispose();
    this.#pause = undefined;
    this.push();
  }

  /** As {@link pushNow}; resolves when no list has to grow any more, or this is disposed. */
  async pushAll(): Promise<void> {
    this.pushNow();
    if (this.#growing) await new Promise<void>(resolve => this.#whenGrown.push(resolve));
  }

  setBusy(busy: boolean): void {
    if (this.#busy === busy) return;
    this.#busy = busy;
    this.showSummary();
  }

  /** Badge, status bar, and the problem if there is one: at once, or after the pause. */
  showSummary(): void {
    this.#summaryDue = true;
    if (this.#summaryPause === undefined) this.#showSummaryNow();
  }

  #showSummaryNow(): void {
    this.#summaryPause?.dispose();
    this.#summaryPause = undefined;
    if (!this.#summaryDue) return;
    this.#summaryDue = false;
    this.#summaryPause = scheduleAfter(SUMMARY_PAUSE, () => this.#showSummaryNow());
    const { model } = this.#options;
    const shown = shownProblem(model.state);
    this.#showProblem(shown);
    const problem = shown?.hasStatus === true ? undefined : shown;
    const { countBadge, untrackedChanges } = this.#settings;
    const counted = { ...model.counts, subrepositories: model.dirtySubrepositories, renames: model.renames };
    const count = problem === undefined ? badgeCount(counted, countBadge, untrackedChanges) : 0;
    if (this.sourceControl.count !== count) this.sourceControl.count = count;
    const activity: Activity = problem === undefined ? (this.#busy ? 'busy' : 'idle') : 'problem';
    const { rootUri } = this.#options;
    // A row is there where hg cannot run.
    const canUpdate = problem === undefined && this.#notice === undefined && workspace.isTrusted;
    const branch = statusBarCommand(
      canUpdate ? commandWith('update', '', rootUri) : SHOW_VIEW,
      statusBarParts(model.head, activity),
      problem?.sentence ?? this.#hover(shown, canUpdate),
    );
    const others = [operationCommand(model, rootUri), changesCommand(model), draftsCommand(model, rootUri)];
    const shownOthers = problem === undefined ? others.filter(each => each !== undefined) : [];
    setStatusBarCommands(this.sourceControl, [branch, ...shownOthers]);
    setPlaceholder(this.sourceControl.inputBox, inputPlaceholder(model.head));
  }

  /** Reads the settings again. Returns the paths whose rows may change. */
  settingsChanged(): string[] {
    const old = this.#settings;
    this.#settings = folderSettings(this.#options.rootUri);
    const paths =
      old.untrackedChanges === this.#settings.untrackedChanges ? [] : [...this.#options.model.entries.keys()];
    if (old.statusLimit !== this.#settings.statusLimit) {
      for (const rows of Object.values(this.#groups)) {
        for (const path of rows.rows.setLimit(this.#settings.statusLimit)) paths.push(path);
        rows.leftOutTold = false;
        rows.dirty = true;
      }
    }
    this.showSummary();
    this.pushNow();
    return paths;
  }

  setShowsIcons(showsIcons: boolean): void {
    if (this.#options.showsIcons === showsIcons) return;
    this.#options.showsIcons = showsIcons;
    this.remakeRows();
  }

  /** Makes all rows anew, because they look different now. */
  remakeRows(): void {
    for (const rows of Object.values(this.#groups)) {
      rows.rows.remake();
      rows.dirty = true;
    }
    this.pushNow();
  }

  dispose(): void {
    this.#pause?.dispose();
    this.#summaryPause?.dispose();
    this.#grown();
    this.#store.dispose();
  }

  #grown(): void {
    this.#growing = false;
    const waiters = this.#whenGrown;
    this.#whenGrown = [];
    for (const resolve of waiters) resolve();
  }

  #createGroup(id: GroupId): GroupRows {
    const group = this.#store.add(createGroup(this.sourceControl, id, groupLabel(id, 0, 0)));
    const make = id === 'subrepositories' ? createSubrepositoryRow : createRow;
    const rows = new CappedList(this.#settings.statusLimit, (path, version) =>
      make({ ...this.#options, path, version, title: this.#openTitle }),
    );
    return { id, group, rows, dirty: false, leftOutTold: false };
  }

  #hover(shown: ShownProblem | undefined, canUpdate: boolean): string[] {
    const lines = statusBarTooltip(this.#options.name, this.#options.model, this.#busy);
    if (canUpdate) lines.push(texts.statusBar.update());
    return shown === undefined ? lines : [...lines, shown.sentence];
  }

  #showProblem(shown: ShownProblem | undefined): void {
    const old = this.#problemShown;
    if (old?.sentence === shown?.sentence && old?.hasStatus === shown?.hasStatus) return;
    this.#problemShown = shown;
    const hasStatus = shown === undefined || shown.hasStatus;
    this.#groups.changes.group.hideWhenEmpty = !hasStatus;
    this.#showNotices();
    if (shown !== undefined) this.#options.tell(`${this.#options.name}: ${shown.sentence}`);
  }

  /** Shows a row that is about the repository as a whole, or takes it away. */
  setNotice(notice: SourceControlResourceState | undefined): void {
    this.#notice = notice;
    this.#showNotices();
    this.showSummary();
  }

  #showNotices(): void {
    const shown = this.#problemShown;
    const rows = shown === undefined ? [] : [createProblemRow(shown, this.#options.rootUri)];
    if (this.#notice !== undefined) rows.push(this.#notice);
    const label = shown === undefined ? texts.noticeGroup() : shown.hasStatus ? texts.hgGroup() : texts.problemGroup();
    setGroupLabel(this.#problems, label);
    this.#problems.resourceStates = rows;
  }

  #tellLeftOut(rows: GroupRows): void {
    const { leftOut, total } = rows.rows;
    if (leftOut === 0 || rows.leftOutTold) return;
    rows.leftOutTold = true;
    this.#options.tell(texts.leftOut(this.#options.name, total - leftOut, total));
  }
}
