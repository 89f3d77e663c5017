// Timers with an owner, and turns for others.
import type { Disposable } from './lifecycle.ts';

/** One timer that can be set, set anew and cancelled; disposing of it cancels it for good. */
export class Delay implements Disposable {
  readonly #run: () => void;
  #handle: ReturnType<typeof setTimeout> | undefined;
  #due = Infinity;
  #disposed = false;

  constructor(run: () => void) {
    this.#run = run;
  }

  get isSet(): boolean {
    return this.#handle !== undefined;
  }

  /** Runs after `milliseconds`, instead of whenever it was to run before. */
  set(milliseconds: number): void {
    this.cancel();
    if (this.#disposed) return;
    this.#due = performance.now() + milliseconds;
    this.#handle = setTimeout(() => {
      this.#handle = undefined;
      this.#due = Infinity;
      this.#run();
    }, milliseconds);
  }

  /** Runs after `milliseconds`, or earlier if it was to run earlier. */
  setAtMost(milliseconds: number): void {
    if (performance.now() + milliseconds < this.#due) this.set(milliseconds);
  }

  cancel(): void {
    clearTimeout(this.#handle);
    this.#handle = undefined;
    this.#due = Infinity;
  }

  dispose(): void {
    this.#disposed = true;
    this.cancel();
  }
}

/** Lets everything that waits (messages, file events) have its turn. */
export function nextTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}

/** Resolves after a time, or at once when `signal` is aborted. */
export function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(handle);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const handle = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
