// Within a directory, all stats come before any content is read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytePath, ROOT_PATH, type BytePath } from '../../../src/base/bytePath.ts';
import { VerdictCache } from '../../../src/status/contentComparison.ts';
import { TreeScan } from '../../../src/status/treeScan.ts';
import { newWorkCounters, type Status, type StatusInput, type StatusSink } from '../../../src/status/types.ts';
import { WorkingTree } from '../../../src/status/workingTree.ts';
import { fakeInput } from '../../support/fakeStatCache.ts';
import { OLD_SECONDS, temporaryDirectory } from '../../support/temporaryDirectory.ts';

/** Scans `paths`, and notes for each comparison of content how many stats and directory reads came before it. */
function comparisons(input: StatusInput, begin: (scan: TreeScan, tree: WorkingTree, sink: StatusSink) => void) {
  const outcome = newWorkCounters();
  const compared: [path: BytePath, stats: number, directoriesRead: number][] = [];
  const found: [path: BytePath, status: Status][] = [];
  const base = {
    find: (path: BytePath) => {
      compared.push([path, outcome.stats, outcome.directoriesRead]);
      return undefined;
    },
  };
  const tree = new WorkingTree(input.root, outcome);
  const sink = { entry: (path: BytePath, status: Status) => void found.push([path, status]) };
  const scan = new TreeScan({ ...input, base }, { ignored: 'none', clean: true }, tree, new VerdictCache());
  begin(scan, tree, sink);
  while (scan.step(sink) !== undefined);
  return { compared, found: found.sort() };
}

const ENTRIES = [
  { path: 'a' },
  { path: 'b', size: 1, mtime: OLD_SECONDS },
  { path: 'c' },
  { path: 'd', size: 1, mtime: OLD_SECONDS },
  { path: 'sub/e' },
  { path: 'sub/f', size: 1, mtime: OLD_SECONDS },
];
const FILES = { a: '1', b: '1', c: '1', d: '1', 'sub/e': '1', 'sub/f': '1' };

test('contents of a directory are compared after its last stat, and before the next directory is read', t => {
  const directory = temporaryDirectory(t).files(FILES);
  const { compared, found } = comparisons(fakeInput({ root: directory.root, entries: ENTRIES }), scan =>
    scan.addDirectory(ROOT_PATH, false),
  );
  assert.deepEqual(compared, [
    ['a', 4, 1],
    ['c', 4, 1],
    ['sub/e', 6, 2],
  ]);
  assert.deepEqual(found, [
    ['a', 'modified'],
    ['b', 'clean'],
    ['c', 'modified'],
    ['d', 'clean'],
    ['sub/e', 'modified'],
    ['sub/f', 'clean'],
  ]);
});

test('the same holds for what is recorded in an excluded directory, and a single path is compared at once', t => {
  const directory = temporaryDirectory(t).files(FILES);
  const input = fakeInput({ root: directory.root, entries: ENTRIES, excluded: ['sub'] });
  const { compared } = comparisons(input, (scan, tree, sink) => {
    const a = bytePath('a');
    scan.examine(a, tree.lstat(a), { inIgnored: false }, sink);
    const sub = bytePath('sub');
    scan.examineRecorded(sub, tree.lstat(sub), sink);
  });
  // The single path; then the directory, whether it is a repository, and its two files.
  assert.deepEqual(compared, [
    ['a', 1, 0],
    ['sub/e', 5, 0],
  ]);
});
