// `quicksilver status` in Git working trees, byte for byte as `git status` writes it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { base, environment, Repository } from '../support/comparedGit.ts';

const LINES = Array.from({ length: 40 }, (_, i) => `line ${i}\n`).join('');

function changes(repository: Repository): void {
  for (const name of ['a', 'dir/b', 'dir/c', 'old name', 'gone', 'mode', 'link-to-be'])
    repository.write(name, `${name}\n${LINES}`);
  repository.write('.gitignore', '*.o\nbuild/\n!keep.o\n');
  repository.commit('first');
  repository.write('a', 'changed\n');
  repository.git('add', 'a');
  repository.write('a', 'changed again\n');
  repository.git('mv', 'old name', 'dir/new\tname');
  repository.write('dir/new\tname', `more\nold name\n${LINES}`);
  repository.git('rm', '-q', '--cached', 'dir/c');
  fs.rmSync(path.join(repository.root, 'gone'));
  fs.chmodSync(path.join(repository.root, 'mode'), 0o755);
  fs.rmSync(path.join(repository.root, 'link-to-be'));
  fs.symlinkSync('a', path.join(repository.root, 'link-to-be'));
  repository.write('new/x', 'x\n');
  repository.write('new/deeper/y.o', 'y\n');
  repository.write('only/z.o', 'z\n');
  repository.write('build/out', 'o\n');
  repository.write('q"uote \xe9', 'q\n');
  repository.write('intended', 'i\n');
  repository.git('add', '-N', 'intended');
}

for (const [name, init, version] of [
  ['v2', [], '2'],
  ['v4', [], '4'],
  ['sha256', ['--object-format=sha256'], '2'],
] as const) {
  test(`changes of all kinds, index ${name}`, async () => {
    const repository = new Repository(`changes-${name}`, ...init);
    repository.git('config', 'index.version', version);
    changes(repository);
    await repository.compareForms();
    for (const paths of [['dir'], ['*.o'], ['new/x', 'a'], ['--', '.']]) await repository.compare(['-s', ...paths]);
    await repository.compare(['-s'], 'dir');
    await repository.compare(['--porcelain=v2'], 'dir');
    repository.git('config', 'status.relativePaths', 'false');
    repository.git('config', 'core.quotePath', 'false');
    await repository.compare(['-s'], 'dir');
  });
}

test('split and sparse indexes, packs and linked worktrees', async () => {
  const repository = new Repository('forms');
  changes(repository);
  repository.git('gc', '-q');
  repository.git('update-index', '--split-index');
  repository.write('dir/b', 'b\n');
  repository.git('add', 'dir/b');
  await repository.compareForms();
  repository.git('update-index', '--no-split-index');
  repository.git('add', '-A');
  repository.git('commit', '-q', '-m', 'second');
  repository.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'new');
  await repository.compareForms();
  repository.git('worktree', 'add', '-q', path.join(base, 'linked'));
  const linked = Object.assign(Object.create(Repository.prototype) as Repository, { root: path.join(base, 'linked') });
  linked.write('untracked', 'u\n');
  await linked.compareForms();
});

test('conflicts of all kinds, detached heads and heads without commits', async () => {
  const repository = new Repository('conflicts');
  await repository.compareForms();
  for (const name of ['both', 'ours-deletes', 'theirs-deletes', 'same']) repository.write(name, `${name}\n`);
  repository.commit('base');
  repository.git('checkout', '-q', '-b', 'side');
  repository.write('both', 'theirs\n');
  repository.write('ours-deletes', 'theirs\n');
  repository.write('added', 'theirs\n');
  fs.rmSync(path.join(repository.root, 'theirs-deletes'));
  repository.commit('theirs');
  repository.git('checkout', '-q', 'main');
  repository.write('both', 'ours\n');
  repository.write('theirs-deletes', 'ours\n');
  repository.write('added', 'ours\n');
  fs.rmSync(path.join(repository.root, 'ours-deletes'));
  repository.commit('ours');
  repository.try('merge', 'side');
  await repository.compareForms();
  repository.git('checkout', '-q', '-f', '--detach', 'side');
  await repository.compareForms();
});

test('submodules, nested repositories and branches with an upstream', async () => {
  const inner = new Repository('inner');
  inner.write('i', 'i\n');
  inner.commit('inner');
  const repository = new Repository('outer');
  repository.write('a', 'a\n');
  repository.git('submodule', 'add', '-q', inner.root, 'sub');
  repository.commit('first');
  await repository.compareForms();
  repository.write('sub/i', 'changed\n');
  repository.write('sub/u', 'u\n');
  new Repository('outer/nested').write('n', 'n\n');
  repository.git('branch', 'up');
  repository.git('commit', '-q', '--allow-empty', '-m', 'ahead');
  repository.git('branch', '-q', '--set-upstream-to=up');
  await repository.compareForms();
  // A repository that was to be added, and is gone.
  execFileSync('git', ['commit', '-q', '--allow-empty', '-m', 'n'], {
    cwd: path.join(repository.root, 'nested'),
    env: environment,
  });
  repository.git('add', '-N', 'nested');
  fs.rmSync(path.join(repository.root, 'nested'), { recursive: true });
  await repository.compareForms();
});

test('directories with untracked or ignored files, at the paths of tracked files', async () => {
  const inner = new Repository('replaced-inner');
  inner.write('i', 'i\n');
  inner.commit('inner');
  const repository = new Repository('replaced');
  for (const name of ['f', 'd/g', 'h', 'both']) repository.write(name, `${name}\n`);
  repository.write('.gitignore', '*.o\n');
  repository.git('submodule', 'add', '-q', inner.root, 'sub');
  repository.commit('first');
  repository.git('checkout', '-q', '-b', 'other');
  repository.write('both', 'theirs\n');
  repository.commit('theirs');
  repository.git('checkout', '-q', 'main');
  repository.write('both', 'ours\n');
  repository.commit('ours');
  repository.try('merge', '-q', 'other');
  for (const name of ['f', 'd/g', 'h', 'both', 'sub/i']) fs.rmSync(path.join(repository.root, name));
  for (const name of ['f/deep/x', 'd/g/x', 'h/x.o', 'both/x', 'sub/i/x']) repository.write(name, `${name}\n`);
  const inSub = (...args: readonly string[]): string => repository.git('-C', 'sub', 'config', ...args);
  for (const setting of [undefined, 'no', 'normal', 'all']) {
    if (setting !== undefined) inSub('status.showUntrackedFiles', setting);
    await repository.compareForms();
  }
  for (const one of ['f', 'f/deep', 'f/deep/x', 'h', 'both']) {
    await repository.compare(['--porcelain=v2', '--ignored', '--', one]);
  }
  // With another untracked file, the settings of the submodule count all the same.
  repository.write('sub/new', 'new\n');
  for (const setting of ['no', 'normal', 'all']) {
    inSub('status.showUntrackedFiles', setting);
    await repository.compareForms();
  }
});

test('submodules on a branch without commits', async () => {
  const repository = new Repository('unborn');
  repository.write('a', 'a\n');
  const inner = new Repository('unborn/sub');
  inner.write('i', 'i\n');
  inner.commit('inner');
  repository.commit('first');
  inner.git('checkout', '-q', '--orphan', 'other');
  await repository.compareForms();
  inner.git('rm', '-q', '--cached', 'i');
  await repository.compareForms();
  // Without untracked files, those in a submodule count only if a setting of its own asks for them.
  repository.git('config', 'diff.ignoreSubmodules', 'none');
  await repository.compare(['-s', '-uno']);
  repository.write('.gitmodules', '[submodule "sub"]\n\tpath = sub\n\tignore = none\n');
  await repository.compare(['-s', '-uno']);
  await repository.compare(['-s', '-uno', '--ignore-submodules=untracked']);
  fs.rmSync(path.join(inner.root, 'i'));
  await repository.compareForms();
  // The repository around it is its own, too, before its first commit and after it.
  fs.rmSync(path.join(inner.root, '.git'), { recursive: true });
  inner.write('.git', 'gitdir: ../.git\n');
  await repository.compareForms();
  repository.git('checkout', '-q', '--orphan', 'other');
  await repository.compareForms();
});

test('an index whose name of the root tree is not that of its entries', async () => {
  const repository = new Repository('wrong-tree');
  for (const name of ['a', 'b', 'dir/c', 'dir/d']) repository.write(name, `${name}\n`);
  repository.commit('first');
  const file = path.join(repository.root, '.git', 'index');
  const trees = extensionOf(fs.readFileSync(file), 'TREE');
  repository.git('rm', '-q', '--cached', 'b');
  const index = fs.readFileSync(file);
  const entries = index.subarray(0, index.indexOf('TREE', 0, 'latin1'));
  fs.writeFileSync(file, Buffer.concat([entries, trees, Buffer.alloc(20)]));
  await repository.compareForms();
});

test('settings of renames that are there more than once', async () => {
  const repository = new Repository('rename-settings');
  for (const name of ['a', 'b']) repository.write(name, `${name}\n${LINES}`);
  repository.commit('first');
  repository.git('rm', '-q', 'a', 'b');
  for (const name of ['c', 'd']) repository.write(name, `${name}\n${LINES}`);
  repository.git('add', 'c', 'd');
  for (const [name, ...values] of [
    ['diff.renames', 'false', 'true'],
    ['diff.renames', 'true', 'false'],
    ['status.renames', 'false', 'true'],
    ['status.renames', 'true', 'false'],
    ['diff.renameLimit', '1', '0'],
    ['diff.renameLimit', '0', '1'],
    ['diff.renameLimit', '-1', '1'],
    ['status.renameLimit', '0', '1'],
  ]) {
    for (const value of values) repository.git('config', '--add', name!, value);
    await repository.compare(['-s']);
    repository.git('config', '--unset-all', name!);
  }
});

test('a rename whose working file differs from the index, while its stat proves it clean', async () => {
  const repository = new Repository('stale-rename');
  repository.git('config', 'core.trustctime', 'false');
  const old = 1_600_000_000;
  repository.write('a', `first\n${LINES}`);
  repository.commit('first');
  repository.git('rm', '-q', 'a');
  // The size and the time stay the same: git takes the file for the recorded one, and finds it equal to the removed one.
  const unlike = LINES.replace(/[a-z0-9]/g, 'x');
  repository.write('b', `first\n${unlike}`);
  fs.utimesSync(path.join(repository.root, 'b'), old, old);
  repository.git('add', 'b');
  const file = path.join(repository.root, 'b');
  const bytes = Buffer.from(`first\n${LINES}`);
  fs.writeFileSync(file, bytes);
  fs.utimesSync(file, old, old);
  await repository.compare(['-s']);
  await repository.compare(['--porcelain=v2']);
});

test('settings of submodules in the working tree, the index, or HEAD alone', async () => {
  const repository = new Repository('modules');
  const inner = new Repository('modules/sub');
  inner.write('i', 'i\n');
  inner.commit('inner');
  repository.write('.gitmodules', '[submodule "sub"]\n\tpath = sub\n\tignore = untracked\n');
  repository.commit('first');
  inner.write('u', 'u\n');
  await repository.compare(['-s']);
  const file = path.join(repository.root, '.gitmodules');
  fs.rmSync(file);
  await repository.compare(['-s']);
  fs.mkdirSync(file);
  await repository.compare(['-s']);
  fs.rmdirSync(file);
  repository.git('rm', '-q', '--cached', '.gitmodules');
  await repository.compare(['-s']);
});

test('settings of submodules behind a link, and recorded ones with an error', async () => {
  const repository = new Repository('linked-modules');
  const inner = new Repository('linked-modules/sub');
  inner.write('i', 'i\n');
  inner.commit('inner');
  const settings = '[submodule "sub"]\n\tpath = sub\n\tignore = all\n';
  repository.write('.gitmodules', `${settings}[bad\n`);
  repository.commit('first');
  inner.write('u', 'u\n');
  const file = path.join(repository.root, '.gitmodules');
  fs.rmSync(file);
  await repository.compare(['-s']);
  const shown = (): string => repository.git('status', '--short', '--', 'sub');
  assert.equal(shown(), '');
  repository.write('folder/inside', settings);
  repository.write('../outside', settings);
  const read = ['folder/inside', '../outside', path.join(repository.root, '../outside')];
  for (const target of [...read, 'nowhere', '.gitmodules', 'folder', '/dev/null']) {
    fs.symlinkSync(target, file);
    await repository.compare(['-s']);
    assert.equal(shown() === '', read.includes(target), target);
    fs.rmSync(file);
  }
});

test('a repository that is intended to be added, with each setting about submodules', async () => {
  const repository = new Repository('intended');
  repository.write('a', 'a\n');
  repository.commit('first');
  const inner = new Repository('intended/sub');
  inner.write('i', 'i\n');
  inner.commit('inner');
  repository.git('add', '-N', 'sub');
  for (const value of ['none', 'dirty', 'all']) {
    repository.git('config', 'diff.ignoreSubmodules', value);
    await repository.compare(['--porcelain=v2']);
  }
});

// Git 2.39 and 2.55 damage their own memory here: they shorten the index and lose entries, or crash in `git sparse-checkout`
// and leave a lock. The index on disk is sound, and Git answers from it as it is without index.sparse.
test('a file that is intended to be added, where Git would shorten the index of a sparse checkout', async () => {
  const repository = new Repository('sparse-intended');
  for (const name of ['a/1', 'b/2', 'b/out/3', 'b/out/4', 'd/4', 'e/f']) repository.write(name, `${name}\n`);
  repository.commit('first');
  repository.write('b/n', 'new\n');
  repository.git('add', '-N', 'b/n');
  for (const name of ['core.sparseCheckout', 'core.sparseCheckoutCone', 'index.sparse']) {
    repository.git('config', name, 'true');
  }
  repository.write('.git/info/sparse-checkout', '/*\n!/*/\n/d/\n');
  repository.write('.git/index.lock', '');
  fs.rmSync(path.join(repository.root, 'a'), { recursive: true });
  await repository.compare(['--porcelain=v2'], '', ['-c', 'index.sparse=false']);
});

test('a repository outside of a sparse checkout', async () => {
  const repository = new Repository('sparse-nested');
  for (const name of ['a', 'kept/b']) repository.write(name, `${name}\n`);
  const inner = new Repository('sparse-nested/outside/sub');
  inner.write('i', 'i\n');
  inner.commit('inner');
  repository.commit('first');
  repository.git('sparse-checkout', 'set', '--cone', 'kept');
  await repository.compareForms();
  inner.write('u', 'u\n');
  inner.write('i', 'changed\n');
  await repository.compareForms();
  fs.rmSync(path.join(repository.root, 'outside'), { recursive: true });
  await repository.compareForms();
  repository.write('outside/sub', 'a file\n');
  await repository.compareForms();
});

test('files that a program or an encoding converts are refused', async () => {
  const repository = new Repository('converted');
  repository.write('a.txt', 'a\n');
  repository.write('b.c', 'b\n');
  repository.commit('first');
  repository.git('config', 'filter.up.clean', 'tr a-z A-Z');
  for (const [name, attribute] of [
    ['a.txt', 'filter=up'],
    ['b.c', 'working-tree-encoding=UTF-16LE'],
  ] as const) {
    repository.write('.gitattributes', `${name} ${attribute}\n`);
    // Of the same size: only the content can decide.
    repository.write(name, name === 'a.txt' ? 'x\n' : 'y\n');
    await assert.rejects(repository.compare(['-s']), { code: 'unsupported' });
    await repository.compare(['-s', name === 'a.txt' ? 'b.c' : 'a.txt']);
    repository.write('.gitattributes', '');
    await repository.compare(['-s']);
  }
});

/** The extension of an index with its signature and length. */
function extensionOf(index: Buffer, signature: string): Buffer {
  const at = index.indexOf(signature, 0, 'latin1');
  return Buffer.from(index.subarray(at, at + 8 + index.readUInt32BE(at + 4)));
}
