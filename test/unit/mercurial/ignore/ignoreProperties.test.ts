// What holds of every pattern and path, with naive matchers to compare with.
import assert from 'node:assert/strict';
import * as path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { bytePath, parentPath, ROOT_PATH, type BytePath } from '../../../../src/base/bytePath.ts';
import { QuicksilverError } from '../../../../src/base/errors.ts';
import { normalizePath } from '../../../../src/mercurial/ignore/globPattern.ts';
import { parseIgnoreFile } from '../../../../src/mercurial/ignore/ignoreFile.ts';
import { compilePatterns, type Pattern, type PatternMatcher } from '../../../../src/mercurial/ignore/patternMatcher.ts';

const anyName = fc.string({ unit: fc.constantFrom('a', 'b', 'o', '.', '\xe9'), minLength: 1, maxLength: 4 });
const anyPath = fc.array(anyName, { minLength: 1, maxLength: 4 }).map(names => bytePath(names.join('/')));

/** A glob as a list of pieces, so that a naive matcher needs no parser. */
type Piece = '*' | '**' | '**/' | '?' | '/' | 'a' | 'b' | 'o' | '.' | '\xe9';
const anyPieces: fc.Arbitrary<Piece[]> = fc.array(
  fc.constantFrom<Piece>('*', '**', '**/', '?', '/', 'a', 'b', 'o', '.', '\xe9'),
  { minLength: 1, maxLength: 6 },
);

/** Whether the pieces match the text from its beginning to its end, by trying everything. */
function naiveGlob(pieces: readonly Piece[], text: string): boolean {
  const [first, ...rest] = pieces;
  if (first === undefined) return text === '';
  const takes = (length: number): boolean => naiveGlob(rest, text.slice(length));
  const lengths = Array.from({ length: text.length + 1 }, (_, i) => i);
  if (first === '*') return lengths.some(length => !text.slice(0, length).includes('/') && takes(length));
  if (first === '**') return lengths.some(takes);
  if (first === '**/') return takes(0) || lengths.some(length => text.slice(0, length).endsWith('/') && takes(length));
  if (first === '?') return text !== '' && takes(1);
  return text.startsWith(first) && takes(first.length);
}

const directoriesOf = (at: BytePath): BytePath[] =>
  at === '' ? [] : [parentPath(at), ...directoriesOf(parentPath(at))];

test('a glob matches what trying everything finds, or a directory above it', () => {
  fc.assert(
    fc.property(anyPieces, anyPath, (pieces, at) => {
      const glob = pieces.join('');
      // What is written together may mean something else: two stars, or a name that is resolved.
      const isAmbiguous = pieces.some((piece, i) => piece.endsWith('*') && /^[*/]/.test(pieces[i + 1] ?? '') && piece + pieces[i + 1]! !== '*/');
      fc.pre(!isAmbiguous && normalizePath(glob) === glob);
      const matcher = compilePatterns([{ kind: 'rootglob', pattern: glob }]);
      // The expression may end before any slash of the path, so that directories above it need no look of their own.
      const naive = [at, ...directoriesOf(at)].some(prefix => prefix !== '' && naiveGlob(pieces, prefix));
      assert.equal(matcher.matches(at), naive);
      assert.equal(matcher.isIgnored(at), naive);
    }),
    { numRuns: 3000 },
  );
}); // prettier-ignore

/** Expressions whose syntax means the same in Python and in JavaScript. */
const anyRegex: fc.Arbitrary<string> = fc.letrec<{ regex: string; atom: string }>(tie => ({
  regex: fc
    .array(fc.tuple(tie('atom'), fc.constantFrom('', '', '', '*', '+', '?', '*?', '{1,2}')), { minLength: 1, maxLength: 4 })
    .map(items => items.map(item => item.join('')).join('')),
  atom: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('a', 'b', 'o', '.', '\\.', '/', '[ab]', '[^a/]', '\\w', '\xe9'),
    fc.tuple(tie('regex'), tie('regex')).map(([a, b]) => `(?:${a}|${b})`),
    tie('regex').map(regex => `(?=${regex})`),
    tie('regex').map(regex => `(${regex})`),
  ),
})).regex; // prettier-ignore

/** Long enough for trouble, short enough for JavaScript's engine to get through it. */
const anyShortPath = fc.array(anyName, { minLength: 1, maxLength: 2 }).map(names => bytePath(names.join('/')));

test('an expression matches what JavaScript finds, whichever engine runs it', () => {
  const engines = new Set<string>();
  let total = 0;
  let refused = 0;
  const property = fc.property(anyRegex, fc.array(anyShortPath, { minLength: 1, maxLength: 8 }), (regex, paths) => {
    // A look ahead that is repeated is remembered otherwise by JavaScript, and refused by some engines.
    fc.pre(!/\(\?=.*\)[*+?{]/.test(regex));
    const matcher = compiledOrRefused({ kind: 'relre', pattern: regex });
    total++;
    if (matcher === undefined) {
      refused++;
      return;
    }
    for (const engine of matcher.engines) engines.add(engine);
    const plain = new RegExp(`^[^\\n]*?(?:${regex})`);
    for (const at of paths) assert.equal(matcher.matches(at), plain.test(at), `${regex} on ${at}`);
  });
  // What a run covers is asserted for this seed alone: another one may draw less.
  fc.assert(property, { numRuns: 750, seed: 1 });
  assert.deepEqual([...engines].sort(), ['javascript', 'linear']);
  assert.ok(refused < total / 4, `${refused} of ${total} are refused`);
  fc.assert(property, { numRuns: 750 });
});

/** Undefined if it cannot be matched in bounded time. */
function compiledOrRefused(pattern: Pattern): PatternMatcher | undefined {
  try {
    return compilePatterns([pattern]);
  } catch (error) {
    assert.ok(error instanceof QuicksilverError && error.code === 'unsupported');
    return undefined;
  }
}

const anyPattern: fc.Arbitrary<Pattern> = fc.oneof(
  anyPieces.map((pieces): Pattern => ({ kind: 'relglob', pattern: pieces.join('') })),
  anyPieces.map((pieces): Pattern => ({ kind: 'rootglob', pattern: pieces.join('') })),
  fc.constantFrom('a', '^a', 'o$', '\\.o$', '^a/b', '.*o', '(?i)A', 'a+b').map((pattern): Pattern => ({ kind: 'relre', pattern })),
); // prettier-ignore

test('patterns together match what any one of them matches, and the rule that is named is one of those', () => {
  const anyPatterns = fc.array(anyPattern, { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(anyPatterns, fc.array(anyPath, { minLength: 1, maxLength: 6 }), (patterns, paths) => {
      const ruled = patterns.map((pattern, i) => {
        return { ...pattern, rule: { file: 'f', line: i + 1, text: pattern.pattern, kind: pattern.kind } };
      });
      const together = compilePatterns(ruled);
      const single = patterns.map(pattern => compilePatterns([pattern]));
      for (const at of paths) {
        assert.equal(together.matches(at), single.some(matcher => matcher.matches(at)), at);
        const first = single.findIndex(matcher => matcher.matches(at));
        assert.equal(together.explain(at)?.line, first < 0 ? undefined : first + 1, at);
        const above = [at, ...directoriesOf(at)].filter(directory => directory !== ROOT_PATH);
        assert.equal(together.isIgnored(at), above.some(directory => together.matches(directory)), at);
        const explained = together.explainIgnored(at);
        assert.equal(explained !== undefined, together.isIgnored(at), at);
        if (explained !== undefined) assert.equal(together.explain(explained.path), explained.rule);
      }
    }),
    { numRuns: 800 },
  );
}); // prettier-ignore

test('any bytes are lines, each where it stands', () => {
  const unit = fc.oneof(
    fc.constantFrom('\n', '\r', ' ', '#', '\\', ':', 'syntax: glob\n', 'glob:', 'include:', 'a'),
    fc.integer({ min: 0, max: 255 }).map(code => String.fromCharCode(code)),
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 40 }), content => {
      const source = content.split('\n');
      let last = 0;
      for (const line of parseIgnoreFile(content)) {
        assert.ok(line.line > last && line.line <= source.length);
        last = line.line;
        if (line.type !== 'pattern') continue;
        assert.equal(line.text, source[line.line - 1]);
        assert.ok(!/[ \t\r\v\f\n]$/.test(line.pattern));
      }
    }),
    { numRuns: 2000 },
  );
});

test('a path is normalized as POSIX has it, and once is enough', () => {
  const anyText = fc.string({ unit: fc.constantFrom('/', '.', 'a', '..', '//', '\xe9'), maxLength: 10 });
  fc.assert(
    fc.property(anyText, text => {
      const normal = normalizePath(text);
      assert.equal(normalizePath(normal), normal);
      // Node's keeps a slash at the end, and makes one of two at the beginning.
      const node = path.posix.normalize(text).replace(/(.)\/$/, '$1');
      assert.equal(normal.replace(/^\/\//, '/'), node);
      assert.equal(normal.startsWith('//'), /^\/\/(?!\/)/.test(text));
    }),
    { numRuns: 2000 },
  );
});
