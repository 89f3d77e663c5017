import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CappedList, orderKey, portion } from '../../../src/extension/scm/cappedList.ts';

function listOf(limit: number): CappedList<string> {
  return new CappedList<string>(limit, (path, version) => `${path}=${version}`);
}

test('rows are ordered with files before folders at each level', () => {
  const list = listOf(10);
  for (const path of ['b/z', 'a/b/c', 'B', 'a/x', 'a-b/x', 'a', 'c']) list.put(path, '1');
  assert.deepEqual(list.values, ['a=1', 'B=1', 'c=1', 'a/x=1', 'a/b/c=1', 'a-b/x=1', 'b/z=1']);
});

test('paths that differ in case only have rows of their own', () => {
  const list = listOf(10);
  list.put('Readme', '1');
  list.put('README', '1');
  assert.deepEqual(list.values, ['README=1', 'Readme=1']);
  assert.notEqual(orderKey('Readme'), orderKey('README'));
  list.delete('README');
  assert.deepEqual(list.values, ['Readme=1']);
});

test('a row is made anew only if its version is another', () => {
  const list = listOf(10);
  assert.equal(list.put('a', '1'), true);
  assert.equal(list.put('a', '1'), false);
  assert.equal(list.put('a', '2'), true);
  assert.deepEqual(list.values, ['a=2']);
  assert.equal(list.delete('a'), true);
  assert.equal(list.delete('a'), false);
});

test('what does not fit is counted, and moves up when there is room', () => {
  const list = listOf(2);
  for (const path of ['a', 'b', 'c', 'd']) list.put(path, '1');
  assert.deepEqual([list.values, list.total, list.leftOut], [['a=1', 'b=1'], 4, 2]);
  assert.equal(list.put('c', '2'), false);
  list.delete('a');
  assert.deepEqual([list.values, list.total, list.leftOut], [['b=1', 'c=2'], 3, 1]);
  list.delete('d');
  assert.deepEqual([list.values, list.total, list.leftOut], [['b=1', 'c=2'], 2, 0]);
});

test('rows beyond a lower limit go at once', () => {
  const list = listOf(3);
  for (const path of ['a', 'b', 'c', 'd']) list.put(path, '1');
  assert.deepEqual(list.setLimit(1), []);
  assert.deepEqual([list.values, list.leftOut], [['a=1'], 3]);
});

test('a higher limit makes no rows in one go: each is made when its path is put again', () => {
  let made = 0;
  const list = new CappedList<string>(1, path => `${path} ${++made}`);
  for (const path of ['a', 'b', 'c', 'd']) list.put(path, '1');
  const waiting = list.setLimit(3);
  assert.deepEqual([waiting, made, list.leftOut, list.total], [['b', 'c', 'd'], 1, 1, 4]);
  list.delete('a');
  assert.deepEqual([list.values, made, list.leftOut], [['b 2'], 2, 0]);
  assert.deepEqual([list.put('b', '1'), list.put('c', '1'), list.put('d', '1')], [false, true, true]);
  assert.deepEqual([list.values, made, list.total], [['b 2', 'c 3', 'd 4'], 4, 3]);
});

test('after any sequence of changes it shows as many of the paths as fit, in order, with their last versions', () => {
  const path = fc.constantFrom('a', 'b', 'c', 'd/a', 'd/b', 'd/e/f', 'D/a', 'd', 'x y');
  const change = fc.record({ path, version: fc.constantFrom('1', '2'), remove: fc.boolean() });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(change, { maxLength: 40 }), (limit, changes) => {
      const list = listOf(limit);
      const expected = new Map<string, string>();
      for (const { path, version, remove } of changes) {
        if (remove) {
          assert.equal(list.delete(path), expected.delete(path));
        } else {
          expected.set(path, version);
          list.put(path, version);
        }
      }
      const shown = list.values.map(value => value.split('=') as [string, string]);
      assert.equal(list.total, expected.size);
      assert.equal(shown.length, Math.min(limit, expected.size));
      for (const [path, version] of shown) assert.equal(version, expected.get(path));
      const keys = shown.map(([path]) => orderKey(path));
      assert.deepEqual(keys, [...new Set(keys)].sort());
      assert.deepEqual(list.paths().sort(), [...expected.keys()].sort());
    }),
  );
});

test('10,000 rows cost less than a slice for each thousand', () => {
  const list = listOf(10_000);
  const start = process.cpuUsage();
  for (let i = 0; i < 20_000; i++) list.put(`src/folder${i % 97}/file${(i * 7919) % 20_011}.ts`, 'modified');
  // Processor time, so that other programs do not count.
  const took = process.cpuUsage(start).user / 1000;
  assert.equal(list.values.length, 10_000);
  assert.equal(list.leftOut, 10_000);
  // About 40 ms on a slow machine; quadratic work would take seconds.
  assert.ok(took < 1_000, `${took} ms`);
});

/** How VS Code compares rows (`comparePaths` in src/vs/base/common/comparers.ts, for paths whose case counts). */
const names = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
function comparePaths(one: string, other: string): number {
  const a = one.split('/');
  const b = other.split('/');
  for (let level = 0; ; level++) {
    const endsA = level === a.length - 1;
    const endsB = level === b.length - 1;
    const [partA, partB] = [a[level]!, b[level]!];
    if (endsA && endsB) return names.compare(partA, partB) || (partA < partB ? -1 : partA > partB ? 1 : 0);
    if (endsA) return -1;
    if (endsB) return 1;
    if (partA !== partB) return partA < partB ? -1 : 1;
  }
}

test('rows are ordered so that VS Code, which sorts them again, compares each with the next only', () => {
  const paths: string[] = [];
  for (const folder of ['lib', 'Zoo', 'src/Main', 'src/app', 'src/app/10', 'src/app/9']) {
    for (let file = 0; file < 120; file++) paths.push(`${folder}/${file % 2 === 0 ? 'File' : 'file'}${file}.txt`);
  }
  const keys = new Map(paths.map(path => [path, orderKey(path)]));
  const ordered = paths.sort((a, b) => (keys.get(a)! < keys.get(b)! ? -1 : 1));
  let comparisons = 0;
  const sorted = [...ordered].sort((a, b) => {
    comparisons++;
    return comparePaths(a, b);
  });
  assert.deepEqual(ordered, sorted);
  assert.equal(comparisons, paths.length - 1);
});

test('a list grows by a portion at a time, and keeps what is shown and still there', () => {
  const all = ['a', 'b', 'c', 'd', 'e'];
  assert.deepEqual(portion(all, new Set(), 2), { values: ['a', 'b'], added: 2 });
  assert.deepEqual(portion(all, new Set(['d', 'gone']), 2), { values: ['a', 'b', 'd'], added: 2 });
  assert.deepEqual(portion(all, new Set(['d']), 0), { values: ['d'], added: 0 });
  assert.deepEqual(portion(all, new Set(['b', 'd']), 9), { values: all, added: 3 });
});
