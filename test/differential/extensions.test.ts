// Extensions of Mercurial that leave a status alone: `hg status` with all of them, and ours.
//
// QUICKSILVER_LONG=1 asks hg with each of them alone, too.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { COMPARED_EXTENSIONS, unknownExtensions } from '../../src/mercurial/repository/knownExtensions.ts';
import { quicksilver } from '../support/comparedCommands.ts';
import { hgEnvironment } from '../support/hgServer.ts';
import { temporaryDirectory } from '../support/temporaryDirectory.ts';

const LONG = process.env['QUICKSILVER_LONG'] === '1';

test('extensions that are said to leave a status alone do so', async t => {
  const { root } = temporaryDirectory(t);
  const hg = (extensions: readonly string[], ...args: string[]): string => {
    const options = extensions.flatMap(name => ['--config', `extensions.${name}=`]);
    const { status, stdout, stderr } = spawnSync('hg', [...options, ...args], {
      cwd: root,
      env: hgEnvironment(),
      encoding: 'utf8',
    });
    assert.equal(status, 0, `hg ${args.join(' ')} with ${extensions.join(' ')}: ${stderr}`);
    return stdout;
  };
  const write = (name: string, content: string): void => {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), content);
  };
  hg([], 'init');
  write('.hgignore', 'syntax: glob\n*.o\n');
  // hg-git would use this one if there were no .hgignore.
  write('.gitignore', '*.txt\n');
  for (const name of ['clean', 'changed', 'removed', 'missing', 'd/renamed']) write(name, `${name}\n`);
  hg([], 'commit', '-qAm', 'one', '-u', 'Ada');
  write('changed', 'of another size\n');
  write('new.txt', '');
  write('ignored.o', '');
  hg([], 'remove', 'removed');
  hg([], 'rename', 'd/renamed', 'd/new');
  fs.rmSync(path.join(root, 'missing'));
  const ours = await quicksilver(['status', '-A'], root);
  assert.equal(hg([], 'status', '-A'), ours.stdout);
  assert.equal(hg(COMPARED_EXTENSIONS, 'status', '-A'), ours.stdout);
  for (const name of LONG ? COMPARED_EXTENSIONS : []) assert.equal(hg([name], 'status', '-A'), ours.stdout, name);
});

test('other enabled extensions are named, wherever they come from', () => {
  const enabled = ['eol', 'evolve', 'hgext3rd.topic', 'hggit', 'own', 'own', 'win32mbcs'];
  assert.deepEqual(unknownExtensions({ enabledExtensions: () => enabled }), ['hggit', 'own', 'win32mbcs']);
});
