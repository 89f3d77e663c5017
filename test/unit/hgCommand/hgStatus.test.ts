import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QuicksilverError } from '../../../src/base/errors.ts';
import { findHg } from '../../../src/hgCommand/hgExecutable.ts';
import { framedBytes, framedTemplate, framedText, rowTemplate } from '../../../src/hgCommand/answerFrame.ts';
import { parseHgStatus } from '../../../src/hgCommand/hgStatus.ts';
import { rendered } from '../../support/templateFrames.ts';

const FRAME = rendered(rowTemplate('')).split('{')[0]!;

function parse(...rows: readonly string[]): unknown {
  return parseHgStatus(Buffer.from(rows.map(row => `${FRAME}${row}\n`).join(''), 'latin1'));
}

test('the answer of hg, paths as bytes', () => {
  assert.deepEqual(parse(), []);
  assert.deepEqual(parse('{"path": "d/a\\n\\u007f", "source": "b", "status": "A"}'), [
    { path: 'd/a\n\x7f', status: 'A', source: 'b' },
  ]);
  assert.deepEqual(parse('{"path": "\\u00e9\\udce9\\udc80", "source": "", "status": "?"}'), [
    { path: '\xc3\xa9\xe9\x80', status: '?' },
  ]);
});

test('the output of hooks is no part of the answer', () => {
  const noise = 'NOISE\n[{"path": "x", "status": "M"}]\n';
  const output = `${noise}no line end${FRAME}{"path": "a", "source": "", "status": "M"}\n${noise}`;
  assert.deepEqual(parseHgStatus(Buffer.from(output, 'latin1')), [{ path: 'a', status: 'M' }]);
  assert.equal(
    framedBytes(Buffer.from(`NOISE${rendered(framedTemplate('\0\xff\n'))}NOISE`, 'latin1')).toString('latin1'),
    '\0\xff\n',
  );
  assert.throws(() => framedBytes(Buffer.from('NOISE')), { code: 'corrupt' });
  assert.throws(() => framedBytes(Buffer.from(FRAME)), { code: 'corrupt' });
});

test('a template that a hook writes, quoted or not, is no part of the answer', () => {
  for (const template of [rowTemplate('path, status, source'), framedTemplate('{data}')]) {
    for (const shown of [template, `'${template}'`, JSON.stringify(template), template.replaceAll('"', '')]) {
      assert.deepEqual(parseHgStatus(Buffer.from(`status -T ${shown}\n`)), []);
      assert.throws(() => framedBytes(Buffer.from(shown)), { code: 'corrupt' });
      assert.throws(() => framedText(shown), { code: 'corrupt' });
    }
  }
});

test('anything else is an error', () => {
  for (const json of [
    '',
    '{',
    '1',
    '{"path": 1, "status": "M"}',
    '{"path": "a"}',
    '{"path":"a","status":"C","source":2}',
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
