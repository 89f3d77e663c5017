import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QuicksilverError } from '../../../../src/base/errors.ts';
import { decompressZstd } from '../../../../src/mercurial/store/zstd.ts';
import { processorMs } from '../../../support/processorTime.ts';

const lines = (count: number): string =>
  Array.from({ length: count }, (_, i) => `line ${(i * 7919) % 1000} of ${i}\n`).join('');

/** Made by the reference implementation, which chose these ways of coding for these texts. */
const VECTORS: readonly [string, string, string][] = [
  ['nothing', '', 'KLUv/SAAAQAA'],
  [
    'raw block',
    Buffer.from(Array.from({ length: 60 }, (_, i) => i)).toString('latin1'),
    'KLUv/SA84QEAAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7',
  ],
  ['one symbol', 'a'.repeat(100_000), 'KLUv/aCghgEAVQAAEGFhAQCbhjnAAg=='],
  [
    'one Huffman stream',
    lines(12),
    'KLUv/SCoJQMAdANsaW5lIDAgb2YgMAo5MTkxODM4Mjc1NzM2NzY0NTk1NTE0NjQzMzczNTI4MjcxOTE5MDExMDEKFgAwEGKSAevACBAGzAVhwFwQBswFAUEyYB0YAcKAuSAMmAvCgLkxY/wqSQ==',
  ],
  [
    'four Huffman streams',
    lines(80),
    'KLUv/WCaAx0IALaQJRLAReB7ecT8A0mZkkxJ0gp6BAIjAB4AHgBrTRa2UIvaJUiGcbLhbqYm6jv4eQiRYrUahAgoiBAABAIDASR6rFDIUFL5kbHwMpIieckIJxMpEeLcdSZe+OgzBSITOMRxpzPiCR/6mGaq7NZaLx2W7aY1veuzRKk4A4N6BBTEgk++/9Kloj7de+WkV1f98di8Ry7yy+NuAoCdqBCIzXoAoBegDhAYMnh1HhAWAgEXIAPvWOQ0pDQ70BHPLMUahZobE6JmoF8QjZmHibosLYIuJAbaeUhpRkl2lFOGcogx8EJgIawYpBiYEEoIRCMRAxC02z72scfP3/bYx55jwv+f3wc=',
  ],
  [
    'no size, a checksum',
    lines(40),
    'KLUv/QQAJQUAgogUEsAFDnt5xPwDSSllSinRIuEIBEPVVFZLv8xilu1wyZ3zwg5HLOIUz45jkdSJ54+yMaMRoc41jm3UakPiO63F++uWkc6HVFqthiECBTEEgCAYBE6oIKK6D4ATkDwQKM0ci1sRe6/UIvbVKtCESq1gcAkVKtXCUNgZ4cg5Btolh2VnZT6l7ifl5I2JTJBaEQsgTNbtZeMuJfOocTdYC2+//x8gVYHh',
  ],
  [
    'a stream of several blocks without size',
    'abcdefgh'.repeat(40_000) + lines(20),
    'KLUv/QBYhAAAQGFiY2RlZmdoAQD1/8sLF0wAAAhhAQD8/zkQAiUEADIFDxKgBRwABN2mBQaJSLKbckhkQV1iR9tuwifXHHXbaX72PUnpKqsM7bs9w8TKS9LSZQyyrxgZg4wABgGBECYgcBOQHgi8JKM1CycWWElGaxROLHCSjNYknFhghGQQmkQcECNEMuuOCHNumHPDnBtwMuuOCHNumHNNGOGH/5X8YZ1dAQ==',
  ],
  [
    'several blocks',
    lines(30).repeat(600),
    'KLUv/aDg/QMApAUAogkXEbABA5/BBatmKSmzJ+6xRbEmH7rUbT973YtZmov9+01Mw2N8sihbmczjXMzahV3MivMVs65bMfuRKmZFBg1PMTs3o5ilIilma+rFrIm5mD1fg4AwAEQxKxoEhCEwIIAjkgNE/rcyuEtgsq05QWAyrTmBwBjZ8t4wI12YwEfMbSlqiOnYol1SoKHFsUSrSFFDimMQbZKihhKOiXbeiBwaGJK5wQc3eJjQcjTiiGzEYvh4TQAACGwBANz9ORAC',
  ],
];

const decode = (frame: Buffer, maxBytes: number): Buffer => decompressZstd(frame, maxBytes, 'test');

for (const [name, text, base64] of VECTORS) {
  const frame = Buffer.from(base64, 'base64');

  test(`${name}: decodes`, () => {
    assert.equal(decode(frame, text.length).toString('latin1'), text);
  });

  test(`${name}: the beginning alone`, () => {
    const beginning = decompressZstd(frame, text.length, 'test', 41).toString('latin1');
    assert.ok(beginning.length >= Math.min(41, text.length) && text.startsWith(beginning));
    // Not more than the block in which there is enough.
    assert.ok(beginning.length <= 41 + (1 << 17));
  });

  test(`${name}: not to more than is allowed`, () => {
    if (text !== '') assert.throws(() => decode(frame, text.length - 1), { code: 'corrupt' });
  });

  test(`${name}: every cut is noticed`, () => {
    // The checksum at the end is not needed.
    const needed = frame.length - ((frame[4]! & 4) !== 0 ? 4 : 0);
    for (let length = 0; length < needed; length++) {
      assert.throws(() => decode(frame.subarray(0, length), text.length), { code: 'corrupt' }, String(length));
    }
    assert.equal(decode(frame.subarray(0, needed), text.length).length, text.length);
  });

  test(`${name}: damage gives other bytes or an error, nothing else`, () => {
    for (let at = 0; at < frame.length; at++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const bad = Buffer.from(frame);
        bad[at]! ^= flip;
        try {
          assert.ok(decode(bad, 1 << 20).length <= 1 << 20);
        } catch (error) {
          assert.ok(error instanceof QuicksilverError, String(error));
        }
      }
    }
  });
}

const frameOf = (header: string, ...blocks: string[]): Buffer =>
  Buffer.from(`28b52ffd${header}${blocks.join('')}`, 'hex');

test('a size that the blocks cannot fill is refused before anything is allocated', () => {
  const before = process.memoryUsage().arrayBuffers;
  assert.throws(() => decode(frameOf('a000000040', '010000'), 2 ** 31), /1073741824 bytes stated, 0 possible/);
  assert.throws(() => decode(frameOf('e0ffffffffffffffff', '010000'), 2 ** 31), { code: 'corrupt' });
  assert.ok(process.memoryUsage().arrayBuffers - before < 1 << 20);
});

test('a bomb of runs stops at the limit', () => {
  const bomb = frameOf('0058', ...new Array<string>(5000).fill('02001061'), '010000');
  assert.throws(() => decode(bomb, 1 << 20), /more than 1048576 bytes/);
});

test('a bomb of matches stops at the size of a block', () => {
  // One literal, then sequences of no bits at all but for the length of their match, 65539 bytes each.
  const sequences = Buffer.concat([
    Buffer.from('10' + '61' + '61' + 'ff0080' + '54' + '010034', 'hex'),
    Buffer.alloc(100_000, 1),
  ]);
  const header = Buffer.alloc(4);
  header.writeUInt32LE((sequences.length << 3) | (2 << 1) | 1);
  const took = processorMs(() =>
    assert.throws(() => decode(frameOf('0058', header.toString('hex', 0, 3), sequences.toString('hex')), 1 << 30), {
      code: 'corrupt',
    }),
  );
  assert.ok(took < 1000, `${took} ms`);
});

test('dictionaries are not supported, reserved bits not allowed', () => {
  assert.throws(() => decode(frameOf('010005', '010000'), 100), { code: 'unsupported' });
  assert.throws(() => decode(frameOf('210500', '010000'), 100), { code: 'unsupported' });
  assert.throws(() => decode(frameOf('2800', '010000'), 100), /a reserved bit is set/);
  assert.throws(() => decode(frameOf('2000', '070000'), 100), /a block of a reserved type/);
});
