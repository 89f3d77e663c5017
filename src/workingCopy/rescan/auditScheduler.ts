// What is done while there is nothing else to do, a little at a time: directories are watched that a scan has found, and
// everything is looked at again.
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
 * After a scan whose directories were watched only when it was over, an audit finds what happened in between. It takes half of
 * the time, in shorter slices: a change that is told meanwhile takes several turns, each of which may have to wait for one.
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
  /** Told when it is time for an audit: then {@link AuditScheduler.start} is to be called. */
  readonly onDue: () => void;
}

/** What came of a slice. */
export interface AuditSlice {
  /** Whether something was looked at, and may have been found. */
  readonly looked: boolean;
  /** In how many milliseconds there is more to do, 0: in the next turn; undefined: nothing until the next audit is due. */
  readonly nextIn: number | undefined;
}

export class AuditScheduler implements Disposable {
  readonly #reconciler: Reconciler;
  readonly #logger: Logger;
  readonly #intervalMs: number;
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

  /** Audits that looked at everything, and how many seconds ago the last one, or the scan before them, ended. */
  get account(): { readonly done: number; readonly secondsAgo: number | undefined } {
    const secondsAgo = this.#ended === 0 ? undefined : (performance.now() - this.#ended) / 1000;
    return { done: this.#done, secondsAgo };
  }

  /** Changes that an audit found and no hint had told of. */
  get missed(): number {
    return this.#missed;
  }

  /** True while directories that a scan has found are not all watched and looked at once more. */
  get isCatchingUp(): boolean {
    return this.#catchUp.isPending;
  }

  /** The person is looking: a good moment for an audit, unless one has just been made. */
  focus(): void {
    if (this.#intervalMs > 0 && performance.now() - this.#ended > FOCUS_MS) this.#onDue();
  }

  /** Everything was looked at by somebody else. */
  scanEnded(): void {
    this.#ended = performance.now();
  }

  /**
   * Works for a moment.
   * @param begin told before something is looked at
   */
  slice(begin: () => void): AuditSlice {
    const end = performance.now() + (this.#catchUp.isPending ? CATCH_UP_SLICE_MS : SLICE_MS);
    if (this.#catchUp.slice(end)) return { looked: false, nextIn: WATCH_PAUSE_MS };
    if (!this.#reconciler.isAuditing) {
      if (this.#intervalMs > 0 && !this.#due.isSet) this.#due.set(this.#intervalMs);
      return { looked: false, nextIn: undefined };
    }
    // What was learned of directories in the slice before may no longer hold.
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

  /** Forgets what was to be watched. */
  reset(): void {
    this.#catchUp.reset();
  }

  dispose(): void {
    this.#due.dispose();
  }
}
