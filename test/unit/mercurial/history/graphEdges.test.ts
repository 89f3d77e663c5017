// The table of edges that are open at certain places: the first rows of a graph do not wait for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finish } from '../../../../src/mercurial/annotate/finish.ts';
import { layOutLanes } from '../../../../src/mercurial/history/chainLanes.ts';
import { GraphEdges } from '../../../../src/mercurial/history/graphEdges.ts';
import { shownGraph } from '../../../../src/mercurial/history/shownGraph.ts';

test('the newest rows need no table of edges, and older ones find the long edges in it', () => {
  const count = 5000;
  // The newest changeset is a merge with the oldest one.
  const parents = Int32Array.from({ length: count * 2 }, (_, at) => (at % 2 === 0 ? at / 2 - 1 : -1));
  parents[count * 2 - 1] = 0;
  const shown = finish(shownGraph(count, parents, undefined));
  const edges = new GraphEdges(shown, finish(layOutLanes(shown, index => index)), () => false);
  const pairs = (low: number, high: number): unknown => {
    const found = edges.window(low, high);
    return Array.from({ length: found.length / 6 }, (_, at) => [found[at * 6], found[at * 6 + 1]]);
  };
  const long = [4999, 0];
  assert.deepEqual(pairs(4999, 4999), [[4999, 4998], long]);
  const kept = (): number => edges.kept;
  assert.equal(kept(), 0);
  assert.deepEqual(pairs(300, 300), [long, [301, 300], [300, 299]]);
  assert.equal(kept(), 8, 'two at each of four places');
});
