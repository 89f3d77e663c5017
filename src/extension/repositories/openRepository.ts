// One open repository. The engine's updates go into the model. From there they go into the Source Control view and the
// decorations, a few milliseconds at a time.
import { LogLevel, ProgressLocation, Uri, type Memento } from 'vscode';
import { progress, type Log } from '../common/display.ts';
import { DisposableStore, Emitter, type Disposable } from '../../base/lifecycle.ts';
import type { FoundRepository, RepositoryUpdate } from '../../server/protocol.ts';
import { DecorationTracker } from '../model/decorationTracker.ts';
import { CommitSelection } from '../scm/commitSelection.ts';
import { RepositoryModel } from '../model/repositoryModel.ts';
import { setting } from '../common/settings.ts';
import { scheduleAfter, scheduleImmediate, SlicedQueue } from '../common/slicedQueue.ts';
import { SourceControlView } from '../scm/sourceControlView.ts';
import type { ShownStatus } from '../model/statusPresentation.ts';
import type { SubrepositoryStatus } from '../model/subrepositoryStatus.ts';
import { describeFiles, describeUpdate } from '../model/updateLog.ts';
import { texts } from '../scm/scmStrings.ts';

/** A scan that is over sooner is not worth a moving picture. */
const BUSY_AFTER = 400;
/** How long the old picture stays when everything is read anew, so that it does not vanish and come back. */
const HOLD_AFTER_RESET = 2_000;
const FILES_IN_LOG = 20;

export class OpenRepository implements Disposable {
  /** Absolute path, as the engine spells it. */
  readonly root: string;
  readonly system: FoundRepository['system'];
  readonly rootUri: Uri;
  readonly name: string;
  /** The repository that records this one as a part of itself, as of when it was opened. */
  readonly outer: OpenRepository | undefined;
  /** Resolves when something is known of it, or it is closed. */
  readonly ready: Promise<void>;
  readonly model = new RepositoryModel();
  readonly tracker: DecorationTracker;
  /** The files chosen for the next commit. */
  readonly included: CommitSelection;
  readonly view: SourceControlView;
  /** It was opened for a file in an editor, and stays open when that is closed. */
  openedForEditor = false;
  readonly #store = new DisposableStore();
  readonly #log: Log;
  readonly #queue: SlicedQueue;
  readonly #decorationsChanged: (repository: OpenRepository, paths: readonly string[], all: boolean) => void;
  readonly #didUpdate = this.#store.add(new Emitter<RepositoryUpdate>());
  readonly #didChangeSubrepositories = this.#store.add(new Emitter<undefined>());
  #setReady: () => void = () => undefined;
  #changedDecorations: string[] = [];
  #busyTimer: Disposable | undefined;
  #holdTimer: Disposable | undefined;
  #endProgress: (() => void) | undefined;

  /** Fired when the model has changed; the view may follow a little later, see {@link whenShown}. */
  readonly onDidUpdate = this.#didUpdate.event;
  readonly onDidChangeSubrepositories = this.#didChangeSubrepositories.event;

  constructor(
    { root, system }: FoundRepository,
    outer: OpenRepository | undefined,
    log: Log,
    decorationsChanged: (repository: OpenRepository, paths: readonly string[], all: boolean) => void,
    memento: Memento,
  ) {
    this.root = root;
    this.system = system;
    this.rootUri = Uri.file(root);
    this.name = this.rootUri.path.slice(this.rootUri.path.lastIndexOf('/') + 1) || root;
    this.outer = outer;
    this.ready = new Promise(resolve => (this.#setReady = resolve));
    this.#log = log;
    this.#decorationsChanged = decorationsChanged;
    this.tracker = new DecorationTracker(path => this.decorated(path));
    this.included = this.#store.add(new CommitSelection(root, memento, this.model));
    this.view = this.#store.add(
      new SourceControlView({
        system,
        rootUri: this.rootUri,
        name: this.name,
        // No stable API nests source controls: the label names the outer repository.
        label: texts.sourceControlLabel(system, outer?.longName),
        model: this.model,
        isIncluded: path => this.included.has(path),
        showsIcons: !setting('decorations.enabled'),
        warn: message => log.warn(message),
      }),
    );
    this.#queue = this.#store.add(
      new SlicedQueue({
        each: path => this.#show(path),
        drained: () => this.#shown(),
        schedule: scheduleImmediate,
        now: () => performance.now(),
      }),
    );
    this.#store.add(this.included.onDidChange(paths => this.#queue.add(paths)));
    this.#follow(false);
  }

  /** The name, after those of the repositories that this one is a part of. */
  get longName(): string {
    return this.outer === undefined ? this.name : `${this.outer.longName}/${this.name}`;
  }

  /** Returns whether that is news. */
  setSubrepositories(statuses: ReadonlyMap<string, SubrepositoryStatus>): boolean {
    const touched = this.model.setSubrepositories(statuses);
    if (touched.length === 0) return false;
    this.#queue.add(touched);
    this.#didChangeSubrepositories.fire(undefined);
    return true;
  }

  apply(update: RepositoryUpdate): void {
    const hadEntries = this.model.entries.size > 0;
    const change = this.model.apply(update);
    this.#report(update);
    if (change.reset && hadEntries && !update.settled) this.#hold();
    else if (update.settled) this.#release();
    if (change.reset) this.#queue.add(this.view.rows.listedPaths());
    if (change.ignoredDirectories) this.#queue.add(this.tracker.asked());
    this.#queue.add(change.touched);
    this.#follow(update.settled || update.state.kind !== 'scanning');
    if (update.settled && (update.state.kind === 'ready' || update.state.kind === 'fallback')) this.included.prune();
    this.#setReady();
    this.#didUpdate.fire(update);
  }

  /** Resolves when the view shows what the model holds. */
  async whenShown(): Promise<void> {
    // A command may end after its repository was closed.
    if (this.#store.isDisposed) return;
    this.#release();
    await this.#queue.idle();
    await this.view.pushAll();
  }

  settingsChanged(): void {
    this.view.setShowsIcons(!setting('decorations.enabled'));
    this.#queue.add(this.view.settingsChanged());
  }

  /** Announces all files that color folders: VS Code has forgotten them. */
  announce(): void {
    this.#queue.add(this.model.entries.keys());
  }

  /** Returns the current decoration of a file. */
  decorated(path: string): ShownStatus | undefined {
    const status = this.model.statusAt(path);
    return status === 'unknown' && this.view.settings.untrackedChanges === 'hidden' ? undefined : status;
  }

  dispose(): void {
    this.#busyTimer?.dispose();
    this.#holdTimer?.dispose();
    this.#endProgress?.();
    this.#setReady();
    this.#store.dispose();
  }

  #show(path: string): void {
    this.view.rows.update(path);
    const mayAnnounce = this.#mayAnnounce();
    if (this.tracker.touch(path, mayAnnounce)) this.#changedDecorations.push(path);
    if (this.#changedDecorations.length >= 200) this.#fireDecorations();
  }

  /**
   * VS Code asks about an announced file at once, so the limit on rows limits announcements too. One costs less than a
   * row.
   */
  #mayAnnounce(): boolean {
    const { ignored } = this.model.counts;
    return this.model.entries.size - ignored <= 2 * this.view.settings.statusLimit;
  }

  #shown(): void {
    this.#fireDecorations();
    this.view.summary.show();
    this.view.rows.push();
  }

  #fireDecorations(): void {
    const paths = this.#changedDecorations;
    this.#changedDecorations = [];
    const all = this.tracker.overflows;
    if (paths.length > 0 || all) this.#decorationsChanged(this, paths, all);
  }

  /** A busy state, but only if it lasts: the first scan also moves the bar above the Source Control view. */
  #follow(done: boolean): void {
    if (done) {
      this.#busyTimer?.dispose();
      this.#busyTimer = undefined;
      this.#endProgress?.();
      this.#endProgress = undefined;
      this.view.summary.setBusy(false);
      return;
    }
    if (this.#busyTimer !== undefined || this.#endProgress !== undefined) return;
    this.#busyTimer = scheduleAfter(BUSY_AFTER, () => {
      this.#busyTimer = undefined;
      this.view.summary.setBusy(true);
      void progress(
        { location: ProgressLocation.SourceControl, title: texts.scanning(this.name) },
        async () => new Promise<void>(resolve => (this.#endProgress = resolve)),
      );
    });
  }

  #hold(): void {
    this.#queue.hold(true);
    this.#holdTimer ??= scheduleAfter(HOLD_AFTER_RESET, () => this.#release());
  }

  #release(): void {
    this.#holdTimer?.dispose();
    this.#holdTimer = undefined;
    this.#queue.hold(false);
  }

  #report(update: RepositoryUpdate): void {
    const isNews = update.reset || update.changed.length + update.cleared.length > 0;
    const isDetailed = this.#log.logLevel !== LogLevel.Off && this.#log.logLevel <= LogLevel.Debug;
    // The parts of a burst are for those who asked for details: there may be hundreds.
    if (isNews && update.settled) this.#log.info(`${this.name}: ${describeUpdate(update)}`);
    else if (isDetailed) this.#log.debug(`${this.name}: ${describeUpdate(update)}`);
    if (!isDetailed) return;
    for (const file of describeFiles(update, FILES_IN_LOG)) this.#log.debug(`  ${file}`);
  }
}
