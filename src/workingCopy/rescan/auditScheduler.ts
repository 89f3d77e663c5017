// Works while the model is otherwise idle, a little at a time: watches directories that a scan has found, and audits
// everything.
import { Delay } from '../../base/async.ts';
import type { Disposable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/log.ts';
import { CatchUp } from '../watch/watchInstaller.ts';
import type { Reconciler } from './reconciler.ts';
import type { TreeWatcher } from '../watch/treeWatcher.ts';

/** A change that happens meanwhile waits until a slice is over: it must not notice. */
const SLICE_MS = 2;
/** The audit works for a tenth of the time. */
const AUDIT_PAUSE_MS = 18;
/**
 * A slice of the audit after a scan whose directories were watched only at its end; it finds the changes in between.
 * Slices and pauses are equal and short: publishing a change takes several turns, each of which may wait for a slice.
 */
const CATCH_UP_SLICE_MS = 1;
const CATCH_UP_PAUSE_MS = 1;
/** Directories are watched without a pause: until it has its watch, what happens in one is found by that audit only. */
const WATCH_PAUSE_MS = 0;
/** An audit on window focus is of use only if the last one is some time ago. */
const FOCUS_MS = 10_000;

export interface AuditSchedulerOptions {
  readonly reconciler: Reconciler;
  readonly watcher: Pick<TreeWatcher, 'watch'>;
  readonly logger: Logger;
  /** Milliseconds between two audits; 0 for none. */
  readonly intervalMs: number;
  /** Called when an audit is due; the owner then calls {@link AuditScheduler.start}. */
  readonly onDue: () => void;
}

/** The result of a slice. */
export interface AuditSlice {
  /** True if the slice stat'ed anything, and so may have found changes. */
  readonly looked: boolean;
  /** Milliseconds until the next slice; 0: in the next turn; undefined: not before the next audit is due. */
  readonly nextIn: number | undefined;
}

export class AuditScheduler implements Disposable {
  readonly #reconciler: Reconciler;
  readonly #logger: Logger;
  #intervalMs: number;
  readonly #due: Delay;
  readonly #onDue: () => void;
  readonly #catchUp: CatchUp;
  #ended = 0;
  #done = 0;
  #missed = 0;

  constructor(options: AuditSchedulerOptions) {
    this.#reconciler = options.reconciler;
    this.#logger = options.logger;
    this.#intervalMs = options.intervalMs;
    this.#onDue = options.onDue;
    this.#due = new Delay(options.onDue);
    this.#catchUp = new CatchUp(options.reconciler, options.watcher);
  }

  /** The number of complete audits, and the seconds since the last one, or the scan before them, ended. */
  get account(): { readonly done: number; readonly secondsAgo: number | undefined } {
    const secondsAgo = this.#ended === 0 ? undefined : (performance.now() - this.#ended) / 1000;
    return { done: this.#done, secondsAgo };
  }

  /** Changes that an audit found without a hint. */
  get missed(): number {
    return this.#missed;
  }

  /** True while directories of a scan still lack their watches, or the audit after these has not finished. */
  get isCatchingUp(): boolean {
    return this.#catchUp.isPending;
  }

  /** Changes the interval, from the last audit on. */
  every(milliseconds: number): void {
    this.#intervalMs = milliseconds;
    this.#due.cancel();
    if (milliseconds > 0 && this.#ended > 0) this.#due.set(milliseconds);
  }

  /** The window has the focus: an audit is due now, unless one has just ended. */
  focus(): void {
    if (this.#intervalMs > 0 && performance.now() - this.#ended > FOCUS_MS) this.#onDue();
  }

  /** A scan has covered everything; the time to the next audit starts again. */
  scanEnded(): void {
    this.#ended = performance.now();
  }

  /**
   * Works for a moment.
   *
   * @param begin called before anything is stat'ed
   */
  slice(begin: () => void): AuditSlice {
    const end = performance.now() + (this.#catchUp.isPending ? CATCH_UP_SLICE_MS : SLICE_MS);
    if (this.#catchUp.slice(end)) return { looked: false, nextIn: WATCH_PAUSE_MS };
    if (!this.#reconciler.isAuditing) {
      if (this.#intervalMs > 0 && !this.#due.isSet) this.#due.set(this.#intervalMs);
      return { looked: false, nextIn: undefined };
    }
    // Facts about directories from the previous slice may be stale.
    this.#reconciler.resume();
    const { tree } = this.#reconciler;
    const before = tree.unpublishedCount;
    begin();
    let more: boolean;
    do more = this.#reconciler.auditStep();
    while (more && performance.now() < end);
    const corrections = tree.unpublishedCount - before;
    if (corrections > 0 && !this.#catchUp.isAuditing) {
      this.#missed += corrections;
      this.#logger.warn(`The audit found ${corrections} changes that no event had told of (${this.#missed} so far).`);
    }
    if (more) return { looked: true, nextIn: this.#catchUp.isAuditing ? CATCH_UP_PAUSE_MS : AUDIT_PAUSE_MS };
    if (this.#reconciler.isRechecking) return { looked: true, nextIn: undefined };
    this.#catchUp.auditEnded();
    this.#done++;
    this.#ended = performance.now();
    if (this.#intervalMs > 0) this.#due.set(this.#intervalMs);
    return { looked: true, nextIn: undefined };
  }

  /** Forgets the directories that are not watched yet. */
  reset(): void {
    this.#catchUp.reset();
  }

  dispose(): void {
    this.#due.dispose();
  }
}
