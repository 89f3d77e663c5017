import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytePath } from '../../../../src/base/bytePath.ts';
import type { ManifestDiffOptions } from '../../../../src/mercurial/history/manifestDiff.ts';
import { fileNode, makeHistory, type Fixture } from './historyFixture.ts';

const BEFORE = { 'a/b/x': '1', 'a/b/y': '1', 'a/z': '1', 'c/d/e': '1', 'c/f': '1', 'c-': '1', k: '1' };
const AFTER = { 'a/b/x': '1', 'a/b/y': '1', 'a/z': '2', 'c/d/e': '1', 'c/f': '1', 'c-': '1', 'm/n': '1' };

const names = new Map(['1', '2'].map(letter => [fileNode(letter), letter]));

function diff({ history }: Fixture, options: ManifestDiffOptions, from = 0, to = 1): string[] {
  const told: string[] = [];
  history.diff(from, to, options, (path, before, after) => {
    const letter = (node: string | undefined): string => names.get(node ?? '') ?? '-';
    told.push(`${path} ${letter(before?.node)}${letter(after?.node)}`);
  });
  return told.sort();
}

for (const isTree of [false, true]) {
  const kind = isTree ? 'tree' : 'flat';

  test(`${kind}: what differs, in both directions and against nothing`, t => {
    const fixture = makeHistory(t, [{ files: BEFORE }, { files: AFTER }], isTree);
    assert.deepEqual(diff(fixture, {}), ['a/z 12', 'k 1-', 'm/n -1']);
    assert.deepEqual(diff(fixture, {}, 1, 0), ['a/z 21', 'k -1', 'm/n 1-']);
    assert.equal(diff(fixture, {}, -1, 0).length, 7);
    assert.equal(diff(fixture, {}, 0, -1).length, 7);
    assert.deepEqual(diff(fixture, {}, 0, 0), []);
  });

  test(`${kind}: paths limit, as files and as directories`, t => {
    const fixture = makeHistory(t, [{ files: BEFORE }, { files: AFTER }], isTree);
    const of = (...paths: string[]): string[] => diff(fixture, { paths: paths.map(bytePath) });
    assert.deepEqual(of('a'), ['a/z 12']);
    assert.deepEqual(of('a/z'), ['a/z 12']);
    assert.deepEqual(of('a/b'), []);
    assert.deepEqual(of('m', 'm/n', 'k'), ['k 1-', 'm/n -1']);
    assert.deepEqual(of('c', 'nothing'), []);
    assert.deepEqual(of('k/below'), []);
    assert.deepEqual(of('', 'k'), ['a/z 12', 'k 1-', 'm/n -1']);
    assert.deepEqual(diff(fixture, { paths: [bytePath('c')], equal: true, hasPatterns: true }), ['c/d/e 11', 'c/f 11']);
  });

  test(`${kind}: a file in the place of a directory`, t => {
    const fixture = makeHistory(t, [{ files: { a: '1', 'a-': '1' } }, { files: { 'a-': '1', 'a/b': '2' } }], isTree);
    assert.deepEqual(diff(fixture, {}), ['a 1-', 'a/b -2']);
    assert.deepEqual(diff(fixture, { paths: [bytePath('a')] }), ['a 1-', 'a/b -2']);
    assert.deepEqual(diff(fixture, { paths: [bytePath('a/b')] }), ['a/b -2']);
  });
}

test('flat: equal files are told if asked for', t => {
  const fixture = makeHistory(t, [{ files: BEFORE }, { files: AFTER }], false);
  assert.equal(diff(fixture, { equal: true }).length, 8);
  assert.equal(diff(fixture, { equal: true }, 0, 0).length, 7);
});

test('flat: long stretches that are equal, and differences close together', t => {
  const files: Record<string, string> = {};
  for (let i = 0; i < 5000; i++) files[`f${String(i).padStart(5, '0')}`] = '1';
  const changed: Record<string, string> = {
    ...files,
    f00000: '2',
    f02500: '2',
    f02501: '2',
    f04999: '2',
    f02500x: '1',
  };
  delete changed['f02600'];
  const sorted = Object.fromEntries(Object.entries(changed).sort(([a], [b]) => (a < b ? -1 : 1)));
  const fixture = makeHistory(t, [{ files }, { files: sorted }], false);
  assert.deepEqual(diff(fixture, {}), ['f00000 12', 'f02500 12', 'f02500x -1', 'f02501 12', 'f02600 1-', 'f04999 12']);
});

test('tree: a directory with the same node on both sides is not read', t => {
  const fixture = makeHistory(t, [{ files: BEFORE }, { files: AFTER }], true);
  diff(fixture, {});
  // The changelog and the manifests of the root, of 'a' and of 'm'; not of 'a/b', 'c' and 'c/d'.
  assert.equal(fixture.store.counters.revlogsOpened, 4);
  // Two roots, two versions of 'a', one of 'm'; of the changesets only the first lines.
  assert.equal(fixture.store.counters.textsRebuilt, 5);
});

test('tree: only what is on the way to a path is read', t => {
  const fixture = makeHistory(t, [{ files: BEFORE }, { files: AFTER }], true);
  assert.deepEqual(diff(fixture, { paths: [bytePath('a/b/x')] }), []);
  assert.equal(fixture.store.counters.revlogsOpened, 3);
  assert.deepEqual(diff(fixture, { paths: [bytePath('c/d')] }), []);
  assert.equal(fixture.store.counters.revlogsOpened, 3);
  assert.equal(fixture.history.hasPath(0, bytePath('c/d/e')), true);
  assert.equal(fixture.history.hasPath(0, bytePath('c/d')), true);
  assert.equal(fixture.history.hasPath(0, bytePath('c/e')), false);
  assert.equal(fixture.store.counters.revlogsOpened, 5);
});

test('tree: equal files are told where their directory changed, or is not selected as a whole', t => {
  const fixture = makeHistory(t, [{ files: BEFORE }, { files: AFTER }], true);
  assert.deepEqual(diff(fixture, { equal: true }), ['a/z 12', 'c- 11', 'k 1-', 'm/n -1']);
  assert.deepEqual(diff(fixture, { equal: true, paths: [bytePath('c/f')] }), ['c/f 11']);
  const isChanged = (directory: string): boolean => directory === 'c';
  assert.deepEqual(diff(fixture, { equal: true, isChanged, paths: [bytePath('c')] }), ['c/f 11']);
  assert.equal(diff(fixture, { equal: true, hasPatterns: true }).length, 8);
});

test('a tree is compared with the flat manifest of an older changeset', t => {
  const fixture = makeHistory(t, [{ files: BEFORE, isFlat: true }, { files: AFTER }, { files: BEFORE }], true);
  assert.deepEqual(diff(fixture, {}), ['a/z 12', 'k 1-', 'm/n -1']);
  assert.deepEqual(diff(fixture, {}, 1, 0), ['a/z 21', 'k -1', 'm/n 1-']);
  assert.deepEqual(diff(fixture, {}, 0, 2), []);
  assert.deepEqual(diff(fixture, { paths: [bytePath('a/z'), bytePath('c')] }), ['a/z 12']);
  assert.equal(diff(fixture, { equal: true }, 0, 2).length, 7);
});
