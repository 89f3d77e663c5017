// Inflating untrusted zlib data with a bound on what comes out.
import { inflateSync } from 'node:zlib';
import { QuicksilverError } from '../../base/errors.ts';

/** Inflates the zlib stream at the start of `compressed`. Throws 'corrupt' for damage or if the result is too large. */
export function inflateAtMost(compressed: Uint8Array, maxBytes: number, file: string): Buffer {
  try {
    return inflateSync(compressed, { maxOutputLength: maxBytes });
  } catch (error) {
    throw new QuicksilverError('corrupt', `${file}: damaged zlib data`, { file, cause: error });
  }
}
