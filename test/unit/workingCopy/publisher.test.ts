import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytePath } from '../../../src/base/bytePath.ts';
import { QuicksilverError } from '../../../src/base/errors.ts';
import { newWorkCounters, type WorkCounters } from '../../../src/status/types.ts';
import type { Head, MergeState, Subrepository } from '../../../src/workingCopy/backend.ts';
import { Publisher, type ModelUpdate } from '../../../src/workingCopy/publisher.ts';
import { plainEntry, StatusTree } from '../../../src/workingCopy/statusTree.ts';

const UNKNOWN = plainEntry('unknown');
const PATH = bytePath('p');
const HEAD: Head = {
  firstParent: '1'.repeat(40),
  secondParent: '0'.repeat(40),
  branch: 'default',
  bookmark: undefined,
  topic: undefined,
  operation: undefined,
};

function setUp(): { publisher: Publisher; tree: StatusTree; outcome: WorkCounters; updates: ModelUpdate[] } {
  const tree = new StatusTree();
  const outcome = newWorkCounters();
  const publisher = new Publisher(tree, outcome);
  const updates: ModelUpdate[] = [];
  publisher.onDidUpdate(update => updates.push(update));
  return { publisher, tree, outcome, updates };
}

test('the first update is a reset with everything, and nothing is told twice', () => {
  const { publisher, tree, updates } = setUp();
  tree.setEntry(PATH, UNKNOWN);
  publisher.tracked = 3;
  publisher.head = HEAD;
  publisher.begin('first scan', 100);
  publisher.publish(true, 130);
  publisher.publish(true, 140);
  assert.deepEqual(updates, [
    {
      state: { kind: 'scanning' },
      head: HEAD,
      reset: true,
      changes: [{ path: PATH, entry: UNKNOWN }],
      counts: { modified: 0, added: 0, removed: 0, deleted: 0, unknown: 1, ignored: 0 },
      tracked: 3,
      nestedRepositories: [],
      settled: true,
      cause: 'first scan',
      outcome: newWorkCounters(),
      milliseconds: 30,
    },
  ]);
});

test('only differences follow, also of state, head and nested repositories', () => {
  const { publisher, tree, updates } = setUp();
  publisher.publish(true, 0);
  updates.length = 0;
  const steps: [string, () => void][] = [
    ['an entry', (): void => tree.setEntry(PATH, UNKNOWN)],
    ['a state', (): void => void (publisher.state = { kind: 'ready' })],
    ['a head', (): void => void (publisher.head = HEAD)],
    ['a branch', (): void => void (publisher.head = { ...HEAD, branch: 'stable' })],
    ['a bookmark', (): void => void (publisher.head = { ...HEAD, branch: 'stable', bookmark: '@' })],
    ['a topic', (): void => void (publisher.head = { ...HEAD, topic: 't' })],
    ['an operation', (): void => void (publisher.head = { ...HEAD, operation: 'merge' })],
    ['a phase', (): void => void (publisher.head = { ...HEAD, phase: 'secret' })],
    ['the end of the branch', (): void => void (publisher.head = { ...HEAD, phase: 'secret', isBranchTip: true })],
    ['a closed branch', (): void => void (publisher.head = { ...HEAD, phase: 'secret', closesBranch: true })],
    ['a second parent', (): void => void (publisher.head = { ...HEAD, secondParent: '2'.repeat(40) })],
    ['a first parent', (): void => void (publisher.head = { ...HEAD, firstParent: '2'.repeat(40) })],
    ['nested', (): void => void (publisher.nestedRepositories = new Set([bytePath('n'), bytePath('m')]))],
    ['no nested', (): void => void (publisher.nestedRepositories = new Set())],
  ];
  for (const [what, change] of steps) {
    change();
    publisher.publish(true, 0);
    assert.equal(updates.length, 1, what);
    const [update] = updates.splice(0);
    assert.equal(update!.reset, false, what);
    assert.equal(update!.changes.length, what === 'an entry' ? 1 : 0, what);
    const nested = { nested: ['m', 'n'], 'no nested': [] } as Record<string, string[]>;
    assert.deepEqual(update!.nestedRepositories, nested[what], what);
    if (publisher.head !== undefined) publisher.head = { ...publisher.head };
    publisher.publish(true, 0);
    assert.equal(updates.length, 0, `${what}, again`);
  }
});

test('merge state and subrepositories are told as a whole when they are others, and what is gone is told once', () => {
  const { publisher, updates } = setUp();
  const merge: MergeState = { local: undefined, other: undefined, labels: {}, conflicts: [], problem: undefined };
  const list: readonly Subrepository[] = [
    { path: bytePath('sub'), kind: 'hg', source: 'sub', revision: undefined, isPresent: true },
  ];
  const told = (): unknown[] => {
    publisher.publish(true, 0);
    publisher.publish(true, 0);
    return updates.splice(0).map(update => [update.mergeState, update.subrepositories]);
  };
  assert.deepEqual(told(), [[undefined, undefined]]);
  publisher.mergeState = merge;
  assert.deepEqual(told(), [[merge, undefined]]);
  publisher.mergeState = { ...merge };
  publisher.subrepositories = list;
  assert.deepEqual(told(), [[merge, list]]);
  // What was told is void after a reset, so that it is told again.
  publisher.reset(new StatusTree());
  assert.deepEqual(told(), [[merge, list]]);
  publisher.mergeState = undefined;
  publisher.subrepositories = undefined;
  assert.deepEqual(told(), [[null, []]]);
  publisher.reset(new StatusTree());
  assert.deepEqual(told(), [[undefined, undefined]]);
});

test('whoever comes later is told all that is known, also what did not change for long', () => {
  const { publisher, updates } = setUp();
  assert.equal(publisher.current('late'), undefined);
  publisher.publish(true, 0);
  const nothing = publisher.current('late')!;
  assert.deepEqual([nothing.mergeState, nothing.subrepositories, nothing.staged], [null, [], []]);
  const staged = [{ path: PATH, status: 'added', before: undefined, after: HEAD.firstParent }] as const;
  publisher.mergeState = { local: undefined, other: undefined, labels: {}, conflicts: [], problem: undefined };
  publisher.subrepositories = [
    { path: bytePath('sub'), kind: 'git', source: 'sub', revision: undefined, isPresent: true },
  ];
  publisher.staged = staged;
  publisher.nestedRepositories = new Set([bytePath('n')]);
  publisher.publish(true, 0);
  const { settled, milliseconds, outcome, cause, reset, ...told } = updates.at(-1)!;
  assert.deepEqual(publisher.current('late'), {
    ...told,
    ...{ settled, milliseconds, outcome, cause: 'late', reset: true },
  });
  assert.deepEqual([reset, cause], [false, '']);
  assert.equal(told.staged, staged);
});

test('that the rest is settled now is told, once', () => {
  const { publisher, tree, updates } = setUp();
  publisher.publish(true, 0);
  tree.setEntry(PATH, UNKNOWN);
  publisher.publish(false, 0);
  publisher.publish(false, 0);
  publisher.publish(true, 0);
  publisher.publish(true, 0);
  assert.deepEqual(
    updates.map(update => [update.settled, update.changes.length]),
    [
      [true, 0],
      [false, 1],
      [true, 0],
    ],
  );
});

test('causes, time and work add up until settled', () => {
  const { publisher, tree, outcome, updates } = setUp();
  publisher.publish(true, 0);
  publisher.begin('file events', 1000);
  publisher.begin('dirstate changed', 1010);
  publisher.begin('file events', 1020);
  outcome.stats += 5;
  tree.setEntry(PATH, UNKNOWN);
  publisher.publish(false, 1050);
  outcome.directoriesRead += 2;
  publisher.publish(true, 1075);
  // What was done for nothing is not held against the next update.
  publisher.begin('audit', 2000);
  outcome.stats += 100;
  publisher.publish(true, 2500);
  publisher.begin('file events', 3000);
  outcome.stats += 1;
  publisher.tree.setEntry(bytePath('q'), UNKNOWN);
  publisher.publish(true, 3001);
  assert.deepEqual(
    updates
      .slice(1)
      .map(update => [update.cause, update.milliseconds, update.outcome.stats, update.outcome.directoriesRead]),
    [
      ['file events, dirstate changed', 50, 5, 0],
      ['file events, dirstate changed', 75, 5, 2],
      ['file events', 1, 1, 0],
    ],
  );
});

test('a reset tells everything of the new tree and forgets the changes of the old', () => {
  const { publisher, tree, updates } = setUp();
  tree.setEntry(PATH, UNKNOWN);
  publisher.nestedRepositories = new Set([bytePath('n')]);
  publisher.publish(true, 0);
  tree.setEntry(bytePath('late'), UNKNOWN);
  const next = new StatusTree();
  next.setEntry(bytePath('q'), UNKNOWN);
  publisher.reset(next);
  publisher.publish(true, 0);
  publisher.publish(true, 0);
  assert.equal(updates.length, 2);
  const { reset, changes, nestedRepositories } = updates[1]!;
  assert.equal(reset, true);
  assert.deepEqual(changes, [{ path: 'q', entry: UNKNOWN }]);
  assert.deepEqual(nestedRepositories, ['n']);
});

test('an error is told with its state', () => {
  const { publisher, updates } = setUp();
  const problem = new QuicksilverError('corrupt', 'dirstate is damaged');
  publisher.state = { kind: 'failed', problem };
  publisher.publish(true, 0);
  assert.deepEqual(updates[0]!.state, { kind: 'failed', problem });
});

test('a held lock delays for two seconds from when it was first seen', () => {
  const { publisher } = setUp();
  assert.equal(publisher.heldFor('free', 1000), 0);
  assert.equal(publisher.heldFor('held', 1000), 2000);
  assert.equal(publisher.heldFor('held', 2500), 500);
  assert.equal(publisher.heldFor('held', 3000), 0);
  assert.equal(publisher.heldFor('held', 9000), 0);
  // Released: the next one counts from its own beginning.
  assert.equal(publisher.heldFor('free', 9001), 0);
  assert.equal(publisher.heldFor('held', 9002), 2000);
});

test('a running update delays for a minute', () => {
  const { publisher } = setUp();
  assert.equal(publisher.heldFor('updating', 0), 60_000);
  assert.equal(publisher.heldFor('updating', 59_999), 1);
  assert.equal(publisher.heldFor('updating', 60_000), 0);
});

test('what comes after the files were replaced has its own two seconds', () => {
  const { publisher } = setUp();
  assert.equal(publisher.heldFor('held', 0), 2000);
  assert.equal(publisher.heldFor('updating', 1000), 60_000);
  // The update is over, and is about to be recorded.
  assert.equal(publisher.heldFor('held', 9000), 2000);
  assert.equal(publisher.heldFor('held', 11_000), 0);
});

test('after its end nobody is told', () => {
  const { publisher, updates } = setUp();
  publisher.dispose();
  publisher.publish(true, 0);
  assert.deepEqual(updates, []);
});
