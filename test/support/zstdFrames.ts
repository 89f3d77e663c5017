// Zstandard frames for tests: uncompressed blocks, which every decoder must read.

const MAGIC = 0xfd2f_b528;
/** A frame of one segment, whose size takes four bytes. */
const DESCRIPTOR = 0b1010_0000;
const MOST_BLOCK = 1 << 17;

/** Returns a frame of raw blocks that decompresses to these bytes. */
export function zstdFrame(bytes: Buffer): Buffer {
  const header = Buffer.alloc(9);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt8(DESCRIPTOR, 4);
  header.writeUInt32LE(bytes.length, 5);
  const parts: Buffer[] = [header];
  for (let at = 0; at === 0 || at < bytes.length; at += MOST_BLOCK) {
    const block = bytes.subarray(at, at + MOST_BLOCK);
    const isLast = at + MOST_BLOCK >= bytes.length;
    const head = Buffer.alloc(3);
    head.writeUIntLE((block.length << 3) | (isLast ? 1 : 0), 0, 3);
    parts.push(head, block);
  }
  return Buffer.concat(parts);
}
