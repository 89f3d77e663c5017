import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { OpenFile } from '../../../../src/files/vfs.ts';
import { nearbyReads } from '../../../../src/mercurial/store/nearbyReads.ts';

const BYTES = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * 7919) >> 5));

function counted(): { readonly file: OpenFile; readonly reads: number[] } {
  const reads: number[] = [];
  const identity = { device: 0n, inode: 0n, size: BigInt(BYTES.length), mtimeNs: 0n, ctimeNs: 0n };
  const read = (offset: number, length: number): Buffer => {
    reads.push(length);
    return Buffer.from(BYTES.subarray(offset, offset + length));
  };
  return { file: nearbyReads({ size: BYTES.length, identity, read, close: () => undefined }), reads };
}

test('each read returns the bytes of the file', () => {
  const place = fc.tuple(fc.nat(BYTES.length + 10), fc.oneof(fc.nat(300), fc.nat(70_000)));
  fc.assert(
    fc.property(fc.array(place, { maxLength: 30 }), places => {
      const { file } = counted();
      for (const [offset, length] of places) {
        assert.deepEqual(file.read(offset, length), BYTES.subarray(offset, offset + length));
      }
    }),
  );
});

for (const direction of [1, -1]) {
  test(`texts that follow one another are read together, ${direction > 0 ? 'up' : 'down'}`, () => {
    const { file, reads } = counted();
    for (let at = 0; at < 1000; at++) file.read(100_000 + direction * at * 100 - (direction < 0 ? 100 : 0), 100);
    assert.ok(reads.length <= 6, String(reads.length));
  });
}

test('a read far from the one before costs what it asks for', () => {
  const { file, reads } = counted();
  for (const offset of [0, 100_000, 10, 150_000]) file.read(offset, 100);
  assert.deepEqual(reads, [100, 100, 100, 100]);
});
