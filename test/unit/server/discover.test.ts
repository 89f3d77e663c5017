import assert from 'node:assert/strict';
import * as path from 'node:path';
import { test } from 'node:test';
import { Vfs } from '../../../src/files/vfs.ts';
import { discoverRepositories } from '../../../src/server/discover.ts';
import { temporaryDirectory } from '../../support/temporaryDirectory.ts';

test('repositories at, above and below a folder', t => {
  const directory = temporaryDirectory(t);
  for (const at of ['', 'a', 'a/b/c', 'node_modules/x', 'out/deep/y', 'tmp-1']) directory.mkdir(path.join(at, '.hg'));
  directory.write('not/.hg', 'a file');
  directory.symlink('a', 'link');
  const found = (folder: string, depth: number, ignored: string[] = []): string[] =>
    discoverRepositories(new Vfs(), path.join(directory.root, folder), depth, ignored).map(root =>
      path.relative(directory.root, root),
    );
  assert.deepEqual(found('', 0), ['']);
  assert.deepEqual(found('', 1), ['', 'a', 'tmp-1']);
  assert.deepEqual(found('', 5), ['', 'a', 'a/b/c', 'node_modules/x', 'out/deep/y', 'tmp-1']);
  assert.deepEqual(found('', 5, ['node_modules', 'out/**', 'tmp-*']), ['', 'a', 'a/b/c']);
  assert.deepEqual(found('', 5, ['**/b']), ['', 'a', 'node_modules/x', 'out/deep/y', 'tmp-1']);
  assert.deepEqual(found('a/b', 0), ['a']);
});
