// A revision's data in a revlog: a full text or a delta, stored in one of several ways told apart by the first byte.
import { inflateSync } from 'node:zlib';
import { QuicksilverError, errorMessage, systemErrorCode } from '../../base/errors.ts';
import { decompressZstd } from './zstd.ts';

/**
 * The bytes that a chunk stands for.
 *
 * @param maxBytes what it may decompress to at most; more is a 'corrupt' error, and never more than that is allocated
 * @param name what errors are about
 * @param isExact whether `maxBytes` is what the entry states the text to have, and not just a limit
 * @throws 'unsupported' for a compression that is not known, 'corrupt' for damaged data
 */
export function decodeChunk(chunk: Buffer, maxBytes: number, name: string, isExact = false): Buffer {
  const decoded = decode(chunk, maxBytes, name, isExact);
  if (decoded.length > maxBytes) {
    throw new QuicksilverError('corrupt', `${name}: ${decoded.length} bytes where at most ${maxBytes} are expected`);
  }
  return decoded;
}

function decode(chunk: Buffer, maxBytes: number, name: string, isExact: boolean): Buffer {
  switch (chunk[0]) {
    case undefined:
    case 0x00: // Literal, this byte included: no text that begins with it is ever stored otherwise.
      return chunk;
    case 0x75: // 'u': the rest is literal.
      return chunk.subarray(1);
    case 0x78: // 'x', the first byte of a zlib stream.
      return inflate(chunk, maxBytes, name, isExact);
    case 0x28: // '(', the first byte of a zstd frame.
      return decompressZstd(chunk, maxBytes, name);
    default:
      throw new QuicksilverError(
        'unsupported',
        `${name}: the compression that begins with byte 0x${chunk.toString('hex', 0, 1)} is not known`,
      );
  }
}

function inflate(chunk: Buffer, maxBytes: number, name: string, isExact: boolean): Buffer {
  // One piece (and the byte that shows it to be all) where the length is known and the data can have it; the usual small
  // pieces would be copied together.
  const possible = Math.min(maxBytes + 1, chunk.length * MAX_INFLATE_RATIO);
  try {
    return inflateSync(chunk, {
      maxOutputLength: Math.max(1, maxBytes),
      chunkSize: Math.max(MIN_INFLATE_CHUNK, isExact ? possible : Math.min(possible, MAX_INFLATE_CHUNK)),
    });
  } catch (error) {
    if (error instanceof RangeError || systemErrorCode(error)?.startsWith('Z_')) {
      throw new QuicksilverError('corrupt', `${name}: ${errorMessage(error)}`, { cause: error });
    }
    throw error;
  }
}

const MIN_INFLATE_CHUNK = 1 << 10;
const MAX_INFLATE_CHUNK = 1 << 18;
/** The deflate format cannot do better. */
const MAX_INFLATE_RATIO = 1032;
