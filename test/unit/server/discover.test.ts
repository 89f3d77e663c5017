import assert from 'node:assert/strict';
import * as path from 'node:path';
import { test } from 'node:test';
import { Vfs } from '../../../src/files/vfs.ts';
import { systemsOf } from '../../../src/backends/systems.ts';
import { discoverRepositories } from '../../../src/server/discover.ts';
import { temporaryDirectory } from '../../support/temporaryDirectory.ts';

test('repositories at, above and below a folder', t => {
  const directory = temporaryDirectory(t);
  for (const at of ['', 'a', 'a/b/c', 'node_modules/x', 'out/deep/y', 'tmp-1']) directory.mkdir(path.join(at, '.hg'));
  directory.write('not/.hg', 'a file');
  directory.symlink('a', 'link');
  const found = (folder: string, depth: number, ignored: string[] = []): string[] =>
    discoverRepositories(new Vfs(), systemsOf(['hg']), path.join(directory.root, folder), depth, ignored).map(
      ({ root }) => path.relative(directory.root, root),
    );
  assert.deepEqual(found('', 0), ['']);
  assert.deepEqual(found('', 1), ['', 'a', 'tmp-1']);
  assert.deepEqual(found('', 5), ['', 'a', 'a/b/c', 'node_modules/x', 'out/deep/y', 'tmp-1']);
  assert.deepEqual(found('', 5, ['node_modules', 'out/**', 'tmp-*']), ['', 'a', 'a/b/c']);
  assert.deepEqual(found('', 5, ['**/b']), ['', 'a', 'node_modules/x', 'out/deep/y', 'tmp-1']);
  assert.deepEqual(found('a/b', 0), ['a']);
});

test('repositories of several systems, each of a system that is wanted', t => {
  const directory = temporaryDirectory(t);
  for (const at of ['hg', 'both', 'both/hg']) directory.mkdir(path.join(at, '.hg'));
  for (const at of ['git', 'both', 'hg/git']) {
    directory.write(`${at}/.git/HEAD`, 'ref: refs/heads/main\n');
    for (const name of ['objects', 'refs']) directory.mkdir(`${at}/.git/${name}`);
  }
  directory.mkdir('empty/.git');
  const found = (systems: string[], folder = ''): string[] =>
    discoverRepositories(new Vfs(), systemsOf(systems), path.join(directory.root, folder), 2, []).map(
      ({ root, system }) => `${system} ${path.relative(directory.root, root)}`,
    );
  assert.deepEqual(found(['hg', 'svn']), ['hg both', 'hg both/hg', 'hg hg']);
  assert.deepEqual(found(['hg', 'git']), ['hg both', 'hg both/hg', 'git git', 'hg hg', 'git hg/git']);
  assert.deepEqual(found(['git', 'hg']), ['git both', 'hg both/hg', 'git git', 'hg hg', 'git hg/git']);
  assert.deepEqual(found(['git', 'hg'], 'hg'), ['hg hg', 'git hg/git']);
  assert.deepEqual(found(['git'], 'both/hg'), ['git both']);
  assert.deepEqual(found([]), []);
});
