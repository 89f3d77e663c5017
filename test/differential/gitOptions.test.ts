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

test('the similarity of renames, in every form that git reads', async () => {
  const repository = new Repository('similarity');
  const lines = (from: number, to: number): string =>
    Array.from({ length: to - from }, (_, i) => `${from + i}\n`).join('');
  repository.write('a', lines(1, 100));
  repository.write('c', lines(201, 300));
  repository.commit('one');
  repository.git('mv', 'a', 'b');
  repository.write('b', lines(1, 100) + lines(1000, 1040));
  repository.git('mv', 'c', 'd');
  repository.write('d', lines(201, 300) + lines(2000, 2200));
  repository.git('add', '-A');
  const values = [
    '', '0', '00', '0%', '0.0', '5x', '9x', '9%x', 'x', '%', '.', '.9', '9.9', '9.9%', '1', '1%', '100', '100%', '1000%',
    '99', '.05', '0.05', '0.5', '0.9', '5.0x', '5.5.5', ' ', '-9', '0.001%', '0.002%', '40%', '4', '123456789012345678',
  ]; // prettier-ignore
  const answers = new Set<string>();
  for (const value of values) {
    await repository.compare(['-s', `-M${value}`]);
    await repository.compare(['-s', `--find-renames=${value}`]);
    answers.add(repository.git('status', '-s', `-M${value}`));
  }
  assert.equal(answers.size, 3);
});

test('settings of the branch line count only in the form for people', async () => {
  const repository = prepared('settings');
  repository.git('branch', 'up');
  repository.git('branch', '-q', '-u', 'up');
  repository.git('stash', '-q');
  repository.git('commit', '-q', '--allow-empty', '-m', 'ahead');
  const forms = [['-s'], ['-sb'], ['-sz'], ['-sbz'], ['-z'], ['-bz'], ['--porcelain'], ['--porcelain', '-b'], ['--porcelain=v2'], ['--porcelain=v2', '-b'], ['--porcelain=v2', '-bz']]; // prettier-ignore
  const more = [[], ['--show-stash'], ['--no-show-stash'], ['--ahead-behind'], ['--no-ahead-behind'], ['--no-branch']];
  for (const name of ['status.branch', 'status.showStash', 'status.aheadBehind']) {
    for (const value of ['true', 'false']) {
      repository.git('config', name, value);
      for (const form of forms) for (const options of more) await repository.compare([...form, ...options]);
    }
  }
});

test('--ignore-submodules hides staged submodules, too; settings do not', async () => {
  const inner = prepared('ignored-inner');
  const repository = new Repository('ignored-submodules');
  for (const name of ['file', 'a']) repository.write(name, 'one\n');
  for (const name of ['changed', 'gone', 'becomes-file'])
    repository.git('submodule', '--quiet', 'add', inner.root, name);
  repository.commit('one');
  repository.git('submodule', '--quiet', 'add', inner.root, 'added');
  repository.git('-C', 'changed', 'commit', '-q', '--allow-empty', '-m', 'more');
  repository.git('add', 'changed');
  repository.git('rm', '-q', '--cached', 'gone', 'file', 'becomes-file');
  const commit = repository.git('-C', 'changed', 'rev-parse', 'HEAD').trim();
  const blob = repository.git('hash-object', '-w', 'a').trim();
  repository.git('update-index', '--add', '--cacheinfo', `160000,${commit},file`);
  repository.git('update-index', '--add', '--cacheinfo', `100644,${blob},becomes-file`);
  for (const when of [[], ['=none'], ['=untracked'], ['=dirty'], ['=all'], ['']].map(parts =>
    parts.map(part => `--ignore-submodules${part}`),
  )) {
    for (const form of ['-s', '--porcelain=v2']) await repository.compare([form, ...when]);
  }
  for (const name of ['intended', 'intended-empty']) repository.git('init', '-q', name);
  repository.git('-C', 'intended', 'commit', '-q', '--allow-empty', '-m', 'one');
  repository.try('add', '-N', 'intended', 'intended-empty');
  for (const form of ['-s', '--porcelain', '--porcelain=v2']) await repository.compare([form]);
  repository.git('config', 'diff.ignoreSubmodules', 'all');
  await repository.compare(['--porcelain=v2']);
});

test('a submodule whose own submodule is staged and has untracked files', async () => {
  const third = new Repository('level-3');
  third.git('commit', '-q', '--allow-empty', '-m', 'one');
  const second = new Repository('level-2');
  second.git('submodule', '--quiet', 'add', third.root, 'below');
  second.commit('one');
  const repository = new Repository('level-1');
  repository.git('submodule', '--quiet', 'add', second.root, 'sub');
  repository.git('submodule', '--quiet', 'update', '--init', '--recursive');
  repository.commit('one');
  repository.git('-C', 'sub/below', 'commit', '-q', '--allow-empty', '-m', 'more');
  for (const step of [() => repository.git('-C', 'sub', 'add', 'below'), () => repository.write('sub/below/u', '')]) {
    step();
    for (const form of ['-s', '--porcelain=v2']) {
      await repository.compare([form]);
      await repository.compare([form], 'sub');
    }
  }
});
