import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bytePath, compareBytes } from '../../../../src/base/bytePath.ts';
import {
  FlatManifest,
  ManifestText,
  TreeManifest,
  type ManifestEntry,
} from '../../../../src/mercurial/store/manifest.ts';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);
const C = 'c'.repeat(40);
const text = (lines: string): ManifestText => new ManifestText(Buffer.from(lines, 'latin1'), 'test');
const flat = (lines: string): FlatManifest => new FlatManifest(text(lines));

test('a flat manifest finds exactly the paths that it has', () => {
  const manifest = flat(`a\0${A}\na/b\0${B}x\na0\0${C}l\nz\xe9\0${A}\n`);
  const find = (path: string): ManifestEntry | undefined => manifest.find(bytePath(path));
  assert.deepEqual(find('a'), { node: A, flag: '' });
  assert.deepEqual(find('a/b'), { node: B, flag: 'x' });
  assert.deepEqual(find('a0'), { node: C, flag: 'l' });
  assert.deepEqual(find('z\xe9'), { node: A, flag: '' });
  for (const path of ['', 'A', 'a/', 'a/a', 'a/b/c', 'a1', 'z', '\xff']) assert.equal(find(path), undefined, path);
  assert.deepEqual(
    [...manifest.entries()].map(([path]) => path),
    ['a', 'a/b', 'a0', 'z\xe9'],
  );
  assert.equal(flat('').find(bytePath('a')), undefined);
  assert.deepEqual([...flat('').entries()], []);
});

test('any set of paths is found, any other is not', () => {
  const path = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '\xff', ' '), minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.uniqueArray(path, { maxLength: 40 }), fc.array(path), (paths, others) => {
      const sorted = [...paths].sort(compareBytes);
      const manifest = flat(sorted.map(each => `${each}\0${A}\n`).join(''));
      for (const each of [...paths, ...others]) {
        assert.equal(manifest.find(bytePath(each)) !== undefined, paths.includes(each), each);
      }
    }),
  );
});

test('damaged manifests are corrupt', () => {
  const a = bytePath('a');
  for (const lines of [
    `a\0${A}`,
    `a\0${'A'.repeat(40)}\n`,
    `a\0${A}y\n`,
    `a\0${A}lx\n`,
    `a\0aaaa\n`,
    'a\n',
    '\n',
    `\0${A}\n`,
    `a\0${A}t\n`,
  ]) {
    assert.throws(() => flat(lines).find(a), { code: 'corrupt' }, JSON.stringify(lines));
  }
});

test('a tree reads the directories on the way and no others', () => {
  const read: string[] = [];
  const directories: Record<string, string> = {
    '': `d\0${B}t\nf\0${A}\n`,
    d: `e\0${C}t\nx\0${A}x\n`,
    'd/e': `y\0${B}l\n`,
  };
  const manifest = new TreeManifest(A, (directory, node) => {
    read.push(`${directory}:${node[0]}`);
    return text(directories[directory]!);
  });
  const find = (path: string): ManifestEntry | undefined => manifest.find(bytePath(path));
  assert.deepEqual(find('f'), { node: A, flag: '' });
  assert.deepEqual(read.splice(0), [':a']);
  assert.deepEqual(find('d/x'), { node: A, flag: 'x' });
  assert.deepEqual(read.splice(0), [':a', 'd:b']);
  assert.deepEqual(find('d/e/y'), { node: B, flag: 'l' });
  assert.deepEqual(read.splice(0), [':a', 'd:b', 'd/e:c']);
  for (const path of ['d', 'd/e', 'g/x', 'f/x', 'd/e/z', 'd/e/y/z']) assert.equal(find(path), undefined, path);
  assert.deepEqual(
    [...manifest.entries()].map(([path]) => path),
    ['d/e/y', 'd/x', 'f'],
  );
});

test('a tree that was flat once has full paths in old texts', () => {
  const manifest = new TreeManifest(A, () => text(`a\0${A}\nd/e/f\0${B}x\n`));
  assert.deepEqual(manifest.find(bytePath('d/e/f')), { node: B, flag: 'x' });
  assert.equal(manifest.find(bytePath('d/e/g')), undefined);
  assert.deepEqual(
    [...manifest.entries()].map(([path]) => path),
    ['a', 'd/e/f'],
  );
});
