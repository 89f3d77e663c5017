import { QuicksilverError } from '../../base/errors.ts';

/** A copy instruction without a size copies this many bytes. */
const DEFAULT_COPY = 0x10000;

/**
 * Applies a pack's delta to its base. A delta begins with the sizes of base and result, 7 bits a byte, least
 * significant first. Instructions follow. With bit 7 set, one copies: its low bits mark the offset and size bytes
 * that follow. Else it inserts the 1 to 127 bytes that follow. Throws a 'corrupt' error for a delta that is
 * truncated, of another base, or yields another size.
 * @param maxBytes refuses larger results before memory is allocated
 */
export function applyDelta(base: Uint8Array, delta: Uint8Array, maxBytes: number, file: string): Buffer {
  let at = 0;
  const bad = (why: string): QuicksilverError => new QuicksilverError('corrupt', `${file}: delta ${why}`, { file });
  const byte = (): number => {
    if (at >= delta.length) throw bad('is truncated');
    return delta[at++]!;
  };
  const size = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const next = byte();
      value += (next & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw bad('has an impossible size');
      if (next < 0x80) return value;
    }
  };
  if (size() !== base.length) throw bad('belongs to another base');
  const resultSize = size();
  if (resultSize > maxBytes) throw bad(`yields ${resultSize} bytes, more than the ${maxBytes} allowed`);
  const result = Buffer.allocUnsafe(resultSize);
  let done = 0;
  while (at < delta.length) {
    const instruction = byte();
    if (instruction >= 0x80) {
      let offset = 0;
      let length = 0;
      for (let i = 0; i < 4; i++) if ((instruction & (1 << i)) !== 0) offset += byte() * 2 ** (8 * i);
      for (let i = 0; i < 3; i++) if ((instruction & (0x10 << i)) !== 0) length += byte() * 2 ** (8 * i);
      if (length === 0) length = DEFAULT_COPY;
      if (offset + length > base.length || done + length > resultSize) throw bad('copies outside of its base');
      result.set(base.subarray(offset, offset + length), done);
      done += length;
    } else {
      if (instruction === 0) throw bad('has a reserved instruction');
      if (at + instruction > delta.length || done + instruction > resultSize) throw bad('inserts too much');
      result.set(delta.subarray(at, at + instruction), done);
      at += instruction;
      done += instruction;
    }
  }
  if (done !== resultSize) throw bad('yields too little');
  return result;
}
