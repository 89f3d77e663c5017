// Contents for a walk from new to old revisions: each is read once, and older ones in ascending order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentContents } from '../../../../src/backends/mercurial/commandLine/recentContents.ts';
import { bytePath } from '../../../../src/base/bytePath.ts';
import { QuicksilverError } from '../../../../src/base/errors.ts';
import type { Filelog } from '../../../../src/mercurial/store/filelog.ts';

/** A file that notes which revisions are read. */
function fileWith(reads: number[], broken = -1): Filelog {
  const revlog = {
    entry: (revision: number) => ({ node: Buffer.from([revision]), fullLength: 10 }),
    keepingOpen: <T>(work: () => T): T => work(),
    keepingLastText: <T>(work: () => T): T => work(),
  };
  const content = (revision: number): Buffer => {
    if (revision === broken) throw new QuicksilverError('corrupt', 'broken');
    reads.push(revision);
    return Buffer.from([revision]);
  };
  return { revlog, content } as unknown as Filelog;
}

const PATH = bytePath('f');

test('each revision is read once', () => {
  const reads: number[] = [];
  const file = fileWith(reads);
  const contents = new RecentContents();
  for (let revision = 99; revision >= 0; revision--) {
    assert.deepEqual(contents.of(PATH, file, revision), Buffer.from([revision]));
  }
  assert.equal(reads.length, 100);
  assert.deepEqual(reads.slice(0, 4), [99, 67, 68, 69]);
});

test('one revision alone reads no other', () => {
  const reads: number[] = [];
  new RecentContents().of(PATH, fileWith(reads), 50);
  assert.deepEqual(reads, [50]);
});

test('an older revision that cannot be read fails when it is asked for', () => {
  const file = fileWith([], 20);
  const contents = new RecentContents();
  contents.of(PATH, file, 30);
  assert.deepEqual(contents.of(PATH, file, 29), Buffer.from([29]));
  assert.throws(() => contents.of(PATH, file, 20), /broken/);
});
