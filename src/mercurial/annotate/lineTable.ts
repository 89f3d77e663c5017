// Gives equal lines equal numbers, so that comparing two versions of a file compares integers.
import { QuicksilverError } from '../../base/errors.ts';

/** Bytes of distinct lines that one annotation may hold. */
const MAX_LINE_BYTES = 1 << 28;
const NEWLINE = 0x0a;
const EMPTY = -1;

/** Numbers the distinct lines of all versions that are compared with each other. */
export class LineTable {
  /** Distinct lines so far. */
  get size(): number {
    return this.#count;
  }

  #count = 0;
  /** Open addressing: a line's number, or {@link EMPTY}. The length is a power of two. */
  #slots = new Int32Array(1 << 12).fill(EMPTY);
  /** By line number: hash, and where its bytes begin in the arena; one more entry holds the end of the last one. */
  #hashes = new Int32Array(1 << 10);
  #starts = new Int32Array((1 << 10) + 1);
  #arena = Buffer.allocUnsafe(1 << 16);

  /**
   * Returns one number a line. A line ends at '\n'; bytes after the last '\n' are a line, too.
   *
   * @throws 'unsupported' if the distinct lines of all versions take more than 256 MB
   */
  number(text: Uint8Array): Int32Array {
    let numbers = new Int32Array(Math.max(16, text.length >> 5));
    let lines = 0;
    let start = 0;
    while (start < text.length) {
      // FNV-1a over the bytes of the line, its '\n' included.
      let hash = 0x811c9dc5 | 0;
      let at = start;
      for (let byte = -1; at < text.length && byte !== NEWLINE; at++) {
        byte = text[at]!;
        hash = Math.imul(hash ^ byte, 0x01000193);
      }
      if (lines === numbers.length) {
        const larger = new Int32Array(lines * 2);
        larger.set(numbers);
        numbers = larger;
      }
      numbers[lines++] = this.#find(text, start, at, hash);
      start = at;
    }
    return numbers.slice(0, lines);
  }

  #find(text: Uint8Array, start: number, end: number, hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (let line = this.#slots[slot]!; line !== EMPTY; line = this.#slots[slot]!) {
      if (this.#hashes[line] === hash && this.#equals(line, text, start, end)) return line;
      slot = (slot + 1) & mask;
    }
    const line = this.#add(text, start, end, hash);
    this.#slots[slot] = line;
    if (this.#count * 2 > this.#slots.length) this.#grow();
    return line;
  }

  #equals(line: number, text: Uint8Array, start: number, end: number): boolean {
    let at = this.#starts[line]!;
    if (this.#starts[line + 1]! - at !== end - start) return false;
    for (let i = start; i < end; i++) if (this.#arena[at++] !== text[i]) return false;
    return true;
  }

  #add(text: Uint8Array, start: number, end: number, hash: number): number {
    const line = this.#count++;
    if (line === this.#hashes.length) {
      const hashes = new Int32Array(line * 2);
      hashes.set(this.#hashes);
      this.#hashes = hashes;
      const starts = new Int32Array(line * 2 + 1);
      starts.set(this.#starts);
      this.#starts = starts;
    }
    const from = this.#starts[line]!;
    const to = from + end - start;
    if (to > MAX_LINE_BYTES) {
      throw new QuicksilverError('unsupported', 'the lines of this file are too many to annotate');
    }
    if (to > this.#arena.length) {
      const larger = Buffer.allocUnsafe(Math.max(to, this.#arena.length * 2));
      this.#arena.copy(larger, 0, 0, from);
      this.#arena = larger;
    }
    this.#arena.set(text.subarray(start, end), from);
    this.#hashes[line] = hash;
    this.#starts[line + 1] = to;
    return line;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 4).fill(EMPTY);
    const mask = slots.length - 1;
    for (let line = 0; line < this.#count; line++) {
      const hash = this.#hashes[line]!;
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot] !== EMPTY) slot = (slot + 1) & mask;
      slots[slot] = line;
    }
    this.#slots = slots;
  }
}
