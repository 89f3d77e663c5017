// The texts beside lines while lines move: few colors are set, and what stands there is what was wanted. The model of
// VS Code here has its rule for texts at the beginning of a line: they move with it, and an edit there may join them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LineEdit } from '../../../src/extension/model/lineAttributions.ts';
import { ShownColumn, type ColumnCell, type ColumnChanges } from '../../../src/extension/model/shownColumn.ts';
import { Random, seedFromEnvironment } from '../../support/random.ts';

/** The decorations of an editor: places with texts, by color. */
class Editor {
  readonly #places = new Map<number, { line: number; character: number; text: string }[]>();

  set(changes: ColumnChanges): void {
    for (const [color, cells] of changes) {
      this.#places.set(
        color,
        cells.map(([line, text]) => ({ line, character: 0, text })),
      );
    }
  }

  edit({ startLine, startCharacter, endLine, endCharacter, text }: LineEdit): void {
    const added = text.split('\n');
    for (const place of [...this.#places.values()].flat()) {
      const isAfter = place.line > endLine || (place.line === endLine && place.character > endCharacter);
      const isBefore = place.line < startLine || (place.line === startLine && place.character <= startCharacter);
      if (isBefore) continue;
      if (isAfter) place.line += added.length - 1 - (endLine - startLine);
      else [place.line, place.character] = [startLine, startCharacter];
    }
  }

  shown(): string[] {
    const all = [...this.#places].flatMap(([color, places]) =>
      places.map(({ line, character, text }) => `${line}:${character} ${color} ${text}`),
    );
    return all.sort();
  }
}

const COLORS = 5;
const cell = (random: Random): ColumnCell => ({ color: random.below(COLORS), text: String(random.below(9)) });
const listed = (cells: readonly ColumnCell[]): string[] =>
  cells.map(({ color, text }, line) => `${line}:0 ${color} ${text}`).sort();

function randomEdit(random: Random, lines: number): LineEdit {
  const startLine = random.below(lines);
  const isLong = random.chance(0.3);
  const endLine = isLong ? Math.min(lines - 1, startLine + random.below(4)) : startLine;
  const startCharacter = random.below(3);
  const endCharacter = endLine > startLine ? random.below(3) : startCharacter + random.below(2);
  return { startLine, startCharacter, endLine, endCharacter, text: random.pick(['x', '\n', '\n  ', 'a\nb\n', '']) };
}

const after = (lines: number, { startLine, endLine, text }: LineEdit): number =>
  lines + text.split('\n').length - 1 - (endLine - startLine);

test('after any edits, and whenever the window takes the colors, each line has its text once', t => {
  const seed = seedFromEnvironment('QUICKSILVER_COLUMN_SEED');
  t.diagnostic(`QUICKSILVER_COLUMN_SEED=${seed}`);
  const random = new Random(seed);
  for (let round = 0; round < 2000; round++) {
    const [column, editor] = [new ShownColumn(), new Editor()];
    let wanted = Array.from({ length: 1 + random.below(12) }, () => cell(random));
    /** What is under way to the window, and edits that happened there before it takes them. */
    const sent: { readonly changes: ColumnChanges; readonly list: number }[] = [];
    const edits: LineEdit[] = [];
    const send = (changes: ColumnChanges): void => {
      if (changes.size > 0) sent.push({ changes, list: column.lists });
    };
    const take = (): void => {
      const taken = sent.shift();
      if (taken === undefined) return;
      editor.set(taken.changes);
      // Edits of before reach the other side first, then the answer.
      for (const edit of edits.splice(0)) column.apply(edit);
      send(column.settle(taken.list));
    };
    send(column.update(wanted));
    let lines = wanted.length;
    for (let step = 0; step < 6; step++) {
      if (random.chance(0.5)) take();
      const edit = randomEdit(random, lines);
      editor.edit(edit);
      edits.push(edit);
      lines = after(lines, edit);
      if (random.chance(0.5)) {
        for (const known of edits.splice(0)) column.apply(known);
        send(column.fill(lines, { color: 0, text: 'new' }, false));
      }
    }
    for (const known of edits.splice(0)) column.apply(known);
    wanted = Array.from({ length: lines }, () => cell(random));
    send(column.update(wanted));
    while (sent.length > 0) take();
    assert.deepEqual(editor.shown(), listed(wanted), `round ${round}`);
  }
});

test('a line break sets one color, a key none, and an answer only the colors that differ', () => {
  const column = new ShownColumn();
  const wanted = Array.from({ length: 1000 }, (_, line): ColumnCell => ({ color: 1 + (line % 4), text: `t${line}` }));
  const colors = (changes: ColumnChanges): readonly (readonly number[])[] =>
    [...changes].map(([color, cells]) => [color, cells.length]);
  assert.equal(column.update(wanted).size, 4);
  assert.equal(column.settle(column.lists).size, 0);
  const at = { startLine: 500, startCharacter: 3, endLine: 500, endCharacter: 3 };
  const uncommitted = { color: 0, text: 'new' };
  column.apply({ ...at, text: 'x' });
  assert.equal(column.fill(1000, uncommitted, false).size, 0);
  column.apply({ ...at, text: '\n' });
  assert.deepEqual(colors(column.fill(1001, uncommitted, false)), [[0, 1]]);
  assert.equal(column.settle(column.lists).size, 0);
  const answer = [...wanted.slice(0, 500), uncommitted, { ...uncommitted, text: '' }, ...wanted.slice(501)];
  assert.deepEqual(colors(column.update(answer)), [
    [1, 249],
    [0, 2],
  ]);
  assert.equal(column.update(answer).size, 0);
});
