import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baseName, bytePath } from '../../../src/base/bytePath.ts';
import { lastMatch, parseIgnoreFile } from '../../../src/git/ignore/ignorePattern.ts';

function decides(rules: string, path: string, isDirectory = false): boolean | undefined {
  const match = lastMatch(parseIgnoreFile(rules, false), path, baseName(bytePath(path)), isDirectory);
  return match && !match.isNegated;
}

test('lines of an ignore file decide as in Git', () => {
  const cases: readonly (readonly [
    rules: string,
    path: string,
    isDirectory: boolean,
    expected: boolean | undefined,
  ])[] = [
    ['*.o\n', 'dir/x.o', false, true],
    ['*.o\n!keep.o\n', 'dir/keep.o', false, false],
    ['/a\n', 'dir/a', false, undefined],
    ['dir/\n', 'dir', false, undefined],
    ['dir/\n', 'dir', true, true],
    ['dir//\n', 'dir', true, undefined],
    ['a/b\n', 'a/b', false, true],
    ['a/b\n', 'x/a/b', false, undefined],
    ['//a\n', 'a', false, undefined],
    ['./a\n', 'a', false, undefined],
    ['#a\n', '#a', false, undefined],
    ['\\#a\n', '#a', false, true],
    ['\\!a\n', '!a', false, true],
    ['a  \n', 'a', false, true],
    ['a\\ \n', 'a ', false, true],
    ['a\r\n', 'a', false, true],
    ['a\t\n', 'a', false, undefined],
    ['\xef\xbb\xbfa\n', 'a', false, true],
    ['/a**/b\n', 'ax/y/b', false, true],
    ['d/x**y\n', 'd/xa/y', false, undefined],
    ['!\n/\n\n', 'a', false, undefined],
    ['\\\n', 'a', false, undefined],
    ['a\\\n', 'a', false, undefined],
    ['a\\\n', 'a\\', false, undefined],
    ['a\\\\\n', 'a\\', false, true],
    ['\\a\\b\n', 'd/ab', false, true],
    ['d\\/\\a\n', 'd/a', false, true],
    ['\\*\n', 'a', false, undefined],
    ['\\*\n', '*', false, true],
  ];
  for (const [rules, path, isDirectory, expected] of cases) {
    assert.equal(decides(rules, path, isDirectory), expected, JSON.stringify([rules, path]));
  }
});

test('without case, literal parts and suffixes match both cases', () => {
  const [name, suffix, path, escaped] = parseIgnoreFile('Name\n*.OBJ\n/Dir/x*\n\\#A\\ \n', true);
  assert.ok(name!.matches('a/nAME', 'nAME'));
  assert.ok(suffix!.matches('x.obj', 'x.obj'));
  assert.ok(path!.matches('dIR/Xy', 'Xy'));
  assert.ok(escaped!.matches('#a ', '#a '));
});
