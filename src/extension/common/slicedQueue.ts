// Work on many paths without holding up the extension host: a few milliseconds at a time.
import type { Disposable } from '../../base/lifecycle.ts';

/** The extension host serves every extension: we leave it to the others after this many milliseconds. */
export const SLICE_MILLISECONDS = 4;
/** The clock is read once per so many paths, because reading it costs about as much as handling one. */
const PATHS_PER_CLOCK_READ = 16;
/**
 * The most paths handled in the turn in which they arrive. More wait for the next turn: receiving them took time too.
 */
const PATHS_AT_ONCE = 64;

export interface SlicedQueueOptions {
  /** Handles one path. */
  each(path: string): void;
  /** Called after the last path that waited. */
  drained(): void;
  /** Calls back in a later turn of the event loop. */
  schedule(callback: () => void): Disposable;
  /** Milliseconds. */
  now(): number;
}

/** A set of paths that waits to be handled. A path that is added again while it waits is handled once. */
export class SlicedQueue implements Disposable {
  readonly #options: SlicedQueueOptions;
  readonly #waiting = new Set<string>();
  #scheduled: Disposable | undefined;
  #held = false;
  #resolveIdle: (() => void)[] = [];

  constructor(options: SlicedQueueOptions) {
    this.#options = options;
  }

  /** A few paths are handled at once if nothing waited before, so that a small change is shown without delay. */
  add(paths: Iterable<string>): void {
    for (const path of paths) this.#waiting.add(path);
    if (this.#scheduled !== undefined || this.#held) return;
    if (this.#waiting.size <= PATHS_AT_ONCE) this.#run();
    else this.#scheduled = this.#options.schedule(() => this.#run());
  }

  /** While held, paths wait. */
  hold(held: boolean): void {
    if (this.#held === held) return;
    this.#held = held;
    if (held) {
      this.#scheduled?.dispose();
      this.#scheduled = undefined;
    } else this.#run();
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    if (this.#waiting.size === 0 && this.#scheduled === undefined) return;
    await new Promise<void>(resolve => this.#resolveIdle.push(resolve));
  }

  dispose(): void {
    this.#scheduled?.dispose();
    this.#scheduled = undefined;
    this.#held = true;
    this.#waiting.clear();
    this.#settle();
  }

  #run(): void {
    this.#scheduled = undefined;
    const end = this.#options.now() + SLICE_MILLISECONDS;
    let handled = 0;
    for (const path of this.#waiting) {
      this.#waiting.delete(path);
      this.#options.each(path);
      handled++;
      if (handled % PATHS_PER_CLOCK_READ === 0 && this.#options.now() >= end) break;
    }
    if (this.#waiting.size > 0) {
      this.#scheduled = this.#options.schedule(() => this.#run());
      return;
    }
    this.#options.drained();
    this.#settle();
  }

  #settle(): void {
    const waiters = this.#resolveIdle;
    this.#resolveIdle = [];
    for (const resolve of waiters) resolve();
  }
}

export function scheduleImmediate(callback: () => void): Disposable {
  const immediate = setImmediate(callback);
  return { dispose: () => clearImmediate(immediate) };
}

export function scheduleAfter(milliseconds: number, callback: () => void): Disposable {
  const timer = setTimeout(callback, milliseconds);
  return { dispose: () => clearTimeout(timer) };
}
