import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteReader } from '../../../src/base/byteReader.ts';
import { QuicksilverError } from '../../../src/base/errors.ts';

const BYTES = Uint8Array.from([0x01, 0x02, 0x03, 0xff, 0xfe, 0x80, 0x00, 0x61]);

const isCorrupt = (error: unknown): boolean =>
  error instanceof QuicksilverError && error.code === 'corrupt' && error.file === 'dirstate';

test('numbers are big-endian', () => {
  const reader = new ByteReader(BYTES, 'dirstate');
  assert.equal(reader.u8(3), 0xff);
  assert.equal(reader.u16(2), 0x03ff);
  assert.equal(reader.u32(3), 0xfffe8000);
  assert.equal(reader.i32(3), 0xfffe8000 - 2 ** 32);
  assert.equal(reader.u48(1), 0x0203_fffe_8000);
  assert.equal(new ByteReader(new Uint8Array(6).fill(0xff), 'dirstate').u48(0), 2 ** 48 - 1);
  assert.equal(reader.byteString(2, 4), '\x03\xff\xfe\x80');
  assert.equal(reader.hex(2, 4), '03fffe80');
});

test('a part of a larger buffer is read from its own start and not beyond its own end', () => {
  const reader = new ByteReader(BYTES.subarray(2, 6), 'dirstate');
  assert.equal(reader.length, 4);
  assert.equal(reader.u32(0), 0x03fffe80);
  assert.equal(reader.byteString(3, 1), '\x80');
  assert.equal(reader.hex(0, 2), '03ff');
  assert.throws(() => reader.u8(4), isCorrupt);
  assert.throws(() => reader.u32(1), isCorrupt);
});

test('a slice is a view of the same bytes', () => {
  const slice = new ByteReader(BYTES, 'dirstate').slice(1, 3);
  assert.deepEqual([...slice], [2, 3, 0xff]);
  assert.equal(slice.buffer, BYTES.buffer);
});

test('exactly the accesses that lie inside succeed', () => {
  const reader = new ByteReader(BYTES, 'dirstate');
  const sizes = { u8: 1, u16: 2, u32: 4, i32: 4, u48: 6 } as const;
  for (const [name, size] of Object.entries(sizes) as [keyof typeof sizes, number][]) {
    assert.doesNotThrow(() => reader[name](BYTES.length - size), name);
    for (const at of [BYTES.length - size + 1, BYTES.length, -1, 0.5, NaN, Infinity, 2 ** 53]) {
      assert.throws(() => reader[name](at), isCorrupt, `${name} at ${at}`);
    }
  }
  fc.assert(
    fc.property(fc.integer({ min: -3, max: 12 }), fc.integer({ min: -3, max: 12 }), (at, length) => {
      const inside = at >= 0 && length >= 0 && at + length <= BYTES.length;
      for (const name of ['slice', 'byteString', 'hex'] as const) {
        if (inside) assert.equal(reader[name](at, length).length, name === 'hex' ? 2 * length : length);
        else assert.throws(() => reader[name](at, length), isCorrupt, name);
      }
    }),
  );
});

test('the end may be read if nothing is read there', () => {
  const reader = new ByteReader(BYTES, 'dirstate');
  assert.equal(reader.byteString(BYTES.length, 0), '');
  assert.equal(reader.slice(BYTES.length, 0).length, 0);
  assert.equal(new ByteReader(new Uint8Array(0), 'dirstate').hex(0, 0), '');
});

test('the message says what was asked for and where', () => {
  assert.throws(() => new ByteReader(BYTES, 'dirstate').u32(6), {
    message: 'dirstate: 4 bytes at 6 lie outside its 8',
  });
});
