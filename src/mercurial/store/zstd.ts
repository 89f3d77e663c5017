// A decoder of zstd frames (RFC 8878) for data from strangers. It allocates no more than the caller allows and the
// frame can fill. Its work is bounded by its output, and it rejects everything that the format does not allow.
import { QuicksilverError } from '../../base/errors.ts';
import {
  BackwardBits,
  ZstdFormatError,
  buildFseTable,
  decodeHuffman,
  invalid,
  readFseTable,
  readHuffmanTable,
  singleSymbolTable,
  type FseTable,
  type HuffmanTable,
} from './zstdEntropy.ts';

/**
 * Returns the content of the frame at the beginning of `frame`, without its checksum: texts are checked by their node.
 *
 * @param maxBytes more is a 'corrupt' error
 * @param name what errors are about
 * @param enough if given, decoding stops after the block that reaches so many bytes
 * @throws 'unsupported' if the frame needs a dictionary, 'corrupt' if it is damaged
 */
export function decompressZstd(frame: Uint8Array, maxBytes: number, name: string, enough = Infinity): Buffer {
  try {
    return new FrameDecoder(frame).decode(maxBytes, name, enough);
  } catch (error) {
    if (!(error instanceof ZstdFormatError)) throw error;
    throw new QuicksilverError('corrupt', `${name}: zstd: ${error.message}`, { cause: error });
  }
}

const MAGIC = 0xfd2fb528;
/** No block stands for more than this, whatever the window. */
const MAX_BLOCK = 1 << 17;
const BLOCK_HEADER = 3;
const RAW = 0;
const RUN = 1;
const COMPRESSED = 2;

interface Block {
  readonly kind: number;
  readonly start: number;
  /** Bytes stored; of a run, how often its one byte is repeated. */
  readonly size: number;
}

/** Shared by all frames, one after the other: filling it with zeros would take longer than a small frame. */
let scratch: Uint8Array | undefined;

class FrameDecoder {
  readonly #bytes: Uint8Array;
  #out: Buffer = Buffer.alloc(0);
  #length = 0;
  #offsets: [number, number, number] = [1, 4, 8];
  #huffman: HuffmanTable | undefined;
  #tables: [FseTable, FseTable, FseTable] | undefined;
  readonly #literals = (scratch ??= new Uint8Array(MAX_BLOCK));

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  decode(maxBytes: number, name: string, enough: number): Buffer {
    if (this.#bytes.length < 6 || this.#little(0, 4) !== MAGIC) invalid('no frame');
    const descriptor = this.#bytes[4]!;
    const isSingleSegment = (descriptor & 0x20) !== 0;
    if ((descriptor & 0x08) !== 0) invalid('a reserved bit is set');
    let at = isSingleSegment ? 5 : 6;
    const dictionaryLength = [0, 1, 2, 4][descriptor & 3]!;
    if (this.#little(at, dictionaryLength) !== 0) {
      throw new QuicksilverError('unsupported', `${name}: zstd with a dictionary is not supported`);
    }
    at += dictionaryLength;
    const sizeLength = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
    const stated = sizeLength === 0 ? undefined : this.#little(at, sizeLength) + (sizeLength === 2 ? 256 : 0);
    at += sizeLength;

    // The headers of all blocks bound the content before anything is allocated.
    let possible = 0;
    for (const block of this.#blocks(at)) possible += block.kind === COMPRESSED ? MAX_BLOCK : block.size;
    if (stated !== undefined && stated > possible) invalid(`${stated} bytes stated, ${possible} possible`);
    if (stated !== undefined && stated > maxBytes) invalid(`${stated} bytes where at most ${maxBytes} are expected`);
    this.#out = Buffer.allocUnsafe(Math.min(stated ?? possible, maxBytes, enough + MAX_BLOCK));
    for (const block of this.#blocks(at)) {
      this.#decodeBlock(block);
      if (this.#length >= enough) return this.#out.subarray(0, this.#length);
    }
    if (stated !== undefined && stated !== this.#length) invalid(`${stated} bytes stated, ${this.#length} found`);
    // A copy, where much would be kept alive for little.
    const out = this.#out.subarray(0, this.#length);
    return this.#length * 2 < this.#out.length ? Buffer.from(out) : out;
  }

  /** Gone through twice instead of kept: there may be as many empty ones as the frame has room for. */
  *#blocks(from: number): Generator<Block> {
    for (let at = from, last = false; !last;) {
      const header = this.#little(at, BLOCK_HEADER);
      last = (header & 1) !== 0;
      const block = { kind: (header >> 1) & 3, start: at + BLOCK_HEADER, size: header >> 3 };
      if (block.kind > COMPRESSED) invalid('a block of a reserved type');
      if (block.size > MAX_BLOCK) invalid('a block that is too large');
      at = block.start + (block.kind === RUN ? 1 : block.size);
      if (at > this.#bytes.length) invalid('the data are cut off');
      yield block;
    }
  }

  #decodeBlock({ kind, start, size }: Block): void {
    if (kind === COMPRESSED) {
      this.#decodeCompressed(start, start + size);
      return;
    }
    this.#reserve(size);
    if (kind === RAW) this.#out.set(this.#bytes.subarray(start, start + size), this.#length);
    else this.#out.fill(this.#bytes[start]!, this.#length, this.#length + size);
    this.#length += size;
  }

  #decodeCompressed(start: number, end: number): void {
    const literals = this.#readLiterals(start, end);
    let at = literals.end;
    let count = this.#little(at, 1, end);
    at += 1;
    if (count === 255) {
      count = this.#little(at, 2, end) + 0x7f00;
      at += 2;
    } else if (count > 127) {
      count = ((count - 128) << 8) + this.#little(at, 1, end);
      at += 1;
    }
    let used = 0;
    if (count > 0) used = this.#decodeSequences(count, at, end, literals.length);
    else if (at !== end) invalid('bytes after the last sequence');
    this.#copyLiterals(used, literals.length - used);
  }

  /** Puts the literals of a block into `#literals`; `end` is where the sequences begin. */
  #readLiterals(start: number, limit: number): { readonly length: number; readonly end: number } {
    const first = this.#little(start, 1, limit);
    const kind = first & 3;
    const format = (first >> 2) & 3;
    if (kind < 2) {
      const headerLength = [1, 2, 1, 3][format]!;
      const length = this.#little(start, headerLength, limit) >> (headerLength === 1 ? 3 : 4);
      const at = start + headerLength;
      const end = at + (kind === RUN ? 1 : length);
      if (length > MAX_BLOCK || end > limit) invalid('literals that are too long');
      if (kind === RUN) this.#literals.fill(this.#bytes[at]!, 0, length);
      else this.#literals.set(this.#bytes.subarray(at, end));
      return { length, end };
    }
    const width = [10, 10, 14, 18][format]!;
    const headerLength = [3, 3, 4, 5][format]!;
    const header = Math.floor(this.#little(start, headerLength, limit) / 16);
    const length = header % (1 << width);
    let at = start + headerLength;
    const end = at + Math.floor(header / (1 << width));
    if (length > MAX_BLOCK || end > limit) invalid('literals that are too long');
    if (kind === 2) {
      const read = readHuffmanTable(this.#bytes, at, end);
      this.#huffman = read.table;
      at = read.end;
    }
    const table = this.#huffman ?? invalid('no Huffman table to repeat');
    if (format === 0) {
      decodeHuffman(table, this.#bytes, at, end, this.#literals, 0, length);
      return { length, end };
    }
    // Four streams of equal length except the last; the sizes of the first three are given.
    const part = (length + 3) >> 2;
    if (part * 3 > length) invalid('literals that are too short');
    let from = at + 6;
    for (let i = 0; i < 4; i++) {
      const to = i === 3 ? end : from + this.#little(at + i * 2, 2, end);
      if (to > end) invalid('literals that are cut off');
      decodeHuffman(table, this.#bytes, from, to, this.#literals, i * part, i === 3 ? length : (i + 1) * part);
      from = to;
    }
    return { length, end };
  }

  /** Carries out all sequences of a block; returns how many literals they used. */
  #decodeSequences(count: number, start: number, end: number, literalCount: number): number {
    const modes = this.#little(start, 1, end);
    if ((modes & 3) !== 0) invalid('a reserved bit is set');
    let at = start + 1;
    const table = (index: 0 | 1 | 2): FseTable => {
      const { predefined, maxAccuracy, maxSymbol } = KINDS[index];
      switch ((modes >> (6 - index * 2)) & 3) {
        case 0:
          return predefined;
        case 1: {
          const symbol = this.#little(at++, 1, end);
          return symbol <= maxSymbol ? singleSymbolTable(symbol) : invalid('a symbol that is too large');
        }
        case 2: {
          const read = readFseTable(this.#bytes, at, end, maxAccuracy, maxSymbol);
          at = read.end;
          return read.table;
        }
        default:
          return this.#tables?.[index] ?? invalid('no table to repeat');
      }
    };
    const tables: [FseTable, FseTable, FseTable] = [table(0), table(1), table(2)];
    this.#tables = tables;
    const [lengths, offsets, matches] = tables;
    const bits = new BackwardBits(this.#bytes, at, end);
    let lengthState = bits.take(lengths.accuracy);
    let offsetState = bits.take(offsets.accuracy);
    let matchState = bits.take(matches.accuracy);
    let used = 0;
    // A match has three bytes at least, so the limit of a block's length bounds this loop.
    const limit = Math.min(this.#out.length, this.#length + MAX_BLOCK);
    for (let left = count; left > 0; left--) {
      const offsetCode = offsets.symbols[offsetState]!;
      const matchCode = matches.symbols[matchState]!;
      const lengthCode = lengths.symbols[lengthState]!;
      // Up to 31 bits, which are more than can be taken at once.
      const high = Math.max(0, offsetCode - 16);
      const highBits = bits.take(high);
      const offsetValue = ((1 << offsetCode) >>> 0) + (highBits << 16) + bits.take(offsetCode - high);
      const match = MATCH_BASES[matchCode]! + bits.take(MATCH_BITS[matchCode]!);
      const literals = LITERAL_BASES[lengthCode]! + bits.take(LITERAL_BITS[lengthCode]!);
      if (left > 1) {
        lengthState = lengths.baselines[lengthState]! + bits.take(lengths.bits[lengthState]!);
        matchState = matches.baselines[matchState]! + bits.take(matches.bits[matchState]!);
        offsetState = offsets.baselines[offsetState]! + bits.take(offsets.bits[offsetState]!);
      }
      if (bits.left < 0) invalid('sequences that are cut off');
      if (used + literals > literalCount) invalid('more literals used than there are');
      if (this.#length + literals + match > limit) invalid('more bytes than a block or the whole may have');
      this.#copyLiterals(used, literals);
      used += literals;
      this.#copyMatch(this.#offset(offsetValue, literals === 0), match);
    }
    if (bits.left !== 0) invalid('sequences that do not end where they should');
    return used;
  }

  /** How far back a match lies: stated, or one of the last three. */
  #offset(value: number, noLiterals: boolean): number {
    const [first, second, third] = this.#offsets;
    if (value > 3) {
      this.#offsets = [value - 3, first, second];
      return value - 3;
    }
    // Without literals before it, repeating the last offset would only lengthen the last match; so they are shifted.
    switch (noLiterals ? value + 1 : value) {
      case 1:
        return first;
      case 2:
        this.#offsets = [second, first, third];
        return second;
      case 3:
        this.#offsets = [third, first, second];
        return third;
      default:
        this.#offsets = [first - 1, first, second];
        return first - 1;
    }
  }

  #copyMatch(offset: number, length: number): void {
    const out = this.#out;
    const to = this.#length;
    if (offset < 1 || offset > to) invalid('a match that lies before the beginning');
    if (offset >= length && length > 32) {
      out.copyWithin(to, to - offset, to - offset + length);
    } else {
      // A match may overlap what it writes, and for few bytes a loop is quickest.
      for (let i = 0; i < length; i++) out[to + i] = out[to - offset + i]!;
    }
    this.#length = to + length;
  }

  #copyLiterals(from: number, count: number): void {
    this.#reserve(count);
    const to = this.#length;
    if (count > 32) this.#out.set(this.#literals.subarray(from, from + count), to);
    else for (let i = 0; i < count; i++) this.#out[to + i] = this.#literals[from + i]!;
    this.#length = to + count;
  }

  #reserve(count: number): void {
    if (this.#length + count > this.#out.length) invalid(`more than ${this.#out.length} bytes`);
  }

  /** A little-endian number of up to 8 bytes, which must lie before `limit`. */
  #little(at: number, length: number, limit = this.#bytes.length): number {
    if (at + length > limit) invalid('the data are cut off');
    let value = 0;
    for (let i = length - 1; i >= 0; i--) value = value * 256 + this.#bytes[at + i]!;
    return value;
  }
}

/** The value of a code is its base plus as many extra bits as listed. */
function bases(first: number, bits: Uint8Array): Uint32Array {
  let base = first;
  return Uint32Array.from(bits, width => {
    const own = base;
    base += 1 << width;
    return own;
  });
}

const zeros = (count: number): number[] => new Array<number>(count).fill(0);
const ones = (count: number): number[] => new Array<number>(count).fill(1);
const rare = (count: number): number[] => new Array<number>(count).fill(-1);
const twos = (count: number): number[] => new Array<number>(count).fill(2);

const LITERAL_BITS = Uint8Array.of(...zeros(16), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
const MATCH_BITS = Uint8Array.of(...zeros(32), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
const LITERAL_BASES = bases(0, LITERAL_BITS);
const MATCH_BASES = bases(3, MATCH_BITS);

/** Literal lengths, offsets and match lengths, in the order in which their tables are stored. */
const KINDS = [
  {
    predefined: buildFseTable([4, 3, ...twos(11), 1, 1, 1, ...twos(9), 3, 2, ...ones(5), ...rare(4)], 6),
    maxAccuracy: 9,
    maxSymbol: 35,
  },
  { predefined: buildFseTable([...ones(6), 2, 2, 2, ...ones(15), ...rare(5)], 5), maxAccuracy: 8, maxSymbol: 31 },
  {
    predefined: buildFseTable([1, 4, 3, ...twos(6), ...ones(37), ...rare(7)], 6),
    maxAccuracy: 9,
    maxSymbol: 52,
  },
] as const;
