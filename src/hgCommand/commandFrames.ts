// The wire format of hg's command server: frames of a channel letter, a length of four bytes (big-endian) and that many
// bytes of data. Frames that ask for input carry no data; their length is the most bytes wanted.
import { fromDisplay } from '../base/bytePath.ts';
import { QuicksilverError } from '../base/errors.ts';
import type { HgArguments } from './hgCall.ts';
import { MAX_OUTPUT_BYTES } from './hgResult.ts';

/**
 * Channels: o is output, e errors, m messages, r the result of a command, d debug output. The server asks for input
 * with I, for a line with L.
 */
export interface Frame {
  readonly channel: string;
  readonly data: Buffer;
  /** For I and L: the most bytes that the server wants. */
  readonly wanted?: number;
}

const HEADER_BYTES = 5;

/** Cuts what a server writes into frames. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);
  /** Pieces of a frame that is not complete yet, so that a large one is not copied again with each piece. */
  #pieces: Buffer[] = [];
  #missing = 0;

  /**
   * The frames that `chunk` completes. Throws a 'corrupt' error for what cannot be a frame; then the rest of the stream
   * means nothing.
   */
  take(chunk: Buffer): Frame[] {
    if (chunk.length < this.#missing) {
      this.#pieces.push(chunk);
      this.#missing -= chunk.length;
      return [];
    }
    let bytes = Buffer.concat([this.#rest, ...this.#pieces, chunk]);
    this.#pieces = [];
    this.#missing = 0;
    const frames: Frame[] = [];
    while (bytes.length >= HEADER_BYTES) {
      const letter = bytes[0]!;
      const channel = String.fromCharCode(letter);
      if (!/[A-Za-z]/.test(channel)) throw corrupt(`a channel named by byte ${letter}`);
      const asks = channel === 'I' || channel === 'L';
      const length = asks ? 0 : bytes.readUInt32BE(1);
      if (length > MAX_OUTPUT_BYTES) throw corrupt(`a frame of ${length} bytes`);
      const end = HEADER_BYTES + length;
      if (bytes.length < end) {
        this.#missing = end - bytes.length;
        break;
      }
      const data = bytes.subarray(HEADER_BYTES, end);
      frames.push(asks ? { channel, data, wanted: bytes.readUInt32BE(1) } : { channel, data });
      bytes = bytes.subarray(end);
    }
    this.#rest = bytes;
    return frames;
  }
}

/**
 * Returns the bytes that make a command server run a command. Bytes that are not UTF-8 are lone surrogates, as in paths
 * for display. Throws a 'usage' error for an argument with a zero byte.
 */
export function encodeCommand(args: HgArguments): Buffer {
  if (args.some(arg => arg.includes('\0'))) throw new QuicksilverError('usage', 'an argument of hg has a zero byte');
  const body = Buffer.from(fromDisplay(args.join('\0')), 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([Buffer.from('runcommand\n', 'latin1'), length, body]);
}

/** Returns the answer to a frame that asks for input; without bytes it means the end of the input. */
export function encodeInput(bytes: Buffer = Buffer.alloc(0)): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** The answer to 'r'. Throws a 'corrupt' error if it is none. */
export function decodeResult(data: Buffer): number {
  if (data.length !== 4) throw corrupt(`a result of ${data.length} bytes`);
  return data.readInt32BE(0);
}

/**
 * Checks the first frame: lines 'name: value', more of them than are known here. Returns whether it sends messages on a
 * channel of their own. Throws a 'corrupt' error.
 */
export function checkHello({ channel, data }: Frame): { readonly hasMessages: boolean } {
  const text = data.toString('latin1');
  const capabilities = /^capabilities:(.*)$/m.exec(text)?.[1]?.trim().split(/\s+/);
  if (channel !== 'o' || capabilities?.includes('runcommand') !== true) throw corrupt('a greeting that is none');
  return { hasMessages: /^message-encoding: *cbor$/m.test(text) };
}

function corrupt(what: string): QuicksilverError {
  return new QuicksilverError('corrupt', `the command server sent ${what}`);
}
