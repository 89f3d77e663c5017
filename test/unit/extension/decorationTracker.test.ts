import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecorationTracker } from '../../../src/extension/model/decorationTracker.ts';
import type { ShownStatus } from '../../../src/extension/model/statusPresentation.ts';

function trackerOf(statuses: Record<string, ShownStatus>): {
  tracker: DecorationTracker;
  set: (path: string, status: ShownStatus | undefined) => void;
} {
  const map = new Map<string, ShownStatus | undefined>(Object.entries(statuses));
  return { tracker: new DecorationTracker(path => map.get(path)), set: (path, status) => void map.set(path, status) };
}

test('VS Code is told of a file only if its answer would be another', () => {
  const { tracker, set } = trackerOf({ a: 'modified' });
  assert.equal(tracker.ask('a'), 'modified');
  assert.equal(tracker.touch('a', true), false);
  set('a', undefined);
  assert.equal(tracker.touch('a', true), true);
  assert.equal(tracker.touch('a', true), false);
});

test('a clean file that was asked about is told of when it becomes ignored', () => {
  const { tracker, set } = trackerOf({});
  assert.equal(tracker.ask('build/x.o'), undefined);
  set('build/x.o', 'ignored');
  assert.equal(tracker.touch('build/x.o', true), true);
});

test('a file nobody asked about is announced if it colours folders', () => {
  const { tracker } = trackerOf({ changed: 'modified', quiet: 'ignored' });
  assert.equal(tracker.touch('changed', true), true);
  assert.equal(tracker.touch('changed', false), false);
  assert.equal(tracker.touch('quiet', true), false);
  assert.equal(tracker.touch('clean', true), false);
});

test('answers below a folder are forgotten with it', () => {
  const { tracker } = trackerOf({});
  for (const path of ['sub', 'sub/a', 'subway', 'x']) tracker.ask(path);
  assert.deepEqual(tracker.forgetBelow('sub'), ['sub', 'sub/a']);
  assert.deepEqual([...tracker.asked()], ['subway', 'x']);
  assert.deepEqual(tracker.forgetBelow(''), ['subway', 'x']);
});
