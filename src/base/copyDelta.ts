// Deltas that copy from a base and insert bytes of their own: Git's packs and Bazaar's blocks share the form.

/** A copy instruction without a size copies this many bytes. */
const DEFAULT_COPY = 0x10000;

/** Reads numbers and instructions from a range of bytes. Every method throws the error that `bad` makes for damage. */
export class DeltaReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #bad: (why: string) => Error;
  #at: number;

  /** @param bad takes the predicate of a sentence about the delta */
  constructor(bytes: Uint8Array, start: number, end: number, bad: (why: string) => Error) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#bad = bad;
  }

  /** Where the next byte is. */
  get position(): number {
    return this.#at;
  }

  byte(): number {
    if (this.#at >= this.#end) throw this.#bad('is truncated');
    return this.#bytes[this.#at++]!;
  }

  /** A number of 7 bits a byte, least significant first. */
  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const next = this.byte();
      value += (next & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw this.#bad('has an impossible size');
      if (next < 0x80) return value;
    }
  }

  /**
   * Returns the result of all instructions up to the end, which has `size` bytes. An instruction with bit 7 set copies:
   * its low bits mark the bytes of offset and size that follow. Any other one inserts the 1 to 127 bytes that follow.
   */
  apply(base: Uint8Array, size: number): Buffer {
    const result = Buffer.allocUnsafe(size);
    let done = 0;
    while (this.#at < this.#end) {
      const instruction = this.byte();
      if (instruction === 0) throw this.#bad('has a reserved instruction');
      if (instruction < 0x80) {
        const next = this.#at + instruction;
        if (next > this.#end || done + instruction > size) throw this.#bad('inserts too much');
        result.set(this.#bytes.subarray(this.#at, next), done);
        this.#at = next;
        done += instruction;
        continue;
      }
      const offset = this.#markedBytes(instruction, 4);
      const count = this.#markedBytes(instruction >> 4, 3) || DEFAULT_COPY;
      if (offset + count > base.length || done + count > size) throw this.#bad('copies outside of its base');
      result.set(base.subarray(offset, offset + count), done);
      done += count;
    }
    if (done !== size) throw this.#bad('yields too little');
    return result;
  }

  /** A number of which only the marked bytes are there, least significant first. */
  #markedBytes(marks: number, most: number): number {
    let value = 0;
    for (let i = 0; i < most; i++) if ((marks & (1 << i)) !== 0) value += this.byte() * 2 ** (8 * i);
    return value;
  }
}
