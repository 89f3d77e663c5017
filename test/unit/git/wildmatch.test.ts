import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileWildcards, matchesWildcards } from '../../../src/git/wildmatch.ts';

const matches = (pattern: string, text: string, fold = false): boolean =>
  matchesWildcards(compileWildcards(pattern, fold), text);

test('wildcards match as in Git', () => {
  const cases: readonly (readonly [pattern: string, text: string, expected: boolean])[] = [
    ['a', 'a', true],
    ['a', 'ab', false],
    ['?', '/', false],
    ['*', 'a/b', false],
    ['*.o', 'x.o', true],
    ['a*b', 'a/b', false],
    ['**', 'a/b', true],
    ['**/b', 'b', true],
    ['**/b', 'a/c/b', true],
    ['**/b', 'ab', false],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['a/***/b', 'a/x/b', true],
    ['a/**', 'a/x/y', true],
    ['a/**', 'a', false],
    ['a**b', 'a/b', false],
    ['a**b', 'axxb', true],
    ['[ab]', 'b', true],
    ['[!ab]', 'c', true],
    ['[^ab]', 'a', false],
    ['[]x]', ']', true],
    ['[a-', 'a', false],
    ['[a-c]', 'b', true],
    ['[z-a]', 'z', true],
    ['[z-a]', 'm', false],
    ['[a-]', '-', true],
    ['[\\]]', ']', true],
    ['[[:upper:]]', 'A', true],
    ['[[:nothing:]]', 'n', false],
    ['[/]', '/', false],
    ['\\*', '*', true],
    ['\\', '\\', false],
    ['?', '\xff', true],
  ];
  for (const [pattern, text, expected] of cases)
    assert.equal(matches(pattern, text), expected, `${pattern} on ${text}`);
});

test('without case, letters and classes match both cases of ASCII letters only', () => {
  assert.ok(matches('A[B-C]', 'ab', true));
  assert.ok(matches('[[:upper:]]', 'a', true));
  assert.ok(!matches('\xc9', '\xe9', true));
});

test('a pattern takes time in proportion to its length and that of the text', () => {
  assert.equal(matches('*a'.repeat(200) + 'b', 'a'.repeat(4000)), false);
  assert.equal(matches('**/'.repeat(200) + 'b', 'a/'.repeat(2000)), false);
});
