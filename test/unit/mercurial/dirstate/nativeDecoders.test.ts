// The native decoders say what those in JavaScript say. Mutations of real dirstates are compared where all decoders are
// tried with them (mutations.test.ts).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { QuicksilverError } from '../../../../src/base/errors.ts';
import { decodeDocket } from '../../../../src/mercurial/dirstate/decodeV2.ts';
import type { NodeTable } from '../../../../src/mercurial/dirstate/nodeTable.ts';
import { readDirstate } from '../../../../src/mercurial/dirstate/readDirstate.ts';
import type { DecodeAccelerators } from '../../../../src/base/decodeAccelerators.ts';
import { loadNative } from '../../../../src/status/bulk/native.ts';
import { MemoryVfs } from '../../../fuzz/memoryVfs.ts';
import { encodeV1, encodeV2, type V1Entry, type V2Node } from '../../../support/dirstateBytes.ts';
import { agreeOnV1, agreeOnV2, NO_NATIVE } from '../../../support/nativeDecoders.ts';

const options = { skip: NO_NATIVE };
/** What a run covers is asserted for this seed alone: another one may draw less. */
const FIXED_SEED = 1;

const name = fc.oneof(
  fc.constantFrom('a', 'b', 'a.x', 'a-', 'cc', '\xff', '\x01', 'a\\b', 'c:', '.hgx'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).map(text => text.replace(/[/\0]|[^\x00-\xff]/g, '_')),
);
const bad = fc.constantFrom('.', '..', '.hg', '');
const pathOf = (component: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(component, { minLength: 1, maxLength: 5 }).map(names => names.join('/'));
/** One in some hundred has a name that cannot be. */
const path = fc.oneof({ weight: 300, arbitrary: pathOf(name) }, { weight: 1, arbitrary: pathOf(fc.oneof(name, bad)) });
const number = fc.oneof(fc.constantFrom(-2, -1, 0, 1, 0x7fff_ffff, -0x8000_0000), fc.integer());
const v1Entry: fc.Arbitrary<V1Entry> = fc
  .record({
    state: fc.constantFrom('n', 'n', 'n', 'a', 'r', 'm'),
    mode: fc.constantFrom(0, 0o100644, 0o100755, 0o120777, -1),
    size: number,
    mtime: number,
    path,
    copy: fc.option(path, { nil: undefined, freq: 9 }),
  })
  .map(({ copy, ...entry }) => (copy === undefined ? entry : { ...entry, copy }));

test('of random entries in any order, with repetitions, names below files and sources of copies', options, () => {
  let accepted = 0;
  const property = fc.property(fc.array(v1Entry, { maxLength: 60 }), fc.boolean(), (entries, windows) => {
    if (agreeOnV1(encodeV1(entries), windows) && entries.length > 0) accepted++;
  });
  fc.assert(property, { numRuns: 250, seed: FIXED_SEED });
  assert.ok(accepted > 50, String(accepted));
  fc.assert(property, { numRuns: 250 });
});

test('of many directories, and paths that are as long as they may be', options, () => {
  const entry = (at: string): V1Entry => ({ state: 'n', size: 1, mtime: 1, path: at });
  const many = Array.from({ length: 6000 }, (_, i) => entry(`d${(i * 7919) % 5003}/e${i % 3}/f${i}`));
  assert.ok(agreeOnV1(encodeV1(many)));
  const deep = 'x/'.repeat(2047) + 'y'.repeat(0xffff - 4095);
  for (const long of [
    `${deep}y`,
    `${deep}yy`,
    'x/'.repeat(2048) + 'y',
    'x/'.repeat(2049) + 'y',
    'z'.repeat(0xffff),
    'z'.repeat(0x10000),
    `${'z'.repeat(0xffff)}/y`,
  ]) {
    agreeOnV1(encodeV1([entry('a/b'), entry(long), entry(`${long.slice(0, 9)}c`), entry(long)]));
  }
  assert.ok(agreeOnV1(encodeV1([entry(`${deep}y`)])));
  assert.ok(agreeOnV1(encodeV1([{ ...entry('a'), copy: 'z'.repeat(0xffff) }])));
  assert.ok(!agreeOnV1(encodeV1([{ ...entry('a'), copy: 'z'.repeat(0x10000) }])));
});

const v2Node: fc.Arbitrary<V2Node> = fc
  .record({
    // In a tree, what has no name would be below itself.
    path: path.filter(at => at !== ''),
    flags: fc.integer({ min: 0, max: 0xffff }),
    size: number.map(value => value >>> 0),
    seconds: number.map(value => value >>> 0),
    nanoseconds: fc.integer({ min: 0, max: 999_999_999 }),
    copy: fc.option(path, { nil: undefined, freq: 9 }),
  })
  .map(({ copy, ...node }) => (copy === undefined ? node : { ...node, copy }));

test('of random trees of version 2, in order and not', options, () => {
  let accepted = 0;
  const nodeLists = fc.array(v2Node, { maxLength: 60 });
  const property = fc.property(nodeLists, fc.boolean(), fc.boolean(), (nodes, unsorted, windows) => {
    const files = encodeV2(nodes, { unsorted });
    const docket = decodeDocket(files.docket, 'docket');
    if (agreeOnV2(files.data, docket, windows) && nodes.length > 0) accepted++;
  });
  fc.assert(property, { numRuns: 250, seed: FIXED_SEED });
  assert.ok(accepted > 50, String(accepted));
  fc.assert(property, { numRuns: 250 });
});

test('of nodes of one name, in any order, with entries and children or without', options, () => {
  // As Mercurial writes a removed file 'd', a file 'd.x' and a directory 'd'.
  const { data, docket } = encodeV2([
    { path: 'd/f', flags: 3, size: 1 },
    { path: 'd.x', flags: 3, size: 2 },
  ]);
  const { rootOffset } = decodeDocket(docket, 'docket');
  const node = (index: number, flags: number, size: number, hasChildren: boolean): Buffer => {
    const bytes = Buffer.from(data.subarray(rootOffset + index * 44, rootOffset + (index + 1) * 44));
    bytes.writeUInt16BE(flags, 30);
    bytes.writeUInt32BE(size, 32);
    if (!hasChildren) bytes.writeUInt32BE(0, 18);
    return bytes;
  };
  const choices = [0, 1, 2, 3].flatMap(kind => [{ flags: kind & 1 ? 0x403 : 0, hasChildren: (kind & 2) !== 0 }]);
  let accepted = 0;
  for (const first of choices) {
    for (const second of choices) {
      for (const third of choices) {
        const nodes = [first, second, third].map(({ flags, hasChildren }, i) => node(0, flags, i + 1, hasChildren));
        const other = node(1, 0x403, 9, false);
        for (const children of [nodes, [other, ...nodes], [nodes[0]!, other, nodes[1]!], [...nodes, other]]) {
          const bytes = Buffer.concat([data, ...children]);
          if (agreeOnV2(bytes, { rootOffset: data.length, rootCount: children.length })) accepted++;
        }
      }
    }
  }
  assert.ok(accepted > 100, String(accepted));
});

test('what is wrong is told in the same words, and nothing is asked twice of what is right', options, () => {
  const { module } = loadNative();
  const read = (bytes: Buffer, accelerators?: DecodeAccelerators): NodeTable | string => {
    try {
      const traits = { executableBit: true, symlinks: true };
      return readDirstate(new MemoryVfs({ '/r/.hg/dirstate': bytes }), '/r/.hg', {
        traits,
        windowsNames: false,
        accelerators,
      }).table;
    } catch (error) {
      assert.ok(error instanceof QuicksilverError);
      return `${error.code}: ${error.message}`;
    }
  };
  const right = encodeV1([{ state: 'n', path: 'a/b' }]);
  const wrong = encodeV1([{ state: 'n', path: 'a/../b' }]);
  let asked = 0;
  const accelerators: DecodeAccelerators = {
    decoders: {
      ...module!,
      decodeV1: (...all) => {
        asked++;
        return module!.decodeV1(...all);
      },
    },
  };
  assert.equal(read(wrong, accelerators), read(wrong));
  const told = read(wrong);
  assert.ok(typeof told === 'string' && /^corrupt: .*"\.\."/.test(told), 'it is refused');
  assert.deepEqual(read(right, accelerators), read(right));
  assert.equal(asked, 2);
});

test('shared columns are shared, and the same', () => {
  const traits = { executableBit: true, symlinks: true };
  const sizes: number[] = [];
  const accelerators: DecodeAccelerators = { shared: true, expect: bytes => sizes.push(bytes) };
  const entries: V1Entry[] = ['a/b', 'a/b', 'c', 'c/d'].map((at, i) => ({ state: 'n', size: i, mtime: 1, path: at }));
  const v1 = encodeV1(entries);
  const v2 = encodeV2(
    [
      { path: 'a/b', flags: 3 },
      { path: 'c', flags: 3 },
    ],
    { prefix: Buffer.alloc(300) },
  );
  for (const files of [
    { '/r/.hg/dirstate': v1 },
    { '/r/.hg/dirstate': v2.docket, '/r/.hg/dirstate.0123abcd': v2.data },
  ]) {
    const own = readDirstate(new MemoryVfs(files), '/r/.hg', { traits });
    const shared = readDirstate(new MemoryVfs(files), '/r/.hg', { traits, accelerators });
    assert.deepEqual(shared.table, own.table);
    const { rule, ...columns } = shared.columns;
    assert.ok(rule.mask !== 0);
    for (const [column, { buffer }] of Object.entries(columns)) assert.ok(buffer instanceof SharedArrayBuffer, column);
  }
  assert.deepEqual(sizes, [v1.length, v2.data.length]);
});
