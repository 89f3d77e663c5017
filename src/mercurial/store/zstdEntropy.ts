// The two entropy codings within zstd's compressed blocks (RFC 8878, section 4): FSE and Huffman. Every table is built
// from untrusted bytes, so every size is checked, and reading never leaves the bytes given.

/** Thrown for anything that is not valid; the caller gives it a name and a code. */
export class ZstdFormatError extends Error {}

export function invalid(what: string): never {
  throw new ZstdFormatError(what);
}

/** Reads bits from the end of a range towards its beginning, as both codings are stored. */
export class BackwardBits {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  /** Bits not yet read. Negative: more were taken than there are; those read as zero. */
  left: number;

  /** The range's last byte has a one above its last bit, to mark the end. */
  constructor(bytes: Uint8Array, start: number, end: number) {
    if (end <= start || end > bytes.length) invalid('an empty bit stream');
    const last = bytes[end - 1]!;
    if (last === 0) invalid('a bit stream without an end');
    this.#bytes = bytes;
    this.#start = start;
    this.left = (end - start) * 8 - 1 - Math.clz32(last << 24);
  }

  /** Up to 24 bits, taken. */
  take(count: number): number {
    const value = this.peek(count);
    this.left -= count;
    return value;
  }

  /** Up to 24 bits, not taken. */
  peek(count: number): number {
    if (count === 0) return 0;
    const low = this.left - count;
    if (low < 0) {
      return this.left <= 0 ? 0 : (this.#word(0) & ((1 << this.left) - 1)) << -low;
    }
    return (this.#word(low >> 3) >>> (low & 7)) & ((1 << count) - 1);
  }

  #word(index: number): number {
    const at = this.#start + index;
    const bytes = this.#bytes;
    // Bytes after the range are masked away by the caller; past the array they are undefined, which counts as zero.
    return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
  }
}

/** A decoding table: for each state the symbol, and how to come to the next state. */
export interface FseTable {
  readonly accuracy: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly baselines: Uint16Array;
}

/** The table of a single symbol, which takes no bits. */
export function singleSymbolTable(symbol: number): FseTable {
  return { accuracy: 0, symbols: Uint8Array.of(symbol), bits: new Uint8Array(1), baselines: new Uint16Array(1) };
}

/**
 * Builds the table of a distribution.
 *
 * @param counts for each symbol its share of the 2^accuracy states; -1 for one that is rarer than a whole state
 */
export function buildFseTable(counts: readonly number[], accuracy: number): FseTable {
  const size = 1 << accuracy;
  const symbols = new Uint8Array(size);
  const next = new Uint16Array(counts.length);
  let high = size;
  counts.forEach((count, symbol) => {
    if (count === -1) symbols[--high] = symbol;
    next[symbol] = Math.abs(count);
  });
  const step = (size >> 1) + (size >> 3) + 3;
  let position = 0;
  counts.forEach((count, symbol) => {
    for (let i = 0; i < count; i++) {
      symbols[position] = symbol;
      do position = (position + step) & (size - 1);
      while (position >= high);
    }
  });
  const bits = new Uint8Array(size);
  const baselines = new Uint16Array(size);
  for (let state = 0; state < size; state++) {
    const value = next[symbols[state]!]!++;
    const count = accuracy - (31 - Math.clz32(value));
    bits[state] = count;
    baselines[state] = (value << count) - size;
  }
  return { accuracy, symbols, bits, baselines };
}

/** Reads a distribution and builds its table; `end` is where the bytes after it begin. */
export function readFseTable(
  bytes: Uint8Array,
  start: number,
  limit: number,
  maxAccuracy: number,
  maxSymbol: number,
): { readonly table: FseTable; readonly end: number } {
  let bit = start * 8;
  const peek = (count: number): number => {
    const at = bit >> 3;
    const byte = (index: number): number => (index < limit ? bytes[index]! : 0);
    return ((byte(at) | (byte(at + 1) << 8) | (byte(at + 2) << 16)) >>> (bit & 7)) & ((1 << count) - 1);
  };
  const accuracy = peek(4) + 5;
  bit += 4;
  if (accuracy > maxAccuracy) invalid('a table that is too large');
  const counts: number[] = [];
  let left = 1 << accuracy;
  while (left > 0) {
    if (counts.length > maxSymbol) invalid('a table with too many symbols');
    // A value from 0 to left + 1; the smaller ones take one bit less.
    const width = 32 - Math.clz32(left + 1);
    const short = (1 << width) - 2 - left;
    const half = (1 << (width - 1)) - 1;
    let value = peek(width);
    if ((value & half) < short) {
      value &= half;
      bit += width - 1;
    } else {
      if (value > half) value -= short;
      bit += width;
    }
    const count = value - 1;
    left -= Math.abs(count);
    counts.push(count);
    if (count === 0) {
      for (let zeros = 3; zeros === 3;) {
        zeros = peek(2);
        bit += 2;
        if (counts.length + zeros > maxSymbol + 1) invalid('a table with too many symbols');
        for (let i = 0; i < zeros; i++) counts.push(0);
      }
    }
  }
  const end = (bit + 7) >> 3;
  if (left < 0 || end > limit) invalid('a table that does not add up');
  return { table: buildFseTable(counts, accuracy), end };
}

/** For every `maxBits` bits the symbol that they begin with, and how many of them are its code. */
export interface HuffmanTable {
  readonly maxBits: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
}

const MAX_HUFFMAN_BITS = 11;
const MAX_WEIGHTS = 255;

/** Reads the weights of the symbols and builds the table; `end` is where the bytes after it begin. */
export function readHuffmanTable(
  bytes: Uint8Array,
  start: number,
  limit: number,
): { readonly table: HuffmanTable; readonly end: number } {
  if (start >= limit) invalid('no Huffman table');
  const header = bytes[start]!;
  const end = start + 1 + (header < 128 ? header : (header - 126) >> 1);
  if (end > limit) invalid('a Huffman table that is cut off');
  const weights = header < 128 ? readWeights(bytes, start + 1, end) : [];
  for (let i = 0; i < header - 127; i++) {
    const pair = bytes[start + 1 + (i >> 1)]!;
    weights.push(i % 2 === 0 ? pair >> 4 : pair & 15);
  }
  return { table: buildHuffmanTable(weights), end };
}

/** Weights coded with FSE, by two states that take turns until the bits are used up. */
function readWeights(bytes: Uint8Array, start: number, end: number): number[] {
  const { table, end: from } = readFseTable(bytes, start, end, 6, MAX_WEIGHTS);
  const stream = new BackwardBits(bytes, from, end);
  const weights: number[] = [];
  let state = stream.take(table.accuracy);
  let other = stream.take(table.accuracy);
  if (stream.left < 0) invalid('weights that are cut off');
  while (true) {
    if (weights.length + 2 > MAX_WEIGHTS) invalid('too many weights');
    weights.push(table.symbols[state]!);
    state = table.baselines[state]! + stream.take(table.bits[state]!);
    if (stream.left < 0) {
      weights.push(table.symbols[other]!);
      return weights;
    }
    [state, other] = [other, state];
  }
}

function buildHuffmanTable(weights: number[]): HuffmanTable {
  let sum = 0;
  for (const weight of weights) {
    if (weight > MAX_HUFFMAN_BITS) invalid('a Huffman code that is too long');
    if (weight > 0) sum += 1 << (weight - 1);
  }
  // The last symbol's weight is not stored: it is what makes the sum a power of two.
  const maxBits = 32 - Math.clz32(sum);
  const rest = (1 << maxBits) - sum;
  if (sum === 0 || maxBits > MAX_HUFFMAN_BITS || (rest & (rest - 1)) !== 0) invalid('weights that do not add up');
  const all = [...weights, 32 - Math.clz32(rest)];
  const symbols = new Uint8Array(1 << maxBits);
  const bits = new Uint8Array(1 << maxBits);
  let at = 0;
  for (let weight = 1; weight <= maxBits; weight++) {
    all.forEach((own, symbol) => {
      if (own !== weight) return;
      const next = at + (1 << (weight - 1));
      symbols.fill(symbol, at, next);
      bits.fill(maxBits + 1 - weight, at, next);
      at = next;
    });
  }
  return { maxBits, symbols, bits };
}

/** Decodes one stream of Huffman codes into `out[from, to)`, which it must fill exactly. */
export function decodeHuffman(
  table: HuffmanTable,
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  from: number,
  to: number,
): void {
  const stream = new BackwardBits(bytes, start, end);
  const { maxBits, symbols, bits } = table;
  for (let at = from; at < to; at++) {
    const index = stream.peek(maxBits);
    out[at] = symbols[index]!;
    stream.left -= bits[index]!;
  }
  if (stream.left !== 0) invalid('Huffman codes that do not end where they should');
}
