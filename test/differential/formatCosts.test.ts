// The work of a status in a repository with converted line ends and in a sparse checkout: stats and reads, counted.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import { quicksilver } from '../support/comparedCommands.ts';
import { hgEnvironment } from '../support/hgServer.ts';
import { temporaryDirectory } from '../support/temporaryDirectory.ts';

const OLD = 1_000_000_000;
const DIRECTORIES = 10;
const FILES = 12;

/** A repository with files in directories, and further ones, whose times are known to hg. */
function repository(t: TestContext, extension: string, further: Readonly<Record<string, string>>): string {
  const { root } = temporaryDirectory(t);
  const hg = (...args: string[]): void => {
    const { status, stderr } = spawnSync('hg', args, { cwd: root, env: hgEnvironment(), encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  };
  hg('init');
  fs.writeFileSync(path.join(root, '.hg', 'hgrc'), `[extensions]\n${extension} =\n`);
  const write = (name: string, content: string): void => {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), content);
    fs.utimesSync(path.join(root, name), OLD, OLD);
  };
  for (const [name, content] of Object.entries(further)) write(name, content);
  for (let directory = 0; directory < DIRECTORIES; directory++) {
    for (let file = 0; file < FILES; file++) write(`d${directory}/f${file}.txt`, `${file}\n`);
  }
  hg('commit', '-qAm', 'one', '-u', 'Ada');
  if (extension === 'sparse') hg('debugsparse', '--enable-profile', 'profile');
  hg('status');
  return root;
}

/** The counts of a status that lists nothing. */
async function work(root: string): Promise<Record<'stats' | 'directories' | 'read' | 'unsure', number>> {
  const { stdout, stderr } = await quicksilver(['status', '--stats', '--no-server'], root);
  assert.equal(stdout, '');
  const found =
    /^stats: (?<stats>\d+) lstat calls, (?<directories>\d+) directories read, (?<read>\d+) files read .*, (?<unsure>\d+) unsure/m.exec(
      stderr,
    );
  const { stats, directories, read, unsure } = found?.groups ?? {};
  return { stats: Number(stats), directories: Number(directories), read: Number(read), unsure: Number(unsure) };
}

test('with eol, each file is stated once, and none is read whose stat is known', async t => {
  const counts = await work(repository(t, 'eol', { '.hgeol': '[patterns]\n** = native\n' }));
  const { stats, ...others } = counts;
  assert.deepEqual(others, { directories: DIRECTORIES + 1, read: 0, unsure: 0 });
  assert.ok(stats <= DIRECTORIES * FILES + DIRECTORIES + 2, `${stats} lstat calls`);
});

test('a sparse checkout costs what it has, not what is recorded', async t => {
  const counts = await work(repository(t, 'sparse', { profile: '[include]\npath:d1\npath:profile\n' }));
  const { stats, ...others } = counts;
  assert.deepEqual(others, { directories: 2, read: 0, unsure: 0 });
  assert.ok(stats <= FILES + 4, `${stats} lstat calls`);
});
