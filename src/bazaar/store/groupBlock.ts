// A block of a pack: many texts that were compressed together.
import { DeltaReader } from '../../base/copyDelta.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { inflateAtMost } from './inflate.ts';

/** A block holds about 4 MB, or one text that is larger. */
const MAX_BLOCK_BYTES = 512 * 1024 * 1024;
const MAX_HEADER = 64;
const FULL = 0x66;
const DELTA = 0x64;

/**
 * Returns the bytes of a pack's record, which begins with `B`, their number, and names in lines of their own up to an
 * empty line. Throws 'corrupt' for anything else.
 */
export function recordContent(bytes: Buffer, file: string): Buffer {
  const match = /^B(\d{1,10})\n(?:[^\n]{1,200}\n){0,4}\n/.exec(
    bytes.toString('latin1', 0, Math.min(bytes.length, 1024)),
  );
  const start = match === null ? 0 : match[0].length;
  if (match === null || start + Number(match[1]) !== bytes.length) {
    throw new QuicksilverError('corrupt', `${file}: a damaged record`, { file });
  }
  return bytes.subarray(start);
}

/** Returns the content of a block. Throws 'unsupported' for a compression that is not zlib, 'corrupt' for damage. */
export function decodeBlock(bytes: Buffer, file: string): Buffer {
  const header = bytes.toString('latin1', 0, Math.min(bytes.length, MAX_HEADER));
  if (header.startsWith('gcb1l\n')) {
    throw new QuicksilverError('unsupported', `${file}: blocks compressed with lzma are not supported`, { file });
  }
  const match = /^gcb1z\n(\d{1,10})\n(\d{1,10})\n/.exec(header);
  const bad = (): QuicksilverError => new QuicksilverError('corrupt', `${file}: a damaged block`, { file });
  if (match === null) throw bad();
  const start = match[0].length;
  const [compressed, size] = [Number(match[1]), Number(match[2])];
  if (start + compressed > bytes.length || size > MAX_BLOCK_BYTES) throw bad();
  if (size === 0) return Buffer.alloc(0);
  const content = inflateAtMost(bytes.subarray(start, start + compressed), size + 1, file);
  if (content.length !== size) throw bad();
  return content;
}

/**
 * Returns the text of the record from `start` to `end` of a block's content. It is a full text, or a delta whose copies
 * come from anywhere in the block. Throws 'corrupt' for damage.
 */
export function textOf(block: Buffer, start: number, end: number, file: string): Buffer {
  const bad = (why: string): QuicksilverError => new QuicksilverError('corrupt', `${file}: a record ${why}`, { file });
  if (start === 0 && end === 0) return Buffer.alloc(0);
  if (!(start < end && end <= block.length)) throw bad('lies outside of its block');
  const reader = new DeltaReader(block, start, end, bad);
  const kind = reader.byte();
  const length = reader.number();
  if (length !== end - reader.position) throw bad('has a wrong length');
  if (kind === FULL) return block.subarray(reader.position, end);
  if (kind !== DELTA) throw bad('is of an unknown kind');
  const size = reader.number();
  if (size > MAX_BLOCK_BYTES) throw bad('is too large');
  return reader.apply(block, size);
}
