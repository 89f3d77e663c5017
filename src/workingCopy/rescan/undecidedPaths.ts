// Tracked files whose content could not be compared. A command that writes the history makes files undecided for a
// moment, so the model rescans each when no command is running. For the rest, another program may answer.
import type { BytePath } from '../../base/bytePath.ts';
import type { FileStat } from '../../base/fileStat.ts';
import { sameStat } from '../../status/contentComparison.ts';

/** A 'found' path waits for a second rescan. An 'asked' one had it ordered. A 'sure' one had the same result twice. */
type Certainty = 'found' | 'asked' | 'sure';

/** The status of a file as another program found it. */
export type UndecidedAnswer = 'clean' | 'modified';

export class UndecidedPaths {
  readonly #paths = new Map<BytePath, { readonly certainty: Certainty; readonly stat: FileStat }>();
  readonly #answers = new Map<BytePath, { readonly answer: UndecidedAnswer; readonly stat: FileStat }>();

  /** Notes that a comparison failed for a file with this stat. */
  add(path: BytePath, stat: FileStat): void {
    const certainty = this.#paths.get(path)?.certainty === 'asked' ? 'sure' : 'found';
    this.#paths.set(path, { certainty, stat });
  }

  /** True if some paths wait for a second rescan. */
  get hasNew(): boolean {
    for (const { certainty } of this.#paths.values()) if (certainty === 'found') return true;
    return false;
  }

  /** Lets all paths wait for a rescan, because the recorded state may have changed. */
  doubt(): void {
    for (const [path, { stat }] of this.#paths) this.#paths.set(path, { certainty: 'found', stat });
  }

  /**
   * Returns the paths that wait for a rescan, which begins now.
   * @param isUndecided true if a path still is undecided; the others are dropped
   */
  take(isUndecided: (path: BytePath) => boolean): BytePath[] {
    const taken: BytePath[] = [];
    for (const [path, { certainty, stat }] of this.#paths) {
      if (!isUndecided(path)) this.#paths.delete(path);
      else if (certainty === 'found') {
        this.#paths.set(path, { certainty: 'asked', stat });
        taken.push(path);
      }
    }
    return taken;
  }

  /** Returns each path with the stat for which its comparison failed twice. */
  sure(): Map<BytePath, FileStat> {
    const files = new Map<BytePath, FileStat>();
    for (const [path, { certainty, stat }] of this.#paths) if (certainty === 'sure') files.set(path, stat);
    return files;
  }

  /** Remembers the answer of another program for a file with this stat, until {@link forgetAnswers}. */
  setAnswer(path: BytePath, stat: FileStat, answer: UndecidedAnswer): void {
    this.#answers.set(path, { answer, stat });
  }

  /** Returns the answer of another program; undefined if there is none for a file with this stat. */
  answer(path: BytePath, stat: FileStat): UndecidedAnswer | undefined {
    const known = this.#answers.get(path);
    return known !== undefined && sameStat(known.stat, stat) ? known.answer : undefined;
  }

  /** Forgets the answers, because files are compared with other contents or by other rules now. */
  forgetAnswers(): void {
    this.#answers.clear();
  }

  clear(): void {
    this.#paths.clear();
    this.#answers.clear();
  }
}
