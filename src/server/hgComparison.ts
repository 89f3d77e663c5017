// Our answer beside that of `hg`, difference by difference.
import { compareBytes, type BytePath } from '../base/bytePath.ts';
import type { HgStatusEntry } from '../hgCommand/hgStatus.ts';
import type { StatusEntry } from '../status/status.ts';
import { STATUS_LETTERS } from './statusLetters.ts';

/** One side's verdict on a path: a letter, and the source of a copy. */
export interface Verdict {
  readonly letter: string;
  readonly source?: BytePath;
}

export interface Difference {
  readonly path: BytePath;
  /** Undefined: not listed. */
  readonly ours: Verdict | undefined;
  readonly hg: Verdict | undefined;
}

/** The paths on which the two do not agree, ordered by path. Both sides list everything: clean, ignored, copies. */
export function compareWithHg(ours: readonly StatusEntry[], hg: readonly HgStatusEntry[]): Difference[] {
  const theirs = new Map<BytePath, Verdict>();
  for (const { path, status, source } of hg) theirs.set(path, verdict(status, source));
  const differences: Difference[] = [];
  for (const { path, status, source } of ours) {
    const own = verdict(STATUS_LETTERS[status], source);
    const other = theirs.get(path);
    theirs.delete(path);
    if (own.letter !== other?.letter || own.source !== other.source) differences.push({ path, ours: own, hg: other });
  }
  for (const [path, other] of theirs) differences.push({ path, ours: undefined, hg: other });
  return differences.sort((a, b) => compareBytes(a.path, b.path));
}

/** Those of `differences` that `other` has too, the same on both sides. */
export function inBoth(differences: readonly Difference[], other: readonly Difference[]): Difference[] {
  const known = new Set(other.map(key));
  return differences.filter(difference => known.has(key(difference)));
}

function key({ path, ours, hg }: Difference): string {
  return JSON.stringify([path, ours?.letter, ours?.source, hg?.letter, hg?.source]);
}

function verdict(letter: string, source: BytePath | undefined): Verdict {
  return source === undefined ? { letter } : { letter, source };
}
