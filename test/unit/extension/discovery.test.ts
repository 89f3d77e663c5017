import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LocatedRepository } from '../../../src/server/protocol.ts';
import { Uri, window, workspace } from './fakeVscode.ts';

const { Discovery } = await import('../../../src/extension/repositories/discovery.ts');
const { Repositories } = await import('../../../src/extension/repositories/repositories.ts');

const nothing = { dispose: () => undefined };
const fail = (message: string): never => {
  throw new assert.AssertionError({ message });
};
const log = { info: () => undefined, debug: () => undefined, warn: fail, error: fail };

test('while a search waits for its answer, and after it, files behind links are where they were', async t => {
  const real: LocatedRepository = { root: '/real', realRoot: '/real', id: '1', system: 'hg', aliases: [] };
  const questions: (() => void)[] = [];
  const client = {
    onDidUpdate: () => nothing,
    onDidDie: () => nothing,
    open: async () => Promise.resolve(),
    close: async () => Promise.resolve(),
    stopIfIdle: () => undefined,
    discover: async () =>
      new Promise<LocatedRepository[]>(resolve =>
        questions.push(() => resolve([{ ...real, aliases: [{ folder: '/folder', path: 'sub' }] }])),
      ),
    findRoot: async (path: string) => {
      const [, folder] = /^(\/site|\/stale)\//.exec(path) ?? [];
      return Promise.resolve(folder === undefined ? null : { ...real, aliases: [{ folder, path: 'other' }] });
    },
  };
  workspace.workspaceFolders = [{ uri: Uri.file('/folder') }];
  const document = { uri: Uri.file('/site/file'), isDirty: true };
  window.visibleTextEditors = [{ document }];
  workspace.textDocuments = [document];
  const memento = { get: () => undefined, update: async () => Promise.resolve() };
  const repositories = new Repositories(client as never, log as never, () => undefined, memento as never);
  const discovery = new Discovery(client as never, repositories, log as never);
  t.after(() => {
    discovery.dispose();
    repositories.dispose();
    workspace.workspaceFolders = undefined;
    window.visibleTextEditors = [];
    workspace.textDocuments = [];
  });
  const placesOf = (...paths: readonly string[]): unknown[] =>
    paths.map(path => repositories.locate(Uri.file(path))?.path);
  const search = async (): Promise<void> => {
    const done = discovery.discover();
    questions.shift()!();
    await done;
  };
  await search();
  assert.deepEqual(placesOf('/folder/a', '/site/file', '/stale/file'), ['sub/a', 'other/file', undefined]);
  // Its tab is in the background now.
  window.visibleTextEditors = [];
  repositories.map.setAlias('/stale', '/real/stale');
  const again = discovery.discover();
  assert.deepEqual(placesOf('/folder/a', '/site/file', '/stale/file'), ['sub/a', 'other/file', 'stale/file']);
  questions.shift()!();
  await again;
  assert.deepEqual(placesOf('/folder/a', '/site/file', '/stale/file'), ['sub/a', 'other/file', undefined]);
  document.isDirty = false;
  await search();
  assert.deepEqual(placesOf('/site/file'), ['other/file'], 'its tab is still open');
  workspace.textDocuments = [];
  await search();
  assert.deepEqual(placesOf('/folder/a', '/site/file'), ['sub/a', undefined]);
});
