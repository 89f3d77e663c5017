// Keeps the last warnings and errors for a report. A log message names files and reasons, never a file's contents.

/** How many are kept. */
const MAX_TROUBLES = 50;
/** How many of them a report has. */
const MAX_REPORTED = 10;
/** Characters kept of each message; its beginning matters. */
const MAX_LENGTH = 500;

export interface LoggedProblem {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly level: 'warn' | 'error';
  readonly message: string;
}

export class ProblemLog {
  readonly #now: () => number;
  readonly #kept: LoggedProblem[] = [];

  constructor(now: () => number = () => Date.now()) {
    this.#now = now;
  }

  add(level: LoggedProblem['level'], message: string): void {
    this.#kept.push({ time: this.#now(), level, message: message.slice(0, MAX_LENGTH) });
    if (this.#kept.length > MAX_TROUBLES) this.#kept.shift();
  }

  /** The last ones that are not about another repository, the newest last. */
  of(root: string, roots: readonly string[]): readonly LoggedProblem[] {
    // A message about nested roots belongs to the longest root that it names.
    const others = roots.filter(other => !names(root, other));
    return this.#kept.filter(({ message }) => !others.some(other => names(message, other))).slice(-MAX_REPORTED);
  }
}

/** True if a text names a folder or a path in it. A folder with a longer name does not count. */
function names(text: string, folder: string): boolean {
  for (let at = text.indexOf(folder); at >= 0; at = text.indexOf(folder, at + 1)) {
    const end = at + folder.length;
    // A full stop may be that of a sentence.
    if (!/^\.?[\p{L}\p{N}_~-]/u.test(text.slice(end, end + 2))) return true;
  }
  return false;
}
