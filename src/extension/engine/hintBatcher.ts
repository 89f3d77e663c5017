// Collects hinted paths and sends them to the engine together. VS Code delivers a burst of events as single calls in
// one turn of the event loop.
import type { Disposable } from '../../base/lifecycle.ts';

/** So many paths go into one message, so that sending it takes a fraction of a millisecond. */
export const PATHS_PER_MESSAGE = 1_000;

export interface HintBatcherOptions {
  send(root: string, paths: readonly string[]): void;
  /** Calls back at the end of this turn of the event loop. */
  atEndOfTurn(callback: () => void): void;
  /** Calls back in a later turn. */
  later(callback: () => void): Disposable;
}

export class HintBatcher implements Disposable {
  readonly #options: HintBatcherOptions;
  readonly #waiting = new Map<string, Set<string>>();
  #scheduled = false;
  #sending: Disposable | undefined;
  #disposed = false;

  constructor(options: HintBatcherOptions) {
    this.#options = options;
  }

  /** @param path relative to `root`; '' is the whole working copy, which makes every other path superfluous */
  add(root: string, path: string): void {
    const paths = this.#waiting.get(root);
    if (paths === undefined) this.#waiting.set(root, new Set([path]));
    else if (path === '') {
      paths.clear();
      paths.add('');
    } else if (!paths.has('')) paths.add(path);
    if (this.#scheduled || this.#disposed) return;
    this.#scheduled = true;
    this.#options.atEndOfTurn(() => this.#sendSome());
  }

  /** Sends everything that waits, now. */
  flush(): void {
    while (this.#waiting.size > 0) this.#sendOne();
  }

  /** The repository is no longer followed. */
  drop(root: string): void {
    this.#waiting.delete(root);
  }

  dispose(): void {
    this.#disposed = true;
    this.#sending?.dispose();
    this.#waiting.clear();
  }

  #sendSome(): void {
    this.#scheduled = false;
    if (this.#disposed) return;
    this.#sendOne();
    if (this.#waiting.size === 0) return;
    this.#scheduled = true;
    this.#sending = this.#options.later(() => this.#sendSome());
  }

  #sendOne(): void {
    for (const [root, waiting] of this.#waiting) {
      const paths: string[] = [];
      for (const path of waiting) {
        if (paths.length >= PATHS_PER_MESSAGE) break;
        waiting.delete(path);
        paths.push(path);
      }
      if (waiting.size === 0) this.#waiting.delete(root);
      this.#options.send(root, paths);
      return;
    }
  }
}
