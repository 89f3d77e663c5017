// --include and --exclude of `quicksilver status` and `cat` against those of `hg`.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';
import { hgIn, sameAnswer } from '../support/comparedCommands.ts';
import { HgServer } from '../support/hgServer.ts';

let root = '';
let server: HgServer;

async function same(command: string, args: readonly string[], cwd = root): Promise<void> {
  await sameAnswer([command, ...args], cwd, await hgIn(server, [command, ...args], cwd));
}

describe('include and exclude', () => {
  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'quicksilver-patterns-'));
    server = new HgServer(undefined);
    await server.run('init', root);
    for (const directory of ['a/b', 'c', 'build']) mkdirSync(join(root, directory), { recursive: true });
    const tracked = ['r.c', 'r.h', 'a/1.c', 'a/1.h', 'a/b/2.c', 'c/3.c'];
    for (const name of tracked) writeFileSync(join(root, name), `${name}\n`);
    writeFileSync(join(root, '.hgignore'), 'syntax: glob\n*.o\nbuild\n');
    await server.run('--cwd', root, 'commit', '-qAm', 'one', '-u', 'x');
    for (const name of tracked.slice(1)) writeFileSync(join(root, name), 'changed size\n');
    for (const name of ['a/u.c', 'u.h', 'a/x.o', 'build/y']) writeFileSync(join(root, name), '');
  });

  after(async () => {
    await server.close();
    removeTree(root);
  });

  const restrictions = [
    ...['-X a', '-I a', '-I *.c', '-I **.c', '-X **.c -I a', '-X a/b -I a -I r.c', '-I nosuch', '-I a/1', '-I a/'],
    ...['-X a/*', '-X re:a', '-X relre:1', '-I rootfilesin:a', '-X rootfilesin:a', '-X rootglob:a/*', '-I relpath:a'],
    ...['-I path:c', '-X re:.*\\.h$', '-I relglob:*.h', '-I glob:a/*.c', '-X ..', '-I /tmp', '-I {a,c}', '-I ./a'],
    ...['-I rootfilesin:a -I c', '-I a -X a', '-I [ac]', '-X a/b/2.c', '-I .', '-X .'],
  ].map(text => text.split(' '));

  test('status', async () => {
    for (const restriction of [...restrictions, ['-I', ''], ['-X', '']]) {
      await same('status', restriction);
      await same('status', [...restriction, '-A']);
    }
    for (const restriction of restrictions) {
      await same('status', restriction, join(root, 'a'));
      await same('status', ['--change', '0', ...restriction]);
      await same('status', ['--rev', '0', '-A', ...restriction]);
    }
  });

  test('with paths, and their complaints', async () => {
    for (const args of [
      'a -X *.c',
      'a -X a/1.c',
      'a/1.c -I c',
      'nosuch -I a',
      'nosuch -X nosuch',
      'c -X c',
      'a/* -X a/b',
    ]) {
      await same('status', args.split(' '));
      await same('status', ['-A', ...args.split(' ')]);
    }
  });

  test('annotate', async () => {
    for (const args of ['a -X **.h', 'a -I a/b', 'a -X a']) await same('annotate', args.split(' '));
  });

  test('cat', async () => {
    for (const args of ['a -X *.h', 'a -I a/b', 'r.c a -X a', 'a -X a', 'glob:**.c -X a/b'])
      await same('cat', args.split(' '));
  });
});
