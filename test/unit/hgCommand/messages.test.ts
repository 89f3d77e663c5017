import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QuicksilverError } from '../../../src/base/errors.ts';
import { decodeMessage } from '../../../src/hgCommand/messages.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

test('messages as hg 6.3.2 sent them', () => {
  assert.deepEqual(
    decodeMessage(
      bytes(
        '\xa4Gchoices\x82\x82AlELocal\x82AuJUnresolvedDdataX\x1dWhat do you want to do with aGdefaultAuDtypeFprompt',
      ),
    ),
    {
      kind: 'question',
      question: {
        text: 'What do you want to do with a',
        isPassword: false,
        choices: [
          { key: 'l', label: 'Local' },
          { key: 'u', label: 'Unresolved' },
        ],
        preset: 'u',
      },
    },
  );
  assert.deepEqual(decodeMessage(bytes('\xa3DdataJpassword: Hpassword\xf5DtypeFprompt')), {
    kind: 'question',
    question: { text: 'password: ', isPassword: true },
  });
  assert.deepEqual(decodeMessage(bytes('\xa3DdataEuser:Gdefault\xf6DtypeFprompt')), {
    kind: 'question',
    question: { text: 'user:', isPassword: false },
  });
  assert.deepEqual(decodeMessage(bytes('\xa6DitemAaCpos\x01EtopicHupdatingEtotal\x18\x64DtypeHprogressDunitEfiles')), {
    kind: 'progress',
    progress: { topic: 'updating', position: 1, total: 100, item: 'a' },
  });
  assert.deepEqual(decodeMessage(bytes('\xa6Ditem@Cpos\xf6EtopicHupdatingEtotal\xf6DtypeHprogressDunit@')), {
    kind: 'progress',
    progress: { topic: 'updating' },
  });
  assert.deepEqual(decodeMessage(bytes('\xa2DdataIabort: noDtypeEerror')), { kind: 'trouble', text: 'abort: no' });
  assert.deepEqual(decodeMessage(bytes('\xa2DdataF\xc3\xa9t\xc3\xa9\nDtypeFstatus')), {
    kind: 'note',
    text: '\u00e9t\u00e9\n',
  });
  assert.deepEqual(decodeMessage(bytes('\xa2DdataA!DtypeFfuture')), { kind: 'note', text: '!' });
});

test('other forms of the same values', () => {
  // A map and a text of unknown length, a number of eight bytes, a tag, a negative number, an unknown key.
  const message =
    '\xbfDtypeHprogressEtopic_AaAb\xffCpos\x1b\0\0\0\x01\0\0\0\0Etotal\xd9\x01\x02\x19\x01\x00Eother\x20\xff';
  assert.deepEqual(decodeMessage(bytes(message)), {
    kind: 'progress',
    progress: { topic: 'ab', position: 2 ** 32, total: 256 },
  });
});

test('what is no message is refused', () => {
  const bad = [
    '',
    '\xa1',
    '\xa1Dtype',
    '\xa1DtypeZ',
    'Etext',
    '\x80',
    '\xa2DtypeA!',
    '\xa0more',
    // A count that cannot be, and nesting without end.
    '\xbb\xff\xff\xff\xff\xff\xff\xff\xff',
    '\xba\x7f\xff\xff\xff',
    '\x9a\x7f\xff\xff\xff',
    '\xa1Da' + '\x81'.repeat(5000),
    '\x5a\x7f\xff\xff\xffabc',
    '\xa1\x01\x01',
    '\xfe',
    '\xff',
  ];
  for (const text of bad) {
    assert.throws(
      () => decodeMessage(bytes(text)),
      (error: unknown) => error instanceof QuicksilverError && error.code === 'corrupt',
      JSON.stringify(text),
    );
  }
});
