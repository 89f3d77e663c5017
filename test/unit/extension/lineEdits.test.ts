import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  compareLines,
  hunkOf,
  revertingEdit,
  selectedPart,
  toLines,
  type Hunk,
  type LineEdit,
} from '../../../src/extension/features/files/lineEdits.ts';

function hunk(originalStart: number, originalEnd: number, modifiedStart: number, modifiedEnd: number): Hunk {
  return { originalStart, originalEnd, modifiedStart, modifiedEnd };
}

/** Applies edits as an editor does: all of them refer to the text before. */
function apply(text: string, edits: readonly LineEdit[]): string {
  const lines = text.split('\n');
  const offset = ({ line, character }: LineEdit['start']): number =>
    lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0) + character;
  const sorted = edits
    .map(edit => ({ from: offset(edit.start), to: offset(edit.end), text: edit.text }))
    .sort((a, b) => a.from - b.from || a.to - b.to);
  // From the end, so that what is inserted at one place keeps its order.
  return sorted.reduceRight((result, { from, to, text: put }) => result.slice(0, from) + put + result.slice(to), text);
}

function revertAll(original: string, modified: string): string {
  const [before, after] = [toLines(original), toLines(modified)];
  const hunks = compareLines(before, after);
  assert.ok(hunks);
  return apply(
    modified,
    hunks.map(each => revertingEdit(before, after, each)),
  );
}

test('lines of all kinds of line ends', () => {
  assert.deepEqual(toLines('a\r\nb\nc\rd\n'), ['a', 'b', 'c', 'd', '']);
  assert.deepEqual(toLines(''), ['']);
});

test('hunks: changed, added and removed lines', () => {
  const before = ['a', 'b', 'c', 'd', 'e'];
  assert.deepEqual(compareLines(before, ['a', 'B', 'c', 'd', 'e']), [hunk(1, 2, 1, 2)]);
  assert.deepEqual(compareLines(before, ['a', 'b', 'x', 'y', 'c', 'd', 'e']), [hunk(2, 2, 2, 4)]);
  assert.deepEqual(compareLines(before, ['a', 'd', 'E']), [hunk(1, 3, 1, 1), hunk(4, 5, 2, 3)]);
  assert.deepEqual(compareLines(before, before), []);
});

test("the gutter's way to write a change", () => {
  const change = (a: number, b: number, c: number, d: number): Hunk =>
    hunkOf({
      originalStartLineNumber: a,
      originalEndLineNumber: b,
      modifiedStartLineNumber: c,
      modifiedEndLineNumber: d,
    });
  assert.deepEqual(change(2, 3, 2, 2), hunk(1, 3, 1, 2));
  // Lines added after line 4, and before the first one.
  assert.deepEqual(change(4, 0, 5, 6), hunk(4, 4, 4, 6));
  assert.deepEqual(change(0, 0, 1, 2), hunk(0, 0, 0, 2));
  // Lines removed after line 7.
  assert.deepEqual(change(8, 9, 7, 0), hunk(7, 9, 7, 7));
});

test('reverting at the beginning, in the middle and at the end, with and without a last line end', () => {
  for (const original of ['a\nb\nc\n', 'a\nb\nc', 'a', '', '\n', 'a\n\n\nb\n']) {
    for (const modified of ['a\nb\nc\n', 'b\nc\n', 'a\nc\n', 'a\nb\n', 'a\nb', '', 'x\na\nb\nc\ny\n', 'x', '\n\n']) {
      assert.equal(revertAll(original, modified), original, JSON.stringify([original, modified]));
    }
  }
});

test('reverting all hunks of random texts gives the original', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map(lines => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (original, modified) => assert.equal(revertAll(original, modified), original)),
    { numRuns: 2_000 },
  );
});

test('reverting one of several hunks leaves the others', () => {
  const before = toLines('a\nb\nc\nd\ne\n');
  const after = toLines('A\nb\nd\ne\nf\n');
  const hunks = compareLines(before, after);
  assert.deepEqual(
    hunks?.map(each => apply(after.join('\n'), [revertingEdit(before, after, each)])),
    ['a\nb\nd\ne\nf\n', 'A\nb\nc\nd\ne\nf\n', 'A\nb\nd\ne\n'],
  );
});

test('the selected part of a hunk', () => {
  // As many lines on both sides: line by line.
  assert.deepEqual(selectedPart(hunk(10, 14, 20, 24), { first: 21, last: 22 }), hunk(11, 13, 21, 23));
  assert.deepEqual(selectedPart(hunk(10, 14, 20, 24), { first: 0, last: 99 }), hunk(10, 14, 20, 24));
  // Other numbers of lines: the original comes back in the place of what is selected.
  assert.deepEqual(selectedPart(hunk(10, 11, 20, 24), { first: 23, last: 30 }), hunk(10, 11, 23, 24));
  // Only added lines.
  assert.deepEqual(selectedPart(hunk(10, 10, 20, 24), { first: 21, last: 21 }), hunk(10, 10, 21, 22));
  assert.equal(selectedPart(hunk(10, 10, 20, 24), { first: 24, last: 30 }), undefined);
  assert.equal(selectedPart(hunk(10, 10, 20, 24), { first: 0, last: 19 }), undefined);
});

test('removed lines are selected with the line before them, at the top with the first', () => {
  assert.deepEqual(selectedPart(hunk(10, 12, 10, 10), { first: 9, last: 9 }), hunk(10, 12, 10, 10));
  assert.equal(selectedPart(hunk(10, 12, 10, 10), { first: 10, last: 11 }), undefined);
  assert.deepEqual(selectedPart(hunk(0, 2, 0, 0), { first: 0, last: 0 }), hunk(0, 2, 0, 0));
});
