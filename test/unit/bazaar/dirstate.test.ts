// Rows of a dirstate and what they mean, with rows made by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytePath } from '../../../src/base/bytePath.ts';
import { QuicksilverError } from '../../../src/base/errors.ts';
import { BazaarDirstate } from '../../../src/bazaar/dirstate/bazaarDirstate.ts';
import { computed, crc32 } from '../../../src/bazaar/dirstate/checksum.ts';
import { ChecksumError } from '../../../src/bazaar/dirstate/header.ts';
import { unpackStat } from '../../../src/bazaar/dirstate/packedStat.ts';
import { EXECUTABLE } from '../../../src/bazaar/dirstate/dirstateTree.ts';
import { decodeBoth } from '../../support/bazaarDecoders.ts';

const SHA = 'a'.repeat(40);
const OTHER = 'b'.repeat(40);
const NO_STAT = 'x'.repeat(32);
const ABSENT = ['a', '', '0', 'n', ''];

const file = (sha = SHA, last = 'rev'): string[] => ['f', sha, '3', 'n', last];
const directory = (last = 'rev'): string[] => ['d', '', '0', 'n', last];
const relocated = (path: string): string[] => ['r', path, '0', 'n', ''];

function dirstate(rows: readonly (readonly [string, string, string, string[], string[]?])[]): Buffer {
  const parents = rows.some(row => row[4] !== undefined) ? ['rev'] : [];
  const fields = [String(parents.length), ...parents, '\n', '0', '\n'];
  for (const [directoryName, name, id, working, base] of rows) {
    fields.push(directoryName, name, id, ...working, ...(base ?? []), '\n');
  }
  const body = Buffer.from(fields.map(field => `${field}\0`).join(''), 'utf8');
  const head = `#bazaar dirstate flat format 3\ncrc32: ${crc32(body)}\nnum_entries: ${rows.length}\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

const ROOT = ['', '', 'root', directory(NO_STAT), directory()] as const;

function decode(bytes: Buffer): BazaarDirstate {
  return new BazaarDirstate(decodeBoth(bytes), undefined);
}

test('kinds of rows', () => {
  const state = decode(
    dirstate([
      [...ROOT],
      ['', 'added', 'i1', file('', NO_STAT), ABSENT],
      ['', 'both', 'i2', file(SHA, NO_STAT), file()],
      ['', 'dir', 'i3', directory(NO_STAT), directory()],
      ['', 'gone', 'i4', ABSENT, file()],
      ['', 'kind', 'i5', directory(NO_STAT), file()],
      ['', 'old', 'i6', relocated('dir/new'), file()],
      ['dir', 'new', 'i6', file(SHA, NO_STAT), relocated('old')],
    ]),
  );
  const kinds = Array.from({ length: state.nodeCount }, (_, node) => [state.path(node), state.kind(node)]);
  assert.deepEqual(kinds, [
    ['', 'directory'],
    ['added', 'added'],
    ['both', 'tracked'],
    ['dir', 'directory'],
    ['gone', 'removed'],
    ['kind', 'changedDirectory'],
    ['old', 'none'],
    ['dir/new', 'added'],
  ]);
  assert.equal(state.copySource(state.find(bytePath('dir/new'))), 'old');
  assert.deepEqual(
    state.removed().map(({ path, fileId }) => [path, fileId]),
    [['gone', 'i4']],
  );
});

test('a file below a renamed directory is not renamed, and has its old path', () => {
  const state = decode(
    dirstate([
      [...ROOT],
      ['', 'after', 'd', directory(NO_STAT), relocated('before')],
      ['', 'before', 'd', relocated('after'), directory()],
      ['after', 'f', 'i', file(SHA, NO_STAT), relocated('before/f')],
      ['before', 'f', 'i', relocated('after/f'), file()],
    ]),
  );
  const node = state.find(bytePath('after/f'));
  assert.equal(state.isRenamed(node), false);
  assert.equal(state.kind(node), 'tracked');
  assert.equal(state.oldPath(node), 'before/f');
  assert.equal(state.copySource(state.find(bytePath('after'))), 'before');
});

test('a file that stayed while its directory got another file id is renamed', () => {
  const state = decode(
    dirstate([
      [...ROOT],
      ['', 'd', 'new', directory(NO_STAT), ABSENT],
      ['', 'd', 'old', ABSENT, directory()],
      ['d', 'f', 'i', file(SHA, NO_STAT), file()],
    ]),
  );
  const node = state.find(bytePath('d/f'));
  assert.equal(state.isRenamed(node), true);
  assert.equal(state.oldPath(node), 'd/f');
  assert.deepEqual(
    state.removed().map(({ path, fileId }) => [path, fileId]),
    [['d', 'old']],
  );
});

test('an equal packed stat lets the recorded SHA-1 decide, without reading', () => {
  // Size 3, mtime 1700000000, ctime 1700000001, device 1, inode 7, mode 0100644.
  const words = Buffer.alloc(24);
  [3, 1_700_000_000, 1_700_000_001, 1, 7, 0o100644].forEach((word, i) => words.writeUInt32BE(word, i * 4));
  const packed = words.toString('base64');
  const state = decode(
    dirstate([[...ROOT], ['', 'a', 'i1', file(SHA, packed), file()], ['', 'b', 'i2', file(OTHER, packed), file()]]),
  );
  const stat = {
    kind: 'file',
    size: 3,
    executable: false,
    mtimeSeconds: 1_700_000_000,
    mtimeNanoseconds: 5,
    ctimeNs: 1_700_000_001_999_999_999n,
    inode: 7n,
    device: 1n,
    uid: 0,
    gid: 0,
  } as const;
  const [a, b] = [state.find(bytePath('a')), state.find(bytePath('b'))];
  assert.equal(state.compareStat(a, stat), 'clean');
  assert.equal(state.compareStat(b, stat), 'modified');
  assert.equal(state.compareStat(a, { ...stat, inode: 8n }), 'unsure');
  assert.equal(state.compareStat(a, { ...stat, size: 4 }), 'modified');
  assert.equal(state.compareStat(a, { ...stat, executable: true }), 'modified');
  assert.deepEqual([...state.tree.doubtful.subarray(a, b + 1)], [0, 1]);
});

test('native code takes plain rows, and stops at others', () => {
  const link = ['l', 'target', '0', 'n', NO_STAT];
  const words = Buffer.alloc(24);
  [3, 1_700_000_000, 1_700_000_001, 1, 7, 0o100644].forEach((word, i) => words.writeUInt32BE(word, i * 4));
  const packed = words.toString('base64');
  const state = decode(
    dirstate([
      [...ROOT],
      ['', 'a', 'i1', file(SHA, packed), file()],
      ['', 'b', 'i2', directory(NO_STAT), directory()],
      ['', 'c', 'i3', file(SHA, NO_STAT), ABSENT],
      ['', 'd', 'i4', directory(NO_STAT), directory()],
      ['', 'e', 'i5', link, link],
      ['', 'f', 'i6', ['f', SHA, '3', 'y', packed], ['f', SHA, '3', 'y', 'rev']],
      ['', 'g', 'i7', ['f', SHA, '4294967299', 'n', packed], file()],
      ['b', 'x', 'i8', file(SHA, packed), file()],
      ['b', 'y', 'i9', directory(NO_STAT), directory()],
      ['b/y', 'z', 'i10', file(OTHER, packed), file()],
      ['d', 'x', 'i11', file(SHA, packed.replace('A', '*')), file()],
    ]),
  );
  const { flags, doubtful, nodeCount } = state.tree;
  const seen = Array.from({ length: nodeCount }, (_, node) => [state.path(node), state.kind(node), doubtful[node]]);
  assert.deepEqual(seen, [
    ['', 'directory', 0],
    ['a', 'tracked', 0],
    ['b', 'directory', 0],
    ['c', 'added', 0],
    ['d', 'directory', 0],
    ['e', 'tracked', 1],
    ['f', 'tracked', 0],
    ['g', 'tracked', 0],
    ['b/x', 'tracked', 0],
    ['b/y', 'directory', 0],
    ['b/y/z', 'tracked', 1],
    ['d/x', 'tracked', 1],
  ]);
  assert.equal(flags[state.find(bytePath('f'))]! & EXECUTABLE, EXECUTABLE);
});

test('rows may be below a path that is recorded as a link', () => {
  const link = ['l', 'target', '0', 'n', NO_STAT];
  const state = decode(
    dirstate([
      [...ROOT],
      ['', 'new', 'd', link, relocated('old')],
      ['', 'old', 'd', relocated('new'), directory()],
      ['new', 'f', 'i', file(SHA, NO_STAT), relocated('old/f')],
      ['old', 'f', 'i', relocated('new/f'), file()],
    ]),
  );
  const node = state.find(bytePath('new/f'));
  assert.deepEqual([state.kind(node), state.isRenamed(node), state.oldPath(node)], ['tracked', false, 'old/f']);
});

test('damage is named', () => {
  const good = dirstate([[...ROOT], ['', 'a', 'i', file(SHA, NO_STAT), file()]]);
  const flipped = Buffer.from(good);
  flipped[flipped.length - 5]! ^= 1;
  assert.throws(() => decode(flipped), ChecksumError);
  const cases: readonly (readonly [string, Buffer])[] = [
    ['rows out of order', dirstate([[...ROOT], ['', 'b', 'i', file()], ['', 'a', 'j', file()]])],
    ['without its directory', dirstate([[...ROOT], ['d', 'a', 'i', file(), file()]])],
    ['an impossible name', dirstate([[...ROOT], ['', '..', 'i', file(), file()]])],
    ['two files at one path', dirstate([[...ROOT], ['', 'a', 'i', file(), file()], ['', 'a', 'j', file(), ABSENT]])],
    ['a file of another path', dirstate([[...ROOT], ['', 'a', 'i', file(), relocated('b')]])],
  ];
  for (const [what, bytes] of cases) {
    assert.throws(
      () => decode(bytes),
      (error: unknown) => error instanceof QuicksilverError && error.code === 'corrupt',
      what,
    );
  }
});

test('directories may be 2,048 deep, and no deeper', () => {
  const nested = (depth: number): Buffer =>
    dirstate([
      [...ROOT],
      ...Array.from({ length: depth }, (_, i) => {
        return [Array(i).fill('d').join('/'), 'd', `i${i}`, directory(NO_STAT), directory()] as const;
      }),
    ]);
  assert.equal(decode(nested(2049)).nodeCount, 2050);
  assert.throws(
    () => decode(nested(2050)),
    (error: unknown) => error instanceof QuicksilverError && error.code === 'unsupported',
  );
});

test('the checksum in JavaScript is that of zlib', () => {
  const bytes = Buffer.from(Array.from({ length: 1000 }, (_, i) => (i * 7) & 0xff));
  assert.equal(computed(Buffer.from('123456789')), 0xcbf43926);
  for (const length of [0, 1, 7, 8, 9, 1000])
    assert.equal(crc32(bytes.subarray(0, length)), computed(bytes.subarray(0, length)));
});

test('a row without a packed stat has none', () => {
  const words = new Uint32Array(6);
  assert.equal(unpackStat(Buffer.from(NO_STAT), 0, 32, words), false);
  assert.equal(unpackStat(Buffer.from('A'.repeat(31)), 0, 31, words), false);
  assert.equal(unpackStat(Buffer.from('*'.repeat(32)), 0, 32, words), false);
});
