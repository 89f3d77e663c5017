import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytePath } from '../../../src/base/bytePath.ts';
import {
  BURST_EVENTS,
  BURST_LIMIT_MS,
  BURST_PATHS,
  BURST_QUIET_MS,
  HintQueue,
} from '../../../src/workingCopy/hintQueue.ts';

test('single hints are there at once, each path once', () => {
  const queue = new HintQueue();
  assert.equal(queue.isEmpty, true);
  for (const path of ['a', 'b', 'a']) queue.add(bytePath(path), 5);
  assert.equal(queue.isEmpty, false);
  assert.equal(queue.isBurst, false);
  assert.equal(queue.quietIn(5), 0);
  assert.deepEqual(queue.take(), new Set(['a', 'b']));
  assert.equal(queue.isEmpty, true);
  assert.deepEqual(queue.take(), new Set());
});

test('too many paths are a burst', () => {
  const queue = new HintQueue();
  for (let i = 0; i < BURST_PATHS; i++) queue.add(bytePath(`${i}`), 0);
  assert.equal(queue.isBurst, false);
  queue.add(bytePath('0'), 0);
  assert.equal(queue.isBurst, false);
  queue.add(bytePath('one more'), 0);
  assert.equal(queue.isBurst, true);
  assert.equal(queue.take(), 'everything');
  assert.equal(queue.isEmpty, true);
  assert.equal(queue.isBurst, false);
});

test('too many events of few paths are a burst, and taking begins the count anew', () => {
  const queue = new HintQueue();
  for (let i = 0; i < BURST_EVENTS; i++) queue.add(bytePath('same'), 0);
  assert.deepEqual(queue.take(), new Set(['same']));
  for (let i = 0; i < BURST_EVENTS; i++) queue.add(bytePath('same'), 0);
  assert.equal(queue.isBurst, false);
  queue.add(bytePath('same'), 0);
  assert.equal(queue.isBurst, true);
});

test('a burst is over when nothing came for a while', () => {
  // begins at 1000; hints at 1100 and 1200; quiet at 1200 + BURST_QUIET_MS
  const queue = new HintQueue();
  queue.startBurst(1000);
  assert.equal(queue.isEmpty, false);
  assert.equal(queue.quietIn(1000), BURST_QUIET_MS);
  queue.add(bytePath('a'), 1100);
  queue.add(bytePath('b'), 1200);
  assert.equal(queue.quietIn(1210), BURST_QUIET_MS - 10);
  assert.equal(queue.quietIn(1200 + BURST_QUIET_MS), 0);
  assert.equal(queue.quietIn(5000), 0);
});

test('a burst without end is not waited for for ever', () => {
  const queue = new HintQueue();
  queue.startBurst(0);
  for (let now = 0; now < BURST_LIMIT_MS; now += 100) {
    queue.add(bytePath('a'), now);
    // Beginning again is no new beginning.
    queue.startBurst(now);
    assert.equal(queue.quietIn(now), Math.min(BURST_QUIET_MS, BURST_LIMIT_MS - now));
  }
  queue.add(bytePath('a'), BURST_LIMIT_MS);
  assert.equal(queue.quietIn(BURST_LIMIT_MS), 0);
});

test('a burst forgets the paths that came before it', () => {
  const queue = new HintQueue();
  queue.add(bytePath('a'), 0);
  queue.startBurst(1);
  assert.equal(queue.take(), 'everything');
  assert.deepEqual(queue.take(), new Set());
});
