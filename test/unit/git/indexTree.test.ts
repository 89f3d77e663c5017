import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { QuicksilverError } from '../../../src/base/errors.ts';
import { decodeIndex } from '../../../src/git/index/decodeIndex.ts';
import { EntryListBuilder, pathOf, type EntryList } from '../../../src/git/index/entryList.ts';
import { buildIndexTree, type IndexTree } from '../../../src/git/index/indexTree.ts';
import { SHA1 } from '../../../src/git/objects/objectFormat.ts';

const SEEDS = path.join(import.meta.dirname, '..', '..', 'fixtures', 'seeds', 'gitIndex');
const OPTIONS = { format: SHA1, file: 'index', writtenAt: 0, owner: undefined, shared: false };

function entriesOf(paths: readonly string[]): EntryList {
  const builder = new EntryListBuilder();
  const names = Buffer.from(paths.join(''), 'latin1');
  builder.addSource({ bytes: Buffer.alloc(64), names });
  let at = 0;
  for (const each of paths) {
    builder.add(0, at, each.length);
    at += each.length;
  }
  return builder.build();
}

/** The paths of all nodes, each directory's children in their order. */
function walk(tree: IndexTree, node = 0): string[] {
  const found: string[] = [];
  const first = tree.firstChild[node]!;
  for (let child = first; child < first + tree.childCount[node]!; child++) {
    const start = tree.pathOffset[child]!;
    found.push(tree.bytes.toString('latin1', start, start + tree.pathLength[child]!), ...walk(tree, child));
  }
  return found;
}

test('children are ordered by their names, although the index orders directories as if they ended in a slash', () => {
  const tree = buildIndexTree(entriesOf(['a-', 'a-b/x', 'a.c', 'a/b', 'a/c/d', 'a0']), OPTIONS);
  assert.deepEqual(walk(tree), ['a', 'a/b', 'a/c', 'a/c/d', 'a-', 'a-b', 'a-b/x', 'a.c', 'a0']);
  assert.equal(tree.entryCount, 6);
});

test('entries out of order, for directories, and at the path of another one are unsupported, impossible names are corrupt', () => {
  for (const paths of [['a', 'a', 'b'], ['b', 'a'], ['a', 'a-', 'a/b'], ['a/'], ['a/b', 'b/']]) {
    assert.throws(
      () => buildIndexTree(entriesOf(paths), OPTIONS),
      (error: unknown) => error instanceof QuicksilverError && error.code === 'unsupported',
      paths.join(' '),
    );
  }
  for (const paths of [['a//b'], ['a//'], ['/'], ['a/../b'], ['.git/x'], ['x/.GIT'], ['']]) {
    assert.throws(
      () => buildIndexTree(entriesOf(paths), OPTIONS),
      (error: unknown) => error instanceof QuicksilverError && error.code === 'corrupt',
      paths.join(' '),
    );
  }
});

test('indexes that git wrote decode to the same paths in versions 2 and 4', () => {
  const paths = (name: string): string[] => {
    const { entries } = decodeIndex(fs.readFileSync(path.join(SEEDS, name)), SHA1, name, true);
    return Array.from({ length: entries.count }, (_, i) => pathOf(entries, i));
  };
  assert.deepEqual(paths('v4.bin'), paths('v2.bin'));
  assert.ok(paths('v2.bin').includes('a/b/c'));
});
