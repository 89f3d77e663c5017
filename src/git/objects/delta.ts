import { DeltaReader } from '../../base/copyDelta.ts';
import { QuicksilverError, TooLargeError } from '../../base/errors.ts';

/**
 * Applies a pack's delta to its base. A delta begins with the sizes of base and result; instructions follow. Throws a
 * 'corrupt' error for a delta that is truncated, of another base, or yields another size.
 * @param maxBytes larger results are a {@link TooLargeError}, before memory is allocated
 */
export function applyDelta(base: Uint8Array, delta: Uint8Array, maxBytes: number, file: string): Buffer {
  const bad = damaged(file);
  const reader = new DeltaReader(delta, 0, delta.length, bad);
  if (reader.number() !== base.length) throw bad('belongs to another base');
  const size = reader.number();
  if (size > maxBytes) {
    throw new TooLargeError(`${file}: delta yields ${size} bytes, more than the ${maxBytes} allowed`, { file });
  }
  return reader.apply(base, size);
}

/** Returns the size of what a delta yields, from its first bytes. */
export function resultSize(start: Uint8Array, file: string): number {
  const reader = new DeltaReader(start, 0, start.length, damaged(file));
  reader.number();
  return reader.number();
}

function damaged(file: string): (why: string) => QuicksilverError {
  return why => new QuicksilverError('corrupt', `${file}: delta ${why}`, { file });
}
