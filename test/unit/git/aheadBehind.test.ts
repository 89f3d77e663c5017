// How far two branches are apart: counts, and a limit on the commits that are read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Commit } from '../../../src/git/objects/structures.ts';
import { distance } from '../../../src/git/refs/aheadBehind.ts';

/** Commits by name: `a0` is the first of both lines, and later ones are newer. */
function history(ours: number, theirs: number): { read: (id: string) => Commit; reads: () => number } {
  let reads = 0;
  const read = (id: string): Commit => {
    reads++;
    const line = id[0]!;
    const number = Number(id.slice(1));
    assert.ok(number <= (line === 'a' ? ours : theirs));
    return { tree: '', parents: number === 0 ? [] : [number === 1 ? 'a0' : `${line}${number - 1}`], time: number };
  };
  return { read, reads: () => reads };
}

test('commits of one side only are counted', () => {
  assert.deepEqual(distance('a0', 'a0', history(0, 0).read), { ahead: 0, behind: 0 });
  assert.deepEqual(distance('a3', 'a0', history(3, 0).read), { ahead: 3, behind: 0 });
  assert.deepEqual(distance('a3', 'b5', history(3, 5).read), { ahead: 3, behind: 5 });
});

test('a walk through more commits than the limit ends, and has no answer', () => {
  const { read, reads } = history(100_000, 100_000);
  assert.equal(distance('a100000', 'b100000', read), undefined);
  assert.ok(reads() <= 10_002, `${reads()} commits were read`);
  const within = history(50, 40);
  assert.equal(distance('a50', 'b40', within.read, 60), undefined);
  assert.ok(within.reads() <= 62);
  assert.deepEqual(distance('a50', 'b40', within.read, 100), { ahead: 50, behind: 40 });
});
