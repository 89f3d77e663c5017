// The most memory that a file of some megabytes can cost, whatever is in it. Each input is the most expensive one known for
// its decoder: SECURITY.md has the table. This file is a process of its own, so that only its own work is measured.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as zlib from 'node:zlib';
import { readBookmarks } from '../../../src/mercurial/history/bookmarks.ts';
import { parseTags } from '../../../src/mercurial/history/tags.ts';
import { loadConfig } from '../../../src/mercurial/config/hgConfig.ts';
import { decodeV1 } from '../../../src/mercurial/dirstate/decodeV1.ts';
import { decodeDocket, decodeV2 } from '../../../src/mercurial/dirstate/decodeV2.ts';
import { columns, type NodeTable } from '../../../src/mercurial/dirstate/nodeTable.ts';
import { loadIgnoreRules } from '../../../src/mercurial/ignore/ignoreRules.ts';
import { decodeMergeState } from '../../../src/mercurial/merge/mergeState.ts';
import { readPhaseRoots } from '../../../src/mercurial/history/phases.ts';
import { emptyCounters } from '../../../src/mercurial/store/counters.ts';
import { ManifestText, TreeManifest } from '../../../src/mercurial/store/manifest.ts';
import { Revlog } from '../../../src/mercurial/store/revlog.ts';
import { loadNative } from '../../../src/status/bulk/native.ts';
import { ENVIRONMENT, HG } from '../../fuzz/decoderInputs.ts';
import { MemoryVfs } from '../../fuzz/memoryVfs.ts';
import { encodeV1, encodeV2 } from '../../support/dirstateBytes.ts';
import { FREE, MIB, nodeOf, repeated, testCosts, type Cost } from '../../support/costs.ts';
import { NO_PEAK, peakGrowth } from '../../support/peakMemory.ts';
import { processorMs } from '../../support/processorTime.ts';

const RULES = { file: 'dirstate', windowsNames: false };

function v1(count: number, path: (i: string) => string): Buffer {
  return encodeV1(Array.from({ length: count }, (_, i) => ({ state: 'n', path: path(i.toString(36)) })));
}

const { module: native } = loadNative();

const nativeV1 = (bytes: Buffer): unknown => native?.decodeV1(bytes, false, 0x1234_5678, 0x9abc_def1);
const shortNames = v1(330_000, i => i);
const manyDirectories = v1(80_000, i => `${i}/f`);
const deepPaths = v1(4, i => `${i}/${'d/'.repeat(2000)}f`);
const v2 = encodeV2(Array.from({ length: 3000 }, (_, i) => ({ path: i.toString(36), flags: 3 })));
const vfsOf = (file: string, bytes: Buffer): MemoryVfs => new MemoryVfs({ [file]: bytes });

const COSTS: readonly Cost[] = [
  { what: 'dirstate 1: short names', bytes: shortNames, run: bytes => decodeV1(bytes, RULES), factor: 8 },
  { what: 'dirstate 1: short names, native', bytes: shortNames, run: nativeV1, factor: 8 },
  { what: 'dirstate 1: directories', bytes: manyDirectories, run: bytes => decodeV1(bytes, RULES), factor: 12 },
  { what: 'dirstate 1: directories, native', bytes: manyDirectories, run: nativeV1, factor: 12 },
  { what: 'dirstate 1: deep paths', bytes: deepPaths, run: bytes => decodeV1(bytes, RULES), factor: 8 },
  {
    what: 'dirstate 2',
    bytes: v2.data,
    run: bytes => decodeV2(bytes, decodeDocket(v2.docket, 'dirstate'), RULES),
    factor: 4,
  },
  {
    what: 'ignore rules: one line a million times',
    bytes: repeated(MIB, () => 'ab\n'),
    run: bytes => loadIgnoreRules(vfsOf('/r/.hgignore', bytes), { root: '/r', ignoreFiles: ['/r/.hgignore'] }),
    factor: 12,
    rejected: /more than 100000 patterns/,
  },
  {
    what: 'ignore rules: long names',
    bytes: repeated(3000, i => `glob:${i}${'a'.repeat(630)}\n`),
    run: bytes => loadIgnoreRules(vfsOf('/r/.hgignore', bytes), { root: '/r', ignoreFiles: ['/r/.hgignore'] }),
    factor: 100,
    rejected: /cannot be matched in bounded time/,
  },
  {
    what: 'configuration',
    bytes: Buffer.concat([Buffer.from('[a]\n'), repeated(500_000, i => `${i.toString(36)}=\n`)]),
    run: bytes => loadConfig(vfsOf(`${HG}/hgrc`, bytes), ENVIRONMENT, { hgDirectory: HG }),
    factor: 100,
  },
  {
    what: 'merge state',
    bytes: Buffer.from('f\0\0\0\0'.repeat(500_000), 'latin1'),
    run: bytes => decodeMergeState({ v1: undefined, v2: { bytes, identity: IDENTITY } }, HG),
    factor: 60,
  },
  {
    what: 'phases',
    bytes: repeated(100_000, i => `1 ${nodeOf(i)}\n`),
    run: bytes => readPhaseRoots(vfsOf(`${HG}/store/phaseroots`, bytes), `${HG}/store`),
    factor: 12,
  },
  {
    what: 'bookmarks',
    bytes: repeated(100_000, i => `${nodeOf(i)} ${i}\n`),
    run: bytes => readBookmarks(vfsOf(`${HG}/bookmarks`, bytes), `${HG}/bookmarks`),
    factor: 12,
  },
  {
    what: 'tags',
    bytes: repeated(100_000, i => `${nodeOf(i)} ${i}\n`),
    run: bytes => parseTags(bytes.toString('latin1')),
    factor: 20,
  },
];

const IDENTITY = { device: 1n, inode: 1n, size: 0n, mtimeNs: 1n, ctimeNs: 1n };

testCosts(COSTS);

test('columns take the bytes for each node that the architecture page states', () => {
  const size = (table: NodeTable): number => columns(table).reduce((sum, column) => sum + column.byteLength, 0);
  const ordinary = v1(5000, i => `source/module-${i.slice(-1)}/file-${i}.ts`);
  const first = decodeV1(ordinary, RULES);
  assert.equal(size(first), first.nodeCount * 36);
  const second = decodeV2(v2.data, decodeDocket(v2.docket, 'dirstate'), RULES);
  assert.equal(size(second), second.nodeCount * 40);
});

/** An index of version 1 with general delta whose entries all have the chunk at the beginning of the data file. */
function index(entries: readonly { readonly length: number; readonly text: number; readonly base: number }[]): Buffer {
  const bytes = Buffer.alloc(entries.length * 64);
  for (const [revision, { length, text, base }] of entries.entries()) {
    const at = revision * 64;
    if (revision === 0) bytes.writeUInt32BE(0x0002_0001, at);
    bytes.writeInt32BE(length, at + 8);
    bytes.writeInt32BE(text, at + 12);
    bytes.writeInt32BE(base, at + 16);
    bytes.writeInt32BE(-1, at + 24);
    bytes.writeInt32BE(-1, at + 28);
    bytes.writeUInt32BE(revision + 1, at + 32);
  }
  return bytes;
}

function revlog(indexBytes: Buffer, data: Buffer): Revlog {
  const vfs = new MemoryVfs({ '/i': indexBytes, '/d': data });
  return new Revlog({ vfs, file: ending => ending.replace('.', '/'), counters: emptyCounters() });
}

test('a chunk that stands for a gigabyte is refused before it is decompressed', { skip: NO_PEAK }, () => {
  const data = zlib.deflateSync(Buffer.alloc(MIB));
  for (const text of [MIB * 1000, -1]) {
    const log = revlog(index([{ length: data.length, text, base: 0 }]), data);
    const growth = peakGrowth(() => {
      assert.throws(() => log.text(0), { name: 'QuicksilverError' });
    });
    assert.ok(growth < FREE, String(growth));
  }
});

test('a chain that decompresses one chunk again and again ends', () => {
  // Each delta replaces the whole text by itself.
  const text = 4 * MIB;
  const hunk = Buffer.alloc(12 + text);
  hunk.writeUInt32BE(0, 0);
  hunk.writeUInt32BE(text, 4);
  hunk.writeUInt32BE(text, 8);
  const full = zlib.deflateSync(Buffer.alloc(text));
  const delta = zlib.deflateSync(hunk);
  const bytes = index([
    { length: full.length, text, base: 0 },
    ...Array.from({ length: 5000 }, (_, i) => ({ length: delta.length, text, base: i })),
  ]);
  for (let revision = 1; revision <= 5000; revision++) bytes.writeUIntBE(full.length, revision * 64, 6);
  const log = revlog(bytes, Buffer.concat([full, delta]));
  assert.throws(() => log.text(5000), { code: 'unsupported', message: /takes too much work/ });
});

test('a manifest without line ends is gone through once', () => {
  const text = new ManifestText(Buffer.concat([Buffer.alloc(64 * MIB, 'a'), Buffer.from('\n')]), 'manifest');
  const took = processorMs(() => {
    for (let i = 0; i < 2000; i++) assert.throws(() => text.find(`${i}`), /more than 131072 bytes/);
  });
  assert.ok(took < 10_000, `${took} ms`);
});

test('a tree that has more directories than could be visited is refused', () => {
  // Texts that are found under any directory, as with links in a store: each level has two of the next.
  const lines = (level: number): string => `a\0${nodeOf(level + 1)}t\nb\0${nodeOf(level + 1)}t\n`;
  const read = (_: string, at: string): ManifestText => {
    const level = Number.parseInt(at, 16);
    return new ManifestText(Buffer.from(level < 60 ? lines(level) : ''), 'manifest');
  };
  const entries = new TreeManifest(nodeOf(0), read).entries();
  assert.throws(() => [...entries], /more than 262144 directories/);
});
