// Tracked files whose content could not be compared. A command that writes the history makes files undecided for a
// moment, so the model rescans each when no command is running.
import type { BytePath } from '../../base/bytePath.ts';

/** A 'found' path waits for a second rescan. An 'asked' one had it ordered. A 'sure' one had the same result twice. */
type Certainty = 'found' | 'asked' | 'sure';

export class UndecidedPaths {
  readonly #paths = new Map<BytePath, Certainty>();

  /** Notes that a comparison failed. */
  add(path: BytePath): void {
    this.#paths.set(path, this.#paths.get(path) === 'asked' ? 'sure' : 'found');
  }

  /** True if some paths wait for a second rescan. */
  get hasNew(): boolean {
    for (const certainty of this.#paths.values()) if (certainty === 'found') return true;
    return false;
  }

  /** Lets all paths wait for a rescan, because the recorded state may have changed. */
  doubt(): void {
    for (const path of this.#paths.keys()) this.#paths.set(path, 'found');
  }

  /**
   * Returns the paths that wait for a rescan, which begins now.
   * @param isUndecided true if a path still is undecided; the others are dropped
   */
  take(isUndecided: (path: BytePath) => boolean): BytePath[] {
    const taken: BytePath[] = [];
    for (const [path, certainty] of this.#paths) {
      if (!isUndecided(path)) this.#paths.delete(path);
      else if (certainty === 'found') taken.push(path);
    }
    for (const path of taken) this.#paths.set(path, 'asked');
    return taken;
  }

  clear(): void {
    this.#paths.clear();
  }
}
