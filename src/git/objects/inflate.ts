// Inflating untrusted zlib data with a bound on what comes out.
import { constants, inflateSync } from 'node:zlib';
import type { Inflate } from '../../base/decodeAccelerators.ts';
import { QuicksilverError } from '../../base/errors.ts';

/**
 * Returns exactly `size` bytes inflated from the start of `compressed`; bytes after the end of the stream are ignored.
 * Returns undefined if the stream goes on behind `compressed`.
 * Throws a 'corrupt' error for damaged data and for any other size.
 * @param native inflates, where it can: zlib sets up a stream for each call
 */
export function inflateExactly(
  compressed: Uint8Array,
  size: number,
  file: string,
  native?: Inflate,
): Buffer | undefined {
  const inflated = native?.(compressed, size);
  if (inflated?.length === size) return inflated;
  let data: Buffer;
  try {
    // A stream that would yield more fails here, before memory is allocated for it.
    data = inflateSync(compressed, { maxOutputLength: size + 1 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'Z_BUF_ERROR') return undefined;
    throw new QuicksilverError('corrupt', `${file}: damaged zlib data`, { file, cause: error });
  }
  if (data.length !== size) {
    throw new QuicksilverError('corrupt', `${file}: ${data.length} bytes instead of ${size}`, { file });
  }
  return data;
}

/** Returns what the start of a stream becomes. Throws a 'corrupt' error for damaged data. */
export function inflateStart(start: Uint8Array, file: string): Buffer {
  try {
    // The flush mode lets a part of the stream be inflated.
    return inflateSync(start, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    throw new QuicksilverError('corrupt', `${file}: damaged zlib data`, { file, cause: error });
  }
}

/**
 * Returns the inflated data; undefined if it is damaged, or has more than `limit` bytes.
 * {@link inflateExactly} reports which.
 */
export function inflateUpTo(compressed: Uint8Array, limit: number, native?: Inflate): Buffer | undefined {
  const inflated = native?.(compressed, limit);
  if (inflated) return inflated;
  try {
    return inflateSync(compressed, { maxOutputLength: limit });
  } catch {
    return undefined;
  }
}
