import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RepositoryModel } from '../../../src/extension/model/repositoryModel.ts';
import type { Conflict, MergeState } from '../../../src/server/protocol.ts';
import { entry, NO_COUNTS, update } from './support.ts';

test('an update adds, changes and clears entries, and names each path that is touched', () => {
  const model = new RepositoryModel();
  const first = model.apply(update({ reset: true, changed: [entry('modified', 'a'), entry('unknown', 'b')] }));
  assert.deepEqual(first, { reset: true, touched: ['a', 'b'], ignoredDirectories: true });
  const second = model.apply(update({ changed: [entry('removed', 'a')], cleared: ['b', 'never-there'] }));
  assert.deepEqual(second, { reset: false, touched: ['b', 'a'], ignoredDirectories: false });
  assert.deepEqual([...model.entries.values()], [entry('removed', 'a')]);
});

test('a reset forgets everything', () => {
  const model = new RepositoryModel();
  model.apply(update({ changed: [entry('modified', 'a')] }));
  model.apply(update({ reset: true, changed: [entry('added', 'b')] }));
  assert.deepEqual([...model.entries.keys()], ['b']);
  assert.equal(model.statusAt('a'), undefined);
});

test('everything below an ignored directory is ignored, however deep, and nothing beside it', () => {
  const model = new RepositoryModel();
  model.apply(
    update({ changed: [entry('ignored', 'out/build', { directory: true }), entry('modified', 'out/build/x')] }),
  );
  assert.equal(model.statusAt('out/build'), 'ignored');
  assert.equal(model.statusAt('out/build/deep/down/file'), 'ignored');
  assert.equal(model.statusAt('out/build/x'), 'modified');
  assert.equal(model.statusAt('out/build-log'), undefined);
  assert.equal(model.statusAt('out'), undefined);
  const change = model.apply(update({ cleared: ['out/build'] }));
  assert.equal(change.ignoredDirectories, true);
  assert.equal(model.statusAt('out/build/deep/down/file'), undefined);
});

test('an ignored file that becomes a directory entry, and back, says that directories changed', () => {
  const model = new RepositoryModel();
  assert.equal(model.apply(update({ changed: [entry('ignored', 'x')] })).ignoredDirectories, false);
  assert.equal(model.apply(update({ changed: [entry('ignored', 'x', { directory: true })] })).ignoredDirectories, true);
  assert.equal(model.apply(update({ changed: [entry('ignored', 'x')] })).ignoredDirectories, true);
});

test('an added file with a source is renamed or copied, depending on what becomes of the source', () => {
  const model = new RepositoryModel();
  model.apply(update({ changed: [entry('added', 'new', { source: 'old' })] }));
  assert.equal(model.statusAt('new'), 'copied');
  const removed = model.apply(update({ changed: [entry('removed', 'old')] }));
  assert.deepEqual(removed.touched, ['old', 'new']);
  assert.equal(model.statusAt('new'), 'renamed');
  const back = model.apply(update({ cleared: ['old'] }));
  assert.deepEqual(back.touched, ['old', 'new']);
  assert.equal(model.statusAt('new'), 'copied');
  model.apply(update({ cleared: ['new'] }));
  assert.deepEqual(model.apply(update({ changed: [entry('removed', 'old')] })).touched, ['old']);
});

test('a rename is one change, whichever of its halves arrives or goes first', () => {
  const halves = [entry('added', 'new', { source: 'old' }), entry('removed', 'old')];
  for (const order of [halves, halves.toReversed()]) {
    const model = new RepositoryModel();
    for (const half of order) {
      const { touched } = model.apply(update({ changed: [half], counts: { ...NO_COUNTS, added: 1, removed: 1 } }));
      assert.ok(half.path === 'old' || touched.includes('old'), 'the row of the source is looked at again');
    }
    assert.equal(model.isRenamed('old'), true);
    assert.deepEqual([model.renames, model.changeCount], [1, 1]);
    assert.ok(model.apply(update({ changed: [entry('added', 'new')] })).touched.includes('old'));
    assert.equal(model.isRenamed('old'), false);
    model.apply(update({ changed: order }));
    assert.ok(model.apply(update({ cleared: ['new'] })).touched.includes('old'));
    assert.equal(model.isRenamed('old'), false);
    assert.equal(model.renames, 0);
  }
});

test('a removed file that was copied twice is one rename, and a missing or kept source is none', () => {
  const model = new RepositoryModel();
  const copies = ['one', 'two'].map(name => entry('added', name, { source: 'old' }));
  model.apply(update({ changed: [...copies, entry('removed', 'old')] }));
  assert.equal(model.renames, 1);
  model.apply(update({ changed: [entry('deleted', 'old')] }));
  assert.equal(model.isRenamed('old'), false);
  model.apply(update({ cleared: ['old'] }));
  assert.equal(model.renames, 0);
});

test('ignored paths are counted as they come and go', () => {
  const model = new RepositoryModel();
  model.apply(update({ changed: [entry('ignored', 'a'), entry('ignored', 'b', { directory: true })] }));
  assert.deepEqual([...model.ignored], ['a', 'b']);
  const before = model.ignoredChanges;
  model.apply(update({ changed: [entry('modified', 'c'), entry('ignored', 'a')] }));
  assert.equal(model.ignoredChanges, before);
  model.apply(update({ changed: [entry('unknown', 'a')], cleared: ['b'] }));
  assert.deepEqual([...model.ignored], []);
  assert.equal(model.ignoredChanges, before + 2);
});

test('a modified file keeps its status although it has a source', () => {
  const model = new RepositoryModel();
  model.apply(update({ changed: [entry('modified', 'new', { source: 'old' })] }));
  assert.equal(model.statusAt('new'), 'modified');
});

test('nested repositories stay known until a new list comes', () => {
  const model = new RepositoryModel();
  model.apply(update({ nestedRepositories: ['/repo/sub'] }));
  model.apply(update({}));
  assert.deepEqual(model.nestedRepositories, ['/repo/sub']);
  model.apply(update({ nestedRepositories: [] }));
  assert.deepEqual(model.nestedRepositories, []);
});

test('a conflict is shown as one until it is resolved, whatever the status', () => {
  const conflict = (path: string, state: 'unresolved' | 'resolved'): Conflict => ({
    kind: 'path',
    path,
    state,
    renamedTo: `${path}~abc`,
    origin: 'local',
  });
  const merge = (...conflicts: Conflict[]): MergeState => ({ labels: {}, conflicts });
  const model = new RepositoryModel();
  const first = model.apply(
    update({
      changed: [entry('modified', 'a')],
      mergeState: merge(conflict('a', 'unresolved'), conflict('b', 'resolved')),
    }),
  );
  assert.deepEqual(first.touched, ['a', 'a', 'b']);
  assert.equal(model.statusAt('a'), 'conflict');
  assert.equal(model.statusAt('b'), undefined);
  assert.equal(model.unresolved, 1);
  const resolved = model.apply(update({ mergeState: merge(conflict('a', 'resolved'), conflict('b', 'resolved')) }));
  assert.deepEqual(resolved.touched, ['a']);
  assert.equal(model.statusAt('a'), 'modified');
  assert.deepEqual(model.apply(update({})).touched, [], 'absent: as before');
  assert.deepEqual([...model.conflicts.keys()], ['a', 'b']);
  assert.deepEqual(model.apply(update({ mergeState: null })).touched, ['a', 'b']);
  assert.equal(model.conflicts.size, 0);
  model.apply(update({ mergeState: merge(conflict('a', 'unresolved')) }));
  model.apply(update({ reset: true }));
  assert.equal(model.unresolved, 0, 'none after a reset');
});
