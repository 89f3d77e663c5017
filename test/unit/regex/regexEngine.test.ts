import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytePath } from '../../../src/base/bytePath.ts';
import { compilePatterns, type Pattern } from '../../../src/mercurial/ignore/patternMatcher.ts';
import { backtrackingCost } from '../../../src/regex/regexCost.ts';
import { parseRegex } from '../../../src/regex/regexParser.ts';
import { printRe2 } from '../../../src/regex/regexPrinter.ts';
import { simplify } from '../../../src/regex/regexSimplify.ts';
import { processorMs } from '../../support/processorTime.ts';

function relre(pattern: string): Pattern {
  return { kind: 'relre', pattern, rule: { file: '/r/.hgignore', line: 7, text: pattern, kind: 'relre' } };
}

function relglob(pattern: string): Pattern {
  return { kind: 'relglob', pattern };
}

function engines(...patterns: Pattern[]): readonly string[] {
  return compilePatterns(patterns).engines;
}

test('usual patterns are one JavaScript expression', () => {
  const usual = [
    '\\.o$',
    '^build/',
    '.*\\.py[cod]$',
    '(^|/)node_modules/',
    '\\.(?:orig|rej)$',
    '(foo|bar)baz',
    '^a/.*/b$',
  ];
  const globs = ['*.o', 'node_modules', '**/x/**/y', 'a*b', 'a*b*', '{a,b}*.c', 'docs/**', '*.egg-info'];
  assert.deepEqual(engines(...usual.map(relre), ...globs.map(relglob)), ['javascript']);
});

test('what may take JavaScript too long goes to the linear engine', () => {
  for (const pattern of [
    '(a+)+$',
    '(a|a)*b',
    '(a|ab)*c',
    '(?:a?){50}b',
    '(a*)*b',
    'a.*b.*c',
    '(x+x+)+y',
    '(.*,){11}P',
  ]) {
    assert.deepEqual(engines(relre(pattern)), ['linear'], pattern);
  }
  for (const pattern of ['a*b*c*d*e*f', '*a*b*c*d']) assert.deepEqual(engines(relglob(pattern)), ['linear'], pattern);
});

test('the linear engine answers at once where backtracking would not return', () => {
  const matcher = compilePatterns([relre('(a+)+$'), relglob('a*b*c*d*e*f')]);
  assert.deepEqual(matcher.engines, ['linear']);
  assert.equal(matcher.matches(bytePath(`${'a'.repeat(4000)}!`)), false);
  assert.equal(matcher.matches(bytePath('a'.repeat(4000))), true);
  assert.equal(matcher.matches(bytePath('abcde'.repeat(800))), false);
  assert.equal(matcher.matches(bytePath(`${'abcde'.repeat(800)}f`)), true);
});

test('many expressions that are dear together do not all go to JavaScript', () => {
  const patterns = Array.from({ length: 40 }, (_, i) => relre(`a${i}.*b$`));
  assert.deepEqual(engines(...patterns), ['javascript', 'linear']);
});

test('what no engine can match in bounded time is refused, with its place', () => {
  for (const pattern of ['(?!(a+)+$)b', '(?:(?=a)a|a)*b', '(a+)+\\1$', '((a|a)*b)\\1']) {
    assert.throws(() => compilePatterns([relre('x'), relre(pattern)]), {
      name: 'QuicksilverError',
      code: 'unsupported',
      file: '/r/.hgignore',
      line: 7,
      message: `/r/.hgignore:7: pattern ${pattern} cannot be matched in bounded time`,
    });
  }
});

test('counted repetition is bounded', () => {
  for (const pattern of ['((a{1000}){1000}){1000}', '(?:a{999}){999}(?!b)']) {
    assert.throws(() => compilePatterns([relre(pattern)]), { code: 'unsupported' }, pattern);
  }
  assert.deepEqual(engines(relre('a{1000}')), ['javascript']);
});

test('the cost of backtracking', () => {
  const cost = (pattern: string): number => backtrackingCost(simplify(parseRegex(pattern)));
  assert.ok(cost('.*foo') < 10 * 4096);
  assert.ok(cost('.*.*foo') < 10 * 4096, 'two loops over the same are one');
  assert.ok(cost('.*a.*b') >= 4096 ** 2);
  assert.ok(cost('[^/]*/[^/]*/') < 3000, 'what a slash separates does not multiply');
  assert.equal(cost('(?:a|b)*'), cost('(?:c|d)*'));
  assert.equal(cost('(?:a|a)*b'), Infinity);
  assert.equal(cost('(?:a*)*b'), Infinity);
  assert.ok(cost('(?:a?){40}b') > 2 ** 40);
});

test('an end anchor that something follows is beyond the linear engine', () => {
  assert.equal(printRe2(parseRegex('a$')), 'a(?:\\n?\\z)');
  assert.equal(printRe2(parseRegex('a$\\n')), undefined);
  assert.equal(printRe2(parseRegex('(?=a)')), undefined);
});

test('thousands of patterns', () => {
  const matcher = compilePatterns(Array.from({ length: 5000 }, (_, i) => relglob(`some_name_${i}.tmp`)));
  assert.equal(matcher.matches(bytePath('x/some_name_4999.tmp')), true);
  assert.equal(matcher.matches(bytePath('x/some_name_5000.tmp')), false);
});

test('more patterns than the linear engine can have are refused before any is compiled', () => {
  const patterns = Array.from({ length: 100_000 }, (_, i) => relre(`(a+)+${i}$`));
  const took = processorMs(() =>
    assert.throws(() => compilePatterns(patterns), {
      code: 'unsupported',
      message: /cannot be matched in bounded time$/,
    }),
  );
  // Compiling them took half a minute, and gigabytes.
  assert.ok(took < 10_000, `${took} ms`);
  assert.deepEqual(engines(...patterns.slice(0, 1000)).at(-1), 'linear');
});
