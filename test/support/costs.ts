// Memory at its peak and processor time that a decoder takes for the most expensive input known.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_PEAK, peakGrowth } from './peakMemory.ts';

export const MIB = 1 << 20;

/** Beside what is in proportion to the file: garbage that is not collected yet, and one unit of memory of each kind. */
export const FREE = 48 * MIB;

export interface Cost {
  readonly what: string;
  readonly bytes: Buffer;
  readonly run: (bytes: Buffer) => unknown;
  /** Matches the error, where the file is unsupported. */
  readonly rejected?: RegExp;
  /** Bytes of memory for each byte of the file. */
  readonly factor: number;
}

/** Processor seconds: ten times what an idle machine takes, and far less than anything that is not linear. */
const SECONDS = 4;
const SECONDS_FOR_EACH_MIB = 4;
/** Garbage of others may still be there when a call begins. It only adds to the peak, so the least one counts. */
const ATTEMPTS = 3;

/** Registers a test for each. Give the file a process of its own, so that only its own work is measured. */
export function testCosts(costs: readonly Cost[]): void {
  for (const { what, bytes, run, factor, rejected } of costs) {
    test(`costs: ${what}`, { skip: NO_PEAK }, () => {
      const most = FREE + factor * bytes.length;
      const mebibytes = bytes.length / MIB;
      let least = Infinity;
      for (let attempt = 0; attempt < ATTEMPTS && least > most; attempt++) {
        let problem: unknown;
        const before = process.cpuUsage();
        const growth = peakGrowth(() => {
          try {
            return run(bytes);
          } catch (error) {
            return (problem = error);
          }
        });
        const { user, system } = process.cpuUsage(before);
        const seconds = (user + system) / 1e6;
        const limit = SECONDS + mebibytes * SECONDS_FOR_EACH_MIB;
        assert.ok(seconds <= limit, `${seconds.toFixed(1)} s for ${mebibytes.toFixed(1)} MiB`);
        if (rejected === undefined) assert.equal(problem, undefined);
        else assert.match(String(problem), rejected);
        least = Math.min(least, growth);
      }
      assert.ok(least <= most, `${Math.round(least / MIB)} MiB for ${mebibytes.toFixed(1)} MiB`);
    });
  }
}

/** `count` texts, each made from its number, as one buffer. */
export function repeated(count: number, text: (i: number) => string): Buffer {
  return Buffer.from(Array.from({ length: count }, (_, i) => text(i)).join(''), 'latin1');
}

/** The hexadecimal node of a number. */
export function nodeOf(i: number): string {
  return i.toString(16).padStart(40, '0');
}
