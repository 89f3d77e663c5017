import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QuicksilverError } from '../../../src/base/errors.ts';
import { parseConfig } from '../../../src/git/config/configParser.ts';

const values = (text: string): (readonly [string, string | undefined])[] =>
  parseConfig(text, 'config').map(({ name, value }) => [name, value]);

test('sections, subsections, keys and values', () => {
  const text = [
    '\xef\xbb\xbf[Core]',
    '\tBare = false # comment',
    '  name = "a  b;c" tail  ',
    '[remote "Or\\"igin"] url = x\\ty',
    '[old.Sub]',
    'flag',
    'long = a\\',
    '  b',
  ].join('\r\n');
  assert.deepEqual(values(text), [
    ['core.bare', 'false'],
    ['core.name', 'a  b;c tail'],
    ['remote.Or"igin.url', 'x\ty'],
    ['old.sub.flag', undefined],
    ['old.sub.long', 'a  b'],
  ]);
});

test('a file that Git rejects is an error with its line', () => {
  for (const text of ['a = b', '[x', '[x]\nkey value', '[x]\na = "b', '[x]\na = \\q', '[x "a\nb"]', '[x]\n1a = b']) {
    assert.throws(
      () => parseConfig(text, 'config'),
      (error: unknown) => error instanceof QuicksilverError && error.code === 'invalid-config',
      text,
    );
  }
});
