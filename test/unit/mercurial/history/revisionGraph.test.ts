import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RevisionGraph } from '../../../../src/mercurial/history/revisionGraph.ts';
import { RevisionHeap } from '../../../../src/mercurial/history/revisionHeap.ts';
import { Random } from '../../../support/random.ts';
import { makeHistory } from './historyFixture.ts';

function graphOf(
  context: { after(cleanUp: () => void): void },
  parents: readonly (readonly [number, number])[],
): RevisionGraph {
  const changesets = parents.map(pair => ({ parents: pair, files: {} }));
  return new RevisionGraph(makeHistory(context, changesets, false).store.changelog.revlog);
}

test('the heap gives the largest first', () => {
  const random = new Random(5);
  const heap = new RevisionHeap();
  const numbers = Array.from({ length: 200 }, () => random.below(50));
  for (const number of numbers) heap.push(number);
  const popped = numbers.map(() => heap.pop());
  assert.deepEqual(
    popped,
    [...numbers].sort((a, b) => b - a),
  );
  assert.equal(heap.pop(), undefined);
});

test('common ancestors of random graphs are those that the definition gives', t => {
  const random = new Random(7);
  for (let round = 0; round < 12; round++) {
    const parents = Array.from({ length: 40 }, (_, i): [number, number] => [
      i === 0 || random.chance(0.05) ? -1 : i - 1 - random.below(Math.min(i, 5)),
      i > 1 && random.chance(0.4) ? random.below(i) : -1,
    ]);
    const graph = graphOf(t, parents);
    const ancestors = parents.map((): Set<number> => new Set());
    parents.forEach((pair, i) => {
      ancestors[i]!.add(i);
      for (const parent of pair) if (parent >= 0) for (const above of ancestors[parent]!) ancestors[i]!.add(above);
    });
    for (let i = 0; i < 150; i++) {
      const a = random.below(40);
      const b = random.below(40);
      const common = [...ancestors[a]!].filter(revision => ancestors[b]!.has(revision));
      const heads = common.filter(one => !common.some(other => other !== one && ancestors[other]!.has(one)));
      assert.deepEqual(
        graph.commonAncestorHeads(a, b).sort((x, y) => x - y),
        heads.sort((x, y) => x - y),
      );
      assert.equal(graph.isAncestor(a, b), ancestors[b]!.has(a));
      const chosen = graph.commonAncestor(a, b);
      assert.ok(heads.length === 0 ? chosen === -1 : heads.includes(chosen));
    }
  }
});

test('of several common ancestors the one with the longest path down is chosen', t => {
  // 0 - 1 - 2 - 3 and 0 - 4, merged both ways.
  const graph = graphOf(t, [
    [-1, -1],
    [0, -1],
    [1, -1],
    [2, -1],
    [0, -1],
    [3, 4],
    [4, 3],
  ]);
  assert.deepEqual(graph.commonAncestorHeads(5, 6).sort(), [3, 4]);
  assert.equal(graph.commonAncestor(5, 6), 3);
  assert.equal(graph.commonAncestor(5, -1), -1);
});
