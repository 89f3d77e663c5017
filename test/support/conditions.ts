// Waiting until something holds.

/** Waits of a test for what messages and events bring about. */
export class Conditions {
  readonly #looks = new Set<() => void>();

  /** Resolves when the condition holds. Asks it now, and at every {@link check}. Only the test's own limit ends it. */
  until(holds: () => boolean): Promise<void> {
    return new Promise(resolve => {
      const look = (): void => {
        if (!holds()) return;
        this.#looks.delete(look);
        resolve();
      };
      this.#looks.add(look);
      look();
    });
  }

  /** Asks all conditions that are waited for. */
  check(): void {
    for (const look of [...this.#looks]) look();
  }
}
