import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytePath } from '../../../src/base/bytePath.ts';
import { compilePatterns, type PatternMatcher } from '../../../src/mercurial/ignore/patternMatcher.ts';
import { RegexTooDeepError, parseRegex } from '../../../src/regex/regexParser.ts';
import { RegexSyntaxError } from '../../../src/regex/regexScanner.ts';

function matcher(...patterns: string[]): PatternMatcher {
  return compilePatterns(patterns.map(pattern => ({ kind: 're', pattern })));
}

/** Paths that the expression matches at their start, out of those given. */
function matching(pattern: string, paths: readonly string[]): string[] {
  const compiled = matcher(pattern);
  return paths.filter(path => compiled.matches(bytePath(path)));
}

test('what Python rejects is rejected', () => {
  const rejected = [
    ...[
      '(',
      ')',
      'a)',
      '(?',
      '(?P',
      '(?P<',
      '(?P<1>a)',
      '(?P<a-b>x)',
      '(?P<a>x)(?P<a>y)',
      '(?P=a)',
      '(?<n>a)',
      '(?Px)',
    ],
    ...['*', '+a', '?', '|*', '^*', '\\b+', 'a**', 'a*+*', 'a{2}{3}', 'a{2,1}', 'a{4294967295}', '{,}', '(?i)*'],
    ...['[', '[a', '[]', '[^]', '[b-a]', '[\\d-a]', '[a-\\d]', '[\\q]', '[\\8]', '[\\400]', '[\\b-\\a]'],
    ...['\\', 'a\\', '\\q', '\\u0041', '\\N', '\\x1', '\\400', '\\1', '(a\\1)', '(?<=(a)\\1)', '\\8'],
    ...['(?<=a*)', '(?<=a|bc)', '(?<!a?)', '(?<=(a|b)\\1*)'],
    ...['(?(1)a|b|c)(x)', '(?(0)a)', '(?(1)a)', '(?(n)a)', '(?(1', '(?()a)'],
    ...[
      'x(?i)',
      '(?i',
      '(?u)a',
      '(?aL)a',
      '(?i-i:a)',
      '(?-a:x)',
      '(?i-)x',
      '(?iz:a)',
      '(?t)a',
      '(?-i)a',
      '(?)',
      '(?#a',
    ],
    '(?x)a(#)',
  ];
  for (const pattern of rejected) {
    assert.throws(() => parseRegex(pattern), RegexSyntaxError, pattern);
  }
});

test('what Python accepts is accepted', () => {
  const accepted = [
    ...['', '|', '()', '(?:)*', '(?=a)*', '(a)|\\1', 'a{', 'a{,', '{', '}', 'a{x}', 'a{}', '(?:^)*', '(?i)(?s)a'],
    ...[
      '[]]',
      '[^]]',
      '[a-]',
      '[-a]',
      '[[:alpha:]]',
      '[\\]]',
      '[\\101]',
      '[\\b]',
      '(?P<n>a)(?P=n)',
      '(?(1)a|b)(c)',
      '(?(1)a)()',
    ],
    ...['(?<=a{2})', '(?<=(?:a|b))', '(a)(?<=\\1)', '(?i-s:a)', '(?L:a)', '(?a:b)', '(?#comment)a', '(?#c)(?i)a'],
  ];
  for (const pattern of accepted) assert.doesNotThrow(() => parseRegex(pattern), pattern);
});

test('nesting is bounded', () => {
  assert.throws(() => parseRegex('('.repeat(5000) + ')'.repeat(5000)), RegexTooDeepError);
  assert.doesNotThrow(() => parseRegex('('.repeat(200) + ')'.repeat(200)));
});

const SOME = [
  'a',
  'b',
  'ab',
  'ba',
  'aab',
  'abab',
  'A',
  'aB',
  'a\n',
  'a\nb',
  'a/b',
  '\xe9',
  '\xc9',
  'a b',
  '1',
  '_',
  '{',
  '',
];

test('a match is that of Python', () => {
  const cases: [string, string[]][] = [
    ['.$', ['a', 'b', 'A', 'a\n', '\xe9', '\xc9', '1', '_', '{']],
    ['.\\Z', ['a', 'b', 'A', '\xe9', '\xc9', '1', '_', '{']],
    ['(?m).$', ['a', 'b', 'A', 'a\n', 'a\nb', '\xe9', '\xc9', '1', '_', '{']],
    ['(?s)a.b', ['aab', 'a\nb', 'a/b', 'a b']],
    ['a.b', ['aab', 'a/b', 'a b']],
    ['(?m)a\\n^b', ['a\nb']],
    ['(?i)AB', ['ab', 'abab', 'aB']],
    ['(?i)\xe9', ['\xe9']],
    ['(?i)[^a]', ['b', 'ba', '\xe9', '\xc9', '1', '_', '{']],
    ['a(?i:b)', ['ab', 'abab', 'aB']],
    ['(?i)a(?-i:b)', ['ab', 'abab']],
    ['\\w+$', ['a', 'b', 'ab', 'ba', 'aab', 'abab', 'A', 'aB', 'a\n', '1', '_']],
    ['\\W', ['\xe9', '\xc9', '{']],
    ['a\\s', ['a\n', 'a\nb', 'a b']],
    ['\\141b', ['ab', 'abab']],
    ['\\x61\\b', ['a', 'a\n', 'a\nb', 'a/b', 'a b']],
    ['a\\B', ['ab', 'aab', 'abab', 'aB']],
    ['\\B', ['\xe9', '\xc9', '{']],
    ['{', ['{']],
    ['a{,1}b', ['b', 'ab', 'ba', 'abab']],
    ['(?x) a b # comment', ['ab', 'abab']],
    ['(ab)\\1', ['abab']],
    ['(?P<n>a)(?P=n)', ['aab']],
    ['(a)(?(1)b|x)', ['ab', 'abab']],
    ['(?(1)x|b)(a)', ['ba']],
    ['(?>a+)ab', []],
    ['a++b', ['ab', 'aab', 'abab']],
    ['a*+a', []],
    ['(?=a)..$', ['ab', 'aB']],
    ['(?!a)', ['b', 'ba', 'A', '\xe9', '\xc9', '1', '_', '{', '']],
    ['.(?<=b)', ['b', 'ba']],
    ['..(?<!b)', ['ba', 'aab', 'aB', 'a/b', 'a b']],
    ['.(?<=(?>b))', ['b', 'ba']],
    ['$^', ['']],
    ['a\\z', ['a']],
    ['(?#a\\)b)1', ['1']],
  ];
  for (const [pattern, expected] of cases) assert.deepEqual(matching(pattern, SOME), expected, pattern);
});

test('a reference to a group of another alternative never matches', () => {
  assert.deepEqual(matching('(a)x|(b)\\1', ['ba', 'bb', 'b']), []);
  assert.deepEqual(matching('(a)x|(b)\\2', ['ba', 'bb', 'b']), ['bb']);
});

test('what depends on a group that matches only sometimes follows the ways with and without it', () => {
  const texts = ['a', 'b', 'c', 'd', 'ab', 'ac', 'bb', 'bc', 'aa', 'aad', 'acd', 'bd', 'abb', 'aab'];
  const cases: readonly (readonly [pattern: string, expected: readonly string[]])[] = [
    ['^(a)?\\1$', ['aa']],
    ['^(?:(a)|b)\\1$', ['aa']],
    ['^(a)?(?(1)b|c)$', ['c', 'ab']],
    ['^(a)??(?(1)b|c)$', ['c', 'ab']],
    ['^(?:(a)|b)(?(1)b|c)$', ['ab', 'bc']],
    ['^(a)?(b)?(?(2)b|c)(?(1)b|d)?$', ['c', 'ac', 'bb', 'abb']],
    ['^(a)?(?(1)(a)|b)(?(2)d|$)$', ['b', 'aad']],
    ['^(a)?(?=(?(1)a|b)).(?:(?(1)b|d))$', ['bd', 'aab']],
    ['^(a)?(?!(?(1)b|c)).$', ['a', 'b', 'd', 'ac', 'aa']],
    ['^(?:(a)x|b)?(?(1)b|c)$', ['c', 'bc']],
  ];
  for (const [pattern, expected] of cases) assert.deepEqual(matching(pattern, texts), expected, pattern);
});

test('an optional part that may be empty is matched as by Python, beside an atomic group', () => {
  assert.deepEqual(matching('^(?>(?:b??)?)b$', ['b', 'bb']), ['b']);
  assert.deepEqual(matching('^(?>(?:|b)?)b$', ['b', 'bb']), ['b']);
  assert.deepEqual(matching('^(?>(?:b?)??)b$', ['b', 'bb']), ['b']);
});

test('what depends on the order of attempts, or on the version of Python, is refused', () => {
  const patterns = [
    ...['(?:(a)|b)*(?(1)c|d)', '(?=(a)?)(?(1)a|b)', '(?>(a)?)\\1', '(?i)(a)\\1', '((?(1)a|b)|a)'],
    ...['(?>(?:a?){1,2})a', '(a?){2}\\1', '(a)?(b)?(c)?(d)?(?(1)a|b)(?(2)a|b)(?(3)a|b)(?(4)a|b)'],
  ];
  for (const pattern of patterns) {
    assert.throws(() => matcher(pattern), { name: 'QuicksilverError', code: 'unsupported' }, pattern);
  }
});

test('a possessive repeat of a group is refused, since versions of Python differ; of a character it is not', () => {
  for (const pattern of ['(?:ab|a)*+b', '(?:ab){,2}+', '(a)++']) {
    assert.throws(() => matcher(pattern), { name: 'QuicksilverError', code: 'unsupported' }, pattern);
  }
  assert.deepEqual(matching('^a*+b', ['aab', 'b', 'a']), ['aab', 'b']);
});
