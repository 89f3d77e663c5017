import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { test } from 'node:test';
import { Vfs } from '../../../src/files/vfs.ts';
import { systemsOf } from '../../../src/backends/systems.ts';
import { discoverRepositories, locateFile, locateRepository, mergeLocated } from '../../../src/server/discover.ts';
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

test('a folder behind a link is in the repository in which hg would find it, with the spelling of the user', t => {
  const directory = temporaryDirectory(t);
  for (const at of ['real/repo/.hg', 'real/repo/sub/deep', 'outer/.hg', 'plain']) directory.mkdir(at);
  directory.symlink('real/repo/sub', 'site');
  directory.symlink('real/repo', 'link');
  directory.symlink('real', 'all');
  directory.symlink('../real/repo/sub', 'outer/inside');
  directory.symlink('../plain', 'outer/elsewhere');
  const at = (name: string): string => path.join(directory.root, name);
  const located = (folder: string): unknown => {
    const found = locateRepository(new Vfs(), systemsOf(['hg']), at(folder));
    return (
      found && [
        path.relative(directory.root, found.root),
        path.relative(directory.root, found.realRoot),
        found.aliases.map(alias => `${path.relative(directory.root, alias.folder)}=${alias.path}`).join(),
      ]
    );
  };
  assert.deepEqual(located('real/repo/sub'), ['real/repo', 'real/repo', '']);
  assert.deepEqual(located('site'), ['real/repo', 'real/repo', 'site=sub']);
  assert.deepEqual(located('site/deep'), ['real/repo', 'real/repo', 'site/deep=sub/deep']);
  assert.deepEqual(located('link'), ['link', 'real/repo', '']);
  assert.deepEqual(located('link/sub'), ['link', 'real/repo', '']);
  assert.deepEqual(located('all/repo/sub'), ['all/repo', 'real/repo', '']);
  assert.deepEqual(located('outer/inside'), ['real/repo', 'real/repo', 'outer/inside=sub']);
  assert.equal(located('outer/elsewhere'), undefined);
  assert.equal(located('plain'), undefined);
  const folders = ['link', 'real', 'site', 'all/repo'];
  const all = folders.flatMap(each => discoverRepositories(new Vfs(), systemsOf(['hg']), at(each), 2, []));
  const merged = mergeLocated(all);
  assert.deepEqual(
    merged.map(({ root, aliases }) => [root, ...aliases.map(({ folder, path: inside }) => `${folder}=${inside}`)]),
    [[at('link'), `${at('real/repo')}=`, `${at('real/repo')}=`, `${at('site')}=sub`, `${at('all/repo')}=`]],
  );
});

test('a repository that is mounted at two places is one', t => {
  const directory = temporaryDirectory(t);
  for (const at of ['real/repo/.hg', 'real/repo/sub', 'mounted/repo', 'mounted/sub']) directory.mkdir(at);
  const module = new URL('../../../src/server/discover.ts', import.meta.url).href;
  // The mounts are those of the process alone.
  const program = `
    import { discoverRepositories, mergeLocated } from '${module}';
    import { systemsOf } from '${new URL('../../../src/backends/systems.ts', import.meta.url).href}';
    import { Vfs } from '${new URL('../../../src/files/vfs.ts', import.meta.url).href}';
    const found = ['mounted', 'real'].flatMap(each => discoverRepositories(new Vfs(), systemsOf(['hg']), each, 2, []));
    const merged = mergeLocated(found);
    console.log(merged.map(({ root, aliases }) => [root, ...aliases.map(alias => alias.folder)].join()).join('; '));`;
  const mount = 'mount --bind real/repo mounted/repo && mount --bind real/repo/sub mounted/sub || exit 77; exec "$@"';
  const node = [process.execPath, '--import', import.meta.resolve('tsx'), '--input-type=module', '--eval', program];
  const args = ['--mount', '--propagation', 'private', 'sh', '-c', mount, 'sh', ...node];
  const { status, stdout, stderr } = spawnSync('unshare', args, { cwd: directory.root, encoding: 'utf8' });
  if (status === null || status === 77 || stderr.startsWith('unshare:')) {
    t.skip('mounts in a namespace of its own need Linux, unshare and the right to mount');
    return;
  }
  assert.equal(stdout.trim(), 'mounted/repo,real/repo', stderr);
});

test('a file is located behind all links, itself included, also one that is not there', t => {
  const directory = temporaryDirectory(t);
  directory.mkdir('real/repo/.hg');
  directory.mkdir('plain');
  directory.write('real/repo/sub/a', '');
  directory.symlink('real/repo/sub', 'site');
  directory.symlink('../real/repo/sub/a', 'plain/link');
  const at = (name: string): string => path.join(directory.root, name);
  const locate = (name: string): unknown => {
    const { realPath, id, path: inside } = locateFile(new Vfs(), systemsOf(['hg']), at(name));
    return [path.relative(directory.root, realPath), id, inside];
  };
  const { id } = locateRepository(new Vfs(), systemsOf(['hg']), at('real/repo'))!;
  assert.deepEqual(locate('real/repo/sub/a'), ['real/repo/sub/a', id, 'sub/a']);
  assert.deepEqual(locate('site/a'), ['real/repo/sub/a', id, 'sub/a']);
  assert.deepEqual(locate('plain/link'), ['real/repo/sub/a', id, 'sub/a']);
  assert.deepEqual(locate('site/gone'), ['real/repo/sub/gone', id, 'sub/gone']);
  assert.deepEqual(locate('site'), ['real/repo/sub', id, 'sub']);
  assert.deepEqual(locate('real/repo'), ['real/repo', id, '']);
  assert.deepEqual(locate('plain/b'), ['plain/b', undefined, '']);
});
