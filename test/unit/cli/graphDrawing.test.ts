// Drawings of graphs, with the ends of edges. test/differential/cliLogGraph.test.ts compares random ones with hg.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_STYLES, GraphDrawing, PLAIN_STYLES, type DrawnNode } from '../../../src/cli/log/graphDrawing.ts';

const NODES: readonly DrawnNode[] = [
  { revision: 9, symbol: 'o', edges: [{ to: 4, kind: 'parent' }] },
  { revision: 8, symbol: 'o', edges: [{ to: 2, kind: 'ancestor' }] },
  { revision: 4, symbol: 'o', edges: [{ to: 3, kind: 'missing' }] },
  { revision: 2, symbol: '@', edges: [] },
];

function drawn(nodes: readonly DrawnNode[], drawing: GraphDrawing, text: readonly string[] = []): string[] {
  return nodes.flatMap(node =>
    drawing
      .draw(node, () => [String(node.revision), ...text])
      .split('\n')
      .slice(0, -1),
  );
}

test('a column moves to the left where an edge ends', () => {
  const expected = ['o  9', '|', '| o  8', '| :', 'o :  4', '| :', '~ :', ' /', '@  2', ''];
  assert.deepEqual(drawn(NODES, new GraphDrawing(DEFAULT_STYLES)), expected);
});

test('a script sees edges that go on', () => {
  const expected = ['o  9', '|', '| o  8', '| |', 'o |  4', '| |', '| @  2', '|'];
  assert.deepEqual(drawn(NODES, new GraphDrawing(PLAIN_STYLES)), expected);
});

test('a changeset with four parents gets its columns one after the other', () => {
  const edges = [3, 2, 1, 0].map(to => ({ to, kind: 'ancestor' as const }));
  const drawing = new GraphDrawing(PLAIN_STYLES);
  const [first = ''] = drawn([{ revision: 5, symbol: 'o', edges }], drawing);
  assert.equal(first, 'o    5');
});

test('the text is told how many columns the drawing takes', () => {
  const drawing = new GraphDrawing(PLAIN_STYLES);
  const indents = NODES.map(node => {
    let columns = 0;
    drawing.draw(node, indent => {
      columns = indent;
      return [];
    });
    return columns;
  });
  assert.deepEqual(indents, [3, 5, 5, 5]);
});
