// Draws a graph of changesets in characters beside their texts, byte for byte as `hg log --graph`. The rules come from
// its drawings: test/differential/cliLogGraph.test.ts compares them.
import { WHITE_SPACE, withoutTrailing } from '../../base/lines.ts';

/** How a changeset leads to one that is below it. */
export type EdgeKind = 'parent' | 'ancestor' | 'missing';

export interface DrawnEdge {
  /** The revision that the edge leads to. */
  readonly to: number;
  readonly kind: EdgeKind;
}

export interface DrawnNode {
  readonly revision: number;
  /** One character. */
  readonly symbol: string;
  readonly edges: readonly DrawnEdge[];
}

/** The character of an edge by its kind. An edge with undefined ends below its changeset, with a '~'. */
export type EdgeStyles = Readonly<Record<EdgeKind, string | undefined>>;

export const PLAIN_STYLES: EdgeStyles = { parent: '|', ancestor: '|', missing: '|' };
export const DEFAULT_STYLES: EdgeStyles = { parent: '|', ancestor: ':', missing: undefined };

/** A cell of a line; undefined where an edge ends. */
type Cell = string | undefined;

/** A changeset with up to two new columns, or one of the steps in which it gets more. */
interface Step {
  readonly symbol: string;
  /** The column of the changeset. */
  readonly at: number;
  /** Columns in the line of the changeset. */
  readonly width: number;
  /** Columns that come (1) or go (-1) below it. */
  readonly shift: number;
  /** Columns below, to which edges lead from here. */
  readonly targets: readonly number[];
}

export class GraphDrawing {
  readonly #styles: EdgeStyles;
  /** The revision that each column leads to. */
  #columns: number[] = [];
  readonly #cells = new Map<number, Cell>();
  #last: { readonly at: number; readonly shift: number } = { at: 0, shift: 0 };

  constructor(styles: EdgeStyles) {
    this.#styles = styles;
  }

  /**
   * Returns the next changeset with its text as lines.
   * @param textOf takes the columns that the drawing takes, and returns the lines of the text
   */
  draw(node: DrawnNode, textOf: (indent: number) => readonly string[]): string {
    const { steps, indent } = this.#steps(node);
    let text = textOf(indent);
    let drawn = '';
    for (const step of steps) {
      drawn += this.#drawStep(step, text);
      text = [];
    }
    return drawn;
  }

  /** Gives the changeset a column, and puts its new parents in the place of it. */
  #steps({ revision, symbol, edges }: DrawnNode): { readonly steps: readonly Step[]; readonly indent: number } {
    if (!this.#columns.includes(revision)) this.#columns.push(revision);
    const before = this.#columns;
    const at = before.indexOf(revision);
    const known = edges.filter(({ to }) => before.includes(to));
    const fresh = edges.filter(({ to }) => !before.includes(to));
    for (const { to, kind } of fresh) this.#cells.set(to, this.#styles[kind]);
    const after = [...before.slice(0, at), ...fresh.map(({ to }) => to), ...before.slice(at + 1)];
    this.#columns = after;
    const steps: Step[] = [];
    let targets = known.map(({ to }) => after.indexOf(to));
    // A step adds one column at most.
    const extra = Math.max(fresh.length - 2, 0);
    for (let step = 0; step < extra; step++) {
      const column = at + step;
      const mark = step === 0 ? symbol : '\\';
      steps.push({
        symbol: mark,
        at: column,
        width: before.length + step,
        shift: 1,
        targets: [...targets, column, column + 1],
      });
      targets = [];
    }
    const column = at + extra;
    const width = before.length + extra;
    const own = [column, column + 1].slice(0, fresh.length - extra);
    const shift = after.length - width;
    steps.push({ symbol: extra === 0 ? symbol : '\\', at: column, width, shift, targets: [...targets, ...own] });
    this.#cells.delete(revision);
    const isWider = extra > 0 || shift > 0;
    return { steps, indent: 1 + 2 * (before.length + (isWider ? 1 : 0)) };
  }

  #drawStep(step: Step, text: readonly string[]): string {
    const { at, width, shift } = step;
    const edges = step.targets.map(to => ({ from: at, to: shift === -1 && to > at ? to + 1 : to }));
    const isCrowded = text.length > 2 && shift === -1 && edges.some(({ from, to }) => to > from + 1);
    const nodeLine = this.#nodeLine(step, text.length <= 2 && !isCrowded);
    const slant = this.#slantLine(step);
    for (const edge of edges) this.#drawEdge(edge, nodeLine, slant);
    const lines = [nodeLine];
    if (isCrowded) {
      const goesOn = edges.some(({ to }) => to === at || to === at - 1);
      lines.push([...this.#below(0, at), ...(goesOn ? this.#below(at, at + 1) : [' ', ' ']), ...this.#right(step)]);
    }
    lines.push(slant);
    const below = this.#below(0, width + shift);
    while (lines.length < text.length) lines.push([...below]);
    this.#endColumns(lines, below);
    this.#last = { at, shift };
    const room = 2 * Math.max(width, width + shift);
    return lines
      .map((line, row) => {
        const drawing = line.map(cell => cell ?? ' ').join('');
        return `${withoutTrailing(`${drawing.padEnd(room)} ${text[row] ?? ''}`, WHITE_SPACE)}\n`;
      })
      .join('');
  }

  /** Cells of the columns from `first` to `end` (exclusive) as they are below the changeset, two each. */
  #below(first: number, end: number): Cell[] {
    const cells: Cell[] = [];
    for (let column = first; column < end; column++) {
      const to = this.#columns[column];
      cells.push(to !== undefined && this.#cells.has(to) ? this.#cells.get(to) : '|', ' ');
    }
    return cells;
  }

  /** Cells of the columns right of the changeset. */
  #right({ at, width }: Step): Cell[] {
    const count = width - at - 1;
    return this.#below(this.#columns.length - count, this.#columns.length);
  }

  /** @param isShort true if the text is so short that the slant of the changeset above goes on in this line */
  #nodeLine(step: Step, isShort: boolean): Cell[] {
    const { at, width, shift, symbol } = step;
    const line = [...this.#below(0, at), symbol, ' '];
    if (!isShort || shift === 0 || shift !== this.#last.shift) return [...line, ...this.#right(step)];
    if (shift === 1) return [...line, ...repeated('\\', width - at - 1)];
    const start = Math.max(at + 1, this.#last.at);
    return [...line, ...this.#below(at, start - 1), ...repeated('/', width - start)];
  }

  /** The line below the changeset, in which columns move to their new places. */
  #slantLine(step: Step): Cell[] {
    const { at, width, shift } = step;
    const gap = Array.from({ length: 2 + shift }, () => ' ');
    const right = shift === 0 ? this.#right(step) : repeated(shift === 1 ? '\\' : '/', width - at - 1);
    return [...this.#below(0, at), ...gap, ...right];
  }

  /** An edge to a column beside this one is a slash; one that leads further is a line from the changeset. */
  #drawEdge({ from, to }: { readonly from: number; readonly to: number }, nodeLine: Cell[], slant: Cell[]): void {
    if (to === from) slant[2 * from] = this.#below(from, from + 1)[0];
    else if (to === from - 1) slant[2 * to + 1] = '/';
    else if (to === from + 1) slant[2 * from + 1] = '\\';
    else if (2 * to < nodeLine.length) {
      nodeLine[2 * to] = '+';
      for (let cell = 2 * Math.min(from, to) + 1; cell < 2 * Math.max(from, to); cell++) {
        if (nodeLine[cell] !== '+') nodeLine[cell] = '-';
      }
    }
  }

  /** Draws the ends of edges that end here, and moves the columns right of them to the left. */
  #endColumns(lines: Cell[][], below: readonly Cell[]): void {
    if (![...this.#cells.values()].includes(undefined)) return;
    const columns = below.filter((_, cell) => cell % 2 === 0);
    const living = columns.findLastIndex(cell => cell !== undefined);
    const ends = columns.slice(0, living + 1).filter(cell => cell === undefined).length;
    const rows = Math.max(ends * 2 - 1, 0);
    while (lines.length < 3 + rows) lines.push([...below]);
    if (rows > 0) moveLeft(lines.slice(-rows), below, columns);
    for (const [row, line] of lines.entries()) {
      const end = row === 1 ? '|' : row === 2 ? '~' : ' ';
      for (const [at, cell] of line.entries()) line[at] = cell ?? end;
    }
    for (const [to, cell] of this.#cells) {
      if (cell !== undefined) continue;
      this.#cells.delete(to);
      this.#columns = this.#columns.filter(column => column !== to);
    }
  }
}

/** Draws, in the last lines, the columns after the first end on their way to the left: one cell in each line. */
function moveLeft(lines: readonly Cell[][], below: readonly Cell[], columns: readonly Cell[]): void {
  const first = columns.indexOf(undefined);
  const moving = [...columns.keys()].filter(column => column > first && columns[column] !== undefined);
  const places = moving.map(column => column * 2);
  for (const line of lines) {
    line.fill(' ', first * 2);
    for (const [index, column] of moving.entries()) {
      const target = (first + index) * 2;
      const isMoving = places[index]! > target;
      const place = isMoving ? places[index]! - 1 : target;
      line[place] = isMoving ? '/' : below[column * 2];
      places[index] = place;
    }
  }
}

function repeated(cell: string, count: number): string[] {
  return Array.from({ length: Math.max(count, 0) }, () => [cell, ' ']).flat();
}
