// Options of `git status`: each means the same here, or is refused by name, or is unknown to Git, too.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { QuicksilverError } from '../../src/base/errors.ts';
import { environment, Repository } from '../support/comparedGit.ts';

const LINES = Array.from({ length: 40 }, (_, i) => `line ${i}\n`).join('');

/** With each, Git writes the short form or one for scripts. */
const ALIKE: readonly (readonly string[])[] = [
  ['-s', '-M'],
  ['-s', '-M50'],
  ['-sM99%'],
  ['-s', '--no-renames', '-M'],
  ['-s', '-M', '--no-renames'],
  ['-s', '-M99', '-M', '--no-renames', '--renames'],
  ['-s', '--find-renames=10%', '--find-renames=99%'],
  ['--shor'],
  ['-s', '--br'],
  ['-sb', '--no-b'],
  ['-sb', '--show-st'],
  ['-s', '--untr=no'],
  ['-s', '--unt'],
  ['-s', '-uno', '--no-untracked-files'],
  ['-s', '--ignored', '--no-ignored'],
  ['-s', '--no-ignored', '--ignored=matching'],
  ['-s', '--ignore-submodules', '--no-ignore-submodules'],
  ['-s', '--ignore-s=dirty'],
  ['-s', '-z', '--no-null'],
  ['-s', '--nul'],
  ['--porc=v2', '--ren'],
  ['--porc', '--no-ren'],
  ['-s', '--find=99%'],
  ['-s', '--', '.'],
];

/** In Git's long form, or for it. */
const ONLY_GITS = [
  '-v', '-vv', '-sv', '--verbose', '--verb', '--no-verbose', '--long', '--lo', '--no-long', '--column', '--column=always', '--col', '--no-column', '--no-short', '--no-porcelain',
]; // prettier-ignore

const UNKNOWN = ['--frobnicate', '-Z', '--sh', '--ignor', '--no-ign', '--no-find-renames', '--short=1', '--no-branch=1', '--no-help']; // prettier-ignore

function prepared(name: string): Repository {
  const repository = new Repository(name);
  repository.write('.gitignore', '*.o\n');
  repository.write('old', LINES);
  repository.commit('one');
  repository.git('mv', 'old', 'new');
  repository.write('new', `${LINES}more\n`);
  repository.git('add', '-A');
  repository.write('dir/untracked', '');
  repository.write('a.o', '');
  return repository;
}

const gitsCode = (repository: Repository, ...args: readonly string[]): number | null =>
  spawnSync('git', ['status', ...args], { cwd: repository.root, env: environment, stdio: 'ignore' }).status;

test('options, parts of their names and negations mean what they mean to git', async () => {
  const repository = prepared('alike');
  for (const args of ALIKE) await repository.compare(args);
});

test('what only git status does is refused by name', async () => {
  const repository = prepared('only-gits');
  for (const option of [...ONLY_GITS, ':(exclude)dir', ':/']) {
    assert.equal(gitsCode(repository, option), 0, option);
    await assert.rejects(repository.ownStatus([option]), (error: unknown) => {
      assert.ok(error instanceof QuicksilverError && error.code === 'unsupported', option);
      assert.match(error.hint ?? '', /^run 'git status/, option);
      return true;
    });
  }
  await assert.rejects(repository.ownStatus(['--col=never']), {
    message: 'quicksilver status does not have the option --column of git status',
    hint: "run 'git status --col=never'",
  });
  await assert.rejects(repository.ownStatus(['-sv']), {
    message: 'quicksilver status does not have the option -v of git status',
    hint: "run 'git status -sv'",
  });
});

test('what git does not know is unknown', async () => {
  const repository = prepared('unknown');
  for (const option of UNKNOWN) {
    assert.equal(gitsCode(repository, option), 129, option);
    await assert.rejects(repository.ownStatus([option]), { code: 'usage' }, option);
  }
});

test('a file that a configuration behind a linked folder includes is found where git finds it', async () => {
  const repository = prepared('includes');
  repository.write('.git/deep/more/config', '[include]\n\tpath = ../other\n');
  repository.write('.git/deep/other', '[status]\n\tshowUntrackedFiles = no\n');
  repository.write('.git/other', '[status]\n\tshowUntrackedFiles = all\n');
  fs.symlinkSync('deep/more', path.join(repository.root, '.git/linked'));
  repository.git('config', 'include.path', 'linked/config');
  assert.equal(repository.git('config', 'status.showUntrackedFiles').trim(), 'no');
  await repository.compare(['-s']);
});
