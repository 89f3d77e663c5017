import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownWords, type HgCall } from '../../../src/hgCommand/hgCall.ts';
import {
  strippingSteps,
  undoMergeSteps,
  type MergeCommit,
} from '../../../src/extension/features/commit/undoMergeSteps.ts';

const commit: MergeCommit = {
  node: 'm',
  first: 'p1',
  second: 'p2',
  branch: 'default',
  branchBefore: 'default',
  active: '',
  bookmarks: [],
};

function words(call: HgCall): string {
  return ownWords(call).join(' ');
}

test('the commit goes last, and nothing before that overwrites what is not tracked', () => {
  const steps = undoMergeSteps(commit).map(words);
  assert.deepEqual(steps, [
    'update --rev=p1',
    'merge --tool=internal:local --rev=p2',
    'revert --all --no-backup --rev=m',
    'resolve --mark --all',
  ]);
  assert.deepEqual(strippingSteps(commit).map(words), ['strip --keep --rev=m']);
});

test('a branch that began with the merge begins with it again', () => {
  assert.equal(words(undoMergeSteps({ ...commit, branch: '-new' }).at(-1)!), 'branch --force -- -new');
});

test('bookmarks go to the first parent, and the active one is active again', () => {
  assert.deepEqual(strippingSteps({ ...commit, active: 'b', bookmarks: ['a', 'b'] }).map(words), [
    'bookmark --force --rev=p1 -- a',
    'bookmark --force --rev=p1 -- b',
    'strip --keep --rev=m',
    'bookmark --force -- b',
  ]);
  // It stands elsewhere: an update to it has not activated it.
  assert.deepEqual(strippingSteps({ ...commit, active: 'c' }).map(words), ['strip --keep --rev=m']);
});
