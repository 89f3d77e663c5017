import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Memento } from 'vscode';
import type { HgContext } from '../../../src/extension/hg/commandContext.ts';
import { CommitSelection } from '../../../src/extension/scm/commitSelection.ts';
import { RepositoryModel } from '../../../src/extension/model/repositoryModel.ts';
import { RootMap } from '../../../src/extension/common/rootMap.ts';
import { scm, Uri, window } from './fakeVscode.ts';
import { entry, update } from './support.ts';

const { includeCommands } = await import('../../../src/extension/features/commit/includeCommands.ts');

const ROOT = Uri.file('/repo');
const sourceControl = scm.createSourceControl('quicksilver', 'Mercurial', ROOT);
const changesGroup = (paths: readonly string[]): unknown => ({
  id: 'changes',
  resourceStates: paths.map(path => ({ resourceUri: Uri.file(`/repo/${path}`) })),
});

/** A repository with changes, of which the file in the active editor has one. */
function bench(t: TestContext): { readonly included: CommitSelection; readonly context: HgContext } {
  const model = new RepositoryModel();
  model.apply(update({ changed: [entry('modified', 'a'), entry('removed', 'b'), entry('unknown', 'new')] }));
  const memento = { get: () => undefined, update: () => Promise.resolve() } as unknown as Memento;
  const included = new CommitSelection('/repo', memento, model);
  const view = { rows: { pathsIn: () => ['a', 'b'] } };
  const repository = { root: '/repo', rootUri: ROOT, model, included, view, whenShown: () => Promise.resolve() };
  window.activeTextEditor = { document: { uri: Uri.file('/repo/a') } };
  t.after(() => (window.activeTextEditor = undefined));
  const map = new RootMap<typeof repository>();
  map.set(ROOT.path, repository);
  const repositories = { of: () => repository, locate: (uri: Uri) => map.locate(uri.path) };
  const context = { repositories, repository: () => Promise.resolve(repository) };
  return { included, context: context as unknown as HgContext };
}

test('all is included from the menu of a repository, whatever file is in the editor', async t => {
  const { included, context } = bench(t);
  await includeCommands.includeAll(context, [sourceControl]);
  assert.deepEqual(included.paths, ['a', 'b']);
  await includeCommands.excludeAll(context, [sourceControl]);
  assert.deepEqual(included.paths, []);
});

test('all of a group is included, and of a group without rows nothing', async t => {
  const { included, context } = bench(t);
  await includeCommands.includeAll(context, [changesGroup([])]);
  assert.deepEqual(included.paths, []);
  await includeCommands.includeAll(context, [changesGroup(['a', 'b'])]);
  assert.deepEqual(included.paths, ['a', 'b']);
});

test('without an argument all is included; of a file, that file', async t => {
  const { included, context } = bench(t);
  await includeCommands.include(context, [Uri.file('/repo/new')]);
  assert.deepEqual(included.paths, ['new']);
  await includeCommands.includeAll(context, []);
  assert.deepEqual(included.paths, ['a', 'b', 'new']);
});
