import assert from 'node:assert/strict';
import { test } from 'node:test';
import { strippingArguments, undoMergeSteps, type MergeCommit } from '../../../src/extension/hg/undoMergeSteps.ts';

const commit: MergeCommit = {
  node: 'm',
  first: 'p1',
  second: 'p2',
  branch: 'default',
  branchBefore: 'default',
  active: '',
  bookmarks: [],
};

test('the commit goes last, and nothing before that overwrites what is not tracked', () => {
  const steps = undoMergeSteps(commit).map(args => args.join(' '));
  assert.deepEqual(steps, [
    'update --rev p1',
    'merge --tool internal:local --rev p2',
    'revert --all --no-backup --rev m',
    'resolve --mark --all',
  ]);
  assert.deepEqual(strippingArguments(commit), [['strip', '--keep', '--rev', 'm']]);
});

test('a branch that began with the merge begins with it again', () => {
  assert.deepEqual(undoMergeSteps({ ...commit, branch: '-new' }).at(-1), ['branch', '--force', '--', '-new']);
});

test('bookmarks go to the first parent, and the active one is active again', () => {
  assert.deepEqual(
    strippingArguments({ ...commit, active: 'b', bookmarks: ['a', 'b'] }).map(args => args.join(' ')),
    [
      'bookmark --force --rev p1 -- a',
      'bookmark --force --rev p1 -- b',
      'strip --keep --rev m',
      'bookmark --force -- b',
    ],
  );
  // It stands elsewhere: an update to it has not activated it.
  assert.deepEqual(strippingArguments({ ...commit, active: 'c' }), [['strip', '--keep', '--rev', 'm']]);
});
