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

const triples = new Uint32Array(8);

/**
 * Decodes the packed stat at `at` into `words`. Returns false if there is none: the row has no stat, or these are not
 * 32 characters of base64.
 */
export function unpackStat(bytes: Uint8Array, at: number, end: number, words: StatWords): boolean {
  if (end - at !== PACKED_BYTES) return false;
  if (bytes[at] === NONE && bytes[at + 1] === NONE && isNone(bytes, at)) return false;
  for (let i = 0; i < 8; i++) {
    const start = at + i * 4;
    const a = DIGITS[bytes[start]!]!;
    const b = DIGITS[bytes[start + 1]!]!;
    const c = DIGITS[bytes[start + 2]!]!;
    const d = DIGITS[bytes[start + 3]!]!;
    if ((a | b | c | d) > 63) return false;
    triples[i] = (a << 18) | (b << 12) | (c << 6) | d;
  }
  for (let i = 0; i < 6; i += 3) {
    const from = (i / 3) * 4;
    const [first, second, third, fourth] = [triples[from]!, triples[from + 1]!, triples[from + 2]!, triples[from + 3]!];
    words[i] = (first << 8) | (second >>> 16);
    words[i + 1] = (second << 16) | (third >>> 8);
    words[i + 2] = (third << 24) | fourth;
  }
  return true;
}

function isNone(bytes: Uint8Array, at: number): boolean {
  for (let i = at; i < at + PACKED_BYTES; i++) if (bytes[i] !== NONE) return false;
  return true;
}
