// The layout of graphs: its rules on random graphs, how little moves, and what a window costs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finish } from '../../../../src/mercurial/annotate/finish.ts';
import { EDGE_DASHED, EDGE_FIELDS } from '../../../../src/mercurial/history/graphEdges.ts';
import { GraphView } from '../../../../src/mercurial/history/graphView.ts';
import { Random } from '../../../support/random.ts';

interface Edge {
  readonly child: number;
  readonly parent: number;
  readonly childColumn: number;
  readonly column: number;
  readonly parentColumn: number;
  readonly isDashed: boolean;
}

function viewOf(parents: Int32Array, mask?: Uint8Array): GraphView {
  return finish(GraphView.make(parents.length / 2, parents, mask));
}

function edgesOf(edges: Int32Array): Edge[] {
  return Array.from({ length: edges.length / EDGE_FIELDS }, (_, index) => {
    const [child, parent, childColumn, column, parentColumn, color] = edges.subarray(
      index * EDGE_FIELDS,
      (index + 1) * EDGE_FIELDS,
    ) as unknown as [number, number, number, number, number, number];
    return { child, parent, childColumn, column, parentColumn, isDashed: (color & EDGE_DASHED) !== 0 };
  });
}

/** Mostly new changesets on recent ones; merges of any two, also from inside a chain. */
function randomParents(random: Random, count: number, near: number): Int32Array {
  const parents = new Int32Array(count * 2).fill(-1);
  for (let at = 1; at < count; at++) {
    const pick = (): number => Math.max(0, at - 1 - random.below(near));
    if (random.chance(0.02)) continue;
    parents[at * 2] = random.chance(0.5) ? at - 1 : pick();
    if (random.chance(0.3)) {
      const other = pick();
      if (other !== parents[at * 2]) parents[at * 2 + 1] = other;
    }
  }
  return parents;
}

test('edges share a column only if they end together, and none runs through another changeset', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = new Random(seed);
    const count = 1 + random.below(40);
    const parents = randomParents(random, count, 1 + random.below(12));
    const view = viewOf(
      parents,
      random.chance(0.5) ? undefined : Uint8Array.from({ length: count }, () => random.below(2)),
    );
    const { edges, columns } = view.window(0, count);
    const all = edgesOf(edges);
    for (const { child, parent, childColumn, column, parentColumn } of all) {
      assert.ok(child < parent);
      assert.deepEqual([childColumn, parentColumn], [columns[child], columns[parent]]);
      for (let row = child + 1; row < parent; row++) assert.notEqual(columns[row], column, `seed ${seed}: row ${row}`);
    }
    for (const [index, one] of all.entries()) {
      for (const other of all.slice(index + 1)) {
        const overlap = Math.max(one.child, other.child) < Math.min(one.parent, other.parent);
        if (one.column === other.column && overlap) assert.equal(one.parent, other.parent, `seed ${seed}`);
      }
    }
  }
});

test('the edges of a window are those of the whole graph that touch it', () => {
  const random = new Random(5);
  const parents = randomParents(random, 6000, 900);
  const mask = Uint8Array.from({ length: 6000 }, () => (random.chance(0.7) ? 1 : 0));
  for (const view of [viewOf(parents), viewOf(parents, mask)]) {
    const all = edgesOf(view.window(0, view.rows).edges);
    for (let i = 0; i < 40; i++) {
      const first = random.below(view.rows);
      const count = 1 + random.below(80);
      const { edges, revisions } = view.window(first, count);
      const last = first + revisions.length - 1;
      const expected = all.filter(({ child, parent }) => child <= last && parent >= first);
      assert.deepEqual(sorted(edgesOf(edges)), sorted(expected));
      assert.equal(view.rowOf(revisions[0]!), first);
    }
  }
});

function sorted(edges: readonly Edge[]): Edge[] {
  return [...edges].sort((a, b) => a.child - b.child || a.parent - b.parent);
}

test('a filtered graph joins each changeset with its nearest ancestors', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = new Random(seed);
    const count = 2 + random.below(20);
    const parents = randomParents(random, count, 6);
    const mask = Uint8Array.from({ length: count }, () => random.below(2));
    const view = viewOf(parents, mask);
    const { edges, revisions } = view.window(0, count);
    const actual = edgesOf(edges).map(
      ({ child, parent, isDashed }) => `${revisions[child]!}-${revisions[parent]!}${isDashed ? ' past others' : ''}`,
    );
    assert.deepEqual(actual.sort(), expectedEdges(parents, mask).sort(), `seed ${seed}`);
  }
});

/** By search from each changeset, and without a limit. */
function expectedEdges(parents: Int32Array, mask: Uint8Array): string[] {
  const expected: string[] = [];
  for (let revision = 0; revision < mask.length; revision++) {
    if (mask[revision] === 0) continue;
    const direct = new Set([parents[revision * 2]!, parents[revision * 2 + 1]!].filter(parent => parent >= 0));
    const found = new Set<number>();
    const pending = [...direct];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (mask[next] === 1) found.add(next);
      else pending.push(...[parents[next * 2]!, parents[next * 2 + 1]!].filter(parent => parent >= 0));
    }
    for (const parent of found) expected.push(`${revision}-${parent}${direct.has(parent) ? '' : ' past others'}`);
  }
  return expected;
}

test('new changesets move few old ones', () => {
  const random = new Random(7);
  const { parents } = typicalHistory(random, 30_000);
  const before = viewOf(parents.subarray(0, 29_000 * 2));
  const after = viewOf(parents);
  let moved = 0;
  const old = before.window(0, before.rows).columns;
  const now = after.window(after.rows - before.rows, before.rows).columns;
  for (const [row, column] of old.entries()) if (now[row] !== column) moved++;
  assert.ok(moved < 29_000 * 0.02, `${moved} moved`);
  assert.ok(after.width < 40, `${after.width} columns`);
});

/** A dozen branches at a time, each merged after some changesets. */
function typicalHistory(random: Random, count: number): { readonly parents: Int32Array } {
  const parents = new Int32Array(count * 2).fill(-1);
  let trunk = 0;
  const open: number[] = [];
  for (let at = 1; at < count; at++) {
    if (open.length < 12 && random.chance(0.15)) {
      parents[at * 2] = trunk;
      open.push(at);
    } else if (open.length > 0 && random.chance(0.6)) {
      const which = random.below(open.length);
      parents[at * 2] = open[which]!;
      open[which] = at;
    } else if (open.length > 0 && random.chance(0.4)) {
      const [merged] = open.splice(random.below(open.length), 1);
      parents[at * 2] = trunk;
      parents[at * 2 + 1] = merged!;
      trunk = at;
    } else {
      parents[at * 2] = trunk;
      trunk = at;
    }
  }
  return { parents };
}
