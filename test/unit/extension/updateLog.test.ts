import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupOf, statusPresentations } from '../../../src/extension/model/statusPresentation.ts';
import {
  badgeCount,
  describeFiles,
  describeUpdate,
  headText,
  statusBarParts,
} from '../../../src/extension/model/updateLog.ts';
import { entry, NO_COUNTS, update } from './support.ts';

const counts = { modified: 3, added: 2, removed: 1, deleted: 1, unknown: 10, ignored: 5, tracked: 100 };
const icon = (name: string) => ({ icon: name });
const head = { firstParent: 'a'.repeat(40), secondParent: '0'.repeat(40), branch: 'default' };

test('the badge counts what its setting and that of untracked files say', () => {
  assert.equal(badgeCount(counts, 'all', 'mixed'), 17);
  assert.equal(badgeCount(counts, 'all', 'separate'), 17);
  assert.equal(badgeCount(counts, 'all', 'hidden'), 7);
  assert.equal(badgeCount(counts, 'tracked', 'mixed'), 7);
  assert.equal(badgeCount(counts, 'off', 'mixed'), 0);
  assert.equal(badgeCount({ ...counts, renames: 2 }, 'all', 'mixed'), 15);
});

test('untracked files are listed where the setting says, ignored ones never', () => {
  assert.equal(groupOf('unknown', 'mixed', false, false), 'changes');
  assert.equal(groupOf('unknown', 'separate', false, false), 'untracked');
  assert.equal(groupOf('unknown', 'hidden', false, false), undefined);
  assert.equal(groupOf('ignored', 'mixed', false, false), undefined);
  assert.equal(groupOf('deleted', 'hidden', false, false), 'changes');
});

test('what a merge has to put together is listed apart, conflicts first', () => {
  assert.equal(groupOf('conflict', 'hidden', true, false), 'conflicts');
  assert.equal(groupOf('modified', 'mixed', true, false), 'resolved');
  assert.equal(groupOf('removed', 'mixed', true, false), 'resolved');
  assert.equal(groupOf('unknown', 'separate', true, false), 'untracked');
  assert.equal(groupOf('unknown', 'hidden', false, true), 'included');
  assert.equal(groupOf('modified', 'mixed', true, true), 'included');
  assert.equal(groupOf('conflict', 'mixed', true, true), 'conflicts');
  assert.equal(groupOf('ignored', 'mixed', false, true), undefined);
});

test('letters are those of hg status, and of hg resolve for conflicts', () => {
  const letters = Object.entries(statusPresentations).map(([status, { letter }]) => `${status} ${letter}`);
  assert.deepEqual(letters, [
    'modified M',
    'added A',
    'renamed A',
    'copied A',
    'conflict U',
    'removed R',
    'deleted !',
    'unknown ?',
    'subrepository S',
    'ignored ',
  ]);
});

test('the status bar names branch, topic and bookmark, and tells of a newer head', () => {
  assert.equal(headText(undefined), '');
  assert.deepEqual(statusBarParts(head, 'idle', 'Mercurial'), [icon('git-branch'), 'default']);
  assert.deepEqual(statusBarParts(head, 'busy', 'Mercurial'), [icon('sync~spin'), 'default']);
  assert.deepEqual(statusBarParts(head, 'problem', 'Mercurial'), [icon('warning'), 'default']);
  assert.deepEqual(statusBarParts(undefined, 'problem', 'Mercurial'), [icon('warning'), 'Mercurial']);
  const busy = { ...head, topic: 'parser', bookmark: 'tip-of-it', isBranchTip: false };
  assert.deepEqual(statusBarParts(busy, 'idle', 'Mercurial'), [
    icon('git-branch'),
    'default//parser (tip-of-it)',
    icon('arrow-down'),
  ]);
});

test('a line of the log says why, what changed, what it cost and what is known', () => {
  const line = describeUpdate(
    update({
      cause: 'file events',
      changed: [entry('modified', 'a')],
      cleared: ['b'],
      counts: { ...NO_COUNTS, modified: 1, tracked: 9 },
      cost: { milliseconds: 1.26, stats: 2, directoriesRead: 1, filesRead: 0, bytesRead: 0, unsure: 0 },
      settled: false,
    }),
  );
  assert.equal(
    line,
    'file events: 1 changed, 1 cleared; 1.3 ms, 2 stats, 1 directory, 0 files read (0 bytes), 0 unsure; ' +
      'now M 1, A 0, R 0, ! 0, ? 0, I 0, 9 tracked (more to come)',
  );
  const refused = update({ state: { kind: 'refused', problem: { code: 'unsupported', message: 'needs narrow' } } });
  assert.match(describeUpdate(refused), / \[refused: needs narrow\]$/);
});

test('the files of an update are named up to a limit', () => {
  const changed = [entry('ignored', 'out', { directory: true }), entry('unknown', 'x'), entry('removed', 'y')];
  assert.deepEqual(describeFiles(update({ changed, cleared: ['z'] }), 2), ['I out/', '? x', '... and 2 more']);
  assert.deepEqual(describeFiles(update({ cleared: ['z'] }), 2), ['- z']);
});
