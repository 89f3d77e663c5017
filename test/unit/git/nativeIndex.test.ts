// The native decoders of a Git index return what those in JavaScript return. Mutations are compared where all decoders
// are tried with them (test/fuzz/decodersOfGit.ts).
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { SHA1, SHA256, type ObjectFormat } from '../../../src/git/objects/objectFormat.ts';
import { loadNative } from '../../../src/status/bulk/native.ts';
import { agreeOnGitIndex } from '../../support/nativeGitIndex.ts';

const options = { skip: loadNative().module === undefined && loadNative().reason };
const SEEDS = path.join(import.meta.dirname, '..', '..', 'fixtures', 'seeds', 'gitIndex');

interface Entry {
  readonly path: string;
  readonly stage: number;
  readonly mode: number;
  readonly words: readonly number[];
  readonly assumed: boolean;
  /** The second flags; undefined: none. */
  readonly second: number | undefined;
}

/** An index without a hash; version 4 is compressed as far as it can be. */
function encode(version: 2 | 3 | 4, entries: readonly Entry[], { length }: ObjectFormat): Buffer {
  const header = Buffer.alloc(12);
  header.write('DIRC', 'latin1');
  header.writeUInt32BE(version, 4);
  header.writeUInt32BE(entries.length, 8);
  let before = '';
  const parts = entries.map(({ path: name, stage, mode, words, assumed, second }) => {
    const fixed = Buffer.alloc(40 + length + (second === undefined ? 2 : 4));
    for (let i = 0; i < 10; i++) fixed.writeUInt32BE(words[i]! >>> 0, i * 4);
    fixed.writeUInt32BE(mode, 24);
    const flags = (assumed ? 0x8000 : 0) | (second === undefined ? 0 : 0x4000) | (stage << 12);
    fixed.writeUInt16BE(flags | Math.min(name.length, 0xfff), 40 + length);
    if (second !== undefined) fixed.writeUInt16BE(second, 42 + length);
    if (version !== 4) {
      return Buffer.concat([fixed, Buffer.from(name, 'latin1'), Buffer.alloc(8 - ((fixed.length + name.length) % 8))]);
    }
    let common = 0;
    while (common < Math.min(name.length, before.length) && name[common] === before[common]) common++;
    const drop = before.length - common;
    before = name;
    return Buffer.concat([fixed, numberOf(drop), Buffer.from(`${name.slice(common)}\0`, 'latin1')]);
  });
  return Buffer.concat([header, ...parts, Buffer.alloc(length)]);
}

/** A number of version 4: 7 bits a byte, and each further byte adds one. */
function numberOf(value: number): Buffer {
  const bytes = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift(0x80 | (--rest & 0x7f));
  return Buffer.from(bytes);
}

const component = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom('a', 'b', 'a-', 'a0', 'a.b', '.x', '\xff', 'dir', '.gitx') },
  { weight: 1, arbitrary: fc.constantFrom('.', '..', '.GIT', '', 'x'.repeat(5000)) },
);
const entry: fc.Arbitrary<Entry> = fc.record({
  path: fc.array(component, { minLength: 1, maxLength: 4 }).map(names => names.join('/')),
  stage: fc.constantFrom(0, 0, 0, 0, 1, 2, 3),
  mode: fc.constantFrom(0o100644, 0o100755, 0o120000, 0o160000),
  words: fc.array(fc.constantFrom(0, 1, 0x6000_0000, 0xffff_ffff), { minLength: 10, maxLength: 10 }),
  assumed: fc.boolean(),
  second: fc.constantFrom(undefined, 0, 0x4000, 0x2000, 0x6000),
});

/** Ordered as in an index; paths come once for each stage, and an entry without conflict alone. */
function ordered(entries: readonly Entry[]): Entry[] {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.stage - b.stage));
  return sorted.filter((each, i) => each.path !== sorted[i - 1]?.path || each.stage !== sorted[i - 1]?.stage);
}

for (const format of [SHA1, SHA256]) {
  test(`native decoders agree on random entries, ${format.name}`, options, () => {
    const version = fc.constantFrom<2 | 3 | 4>(2, 3, 4);
    const check = (number: 2 | 3 | 4, entries: readonly Entry[], isOrdered: boolean): void => {
      const known = number === 2 ? entries.map(each => ({ ...each, second: undefined })) : entries;
      const accepted = agreeOnGitIndex(encode(number, isOrdered ? ordered(known) : known, format), format);
      if (entries.length === 0) assert.equal(accepted, true);
    };
    const isOrdered = fc.integer({ min: 0, max: 9 }).map(i => i > 0);
    const property = fc.property(version, fc.array(entry, { maxLength: 40 }), isOrdered, check);
    fc.assert(property, { numRuns: 400 });
  });
}

test('native decoders agree on a directory at the path of a conflict, and on children out of order', options, () => {
  const plain = { stage: 0, mode: 0o100644, words: Array<number>(10).fill(1), assumed: false, second: undefined };
  const entries = [
    { ...plain, path: 'a', stage: 2 },
    { ...plain, path: 'a', stage: 3 },
    { ...plain, path: 'a-/x' },
    { ...plain, path: 'a.b' },
    { ...plain, path: 'a/b/c' },
    { ...plain, path: 'a/b0' },
    { ...plain, path: 'a0' },
  ];
  for (const version of [2, 4] as const) assert.equal(agreeOnGitIndex(encode(version, entries, SHA1)), true);
  // A file and a directory of one name, without a conflict.
  const both = [
    { ...plain, path: 'a' },
    { ...plain, path: 'a-' },
    { ...plain, path: 'a/b' },
  ];
  assert.equal(agreeOnGitIndex(encode(2, both, SHA1)), false);
});

test('native decoders agree on indexes that git wrote, and on each of their beginnings', options, () => {
  for (const name of fs.readdirSync(SEEDS)) {
    const bytes = fs.readFileSync(path.join(SEEDS, name));
    agreeOnGitIndex(bytes);
    for (let length = 0; length < bytes.length; length += 7) agreeOnGitIndex(bytes.subarray(0, length));
  }
  assert.equal(agreeOnGitIndex(fs.readFileSync(path.join(SEEDS, 'v2.bin'))), true);
});
