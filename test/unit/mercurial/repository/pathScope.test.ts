// The format of sparse rules and narrow specifications, and hostile files in it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytePath } from '../../../../src/base/bytePath.ts';
import { QuicksilverError } from '../../../../src/base/errors.ts';
import { compileScope, parseScopeConfig } from '../../../../src/mercurial/repository/pathScope.ts';
import { Random, seedFromEnvironment } from '../../../support/random.ts';
import { NO_ROOT } from '../../../support/patternRoot.ts';

const parse = (text: string): ReturnType<typeof parseScopeConfig> => parseScopeConfig(text, 'sparse');

test('sections, profiles, comments, white space', () => {
  const text = '# c\n%include  p1 \n[include]\r\n a \n\n#b\n/skipped\nre:x\n%include p2\n[exclude]\na/no\n%include \n';
  // The last line has lost its blank, and is a pattern.
  assert.deepEqual(parse(text), { includes: ['a', 're:x'], excludes: ['a/no', '%include'], profiles: ['p1', 'p2'] });
});

test('what Mercurial aborts at', () => {
  for (const text of ['a\n', '[exclude]\na\n[include]\nb\n', 'x:\n[include]']) {
    assert.throws(() => parse(text), { code: 'invalid-config' }, JSON.stringify(text));
  }
  // As long as both are equal, the order does not matter.
  assert.deepEqual(parse('[exclude]\n[include]\na\n').includes, ['a']);
});

test('a pattern matches a path and everything below it', () => {
  const included = (includes: string[], excludes: string[], path: string): boolean =>
    compileScope({ includes, excludes }, NO_ROOT).matches(bytePath(path));
  for (const [pattern, path, expected] of [
    ['a', 'a', true],
    ['a', 'a/b/c', true],
    ['a', 'ab', false],
    ['a/', 'a/b', true],
    ['*.c', 'x.c/below', true],
    ['path:a[', 'a[/b', true],
    ['path:.', 'anything', true],
    ['rootfilesin:a', 'a/f', true],
    ['rootfilesin:a', 'a/b/f', false],
    ['re:.*z', 'a/z', true],
    ['unknown:a', 'unknown:a', true],
  ] as const) {
    assert.equal(included([pattern], [], path), expected, `${pattern} ${path}`);
    assert.equal(included([], [pattern], path), !expected, `not ${pattern} ${path}`);
  }
  assert.equal(included([], [], 'a'), true);
});

test('a pattern that needs a program or other files is rejected by name', () => {
  for (const pattern of ['set:added()', 'listfile:/etc/passwd', 'include:x']) {
    assert.throws(() => compileScope({ includes: [pattern], excludes: [] }, NO_ROOT), { code: 'unsupported' });
  }
});

test('any bytes give rules or a typed error, in bounded time', t => {
  const seed = seedFromEnvironment('QUICKSILVER_SEED');
  t.diagnostic(`seed ${seed}`);
  const random = new Random(seed);
  const pieces = [
    '[include]',
    '[exclude]',
    '%include ',
    'a',
    '/',
    '*',
    '**',
    '{',
    '}',
    '[',
    ']',
    're:',
    '(',
    '(?P<',
    '\\',
    '\n',
    '\0',
    '\xff',
    'path:',
    '..',
    ' ',
  ];
  for (let round = 0; round < 2000; round++) {
    const text = Array.from({ length: random.below(20) }, () => pieces[random.below(pieces.length)]!).join('');
    try {
      compileScope(parse(text), NO_ROOT).matches(bytePath('a/b.c'));
    } catch (error) {
      assert.ok(error instanceof QuicksilverError, `${JSON.stringify(text)}: ${String(error)}`);
    }
  }
  const many = `[include]\n${'x\n'.repeat(200_000)}`;
  assert.throws(() => parse(many), { code: 'unsupported' });
  assert.throws(() => parse(`[include]\n${'x'.repeat(1 << 20)}`), { code: 'unsupported' });
});
