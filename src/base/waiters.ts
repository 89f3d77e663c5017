/** Callers that wait for the same moment. */
export class Waiters {
  #waiting: (() => void)[] = [];

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Resolves at the next {@link release}. */
  wait(): Promise<void> {
    return new Promise(resolve => this.#waiting.push(resolve));
  }

  /** Lets all go that wait now. */
  release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
