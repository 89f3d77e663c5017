// The stat that a dirstate records of a working file: six 32-bit numbers in base64.

/** Characters of a packed stat. */
export const PACKED_BYTES = 32;
/** A row without a packed stat has this many times the letter x. */
const NONE = 0x78;

const DIGITS = new Uint8Array(256).fill(0xff);
for (const [value, digit] of Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/').entries()) {
  DIGITS[digit.charCodeAt(0)] = value;
}

/** The result of {@link unpackStat}: size, mtime, ctime, device, inode, mode; each modulo 2^32. */
export type StatWords = Uint32Array;

export const SIZE = 0;
export const MTIME = 1;
export const CTIME = 2;
export const DEVICE = 3;
export const INODE = 4;

/**
 * Decodes the packed stat at `at` into `words`. Returns false if there is none: the row has no stat, or these are not
 * 32 characters of base64.
 */
export function unpackStat(bytes: Uint8Array, at: number, end: number, words: StatWords): boolean {
  if (end - at !== PACKED_BYTES) return false;
  if (bytes[at] === NONE && bytes[at + 1] === NONE && isNone(bytes, at)) return false;
  const t0 = tripleAt(bytes, at);
  const t1 = tripleAt(bytes, at + 4);
  const t2 = tripleAt(bytes, at + 8);
  const t3 = tripleAt(bytes, at + 12);
  const t4 = tripleAt(bytes, at + 16);
  const t5 = tripleAt(bytes, at + 20);
  const t6 = tripleAt(bytes, at + 24);
  const t7 = tripleAt(bytes, at + 28);
  if ((t0 | t1 | t2 | t3 | t4 | t5 | t6 | t7) < 0) return false;
  words[0] = (t0 << 8) | (t1 >>> 16);
  words[1] = (t1 << 16) | (t2 >>> 8);
  words[2] = (t2 << 24) | t3;
  words[3] = (t4 << 8) | (t5 >>> 16);
  words[4] = (t5 << 16) | (t6 >>> 8);
  words[5] = (t6 << 24) | t7;
  return true;
}

/** The 24 bits of four digits; negative if one is no digit. */
function tripleAt(bytes: Uint8Array, at: number): number {
  const a = DIGITS[bytes[at]!]!;
  const b = DIGITS[bytes[at + 1]!]!;
  const c = DIGITS[bytes[at + 2]!]!;
  const d = DIGITS[bytes[at + 3]!]!;
  return (a | b | c | d) > 63 ? -1 : (a << 18) | (b << 12) | (c << 6) | d;
}

function isNone(bytes: Uint8Array, at: number): boolean {
  for (let i = at; i < at + PACKED_BYTES; i++) if (bytes[i] !== NONE) return false;
  return true;
}
