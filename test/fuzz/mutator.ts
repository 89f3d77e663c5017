// Mutations that know what files are made of: numbers of all widths, records of one length, lines, and runs of one byte.
import type { Random } from '../support/random.ts';

export interface MutatorOptions {
  /** Inputs to start from. */
  readonly seeds: readonly Buffer[];
  /** What means something in this kind of file: it is put in at random. */
  readonly tokens?: readonly string[];
  /** Bytes of a record, where numbers stand at the same places in each. */
  readonly stride?: number;
  /** No input is longer. */
  readonly maxLength: number;
}

type Mutation = (bytes: Buffer, random: Random, options: MutatorOptions) => Buffer;

const BOUNDARIES = [0, 1, -1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x1_0000, 0x0100_0000, 0x4000_0000];
const LARGE = [0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x7fff_fffe, 0xffff_fffe];

/** One input: a seed with a few mutations, mostly one or two. */
export function mutate(random: Random, options: MutatorOptions): Buffer {
  let bytes: Buffer = Buffer.from(random.pick(options.seeds));
  let count = 1;
  while (count < 6 && random.chance(0.4)) count++;
  for (let i = 0; i < count; i++) bytes = random.pick(MUTATIONS)(bytes, random, options).subarray(0, options.maxLength);
  return bytes;
}

/** A place to mutate; in a file of records mostly where a record has one of its numbers. */
function place(bytes: Buffer, random: Random, { stride }: MutatorOptions): number {
  if (bytes.length === 0) return 0;
  if (stride === undefined || bytes.length < stride || random.chance(0.3)) return random.below(bytes.length);
  return random.below(Math.floor(bytes.length / stride)) * stride + random.below(stride / 2) * 2;
}

function range(bytes: Buffer, random: Random): [number, number] {
  const from = random.below(bytes.length + 1);
  const length = random.chance(0.7) ? random.below(32) : random.below(bytes.length + 1);
  return [from, Math.min(bytes.length, from + length)];
}

function spliced(bytes: Buffer, from: number, to: number, middle: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, from), middle, bytes.subarray(to)]);
}

/** [start, end) of a line, its end included. */
function lineRange(bytes: Buffer, random: Random): [number, number] {
  const at = random.below(bytes.length + 1);
  const start = at === 0 ? 0 : bytes.lastIndexOf(0x0a, at - 1) + 1;
  const end = bytes.indexOf(0x0a, at);
  return [start, end < 0 ? bytes.length : end + 1];
}

const flipBit: Mutation = (bytes, random, options) => {
  if (bytes.length > 0) bytes[place(bytes, random, options)]! ^= 1 << random.below(8);
  return bytes;
};

const overwriteByte: Mutation = (bytes, random, options) => {
  if (bytes.length > 0) bytes[place(bytes, random, options)] = random.chance(0.5) ? random.below(256) : 0;
  return bytes;
};

const overwriteNumber: Mutation = (bytes, random, options) => {
  const width = random.pick([1, 2, 4, 4, 4, 8]);
  if (bytes.length < width) return bytes;
  const at = Math.min(place(bytes, random, options), bytes.length - width);
  const near = bytes.length + random.below(5) - 2;
  const value = random.pick([...BOUNDARIES, ...LARGE, near, bytes.length - at, bytes.length * 2, random.below(64)]);
  const number = Buffer.alloc(8);
  number.writeBigInt64BE(BigInt(value));
  const tail = Buffer.from(number.subarray(8 - width));
  if (random.chance(0.3)) tail.reverse();
  tail.copy(bytes, at);
  return bytes;
};

const truncate: Mutation = (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1));

const remove: Mutation = (bytes, random) => {
  const [from, to] = range(bytes, random);
  return spliced(bytes, from, to, Buffer.alloc(0));
};

const duplicate: Mutation = (bytes, random) => {
  const [from, to] = range(bytes, random);
  return spliced(bytes, to, to, bytes.subarray(from, to));
};

const splice: Mutation = (bytes, random, { seeds }) => {
  const [from, to] = range(bytes, random);
  const other = random.pick(seeds);
  const [otherFrom, otherTo] = range(other, random);
  return spliced(bytes, from, to, other.subarray(otherFrom, otherTo));
};

const insertToken: Mutation = (bytes, random, { tokens }) => {
  const token = random.pick(tokens ?? ['\0', '\n', ' ', '/', '..', '\xff', '%s', '-1', '4294967296']);
  const at = random.below(bytes.length + 1);
  return spliced(bytes, at, at + (random.chance(0.3) ? token.length : 0), Buffer.from(token, 'latin1'));
};

const repeatLine: Mutation = (bytes, random, { maxLength }) => {
  const [start, end] = lineRange(bytes, random);
  if (start === end) return bytes;
  const times = manyTimes(random, end - start, maxLength);
  return spliced(bytes, end, end, Buffer.alloc(times * (end - start), bytes.subarray(start, end)));
};

const swapLines: Mutation = (bytes, random) => {
  const [start, end] = lineRange(bytes, random);
  const rest = spliced(bytes, start, end, Buffer.alloc(0));
  const [at] = lineRange(rest, random);
  return spliced(rest, at, at, bytes.subarray(start, end));
};

/** A run of one byte or of a token, often a very long one: what is quadratic shows. */
const insertRun: Mutation = (bytes, random, { tokens, maxLength }) => {
  const unit = random.chance(0.5)
    ? Buffer.from([random.chance(0.5) ? random.below(256) : random.pick([0, 9, 10, 13, 32, 47, 58, 92, 48])])
    : Buffer.from(random.pick(tokens ?? ['\n', ' ']), 'latin1');
  if (unit.length === 0) return bytes;
  const at = random.below(bytes.length + 1);
  return spliced(bytes, at, at, Buffer.alloc(manyTimes(random, unit.length, maxLength) * unit.length, unit));
};

function manyTimes(random: Random, unit: number, maxLength: number): number {
  const most = Math.floor(maxLength / unit);
  return 1 + random.below(Math.max(1, random.chance(0.03) ? most : Math.min(most, random.pick([4, 64, 600]))));
}

const MUTATIONS: readonly Mutation[] = [
  flipBit,
  overwriteByte,
  overwriteNumber,
  overwriteNumber,
  overwriteNumber,
  truncate,
  remove,
  duplicate,
  splice,
  insertToken,
  insertToken,
  repeatLine,
  swapLines,
  insertRun,
];
