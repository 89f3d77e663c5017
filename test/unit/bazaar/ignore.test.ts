// Ignore patterns: how they are read, and what they match. Expected values are Breezy's answers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromDisplay } from '../../../src/base/bytePath.ts';
import { QuicksilverError } from '../../../src/base/errors.ts';
import { BazaarIgnore } from '../../../src/bazaar/ignore/bazaarIgnore.ts';
import { normalizePattern, patternType, translatePattern } from '../../../src/bazaar/ignore/translatePattern.ts';

function ignore(...patterns: string[]): (path: string) => boolean {
  const rules = new BazaarIgnore(() => ({
    patterns: patterns.map((text, i) => ({ text: normalizePattern(text), file: '.bzrignore', line: i + 1 })),
    warnings: [],
  }));
  return path => rules.matches(fromDisplay(path));
}

for (const [pattern, matches, differs] of [
  ['*.o', ['a.o', 'd/a.o', '.o'], ['a.o/b', 'ao']],
  ['./a', ['a'], ['d/a']],
  ['dir/', ['dir', 'x/dir'], ['dirx']],
  ['**/sub', ['sub', 'a/b/sub'], ['asub']],
  ['dir/**/est', ['dir/est', 'dir/a/b/est'], ['est', 'dirx/est']],
  ['a/*', ['a/b'], ['a/b/c', 'a']],
  ['RE:.*\\.h$', ['a.h', 'd/x.h'], ['a.hh']],
  ['RE:a|b', ['a', 'b'], ['ab', 'd/a']],
  ['[!a-c]*', ['d', 'x/é'], ['abc']],
  ['?', ['a', 'é', '日'], ['ab', 'éa']],
  ['[[:alnum:]]*', ['a-', 'é', '日本', '٣'], ['-a', '☃']],
  ['[[:digit:]]', ['1', '٣'], ['a', '½']],
  ['é', ['é', 'd/é'], ['e', 'ê']],
  ['[é]x', ['éx'], ['êx', 'ex']],
  ['dir\\sub', ['dir/sub'], ['dirsub']],
  ['*', ['a', 'a\n'], ['a\nb']],
] as const) {
  test(`pattern ${pattern}`, () => {
    const isIgnored = ignore(pattern);
    for (const path of matches) assert.equal(isIgnored(path), true, path);
    for (const path of differs) assert.equal(isIgnored(path), false, path);
  });
}

test('marks decide whatever the order', () => {
  const isIgnored = ignore('!keep.o', '*.o', '!!z.o', '!z.o');
  assert.equal(isIgnored('a.o'), true);
  assert.equal(isIgnored('keep.o'), false);
  assert.equal(isIgnored('z.o'), true);
});

test('a pattern fails only when its turn comes', () => {
  const isIgnored = ignore('*.o', 'RE:(a');
  assert.equal(isIgnored('x.o'), true);
  assert.throws(
    () => isIgnored('x'),
    (error: unknown) => {
      assert.ok(error instanceof QuicksilverError);
      assert.equal(error.code, 'invalid-config');
      assert.match(error.message, /^\.bzrignore:2: pattern RE:\(a is invalid/);
      return true;
    },
  );
});

test('what cannot be expressed is unsupported', () => {
  for (const pattern of ['RE:(?i:a)', 'RE:[\\W]a', 'RE:\\u00e9', '[à-ü]']) {
    assert.throws(
      () => ignore(pattern)('b'),
      (error: unknown) => error instanceof QuicksilverError && error.code === 'unsupported',
      pattern,
    );
  }
  const boundary = ignore('RE:.*\\bfoo');
  assert.equal(boundary('a foo'), true);
  assert.throws(() => boundary('é foo'), /word boundary/);
});

test('translations', () => {
  const translated = (pattern: string): string => {
    const normal = normalizePattern(pattern);
    return translatePattern(normal, patternType(normal));
  };
  assert.equal(translated('*.py[co]'), 'py[co]');
  assert.equal(translated('./a//b/'), 'a/b');
  assert.equal(translated('a.b+'), 'a\\.b\\+');
  assert.equal(translated('RE:(a)(?P<n>b)\\\\\\'), '(?:a)(?:b)\\\\');
  assert.equal(translated('[:alnum:]'), '[:alnum:]');
});
