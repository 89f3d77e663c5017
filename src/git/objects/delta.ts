import { DeltaReader } from '../../base/copyDelta.ts';
import { QuicksilverError } from '../../base/errors.ts';

/**
 * Applies a pack's delta to its base. A delta begins with the sizes of base and result; instructions follow. Throws a
 * 'corrupt' error for a delta that is truncated, of another base, or yields another size.
 * @param maxBytes refuses larger results before memory is allocated
 */
export function applyDelta(base: Uint8Array, delta: Uint8Array, maxBytes: number, file: string): Buffer {
  const bad = (why: string): QuicksilverError => new QuicksilverError('corrupt', `${file}: delta ${why}`, { file });
  const reader = new DeltaReader(delta, 0, delta.length, bad);
  if (reader.number() !== base.length) throw bad('belongs to another base');
  const size = reader.number();
  if (size > maxBytes) throw bad(`yields ${size} bytes, more than the ${maxBytes} allowed`);
  return reader.apply(base, size);
}
