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
  #before: NumberedText | undefined;

  /**
   * Returns one number a line. A line ends at '\n'; bytes after the last '\n' are a line, too.
   *
   * Lines that the text shares with the one before it cost a comparison of bytes; only the others are hashed.
   *
   * @throws 'unsupported' if the distinct lines of all versions take more than 256 MB
   */
  number(text: Buffer): Int32Array {
    const before = this.#before;
    // Most texts have about as many lines as the one before.
    const lines = before === undefined ? text.length >> 5 : before.numbers.length + (before.numbers.length >> 4);
    const builder = new LinesBuilder(Math.max(16, lines));
    /** The line of the text before that is expected next. */
    let expected = 0;
    let at = 0;
    while (at < text.length) {
      const same = before === undefined ? 0 : before.sameLines(text, at, expected);
      if (same > 0) {
        builder.copy(before!, expected, same, at);
        at += before!.starts[expected + same]! - before!.starts[expected]!;
        expected += same;
        continue;
      }
      // FNV-1a over the bytes of the line, its '\n' included.
      let hash = 0x811c9dc5 | 0;
      let end = at;
      for (let byte = -1; end < text.length && byte !== NEWLINE; end++) {
        byte = text[end]!;
        hash = Math.imul(hash ^ byte, 0x01000193);
      }
      const line = this.#find(text, at, end, hash);
      builder.add(line, at);
      at = end;
      if (before !== undefined) expected = before.resume(line, text, at, expected);
    }
    this.#before = builder.finish(text);
    return this.#before.numbers;
  }

  #find(text: Buffer, start: number, end: number, hash: number): number {
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

  #equals(line: number, text: Buffer, start: number, end: number): boolean {
    let at = this.#starts[line]!;
    if (this.#starts[line + 1]! - at !== end - start) return false;
    for (let i = start; i < end; i++) if (this.#arena[at++] !== text[i]) return false;
    return true;
  }

  #add(text: Buffer, start: number, end: number, hash: number): number {
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

/** Lines compared ahead of where the text before should go on. */
const LOOKAHEAD = 64;
/** Lines that must be equal before the comparison goes on somewhere else. */
const MIN_RUN = 2;
/** Bytes of the first comparison. */
const FIRST_STEP = 256;

/** A text with its lines as numbers. */
class NumberedText {
  readonly #text: Buffer;
  readonly numbers: Int32Array;
  /** Where each line begins; one more entry holds the end of the text. */
  readonly starts: Int32Array;

  constructor(text: Buffer, numbers: Int32Array, starts: Int32Array) {
    this.#text = text;
    this.numbers = numbers;
    this.starts = starts;
  }

  /** Whole lines, from `line` on, that `text` has at `at`, too. */
  sameLines(text: Buffer, at: number, line: number): number {
    const { numbers, starts } = this;
    if (line >= numbers.length) return 0;
    const start = starts[line]!;
    const bytes = this.#sameBytes(text, at, start);
    // The last of these lines is whole if it ends here, or if both texts do.
    let low = line;
    let high = numbers.length;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! - start <= bytes) low = middle;
      else high = middle - 1;
    }
    const isCut = low === numbers.length && this.#text.at(-1) !== NEWLINE && at + bytes < text.length;
    return low - line - (isCut && low > line ? 1 : 0);
  }

  /** The line to expect next, after a line of the new text with this number that ends at `at`. */
  resume(number: number, text: Buffer, at: number, expected: number): number {
    const end = Math.min(this.numbers.length, expected + LOOKAHEAD);
    for (let line = expected; line < end; line++) {
      if (this.numbers[line] === number && this.sameLines(text, at, line + 1) >= MIN_RUN - 1) return line + 1;
    }
    return expected;
  }

  #sameBytes(text: Buffer, at: number, start: number): number {
    const limit = Math.min(text.length - at, this.#text.length - start);
    const isSame = (from: number, to: number): boolean =>
      text.compare(this.#text, start + from, start + to, at + from, at + to) === 0;
    let same = 0;
    let step = FIRST_STEP;
    for (; same < limit; step *= 2) {
      const next = Math.min(limit, same + step);
      if (!isSame(same, next)) break;
      same = next;
    }
    // The first difference lies within the next `step` bytes.
    let high = Math.min(limit, same + step);
    while (same < high) {
      const middle = (same + high + 1) >> 1;
      if (isSame(same, middle)) same = middle;
      else high = middle - 1;
    }
    return same;
  }
}

class LinesBuilder {
  #numbers: Int32Array;
  #starts: Int32Array;
  #count = 0;

  constructor(lines: number) {
    this.#numbers = new Int32Array(lines);
    this.#starts = new Int32Array(lines + 1);
  }

  add(number: number, start: number): void {
    this.#reserve(1);
    this.#numbers[this.#count] = number;
    this.#starts[this.#count++] = start;
  }

  copy(from: NumberedText, line: number, count: number, start: number): void {
    this.#reserve(count);
    this.#numbers.set(from.numbers.subarray(line, line + count), this.#count);
    const shift = start - from.starts[line]!;
    for (let i = 0; i < count; i++) this.#starts[this.#count + i] = from.starts[line + i]! + shift;
    this.#count += count;
  }

  finish(text: Buffer): NumberedText {
    this.#starts[this.#count] = text.length;
    return new NumberedText(text, trimmed(this.#numbers, this.#count), trimmed(this.#starts, this.#count + 1));
  }

  #reserve(count: number): void {
    if (this.#count + count <= this.#numbers.length) return;
    const lines = Math.max(this.#count + count, this.#numbers.length * 2);
    const numbers = new Int32Array(lines);
    numbers.set(this.#numbers);
    const starts = new Int32Array(lines + 1);
    starts.set(this.#starts);
    this.#numbers = numbers;
    this.#starts = starts;
  }
}

/** The first numbers, without a copy where little room is left over. */
function trimmed(array: Int32Array, length: number): Int32Array {
  return array.length < length * 1.25 ? array.subarray(0, length) : array.slice(0, length);
}
