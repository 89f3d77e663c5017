// What holds of any sequence of hints, and of any sequence of changes and moments at which they are told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bytePath, isAtOrBelow, type BytePath } from '../../../src/base/bytePath.ts';
import { withoutNested } from '../../../src/status/status.ts';
import { newWorkCounters } from '../../../src/status/types.ts';
import {
  BURST_EVENTS,
  BURST_LIMIT_MS,
  BURST_PATHS,
  BURST_QUIET_MS,
  HintQueue,
} from '../../../src/workingCopy/hintQueue.ts';
import { Publisher } from '../../../src/workingCopy/publisher.ts';
import { plainEntry, StatusTree, type Entry } from '../../../src/workingCopy/statusTree.ts';

type Event =
  | { readonly kind: 'hints'; readonly count: number; readonly different: number; readonly after: number }
  | { readonly kind: 'burst'; readonly after: number }
  | { readonly kind: 'take'; readonly after: number };

const after = fc.nat({ max: 400 });
const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('hints' as const),
      count: fc.constantFrom(1, 3, 1500, 5000),
      different: fc.constantFrom(1, 10, 2000),
      after,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.record({ kind: fc.constant('burst' as const), after }),
      fc.record({ kind: fc.constant('take' as const), after }),
    ),
  },
);

test('a queue gives every hint back once, or says that everything is to be looked at; and bursts end', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 12 }), events => {
      const queue = new HintQueue();
      let now = 0;
      let paths = new Set<string>();
      let count = 0;
      let began: number | undefined;
      let last = 0;
      for (const event of events) {
        now += event.after;
        if (event.kind === 'take') {
          const expected = began === undefined ? paths : 'everything';
          assert.deepEqual(queue.take(), expected);
          [paths, count, began] = [new Set(), 0, undefined];
        } else if (event.kind === 'burst') {
          queue.startBurst(now);
          if (began === undefined) last = now;
          began ??= now;
        } else {
          for (let i = 0; i < event.count; i++) {
            const path = `p${i % event.different}`;
            queue.add(bytePath(path), now);
            last = now;
            paths.add(path);
            count++;
            if (began === undefined && (paths.size > BURST_PATHS || count > BURST_EVENTS)) began = now;
          }
        }
        assert.equal(queue.isBurst, began !== undefined);
        assert.equal(queue.isEmpty, began === undefined && paths.size === 0);
        const quiet =
          began === undefined ? 0 : Math.max(0, Math.min(last + BURST_QUIET_MS, began + BURST_LIMIT_MS) - now);
        assert.equal(queue.quietIn(now), quiet);
        assert.equal(queue.quietIn(now + BURST_LIMIT_MS), 0);
      }
    }),
    { numRuns: 300 },
  );
});

const anyPath = fc
  .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 })
  .map(names => bytePath(names.join('/')));
const anyEntry: fc.Arbitrary<Entry | undefined> = fc.constantFrom<Entry | undefined>(
  undefined,
  plainEntry('unknown'),
  plainEntry('modified'),
  { status: 'added', source: bytePath('s') },
);

type Step =
  | { readonly kind: 'change'; readonly path: BytePath; readonly entry: Entry | undefined }
  | { readonly kind: 'publish'; readonly settled: boolean }
  | { readonly kind: 'reset' };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('change' as const), path: anyPath, entry: anyEntry }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('publish' as const), settled: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reset' as const }) },
);

test('whoever applies what is told knows what the tree holds, and is told nothing twice', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 40 }), steps => {
      let tree = new StatusTree();
      const publisher = new Publisher(tree, newWorkCounters());
      const known = new Map<BytePath, Entry>();
      let updates = 0;
      publisher.onDidUpdate(({ reset, changes, counts }) => {
        updates++;
        if (reset) known.clear();
        for (const { path, entry } of changes) {
          assert.ok(reset || JSON.stringify(known.get(path)) !== JSON.stringify(entry), 'told twice');
          if (entry === undefined) known.delete(path);
          else known.set(path, entry);
        }
        assert.equal(
          Object.values(counts).reduce((sum, count) => sum + count, 0),
          known.size,
        );
      });
      for (const [now, step] of steps.entries()) {
        if (step.kind === 'change') {
          tree.replacePath(step.path, new Map(step.entry === undefined ? [] : [[step.path, step.entry]]), true);
        } else if (step.kind === 'reset') {
          tree = new StatusTree();
          publisher.reset(tree);
        } else {
          publisher.publish(step.settled, now);
          assert.deepEqual(new Map([...known].sort()), new Map([...tree.entries()].sort()));
          const before = updates;
          publisher.publish(step.settled, now);
          assert.equal(updates, before, 'nothing had changed');
        }
      }
    }),
    { numRuns: 1000 },
  );
});

test('paths without those below others cover the same, and none covers another', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(anyPath, fc.constant(bytePath(''))), { maxLength: 6 }), anyPath, (paths, probe) => {
      const kept = withoutNested(paths);
      const covers = (some: readonly BytePath[]): boolean => some.some(path => isAtOrBelow(probe, path));
      assert.equal(covers(kept), covers(paths));
      for (const path of kept) assert.equal(kept.filter(other => isAtOrBelow(path, other)).length, 1);
    }),
  );
});
