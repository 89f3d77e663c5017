// When the live model works: one slice after another while there is work, then in the background, then not at all until
// something wakes it. See the picture of the live model in docs/architecture.md.
import { Delay, nextTurn } from '../base/async.ts';
import type { Disposable } from '../base/lifecycle.ts';

/** The work of a {@link WorkLoop}. */
export interface LoopWork {
  /** Works for one slice. False when nothing is left but to wait. */
  slice(): boolean;
  /** Awaited between two slices, after other callbacks had their turn. */
  between(): Promise<void>;
  /** No slice is left. Sees to it that the loop is woken when there may be more. */
  onQuiet(): void;
  /** Does a little of what has no hurry. */
  background(): void;
  /** A slice, or {@link onQuiet}, threw. */
  onError(error: unknown): void;
  /** The time is up that was given to {@link WorkLoop.wakeIn}. Schedules the loop. */
  onWake(): void;
}

type LoopState = 'idle' | 'scheduled' | 'running' | 'disposed';

export class WorkLoop implements Disposable {
  readonly #work: LoopWork;
  readonly #wake: Delay;
  #state: LoopState = 'idle';
  #backgroundDue = false;

  constructor(work: LoopWork) {
    this.#work = work;
    this.#wake = new Delay(() => work.onWake());
  }

  get isDisposed(): boolean {
    return this.#state === 'disposed';
  }

  /** Starts the work after the events of this turn, so that they are handled together. */
  schedule(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'scheduled';
    setImmediate(() => void this.#run());
  }

  /** Wakes the loop after `milliseconds`, or earlier if that was asked for before. */
  wakeIn(milliseconds: number): void {
    this.#wake.setAtMost(milliseconds);
  }

  /** Works in the background in the next turn: once, however often it is asked for. */
  backgroundNext(): void {
    if (this.#backgroundDue) return;
    this.#backgroundDue = true;
    setImmediate(() => {
      this.#backgroundDue = false;
      this.background();
    });
  }

  /** Works in the background now, unless there is other work: when that is done, this goes on. */
  background(): void {
    if (this.#state === 'idle') this.#work.background();
  }

  dispose(): void {
    this.#state = 'disposed';
    this.#wake.dispose();
  }

  async #run(): Promise<void> {
    if (this.#state !== 'scheduled') return;
    this.#state = 'running';
    this.#wake.cancel();
    try {
      while (!this.isDisposed && this.#work.slice()) {
        await nextTurn();
        await this.#work.between();
      }
    } catch (error) {
      this.#work.onError(error);
    }
    if (this.isDisposed) return;
    this.#state = 'idle';
    try {
      this.#work.onQuiet();
    } catch (error) {
      // Nobody waits for this: the failure of one repository must not end the engine, which serves others.
      this.#work.onError(error);
      this.#work.onQuiet();
    }
  }
}
