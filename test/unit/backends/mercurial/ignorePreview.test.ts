import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytePath } from '../../../../src/base/bytePath.ts';
import { previewIgnore } from '../../../../src/backends/mercurial/ignorePreview.ts';
import { NO_ROOT } from '../../../support/patternRoot.ts';

const untracked = ['a.log', 'build/one.o', 'build/two.log'].map(bytePath);

test('each line tells how many unknown files it would hide, and the first of them', () => {
  assert.deepEqual(
    previewIgnore(NO_ROOT, untracked, ['glob:*.log', 'rootglob:build', 'relre:\\.o$', 'rootglob:none'], 1),
    [
      { kind: 'hidden', total: 2, first: ['a.log'] },
      { kind: 'hidden', total: 2, first: ['build/one.o'] },
      { kind: 'hidden', total: 1, first: ['build/one.o'] },
      { kind: 'hidden', total: 0, first: [] },
    ],
  );
});

test('a line at which Mercurial would abort, or that names another file, is told as invalid', () => {
  const lines = ['re:(', 'include:other', 'syntax: nonsense', 'rootglob://build'];
  const [bad, include, syntax, slashes] = previewIgnore(NO_ROOT, untracked, lines, 5);
  assert.equal(bad?.kind, 'invalid');
  assert.deepEqual(include, { kind: 'invalid', message: 'what another file would ignore is not looked at' });
  assert.deepEqual(syntax, { kind: 'invalid', message: 'there is no syntax of this name' });
  assert.deepEqual(slashes, {
    kind: 'invalid',
    message: '.hgignore:1: invalid pattern (rootglob): //build: it begins with two slashes',
  });
});

test('names that are not ASCII are matched as their bytes', () => {
  const path = bytePath(Buffer.from('é.txt', 'utf8').toString('latin1'));
  assert.deepEqual(previewIgnore(NO_ROOT, [path], ['rootglob:é.txt'], 5), [
    { kind: 'hidden', total: 1, first: ['é.txt'] },
  ]);
});
