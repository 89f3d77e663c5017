// Native code that compares trees with the index, decodes remembered trees and inflates: the results are those of
// JavaScript and of zlib, for damaged input, too.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { QuicksilverError } from '../../../src/base/errors.ts';
import type { NativeGitDecoders } from '../../../src/base/decodeAccelerators.ts';
import { stagedChanges, type StagedChange } from '../../../src/git/changes/stagedChanges.ts';
import { decodeCacheTree } from '../../../src/git/index/cacheTree.ts';
import { GitIndex } from '../../../src/git/index/gitIndex.ts';
import { readIndex } from '../../../src/git/index/readIndex.ts';
import { inflateExactly } from '../../../src/git/objects/inflate.ts';
import { SHA1 } from '../../../src/git/objects/objectFormat.ts';
import type { ObjectStore } from '../../../src/git/objects/objectStore.ts';
import { loadNative } from '../../../src/status/bulk/native.ts';
import { MemoryVfs } from '../../fuzz/memoryVfs.ts';

const { module, reason } = loadNative();
const options = { skip: module === undefined && reason };
const SETTINGS = { executableBit: true, symlinks: true, ctime: true, inode: true, sparse: true };

interface File {
  readonly mode: number;
  readonly content: number;
  readonly stage: number;
  readonly intended: boolean;
}
type Files = ReadonlyMap<string, File>;

const idOf = (content: number): Buffer => createHash('sha1').update(String(content)).digest();

/** The objects of a test by their names: trees, and nothing else. */
class Trees {
  readonly format = SHA1;
  readonly data = new Map<string, Buffer>();
  /** The name of each directory's tree. */
  readonly ids = new Map<string, Buffer>();
  reads = 0;

  readTyped(id: string): Buffer {
    this.reads++;
    const data = this.data.get(id);
    if (data === undefined) throw new QuicksilverError('corrupt', `object ${id} is missing`);
    return data;
  }

  /** Makes the trees of files, and returns the name of the root's. */
  add(files: Files, directory = ''): Buffer {
    const rows = new Map<string, { mode: string; id: Buffer }>();
    for (const [path, { mode, content }] of files) {
      if (!path.startsWith(directory)) continue;
      const [name, ...below] = path.slice(directory.length).split('/');
      if (below.length === 0) rows.set(name!, { mode: mode.toString(8), id: idOf(content) });
      else if (!rows.has(`${name}/`))
        rows.set(`${name}/`, { mode: '40000', id: this.add(files, `${directory}${name}/`) });
    }
    const parts = [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
    const data = Buffer.concat(
      parts.flatMap(([name, { mode, id }]) => [Buffer.from(`${mode} ${name.replace('/', '')}\0`, 'latin1'), id]),
    );
    const id = createHash('sha1').update(`tree ${data.length}\0`).update(data).digest();
    this.data.set(id.toString('hex'), data);
    this.ids.set(directory, id);
    return id;
  }
}

/** The extension TREE of an index; `isKnown` decides which directories are remembered. */
function rememberedTrees(
  files: Files,
  ids: ReadonlyMap<string, Buffer>,
  isKnown: (at: string) => boolean,
  at = '',
): Buffer {
  const names = new Set<string>();
  for (const path of files.keys()) {
    const rest = path.slice(at.length);
    if (path.startsWith(at) && rest.includes('/')) names.add(rest.slice(0, rest.indexOf('/')));
  }
  const below = [...names].map(name => rememberedTrees(files, ids, isKnown, `${at}${name}/`));
  const name = at.split('/').at(-2) ?? '';
  const id = isKnown(at) ? ids.get(at)! : Buffer.alloc(0);
  const head = Buffer.from(`${name}\0${id.length > 0 ? 1 : -1} ${below.length}\n`, 'latin1');
  return Buffer.concat([head, id, ...below]);
}

function indexOf(files: Files, extension: Buffer, native: NativeGitDecoders | undefined, store: ObjectStore): GitIndex {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = sorted.map(([path, { mode, content, stage, intended }]) => {
    const fixed = Buffer.alloc(64);
    fixed.writeUInt32BE(mode, 24);
    idOf(content).copy(fixed, 40);
    fixed.writeUInt16BE((stage << 12) | 0x4000 | path.length, 60);
    fixed.writeUInt16BE(intended ? 0x2000 : 0, 62);
    return Buffer.concat([fixed, Buffer.from(path, 'latin1'), Buffer.alloc(8 - ((64 + path.length) % 8))]);
  });
  const header = Buffer.from('DIRC\0\0\0\x03\0\0\0\0', 'latin1');
  header.writeUInt32BE(parts.length, 8);
  const tree = Buffer.from('TREE\0\0\0\0', 'latin1');
  tree.writeUInt32BE(extension.length, 4);
  const vfs = new MemoryVfs({ '/index': Buffer.concat([header, ...parts, tree, extension, Buffer.alloc(20)]) });
  return readIndex(vfs, store, { file: '/index', settings: SETTINGS, decoders: native });
}

const name = fc.constantFrom('a', 'b', 'a-', 'a.b', 'ab', '\xff');
/** Nothing is a file and a directory at once. */
const filesOf = fc
  .array(
    fc.tuple(
      fc.array(name, { minLength: 1, maxLength: 4 }).map(names => names.join('/')),
      fc.record({
        mode: fc.constantFrom(0o100644, 0o100644, 0o100755, 0o120000, 0o160000),
        content: fc.nat(2),
        stage: fc.constantFrom(0, 0, 0, 0, 0, 2),
        intended: fc.integer({ min: 0, max: 9 }).map(i => i === 0),
      }),
    ),
    { maxLength: 30 },
  )
  .map((rows): Files => {
    const files = new Map<string, File>();
    for (const [path, file] of rows) {
      const isFree = [...files.keys()].every(other => !other.startsWith(`${path}/`) && !path.startsWith(`${other}/`));
      if (isFree) files.set(path, file);
    }
    return files;
  });

function attempt<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    if (error instanceof QuicksilverError) return error.message;
    throw error;
  }
}

const inOrder = (changes: StagedChange[] | string): unknown =>
  typeof changes === 'string' ? changes : changes.map(each => JSON.stringify(each)).sort();

test('trees are compared as in JavaScript', options, () => {
  const damage = fc.option(fc.record({ tree: fc.nat(), at: fc.nat(), byte: fc.nat(255) }), { freq: 4, nil: undefined });
  const check = (
    before: Files,
    changed: Files,
    seed: number,
    damaged?: { tree: number; at: number; byte: number },
  ): void => {
    const after = new Map([...before].filter((_, i) => ((seed >> (i % 30)) & 1) === 0));
    for (const [path, file] of changed) {
      const isFree = [...after.keys()].every(other => !other.startsWith(`${path}/`) && !path.startsWith(`${other}/`));
      if (isFree) after.set(path, file);
    }
    const trees = new Trees();
    trees.add(after);
    const own = new Map(trees.ids);
    const head = trees.add(before).toString('hex');
    const extension = rememberedTrees(after, own, at => (seed + at.length) % 3 > 0);
    if (damaged !== undefined) {
      const data = [...trees.data.values()][damaged.tree % trees.data.size]!;
      if (data.length > 0) data[damaged.at % data.length] = damaged.byte;
    }
    const store = trees as unknown as ObjectStore;
    const compared = [undefined, module].map(native =>
      inOrder(attempt(() => stagedChanges(indexOf(after, extension, native, store), head, store))),
    );
    assert.deepEqual(compared[1], compared[0]);
  };
  fc.assert(fc.property(filesOf, filesOf, fc.nat(), damage, check), { numRuns: 1500 });
});

test('of equal entries no text is made, and no tree is read that the index remembers', options, t => {
  const files = new Map<string, File>();
  const plain: File = { mode: 0o100644, content: 1, stage: 0, intended: false };
  for (let i = 0; i < 1000; i++) files.set(`d${i % 10}/e${i % 100}/f${i}`, plain);
  const trees = new Trees();
  const head = trees.add(files).toString('hex');
  const after = new Map(files).set('d3/e3/f3', { ...plain, content: 2 });
  const extension = rememberedTrees(after, trees.ids, at => !'d3/e3/f3'.startsWith(at));
  const store = trees as unknown as ObjectStore;
  const made = (['name', 'path', 'id', 'mode'] as const).map(each => t.mock.method(GitIndex.prototype, each).mock);
  const changes = stagedChanges(indexOf(after, extension, module, store), head, store);
  assert.deepEqual(
    changes.map(({ path, letter }) => [path, letter]),
    [['d3/e3/f3', 'M']],
  );
  // The root, d3, d3/e3.
  assert.equal(trees.reads, 3);
  assert.deepEqual(
    made.map(mock => mock.callCount()),
    [3, 0, 1, 1],
  );
});

test('remembered trees are decoded as in JavaScript, damaged ones too', options, () => {
  const check = (files: Files, damage: readonly [number, number][]): void => {
    const trees = new Trees();
    trees.add(files);
    const bytes = rememberedTrees(files, trees.ids, at => at.length % 3 > 0);
    for (const [at, byte] of damage) bytes[at % bytes.length] = byte;
    const decoded = [undefined, module].map(native => attempt(() => decodeCacheTree(bytes, SHA1, 'index', native)));
    assert.deepEqual(decoded[1], decoded[0]);
  };
  const byte = fc.oneof(fc.nat(255), fc.constantFrom(...'\0\n 0129-'.split('').map(c => c.charCodeAt(0))));
  const damage = fc.array(fc.tuple(fc.nat(), byte), { maxLength: 3 });
  fc.assert(fc.property(filesOf, damage, check), { numRuns: 1000 });
});

/** The result of zlib; null if it fails, or has more than `limit` bytes. */
function byZlib(bytes: Buffer, limit: number): Buffer | null {
  try {
    return inflateSync(bytes, { maxOutputLength: Math.max(1, limit) });
  } catch {
    return null;
  }
}

const content = fc.oneof(
  fc.uint8Array({ maxLength: 2000 }).map(bytes => Buffer.from(bytes)),
  fc
    .array(fc.constantFrom('100644 a\0', 'tree ', 'aaaaaaaaaaaaaaaa', 'x', 'yz'), { maxLength: 3000 })
    .map(parts => Buffer.from(parts.join(''))),
);
const compression = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  strategy: fc.integer({ min: 0, max: 4 }),
  memLevel: fc.constantFrom(1, 8),
});

test('native code inflates what zlib deflates, in all its forms', options, () => {
  const check = (data: Buffer, how: { level: number; strategy: number; memLevel: number }, tail: Uint8Array): void => {
    const bytes = Buffer.concat([deflateSync(data, how), tail]);
    assert.deepEqual(module!.inflate(bytes, data.length), data);
    assert.equal(data.length === 0 ? null : module!.inflate(bytes, data.length - 1), null);
  };
  fc.assert(fc.property(content, compression, fc.uint8Array({ maxLength: 9 }), check), { numRuns: 1500 });
});

test('native code inflates nothing that zlib rejects, and nothing else', options, () => {
  let accepted = 0;
  const check = (
    data: Buffer,
    how: { level: number; strategy: number; memLevel: number },
    damage: readonly [number, number][],
    cut: number,
  ): void => {
    const whole = deflateSync(data, how);
    for (const [at, byte] of damage) whole[at % Math.min(whole.length, 60)] = byte;
    const bytes = cut < 3 ? whole : whole.subarray(0, whole.length - cut + 3);
    const limit = data.length + 300;
    const found = module!.inflate(bytes, limit);
    if (found !== null) accepted++;
    if (found !== null) assert.deepEqual(found, byZlib(bytes, limit));
  };
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 2 });
  fc.assert(fc.property(content, compression, damage, fc.nat(8), check), { numRuns: 4000 });
  assert.ok(accepted > 400, `${accepted} accepted`);
});

test('an object of another size than expected is reported as without native code', options, () => {
  const bytes = deflateSync('some text');
  assert.equal(inflateExactly(bytes, 9, 'f', module!.inflate)?.toString(), 'some text');
  for (const size of [8, 10]) {
    assert.throws(() => inflateExactly(bytes, size, 'f', module!.inflate), { code: 'corrupt' });
  }
  assert.equal(inflateExactly(bytes.subarray(0, 5), 9, 'f', module!.inflate), undefined);
});
