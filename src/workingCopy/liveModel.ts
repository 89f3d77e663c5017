// The live model of one working copy. Hints come in, differences go out. One loop does all the work, in slices: first
// what is recorded, then hinted paths, then a running scan, then the audit. See Examination for why they may be mixed.
import { Delay, nextTurn } from '../base/async.ts';
import { fromDisplay, parentPath, ROOT_PATH, toDisplay, type BytePath } from '../base/bytePath.ts';
import { errorMessage, QuicksilverError } from '../base/errors.ts';
import { DisposableStore, type Disposable, type Event } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import type { Backend, Snapshot } from './backend.ts';
import { ControlWatcher } from './controlWatcher.ts';
import { HintQueue } from './hintQueue.ts';
import { Publisher, type ModelState, type ModelUpdate } from './publisher.ts';
import { Reconciler } from './reconciler.ts';
import type { StatusTree } from './statusTree.ts';
import type { TreeWatcher } from './treeWatcher.ts';

export interface LiveModelOptions {
  readonly backend: Backend;
  readonly watcher: TreeWatcher;
  readonly logger: Logger;
  /** Milliseconds between two audits; 0 for none. */
  readonly auditMs: number;
}

/** Work goes on for this long before others get their turn. */
const SLICE_MS = 8;
/**
 * A change is told at once, but no sooner than this after the one before: where files are written without end, that many
 * changes go together.
 */
export const PUBLISH_PAUSE_MS = 15;
/** During a scan, what was found so far is told this often. */
const PROGRESS_MS = 100;
/** The audit works for a tenth of the time: nobody is to notice it. */
const AUDIT_SLICE_MS = 4;
const AUDIT_PAUSE_MS = 36;
/** An audit on window focus is of use only if the last one is some time ago. */
const AUDIT_FOCUS_MS = 10_000;
/** A file that is replaced while it is read is read again after this long, this often. */
const RETRY_MS = 50;
const RETRY_LIMIT = 40;
/** What has failed is tried again after this long even if no event says that anything changed. */
const RETRY_FAILED_MS = 5000;

export class LiveModel implements Disposable {
  readonly #backend: Backend;
  readonly #watcher: TreeWatcher;
  readonly #logger: Logger;
  readonly #auditMs: number;
  readonly #owned = new DisposableStore();
  readonly #control: ControlWatcher;
  readonly #publisher: Publisher;
  readonly #queue = new HintQueue();
  readonly #reconciler: Reconciler;
  readonly #wake = this.#owned.add(new Delay(() => this.#onWake()));
  /** Set while nothing is told because something has just been. */
  readonly #pause = this.#owned.add(new Delay(() => this.#schedule()));
  readonly #retryDue = this.#owned.add(new Delay(() => this.#hintControl()));
  readonly #auditDue = this.#owned.add(new Delay(() => this.#startAudit()));
  #warnings = '';
  #controlPending = true;
  #scanCause: string | undefined;
  #auditEnded = 0;
  /** When something was told last. */
  #toldAt = 0;
  #retries = 0;
  #scheduled = false;
  #running = false;
  #waiting: (() => void)[] = [];
  /** Changes that an audit found and no hint had told of. */
  #missed = 0;

  /** The model does nothing before {@link start}. It owns the watcher. */
  constructor(options: LiveModelOptions) {
    this.#backend = options.backend;
    this.#watcher = this.#owned.add(options.watcher);
    this.#logger = options.logger;
    this.#auditMs = options.auditMs;
    this.#control = this.#owned.add(new ControlWatcher(options.backend, options.logger));
    this.#reconciler = new Reconciler(options.backend, {
      onDirectory: (path, fresh) => this.#watcher.watch(path, fresh),
      onDirectoryGone: path => this.#watcher.unwatch(path),
      onUnreadable: (path, code) => this.#logger.warn(`${toDisplay(path)} cannot be read (${code})`),
    });
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

  get missedByEvents(): number {
    return this.#missed;
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
      else if (!path.startsWith('.hg/')) this.#queue.add(path, now);
    }
    this.#schedule();
  }

  /** Looks at everything again, whatever the events said. Resolves when the result has been told. */
  refresh(cause: string): Promise<void> {
    this.#controlPending = true;
    this.#scanCause = cause;
    return this.settle();
  }

  /** Resolves when nothing that is known to have happened remains to be looked at or told. */
  settle(): Promise<void> {
    if (this.#owned.isDisposed) return Promise.resolve();
    return new Promise(resolve => {
      this.#waiting.push(resolve);
      this.#schedule();
    });
  }

  /** The person is looking: a good moment for an audit, unless one has just been made. */
  focus(): void {
    if (this.#auditMs > 0 && performance.now() - this.#auditEnded > AUDIT_FOCUS_MS) this.#startAudit();
  }

  dispose(): void {
    this.#owned.dispose();
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
        this.#reconciler.resume();
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#running = false;
    }
    this.#rest();
  }

  /** One slice of work. False when there is nothing left but to wait. */
  #workOnce(): boolean {
    const sliceEnd = performance.now() + SLICE_MS;
    for (;;) {
      if (this.#controlPending) this.#reload();
      if (this.snapshot === undefined) return false;
      this.#takeHints();
      const more = this.#reconciler.step();
      if (!this.#reconciler.isScanning) this.#endScan();
      if (!more) return false;
      const now = performance.now();
      if (now < sliceEnd) continue;
      const tellsProgress = this.#reconciler.isScanning && !this.#reconciler.isMixed;
      if (tellsProgress && now - this.#toldAt >= PROGRESS_MS) this.#publish(false);
      return true;
    }
  }

  /** Nothing can be done now: tells what is known and sees to it that the work goes on when something can be. */
  #rest(): void {
    if (this.#owned.isDisposed) return;
    if (this.snapshot === undefined) {
      if (this.#retries === 0) {
        this.#tell(true, performance.now());
        this.#resolveWaiting();
        if (this.#publisher.state.kind !== 'gone') this.#wake.setAtMost(RETRY_FAILED_MS);
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
    if (!this.#publish(true)) return;
    this.#resolveWaiting();
    if (this.#reconciler.isAuditing) this.#auditSlice();
    else if (this.#auditMs > 0 && !this.#auditDue.isSet) this.#auditDue.set(this.#auditMs);
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
    if (this.tree.unpublishedCount === 0) return false;
    const before = this.snapshot;
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
      this.#begin(this.#reconciler.scan('many file events'));
      // Files that the snapshot was made from may be among them.
      this.#controlPending = true;
      return;
    }
    if (this.#touchesRules(taken)) this.#controlPending = true;
    if (this.#reconciler.hint(taken)) this.#begin('file events');
  }

  /**
   * Whether one of the paths is a file that the snapshot was made from (an ignore file in the working copy), or a
   * directory that such a file is in.
   */
  #touchesRules(paths: ReadonlySet<BytePath>): boolean {
    const prefix = `${this.#backend.root}/`;
    return this.snapshot!.files.some(file => {
      if (!file.replaceAll('\\', '/').startsWith(prefix.replaceAll('\\', '/'))) return false;
      let at = fromDisplay(file.slice(prefix.length).replaceAll('\\', '/'));
      while (at !== '' && !paths.has(at)) at = parentPath(at);
      return at !== '';
    });
  }

  #reload(): void {
    this.#controlPending = false;
    const previous = this.snapshot;
    let next: Snapshot;
    try {
      if (!this.#backend.exists()) {
        this.#becomeUnavailable({ kind: 'gone' });
        return;
      }
      next = this.#backend.load(previous);
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
    this.#control.arm(next.files);
    if (next !== previous) {
      this.#warn(next.warnings);
      this.#publisher.head = next.head;
      this.#publisher.mergeState = next.mergeState;
      this.#publisher.subrepositories = next.subrepositories;
      this.#publisher.tracked = next.input.statCache.entryCount;
      if (previous === undefined) {
        this.#publisher.reset(this.#reconciler.tree);
        this.#publisher.state = { kind: 'scanning' };
      }
      for (const cause of this.#reconciler.update(next)) this.#begin(cause);
    }
    if (this.#scanCause === undefined) return;
    this.#begin(this.#reconciler.scan(this.#scanCause));
    this.#scanCause = undefined;
  }

  #begin(cause: string): void {
    this.#publisher.begin(cause, performance.now());
  }

  #endScan(): void {
    if (this.#publisher.state.kind === 'ready') return;
    this.#publisher.state = { kind: 'ready' };
    this.#auditEnded = performance.now();
  }

  #startAudit(): void {
    if (this.#reconciler.isAuditing || this.#owned.isDisposed) return;
    this.#controlPending = true;
    this.#reconciler.audit();
    this.#schedule();
  }

  #auditSlice(): void {
    const end = performance.now() + AUDIT_SLICE_MS;
    const before = this.tree.unpublishedCount;
    this.#begin('audit');
    let more: boolean;
    try {
      do more = this.#reconciler.auditStep();
      while (more && performance.now() < end);
    } catch (error) {
      this.#fail(error);
      return;
    }
    const corrections = this.tree.unpublishedCount - before;
    if (corrections > 0) {
      this.#missed += corrections;
      this.#logger.warn(`The audit found ${corrections} changes that no event had told of (${this.#missed} so far).`);
    }
    this.#publish(true);
    if (more) {
      this.#wake.setAtMost(AUDIT_PAUSE_MS);
    } else {
      this.#auditEnded = performance.now();
      this.#auditDue.set(this.#auditMs);
    }
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
    this.#publisher.reset(this.tree);
    this.#begin('repository not available');
    this.#watcher.unwatchAll();
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

/** True if being told `now` after `told` would say nothing new. */
function sameTrouble(now: ModelState, told: ModelState): boolean {
  if (now.kind !== told.kind) return false;
  return 'problem' in now && 'problem' in told ? now.problem.message === told.problem.message : now.kind === 'gone';
}
