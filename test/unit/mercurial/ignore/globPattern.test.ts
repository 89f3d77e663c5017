import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeRegex, globToRegex, normalizePath } from '../../../../src/mercurial/ignore/globPattern.ts';
import { patternToRegex, type GlobReach, type PatternKind } from '../../../../src/mercurial/ignore/patternRegex.ts';

test('globs as regular expressions', () => {
  const cases: [string, string][] = [
    ['*', '[^/]*'],
    ['**', '.*'],
    ['**/x', '(?:.*/)?x'],
    ['x/**', 'x/.*'],
    ['***', '.*[^/]*'],
    ['a?c', 'a.c'],
    ['[!x]', '[^x]'],
    ['[^x]', '[\\^x]'],
    ['[]x]', '[]x]'],
    ['[!]x]', '[^]x\\]'],
    ['[a', '\\[a'],
    ['[a\\]', '[a\\\\]'],
    ['{a,b}/c', '(?:a|b)/c'],
    ['{a,{b,c}}', '(?:a|(?:b|c))'],
    ['{a', '(?:a'],
    ['a,b}', 'a,b\\}'],
    ['x\\*', 'x\\*'],
    ['x\\', 'x\\\\'],
    ['a.b c', 'a\\.b\\ c'],
    ['\xe9', '\xe9'],
  ];
  for (const [glob, regex] of cases) assert.equal(globToRegex(glob), regex, glob);
});

test('kinds of patterns', () => {
  const cases: [PatternKind, string, GlobReach, string][] = [
    ['relre', 'foo', 'orParent', '.*foo'],
    ['relre', '^foo', 'orParent', '^foo'],
    ['relre', '(?i)foo', 'orParent', '(?i:.*foo)'],
    ['relre', '(?ix)^foo', 'orParent', '(?ix:^foo)'],
    ['relre', '(?i:foo)', 'orParent', '.*(?i:foo)'],
    ['re', '(?i)foo', 'whole', '(?i)foo'],
    ['relglob', '*.o', 'orParent', '.*\\.o(?:/|$)'],
    ['relglob', 'a//b/', 'orParent', '(?:|.*/)a/b(?:/|$)'],
    ['relglob', 'a', 'whole', '(?:|.*/)a$'],
    ['rootglob', '*.o', 'orParent', '[^/]*\\.o(?:/|$)'],
    ['glob', './a/../b', 'whole', 'b$'],
    ['path', 'a+/', 'whole', 'a\\+(?:/|$)'],
    ['relpath', '.', 'whole', ''],
    ['rootfilesin', '', 'whole', '[^/]+$'],
    ['rootfilesin', 'a/b', 'whole', 'a/b/[^/]+$'],
  ];
  for (const [kind, pattern, reach, regex] of cases) assert.equal(patternToRegex(kind, pattern, reach), regex, pattern);
});

test('paths in patterns are normalized', () => {
  const cases: [string, string][] = [
    ['', '.'],
    ['.', '.'],
    ['a/', 'a'],
    ['a//b/./c', 'a/b/c'],
    ['a/../b', 'b'],
    ['../a', '../a'],
    ['a/../..', '..'],
    ['/a', '/a'],
    ['//a', '//a'],
    ['///a', '/a'],
    ['/..', '/'],
  ];
  for (const [path, normal] of cases) assert.equal(normalizePath(path), normal, path);
});

test('escaping', () => {
  assert.equal(escapeRegex('a.b*c-d~e&f#g h'), 'a\\.b\\*c\\-d\\~e\\&f\\#g\\ h');
  assert.equal(escapeRegex('_/,!%"\'<>=@`:;\xe9'), '_/,!%"\'<>=@`:;\xe9');
});
