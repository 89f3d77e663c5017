import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controlDirectoryEvent, pathKey, RootMap } from '../../../src/extension/common/rootMap.ts';

test('the deepest root above a file wins', () => {
  const roots = new RootMap<string>();
  roots.set('/home/ada/outer', 'outer');
  roots.set('/home/ada/outer/vendor/inner', 'inner');
  assert.deepEqual(roots.locate('/home/ada/outer/a/b'), { value: 'outer', path: 'a/b' });
  assert.deepEqual(roots.locate('/home/ada/outer/vendor/inner/x'), { value: 'inner', path: 'x' });
  assert.deepEqual(roots.locate('/home/ada/outer/vendor/inner'), { value: 'inner', path: '' });
  assert.deepEqual(roots.locate('/home/ada/outer/vendor/inner2'), { value: 'outer', path: 'vendor/inner2' });
  assert.equal(roots.locate('/home/ada/outermost'), undefined);
  assert.equal(roots.locate('/home/ada'), undefined);
  roots.delete('/home/ada/outer/vendor/inner/');
  assert.deepEqual(roots.locate('/home/ada/outer/vendor/inner/x'), { value: 'outer', path: 'vendor/inner/x' });
});

test('a drive letter counts the same in either case', () => {
  const roots = new RootMap<string>();
  roots.set('/C:/Code', 'code');
  assert.deepEqual(roots.locate('/c:/Code/x'), { value: 'code', path: 'x' });
  assert.equal(roots.locate('/c:/code/x'), undefined);
  assert.equal(pathKey('/D:/'), '/d:');
});

test('a repository at the root of the file system holds everything', () => {
  const roots = new RootMap<string>();
  roots.set('/', 'all');
  assert.deepEqual(roots.locate('/etc/hosts'), { value: 'all', path: 'etc/hosts' });
  assert.deepEqual(roots.locate('/'), { value: 'all', path: '' });
});

test('events below .hg are told from those of the working copy', () => {
  assert.deepEqual(controlDirectoryEvent('.hg'), { parent: '', itself: true });
  assert.deepEqual(controlDirectoryEvent('.hg/dirstate'), { parent: '', itself: false });
  assert.deepEqual(controlDirectoryEvent('sub/.hg'), { parent: 'sub', itself: true });
  assert.deepEqual(controlDirectoryEvent('a/sub/.hg/store/00changelog.i'), { parent: 'a/sub', itself: false });
  assert.equal(controlDirectoryEvent('.hgignore'), undefined);
  assert.equal(controlDirectoryEvent('a/x.hg'), undefined);
  assert.equal(controlDirectoryEvent('a.hg/b'), undefined);
});

test('the repository around another one is not that one itself', () => {
  const map = new RootMap<string>();
  map.set('/home/ada', 'outer');
  map.set('/home/ada/libs/one', 'inner');
  map.set('/home/ada/libs/one/two', 'inmost');
  assert.deepEqual(map.locateAround('/home/ada/libs/one/two'), { value: 'inner', path: 'two' });
  assert.deepEqual(map.locateAround('/home/ada/libs/one'), { value: 'outer', path: 'libs/one' });
  assert.equal(map.locateAround('/home/ada'), undefined);
  assert.equal(map.locateAround('/'), undefined);
});
