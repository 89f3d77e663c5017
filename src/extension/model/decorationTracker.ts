// Decides for which files VS Code must ask again. VS Code remembers every answer until an event names the file. So we
// remember its questions and our answers, and send events only for differences.
import type { ShownStatus } from './statusPresentation.ts';

/** Above this many remembered answers we have VS Code forget all of them, and start over. */
export const REMEMBERED_ANSWERS = 50_000;

export class DecorationTracker {
  readonly #statusAt: (path: string) => ShownStatus | undefined;
  readonly #answers = new Map<string, ShownStatus | undefined>();

  /** @param statusAt returns the current decoration of a file */
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
   * True if VS Code needs an event because the file at `path` has changed its decoration. A file it never asked about
   * needs one only if it colors the folders above it, and `mayAnnounce` allows it.
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

  /** Forgets and returns everything at or below `folder` ('' is all); VS Code must ask about it again. */
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

  /** Forgets all answers, as VS Code was asked to do. */
  forget(): void {
    this.#answers.clear();
  }
}
