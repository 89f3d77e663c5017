// Compressed bitmaps of the split index.
import { QuicksilverError } from '../../base/errors.ts';

const WORD_BITS = 64;

/**
 * Decodes a bitmap: number of bits, number of 64-bit words, the words, the place of the last marker word. Bit 0 of a
 * marker is the repeated bit. Bits 1 to 32 count the words of it, bits 33 to 63 the literal words that follow.
 * Returns the positions of the set bits, ascending, and where the bitmap ends.
 * Throws 'corrupt' if it is truncated or sets a bit at or beyond `limit`.
 */
export function decodeEwah(bytes: Buffer, start: number, limit: number, file: string): { set: number[]; end: number } {
  const bad = (why: string): QuicksilverError => new QuicksilverError('corrupt', `${file}: bitmap ${why}`, { file });
  if (start + 8 > bytes.length) throw bad('is truncated');
  const words = bytes.readUInt32BE(start + 4);
  const end = start + 8 + words * 8 + 4;
  if (end > bytes.length) throw bad('is truncated');
  const set: number[] = [];
  const add = (position: number): void => {
    if (position >= limit) throw bad('goes beyond the entries');
    set.push(position);
  };
  let position = 0;
  for (let word = 0; word < words;) {
    const high = bytes.readUInt32BE(start + 8 + word * 8);
    const low = bytes.readUInt32BE(start + 12 + word * 8);
    word++;
    const repeated = (high & 1) * 0x8000_0000 + (low >>> 1);
    const literals = high >>> 1;
    if ((low & 1) !== 0) {
      if (position + repeated * WORD_BITS > limit + WORD_BITS) throw bad('goes beyond the entries');
      // The last word may be filled up with set bits that stand for nothing.
      const stop = Math.min(position + repeated * WORD_BITS, limit);
      for (let at = position; at < stop; at++) set.push(at);
    }
    position += repeated * WORD_BITS;
    if (word + literals > words) throw bad('is truncated');
    for (let i = 0; i < literals; i++, word++, position += WORD_BITS) {
      const at = start + 8 + word * 8;
      for (const [half, base] of [
        [bytes.readUInt32BE(at + 4), position],
        [bytes.readUInt32BE(at), position + 32],
      ] as const) {
        for (let rest = half; rest !== 0; rest &= rest - 1) add(base + 31 - Math.clz32(rest & -rest));
      }
    }
  }
  return { set, end };
}
