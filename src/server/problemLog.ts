// The last warnings and errors, for a report. What a log says names files and reasons, and never what is in a file.

/** How many are kept. */
const MAX_TROUBLES = 50;
/** How many of them a report has. */
const MAX_REPORTED = 10;
/** Characters of each: the beginning tells. */
const MAX_LENGTH = 500;

export interface Trouble {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly level: 'warn' | 'error';
  readonly message: string;
}

export class ProblemLog {
  readonly #now: () => number;
  readonly #kept: Trouble[] = [];

  constructor(now: () => number = () => Date.now()) {
    this.#now = now;
  }

  add(level: Trouble['level'], message: string): void {
    this.#kept.push({ time: this.#now(), level, message: message.slice(0, MAX_LENGTH) });
    if (this.#kept.length > MAX_TROUBLES) this.#kept.shift();
  }

  /** The last ones that are not about another repository, the newest last. */
  of(root: string, roots: readonly string[]): readonly Trouble[] {
    // Of roots inside of one another, the longest that is named is meant.
    const others = roots.filter(other => !names(root, other));
    return this.#kept.filter(({ message }) => !others.some(other => names(message, other))).slice(-MAX_REPORTED);
  }
}

/** Whether a text names a folder, or something in it; not if it is another one whose name begins alike. */
function names(text: string, folder: string): boolean {
  for (let at = text.indexOf(folder); at >= 0; at = text.indexOf(folder, at + 1)) {
    const end = at + folder.length;
    // A full stop may be that of a sentence.
    if (!/^\.?[\p{L}\p{N}_~-]/u.test(text.slice(end, end + 2))) return true;
  }
  return false;
}
