import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QuicksilverError } from '../../../src/base/errors.ts';
import { findHg } from '../../../src/hgCommand/hgExecutable.ts';
import { parseHgStatus } from '../../../src/hgCommand/hgStatus.ts';

function parse(json: string): unknown {
  return parseHgStatus(Buffer.from(json, 'latin1'));
}

test('the answer of hg, paths as bytes', () => {
  assert.deepEqual(parse('[\n]\n'), []);
  assert.deepEqual(parse('[{"itemtype": "file", "path": "d/a\\n\\u007f", "source": "b", "status": "A"}]'), [
    { path: 'd/a\n\x7f', status: 'A', source: 'b' },
  ]);
  assert.deepEqual(parse('[{"path": "\xc3\xa9\xed\xb3\xa9\xed\xb2\x80\xed\xa0\x80", "status": "?"}]'), [
    { path: '\xc3\xa9\xe9\x80\xed\xa0\x80', status: '?' },
  ]);
});

test('anything else is an error', () => {
  for (const json of [
    '',
    '{}',
    '[1]',
    '[{"path": 1, "status": "M"}]',
    '[{"path": "a"}]',
    '[{"path":"a","status":"C","source":2}]',
  ]) {
    assert.throws(
      () => parse(json),
      (error: unknown) => error instanceof QuicksilverError && error.code === 'corrupt',
      json,
    );
  }
});

test('hg is not looked for in the current directory', () => {
  assert.equal(findHg({ PATH: '' }), undefined);
  assert.equal(findHg({ PATH: '.:bin::' }), undefined);
  assert.equal(findHg({}), undefined);
});
