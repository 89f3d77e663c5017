import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controlDirectoryEvent, pathKey, RootMap } from '../../../src/extension/rootMap.ts';

test('the deepest root above a file wins', () => {
  const roots = new RootMap<string>();
  roots.set('/work/outer', 'outer');
  roots.set('/work/outer/vendor/inner', 'inner');
  assert.deepEqual(roots.locate('/work/outer/a/b'), { value: 'outer', path: 'a/b' });
  assert.deepEqual(roots.locate('/work/outer/vendor/inner/x'), { value: 'inner', path: 'x' });
  assert.deepEqual(roots.locate('/work/outer/vendor/inner'), { value: 'inner', path: '' });
  assert.deepEqual(roots.locate('/work/outer/vendor/inner2'), { value: 'outer', path: 'vendor/inner2' });
  assert.equal(roots.locate('/work/outermost'), undefined);
  assert.equal(roots.locate('/work'), undefined);
  roots.delete('/work/outer/vendor/inner/');
  assert.deepEqual(roots.locate('/work/outer/vendor/inner/x'), { value: 'outer', path: 'vendor/inner/x' });
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
