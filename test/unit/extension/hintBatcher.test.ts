import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HintBatcher, PATHS_PER_MESSAGE } from '../../../src/extension/engine/hintBatcher.ts';
import { ManualSchedule } from './support.ts';

function batcher(): {
  hints: HintBatcher;
  sent: [string, readonly string[]][];
  turn: ManualSchedule;
  later: ManualSchedule;
} {
  const sent: [string, readonly string[]][] = [];
  const turn = new ManualSchedule();
  const later = new ManualSchedule();
  const hints = new HintBatcher({
    send: (root, paths) => sent.push([root, paths]),
    atEndOfTurn: callback => void turn.schedule(callback),
    later: later.schedule,
  });
  return { hints, sent, turn, later };
}

test('what comes within one turn goes as one message, each path once', () => {
  const { hints, sent, turn } = batcher();
  for (const path of ['a', 'b', 'a']) hints.add('/r', path);
  assert.deepEqual(sent, []);
  turn.turn();
  assert.deepEqual(sent, [['/r', ['a', 'b']]]);
  turn.turn();
  assert.equal(sent.length, 1);
});

test('several repositories get messages of their own, in later turns', () => {
  const { hints, sent, turn, later } = batcher();
  hints.add('/r', 'a');
  hints.add('/s', 'b');
  turn.turn();
  later.turn();
  assert.deepEqual(sent, [
    ['/r', ['a']],
    ['/s', ['b']],
  ]);
  assert.equal(later.waiting, 0);
});

test('a burst is sent in pieces', () => {
  const { hints, sent, turn, later } = batcher();
  for (let i = 0; i < PATHS_PER_MESSAGE + 1; i++) hints.add('/r', `f${i}`);
  turn.turn();
  assert.deepEqual(
    sent.map(([, paths]) => paths.length),
    [PATHS_PER_MESSAGE],
  );
  later.turn();
  assert.deepEqual(sent[1], ['/r', [`f${PATHS_PER_MESSAGE}`]]);
});

test('a hint about everything replaces those about parts', () => {
  const { hints, sent, turn } = batcher();
  hints.add('/r', 'a');
  hints.add('/r', '');
  hints.add('/r', 'b');
  turn.turn();
  assert.deepEqual(sent, [['/r', ['']]]);
});

test('flushing sends at once, and the end of the turn has nothing left to send', () => {
  const { hints, sent, turn } = batcher();
  hints.add('/r', 'a');
  hints.flush();
  assert.deepEqual(sent, [['/r', ['a']]]);
  turn.turn();
  assert.equal(sent.length, 1);
});

test('nothing is sent about a repository that was dropped, or after the end', () => {
  const { hints, sent, turn } = batcher();
  hints.add('/r', 'a');
  hints.drop('/r');
  turn.turn();
  hints.add('/r', 'b');
  hints.dispose();
  turn.turn();
  assert.deepEqual(sent, []);
});
