// The live model of one working copy. Hints come in, differences go out. One loop does all the work, in slices: first
// what is recorded, then hinted paths, then a running scan, then the audit. SteppedRescan explains why that is safe.
import { nextTurn } from '../base/async.ts';
import { isWithinRoot, ROOT_PATH, toDisplay, type BytePath } from '../base/bytePath.ts';
import { errorMessage, QuicksilverError } from '../base/errors.ts';
import { DisposableStore, type Disposable, type Event } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import type { WorkCounters } from '../status/types.ts';
import type { BulkOptions } from '../status/bulk/bulkScan.ts';
import { AuditScheduler, type AuditSlice } from './rescan/auditScheduler.ts';
import { isBusy, type Backend, type Snapshot } from './backend.ts';
import { HintQueue } from './hintQueue.ts';
import { Publication } from './publication.ts';
import { Publisher, sameProblem, type CompleteUpdate, type ModelState, type ModelUpdate } from './publisher.ts';
import { Reconciler, type UndecidedFiles } from './rescan/reconciler.ts';
import type { UndecidedAnswer } from './rescan/undecidedPaths.ts';
import { RuleFiles } from './ruleFiles.ts';
import { RETRY_MS, SnapshotLoader } from './snapshotLoader.ts';
import type { StatusTree } from './statusTree.ts';
import type { TreeWatcher } from './watch/treeWatcher.ts';
import { WorkLoop } from './workLoop.ts';

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
/** Milliseconds between progress updates during a scan. */
const PROGRESS_MS = 100;
/** Milliseconds that a command that writes the history keeps undecided files waiting. */
const UNDECIDED_LIMIT_MS = 2000;
/** Milliseconds until a failed load is tried again, even without an event. */
const RETRY_FAILED_MS = 5000;

export class LiveModel implements Disposable {
  readonly #backend: Backend;
  readonly #watcher: TreeWatcher;
  readonly #logger: Logger;
  readonly #owned = new DisposableStore();
  readonly #loop: WorkLoop;
  readonly #loader: SnapshotLoader;
  readonly #reconciler: Reconciler;
  readonly #publisher: Publisher;
  readonly #publication: Publication;
  readonly #queue = new HintQueue();
  /** Paths that could not be read when they were scanned last. */
  readonly #unreadable = new Set<BytePath>();
  readonly #audits: AuditScheduler;
  readonly #rules: RuleFiles;
  /** Why a scan of everything must follow the next load; undefined if none must. */
  #scanCause: string | undefined;
  /** Since when a command has kept undecided files waiting. */
  #undecidedSince: number | undefined;
  /** The warnings logged last, so that each is logged once. */
  #warnings = '';

  /** The model does nothing before {@link start}. It owns the watcher. */
  constructor(options: LiveModelOptions) {
    this.#backend = options.backend;
    this.#watcher = this.#owned.add(options.watcher);
    this.#logger = options.logger;
    this.#rules = new RuleFiles(options.backend.root);
    this.#loop = this.#owned.add(
      new WorkLoop({
        slice: () => this.#slice(),
        between: async () => {
          await this.#reconciler.wait();
          this.#reconciler.resume();
        },
        onQuiet: () => this.#onQuiet(),
        background: () => this.#workInBackground(),
        onError: error => this.#fail(error),
        onWake: () => {
          if (this.snapshot === undefined) this.#loader.request();
          this.#loop.schedule();
        },
      }),
    );
    this.#loader = this.#owned.add(new SnapshotLoader(options.backend, options.logger, () => this.#loop.schedule()));
    const events = {
      onDirectory: (path: BytePath, fresh: boolean) => {
        this.#unreadable.delete(path);
        this.#watcher.watch(path, fresh);
      },
      onDirectoryGone: (path: BytePath) => {
        this.#unreadable.delete(path);
        this.#watcher.unwatch(path);
      },
      onUnreadable: (path: BytePath, code: string) => {
        this.#unreadable.add(path);
        this.#logger.warn(`${toDisplay(path)} cannot be read (${code})`);
      },
      onRechecked: () => this.#loop.backgroundNext(),
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
    this.#publication = this.#owned.add(new Publication(this.#publisher, options.logger, () => this.#loop.schedule()));
    this.#owned.add(this.#watcher.onHint(path => this.hint([path])));
  }

  get onDidUpdate(): Event<ModelUpdate> {
    return this.#publisher.onDidUpdate;
  }

  /** The last snapshot; undefined before the start, and while the repository cannot be read. */
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

  /** Everything that is known, as an update for a listener who came later; undefined before the first update. */
  current(cause: string): CompleteUpdate | undefined {
    return this.#publisher.current(cause);
  }

  /** Directories that are repositories of their own. */
  get nestedRepositories(): ReadonlySet<BytePath> {
    return this.#reconciler.nestedRepositories;
  }

  /** True if a path could not be read, so that its status is a guess. */
  get hasUnreadable(): boolean {
    return this.#unreadable.size > 0;
  }

  /** Rescans everything in the background. */
  audit(): void {
    this.#startAudit();
  }

  /** Changes the interval between two audits, in milliseconds; 0 for none. */
  auditEvery(milliseconds: number): void {
    this.#audits.every(milliseconds);
  }

  /** True while directories of a scan still lack their watches, or the audit after these has not finished. */
  get isCatchingUp(): boolean {
    return this.#audits.isCatchingUp;
  }

  /** Audits done, and how many seconds ago the last one, or the scan before them, ended; undefined: none yet. */
  get audits(): { readonly done: number; readonly secondsAgo: number | undefined } {
    return this.#audits.account;
  }

  /** Returns the files whose content cannot be compared here; undefined if there are none. */
  undecidedFiles(): UndecidedFiles | undefined {
    return this.snapshot === undefined ? undefined : this.#reconciler.undecidedFiles();
  }

  /** Takes over the answers of another program about undecided files, unless their base has changed since. */
  decide(undecided: UndecidedFiles, answers: ReadonlyMap<BytePath, UndecidedAnswer>): void {
    if (!this.#reconciler.decide(undecided, answers)) return;
    this.#begin('undecided files');
    this.#loop.schedule();
  }

  get state(): ModelState {
    return this.#publisher.state;
  }

  get missedByEvents(): number {
    return this.#audits.missed;
  }

  start(): void {
    this.#watcher.watch(ROOT_PATH, false);
    this.#loader.start();
    this.#loop.schedule();
  }

  /** Something may have happened at these paths; '' stands for the whole working copy. */
  hint(paths: Iterable<BytePath>): void {
    const now = performance.now();
    const { controlName } = this.#backend;
    // Whatever made the repository unreadable may have been mended.
    if (this.snapshot === undefined) this.#loader.request();
    for (const path of paths) {
      if (path === '') this.#queue.startBurst(now);
      else if (path === controlName) this.#loader.request();
      // A client may send any path: paths outside of the working copy are dropped.
      else if (!path.startsWith(`${controlName}/`) && isWithinRoot(path)) this.#queue.add(path, now);
    }
    this.#loop.schedule();
  }

  /** Rescans everything, whatever the events reported. Resolves when the result is published. */
  refresh(cause: string): Promise<void> {
    this.#backend.hinted?.('everything');
    this.#loader.request();
    this.#scanCause = cause;
    return this.settle();
  }

  /** Resolves when every change so far that caused an event is rescanned and published. */
  async settle(): Promise<void> {
    // Until then, events of Node's own watches that are there are taken.
    await nextTurn();
    if (this.#owned.isDisposed) return;
    this.#watcher.drain();
    const settled = this.#publication.whenSettled();
    this.#loop.schedule();
    await settled;
  }

  /** The window has the focus: audits now, unless an audit has just ended. */
  focus(): void {
    this.#audits.focus();
  }

  dispose(): void {
    this.#owned.dispose();
    this.#reconciler.stop();
    this.#publication.settle();
  }

  /** One slice of work. False when there is nothing left but to wait. */
  #slice(): boolean {
    const sliceEnd = performance.now() + SLICE_MS;
    for (;;) {
      // A bulk scan comes first, and all else after it.
      if (!this.#reconciler.isBulkScanning) {
        if (this.#loader.isDue) this.#reload();
        if (this.snapshot === undefined) return false;
        this.#takeHints();
        // A scan begins with what is recorded now.
        if (this.#loader.isDue) continue;
      }
      const more = this.#reconciler.step();
      if (!this.#reconciler.isScanning) this.#endScan();
      if (!more) return false;
      const now = performance.now();
      if (now < sliceEnd && !this.#reconciler.isWaiting) continue;
      const tellsProgress = this.#reconciler.isScanning && !this.#reconciler.isMixed;
      if (tellsProgress && now - this.#publication.publishedAt >= PROGRESS_MS) this.#publish(false);
      return true;
    }
  }

  /** No work is possible now: publishes the result so far, and arranges for the work to go on when it can. */
  #onQuiet(): void {
    if (this.#owned.isDisposed) return;
    if (this.snapshot === undefined) {
      if (!this.#loader.isRetrying) {
        this.#publication.publish(true, performance.now());
        this.#publication.settle();
        // Also if the repository is gone: no watch is left that could report its return.
        this.#loop.wakeIn(RETRY_FAILED_MS);
      }
      return;
    }
    const quietIn = this.#queue.quietIn(performance.now());
    if (quietIn > 0) {
      this.#loop.wakeIn(quietIn);
      this.#publish(false);
      return;
    }
    if (this.#loader.isRetrying) return;
    const { publishedAt } = this.#publication;
    if (!this.#publish(true)) return;
    this.#backend.releaseCaches(this.snapshot);
    this.#publication.settle();
    // An update is sent when this turn is over: nothing more is done in it.
    if (this.#publication.publishedAt !== publishedAt) this.#loop.backgroundNext();
    else this.#loop.background();
  }

  #workInBackground(): void {
    if (this.snapshot === undefined) return;
    let slice: AuditSlice;
    try {
      slice = this.#audits.slice(() => this.#begin('audit'));
    } catch (error) {
      this.#fail(error);
      this.#loop.schedule();
      return;
    }
    // Publishes even if nothing was found: otherwise a later update would name the audit as its cause.
    if (slice.looked) this.#publish(true);
    if (slice.nextIn === 0) this.#loop.backgroundNext();
    else if (slice.nextIn !== undefined) this.#loop.wakeIn(slice.nextIn);
  }

  /**
   * Returns false if it must wait: a command is running, or an update has just been sent. The loop then wakes later.
   */
  #publish(settled: boolean): boolean {
    const now = performance.now();
    const heldFor = this.#publication.heldFor(this.#backend.lock(), now);
    if (heldFor > 0) {
      this.#loop.wakeIn(heldFor);
      return false;
    }
    if (this.#publication.isPausing) return false;
    if (this.#isOutdated()) return false;
    if (settled && this.#recheckUndecided(now)) return false;
    this.#publication.publish(settled, now);
    return true;
  }

  /**
   * True if the snapshot was outdated; then reads the new one and continues the work. This happens when a command has
   * ended and its files were rescanned, but its event has not arrived. Until then its files seem modified. The lock
   * must have been free before: then the command has recorded all files that it wrote.
   */
  #isOutdated(): boolean {
    const before = this.snapshot;
    if (this.tree.unpublishedCount === 0 || before === undefined) return false;
    if (this.#backend.isCurrent(before)) return false;
    if (this.#reconciler.isBulkScanning) {
      // The snapshot must not change while threads compare with it.
      this.#loader.request();
      return true;
    }
    this.#reload();
    if (this.snapshot === before && !this.#loader.isRetrying) return false;
    this.#loop.schedule();
    return true;
  }

  /**
   * Rescans files whose history could not be read, before the first publication of that. A history that a command is
   * writing looks damaged until it is complete. Returns true if the publication must wait.
   */
  #recheckUndecided(now: number): boolean {
    if (!this.#reconciler.hasUndecided) return false;
    if (isBusy(this.#backend)) {
      this.#undecidedSince ??= now;
      if (now - this.#undecidedSince >= UNDECIDED_LIMIT_MS) return false;
      this.#loop.wakeIn(RETRY_MS);
      return true;
    }
    this.#undecidedSince = undefined;
    this.#backend.releaseCaches(this.snapshot!);
    if (!this.#reconciler.recheckUndecided()) return false;
    this.#loop.schedule();
    return true;
  }

  #takeHints(): void {
    if (this.#queue.isEmpty || this.#queue.quietIn(performance.now()) > 0) return;
    const taken = this.#queue.take();
    if (taken === 'everything') {
      // Files that the snapshot was made from may be among them.
      this.#backend.hinted?.('everything');
      this.#loader.request();
      this.#scanCause ??= 'many file events';
      return;
    }
    for (const path of taken) this.#unreadable.delete(path);
    if (this.#backend.hinted?.(taken) === true) this.#loader.request();
    if (this.#rules.touches(this.snapshot!.files, taken)) this.#loader.request();
    if (this.#reconciler.hint(taken)) this.#begin('file events');
  }

  #reload(): void {
    const previous = this.snapshot;
    const result = this.#loader.load(previous, next => this.#takeOver(next, previous));
    if (result.kind === 'gone') this.#becomeUnavailable(result);
    if (result.kind === 'failed') this.#fail(result.error);
    if (result.kind !== 'current') return;
    this.#reconciler.doubtUndecided();
    if (this.#scanCause === undefined) return;
    this.#begin(this.#reconciler.scan(this.#scanCause));
    this.#scanCause = undefined;
  }

  #takeOver(next: Snapshot, previous: Snapshot | undefined): void {
    // Other threads may begin a scan with the snapshot. This thread reads the rest meanwhile.
    const causes = this.#reconciler.update(next);
    let staged: Snapshot['staged'];
    try {
      this.#publisher.head = next.head;
      staged = next.staged;
    } catch (error) {
      // Half of a snapshot is none.
      this.#reconciler.clear();
      throw error;
    }
    this.#publisher.mergeState = next.mergeState;
    this.#publisher.subrepositories = next.subrepositories;
    this.#publisher.staged = staged;
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
    this.#backend.hinted?.('everything');
    this.#loader.request();
    this.#reconciler.audit();
    this.#loop.schedule();
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
    this.#loader.giveUp(this.snapshot?.files ?? []);
    if (sameProblem(state, this.#publisher.state)) return;
    this.#reconciler.clear();
    this.#audits.reset();
    this.#unreadable.clear();
    this.#publisher.reset(this.tree);
    this.#begin('repository not available');
    this.#watcher.unwatchBelow();
    this.#watcher.watch(ROOT_PATH, true);
    this.#publisher.state = state;
    this.#publisher.head = undefined;
    this.#publisher.mergeState = undefined;
    this.#publisher.subrepositories = undefined;
    this.#publisher.staged = undefined;
  }

  #warn(warnings: readonly string[]): void {
    const text = warnings.join('\n');
    if (text === this.#warnings) return;
    this.#warnings = text;
    for (const warning of warnings) this.#logger.warn(warning);
  }
}
