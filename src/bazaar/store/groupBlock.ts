// A block of a pack: many texts that were compressed together.
import { QuicksilverError } from '../../base/errors.ts';
import { inflateAtMost } from './inflate.ts';

/** A block holds about 4 MB, or one text that is larger. */
const MAX_BLOCK_BYTES = 512 * 1024 * 1024;
const MAX_HEADER = 64;
const FULL = 0x66;
const DELTA = 0x64;
const DEFAULT_COPY = 0x10000;

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
  let at = start;
  const byte = (): number => {
    if (at >= end) throw bad('is truncated');
    return block[at++]!;
  };
  const number = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const next = byte();
      value += (next & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw bad('has an impossible size');
      if (next < 0x80) return value;
    }
  };
  const kind = byte();
  const length = number();
  if (length !== end - at) throw bad('has a wrong length');
  if (kind === FULL) return block.subarray(at, end);
  if (kind !== DELTA) throw bad('is of an unknown kind');
  const size = number();
  if (size > MAX_BLOCK_BYTES) throw bad('is too large');
  const result = Buffer.allocUnsafe(size);
  let done = 0;
  while (at < end) {
    const instruction = byte();
    if (instruction === 0) throw bad('has a reserved instruction');
    if (instruction < 0x80) {
      if (at + instruction > end || done + instruction > size) throw bad('inserts too much');
      result.set(block.subarray(at, at + instruction), done);
      at += instruction;
      done += instruction;
      continue;
    }
    let offset = 0;
    let count = 0;
    for (let i = 0; i < 4; i++) if ((instruction & (1 << i)) !== 0) offset += byte() * 2 ** (8 * i);
    for (let i = 0; i < 3; i++) if ((instruction & (0x10 << i)) !== 0) count += byte() * 2 ** (8 * i);
    if (count === 0) count = DEFAULT_COPY;
    if (offset + count > block.length || done + count > size) throw bad('copies outside of its block');
    result.set(block.subarray(offset, offset + count), done);
    done += count;
  }
  if (done !== size) throw bad('yields too little');
  return result;
}
