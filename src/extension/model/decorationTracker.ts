// Which files VS Code must ask about again. It remembers every answer it was given until it is told that the file
// changed, so we remember what it asked and what we said, and tell it of the differences only.
import type { ShownStatus } from './statusPresentation.ts';

/** Above this many remembered answers we have VS Code forget all of them, and start over. */
export const REMEMBERED_ANSWERS = 50_000;

export class DecorationTracker {
  readonly #statusAt: (path: string) => ShownStatus | undefined;
  readonly #answers = new Map<string, ShownStatus | undefined>();

  /** @param statusAt how the file is to be decorated now */
  constructor(statusAt: (path: string) => ShownStatus | undefined) {
    this.#statusAt = statusAt;
  }

  /** VS Code asks: answers, and remembers the answer. */
  ask(path: string): ShownStatus | undefined {
    const status = this.#statusAt(path);
    this.#answers.set(path, status);
    return status;
  }

  /**
   * Whether VS Code must be told that the file at `path` looks different now. A file it never asked about is worth
   * telling only if it colours the folders above it, and `mayAnnounce` allows it.
   */
  touch(path: string, mayAnnounce: boolean): boolean {
    const status = this.#statusAt(path);
    if (this.#answers.has(path)) {
      if (this.#answers.get(path) === status) return false;
      this.#answers.set(path, status);
      return true;
    }
    return mayAnnounce && status !== undefined && status !== 'ignored';
  }

  /** Every path VS Code was given an answer for. */
  asked(): Iterable<string> {
    return this.#answers.keys();
  }

  /** VS Code is told to ask again about everything at or below `folder` ('' is all); returns what that is. */
  forgetBelow(folder: string): string[] {
    const forgotten: string[] = [];
    for (const path of this.#answers.keys()) {
      if (folder !== '' && path !== folder && !path.startsWith(`${folder}/`)) continue;
      forgotten.push(path);
      this.#answers.delete(path);
    }
    return forgotten;
  }

  get overflows(): boolean {
    return this.#answers.size > REMEMBERED_ANSWERS;
  }

  /** VS Code was told to forget everything. */
  forget(): void {
    this.#answers.clear();
  }
}
