// The drawing of the graph's rows: the visible ones, their lines, and their sentences for screen readers.
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const MEDIA = new URL('../../../media/graph/', import.meta.url);

interface Rows {
  windowOf(scrollTop: number, height: number, total: number): { first: number; count: number };
  linesOf(row: number, edges: readonly number[], columns: number): { path: string; color: number; isDashed: boolean }[];
  sentenceOf(row: object, texts: Readonly<Record<string, string>>, when: string): string;
  shapeOf(row: object): string;
}

const rows = (await import(new URL('rows.mjs', MEDIA).href)) as Rows;

test('a window has the visible rows and some around them, wherever it is', () => {
  assert.deepEqual(rows.windowOf(0, 220, 500_000), { first: 0, count: 50 });
  assert.deepEqual(rows.windowOf(22 * 400_000, 220, 500_000), { first: 399_980, count: 50 });
  assert.deepEqual(rows.windowOf(22 * 499_990, 220, 500_000), { first: 499_970, count: 30 });
  assert.equal(rows.windowOf(0, 100_000, 500_000).count, 200);
  assert.deepEqual(rows.windowOf(0, 220, 0), { first: 0, count: 0 });
});

test('an edge begins at its child, runs in its column, and ends at its parent', () => {
  const edges = [2, 5, 0, 3, 1, 4 + 256];
  const path = (row: number): string | undefined => rows.linesOf(row, edges, 12)[0]?.path;
  assert.equal(path(1), undefined);
  assert.match(path(2) ?? '', /^M8 11C.* 44 22$/);
  assert.equal(path(3), 'M44 0V22');
  assert.match(path(5) ?? '', /^M44 0C.* 20 11$/);
  assert.equal(path(6), undefined);
  assert.deepEqual(
    rows.linesOf(3, edges, 12).map(({ color, isDashed }) => [color, isDashed]),
    [[4, true]],
  );
  assert.equal(rows.linesOf(3, edges, 2)[0]?.path, 'M32 0V22');
});

test('a sentence names everything that the picture shows', () => {
  const row = {
    ...{ parents: [1, 2], revision: 7, user: 'Ann <ann@example.org>', phase: 'draft', instabilities: ['orphan'] },
    ...{ branch: 'stable', bookmarks: ['mark'], tags: ['v1'], topic: 'x', isWorkingParent: true, summary: 'Fix it' },
  };
  const texts = {
    ...{ merge: 'Merge', changeset: 'Changeset', branch: 'branch {0}', bookmark: 'bookmark {0}', tag: 'tag {0}' },
    ...{ topic: 'topic {0}', workingParent: 'current', hidden: 'hidden', obsolete: 'obsolete' },
    closesBranch: 'closes branch',
  };
  assert.equal(
    rows.sentenceOf(row, texts, '3 days ago'),
    'Merge 7, Ann, 3 days ago, current, draft, orphan, branch stable, bookmark mark, tag v1, topic x: Fix it',
  );
  const faded = { ...row, parents: [], phase: 'secret', isHidden: true, isObsolete: true, closesBranch: true };
  assert.equal(
    rows.sentenceOf({ ...faded, bookmarks: [], tags: [], topic: undefined, isWorkingParent: false }, texts, 'now'),
    'Changeset 7, Ann, now, secret, hidden, obsolete, closes branch, orphan, branch stable: Fix it',
  );
  assert.deepEqual(
    ['public', 'draft', 'secret'].map(phase => rows.shapeOf({ phase })),
    ['public', 'draft', 'secret'],
  );
  assert.equal(rows.shapeOf({ phase: 'draft', isObsolete: true }), 'obsolete');
});

test('a screen reader gets each name as it is, whatever a replacement would make of it', () => {
  const name = "$& $$(flame) $' $` {0}";
  const texts = { branch: 'branch {0}', bookmark: 'bookmark {0}', tag: 'tag {0}', topic: 'topic {0}' };
  const names = { branch: name, bookmarks: [name], tags: [name], topic: name };
  const row = { ...names, revision: 7, parents: [], instabilities: [], user: name, summary: name, phase: 'draft' };
  const sentence = rows.sentenceOf(row, { ...texts, changeset: 'Changeset' }, 'now');
  const shown = ['branch', 'bookmark', 'tag', 'topic'].map(kind => `${kind} ${name}`).join(', ');
  assert.equal(sentence, `Changeset 7, ${name}, now, draft, ${shown}: ${name}`);
});

test('the page is small, and draws text only as text', () => {
  const files = ['graph.mjs', 'place.mjs', 'rows.mjs', 'graph.css'].map(name => fileURLToPath(new URL(name, MEDIA)));
  assert.ok(files.reduce((sum, file) => sum + statSync(file).size, 0) < 60_000);
  const script = readFileSync(files[0]!, 'utf8');
  assert.doesNotMatch(script, /innerHTML|insertAdjacentHTML|outerHTML|document\.write/);
});
