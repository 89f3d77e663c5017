// Built-in filters on contents, the rules of `.hgeol`, and hostile inputs of both.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytePath } from '../../../../src/base/bytePath.ts';
import { QuicksilverError } from '../../../../src/base/errors.ts';
import { EolRules } from '../../../../src/mercurial/filters/eolRules.ts';
import { shrinker } from '../../../../src/mercurial/filters/keywords.ts';
import { WIN32TEXT, toLineEnd } from '../../../../src/mercurial/filters/lineEnds.ts';
import { Random, seedFromEnvironment } from '../../../support/random.ts';
import { processorMs } from '../../../support/processorTime.ts';
import { NO_ROOT } from '../../../support/patternRoot.ts';

const DEFAULTS = { onlyConsistent: true, fixTrailingNewline: false };
const run = (filter: (data: Buffer) => Buffer, text: string): string =>
  filter(Buffer.from(text, 'latin1')).toString('latin1');

test('line ends are converted, but not in binary or mixed files', () => {
  const toLf = toLineEnd('\n', DEFAULTS);
  const toCrlf = toLineEnd('\r\n', DEFAULTS);
  for (const [text, lf, crlf] of [
    ['', '', ''],
    ['a', 'a', 'a'],
    ['a\nb\n', 'a\nb\n', 'a\r\nb\r\n'],
    ['a\r\nb', 'a\nb', 'a\r\nb'],
    ['a\r\r\n', 'a\n', 'a\r\n'],
    ['a\r\nb\n', 'a\r\nb\n', 'a\r\nb\n'],
    ['a\0\r\n', 'a\0\r\n', 'a\0\r\n'],
    ['a\rb', 'a\rb', 'a\rb'],
    ['\n\r\n', '\n\r\n', '\n\r\n'],
  ] as const) {
    assert.equal(run(toLf, text), lf, JSON.stringify(text));
    assert.equal(run(toCrlf, text), crlf, JSON.stringify(text));
  }
  assert.equal(run(toLineEnd('\n', { onlyConsistent: false, fixTrailingNewline: true }), 'a\r\nb\nc'), 'a\nb\nc\n');
  assert.equal(run(toLineEnd('\r\n', { ...DEFAULTS, fixTrailingNewline: true }), 'a'), 'a\r\n');
});

test('the filters of win32text', () => {
  for (const [name, text, expected] of [
    ['dumbencode:', 'a\r\n\0\r\r\n', 'a\n\0\r\n'],
    ['cleverencode:', 'a\r\n\0', 'a\r\n\0'],
    ['cleverdecode:', 'a\n\nb\r\n', 'a\r\n\r\nb\r\n'],
    ['macencode:', 'a\rb\n', 'a\nb\n'],
    ['macdumbdecode:', 'a\n\0', 'a\r\0'],
  ] as const) {
    assert.equal(run(WIN32TEXT[name]!, text), expected, name);
  }
});

test('keywords are shrunk', () => {
  const shrink = shrinker(['Id', 'a+b']);
  for (const [text, expected] of [
    ['$Id: x $ $Id$ $Id: $ $Id:  $', '$Id$ $Id$ $Id: $ $Id$'],
    ['$Id: a\n $', '$Id: a\n $'],
    ['$a+b: 1 $$Date: x $', '$a+b$$Date: x $'],
    ['\0$Id: x $', '\0$Id: x $'],
  ] as const) {
    assert.equal(run(shrink, text), expected);
  }
  const took = processorMs(() => {
    run(shrink, '$Id: '.repeat(1 << 20));
    run(shrink, `$Id: ${' '.repeat(1 << 22)}`);
  });
  assert.ok(took < 5000, `${took} ms`);
});

test('a file of carriage returns takes time in proportion to it', () => {
  const data = Buffer.alloc(8 << 20, '\r');
  const took = processorMs(() => {
    assert.equal(toLineEnd('\n', DEFAULTS)(data).length, data.length);
    assert.equal(toLineEnd('\n', DEFAULTS)(Buffer.concat([data, Buffer.from('\n')])).length, 1);
  });
  assert.ok(took < 5000, `${took} ms`);
});

const styles = (text: string, path: string): string | undefined =>
  [...(EolRules.parse(text, NO_ROOT)?.filters() ?? [])].find(({ matches }) => matches(bytePath(path)))?.style;

test('the first pattern decides, and unknown styles do not count', () => {
  const text = '[repository]\nnative = CRLF\n[patterns]\n*.x = odd\n**.txt = native\n**.txt = lf\n** = bin\n';
  assert.equal(styles(text, 'a.txt'), 'LF');
  assert.equal(styles(text, '.hgtags'), 'BIN');
  assert.equal(styles(text, 'a.x'), 'BIN');
  assert.equal(styles('[patterns]\n** = native\n[repository]\nnative = CRLF\n', 'a'), 'CRLF');
  assert.deepEqual(EolRules.parse(text, NO_ROOT)?.warnings, ["ignoring unknown EOL style 'ODD' from .hgeol"]);
  assert.equal(EolRules.parse('[patterns]\n bad\n', NO_ROOT), undefined);
});

test('a change of the rules voids the stats of the files that it concerns', () => {
  const before = EolRules.parse('[patterns]\n**.txt = LF\n*.bin = BIN\n', NO_ROOT);
  const after = EolRules.parse('[patterns]\n**.txt = CRLF\n*.bin = BIN\n', NO_ROOT);
  assert.ok(after);
  assert.deepEqual(
    ['a.txt', 'a.bin', 'a'].map(path => after.differsFrom(before, bytePath(path))),
    [true, false, false],
  );
  assert.equal(after.differsFrom(undefined, bytePath('a')), true);
});

test('any bytes give rules, none, or a typed error', t => {
  const seed = seedFromEnvironment('QUICKSILVER_SEED');
  t.diagnostic(`seed ${seed}`);
  const random = new Random(seed);
  const pieces = [
    '[patterns]\n',
    '[eol]\n',
    '** = ',
    'native\n',
    '=',
    '\n',
    ' ',
    '{',
    '[',
    '(',
    're:',
    'set:x = LF\n',
    '\0',
    '\xff',
    '%include x\n',
  ];
  for (let round = 0; round < 2000; round++) {
    const text = Array.from({ length: random.below(15) }, () => pieces[random.below(pieces.length)]!).join('');
    try {
      EolRules.parse(text, NO_ROOT)?.differsFrom(undefined, bytePath('a/b.txt'));
    } catch (error) {
      assert.ok(error instanceof QuicksilverError, `${JSON.stringify(text)}: ${String(error)}`);
    }
  }
});
