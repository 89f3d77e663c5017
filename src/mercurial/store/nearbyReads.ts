// Many small reads of one file, near each other: the texts of a changelog one after the other, up or down.
import type { OpenFile } from '../../files/vfs.ts';

/** Bytes that are read at once. */
const WINDOW = 1 << 15;

/**
 * Wraps a file so that a small read near the one before takes its surroundings along. A read anywhere else costs what
 * it asks for. Bytes that change on disk meanwhile may stay old, so wrap a file for a short time only.
 */
export function nearbyReads(file: OpenFile): OpenFile {
  let window: { readonly start: number; readonly bytes: Buffer } = { start: 0, bytes: Buffer.alloc(0) };
  let last = Infinity;
  const read = (offset: number, length: number): Buffer => {
    const at = offset - window.start;
    // A copy: a text that is kept must not keep the whole window.
    if (at >= 0 && at + length <= window.bytes.length) return Buffer.from(window.bytes.subarray(at, at + length));
    const isNear = Math.abs(offset - last) <= WINDOW && length <= WINDOW / 2;
    const isBefore = offset < last;
    last = offset;
    if (!isNear) return file.read(offset, length);
    const start = isBefore ? Math.max(0, offset + length - WINDOW) : offset;
    window = { start, bytes: file.read(start, WINDOW) };
    return Buffer.from(window.bytes.subarray(offset - start, offset - start + length));
  };
  return { size: file.size, identity: file.identity, read, close: () => file.close() };
}
