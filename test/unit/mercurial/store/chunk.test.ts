import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeChunk } from '../../../../src/mercurial/store/chunk.ts';
import { zlib } from './revlogWriter.ts';

const decode = (chunk: Buffer | string, maxBytes = 1000): string =>
  decodeChunk(typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk, maxBytes, 'test').toString('latin1');

test('the first byte tells how a chunk is stored', () => {
  assert.equal(decode(''), '');
  assert.equal(decode('\0abc'), '\0abc');
  assert.equal(decode('uabc'), 'abc');
  assert.equal(decode(zlib(Buffer.from('hello hello hello'))), 'hello hello hello');
  assert.equal(decode(zlib(Buffer.alloc(0)), 0), '');
});

test('other first bytes are not supported', () => {
  for (const first of ['4', 'b', '\x01', '\xff']) assert.throws(() => decode(`${first}xyz`), { code: 'unsupported' });
});

test('damaged and cut off zlib streams are corrupt', () => {
  const good = zlib(Buffer.from('hello hello hello'));
  for (let length = 1; length < good.length; length++) {
    assert.throws(() => decode(good.subarray(0, length)), { code: 'corrupt' }, String(length));
  }
  const bad = Buffer.from(good);
  bad[4]! ^= 0xff;
  assert.throws(() => decode(bad), { code: 'corrupt' });
});

test('nothing decompresses to more than is expected', () => {
  assert.throws(() => decode('uabcd', 3), { code: 'corrupt' });
  const bomb = zlib(Buffer.alloc(50 << 20));
  assert.ok(bomb.length < 60_000);
  const before = process.memoryUsage().arrayBuffers;
  assert.throws(() => decode(bomb, 1000), { code: 'corrupt' });
  assert.ok(process.memoryUsage().arrayBuffers - before < 10 << 20);
});
