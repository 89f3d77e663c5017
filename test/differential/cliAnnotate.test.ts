// `quicksilver annotate` prints what `hg annotate` prints, byte for byte.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { test } from 'node:test';
import { hgIn, quicksilver, sameAnswer } from '../support/comparedCommands.ts';
import { HgServer } from '../support/hgServer.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

test('columns, JSON, the working file, and what cannot be annotated', async t => {
  const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-annotate-')));
  t.after(() => removeTree(base));
  const server = new HgServer(undefined);
  t.after(() => server.close());
  const root = path.join(base, 'r');
  const hg = (...args: string[]): ReturnType<typeof hgIn> => hgIn(server, args, fs.existsSync(root) ? root : base);
  const write = (name: string, content: string | Buffer): void => {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), content);
  };
  const commit = async (user: string, date: string): Promise<void> => {
    const { code, stderr } = await hg('commit', '-A', '-m', 'x', '-u', user, '-d', date);
    assert.equal(code, 0, stderr);
  };
  await hg('init', root);
  write('s/f', 'a\nb\nc\n');
  write('empty', '');
  // Without its white space, the last line is none.
  write('blank', 'a\n \t');
  write('bin', 'a\0b\n');
  await commit('Ann Lee <ann@example.org>', '1700000000 -3600');
  write('s/f', Buffer.from('a\nB \xff\xc3\xa9"\\\nc\n\nlast', 'latin1'));
  await commit('joe.smith@example.org', '1700100000 12600');
  await hg('mv', 's/f', 's/gé');
  write('s/gé', 'x\na\nB\n c\nlast');
  await commit('日本 <nihon>', '0 0');
  fs.symlinkSync('s/gé', path.join(root, 'link'));
  await hg('cp', 's/gé', 'copy');
  write('copy', 'x\na\nchanged\nc\n');

  const commands: readonly (readonly string[])[] = [
    ['s/gé'],
    ['-u', 's/gé'],
    ['-uv', 's/gé'],
    ['-nc', 's/gé'],
    ['-d', 's/gé'],
    ['-dq', 's/gé'],
    ['-unfcdl', 's/gé'],
    ['-f', '--no-follow', 's/gé'],
    ['-l', 's/gé'],
    ['-cl', '-r', '1', 's/f'],
    ['-w', 's/gé'],
    ['-b', 's/gé'],
    ['-Z', 's/gé'],
    ['-w', 'blank'],
    ['-w', '-l', '-r', 'wdir()', 'blank'],
    ['--skip', '1', '-n', 's/gé'],
    ['empty', 'bin', 's'],
    ['-a', 'bin'],
    ['glob:s/*'],
    ['-r', 'wdir()', 'copy'],
    ['-nc', '-r', 'wdir()', 'copy', 's/gé'],
    ['-f', '-n', '-r', 'wdir()', 'copy'],
    ['-T', 'json', 's/gé', 'bin', 'empty'],
    ['-T', 'json', '-nfcl', '-r', 'wdir()', 'copy'],
    ['-T', 'json', '-unfcdl', '-r', '1', 's/f'],
    ['s/f'],
    // Restrictions do not hide that a name has no file, and a pattern counts as what it begins with.
    ['-X', 'bin', 'nosuch', 'copy'],
    ['-I', 'bin', 'nosuch', 'copy'],
    ['-X', 'copy', 'copy'],
    ['-X', 's', 's/nosuch'],
    ['glob:nosuch', 'copy'],
    ['glob:*', 'nosuch'],
    ['glob:s/x*'],
    ['glob:x/*', 'copy'],
    ['re:nosuch'],
    ['-r', '7', 's/f'],
    ['-r', 'first(0:2)', 's/f'],
    ['-r', 'tip~1', '-n', 's/f'],
    ['-r', '0:1', '-n', 's/f'],
    ['-r', '0 - 0', '-n', 's/f'],
    ['--skip', '0:1', '-n', 's/gé'],
    [],
    ['-ul', 's/gé'],
  ];
  for (const args of commands) await sameAnswer(['annotate', ...args], root, await hg('annotate', ...args));
  write('.hg/hgrc', '[annotate]\nignorews = yes\n');
  const ignoring = await sameAnswer(['annotate', 's/gé'], root, await hg('annotate', 's/gé'));
  fs.unlinkSync(path.join(root, '.hg/hgrc'));
  assert.notEqual(ignoring.stdout, (await quicksilver(['annotate', 's/gé'], root)).stdout);
});
