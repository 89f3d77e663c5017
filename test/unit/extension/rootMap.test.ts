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

test('a folder behind a link is found below the root, in the deepest repository, by both of its paths', () => {
  const map = new RootMap<string>();
  map.set('/real/repo', 'repo');
  map.set('/real/repo/sub/nested', 'nested');
  map.set('/outer', 'outer');
  assert.equal(map.setAlias('/site', '/real/repo/sub'), true);
  assert.equal(map.setAlias('/site/', '/real/repo/sub'), false);
  assert.equal(map.setAlias('/real/repo', '/real/repo'), false);
  map.setAlias('/outer/inside', '/real/repo');
  map.setAlias('/outer/stale', '/gone/repo');
  assert.deepEqual(map.locate('/site/a.txt'), { value: 'repo', path: 'sub/a.txt' });
  assert.deepEqual(map.locate('/site'), { value: 'repo', path: 'sub' });
  assert.deepEqual(map.locate('/site/nested/x'), { value: 'nested', path: 'x' });
  assert.equal(map.locate('/sites/a.txt'), undefined);
  assert.deepEqual(map.locate('/outer/inside/b'), { value: 'repo', path: 'b' });
  assert.deepEqual(map.locate('/outer/stale/b'), { value: 'outer', path: 'stale/b' });
  assert.deepEqual(map.aliasesOf('/real/repo/sub/a.txt'), ['/site/a.txt', '/outer/inside/sub/a.txt']);
  assert.deepEqual(map.aliasesOf('/real/repository'), []);
  assert.equal(map.unaliased('/site/a'), '/real/repo/sub/a');
  map.clearAliases();
  assert.equal(map.locate('/site/a.txt'), undefined);
});
