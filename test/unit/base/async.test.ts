import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test, type TestContext } from 'node:test';
import { Delay, nextTurn, pauseFor } from '../../../src/base/async.ts';

/** Timers and the steady clock go on together, when told to. */
function fakeClock(t: TestContext): { readonly now: number; advance(milliseconds: number): void } {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const clock = {
    now: 0,
    advance(milliseconds: number): void {
      for (let i = 0; i < milliseconds; i++) {
        clock.now++;
        t.mock.timers.tick(1);
      }
    },
  };
  t.mock.method(performance, 'now', () => clock.now);
  return clock;
}

function recordedDelay(clock: { readonly now: number }): { delay: Delay; ran: number[] } {
  const ran: number[] = [];
  return { delay: new Delay(() => ran.push(clock.now)), ran };
}

test('set replaces the time that was set before', t => {
  // ms   0         50        100       150
  // set  |--100----X (replaced)
  // set            |--100--------------| runs
  const clock = fakeClock(t);
  const { delay, ran } = recordedDelay(clock);
  delay.set(100);
  clock.advance(50);
  delay.set(100);
  clock.advance(99);
  assert.deepEqual(ran, []);
  assert.equal(delay.isSet, true);
  clock.advance(1);
  assert.deepEqual(ran, [150]);
  assert.equal(delay.isSet, false);
  clock.advance(500);
  assert.deepEqual(ran, [150]);
});

test('setAtMost keeps an earlier time and moves a later one', t => {
  // ms         0    30   60        100       160
  // set        |--100----|---------X (replaced)
  // setAtMost       |--100--------------     (later: ignored)
  // setAtMost            |--20--| runs at 80
  const clock = fakeClock(t);
  const { delay, ran } = recordedDelay(clock);
  delay.set(100);
  clock.advance(30);
  delay.setAtMost(100);
  clock.advance(30);
  delay.setAtMost(20);
  clock.advance(20);
  assert.deepEqual(ran, [80]);
  clock.advance(500);
  assert.deepEqual(ran, [80]);
});

test('setAtMost alone sets, again after it has run or was cancelled', t => {
  // ms         0     10    20          50    60
  // setAtMost  |-10--| runs
  // setAtMost        |-10--| runs
  // setAtMost              |--30--X cancelled at 40
  // setAtMost                     |--10--| runs at 50
  const clock = fakeClock(t);
  const { delay, ran } = recordedDelay(clock);
  delay.setAtMost(10);
  clock.advance(10);
  delay.setAtMost(10);
  clock.advance(10);
  delay.setAtMost(30);
  clock.advance(20);
  delay.cancel();
  assert.equal(delay.isSet, false);
  delay.setAtMost(10);
  clock.advance(10);
  assert.deepEqual(ran, [10, 20, 50]);
});

test('what it runs may set it again', t => {
  const clock = fakeClock(t);
  const ran: number[] = [];
  const delay = new Delay(() => {
    ran.push(clock.now);
    if (ran.length < 3) delay.set(10);
  });
  delay.set(5);
  clock.advance(100);
  assert.deepEqual(ran, [5, 15, 25]);
});

test('a disposed delay never runs again', t => {
  const clock = fakeClock(t);
  const { delay, ran } = recordedDelay(clock);
  delay.set(10);
  delay.dispose();
  delay.set(10);
  delay.setAtMost(10);
  assert.equal(delay.isSet, false);
  clock.advance(100);
  assert.deepEqual(ran, []);
});

test('the next turn comes after what was waiting', async () => {
  const order: string[] = [];
  setImmediate(() => order.push('waiting'));
  await nextTurn();
  order.push('after');
  assert.deepEqual(order, ['waiting', 'after']);
});

test('a pause ends with its time, or with the signal, and leaves nothing behind', async t => {
  const clock = fakeClock(t);
  const controller = new AbortController();
  let ended = 0;
  const long = pauseFor(100, controller.signal).then(() => ended++);
  const short = pauseFor(50, controller.signal).then(() => ended++);
  clock.advance(50);
  await short;
  assert.equal(ended, 1);
  assert.equal(getEventListeners(controller.signal, 'abort').length, 1);
  controller.abort();
  await long;
  assert.equal(ended, 2);
  assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  // Aborted already: no timer is needed for it to end.
  await pauseFor(100, controller.signal);
});
