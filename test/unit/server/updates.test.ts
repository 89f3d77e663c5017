import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytePath } from '../../../src/base/bytePath.ts';
import { QuicksilverError } from '../../../src/base/errors.ts';
import { toMessages } from '../../../src/server/updates.ts';
import type { RepositoryUpdate } from '../../../src/server/protocol.ts';
import { newWorkCounters } from '../../../src/status/types.ts';
import type { MergeState } from '../../../src/workingCopy/backend.ts';
import type { ModelUpdate } from '../../../src/workingCopy/publisher.ts';
import { plainEntry } from '../../../src/workingCopy/statusTree.ts';

const NODE = '1'.repeat(40);

function messages(update: Partial<ModelUpdate>): RepositoryUpdate[] {
  const whole: ModelUpdate = {
    state: { kind: 'ready' },
    head: undefined,
    reset: false,
    changes: [],
    counts: { modified: 0, added: 0, removed: 0, deleted: 0, unknown: 0, ignored: 0 },
    tracked: 0,
    nestedRepositories: undefined,
    settled: true,
    cause: 'test',
    outcome: newWorkCounters(),
    milliseconds: 0,
    ...update,
  };
  return [...toMessages('/r', whole, 1)];
}

const MERGE: MergeState = {
  local: NODE,
  other: undefined,
  labels: { local: 'dest' },
  conflicts: [
    {
      kind: 'content',
      path: bytePath('\xc3\xa4'),
      state: 'unresolved',
      deletedOn: undefined,
      localPath: bytePath('\xff'),
      localFile: '/r/.hg/merge/x',
      localFlags: 'x',
      ancestorPath: bytePath('a'),
      ancestorNode: NODE,
      otherPath: bytePath('o'),
      otherNode: undefined,
    },
    { kind: 'path', path: bytePath('p'), state: 'resolved', renamedTo: bytePath('p~1'), origin: 'other' },
  ],
  problem: undefined,
};

test('a merge state travels in the form of paths that people see, without what is not known', () => {
  const [message] = messages({ mergeState: MERGE });
  assert.deepEqual(message!.mergeState, {
    local: NODE,
    labels: { local: 'dest' },
    conflicts: [
      {
        kind: 'content',
        path: 'ä',
        state: 'unresolved',
        localPath: '\udcff',
        localFile: '/r/.hg/merge/x',
        localFlags: 'x',
        ancestorPath: 'a',
        ancestorNode: NODE,
        otherPath: 'o',
      },
      { kind: 'path', path: 'p', state: 'resolved', renamedTo: 'p~1', origin: 'other' },
    ],
  });
  assert.equal(messages({ mergeState: null })[0]!.mergeState, null);
  assert.equal('mergeState' in messages({})[0]!, false);
  const problem = new QuicksilverError('unsupported', 'not known', { file: '/r/.hg/merge/state2' });
  assert.deepEqual(messages({ mergeState: { ...MERGE, conflicts: [], problem } })[0]!.mergeState?.problem, {
    code: 'unsupported',
    message: 'not known',
    file: '/r/.hg/merge/state2',
  });
});

test('subrepositories come with the first part of an update, merge state with the last', () => {
  const changes = Array.from({ length: 2001 }, (_, i) => ({ path: bytePath(`f${i}`), entry: plainEntry('unknown') }));
  const subrepositories = [
    { path: bytePath('\xc3\xa4'), kind: 'git', source: 'https://x', revision: undefined, isPresent: false },
    { path: bytePath('s'), kind: 'hg', source: 's', revision: NODE, isPresent: true },
  ] as const;
  const parts = messages({ changes, mergeState: MERGE, subrepositories });
  assert.deepEqual(
    parts.map(part => [part.changed.length, 'mergeState' in part, part.subrepositories]),
    [
      [
        2000,
        false,
        [
          { path: 'ä', kind: 'git', source: 'https://x', isPresent: false },
          { path: 's', kind: 'hg', source: 's', revision: NODE, isPresent: true },
        ],
      ],
      [1, true, undefined],
    ],
  );
});

test('what is not known of the first parent is absent', () => {
  const head = {
    ...{ firstParent: NODE, secondParent: NODE, branch: 'b', bookmark: undefined, topic: undefined },
    operation: undefined,
  };
  assert.deepEqual(messages({ head: { ...head, phase: undefined } })[0]!.head, {
    firstParent: NODE,
    secondParent: NODE,
    branch: 'b',
  });
  const known = { phase: 'draft', isBranchTip: false, closesBranch: true } as const;
  assert.deepEqual(messages({ head: { ...head, operation: 'graft', ...known } })[0]!.head, {
    firstParent: NODE,
    secondParent: NODE,
    branch: 'b',
    operation: 'graft',
    ...known,
  });
});
