import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromDisplay } from '../../../src/base/bytePath.ts';
import { candidatesFor, lineFor } from '../../../src/extension/features/files/ignoreCandidates.ts';
import { shelvedIn } from '../../../src/extension/features/update/shelfList.ts';
import { compileIgnoreLines } from '../../../src/mercurial/ignore/ignoreLines.ts';
import { NO_ROOT } from '../../support/patternRoot.ts';

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

test('a line matches its own path alone, whatever characters the name has, wherever they stand', () => {
  const names = ['{a,b}', '[ab]', 'é', '!a', 'syntax: glob', 'a\n.*', 'include'];
  for (let code = 1; code < 128; code++) {
    const character = String.fromCharCode(code);
    if (character !== '/') names.push(character, `${character}b`, `a${character}`, `a${character}b`, `a b${character}`);
  }
  const others = ['axb', 'ab', 'xab', 'zz', 'a b', 'b', 'a', 'deeper/q', '.*'];
  for (const name of names) {
    const line = lineFor('at', name);
    assert.doesNotMatch(line, /\n/, 'one line');
    const matcher = compileIgnoreLines(fromDisplay(line), NO_ROOT);
    assert.ok(matcher.matches(fromDisplay(name)), JSON.stringify(line));
    for (const other of others) {
      if (other !== name) assert.ok(!matcher.matches(fromDisplay(other)), `${JSON.stringify(line)} matches ${other}`);
    }
    const byName = compileIgnoreLines(fromDisplay(lineFor('name', name)), NO_ROOT);
    assert.ok(byName.matches(fromDisplay(`deep/${name}`)), JSON.stringify(lineFor('name', name)));
    const byEnd = compileIgnoreLines(fromDisplay(lineFor('ends', name)), NO_ROOT);
    assert.ok(byEnd.matches(fromDisplay(`deep/x${name}`)), JSON.stringify(lineFor('ends', name)));
  }
});

test('the list of what is shelved has names, also with spaces and brackets, and long ones', () => {
  const details =
    'my name         (1s ago)    some msg\na (1s ago) b    (3s ago)    more\n' +
    'default         (2d ago)    changes to: a (b)\na-name-of-many-letters(1s ago)    x\n';
  const names = ['my name', 'a (1s ago) b', 'default', 'a-name-of-many-letters'];
  const output = `NOISE\nNOISE${names.join('\n')}\nNOISE\n`;
  assert.deepEqual(shelvedIn(output, details, new Set(names)), [
    { name: 'my name', age: '1s ago', summary: 'some msg' },
    { name: 'a (1s ago) b', age: '3s ago', summary: 'more' },
    { name: 'default', age: '2d ago', summary: 'changes to: a (b)' },
    { name: 'a-name-of-many-letters', age: '1s ago', summary: 'x' },
  ]);
});
