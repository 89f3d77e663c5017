// The summary of one repository in the Source Control view: its badge and status bar. A group has rows about the
// repository as a whole.
import {
  workspace,
  type SourceControl,
  type SourceControlResourceGroup,
  type SourceControlResourceState,
} from 'vscode';
import { DisposableStore, type Disposable } from '../../base/lifecycle.ts';
import {
  createGroup,
  setGroupLabel,
  setPlaceholder,
  setStatusBarCommands,
  statusBarCommand,
} from '../common/display.ts';
import type { FolderSettings } from '../common/settings.ts';
import { scheduleAfter } from '../common/slicedQueue.ts';
import { commandWith } from '../common/typedCommands.ts';
import { badgeCount, statusBarParts, type Activity } from '../model/updateLog.ts';
import { SYSTEM_NAMES, texts } from './scmStrings.ts';
import type { ViewOptions } from './sourceControlGroups.ts';
import { createProblemRow, shownProblem, type ShownProblem } from './sourceControlRows.ts';
import {
  changesCommand,
  draftsCommand,
  inputPlaceholder,
  operationCommand,
  SHOW_VIEW,
  statusBarTooltip,
} from './statusBar.ts';

/** Badge and status bar change at most so often, in milliseconds: nobody reads faster, and a burst has many updates. */
const SUMMARY_PAUSE = 100;

export class SourceControlSummary implements Disposable {
  readonly #store = new DisposableStore();
  readonly #sourceControl: SourceControl;
  readonly #options: ViewOptions;
  readonly #onProblem: (hasStatus: boolean) => void;
  readonly #hasRows: () => boolean;
  readonly group: SourceControlResourceGroup;
  #settings: FolderSettings;
  #pause: Disposable | undefined;
  #due = false;
  #problemShown: ShownProblem | undefined;
  #notice: SourceControlResourceState | undefined;
  #busy = false;

  /**
   * @param onProblem called when a problem begins or ends, with false if the repository has no status
   * @param hasRows called before the badge counts something; may show the rows that are ready
   */
  constructor(
    sourceControl: SourceControl,
    options: ViewOptions,
    settings: FolderSettings,
    onProblem: (hasStatus: boolean) => void,
    hasRows: () => boolean,
  ) {
    this.#sourceControl = sourceControl;
    this.#options = options;
    this.#settings = settings;
    this.#onProblem = onProblem;
    this.#hasRows = hasRows;
    this.group = this.#store.add(createGroup(sourceControl, 'problem', texts.problemGroup()));
    this.group.hideWhenEmpty = true;
  }

  setBusy(busy: boolean): void {
    if (this.#busy === busy) return;
    this.#busy = busy;
    this.show();
  }

  setSettings(settings: FolderSettings): void {
    this.#settings = settings;
    this.show();
  }

  /** Shows a row that is about the repository as a whole, or takes it away. */
  setNotice(notice: SourceControlResourceState | undefined): void {
    this.#notice = notice;
    this.#showNotices();
    this.show();
  }

  /** Shows badge, status bar, and the problem if there is one: at once, or after the pause. */
  show(): void {
    this.#due = true;
    if (this.#pause === undefined) this.showNow();
  }

  /** Shows a summary that waits for the pause to end. */
  showNow(): void {
    this.#pause?.dispose();
    this.#pause = undefined;
    if (!this.#due) return;
    this.#due = false;
    this.#pause = scheduleAfter(SUMMARY_PAUSE, () => this.showNow());
    const { model } = this.#options;
    const shown = shownProblem(model.state);
    this.#showProblem(shown);
    const problem = shown?.program === undefined ? shown : undefined;
    const { countBadge, untrackedChanges } = this.#settings;
    const counted = {
      ...model.counts,
      subrepositories: model.dirtySubrepositories + model.staged.size,
      renames: model.renames,
    };
    const count = problem === undefined ? badgeCount(counted, countBadge, untrackedChanges) : 0;
    // While the first rows wait, the badge waits with them.
    const shownCount = count > 0 && !this.#hasRows() ? 0 : count;
    if (this.#sourceControl.count !== shownCount) this.#sourceControl.count = shownCount;
    const activity: Activity = problem === undefined ? (this.#busy ? 'busy' : 'idle') : 'problem';
    const { rootUri, system } = this.#options;
    const isHg = system === 'hg';
    // A row is there where hg cannot run.
    const canUpdate = isHg && problem === undefined && this.#notice === undefined && workspace.isTrusted;
    const branch = statusBarCommand(
      canUpdate ? commandWith('update', '', rootUri) : SHOW_VIEW,
      statusBarParts(model.head, activity, SYSTEM_NAMES[system]),
      problem?.sentence ?? this.#hover(shown, canUpdate),
    );
    const others = [
      operationCommand(model, isHg ? rootUri : undefined),
      changesCommand(model),
      draftsCommand(model, rootUri),
    ];
    const shownOthers = problem === undefined ? others.filter(each => each !== undefined) : [];
    setStatusBarCommands(this.#sourceControl, [branch, ...shownOthers]);
    setPlaceholder(this.#sourceControl.inputBox, inputPlaceholder(model.head));
  }

  dispose(): void {
    this.#pause?.dispose();
    this.#store.dispose();
  }

  #hover(shown: ShownProblem | undefined, canUpdate: boolean): string[] {
    const lines = statusBarTooltip(this.#options.name, this.#options.model, this.#busy);
    if (canUpdate) lines.push(texts.statusBar.update());
    return shown === undefined ? lines : [...lines, shown.sentence];
  }

  #showProblem(shown: ShownProblem | undefined): void {
    const old = this.#problemShown;
    if (old?.sentence === shown?.sentence && old?.program === shown?.program) return;
    this.#problemShown = shown;
    this.#onProblem(shown === undefined || shown.program !== undefined);
    this.#showNotices();
    if (shown !== undefined) this.#options.warn(`${this.#options.name}: ${shown.sentence}`);
  }

  #showNotices(): void {
    const shown = this.#problemShown;
    const rows = shown === undefined ? [] : [createProblemRow(shown, this.#options.rootUri)];
    if (this.#notice !== undefined) rows.push(this.#notice);
    const program = shown?.program;
    const label =
      shown === undefined
        ? texts.noticeGroup()
        : program === undefined
          ? texts.problemGroup()
          : texts.programGroup(program);
    setGroupLabel(this.group, label);
    this.group.resourceStates = rows;
  }
}
