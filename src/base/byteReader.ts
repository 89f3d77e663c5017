import { QuicksilverError } from './errors.ts';

/**
 * Reads big-endian numbers and byte strings from untrusted bytes. Any access outside of the bytes is a 'corrupt'
 * error.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly #view: DataView;
  readonly #file: string;

  /** @param file the name used in error messages */
  constructor(bytes: Uint8Array, file: string) {
    this.bytes = bytes;
    this.length = bytes.length;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#file = file;
  }

  u8(at: number): number {
    this.#check(at, 1);
    return this.#view.getUint8(at);
  }

  u16(at: number): number {
    this.#check(at, 2);
    return this.#view.getUint16(at);
  }

  u32(at: number): number {
    this.#check(at, 4);
    return this.#view.getUint32(at);
  }

  i32(at: number): number {
    this.#check(at, 4);
    return this.#view.getInt32(at);
  }

  /** Unsigned 48-bit number, exact in a JavaScript number. */
  u48(at: number): number {
    return this.u16(at) * 0x1_0000_0000 + this.u32(at + 2);
  }

  /** A view, not a copy. */
  slice(at: number, length: number): Uint8Array {
    this.#check(at, length);
    return this.bytes.subarray(at, at + length);
  }

  /** `length` bytes as a byte string (one character per byte). */
  byteString(at: number, length: number): string {
    this.#check(at, length);
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + at, length).toString('latin1');
  }

  hex(at: number, length: number): string {
    this.#check(at, length);
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + at, length).toString('hex');
  }

  #check(at: number, length: number): void {
    if (!Number.isInteger(at) || !Number.isInteger(length) || at < 0 || length < 0 || at + length > this.length) {
      throw new QuicksilverError('corrupt', `${this.#file}: ${length} bytes at ${at} lie outside its ${this.length}`, {
        file: this.#file,
      });
    }
  }
}
