// The checksum of a dirstate: CRC-32 as zlib computes it.
import * as zlib from 'node:zlib';

type Crc32 = (bytes: Uint8Array) => number;

/** Returns the CRC-32 of the bytes as an unsigned number. Node.js has it in native code from 20.15 on. */
export function crc32(bytes: Uint8Array): number {
  const { crc32: own = computed } = zlib as unknown as { crc32?: Crc32 };
  return own(bytes);
}

let table: Uint32Array | undefined;

/** Eight tables, so that eight bytes are taken at once. */
function makeTable(): Uint32Array {
  const made = new Uint32Array(8 * 256);
  for (let i = 0; i < 256; i++) {
    let value = i;
    for (let bit = 0; bit < 8; bit++) value = (value & 1) === 0 ? value >>> 1 : (value >>> 1) ^ 0xedb8_8320;
    made[i] = value;
  }
  for (let i = 256; i < made.length; i++) made[i] = (made[i - 256]! >>> 8) ^ made[made[i - 256]! & 0xff]!;
  return made;
}

/** For Node.js without it, and for tests. */
export function computed(bytes: Uint8Array): number {
  table ??= makeTable();
  const t = table;
  let crc = 0xffff_ffff;
  let at = 0;
  for (const end = bytes.length - 7; at < end; at += 8) {
    const low = crc ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    crc =
      t[0x700 | (low & 0xff)]! ^
      t[0x600 | ((low >>> 8) & 0xff)]! ^
      t[0x500 | ((low >>> 16) & 0xff)]! ^
      t[0x400 | (low >>> 24)]! ^
      t[0x300 | bytes[at + 4]!]! ^
      t[0x200 | bytes[at + 5]!]! ^
      t[0x100 | bytes[at + 6]!]! ^
      t[bytes[at + 7]!]!;
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ t[(crc ^ bytes[at]!) & 0xff]!;
  return (crc ^ 0xffff_ffff) >>> 0;
}
