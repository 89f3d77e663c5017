import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Memento } from 'vscode';
import { CommitSelection } from '../../../src/extension/scm/commitSelection.ts';
import { RepositoryModel } from '../../../src/extension/model/repositoryModel.ts';
import type { FileEntry } from '../../../src/server/protocol.ts';
import { update } from './support.ts';

function tell(model: RepositoryModel, changed: readonly FileEntry[], cleared: readonly string[] = []): void {
  model.apply(update({ changed, cleared }));
}

function memento(): Memento & { readonly kept: Map<string, unknown> } {
  const kept = new Map<string, unknown>();
  return {
    kept,
    keys: () => [...kept.keys()],
    get: (key: string, otherwise?: unknown) => (kept.has(key) ? kept.get(key) : otherwise) as never,
    update: (key: string, value: unknown) => {
      if (value === undefined) kept.delete(key);
      else kept.set(key, value);
      return Promise.resolve();
    },
  };
}

test('the choice survives a reload, also before the files are known, and ends with the change', () => {
  const kept = memento();
  const model = new RepositoryModel();
  tell(model, [
    { path: 'a', status: 'modified' },
    { path: 'b', status: 'unknown' },
    { path: 'i', status: 'ignored' },
  ]);
  const before = new CommitSelection('/r', kept, model);
  const told: (readonly string[])[] = [];
  before.onDidChange(paths => told.push(paths));
  before.include(['b', 'a', 'i', 'clean']);
  before.include(['a']);
  assert.deepEqual(before.paths, ['a', 'b']);
  assert.deepEqual(told, [['b', 'a']]);

  const fresh = new RepositoryModel();
  const after = new CommitSelection('/r', kept, fresh);
  assert.deepEqual([after.has('a'), after.has('b'), after.paths], [true, true, []]);
  tell(fresh, [{ path: 'a', status: 'modified' }]);
  after.prune();
  assert.deepEqual(after.paths, ['a']);
  tell(fresh, [], ['a']);
  after.prune();
  tell(fresh, [{ path: 'a', status: 'modified' }]);
  assert.deepEqual(after.paths, []);
  assert.deepEqual(kept.keys(), []);
  assert.deepEqual(new CommitSelection('/other', kept, fresh).paths, []);
});

test('both halves of a rename are chosen together, whichever is named; a copy has no other half', () => {
  const model = new RepositoryModel();
  tell(model, [
    { path: 'old', status: 'removed' },
    { path: 'new', status: 'added', source: 'old' },
    { path: 'source', status: 'modified' },
    { path: 'copy', status: 'added', source: 'source' },
  ]);
  const included = new CommitSelection('/r', memento(), model);
  included.include(['new']);
  assert.deepEqual(included.paths, ['new', 'old']);
  included.exclude(['old']);
  assert.deepEqual(included.paths, []);
  included.include(['old', 'copy']);
  assert.deepEqual(included.paths, ['copy', 'new', 'old']);
});
