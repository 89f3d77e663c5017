// Watches, and another source of hints for directories without a watch.
import type { BytePath } from '../../base/bytePath.ts';
import { DisposableStore, Emitter, type Disposable, type Event } from '../../base/lifecycle.ts';
import type { TreeWatcher } from './treeWatcher.ts';

/** Reports changes of the whole working copy, as far as it can. */
export interface HintSource extends Disposable {
  /** Begins, unless it has begun. Called again and again. */
  start(): void;
}

export class SupplementedWatcher implements TreeWatcher {
  readonly #owned = new DisposableStore();
  readonly #own: TreeWatcher;
  readonly #source: HintSource;
  readonly #hints = this.#owned.add(new Emitter<BytePath>());

  readonly onHint = this.#hints.event;

  /** @param makeSource gets a function that takes its hints */
  constructor(own: TreeWatcher, makeSource: (hint: (path: BytePath) => void) => HintSource) {
    this.#own = this.#owned.add(own);
    this.#source = this.#owned.add(makeSource(path => this.#hints.fire(path)));
    this.#owned.add(own.onHint(path => this.#hints.fire(path)));
  }

  get onWatchChange(): Event<BytePath> {
    return this.#own.onWatchChange;
  }

  get watched(): number {
    return this.#own.watched;
  }

  /** The other source may leave directories out. */
  get complete(): boolean {
    return this.#own.complete;
  }

  watch(path: BytePath, fresh: boolean): void {
    this.#own.watch(path, fresh);
    if (!this.#own.complete) this.#source.start();
  }

  unwatch(path: BytePath): void {
    this.#own.unwatch(path);
  }

  unwatchBelow(): void {
    this.#own.unwatchBelow();
  }

  drain(): void {
    this.#own.drain();
  }

  dispose(): void {
    this.#owned.dispose();
  }
}
