// Loads snapshots: when the recorded state may have changed, and again if it changed while it was read. See the picture
// of the live model in docs/architecture.md.
import { Delay } from '../base/async.ts';
import { QuicksilverError } from '../base/errors.ts';
import { DisposableStore, type Disposable } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import { isBusy, type Backend, type Snapshot } from './backend.ts';
import { ControlWatcher } from './watch/controlWatcher.ts';

/** A file that is replaced while it is read is read again after this long, this often. */
export const RETRY_MS = 50;
const RETRY_LIMIT = 40;

/** The result of a load. */
export type LoadResult =
  /** The snapshot taken over last is what is recorded. */
  | { readonly kind: 'current' }
  /** Something changed meanwhile; it will be read again. */
  | { readonly kind: 'retrying' }
  /** There is no repository. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly error: unknown };

export class SnapshotLoader implements Disposable {
  readonly #backend: Backend;
  readonly #owned = new DisposableStore();
  readonly #control: ControlWatcher;
  readonly #retryDue: Delay;
  #isDue = true;
  #retries = 0;

  /** @param onDue called when something recorded may have changed; the owner then calls {@link load} */
  constructor(backend: Backend, logger: Logger, onDue: () => void) {
    this.#backend = backend;
    const due = (): void => {
      this.request();
      onDue();
    };
    this.#control = this.#owned.add(new ControlWatcher(backend, logger));
    this.#retryDue = this.#owned.add(new Delay(due));
    this.#owned.add(this.#control.onEvent(due));
  }

  /** True if something recorded may have changed since it was read. */
  get isDue(): boolean {
    return this.#isDue;
  }

  /** True while a file that changed while it was read waits to be read again. */
  get isRetrying(): boolean {
    return this.#retries > 0;
  }

  /** Watches, before anything is read, so that nothing falls in between. */
  start(): void {
    this.#control.arm([]);
  }

  request(): void {
    this.#isDue = true;
  }

  /** @param takeOver called with the snapshot if it is not `previous`; what it throws counts as a failure to read */
  load(previous: Snapshot | undefined, takeOver: (next: Snapshot) => void): LoadResult {
    this.#isDue = false;
    const wasBusy = isBusy(this.#backend);
    try {
      if (!this.#backend.exists()) return { kind: 'gone' };
      const next = this.#backend.load(previous);
      this.#control.arm(next.files);
      if (next !== previous) takeOver(next);
    } catch (error) {
      if (this.#retries >= RETRY_LIMIT || !this.#mayPass(error, wasBusy)) return { kind: 'failed', error };
      this.#retries++;
      this.#retryDue.set(RETRY_MS);
      return { kind: 'retrying' };
    }
    this.#endRetries();
    return { kind: 'current' };
  }

  /** Nothing can be read. Watches the control directories and `files` for its return. */
  giveUp(files: readonly string[]): void {
    this.#control.arm(files);
    this.#endRetries();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  /** True if the next try may succeed: a file that a command is writing looks damaged until it is complete. */
  #mayPass(error: unknown, wasBusy: boolean): boolean {
    if (!(error instanceof QuicksilverError)) return false;
    if (error.code === 'changed-while-reading') return true;
    return error.code === 'corrupt' && (wasBusy || isBusy(this.#backend));
  }

  #endRetries(): void {
    this.#retries = 0;
    this.#retryDue.cancel();
  }
}
