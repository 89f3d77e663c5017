// Decides when the live model publishes: not while a command holds the lock, not right after the previous update. See
// the picture of the live model in docs/architecture.md.
import { Delay } from '../base/async.ts';
import { DisposableStore, type Disposable } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import { Waiters } from '../base/waiters.ts';
import type { Lock } from './backend.ts';
import type { Publisher } from './publisher.ts';

/** The shortest time between two updates. Where files are written without end, the changes of this time go together. */
export const PUBLISH_PAUSE_MS = 15;

export class Publication implements Disposable {
  readonly #publisher: Publisher;
  readonly #logger: Logger;
  readonly #owned = new DisposableStore();
  /** Set while nothing is published because something has just been. */
  readonly #pause: Delay;
  readonly #waiters = new Waiters();
  #publishedAt = 0;

  /** @param onPauseOver called when what had to wait may be published */
  constructor(publisher: Publisher, logger: Logger, onPauseOver: () => void) {
    this.#publisher = publisher;
    this.#logger = logger;
    this.#pause = this.#owned.add(new Delay(onPauseOver));
    this.#owned.add(
      publisher.onDidUpdate(() => {
        this.#publishedAt = performance.now();
        this.#pause.set(PUBLISH_PAUSE_MS);
      }),
    );
  }

  /** When something was published last, in milliseconds of the steady clock; 0 if never. */
  get publishedAt(): number {
    return this.#publishedAt;
  }

  /** True if something has just been published and nobody waits for more. */
  get isPausing(): boolean {
    return this.#pause.isSet && this.#waiters.isEmpty;
  }

  /** Milliseconds until an update may be published although the lock is `lock`; 0 if it may be now. */
  heldFor(lock: Lock, now: number): number {
    return this.#publisher.heldFor(lock, now);
  }

  /** Publishes what changed, now. */
  publish(settled: boolean, now: number): void {
    try {
      this.#publisher.publish(settled, now);
    } catch (error) {
      // A listener's failure does not concern the model or the repository.
      this.#logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }

  /** Resolves when everything known was published: at the next {@link settle}. */
  whenSettled(): Promise<void> {
    return this.#waiters.wait();
  }

  settle(): void {
    this.#waiters.release();
  }

  dispose(): void {
    this.#owned.dispose();
  }
}
