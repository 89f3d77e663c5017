import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SlicedQueue } from '../../../src/extension/common/slicedQueue.ts';
import { ManualSchedule } from './support.ts';

function queueThatTakes(millisecondsPerPath: number): {
  queue: SlicedQueue;
  handled: string[];
  drained: () => number;
  clock: ManualSchedule;
} {
  const clock = new ManualSchedule();
  const handled: string[] = [];
  let drained = 0;
  const queue = new SlicedQueue({
    each: path => {
      handled.push(path);
      clock.time += millisecondsPerPath;
    },
    drained: () => drained++,
    schedule: clock.schedule,
    now: () => clock.time,
  });
  return { queue, handled, drained: () => drained, clock };
}

const paths = (count: number): string[] => Array.from({ length: count }, (_, i) => `f${i}`);

test('a small change is handled at once', () => {
  const { queue, handled, drained, clock } = queueThatTakes(0);
  queue.add(['a', 'b', 'a']);
  assert.deepEqual(handled, ['a', 'b']);
  assert.equal(drained(), 1);
  assert.equal(clock.waiting, 0);
});

test('a large one is handled in slices of a few milliseconds', () => {
  // turn: added |  next        |  next          |  next
  // now:      0 |  0 ........ 4 |  4 ........ 8 |  8 ... 10
  // done:       |  f0 ... f63   |  f64 ... f127 |  f128 ... f159
  const { queue, handled, drained, clock } = queueThatTakes(1 / 16);
  queue.add(paths(160));
  assert.deepEqual([handled.length, drained(), clock.waiting], [0, 0, 1]);
  clock.turn();
  assert.deepEqual([handled.length, drained(), clock.waiting], [64, 0, 1]);
  clock.turn();
  assert.deepEqual([handled.length, drained(), clock.waiting], [128, 0, 1]);
  clock.turn();
  assert.deepEqual([handled.length, drained(), clock.waiting], [160, 1, 0]);
});

test('what is added while others wait takes its turn, once', () => {
  const { queue, handled, clock } = queueThatTakes(1);
  queue.add(paths(20));
  assert.equal(handled.length, 16);
  queue.add(['f17', 'new']);
  clock.turn();
  assert.deepEqual(handled.slice(16), ['f16', 'f17', 'f18', 'f19', 'new']);
});

test('nothing is handled while it is held', () => {
  const { queue, handled, drained } = queueThatTakes(0);
  queue.hold(true);
  queue.add(['a']);
  assert.deepEqual(handled, []);
  queue.hold(false);
  assert.deepEqual(handled, ['a']);
  assert.equal(drained(), 1);
});

test('it tells when nothing waits any more', async () => {
  const { queue, clock } = queueThatTakes(1);
  queue.add(paths(17));
  let idle = false;
  const waiting = queue.idle().then(() => (idle = true));
  await Promise.resolve();
  assert.equal(idle, false);
  clock.turn();
  await waiting;
  assert.equal(idle, true);
});

test('after it is disposed of nothing is handled, and nobody waits for ever', async () => {
  const { queue, handled, clock } = queueThatTakes(1);
  queue.add(paths(17));
  const waiting = queue.idle();
  queue.dispose();
  await waiting;
  clock.turn();
  queue.add(['late']);
  assert.equal(handled.length, 16);
});
