// The changed regions of two texts as a unified diff has them. The lines are matched as by annotate, so the regions are
// those of `hg diff`. The rules come from comparing answers: test/differential/cliLogDiff.test.ts.
import { WHITE_SPACE, withoutTrailing } from '../../base/lines.ts';
import { matchBlocks } from '../annotate/matchBlocks.ts';
import { LineTable } from '../annotate/lineTable.ts';
import { comparableText } from '../annotate/whitespace.ts';
import type { DiffOptions } from './diffOptions.ts';

/** The hunks, as a byte string, and how many lines they add and remove. */
export interface Hunks {
  readonly text: string;
  readonly added: number;
  readonly removed: number;
}

/** Lines from `a1` to `a2` (exclusive) of the old text became the lines from `b1` to `b2` of the new one. */
interface Change {
  readonly a1: number;
  readonly a2: number;
  readonly b1: number;
  readonly b2: number;
  /** Added to line numbers of the new text that are shown: changes that are ignored count as if they kept the size. */
  readonly shift: number;
}

type Wanted = Pick<DiffOptions, 'context' | 'whitespace' | 'ignoresBlankLines' | 'showsFunction'>;

const NO_END = '\n\\ No newline at end of file\n';

/** Returns the hunks between two texts; undefined if they have no difference that counts. */
export function hunksBetween(before: Buffer, after: Buffer, options: Wanted): Hunks | undefined {
  const old = linesOf(before);
  const fresh = linesOf(after);
  const changes = changesBetween(before, after, old, fresh, options);
  if (changes.length === 0) return undefined;
  let added = 0;
  let removed = 0;
  for (const { a1, a2, b1, b2 } of changes) {
    removed += a2 - a1;
    added += b2 - b1;
  }
  const writer = new HunkWriter(old, fresh, options);
  return {
    text: grouped(changes, options.context)
      .map(group => writer.hunk(group))
      .join(''),
    added,
    removed,
  };
}

/** Lines with their ends, as byte strings. */
function linesOf(text: Buffer): readonly string[] {
  const lines = text.toString('latin1').split('\n');
  const rest = lines.pop()!;
  const ended = lines.map(line => `${line}\n`);
  if (rest !== '') ended.push(rest);
  return ended;
}

function changesBetween(
  before: Buffer,
  after: Buffer,
  old: readonly string[],
  fresh: readonly string[],
  options: Wanted,
): Change[] {
  // A text that was empty, or becomes it, changes as a whole, whatever is ignored.
  if (old.length === 0 || fresh.length === 0) {
    if (old.length === fresh.length) return [];
    return [{ a1: 0, a2: old.length, b1: 0, b2: fresh.length, shift: 0 }];
  }
  const table = new LineTable();
  const parent = table.number(comparableText(before, options.whitespace));
  const child = table.number(comparableText(after, options.whitespace));
  const blocks = [...matchBlocks(parent, child, table.size), parent.length, parent.length, child.length, child.length];
  const changes: Change[] = [];
  let [a1, b1, shift] = [0, 0, 0];
  for (let at = 0; at < blocks.length; at += 4) {
    const [a2, afterA, b2, afterB] = [blocks[at]!, blocks[at + 1]!, blocks[at + 2]!, blocks[at + 3]!];
    const isChange = a1 < a2 || b1 < b2;
    if (isChange && options.ignoresBlankLines && isBlankChange(old.slice(a1, a2), fresh.slice(b1, b2), options)) {
      shift += a2 - a1 - (b2 - b1);
    } else if (isChange) {
      changes.push({ a1, a2, b1, b2, shift });
    }
    [a1, b1] = [afterA, afterB];
  }
  return changes;
}

function isBlankChange(old: readonly string[], fresh: readonly string[], options: Wanted): boolean {
  return withoutBlankLines(old, options) === withoutBlankLines(fresh, options);
}

function withoutBlankLines(lines: readonly string[], { whitespace }: Wanted): string {
  const text = Buffer.from(lines.join(''), 'latin1');
  const { all, amount, endOfLine } = whitespace;
  const spaced = comparableText(text, { all, amount, endOfLine: false }).toString('latin1');
  const packed = spaced.replace(/\n+/g, '\n').replace(/^\n+|\n+$/g, '');
  return endOfLine ? packed.replace(/[ \t\r\f]+\n/g, '\n') : packed;
}

/** Puts changes together whose lines of context touch. */
function grouped(changes: readonly Change[], context: number): Change[][] {
  const groups: Change[][] = [];
  for (const change of changes) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (last !== undefined && Math.max(change.a1 - context, 0) <= last.a2 + context) group!.push(change);
    else groups.push([change]);
  }
  return groups;
}

/** Characters of the line that names a function, with the space before it. */
const FUNCTION_LENGTH = 41;

class HunkWriter {
  readonly #old: readonly string[];
  readonly #fresh: readonly string[];
  readonly #context: number;
  readonly #showsFunction: boolean;

  constructor(old: readonly string[], fresh: readonly string[], { context, showsFunction }: Wanted) {
    this.#old = old;
    this.#fresh = fresh;
    this.#context = context;
    this.#showsFunction = showsFunction;
  }

  hunk(changes: readonly Change[]): string {
    const old = this.#old;
    const first = changes[0]!;
    const last = changes.at(-1)!;
    const start = Math.max(first.a1 - this.#context, 0);
    const end = Math.min(last.a2 + this.#context, old.length);
    const freshStart = Math.max(first.b1 + first.shift - this.#context, 0);
    const freshLength = last.b2 + last.shift - freshStart + (end - last.a2);
    const lines: string[] = [];
    let at = start;
    for (const { a1, a2, b1, b2 } of changes) {
      for (; at < a1; at++) lines.push(` ${old[at]!}`);
      for (at = a1; at < a2; at++) lines.push(`-${old[at]!}`);
      for (let line = b1; line < b2; line++) lines.push(`+${this.#fresh[line]!}`);
      at = a2;
    }
    for (; at < end; at++) lines.push(` ${old[at]!}`);
    this.#markEnds(lines, end === old.length, freshStart + freshLength === this.#fresh.length);
    const ranges = `-${range(start, end - start)} +${range(freshStart, freshLength)}`;
    return `@@ ${ranges} @@${this.#functionBefore(start)}\n${lines.join('')}`;
  }

  /**
   * Marks the last line of a text that does not end with a newline. It is the last line of the old text in the hunk; a
   * line that both texts have is marked once. For the new text it is the last added line, as Mercurial has it, even if
   * lines follow that differ only in what is ignored.
   */
  #markEnds(lines: string[], reachesEnd: boolean, reachesFreshEnd: boolean): void {
    const mark = (at: number): void => {
      const line = lines[at];
      if (line !== undefined) lines[at] = line + NO_END;
    };
    let isMarked = false;
    if (reachesEnd && lacksNewline(this.#old)) {
      const at = lines.findLastIndex(line => !line.startsWith('+'));
      mark(at);
      isMarked = lines[at]?.startsWith(' ') ?? false;
    }
    if (!isMarked && reachesFreshEnd && lacksNewline(this.#fresh)) {
      mark(lines.findLastIndex(line => line.startsWith('+')));
    }
  }

  /** The nearest line above that begins with a letter or a digit. */
  #functionBefore(line: number): string {
    if (!this.#showsFunction) return '';
    for (let at = line - 1; at >= 0; at--) {
      const text = this.#old[at]!;
      if (/^[0-9A-Za-z]/.test(text)) return ` ${withoutTrailing(text, WHITE_SPACE)}`.slice(0, FUNCTION_LENGTH);
    }
    return '';
  }
}

/** Lines count from 1; an empty range names the line before it. */
function range(start: number, length: number): string {
  return `${length === 0 ? start : start + 1},${length}`;
}

function lacksNewline(lines: readonly string[]): boolean {
  return lines.length > 0 && !lines.at(-1)!.endsWith('\n');
}
