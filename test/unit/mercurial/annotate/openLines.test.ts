// Runs of lines are divided as single lines would be, and stay runs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { OpenLines } from '../../../../src/mercurial/annotate/openLines.ts';

type Line = readonly [result: number, line: number];

function linesOf(open: OpenLines): Line[] {
  const lines: Line[] = [];
  open.each((result, line, length) => {
    for (let at = 0; at < length; at++) lines.push([result + at, line + at]);
  });
  return lines;
}

const numbers = fc.array(fc.nat(6), { maxLength: 24 });

/** Blocks in order in both versions, from lengths: of the gap in the parent, that in the child, and the block. */
function blocksFrom(lengths: readonly number[]): number[] {
  const blocks: number[] = [];
  let [a, b] = [0, 0];
  for (let at = 0; at + 2 < lengths.length; at += 3) {
    a += lengths[at]!;
    b += lengths[at + 1]!;
    const length = lengths[at + 2]!;
    blocks.push(a, a + length, b, b + length);
    a += length;
    b += length;
  }
  return blocks;
}

test('lines in blocks go to the parent, the others are returned', () => {
  const runs = fc.array(fc.tuple(fc.nat(60), fc.nat(8)), { maxLength: 12 });
  fc.assert(
    fc.property(runs, numbers, (places, lengths) => {
      const open = new OpenLines();
      places.forEach(([line, length], at) => open.add(at * 100, line, length));
      const blocks = blocksFrom(lengths);
      const kept = new OpenLines();
      const rest = open.divide(blocks, kept);
      const expected: { readonly kept: Line[]; readonly rest: Line[] } = { kept: [], rest: [] };
      for (const [result, line] of linesOf(open)) {
        let target = -1;
        for (let at = 0; at < blocks.length; at += 4) {
          if (line >= blocks[at + 2]! && line < blocks[at + 3]!) target = line + blocks[at]! - blocks[at + 2]!;
        }
        if (target < 0) expected.rest.push([result, line]);
        else expected.kept.push([result, target]);
      }
      assert.deepEqual(linesOf(kept), expected.kept);
      assert.deepEqual(linesOf(rest), expected.rest);
    }),
  );
});

test('a file stays a few runs while a few of its lines change', () => {
  let open = OpenLines.all(10_000);
  for (let version = 0; version < 50; version++) {
    const at = version * 190;
    const kept = new OpenLines();
    const rest = open.divide([0, at, 0, at, at + 3, 10_000, at + 3, 10_000], kept);
    assert.equal(rest.count, 1);
    open = kept;
  }
  assert.ok(open.count <= 51, String(open.count));
  assert.equal(linesOf(open).length, 10_000 - 150);
});

test('many runs and many blocks are divided in one pass', () => {
  const open = new OpenLines();
  for (let line = 0; line < 20_000; line += 2) open.add(line, line, 1);
  let looked = 0;
  const blocks = blocksFrom(Array.from({ length: 30_000 }, () => 1));
  const watched = new Proxy(blocks, {
    get: (target, key) => {
      if (typeof key === 'string' && key !== 'length') looked++;
      return Reflect.get(target, key) as unknown;
    },
  });
  open.divide(watched, new OpenLines());
  assert.ok(looked < 200_000, String(looked));
});
