// Runs a decoder on mutated inputs: each must end in a result or in a QuicksilverError, soon, and without much memory.
import { QuicksilverError } from '../../src/base/errors.ts';
import { Random } from '../support/random.ts';
import { mutate, type MutatorOptions } from './mutator.ts';

export interface Decoder extends Omit<MutatorOptions, 'maxLength'> {
  /** Also the name of the folder with its fixtures. */
  readonly name: string;
  readonly maxLength?: number;
  /** Decodes, and looks at everything that comes out. */
  readonly run: (bytes: Buffer) => void;
}

export interface Failure {
  readonly what: string;
  readonly seed: number;
  readonly index: number;
  readonly bytes: Buffer;
}

export interface Report {
  readonly name: string;
  readonly mutations: number;
  /** Inputs that were accepted; the rest was refused with a QuicksilverError. */
  readonly accepted: number;
  readonly failures: readonly Failure[];
  /** Milliseconds that the slowest input took, in the better of two tries. */
  readonly slowest: number;
  /** Bytes by which the process grew at most during one input. */
  readonly growth: number;
}

/**
 * Processor milliseconds for one input. The decoders are linear: the longest input takes a tenth of this at most. One
 * that takes quadratic time takes ten times this.
 */
const MAX_MS = 1000;
/** The machine may have been busy, and the memory that of others: only what each try shows is a problem. */
const TRIES = 3;
/** Bytes by which the process may grow during one input; a collection that is due may come late. */
const MAX_GROWTH = 96 << 20;
/** Bytes in an input: what takes quadratic time takes seconds. */
const MAX_LENGTH = 200_000;
const MAX_FAILURES = 5;

/** What is wrong with how the decoder takes this input; undefined if nothing is. */
export function problemOf(decoder: Decoder, bytes: Buffer): string | undefined {
  let isSlow = true;
  let isLarge = true;
  for (let tries = 0; tries < TRIES && (isSlow || isLarge); tries++) {
    const { error, ms, growth } = measure(decoder, bytes);
    if (error !== undefined && !(error instanceof QuicksilverError)) {
      return error instanceof Error ? `throws ${error.name}: ${error.message}` : 'throws what is no error';
    }
    isSlow &&= ms > MAX_MS;
    isLarge &&= growth > MAX_GROWTH;
  }
  if (isSlow) return `takes more than ${MAX_MS} ms of the processor`;
  return isLarge ? 'takes too much memory' : undefined;
}

/** @param progress is told the number of each mutation before it is tried */
export async function fuzz(
  decoder: Decoder,
  mutations: number,
  seed: number,
  progress: (index: number) => void = () => undefined,
): Promise<Report> {
  const options: MutatorOptions = { ...decoder, maxLength: decoder.maxLength ?? MAX_LENGTH };
  const failures: Failure[] = [];
  let accepted = 0;
  let slowest = 0;
  let highest = 0;
  for (let index = 0; index < mutations && failures.length < MAX_FAILURES; index++) {
    progress(index);
    // What a failed inflate holds is let go of only when the event loop gets its turn.
    if (index % 500 === 0) await new Promise(resolve => setImmediate(resolve));
    const bytes = mutation(options, seed, index);
    const { error, ms, growth } = measure(decoder, bytes);
    if (error === undefined) accepted++;
    const isBad = (error !== undefined && !(error instanceof QuicksilverError)) || ms > MAX_MS || growth > MAX_GROWTH;
    const what = isBad ? problemOf(decoder, bytes) : undefined;
    if (what !== undefined) {
      failures.push({ what, seed, index, bytes });
      continue;
    }
    highest = Math.max(highest, isBad ? 0 : growth);
    if (ms > slowest) slowest = Math.max(slowest, Math.min(ms, measure(decoder, bytes).ms));
  }
  return { name: decoder.name, mutations, accepted, failures, slowest, growth: highest };
}

/** The input with this number. Each is made from its own numbers, so that one can be made without those before it. */
export function mutation(options: MutatorOptions, seed: number, index: number): Buffer {
  return mutate(new Random(Math.imul(seed, 0x9e37_79b1) + index), options);
}

/** The same problem with less: cut at the end and in the middle, then with zeros for what does not matter. */
export function minimize(decoder: Decoder, failure: Failure): Buffer {
  let best = failure.bytes;
  const kind = failure.what.slice(0, 24);
  const deadline = Date.now() + 20_000;
  const attempt = (candidate: Buffer): boolean => {
    if (Date.now() > deadline || problemOf(decoder, candidate)?.slice(0, 24) !== kind) return false;
    best = candidate;
    return true;
  };
  for (let size = best.length >> 1; size > 0; size >>= 1) {
    while (best.length > size && attempt(best.subarray(0, best.length - size)));
    for (let at = 0; at + size <= best.length;) {
      if (!attempt(Buffer.concat([best.subarray(0, at), best.subarray(at + size)]))) at += size;
    }
  }
  for (let size = best.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at + size <= best.length; at += size) {
      if (best.subarray(at, at + size).every(byte => byte === 0)) continue;
      const zeroed = Buffer.from(best);
      attempt(zeroed.fill(0, at, at + size));
    }
  }
  return best;
}

function measure(decoder: Decoder, bytes: Buffer): { error: unknown; ms: number; growth: number } {
  const before = process.resourceUsage().maxRSS;
  const start = performance.now();
  const used = process.cpuUsage();
  let error: unknown;
  try {
    decoder.run(bytes);
  } catch (thrown) {
    error = thrown ?? new Error('nothing was thrown');
  }
  const { user, system } = process.cpuUsage(used);
  // The lesser of both: a busy machine lets one wait, and other threads of this process may be busy, too.
  const ms = Math.min(performance.now() - start, (user + system) / 1000);
  return { error, ms, growth: (process.resourceUsage().maxRSS - before) * 1024 };
}
