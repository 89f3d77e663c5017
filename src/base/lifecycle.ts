// Ownership: whoever makes a timer, a watcher or a listener puts it into a store that somebody disposes of.

export interface Disposable {
  dispose(): void;
}

export function toDisposable(dispose: () => void): Disposable {
  return { dispose };
}

/**
 * Owns disposables; disposing of it disposes of them, last made first. Adding to a disposed store disposes at once. One
 * that throws does not save the others: what was thrown is thrown when all are disposed of.
 */
export class DisposableStore implements Disposable {
  #items: Disposable[] = [];
  #disposed = false;

  get isDisposed(): boolean {
    return this.#disposed;
  }

  add<T extends Disposable>(item: T): T {
    if (this.#disposed) item.dispose();
    else this.#items.push(item);
    return item;
  }

  dispose(): void {
    this.#disposed = true;
    const items = this.#items;
    this.#items = [];
    const errors: unknown[] = [];
    for (const item of items.reverse()) {
      try {
        item.dispose();
      } catch (error) {
        errors.push(error);
      }
    }
    throwAll(errors, 'several could not be disposed of');
  }
}

/** Throws the only error, or all of them as one; nothing if there is none. */
function throwAll(errors: readonly unknown[], message: string): void {
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, message);
}

export type Event<T> = (listener: (value: T) => void) => Disposable;

/** A source of events, shaped like VS Code's, owned by the core. A listener that throws does not stop the others. */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<(value: T) => void>();

  readonly event: Event<T> = listener => {
    // Wrapped, so that the same function may be registered twice.
    const own = (value: T): void => listener(value);
    this.#listeners.add(own);
    return toDisposable(() => this.#listeners.delete(own));
  };

  fire(value: T): void {
    const errors: unknown[] = [];
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        errors.push(error);
      }
    }
    throwAll(errors, 'several listeners failed');
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
