// A graph of the window: whose history it shows, and how a request ends that the user no longer wants.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { CancellationToken, RequestType } from 'vscode-jsonrpc';
import { nextTurn } from '../../../src/base/async.ts';
import { Emitter } from '../../../src/base/lifecycle.ts';
import type { CommandContext } from '../../../src/extension/commands/commands.ts';
import type { OpenRepository } from '../../../src/extension/repositories/openRepository.ts';
import {
  CloseGraph,
  FindGraphRow,
  OpenGraph,
  ReadChangeset,
  ReadGraphRows,
  SearchHistory,
} from '../../../src/server/historyProtocol.ts';
import { Page, shown } from './fakeUser.ts';
import { Uri, window } from './fakeVscode.ts';

const { GraphSession } = await import('../../../src/extension/features/graph/graphSession.ts');
const { RootMap } = await import('../../../src/extension/common/rootMap.ts');

const CANCELED = { kind: 'unavailable', message: 'The request was canceled.' };
const NODE = 'ab'.repeat(20);
const OPENED = { view: 1, rows: 3, width: 1, workingParents: [0], unread: 0, changesets: 3 };

interface Asked {
  readonly method: string;
  readonly query: { readonly root: string; readonly filter?: object; readonly from?: number; readonly view?: number };
  readonly token: CancellationToken | undefined;
  readonly answer: (value: unknown) => void;
}

/** Repositories that follow each other in a window. Those whose name begins with "git" are of Git. */
function start(t: TestContext, names: readonly string[], active?: string, isPanel = false) {
  shown.length = 0;
  const model = { head: { branch: 'default' }, changeCount: 0, state: { kind: 'ready' } };
  const repositories = names.map(name => {
    const root = `/${name}`;
    return { root, rootUri: Uri.file(root), name, system: name.startsWith('git') ? 'git' : 'hg', model };
  });
  const map = new RootMap<(typeof repositories)[number]>();
  for (const repository of repositories) map.set(repository.root, repository);
  const didClose = new Emitter<unknown>();
  const asked: Asked[] = [];
  const request = async (
    { method }: RequestType<never, never, void>,
    query: Asked['query'],
    token?: CancellationToken,
  ) => new Promise(answer => asked.push({ method, query, token, answer }));
  const nothing = { dispose: () => undefined };
  const context = {
    client: { request, onDidUpdate: () => nothing, onDidChangeHistory: () => nothing },
    repositories: {
      all: repositories,
      get: (root: string) => repositories.find(each => each.root === root),
      locate: (uri: Uri) => map.locate(uri.path),
      onDidOpen: () => nothing,
      onDidClose: didClose.event,
    },
    log: { error: (message: string) => assert.fail(message), trace: () => undefined },
    extension: { extensionUri: new Uri('file', '/extension') },
  };
  const activate = (name: string | undefined): void => {
    window.activeTextEditor = name === undefined ? undefined : { document: { uri: Uri.file(`/${name}/file`) } };
    window.didChangeActiveTextEditor.fire();
  };
  activate(active);
  const page = new Page();
  const { webview } = page;
  const place = isPanel ? { webview, reveal: () => undefined } : { webview };
  const session = new GraphSession(context as unknown as CommandContext, place as never);
  t.after(() => {
    session.dispose();
    activate(undefined);
  });
  /** Resolves with the next request of a kind. */
  const next = async ({ method }: { readonly method: string }): Promise<Asked> => {
    for (;;) {
      const at = asked.findIndex(each => each.method === method);
      if (at >= 0) return asked.splice(at, 1)[0]!;
      t.signal.throwIfAborted();
      await nextTurn();
    }
  };
  /** The page asks for the graph, and gets it. Resolves with the root that was asked about. */
  const open = async (opened: object = OPENED, message: object = {}): Promise<string> => {
    page.send({ type: 'ready', ...message });
    const { query, answer } = await next(OpenGraph);
    answer({ kind: 'answer', value: opened });
    await nextTurn();
    return query.root;
  };
  const byName = (name: string): OpenRepository => repositories.find(each => each.name === name) as never;
  return {
    session,
    place: place as { description?: string; title?: string },
    page,
    activate,
    open,
    next,
    asked,
    byName,
  };
}

function sent(): Record<string, unknown>[] {
  return shown.filter(({ place }) => place === 'page').map(({ given }) => given[0] as Record<string, unknown>);
}

test('a graph begins with the repository of the active editor, and follows it in the view', async t => {
  const { session, place, activate, open, asked } = start(t, ['git', 'alpha', 'beta'], 'beta');
  assert.equal(await open(), '/beta');
  assert.equal(place.description, 'beta');
  assert.equal(sent().at(-1)?.['view'], 1);
  session.setFilter({ kind: 'branch', name: 'stable' });
  shown.length = 0;
  activate('alpha');
  assert.deepEqual(
    sent().map(({ type }) => type),
    ['forget', 'busy', 'ask'],
  );
  // The engine may name views of two repositories alike; the page has another name for each.
  assert.equal(await open(OPENED, { view: 1 }), '/alpha');
  assert.deepEqual([place.description, session.filter.kind], ['alpha', 'auto']);
  assert.deepEqual([sent().at(-1)?.['type'], sent().at(-1)?.['view']], ['opened', 2]);
  // A file of no repository of Mercurial changes nothing.
  shown.length = 0;
  activate('git');
  activate(undefined);
  assert.deepEqual(sent(), []);
  assert.ok(asked.every(({ method }) => method === CloseGraph.method));
});

test('a chosen repository stays until the graph follows the active editor again', async t => {
  const { session, place, activate, open, byName } = start(t, ['alpha', 'beta', 'gamma'], 'alpha');
  await open();
  session.choose(byName('beta'));
  assert.equal(await open(), '/beta');
  activate('gamma');
  assert.equal(await open(), '/beta');
  session.choose(undefined);
  assert.equal(await open(), '/gamma');
  assert.equal(place.description, 'gamma');
});

test('a graph in an editor stays with its repository, and is named after it', async t => {
  const { place, activate, open } = start(t, ['alpha', 'beta'], 'beta', true);
  await open();
  assert.equal(place.title, 'Graph: beta');
  activate('alpha');
  assert.equal(await open(), '/beta');
});

test('with one repository, no name stands beside the title', async t => {
  const { place, open } = start(t, ['alpha', 'git']);
  assert.equal(await open(), '/alpha');
  assert.equal(place.description, '');
});

test('rows of a repository that is no longer shown are not read', async t => {
  const { session, page, open, next, asked, byName } = start(t, ['alpha', 'beta'], 'alpha');
  await open();
  page.send({ type: 'rows', view: 1, first: 0, count: 3 });
  assert.deepEqual((await next(ReadGraphRows)).query, { root: '/alpha', view: 1, first: 0, count: 3 });
  session.choose(byName('beta'));
  await open();
  page.send({ type: 'rows', view: 1, first: 0, count: 3 });
  page.send({ type: 'rows', view: 2, first: 0, count: 3 });
  assert.deepEqual((await next(ReadGraphRows)).query, { root: '/beta', view: 1, first: 0, count: 3 });
  assert.ok(!asked.some(({ method }) => method === ReadGraphRows.method));
});

test('a changeset of another repository is shown, also if the page answers late', async t => {
  const { session, page, open, next, asked, byName } = start(t, ['alpha', 'beta'], 'alpha');
  await open();
  shown.length = 0;
  const revealing = session.reveal(NODE, byName('beta'));
  (await next(OpenGraph)).answer({ kind: 'answer', value: OPENED });
  const find = await next(FindGraphRow);
  assert.deepEqual(find.query, { root: '/beta', view: 1, node: NODE });
  find.answer({ kind: 'answer', value: { row: 2, isExact: true } });
  await revealing;
  page.send({ type: 'ready', view: 1 });
  await nextTurn();
  assert.deepEqual(
    sent().map(({ type }) => type),
    ['forget', 'busy', 'ask', 'opened', 'reveal'],
  );
  assert.ok(!asked.some(({ method }) => method === OpenGraph.method));
});

test('a changeset is shown after a new page has asked for its graph', async t => {
  const { session, page, next, asked } = start(t, ['alpha']);
  // The command has ended: no page may ever ask.
  await session.reveal(NODE);
  (await next(OpenGraph)).answer({ kind: 'answer', value: OPENED });
  await nextTurn();
  assert.deepEqual([sent(), asked], [[], []]);
  page.send({ type: 'ready' });
  (await next(FindGraphRow)).answer({ kind: 'answer', value: { row: 1, isExact: true } });
  await nextTurn();
  assert.deepEqual(
    sent().map(({ type }) => type),
    ['opened', 'reveal'],
  );
});

test('a graph names the changeset that is selected in it, if it has that', async t => {
  const { page, next } = start(t, ['alpha']);
  for (const isExact of [true, false]) {
    page.send({ type: 'ready', node: NODE });
    (await next(OpenGraph)).answer({ kind: 'answer', value: { ...OPENED, view: isExact ? 1 : 2 } });
    (await next(FindGraphRow)).answer({ kind: 'answer', value: { row: 2, isExact } });
    await nextTurn();
    const { type, selected, node } = sent().at(-1)!;
    assert.deepEqual([type, selected, node], isExact ? ['opened', 2, NODE] : ['opened', 0, undefined]);
  }
});

test('details of a repository that is no longer shown are dropped', async t => {
  const { session, page, open, next, byName } = start(t, ['alpha', 'beta'], 'alpha');
  await open();
  page.send({ type: 'details', node: NODE });
  const details = await next(ReadChangeset);
  session.choose(byName('beta'));
  details.answer({ kind: 'answer', value: null });
  await open();
  assert.ok(!sent().some(({ type }) => type === 'details'));
});

test('a graph that was read for another filter is not shown', async t => {
  const { session, page, open, next } = start(t, ['alpha']);
  page.send({ type: 'ready' });
  const first = await next(OpenGraph);
  session.setFilter({ kind: 'drafts' });
  first.answer({ kind: 'answer', value: OPENED });
  await nextTurn();
  assert.deepEqual(
    sent().map(({ type }) => type),
    ['busy', 'ask'],
  );
  await open({ ...OPENED, view: 2 });
  assert.deepEqual([sent().at(-1)?.['type'], sent().at(-1)?.['rows']], ['opened', 3]);
});

test('without a graph, a problem empties the page', async t => {
  const { session, page, open, next, byName } = start(t, ['alpha', 'beta'], 'alpha');
  const problem = { type: 'problem', message: CANCELED.message };
  await open();
  page.send({ type: 'details', node: NODE });
  (await next(ReadChangeset)).answer(CANCELED);
  await nextTurn();
  assert.deepEqual(sent().at(-1), { ...problem, isWithoutGraph: false });
  session.choose(byName('beta'));
  page.send({ type: 'ready', view: 1 });
  (await next(OpenGraph)).answer(CANCELED);
  await nextTurn();
  assert.deepEqual(sent().at(-1), { ...problem, isWithoutGraph: true });
});

test('progress ends where the page is hidden before the graph is whole', async t => {
  const { page, next } = start(t, ['alpha']);
  page.send({ type: 'ready' });
  const { answer } = await next(OpenGraph);
  const work = window.lastProgress;
  assert.ok(work !== undefined);
  page.isHidden = true;
  answer({ kind: 'answer', value: { ...OPENED, unread: 2 } });
  await work;
});

test('another filter cancels the one that is computed, and the view shows progress until the end', async t => {
  const { session, page, next } = start(t, ['alpha']);
  page.send({ type: 'ready' });
  session.setFilter({ kind: 'file', path: 'folder' });
  const first = await next(OpenGraph);
  assert.equal(first.token?.isCancellationRequested, true);
  first.answer(CANCELED);
  await nextTurn();
  assert.deepEqual(
    sent().map(({ type }) => type),
    ['busy', 'ask'],
  );
  page.send({ type: 'ready' });
  const second = await next(OpenGraph);
  assert.deepEqual(second.query.filter, { kind: 'file', path: 'folder' });
  second.answer({ kind: 'answer', value: { ...OPENED, unread: 2 } });
  await nextTurn();
  page.send({ type: 'ready' });
  (await next(OpenGraph)).answer({ kind: 'answer', value: OPENED });
  await nextTurn();
  const progress = shown.filter(({ place }) => place === 'progress');
  assert.deepEqual(
    progress.map(({ given }) => given[0]),
    [{ location: { viewId: 'quicksilver.graph' } }],
    'one progress over all requests',
  );
  assert.equal(sent().at(-1)?.['type'], 'opened');
});

test('a search goes on by itself, and ends with other words or without any', async t => {
  const { page, open, next, asked } = start(t, ['alpha']);
  await open();
  shown.length = 0;
  page.send({ type: 'find', words: 'one two' });
  const first = await next(SearchHistory);
  first.answer({ kind: 'answer', value: { found: [{ summary: 'a' }], next: 7 } });
  const second = await next(SearchHistory);
  assert.equal(second.query.from, 7);
  page.send({ type: 'find', words: 'three' });
  assert.equal(second.token?.isCancellationRequested, true);
  second.answer(CANCELED);
  const other = await next(SearchHistory);
  page.send({ type: 'find', words: '' });
  other.answer({ kind: 'answer', value: { found: [{ summary: 'b' }], next: 3 } });
  await nextTurn();
  assert.deepEqual(sent(), [{ type: 'found', words: 'one two', found: [{ summary: 'a' }], isLast: false }]);
  assert.equal(asked.length, 0);
  page.send({ type: 'find', words: 'last' });
  (await next(SearchHistory)).answer({ kind: 'answer', value: { found: [], next: -1 } });
  await nextTurn();
  assert.deepEqual(sent().at(-1), { type: 'found', words: 'last', found: [], isLast: true });
});
