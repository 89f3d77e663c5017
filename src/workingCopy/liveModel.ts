// The live model of one working copy. Hints come in, differences go out. One loop does all the work, in slices: first
// what is recorded, then hinted paths, then a running scan, then the audit. See Examination for why they may be mixed.
import { Delay, nextTurn } from '../base/async.ts';
import { isWithinRoot, ROOT_PATH, toDisplay, type BytePath } from '../base/bytePath.ts';
import { errorMessage, QuicksilverError } from '../base/errors.ts';
import { DisposableStore, type Disposable, type Event } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import type { WorkCounters } from '../status/types.ts';
import type { BulkOptions } from '../status/bulk/bulkScan.ts';
import { AuditScheduler, type AuditSlice } from './rescan/auditScheduler.ts';
import type { Backend, Snapshot } from './backend.ts';
import { ControlWatcher } from './watch/controlWatcher.ts';
import { HintQueue } from './hintQueue.ts';
import { Publisher, sameTrouble, type ModelState, type ModelUpdate } from './publisher.ts';
import { Reconciler } from './rescan/reconciler.ts';
import { RuleFiles } from './ruleFiles.ts';
import type { StatusTree } from './statusTree.ts';
import type { TreeWatcher } from './watch/treeWatcher.ts';

export interface LiveModelOptions {
  readonly backend: Backend;
  readonly watcher: TreeWatcher;
  readonly logger: Logger;
  /** Milliseconds between two audits; 0 for none. */
  readonly auditMs: number;
  /** How everything is scanned by several threads; not given: by one. */
  readonly bulk?: BulkOptions | undefined;
}

/** Work goes on for this long before others get their turn. */
export const SLICE_MS = 8;
/**
 * A change is told at once, but no sooner than this after the one before: where files are written without end, that many
 * changes go together.
 */
export const PUBLISH_PAUSE_MS = 15;
/** During a scan, what was found so far is told this often. */
const PROGRESS_MS = 100;
/** A file that is replaced while it is read is read again after this long, this often. */
export const RETRY_MS = 50;
const RETRY_LIMIT = 40;
/** What has failed is tried again after this long even if no event says that anything changed. */
const RETRY_FAILED_MS = 5000;

export class LiveModel implements Disposable {
  readonly #backend: Backend;
  readonly #watcher: TreeWatcher;
  readonly #logger: Logger;
  readonly #owned = new DisposableStore();
  readonly #control: ControlWatcher;
  readonly #publisher: Publisher;
  readonly #queue = new HintQueue();
  readonly #reconciler: Reconciler;
  readonly #wake = this.#owned.add(new Delay(() => this.#onWake()));
  /** Set while nothing is told because something has just been. */
  readonly #pause = this.#owned.add(new Delay(() => this.#schedule()));
  readonly #retryDue = this.#owned.add(new Delay(() => this.#hintControl()));
  #warnings = '';
  #controlPending = true;
  #scanCause: string | undefined;
  /** When something was told last. */
  #toldAt = 0;
  #retries = 0;
  #scheduled = false;
  #running = false;
  #backgroundDue = false;
  #waiting: (() => void)[] = [];
  readonly #audits: AuditScheduler;
  readonly #rules: RuleFiles;

  /** The model does nothing before {@link start}. It owns the watcher. */
  constructor(options: LiveModelOptions) {
    this.#backend = options.backend;
    this.#watcher = this.#owned.add(options.watcher);
    this.#logger = options.logger;
    this.#rules = new RuleFiles(options.backend.root);
    this.#control = this.#owned.add(new ControlWatcher(options.backend, options.logger));
    const events = {
      onDirectory: (path: BytePath, fresh: boolean) => this.#watcher.watch(path, fresh),
      onDirectoryGone: (path: BytePath) => this.#watcher.unwatch(path),
      onUnreadable: (path: BytePath, code: string) => this.#logger.warn(`${toDisplay(path)} cannot be read (${code})`),
      onRechecked: () => this.#workInBackgroundNext(),
    };
    const bulk = options.bulk && {
      onFailure: (error: unknown) => this.#logger.warn(`One thread scans for several (${errorMessage(error)}).`),
      ...options.bulk,
    };
    this.#reconciler = new Reconciler(options.backend, events, bulk);
    this.#audits = this.#owned.add(
      new AuditScheduler({
        reconciler: this.#reconciler,
        watcher: this.#watcher,
        logger: this.#logger,
        intervalMs: options.auditMs,
        onDue: () => this.#startAudit(),
      }),
    );
    this.#publisher = this.#owned.add(new Publisher(this.#reconciler.tree, this.#reconciler.outcome));
    this.#publisher.nestedRepositories = this.#reconciler.nestedRepositories;
    this.#owned.add(
      this.onDidUpdate(() => {
        this.#toldAt = performance.now();
        this.#pause.set(PUBLISH_PAUSE_MS);
      }),
    );
    this.#owned.add(this.#control.onEvent(() => this.#hintControl()));
    this.#owned.add(this.#watcher.onHint(path => this.hint([path])));
  }

  get onDidUpdate(): Event<ModelUpdate> {
    return this.#publisher.onDidUpdate;
  }

  /** What was read last; undefined before the start, and while the repository cannot be read. */
  get snapshot(): Snapshot | undefined {
    return this.#reconciler.snapshot;
  }

  get tree(): StatusTree {
    return this.#reconciler.tree;
  }

  get watched(): { readonly directories: number; readonly complete: boolean } {
    return { directories: this.#watcher.watched, complete: this.#watcher.complete };
  }

  /** All the work that was ever done. */
  get outcome(): Readonly<WorkCounters> {
    return this.#reconciler.outcome;
  }

  /** True while directories that a scan has found are not all watched and looked at once more. */
  get isCatchingUp(): boolean {
    return this.#audits.isCatchingUp;
  }

  /** Audits done, and how many seconds ago the last one, or the scan before them, ended; undefined: none yet. */
  get audits(): { readonly done: number; readonly secondsAgo: number | undefined } {
    return this.#audits.account;
  }

  get state(): ModelState {
    return this.#publisher.state;
  }

  get missedByEvents(): number {
    return this.#audits.missed;
  }

  start(): void {
    this.#watcher.watch(ROOT_PATH, false);
    // Before the first look, so that nothing falls in between.
    this.#control.arm([]);
    this.#schedule();
  }

  /** Something may have happened at these paths; '' stands for the whole working copy. */
  hint(paths: Iterable<BytePath>): void {
    const now = performance.now();
    // Whatever made the repository unreadable may have been mended.
    if (this.snapshot === undefined) this.#controlPending = true;
    for (const path of paths) {
      if (path === '') this.#queue.startBurst(now);
      else if (path === '.hg') this.#controlPending = true;
      // What a client sends may be anything: nothing outside of the working copy is ever looked at.
      else if (!path.startsWith('.hg/') && isWithinRoot(path)) this.#queue.add(path, now);
    }
    this.#schedule();
  }

  /** Looks at everything again, whatever the events said. Resolves when the result has been told. */
  refresh(cause: string): Promise<void> {
    this.#controlPending = true;
    this.#scanCause = cause;
    return this.settle();
  }

  /** Resolves when everything that has happened before was looked at and told, as far as there are events of it. */
  async settle(): Promise<void> {
    // Until then, events of Node's own watches that are there are taken.
    await nextTurn();
    if (this.#owned.isDisposed) return;
    this.#watcher.drain();
    await new Promise<void>(resolve => {
      this.#waiting.push(resolve);
      this.#schedule();
    });
  }

  /** The person is looking: a good moment for an audit, unless one has just been made. */
  focus(): void {
    this.#audits.focus();
  }

  dispose(): void {
    this.#owned.dispose();
    this.#reconciler.stop();
    this.#resolveWaiting();
  }

  #onWake(): void {
    if (this.snapshot === undefined) this.#controlPending = true;
    this.#schedule();
  }

  #hintControl(): void {
    this.#controlPending = true;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#running || this.#owned.isDisposed) return;
    this.#scheduled = true;
    // After the events of this turn, so that they are handled together.
    setImmediate(() => {
      this.#scheduled = false;
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    this.#wake.cancel();
    try {
      for (;;) {
        if (this.#owned.isDisposed) return;
        if (!this.#workOnce()) break;
        await nextTurn();
        await this.#reconciler.wait();
        this.#reconciler.resume();
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#running = false;
    }
    try {
      this.#onQuiet();
    } catch (error) {
      // Nobody waits for this: the failure of one repository must not end the engine, which serves others.
      this.#fail(error);
      this.#onQuiet();
    }
  }

  /** One slice of work. False when there is nothing left but to wait. */
  #workOnce(): boolean {
    const sliceEnd = performance.now() + SLICE_MS;
    for (;;) {
      // A bulk scan comes first, and all else after it.
      if (!this.#reconciler.isBulkScanning) {
        if (this.#controlPending) this.#reload();
        if (this.snapshot === undefined) return false;
        this.#takeHints();
        // A scan begins with what is recorded now.
        if (this.#controlPending) continue;
      }
      const more = this.#reconciler.step();
      if (!this.#reconciler.isScanning) this.#endScan();
      if (!more) return false;
      const now = performance.now();
      if (now < sliceEnd && !this.#reconciler.isWaiting) continue;
      const tellsProgress = this.#reconciler.isScanning && !this.#reconciler.isMixed;
      if (tellsProgress && now - this.#toldAt >= PROGRESS_MS) this.#publish(false);
      return true;
    }
  }

  /** Nothing can be done now: tells what is known and sees to it that the work goes on when something can be. */
  #onQuiet(): void {
    if (this.#owned.isDisposed) return;
    if (this.snapshot === undefined) {
      if (this.#retries === 0) {
        this.#tell(true, performance.now());
        this.#resolveWaiting();
        // Also of what is gone: nothing is left that could tell when it comes back.
        this.#wake.setAtMost(RETRY_FAILED_MS);
      }
      return;
    }
    const quietIn = this.#queue.quietIn(performance.now());
    if (quietIn > 0) {
      this.#wake.setAtMost(quietIn);
      this.#publish(false);
      return;
    }
    if (this.#retries > 0) return;
    const toldAt = this.#toldAt;
    if (!this.#publish(true)) return;
    this.#backend.releaseCaches(this.snapshot);
    this.#resolveWaiting();
    // What was told is sent when this turn is over: nothing more is done in it.
    if (this.#toldAt !== toldAt) this.#workInBackgroundNext();
    else this.#workInBackground();
  }

  /** Once, however often it is asked for. */
  #workInBackgroundNext(): void {
    if (this.#backgroundDue) return;
    this.#backgroundDue = true;
    setImmediate(() => {
      this.#backgroundDue = false;
      this.#workInBackground();
    });
  }

  #workInBackground(): void {
    // What was hinted comes first: when it is done, this is gone on with.
    if (this.#owned.isDisposed || this.#running || this.#scheduled || this.snapshot === undefined) return;
    let slice: AuditSlice;
    try {
      slice = this.#audits.slice(() => this.#begin('audit'));
    } catch (error) {
      this.#fail(error);
      this.#schedule();
      return;
    }
    // Also if nothing was found: then the audit is the cause of nothing that is told later.
    if (slice.looked) this.#publish(true);
    if (slice.nextIn === 0) this.#workInBackgroundNext();
    else if (slice.nextIn !== undefined) this.#wake.setAtMost(slice.nextIn);
  }

  /** False if it is not the time for it: a command is running, or something has just been told. The loop is woken then. */
  #publish(settled: boolean): boolean {
    const now = performance.now();
    const heldFor = this.#publisher.heldFor(this.#backend.lock(), now);
    if (heldFor > 0) {
      this.#wake.setAtMost(heldFor);
      return false;
    }
    if (this.#pause.isSet && this.#waiting.length === 0) return false;
    if (this.#isOutdated()) return false;
    this.#tell(settled, now);
    return true;
  }

  /**
   * Whether a command has ended whose files were examined, while what it recorded last was not read yet: the event of
   * that may still be on its way, and until then its files seem to be modified. Reads it, and goes on with the work. The
   * lock must have been found free before: then whatever a command has written to files, it has recorded, too.
   */
  #isOutdated(): boolean {
    const before = this.snapshot;
    if (this.tree.unpublishedCount === 0 || before === undefined) return false;
    if (this.#backend.isCurrent(before)) return false;
    if (this.#reconciler.isBulkScanning) {
      // What is recorded must not be exchanged while threads compare with it.
      this.#controlPending = true;
      return true;
    }
    this.#reload();
    if (this.snapshot === before && this.#retries === 0) return false;
    this.#schedule();
    return true;
  }

  #tell(settled: boolean, now: number): void {
    try {
      this.#publisher.publish(settled, now);
    } catch (error) {
      // A listener's failure is not the model's, and says nothing of the repository.
      this.#logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }

  #resolveWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #takeHints(): void {
    if (this.#queue.isEmpty || this.#queue.quietIn(performance.now()) > 0) return;
    const taken = this.#queue.take();
    if (taken === 'everything') {
      // Files that the snapshot was made from may be among them.
      this.#controlPending = true;
      this.#scanCause ??= 'many file events';
      return;
    }
    if (this.#rules.touches(this.snapshot!.files, taken)) this.#controlPending = true;
    if (this.#reconciler.hint(taken)) this.#begin('file events');
  }

  #reload(): void {
    this.#controlPending = false;
    const previous = this.snapshot;
    try {
      if (!this.#backend.exists()) {
        this.#becomeUnavailable({ kind: 'gone' });
        return;
      }
      const next = this.#backend.load(previous);
      this.#control.arm(next.files);
      if (next !== previous) this.#takeOver(next, previous);
    } catch (error) {
      if (error instanceof QuicksilverError && error.code === 'changed-while-reading' && this.#retries < RETRY_LIMIT) {
        this.#retries++;
        this.#retryDue.set(RETRY_MS);
        return;
      }
      this.#fail(error);
      return;
    }
    this.#retries = 0;
    this.#retryDue.cancel();
    if (this.#scanCause === undefined) return;
    this.#begin(this.#reconciler.scan(this.#scanCause));
    this.#scanCause = undefined;
  }

  #takeOver(next: Snapshot, previous: Snapshot | undefined): void {
    // Other threads may begin a scan with it. What else is to be read, this one reads meanwhile.
    const causes = this.#reconciler.update(next);
    try {
      this.#publisher.head = next.head;
    } catch (error) {
      // Half of a snapshot is none.
      this.#reconciler.clear();
      throw error;
    }
    this.#publisher.mergeState = next.mergeState;
    this.#publisher.subrepositories = next.subrepositories;
    this.#publisher.tracked = next.input.statCache.entryCount;
    if (previous === undefined) {
      this.#publisher.reset(this.#reconciler.tree);
      this.#publisher.state = { kind: 'scanning' };
    }
    this.#warn(next.warnings);
    for (const cause of causes) this.#begin(cause);
  }

  #begin(cause: string): void {
    this.#publisher.begin(cause, performance.now());
  }

  #endScan(): void {
    if (this.#publisher.state.kind === 'ready') return;
    this.#publisher.state = { kind: 'ready' };
    this.#audits.scanEnded();
  }

  #startAudit(): void {
    if (this.#reconciler.isAuditing || this.#owned.isDisposed) return;
    this.#controlPending = true;
    this.#reconciler.audit();
    this.#schedule();
  }

  #fail(error: unknown): void {
    const problem =
      error instanceof QuicksilverError ? error : new QuicksilverError('io', errorMessage(error), { cause: error });
    if (!(error instanceof QuicksilverError) && error instanceof Error)
      this.#logger.error(error.stack ?? error.message);
    this.#becomeUnavailable({ kind: problem.code === 'unsupported' ? 'refused' : 'failed', problem });
  }

  /** Shows nothing rather than something wrong; every later event tries again. */
  #becomeUnavailable(state: ModelState): void {
    this.#control.arm(this.snapshot?.files ?? []);
    this.#retries = 0;
    this.#retryDue.cancel();
    if (sameTrouble(state, this.#publisher.state)) return;
    this.#reconciler.clear();
    this.#audits.reset();
    this.#publisher.reset(this.tree);
    this.#begin('repository not available');
    this.#watcher.unwatchBelow();
    this.#watcher.watch(ROOT_PATH, true);
    this.#publisher.state = state;
    this.#publisher.head = undefined;
    this.#publisher.mergeState = undefined;
    this.#publisher.subrepositories = undefined;
  }

  #warn(warnings: readonly string[]): void {
    const text = warnings.join('\n');
    if (text === this.#warnings) return;
    this.#warnings = text;
    for (const warning of warnings) this.#logger.warn(warning);
  }
}
