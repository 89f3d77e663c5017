// Decodes a revision's data in a revlog: a full text or a delta. The first byte shows how it is stored.
import { constants, inflateSync, type ZlibOptions } from 'node:zlib';
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

/**
 * Bytes of a chunk that are enough for {@link decodeBeginning} of a few dozen bytes, except for a compression in
 * blocks.
 */
export const CHUNK_BEGINNING = 512;

/** True if the beginning of a chunk can be decoded only from the whole chunk. */
export function needsWholeChunk(beginning: Buffer): boolean {
  return beginning[0] === ZSTD;
}

/**
 * Returns at least the first `count` bytes of a chunk if it can be decoded that far. `chunk` may be cut off after
 * {@link CHUNK_BEGINNING} bytes unless {@link needsWholeChunk}. Decompresses little more than the given part. Throws
 * as {@link decodeChunk} does; damage in the remaining bytes stays unknown.
 */
export function decodeBeginning(chunk: Buffer, count: number, name: string): Buffer {
  switch (chunk[0]) {
    case ZLIB: {
      const part = chunk.subarray(0, CHUNK_BEGINNING);
      // At the end of the part it returns the bytes so far, instead of missing the others.
      const options = { finishFlush: constants.Z_SYNC_FLUSH, chunkSize: MIN_INFLATE_CHUNK };
      return inflated(part, part.length * MAX_INFLATE_RATIO, name, options);
    }
    case ZSTD:
      return decompressZstd(chunk, MAX_ZSTD_BEGINNING, name, count);
    case undefined:
    default:
      return decode(chunk, chunk.length, name, false);
  }
}

function decode(chunk: Buffer, maxBytes: number, name: string, isExact: boolean): Buffer {
  switch (chunk[0]) {
    case undefined:
    case 0x00: // Literal, this byte included: no text that begins with it is ever stored otherwise.
      return chunk;
    case 0x75: // 'u': the rest is literal.
      return chunk.subarray(1);
    case ZLIB:
      return inflate(chunk, maxBytes, name, isExact);
    case ZSTD:
      return decompressZstd(chunk, maxBytes, name);
    default:
      throw new QuicksilverError(
        'unsupported',
        `${name}: the compression that begins with byte 0x${chunk.toString('hex', 0, 1)} is not known`,
      );
  }
}

function inflate(chunk: Buffer, maxBytes: number, name: string, isExact: boolean): Buffer {
  // One piece (and the byte that proves its end) if the length is known and the data can have it. The usual small
  // pieces would be copied together.
  const possible = Math.min(maxBytes + 1, chunk.length * MAX_INFLATE_RATIO);
  const likely = Math.min(possible, chunk.length * LIKELY_INFLATE_RATIO, MAX_INFLATE_CHUNK);
  const chunkSize = Math.max(MIN_INFLATE_CHUNK, isExact ? possible : likely);
  return inflated(chunk, maxBytes, name, { chunkSize });
}

function inflated(chunk: Buffer, maxBytes: number, name: string, options: ZlibOptions): Buffer {
  try {
    return inflateSync(chunk, { ...options, maxOutputLength: Math.max(1, maxBytes) });
  } catch (error) {
    if (error instanceof RangeError || systemErrorCode(error)?.startsWith('Z_')) {
      throw new QuicksilverError('corrupt', `${name}: ${errorMessage(error)}`, { cause: error });
    }
    throw error;
  }
}

/** 'x', the first byte of a zlib stream. */
const ZLIB = 0x78;
/** '(', the first byte of a zstd frame. */
const ZSTD = 0x28;
/** The most bytes of a frame that states its length; a text's beginning is not decoded from larger ones. */
const MAX_ZSTD_BEGINNING = 1 << 30;
const MIN_INFLATE_CHUNK = 1 << 10;
const MAX_INFLATE_CHUNK = 1 << 18;
/** Few texts get so much smaller. Room for the most would be a hundred kilobytes for a delta of a line. */
const LIKELY_INFLATE_RATIO = 16;
/** The deflate format cannot do better. */
const MAX_INFLATE_RATIO = 1032;
