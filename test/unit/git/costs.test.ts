// The most memory and time that files of a Git repository can cost. SECURITY.md has the table. A process of its own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { bytePath } from '../../../src/base/bytePath.ts';
import { GitAttributes } from '../../../src/git/attributes/attributes.ts';
import { stagedChanges } from '../../../src/git/changes/stagedChanges.ts';
import { parseConfig } from '../../../src/git/config/configParser.ts';
import { GitConfig } from '../../../src/git/config/gitConfig.ts';
import { GitIgnore } from '../../../src/git/ignore/gitIgnore.ts';
import { decodeCacheTree } from '../../../src/git/index/cacheTree.ts';
import { readIndex } from '../../../src/git/index/readIndex.ts';
import { SHA1 } from '../../../src/git/objects/objectFormat.ts';
import { ObjectStore } from '../../../src/git/objects/objectStore.ts';
import { TreeWalkLimits } from '../../../src/git/objects/treeLimits.ts';
import { TreeReader } from '../../../src/git/objects/treeReader.ts';
import { Refs } from '../../../src/git/refs/refs.ts';
import { MemoryVfs } from '../../fuzz/memoryVfs.ts';
import { MIB, nodeOf, repeated, testCosts } from '../../support/costs.ts';

const GIT = '/r/.git';
const OBJECTS = `${GIT}/objects`;
const SETTINGS = { executableBit: true, symlinks: true, ctime: true, inode: true, sparse: true };
const NO_CONDITIONS = { home: undefined, configHome: undefined, systemConfig: undefined };
const DIRECTORY = 0o040000;

interface IndexEntry {
  readonly path: string;
  readonly mode?: number;
  readonly id?: string;
}

/** An index without a hash; of version 4, `path` has only what differs from the path before, except its last byte. */
function index(version: 2 | 4, entries: readonly IndexEntry[], extensions = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(12);
  header.write('DIRC', 'latin1');
  header.writeUInt32BE(version, 4);
  header.writeUInt32BE(entries.length, 8);
  const parts = entries.map(({ path, mode = 0o100644, id = nodeOf(1) }, i) => {
    const fixed = Buffer.alloc(62);
    fixed.writeUInt32BE(mode, 24);
    fixed.write(id, 40, 'hex');
    fixed.writeUInt16BE(version === 4 ? 0 : Math.min(path.length, 0xfff), 60);
    const name = Buffer.from(path, 'latin1');
    if (version === 4) return Buffer.concat([fixed, Buffer.from([i === 0 ? 0 : 1]), name, Buffer.from([0])]);
    return Buffer.concat([fixed, name, Buffer.alloc(8 - ((62 + name.length) % 8))]);
  });
  return Buffer.concat([header, ...parts, extensions, Buffer.alloc(20)]);
}

function readIndexOf(bytes: Buffer, vfs = new MemoryVfs({ [`${GIT}/index`]: bytes })): ReturnType<typeof readIndex> {
  return readIndex(vfs, new ObjectStore(vfs, OBJECTS, SHA1, false), { file: `${GIT}/index`, settings: SETTINGS });
}

const digits = (i: number): string => i.toString(36).padStart(5, '0');
const letters = (i: number): string => String.fromCharCode(97 + Math.floor(i / 26), 97 + (i % 26));

class PackVfs extends MemoryVfs {
  override list(path: string): string[] {
    return path.endsWith('/pack') ? ['p.idx', 'p.pack', 'q.idx', 'q.pack'] : [];
  }
}

interface Packed {
  readonly code: number;
  /** Bytes of the object, before they are compressed. */
  readonly data: Buffer;
  /** Of a delta: the number of its base in the pack, or a name. */
  readonly base?: number | string;
}

/** A pack and its index; the objects have the names of the numbers from `first` on. */
function pack(objects: readonly Packed[], first = 0): { readonly pack: Buffer; readonly idx: Buffer } {
  const parts: Uint8Array[] = [
    Buffer.concat([Buffer.from('PACK'), Buffer.from([0, 0, 0, 2, 0, 0, 0, objects.length & 0xff])]),
  ];
  const offsets: number[] = [];
  let at = 12;
  const compressed = new Map<Buffer, Buffer>();
  for (const { code, data, base } of objects) {
    offsets.push(at);
    const header = [(code << 4) | (data.length & 15)];
    for (let rest = Math.floor(data.length / 16); rest > 0; rest = Math.floor(rest / 128)) {
      header[header.length - 1]! |= 0x80;
      header.push(rest % 128);
    }
    if (typeof base === 'string') header.push(...Buffer.from(base, 'hex'));
    else if (base !== undefined) {
      let distance = at - offsets[base]!;
      const bytes = [distance % 128];
      while ((distance = Math.floor(distance / 128)) > 0) bytes.unshift(0x80 | (--distance % 128));
      header.push(...bytes);
    }
    let body = compressed.get(data);
    if (body === undefined) compressed.set(data, (body = deflateSync(data)));
    parts.push(Buffer.from(header), body);
    at += header.length + body.length;
  }
  const idx = Buffer.alloc(8 + 1024 + objects.length * 28 + 40);
  idx.writeUInt32BE(0xff744f63, 0);
  idx.writeUInt32BE(2, 4);
  for (let i = 0; i < 256; i++) idx.writeUInt32BE(objects.length, 8 + i * 4);
  offsets.forEach((offset, i) => {
    idx.write(nodeOf(first + i), 1032 + i * 20, 'hex');
    idx.writeUInt32BE(offset, 1032 + objects.length * 24 + i * 4);
  });
  return { pack: Buffer.concat(parts), idx };
}

function storeOf(p: ReturnType<typeof pack>, q = pack([])): ObjectStore {
  const files = { 'p.pack': p.pack, 'p.idx': p.idx, 'q.pack': q.pack, 'q.idx': q.idx };
  const vfs = new PackVfs(
    Object.fromEntries(Object.entries(files).map(([name, all]) => [`${OBJECTS}/pack/${name}`, all])),
  );
  return new ObjectStore(vfs, OBJECTS, SHA1, false);
}

/** A number of a delta: 7 bits a byte, the lowest first. */
function size(value: number): number[] {
  return value < 128 ? [value] : [0x80 | (value % 128), ...size(Math.floor(value / 128))];
}

/** A delta that copies the whole of a base of `bytes` bytes. */
function copying(bytes: number): Buffer {
  const copies: number[] = [];
  for (let at = 0; at < bytes; at += 0xff_ffff) {
    const length = Math.min(0xff_ffff, bytes - at);
    copies.push(
      0xff,
      ...[0, 8, 16, 24].map(bit => (at >>> bit) & 0xff),
      ...[0, 8, 16].map(bit => (length >>> bit) & 0xff),
    );
  }
  return Buffer.from([...size(bytes), ...size(bytes), ...copies]);
}

/** A tree: names, with the numbers of trees. */
function tree(entries: readonly (readonly [name: string, number: number])[]): Buffer {
  return Buffer.concat(
    entries.map(([name, id]) => Buffer.concat([Buffer.from(`40000 ${name}\0`), Buffer.from(nodeOf(id), 'hex')])),
  );
}

/** Trees that hold the next one twice. */
const DOUBLING: readonly Packed[] = Array.from({ length: 60 }, (_, i) => ({
  code: 2,
  data: tree([
    ['a', (i + 1) % 60],
    ['b', (i + 1) % 60],
  ]),
}));

const LARGE = 4 * MIB;
const base: Packed = { code: 2, data: Buffer.alloc(LARGE) };
/** A delta whose own bytes are many: it inserts a text piece by piece. */
const inserting = ((): Buffer => {
  const pieces = Math.floor(LARGE / 128);
  const body = Buffer.alloc(pieces * 128, 127);
  return Buffer.concat([Buffer.from([...size(LARGE), ...size(pieces * 127)]), body]);
})();
const insertingAgain = Buffer.concat([
  Buffer.from([...size(Math.floor(LARGE / 128) * 127), ...size(Math.floor(LARGE / 128) * 127)]),
  Buffer.alloc(Math.floor(LARGE / 128) * 128, 127),
]);

testCosts([
  {
    what: 'index of version 2: short names',
    bytes: index(
      2,
      Array.from({ length: 60_000 }, (_, i) => ({ path: digits(i) })),
    ),
    run: bytes => readIndexOf(bytes),
    factor: 6,
  },
  {
    what: 'index of version 2: directories',
    bytes: index(
      2,
      Array.from({ length: 60_000 }, (_, i) => ({ path: `${digits(i)}/f` })),
    ),
    run: bytes => readIndexOf(bytes),
    factor: 12,
  },
  {
    what: 'index of version 2: more directories than it has bytes for',
    bytes: index(
      2,
      Array.from({ length: 600 }, (_, i) => ({ path: `${letters(i)}/${'d/'.repeat(2000)}f` })),
    ),
    run: bytes => readIndexOf(bytes),
    factor: 12,
    rejected: /more than \d+ directories/,
  },
  {
    what: 'index of version 2: deep paths',
    bytes: index(2, [{ path: `${'d/'.repeat(30_000)}f` }]),
    run: bytes => readIndexOf(bytes),
    factor: 12,
    rejected: /too many directories above it/,
  },
  {
    what: 'index of version 4: long names that begin alike',
    bytes: index(
      4,
      Array.from({ length: 26 * 26 * 26 }, (_, i) => ({ path: i === 0 ? 'x'.repeat(60_000) : 'xy' })),
    ),
    run: bytes => readIndexOf(bytes),
    factor: 20,
    rejected: /more than \d+ bytes together/,
  },
  {
    what: 'the extension of trees of an index',
    bytes: Buffer.concat([Buffer.from('\0-1 100000\n'), repeated(100_000, i => `${i.toString(36)}\0-1 0\n`)]),
    run: bytes => decodeCacheTree(bytes, SHA1, 'index'),
    factor: 32,
  },
  {
    what: 'a sparse directory that is a tree of trees without end',
    bytes: index(2, [{ path: 'd/', mode: DIRECTORY, id: nodeOf(0) }], Buffer.from('sdir\0\0\0\0', 'latin1')),
    run: bytes => {
      const { pack: packed, idx } = pack(DOUBLING);
      const vfs = new PackVfs({
        [`${GIT}/index`]: bytes,
        [`${OBJECTS}/pack/p.pack`]: packed,
        [`${OBJECTS}/pack/p.idx`]: idx,
      });
      return readIndexOf(bytes, vfs);
    },
    factor: 1,
    rejected: /a tree is more than 2048 deep/,
  },
  {
    what: 'a tree of HEAD without end',
    bytes: index(2, []),
    run: bytes => stagedChanges(readIndexOf(bytes), nodeOf(0), storeOf(pack(DOUBLING))),
    factor: 1,
    rejected: /a tree is more than 2048 deep/,
  },
  {
    what: 'configuration: short keys',
    bytes: Buffer.concat([Buffer.from('[a]\n'), repeated(700_000, () => 'b\n')]),
    run: bytes => parseConfig(bytes.toString('latin1'), 'config'),
    factor: 90,
  },
  {
    what: 'configuration: a long section',
    bytes: Buffer.concat([Buffer.from(`[${'a'.repeat(500_000)}]\n`), repeated(100_000, i => `k${i}\n`)]),
    run: bytes =>
      GitConfig.read(new MemoryVfs({ [`${GIT}/config`]: bytes }), {
        environment: NO_CONDITIONS,
        commonDirectory: GIT,
        gitDirectory: GIT,
        branch: undefined,
      }),
    factor: 60,
    rejected: /names are too long/,
  },
  {
    what: 'configuration: files that include each other',
    bytes: Buffer.from(Array.from({ length: 50 }, () => '[include]\npath = config\n').join('')),
    run: bytes =>
      GitConfig.read(new MemoryVfs({ [`${GIT}/config`]: bytes }), {
        environment: NO_CONDITIONS,
        commonDirectory: GIT,
        gitDirectory: GIT,
        branch: undefined,
      }),
    factor: 1,
    rejected: /too many configuration files|nested more than/,
  },
  {
    what: 'ignore rules: as many as there may be',
    bytes: repeated(50_000, i => `${i.toString(36)}*x\n`),
    run: bytes => ignoreOf(bytes).matches(bytePath('a/b'), false),
    factor: 200,
  },
  {
    what: 'ignore rules: names with an escaped blank',
    bytes: repeated(150_000, () => 'x\\ \n'),
    run: bytes => ignoreOf(bytes).matches(bytePath('a/b'), false),
    factor: 250,
  },
  {
    what: 'ignore rules: classes of characters that are not closed',
    bytes: repeated(100, () => `[${'[:'.repeat(8000)}]:]\n`),
    run: bytes => ignoreOf(bytes).matches(bytePath('a/b'), false),
    factor: 12,
  },
  {
    what: 'ignore rules: any number of directories, thousands of times',
    bytes: repeated(30, () => `${'**/'.repeat(5000)}x\n`),
    run: bytes => ignoreOf(bytes).matches(bytePath('a/b'), false),
    factor: 250,
  },
  {
    what: 'ignore rules: too many',
    bytes: repeated(200_001, () => 'a\n'),
    run: bytes => ignoreOf(bytes).matches(bytePath('a/b'), false),
    factor: 250,
    rejected: /more than 200000 patterns/,
  },
  {
    what: 'ignore rules: one long pattern',
    bytes: Buffer.alloc(2 * MIB, '*a'),
    run: bytes => ignoreOf(bytes).matches(bytePath('a/b'), false),
    factor: 12,
    rejected: /pattern is too long/,
  },
  {
    what: 'attributes: macros of macros',
    bytes: repeated(20_000, i => `[attr]m${i} m${i + 1} m${i + 1} m${i + 2}\n* m0\n`),
    run: bytes => attributesOf(bytes).of(bytePath('a')),
    factor: 100,
  },
  {
    what: 'the log of stashes',
    bytes: Buffer.alloc(4 * MIB, '\n'),
    run: bytes => {
      const vfs = new MemoryVfs({ [`${GIT}/logs/refs/stash`]: bytes });
      return new Refs(vfs, { gitDirectory: GIT, commonDirectory: GIT, format: SHA1 }).stashCount();
    },
    factor: 1,
  },
  {
    what: 'packed references',
    bytes: repeated(200_000, i => `${nodeOf(i)} refs/x/${i}\n`),
    run: bytes => {
      const vfs = new MemoryVfs({ [`${GIT}/packed-refs`]: bytes });
      return new Refs(vfs, { gitDirectory: GIT, commonDirectory: GIT, format: SHA1 }).resolve('refs/heads/none');
    },
    factor: 1,
  },
  {
    what: 'a pack: deltas that are long themselves',
    bytes: Buffer.alloc(0),
    run: () => {
      const objects: Packed[] = [base, { code: 6, data: inserting, base: 0 }];
      for (let i = 2; i < 40; i++) objects.push({ code: 6, data: insertingAgain, base: i - 1 });
      return storeOf(pack(objects)).read(nodeOf(39), 2 * LARGE);
    },
    factor: 0,
    rejected: /chain of deltas of more than/,
  },
]);

function ignoreOf(bytes: Buffer): GitIgnore {
  return GitIgnore.read(new MemoryVfs({ '/r/.gitignore': bytes }), {
    root: '/r',
    files: [],
    fold: false,
    recorded: () => undefined,
  });
}

function attributesOf(bytes: Buffer): GitAttributes {
  const places = { own: `${GIT}/info/attributes`, user: undefined, fold: false, system: false };
  return new GitAttributes(new MemoryVfs({ '/r/.gitattributes': bytes }), {
    root: '/r',
    ...places,
    recorded: () => undefined,
  });
}

test('a chain of deltas over two packs that name each other ends', () => {
  const other = (number: number): Packed => ({ code: 7, data: Buffer.from([0, 0]), base: nodeOf(number) });
  const store = storeOf(pack([other(1000)]), pack([other(0)], 1000));
  assert.throws(() => store.read(nodeOf(0)), /over too many packs/);
});

test('a chain of short deltas that make long objects ends', () => {
  const objects: Packed[] = [base];
  const delta = copying(LARGE);
  for (let i = 1; i < 3000; i++) objects.push({ code: 6, data: delta, base: i - 1 });
  const store = storeOf(pack(objects));
  assert.throws(() => store.read(nodeOf(2999), 2 * LARGE), /takes too much work/);
});

class CountingStore extends ObjectStore {
  reads = 0;

  override read(...request: Parameters<ObjectStore['read']>): ReturnType<ObjectStore['read']> {
    this.reads++;
    return super.read(...request);
  }
}

test('trees that share subtrees are read once each, also when they name too many directories', () => {
  const levels = Array.from({ length: 8 }, (_, i) => tree(Array.from({ length: 10 }, (_, j) => [`d${j}`, i + 1])));
  const { pack: packed, idx } = pack([...levels, tree([])].map(data => ({ code: 2, data })));
  const vfs = new PackVfs({ [`${OBJECTS}/pack/p.pack`]: packed, [`${OBJECTS}/pack/p.idx`]: idx });
  const store = new CountingStore(vfs, OBJECTS, SHA1, false);
  const walk = (from: number) => () => stagedChanges(readIndexOf(index(2, [])), nodeOf(from), store);
  assert.deepEqual(walk(4)(), []);
  assert.equal(store.reads, 5);
  assert.throws(walk(0), /more than 262144 trees/);
  assert.equal(store.reads, 5 + 9);
});

test('trees are read again when too many entries lie between', () => {
  const wide = (first: number): Buffer =>
    Buffer.concat(
      Array.from({ length: 70_000 }, (_, i) => Buffer.from(`100644 ${digits(first + i)}\0${'x'.repeat(20)}`, 'latin1')),
    );
  const store = storeOf(pack([wide(0), wide(1)].map(data => ({ code: 2, data }))));
  const reader = new TreeReader(store);
  const [first, second] = [reader.read(nodeOf(0)), reader.read(nodeOf(1))];
  assert.equal(reader.read(nodeOf(1)), second);
  assert.notEqual(reader.read(nodeOf(0)), first);
  assert.deepEqual(reader.read(nodeOf(0)), first);
});

test('a walk through trees has a limit on trees, files and paths', () => {
  const trees = new TreeWalkLimits();
  assert.throws(() => {
    for (let i = 0; i < 1_000_000; i++) trees.tree(1);
  }, /more than 262144 trees/);
  const files = new TreeWalkLimits();
  assert.throws(() => {
    for (let i = 0; i < 10_000_000; i++) files.file(1);
  }, /more than 4000000 files/);
  const paths = new TreeWalkLimits();
  assert.throws(() => {
    for (let i = 0; i < 1_000_000; i++) paths.file(4096);
  }, /bytes of paths/);
});
