// Finds the lines of a text that differ from the original, and those of them that are selected. Makes the edit that
// restores the original lines. Plain data, no `vscode`. Lines count from 0 and have no line ends; a text that ends with
// a line end has an empty last line.
import { diffArrays } from 'diff';

/** Lines `originalStart` up to, but not including, `originalEnd` were replaced; either range may be empty. */
export interface Hunk {
  readonly originalStart: number;
  readonly originalEnd: number;
  readonly modifiedStart: number;
  readonly modifiedEnd: number;
}

/**
 * A change as VS Code passes it to the gutter: lines from 1, both inclusive; the end is 0 for no lines after `start`.
 */
export interface GutterChange {
  readonly originalStartLineNumber: number;
  readonly originalEndLineNumber: number;
  readonly modifiedStartLineNumber: number;
  readonly modifiedEndLineNumber: number;
}

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface LineEdit {
  readonly start: Position;
  readonly end: Position;
  /** Lines end with '\n'. */
  readonly text: string;
}

/** Lines that are selected, both inclusive. */
export interface SelectedLines {
  readonly first: number;
  readonly last: number;
}

/** Comparing two texts that have nothing in common takes time with the square of their length: no longer than this. */
const DIFF_MILLISECONDS = 2_000;

export function toLines(text: string): string[] {
  return text.split(/\r\n|\n|\r/);
}

export function hunkOf(change: GutterChange): Hunk {
  const [originalStart, originalEnd] = range(change.originalStartLineNumber, change.originalEndLineNumber);
  const [modifiedStart, modifiedEnd] = range(change.modifiedStartLineNumber, change.modifiedEndLineNumber);
  return { originalStart, originalEnd, modifiedStart, modifiedEnd };
}

/** The differences in order; undefined if there are so many that finding them takes too long. */
export function compareLines(original: readonly string[], modified: readonly string[]): Hunk[] | undefined {
  const changes = diffArrays([...original], [...modified], { timeout: DIFF_MILLISECONDS });
  if (changes === undefined) return undefined;
  const hunks: Hunk[] = [];
  let at = { original: 0, modified: 0 };
  let open: Hunk | undefined;
  for (const { value, added, removed } of changes) {
    const next = {
      original: at.original + (added ? 0 : value.length),
      modified: at.modified + (removed ? 0 : value.length),
    };
    if (added || removed) {
      open = {
        originalStart: open?.originalStart ?? at.original,
        modifiedStart: open?.modifiedStart ?? at.modified,
        originalEnd: next.original,
        modifiedEnd: next.modified,
      };
    } else if (open !== undefined) {
      hunks.push(open);
      open = undefined;
    }
    at = next;
  }
  if (open !== undefined) hunks.push(open);
  return hunks;
}

/**
 * Returns the selected part of a hunk; undefined if none. If a hunk replaces equally many lines, each line stands for
 * its own original. Otherwise all original lines come back together. Removed lines belong to the line before them,
 * where the gutter marks them, or to the first one.
 */
export function selectedPart(hunk: Hunk, { first, last }: SelectedLines): Hunk | undefined {
  const { originalStart, originalEnd, modifiedStart, modifiedEnd } = hunk;
  if (modifiedStart === modifiedEnd) {
    const mark = Math.max(0, modifiedStart - 1);
    return first <= mark && mark <= last ? hunk : undefined;
  }
  const start = Math.max(first, modifiedStart);
  const end = Math.min(last + 1, modifiedEnd);
  if (start >= end) return undefined;
  if (originalEnd - originalStart !== modifiedEnd - modifiedStart) {
    return { originalStart, originalEnd, modifiedStart: start, modifiedEnd: end };
  }
  const offset = originalStart - modifiedStart;
  return { originalStart: start + offset, originalEnd: end + offset, modifiedStart: start, modifiedEnd: end };
}

/** The edit of the modified text that undoes the hunk. */
export function revertingEdit(original: readonly string[], modified: readonly string[], hunk: Hunk): LineEdit {
  const lines = original.slice(hunk.originalStart, hunk.originalEnd);
  const { modifiedStart: start, modifiedEnd: end } = hunk;
  const endOf = (line: number): Position => ({ line, character: modified[line]?.length ?? 0 });
  const startOf = (line: number): Position => ({ line, character: 0 });
  if (lines.length > 0 && start < end) return { start: startOf(start), end: endOf(end - 1), text: lines.join('\n') };
  if (lines.length > 0) {
    if (start < modified.length) return { start: startOf(start), end: startOf(start), text: `${lines.join('\n')}\n` };
    const last = endOf(modified.length - 1);
    return { start: last, end: last, text: `\n${lines.join('\n')}` };
  }
  if (end < modified.length) return { start: startOf(start), end: startOf(end), text: '' };
  return { start: start > 0 ? endOf(start - 1) : startOf(0), end: endOf(end - 1), text: '' };
}

function range(startLineNumber: number, endLineNumber: number): [start: number, end: number] {
  return endLineNumber === 0 ? [startLineNumber, startLineNumber] : [startLineNumber - 1, endLineNumber];
}
