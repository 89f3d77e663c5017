import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FileStat } from '../../../../src/base/fileStat.ts';
import { compareStat, type FileSystemTraits, type RecordedStat } from '../../../../src/mercurial/dirstate/statRule.ts';

const TRACKED = 0x3;
const EXEC = 0x8;
const HAS_FALLBACK_EXEC = 0x20;
const HAS_FALLBACK_SYMLINK = 0x80;
const EXPECTED_MODIFIED = 0x200;
const SIZE = 0x400;
const MTIME = 0x800;
const AMBIGUOUS = 0x1000;
const DIRECTORY = 0x2000;
const FULL = TRACKED | SIZE | MTIME;

const posix: FileSystemTraits = { executableBit: true, symlinks: true };
const windows: FileSystemTraits = { executableBit: false, symlinks: false };

function recorded(change: Partial<RecordedStat> = {}): RecordedStat {
  return { flags: FULL, size: 6, mtimeSeconds: 100, mtimeNanoseconds: 5, isCopy: false, ...change };
}

function stat(change: Partial<FileStat> = {}): FileStat {
  return {
    kind: 'file',
    size: 6,
    executable: false,
    mtimeSeconds: 100,
    mtimeNanoseconds: 5,
    ctimeNs: 0n,
    inode: 0n,
    device: 0n,
    uid: 0,
    gid: 0,
    ...change,
  };
}

const link = (size: number, change: Partial<FileStat> = {}): FileStat =>
  stat({ kind: 'symlink', size, executable: true, ...change });

describe('stat rule: times', () => {
  const cases: [string, Partial<RecordedStat>, Partial<FileStat>, string][] = [
    ['equal to the nanosecond', {}, {}, 'clean'],
    ['other nanoseconds in the same second', {}, { mtimeNanoseconds: 6 }, 'unsure'],
    ['no nanoseconds recorded', { mtimeNanoseconds: 0 }, {}, 'clean'],
    ['no nanoseconds on disk', {}, { mtimeNanoseconds: 0 }, 'clean'],
    ['ambiguous, no nanoseconds recorded', { flags: FULL | AMBIGUOUS, mtimeNanoseconds: 0 }, {}, 'unsure'],
    ['ambiguous, no nanoseconds on disk', { flags: FULL | AMBIGUOUS }, { mtimeNanoseconds: 0 }, 'unsure'],
    ['ambiguous, equal to the nanosecond', { flags: FULL | AMBIGUOUS }, {}, 'unsure'],
    ['another second', {}, { mtimeSeconds: 101 }, 'unsure'],
    ['seconds equal modulo 2^31', {}, { mtimeSeconds: 100 - 2 ** 31 }, 'clean'],
    ['no time recorded', { flags: TRACKED | SIZE }, {}, 'unsure'],
    ['no size recorded, equal time', { flags: TRACKED | MTIME }, { size: 7 }, 'clean'],
    ['nothing recorded', { flags: TRACKED }, {}, 'unsure'],
    ["a directory's time", { flags: FULL | DIRECTORY }, {}, 'clean'],
    ['expected to be modified', { flags: FULL | EXPECTED_MODIFIED }, {}, 'unsure'],
    ['expected to be modified, another size', { flags: FULL | EXPECTED_MODIFIED }, { size: 7 }, 'unsure'],
  ];
  for (const [name, entry, file, verdict] of cases) {
    test(`${name}: ${verdict}`, () => assert.equal(compareStat(recorded(entry), stat(file), posix), verdict));
  }
});

describe('stat rule: sizes, modes and kinds', () => {
  const cases: [string, RecordedStat, FileStat, string][] = [
    ['another size', recorded(), stat({ size: 7 }), 'modified'],
    ['size equal modulo 2^31', recorded(), stat({ size: 6 + 2 ** 31 }), 'clean'],
    ['a large size recorded whole', recorded({ size: 2 ** 31 + 6 }), stat({ size: 2 ** 31 + 6 }), 'clean'],
    ['became executable', recorded(), stat({ executable: true }), 'modified'],
    ['is no longer executable', recorded({ flags: FULL | EXEC }), stat(), 'modified'],
    ['a link with its size', recorded({ flags: FULL | EXEC }), link(6), 'clean'],
    ['a link of another size', recorded({ flags: FULL | EXEC }), link(7), 'unsure'],
    ['a link where a file was, same size', recorded(), link(6), 'modified'],
    ['a link where a file was, another size', recorded(), link(7), 'unsure'],
    ['a copy', recorded({ isCopy: true }), stat(), 'modified'],
    ['a copied link', recorded({ isCopy: true, flags: FULL | EXEC }), link(6), 'modified'],
    ['a copied link of another size', recorded({ isCopy: true, flags: FULL | EXEC }), link(7), 'unsure'],
    ['a copied link of unknown size', recorded({ isCopy: true, flags: TRACKED }), link(6), 'unsure'],
    ['a copy of unknown size', recorded({ isCopy: true, flags: TRACKED }), stat(), 'modified'],
  ];
  for (const [name, entry, file, verdict] of cases) {
    test(`${name}: ${verdict}`, () => assert.equal(compareStat(entry, file, posix), verdict));
  }
});

describe('stat rule: file systems that cannot record everything', () => {
  test('the execute bit is not compared where there is none', () => {
    assert.equal(compareStat(recorded({ flags: FULL | EXEC }), stat(), windows), 'clean');
    assert.equal(compareStat(recorded(), stat({ executable: true }), windows), 'clean');
  });

  test('a fallback is left to the content comparison, and only where it is needed', () => {
    for (const flag of [HAS_FALLBACK_EXEC, HAS_FALLBACK_SYMLINK]) {
      assert.equal(compareStat(recorded({ flags: FULL | flag }), stat({ size: 7 }), windows), 'unsure');
      assert.equal(compareStat(recorded({ flags: FULL | flag }), stat(), posix), 'clean');
    }
  });
});
