import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromDisplay } from '../../../src/base/bytePath.ts';
import { candidatesFor, escapeGlob } from '../../../src/extension/hg/ignoreCandidates.ts';
import { shelvedIn } from '../../../src/extension/hg/shelfList.ts';
import { compileIgnoreLines } from '../../../src/mercurial/ignore/ignoreLines.ts';

test('for a file: itself, its kind, its name, and the folders above it', () => {
  assert.deepEqual(candidatesFor(['a/b/c.log']), [
    ['rootglob:a/b/c.log'],
    ['glob:*.log'],
    ['glob:c.log'],
    ['rootglob:a/b'],
    ['rootglob:a'],
  ]);
  assert.deepEqual(candidatesFor(['.env']), [['rootglob:.env']]);
});

test('for several: one by one, and what they have in common', () => {
  assert.deepEqual(candidatesFor(['a/x.o', 'a/b/y.o']), [
    ['rootglob:a/x.o', 'rootglob:a/b/y.o'],
    ['glob:*.o'],
    ['rootglob:a'],
  ]);
  assert.deepEqual(candidatesFor(['a/x.o', 'c/y.c']), [['rootglob:a/x.o', 'rootglob:c/y.c']]);
});

test('a path that is made a pattern matches itself alone, whatever characters it has', () => {
  for (const path of ['a*b', 'a?b', '[ab]', '{a,b}', 'a#b', 'a\\b', 'ends with a space ', 'é', '!a', 'syntax: glob']) {
    const matcher = compileIgnoreLines(fromDisplay(`rootglob:${escapeGlob(path)}`));
    assert.ok(matcher.matches(fromDisplay(path)), path);
    for (const other of ['axb', 'a', 'b', 'ab', 'ends with a space', 'x']) {
      assert.ok(!matcher.matches(fromDisplay(other)), `${path} does not match ${other}`);
    }
  }
});

test('the list of what is shelved has names, also with spaces and brackets', () => {
  assert.deepEqual(shelvedIn('my name         (1s ago)    some msg\ndefault         (2d ago)    changes to: a (b)\n'), [
    { name: 'my name', age: '1s ago', summary: 'some msg' },
    { name: 'default', age: '2d ago', summary: 'changes to: a (b)' },
  ]);
});
