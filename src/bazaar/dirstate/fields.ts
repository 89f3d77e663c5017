// Single fields of a dirstate's rows.

/** Kinds of a row's fields. */
export const FILE = 0x66;
export const DIR = 0x64;
export const LINK = 0x6c;
export const NESTED = 0x74;
export const ABSENT = 0x61;
export const RELOCATED = 0x72;

/** True if a tree has a path of this kind. */
export function isPresent(kind: number): boolean {
  return kind === FILE || kind === DIR || kind === LINK || kind === NESTED;
}

/** Where the field at `at` ends; decoded bytes end with NUL. */
export function endOf(bytes: Uint8Array, at: number): number {
  let end = at;
  while (bytes[end] !== 0) end++;
  return end;
}

/** The decimal number from `from` to `to`, modulo 2^32. */
export function numberAt(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + (bytes[at]! - 0x30);
  return value % 0x1_0000_0000;
}

/** True if two parts of the bytes are equal. */
export function sameBytes(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[a + i] !== bytes[b + i]) return false;
  return true;
}

/** True if the bytes from `a` to `aEnd` come before those from `b` to `bEnd`. */
export function isBefore(bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): boolean {
  let i = a;
  let j = b;
  while (i < aEnd && j < bEnd) {
    const difference = bytes[i++]! - bytes[j++]!;
    if (difference !== 0) return difference < 0;
  }
  return aEnd - a < bEnd - b;
}
