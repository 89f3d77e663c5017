// What a Git repository may have besides files and commits: objects elsewhere, conversions, an upstream. And what is
// unsupported, by name.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { base, environment, Repository } from '../support/comparedGit.ts';

/** A time long before any index is written, in seconds. */
const OLD = 1_000_000_000;

/** Gives a file another time, so that its content has to be compared. */
function touch(repository: Repository, name: string): void {
  fs.utimesSync(path.join(repository.root, name), OLD, OLD);
}

function cloned(from: Repository, name: string, ...options: readonly string[]): Repository {
  const root = path.join(base, name);
  from.git('clone', '-q', ...options, from.root, root);
  return Object.assign(Object.create(Repository.prototype) as Repository, { root });
}

test('objects of other repositories, in two steps', async () => {
  const first = new Repository('alternate');
  first.write('a', 'one\n');
  first.write('dir/b', 'one\n');
  first.commit('first');
  const second = cloned(first, 'alternate-2', '--shared');
  second.write('a', 'two\n');
  second.commit('second');
  const third = cloned(second, 'alternate-3', '--shared');
  third.git('mv', 'dir/b', 'c');
  third.write('a', 'six\n');
  touch(third, 'a');
  await third.compareForms();
});

test('a branch ahead of its upstream, behind it, both, and without it', async () => {
  const origin = new Repository('origin');
  origin.write('a', 'a\n');
  origin.commit('first');
  const repository = cloned(origin, 'follower');
  await repository.compareForms();
  for (const message of ['ahead', 'more']) repository.git('commit', '-q', '--allow-empty', '-m', message);
  await repository.compareForms();
  origin.git('commit', '-q', '--allow-empty', '-m', 'behind');
  repository.git('fetch', '-q');
  await repository.compareForms();
  repository.git('reset', '-q', '--hard', 'HEAD~2');
  await repository.compareForms();
  repository.git('update-ref', '-d', 'refs/remotes/origin/main');
  await repository.compareForms();
});

test('files of Git LFS, by the pointer that is recorded', async () => {
  // What `git-lfs clean` does with its input.
  const program = path.join(base, 'pointer.cjs');
  fs.writeFileSync(
    program,
    `const content = require('fs').readFileSync(0);
const sha256 = require('crypto').createHash('sha256').update(content).digest('hex');
process.stdout.write('version https://git-lfs.github.com/spec/v1\\noid sha256:' + sha256 + '\\nsize ' + content.length + '\\n');
`,
  );
  fs.writeFileSync(path.join(base, 'git-lfs'), `#!/bin/sh\nexec '${process.execPath}' '${program}'\n`, { mode: 0o755 });
  const repository = new Repository('lfs');
  repository.git('config', 'filter.lfs.clean', 'git-lfs clean -- %f');
  // Git starts it from its own folder of programs or from the PATH.
  const { PATH } = process.env;
  Object.assign(environment, { PATH: `${base}:${PATH}` });
  repository.write('.gitattributes', '*.bin filter=lfs -text\n');
  repository.write('large.bin', 'first\n');
  repository.commit('first');
  const sha256 = createHash('sha256').update('first\n').digest('hex');
  assert.match(repository.git('show', 'HEAD:large.bin'), new RegExp(`sha256:${sha256}\nsize 6`));
  touch(repository, 'large.bin');
  await repository.compare(['--porcelain=v2']);
  repository.write('large.bin', 'other\n');
  touch(repository, 'large.bin');
  await repository.compare(['--porcelain=v2']);
  repository.git('add', 'large.bin');
  await repository.compare(['--porcelain=v2']);
});

test('line ends and $Id$ of files whose stat proves nothing', async () => {
  const repository = new Repository('lines');
  repository.write('.gitattributes', '*.txt text\n*.crlf text eol=crlf\n*.id ident\n*.bin -text\n* text=auto\n');
  const names = ['a.txt', 'b.crlf', 'd.bin', 'e'];
  for (const name of names) repository.write(name, 'one\r\ntwo\r\n');
  repository.write('c.id', '$Id$\n');
  repository.commit('first');
  for (const setting of ['false', 'input', 'true']) {
    repository.git('config', 'core.autocrlf', setting);
    for (const name of [...names, 'c.id']) touch(repository, name);
    await repository.compareForms();
  }
  // Of the same size.
  for (const name of names) repository.write(name, 'one\r\nsix\r\n');
  repository.write('c.id', '$iD$\n');
  await repository.compareForms();
});

test('a rename in the working tree whose target has other line ends', async () => {
  const repository = new Repository('renamed-lines');
  repository.write('old', 'one\ntwo\nsix\n');
  repository.commit('first');
  repository.git('config', 'core.autocrlf', 'true');
  fs.rmSync(path.join(repository.root, 'old'));
  // Half of it is equal, which is just enough if CR LF counts as LF.
  repository.write('new', 'one\r\ntwo\r\nsix\r\n111\r\n222\r\n333\r\n');
  repository.git('add', '-N', 'new');
  assert.match(repository.git('status', '--porcelain=v2'), /^2 \.R .* R50 new\told$/m);
  await repository.compareForms();
});

test('a path of the commit that is removed from the index, and intended to be added again', async () => {
  const repository = new Repository('intended-again');
  repository.write('f', 'the text of f\n'.repeat(9));
  repository.write('g', 'some other text\n'.repeat(9));
  repository.commit('first');
  repository.git('rm', '-q', '--cached', 'f');
  repository.git('add', '-N', 'f');
  await repository.compareForms();
  fs.rmSync(path.join(repository.root, 'f'));
  assert.match(repository.git('status', '--porcelain=v2'), /^1 DD .* f$/m);
  await repository.compareForms();
  fs.renameSync(path.join(repository.root, 'g'), path.join(repository.root, 'f'));
  assert.match(repository.git('status', '--porcelain=v2'), /^2 DR .* R100 f\tg$/m);
  await repository.compareForms();
});

test('settings in files that others include, by the place and the branch', async () => {
  const repository = new Repository('includes');
  repository.write('a.skip', 'a\n');
  repository.write('b.leave', 'b\n');
  repository.git('commit', '-q', '--allow-empty', '-m', 'first');
  fs.writeFileSync(path.join(base, 'by-place'), '[core]\n\texcludesFile = ~/rules\n');
  fs.writeFileSync(path.join(base, 'by-branch'), '[status]\n\tshowUntrackedFiles = no\n');
  fs.writeFileSync(path.join(base, 'rules'), '*.skip\n');
  repository.git('config', 'includeIf.gitdir:**/includes/.path', '~/by-place');
  repository.git('config', 'includeIf.onbranch:quiet.path', '~/by-branch');
  await repository.compareForms();
  repository.git('checkout', '-q', '-b', 'quiet');
  await repository.compareForms();
});

/** Settings with which git fails, and some like them with which it does not. */
const SETTINGS: readonly (readonly [name: string, value: string])[] = [
  ...['none', '', 'a', 'dir', 'dir/deep', '~/.gitconfig', '~/none', '/dev/null'].map(
    value => ['diff.orderFile', value] as const,
  ),
  ...['junk', '', 'All', 'none', 'all'].map(value => ['diff.ignoreSubmodules', value] as const),
  ...['junk', '', 'All', 'none', 'all'].map(value => ['submodule.sub.ignore', value] as const),
  ['submodule.other.ignore', 'junk'],
  ...['objectFormat', 'noop-v1', 'noop', 'other'].map(name => [`extensions.${name}`, 'sha1'] as const),
];

test('settings with which git fails are errors', async () => {
  const inner = new Repository('settings-inner');
  inner.git('commit', '-q', '--allow-empty', '-m', 'first');
  const repository = new Repository('settings');
  repository.write('a', 'a\n');
  repository.write('dir/deep', 'a\n');
  repository.git('submodule', '--quiet', 'add', inner.root, 'sub');
  repository.commit('first');
  repository.write('a', 'b\n');
  repository.write('sub/u', '');
  let failures = 0;
  for (const [name, value] of SETTINGS) {
    repository.git('config', name, value);
    for (const directory of ['', 'dir']) {
      if (fails(repository, directory)) {
        failures++;
        await assert.rejects(repository.ownStatus(['-s'], directory), { code: 'invalid-config' }, `${name}=${value}`);
      } else {
        await repository.compare(['-s'], directory);
      }
    }
    const file = path.join(repository.root, '.git/config');
    fs.writeFileSync(file, '');
    repository.git('config', 'core.repositoryFormatVersion', '0');
  }
  assert.equal(failures, 24);
});

function fails(repository: Repository, directory: string): boolean {
  const cwd = path.join(repository.root, directory);
  return spawnSync('git', ['status', '-s'], { cwd, env: environment, stdio: 'ignore' }).status !== 0;
}

/** How a repository becomes unsupported, and the sentence about it. */
const UNSUPPORTED: readonly (readonly [string, RegExp, (repository: Repository) => void])[] = [
  ['bare', /the repository is bare/, it => it.git('config', 'core.bare', 'true')],
  ['format', /repository format version 2/, it => it.git('config', 'core.repositoryFormatVersion', '2')],
  ['reftable', /extension 'refstorage'/, it => it.git('config', 'extensions.refStorage', 'reftable')],
  ['case', /core\.ignoreCase is not supported/, it => it.git('config', 'core.ignoreCase', 'true')],
  ['copies', /asks for copies/, it => it.git('config', 'status.renames', 'copies')],
  ['replace', /replace refs/, it => it.git('replace', 'HEAD', 'HEAD~1')],
  ['packed-replace', /replace refs/, it => it.git('replace', 'HEAD', 'HEAD~1') + it.git('pack-refs', '--all')],
  ['grafts', /grafts are not supported/, it => it.write('.git/info/grafts', it.git('rev-parse', 'HEAD'))],
  ['partial', /was not fetched \(partial clone\)/, asPartialClone],
  ['remote-condition', /hasconfig/, it => it.git('config', 'includeIf.hasconfig:remote.*.url:x.path', '~/x')],
];

/** As after `git clone --filter`: an object that was never fetched. */
function asPartialClone(repository: Repository): void {
  repository.git('config', 'core.repositoryFormatVersion', '1');
  repository.git('config', 'extensions.partialClone', 'origin');
  const tree = repository.git('rev-parse', 'HEAD^{tree}').trim();
  fs.rmSync(path.join(repository.root, '.git', 'objects', tree.slice(0, 2), tree.slice(2)));
  repository.write('b', 'staged\n');
  repository.git('add', 'b');
}

for (const [name, sentence, change] of UNSUPPORTED) {
  test(`unsupported: ${name}`, async () => {
    const repository = new Repository(`unsupported-${name}`);
    repository.write('a', 'a\n');
    repository.commit('first');
    repository.write('a', 'b\n');
    repository.commit('second');
    change(repository);
    await assert.rejects(repository.ownStatus(['-s']), {
      code: 'unsupported',
      message: sentence,
      hint: "run 'git status'",
    });
  });
}

test('the repository of another user is unsupported, unless safe.directory names it', async t => {
  if (process.getuid?.() !== 0) {
    t.skip('only root can give files away');
    return;
  }
  const repository = new Repository('foreign');
  repository.write('a', 'a\n');
  const other = 12_345;
  fs.chownSync(repository.root, other, other);
  await assert.rejects(repository.ownStatus(['-s']), { code: 'unsupported', message: /belongs to another user/ });
  const settings = path.join(base, '.gitconfig');
  const before = fs.readFileSync(settings);
  t.after(() => fs.writeFileSync(settings, before));
  fs.appendFileSync(settings, `[safe]\n\tdirectory = ${repository.root}\n`);
  await repository.compare(['--porcelain=v2']);
});
