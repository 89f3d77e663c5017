// The texts that an editor shows beside its lines, as VS Code keeps them while lines move. Setting one text sets all
// of its color anew, so this finds the few colors that need it. Plain data, no `vscode`.
import type { LineEdit } from './lineAttributions.ts';

/** A text beside a line; each color is set as a whole. */
export interface ColumnCell {
  /** From 0. */
  readonly color: number;
  readonly text: string;
}

/** For colors to set: the lines (from 0) with their texts, in order. */
export type ColumnChanges = ReadonlyMap<number, readonly (readonly [line: number, text: string])[]>;

export class ShownColumn {
  /** One for each line; undefined where nothing, or nothing that is certain, stands beside it. */
  #cells: (ColumnCell | undefined)[] = [];
  /** Colors whose texts may be in wrong places. */
  readonly #doubtful = new Set<number>();
  /** For colors that were listed, and that VS Code may not have taken yet, when that was. */
  readonly #underway = new Map<number, number>();
  #lists = 0;

  /** How often colors were listed so far. */
  get lists(): number {
    return this.#lists;
  }

  /** Follows an edit as VS Code does: texts move with the beginnings of their lines. */
  apply({ startLine, startCharacter, endLine, text }: LineEdit): void {
    const inserted = text.split('\n').length;
    const isWithin = startLine === endLine && (startCharacter > 0 || inserted === 1);
    if (isWithin && inserted === 1) return;
    // The window may have had this edit before it took the colors, or after.
    for (const color of this.#underway.keys()) this.#doubtful.add(color);
    const fresh = Array<ColumnCell | undefined>(isWithin ? inserted - 1 : inserted).fill(undefined);
    // Within a line only its end moves. Elsewhere several texts may meet at one place.
    const at = isWithin ? startLine + 1 : startLine;
    const removed = this.#cells.splice(at, isWithin ? 0 : endLine - startLine + 1, ...fresh);
    for (const cell of removed) if (cell !== undefined) this.#doubtful.add(cell.color);
  }

  /** VS Code has taken all lists up to this one. Returns the colors to set again, because lines moved meanwhile. */
  settle(list: number): ColumnChanges {
    for (const [color, listed] of this.#underway) if (listed <= list) this.#underway.delete(color);
    return this.#listed(this.#takeDoubtful());
  }

  /** Returns the colors to set for this column, with all texts of each, and takes them as set. */
  update(wanted: readonly ColumnCell[]): ColumnChanges {
    const colors = this.#takeDoubtful();
    const cells = this.#cells;
    for (let line = 0; line < Math.max(wanted.length, cells.length); line++) {
      const [before, now] = [cells[line], wanted[line]];
      if (before === now || (before?.color === now?.color && before?.text === now?.text)) continue;
      if (before !== undefined) colors.add(before.color);
      if (now !== undefined) colors.add(now.color);
    }
    this.#cells = [...wanted];
    return this.#listed(colors);
  }

  /**
   * As {@link update}, and leaves other lines than those without a text as they are, until the exact answer comes.
   * @param endsEmpty true if nothing follows the last line break
   */
  fill(count: number, otherwise: ColumnCell, endsEmpty: boolean): ColumnChanges {
    const colors = this.#takeDoubtful();
    const cells = this.#cells;
    cells.length = count;
    for (let line = 0; line < count; line++) {
      if (cells[line] !== undefined) continue;
      const isFirst = cells[line - 1]?.color !== otherwise.color && !(endsEmpty && line === count - 1);
      cells[line] = isFirst ? otherwise : { color: otherwise.color, text: '' };
      colors.add(otherwise.color);
    }
    return this.#listed(colors);
  }

  #takeDoubtful(): Set<number> {
    const colors = new Set(this.#doubtful);
    this.#doubtful.clear();
    return colors;
  }

  #listed(colors: ReadonlySet<number>): ColumnChanges {
    const changes = new Map<number, [number, string][]>();
    if (colors.size === 0) return changes;
    this.#lists++;
    for (const color of colors) {
      changes.set(color, []);
      this.#underway.set(color, this.#lists);
    }
    this.#cells.forEach((cell, line) => {
      if (cell !== undefined) changes.get(cell.color)?.push([line, cell.text]);
    });
    return changes;
  }
}
