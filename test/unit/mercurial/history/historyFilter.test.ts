// Filters: that one which selects all changesets is known as such, because a graph of all is laid out faster.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finish } from '../../../../src/mercurial/annotate/finish.ts';
import { revisionMask, type HistoryFilter } from '../../../../src/mercurial/history/historyFilter.ts';
import { shownGraph, type ShownGraph } from '../../../../src/mercurial/history/shownGraph.ts';
import { Random } from '../../../support/random.ts';

/** Three changesets, one on top of the other; the last one is a draft. */
function mask(filter: HistoryFilter, hidden: readonly number[] = []): number[] | undefined {
  const found = revisionMask(filter, {
    count: 3,
    parents: Int32Array.of(-1, -1, 0, -1, 1, -1),
    phases: Uint8Array.of(0, 0, 1),
    hidden: new Set(hidden),
    workingParents: [2, -1],
    relevant: () => Uint8Array.of(1, 1, 1),
  });
  return found && [...found];
}

test('a filter that leaves nothing out is no mask', () => {
  const ancestors = (revision: number): HistoryFilter => ({ kind: 'ancestors', revisions: [revision] });
  for (const filter of [{ kind: 'all' }, { kind: 'auto' }, ancestors(2)] as const) {
    assert.equal(mask(filter), undefined);
    assert.deepEqual(mask(filter, [2]), [1, 1, 0]);
  }
  assert.deepEqual(mask(ancestors(1)), [1, 1, 0]);
  assert.deepEqual(mask({ kind: 'drafts' }), [0, 1, 1]);
  assert.equal(mask({ kind: 'drafts' }, [7]) === undefined, false);
});

test('changesets with all their parents are joined alike with a mask and without one', () => {
  const random = new Random(14);
  for (let round = 0; round < 100; round++) {
    const count = 1 + random.below(40);
    const parents = Int32Array.from({ length: count * 2 }, (_, at) => {
      const revision = Math.floor(at / 2);
      return revision === 0 || random.chance(at % 2 === 0 ? 0.1 : 0.6) ? -1 : random.below(revision);
    });
    const shape = ({ parents: joined, more, revisions, cut }: ShownGraph): unknown => [joined, more, revisions, cut];
    const ones = finish(shownGraph(count, parents, new Uint8Array(count).fill(1)));
    assert.deepEqual(shape(ones), shape(finish(shownGraph(count, parents, undefined))));
    for (let child = 0; child < count; child++) {
      assert.deepEqual([ones.isIndirect(child, 0), ones.isIndirect(child, 1)], [false, false]);
    }
  }
});
