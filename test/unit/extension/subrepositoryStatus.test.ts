import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isDirty,
  isWorthARow,
  subrepositoriesToOpen,
  subrepositoryStatus,
  type InnerRepository,
  type SubrepositoryStatus,
} from '../../../src/extension/model/subrepositoryStatus.ts';
import { RepositoryModel } from '../../../src/extension/model/repositoryModel.ts';
import type { RepositoryHead, Subrepository } from '../../../src/server/protocol.ts';
import { NO_COUNTS, entry, update } from './support.ts';

const NODE = '1'.repeat(40);
const OTHER = '2'.repeat(40);
const HEAD: RepositoryHead = { firstParent: NODE, secondParent: '0'.repeat(40), branch: 'default' };

function recorded(parts: Partial<Subrepository> = {}): Subrepository {
  return { path: 'sub', kind: 'hg', source: 'x', revision: NODE, isPresent: true, ...parts };
}

function inner(parts: Partial<InnerRepository> = {}): InnerRepository {
  return { state: { kind: 'ready' }, head: HEAD, counts: NO_COUNTS, subrepositoryStatuses: new Map(), ...parts };
}

function status(state: SubrepositoryStatus['state'], hasChanges = false): SubrepositoryStatus {
  return { kind: 'hg', state, hasChanges };
}

test('a subrepository at the recorded revision without changes is clean', () => {
  const found = subrepositoryStatus(recorded(), inner());
  assert.deepEqual(found, { kind: 'hg', state: 'clean', hasChanges: false, recorded: NODE, current: NODE });
  assert.deepEqual([isDirty(found), isWorthARow(found)], [false, false]);
});

test('what can be committed in it makes it dirty, and nothing else does', () => {
  const problem = { code: 'unsupported', message: 'x' };
  const cases: [string, Partial<InnerRepository>, boolean][] = [
    ['modified', { counts: { ...NO_COUNTS, modified: 1 } }, true],
    ['added', { counts: { ...NO_COUNTS, added: 1 } }, true],
    ['removed', { counts: { ...NO_COUNTS, removed: 1 } }, true],
    ['missing', { counts: { ...NO_COUNTS, deleted: 1 } }, false],
    ['untracked and ignored', { counts: { ...NO_COUNTS, unknown: 1, ignored: 1 } }, false],
    ['a merge', { head: { ...HEAD, secondParent: OTHER } }, true],
    ['another branch', { head: { ...HEAD, changesBranch: true } }, true],
    ['one of its own that is dirty', { subrepositoryStatuses: new Map([['x', status('dirty')]]) }, true],
    ['one of its own that is absent', { subrepositoryStatuses: new Map([['x', status('absent')]]) }, true],
    ['one of its own that is not read', { subrepositoryStatuses: new Map([['x', status('unread')]]) }, false],
    [
      'answered by hg',
      { state: { kind: 'fallback', problem, program: 'hg' }, counts: { ...NO_COUNTS, modified: 1 } },
      true,
    ],
  ];
  for (const [name, parts, hasChanges] of cases) {
    const found = subrepositoryStatus(recorded(), inner(parts));
    const { state } = found;
    assert.deepEqual([state, found.hasChanges], [hasChanges ? 'dirty' : 'clean', hasChanges], name);
  }
});

test('another revision than the recorded one, or none recorded, makes it dirty without changes', () => {
  assert.deepEqual(subrepositoryStatus(recorded({ revision: OTHER }), inner()), {
    ...{ kind: 'hg', state: 'dirty', hasChanges: false, recorded: OTHER, current: NODE },
  });
  const neverRecorded: Subrepository = { path: 'sub', kind: 'hg', source: 'x', isPresent: true };
  assert.deepEqual(subrepositoryStatus(neverRecorded, inner()), {
    ...{ kind: 'hg', state: 'dirty', hasChanges: false, current: NODE },
  });
});

test('what is not looked at, not there, or not known yet', () => {
  const problem = { code: 'corrupt', message: 'x' };
  const stateOf = (parts: Partial<Subrepository>, of?: InnerRepository): string =>
    subrepositoryStatus(recorded(parts), of).state;
  for (const kind of ['git', 'svn', 'other'] as const) assert.equal(stateOf({ kind, isPresent: false }), 'unread');
  assert.equal(stateOf({ isPresent: false }), 'absent');
  assert.equal(stateOf({}), 'unread');
  assert.equal(stateOf({}, inner({ state: { kind: 'failed', problem } })), 'unread');
  assert.equal(stateOf({}, inner({ state: { kind: 'refused', problem } })), 'unread');
  assert.equal(stateOf({}, inner({ state: { kind: 'scanning' }, head: undefined })), 'pending');
  assert.deepEqual([isDirty(status('absent')), isWorthARow(status('absent'))], [true, true]);
  assert.deepEqual([isDirty(status('unread')), isWorthARow(status('unread'))], [false, true]);
  assert.deepEqual([isDirty(status('pending')), isWorthARow(status('pending'))], [false, false]);
});

test('the first ones that are there and Mercurial’s are opened', () => {
  const all = [
    recorded({ path: 'a', kind: 'git' }),
    recorded({ path: 'b', isPresent: false }),
    recorded({ path: 'c' }),
    recorded({ path: 'd' }),
    recorded({ path: 'e' }),
  ];
  assert.deepEqual(subrepositoriesToOpen(all, 2), ['c', 'd']);
  assert.deepEqual(subrepositoriesToOpen(all, 0), []);
  assert.deepEqual(subrepositoriesToOpen(all, 10), ['c', 'd', 'e']);
});

test('the model says which of them stand otherwise, and shows the folders of dirty ones', () => {
  const model = new RepositoryModel();
  model.apply(update({ reset: true, changed: [entry('modified', 'file')], subrepositories: [recorded()] }));
  assert.deepEqual(
    model.setSubrepositories(
      new Map([
        ['sub', status('clean')],
        ['git', status('unread')],
      ]),
    ),
    ['sub', 'git'],
  );
  assert.deepEqual(
    [model.statusAt('sub'), model.statusAt('git'), model.dirtySubrepositories],
    [undefined, undefined, 0],
  );
  assert.deepEqual(
    model.setSubrepositories(
      new Map([
        ['sub', status('dirty')],
        ['git', status('unread')],
      ]),
    ),
    ['sub'],
  );
  assert.deepEqual([model.statusAt('sub'), model.dirtySubrepositories], ['subrepository', 1]);
  assert.deepEqual(model.setSubrepositories(new Map()), ['sub', 'git']);
});

test('a repository keeps its subrepositories while it cannot be read, and loses them otherwise', () => {
  const model = new RepositoryModel();
  const problem = { code: 'invalid-config', message: '.hgsub' };
  model.apply(update({ reset: true, subrepositories: [recorded()] }));
  model.apply(update({ reset: true, state: { kind: 'failed', problem } }));
  assert.deepEqual(model.subrepositories, [recorded()]);
  model.apply(update({ reset: true }));
  assert.deepEqual(model.subrepositories, []);
});
