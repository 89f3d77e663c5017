// Paths and patterns on the command line of `git status`, in each form of untracked and ignored paths.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Repository } from '../support/comparedGit.ts';

const UNTRACKED: readonly (readonly string[])[] = [[], ['-uall'], ['-uno']];
const IGNORED: readonly (readonly string[])[] = [
  ['--ignored'],
  ['--ignored=matching'],
  ['-uall', '--ignored'],
  ['-uall', '--ignored=matching'],
];

const PATHS = [
  '.', 'd', 'd/', 'd/e', 'd/e/z.c', 'd/x.c/', 'd/../a', 'ig', 'ig/', 'ig/x', 'ig/deep', 'ig/deep/y', 'ig/none', 'none/x',
  'nowhere/ig/x', 'oo', 'oo/y.o', 'un/z', 'un/y.o', 'mix', 'mix/ig', 'mix/ig/q', 'a', 'a/', 'tracked', 'tracked/t',
  'tracked/t/', 'tracked/ig/y', 'tracked/ig', 'forced', 'forced/n', 'forced/f', 'nest', 'nest/', 'nest/x', 'ig/nest',
  'ig/nest/', 'd/nest', 'only/ig/nest', 'only', 'sub', 'sub/', 'sub/u', 'link/', 'link',
]; // prettier-ignore

const PATTERNS = [
  '*', '*.c', '*z.c', 'd*', 'd?', 'd/*', 'd/*.c', 'd/e*', 'd/[e]', 'd/[e]/z.c', '*/e', '*/', 'd/??', 'ig/*', '*.o', 'un/*',
  'mix/*', 'a*', 'a?', 'tracked/*', 'nest*', 'nes?', 'nest?', 'ne*/', 'd/nes*', 'su?', 'sub?', 'd\\/x.c', 'st\\*r', 'st*r', 'st?r',
]; // prettier-ignore

function prepared(name: string): Repository {
  const inner = new Repository(`${name}-inner`);
  inner.git('commit', '-q', '--allow-empty', '-m', 'one');
  const repository = new Repository(name);
  repository.write('.gitignore', '*.o\nig/\nforced/\n');
  for (const file of ['a', 'tracked/t', 'forced/f']) repository.write(file, 'one');
  repository.git('add', '-f', '.gitignore', 'a', 'tracked', 'forced');
  repository.git('submodule', '--quiet', 'add', inner.root, 'sub');
  repository.git('commit', '-q', '-m', 'one');
  for (const file of ['a', 'tracked/t']) repository.write(file, 'other');
  const untracked = [
    'd/x.c', 'd/y.h', 'd/e/z.c', 'un/z', 'mix/n', 'tracked/n.c', 'forced/n', 'forced/deep/n', 'sub/u', 'star', 'st*r',
    'ig/x', 'ig/deep/y', 'un/y.o', 'oo/y.o', 'oo/w.o', 'mix/ig/q', 'tracked/ig/y', 'only/v.o',
  ]; // prettier-ignore
  for (const file of untracked) repository.write(file, '');
  for (const nested of ['nest', 'ig/nest', 'd/nest', 'only/ig/nest']) repository.git('init', '-q', nested);
  repository.git('-c', 'core.symlinks=true', 'config', 'alias.ln', '!ln -s d link');
  repository.git('ln');
  return repository;
}

test('each path, in each form', async () => {
  const repository = prepared('paths');
  for (const form of [...UNTRACKED, ...IGNORED]) {
    await repository.compare(['-s', ...form]);
    for (const path of PATHS) await repository.compare(['-s', ...form, path]);
    await repository.compare(['-s', ...form, 'd/e', 'ig/x', 'mix/ig', 'tracked']);
  }
});

test('each pattern, in each form', async () => {
  const repository = prepared('patterns');
  for (const form of UNTRACKED) {
    for (const pattern of PATTERNS) await repository.compare(['-s', ...form, pattern]);
    if (form.length > 0) await repository.compare(['-s', ...form, 'd/e', '*.h', 'tr*']);
  }
  await assert.rejects(repository.ownStatus(['-s', 'd/e', '*.h']), { code: 'unsupported', message: /-uall or -uno/ });
  for (const form of IGNORED) {
    await assert.rejects(repository.ownStatus(['-s', ...form, '*.o']), { code: 'unsupported', message: /--ignored/ });
  }
});

test('paths and patterns from a directory', async () => {
  const repository = prepared('from-directory');
  repository.write('[d]/x.c', '');
  for (const directory of ['d', 'un', 'ig', 'tracked']) {
    for (const form of [...UNTRACKED, ...IGNORED]) {
      for (const path of ['.', './', '..', '../ig/x', '../d', 'x', 'x.c']) {
        await repository.compare(['-s', ...form, path], directory);
      }
    }
    for (const form of UNTRACKED) {
      for (const pattern of ['*', '*.c', '../d*', '../*'])
        await repository.compare(['-s', ...form, pattern], directory);
    }
  }
  await repository.compare(['-s', 'x.c'], '[d]');
  await assert.rejects(repository.ownStatus(['-s', '*.c'], '[d]'), { code: 'unsupported' });
});

test('a repository in an ignored directory is ignored', async () => {
  const repository = prepared('nested');
  repository.git('init', '-q', 'ig/deep/er');
  repository.git('init', '-q', 'forced/nest');
  repository.git('init', '-q', 'tracked/ig/nest');
  for (const form of [...UNTRACKED, ...IGNORED]) await repository.compare(['-s', ...form]);
});
