// Place and selection of a graph while the history changes: a session and its page's place, with the engine's answers
// about a repository that a test commits to and strips from.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { nextTurn } from '../../../src/base/async.ts';
import { Emitter } from '../../../src/base/lifecycle.ts';
import type { CommandContext } from '../../../src/extension/commands/commands.ts';
import { CloseGraph, FindGraphRow, OpenGraph } from '../../../src/server/historyProtocol.ts';
import type { GraphQuery } from '../../../src/workingCopy/historyQueries.ts';
import { WrittenHistory } from '../../support/writtenHistory.ts';
import { Page, shown } from './fakeUser.ts';
import { Uri } from './fakeVscode.ts';

const { GraphSession } = await import('../../../src/extension/features/graph/graphSession.ts');
const { Place } = (await import(new URL('../../../media/graph/place.mjs', import.meta.url).href)) as {
  Place: new () => PagePlace;
};

const ROW_HEIGHT = 22;
const COUNT = 100;
const VISIBLE = 60;

interface PagePlace {
  readonly selected: { readonly row: number };
  readonly kept: { readonly offset: number };
  open(shown: object, scrollTop: number): void;
  select(row: number, isExtended: boolean): void;
  scroll(scrollTop: number): void;
  learn(rows: ReadonlyMap<number, { readonly node: string }>): void;
  untold(): object | undefined;
}

type Message = Readonly<Record<string, unknown>> & { readonly type: string };

class Graph {
  readonly repository: WrittenHistory;
  readonly session: InstanceType<typeof GraphSession>;
  readonly #page = new Page();
  readonly #place = new Place();
  readonly #didChange = new Emitter<string>();
  #scrollTop = 0;
  #read = 0;
  #view = 0;

  constructor(t: TestContext) {
    shown.length = 0;
    const repository = (this.repository = new WrittenHistory(t, COUNT));
    const { history } = repository;
    const request = async ({ method }: { method: string }, query: never): Promise<unknown> => {
      const value = ((): unknown => {
        const { view, first, count, node } = query as { view: number; first: number; count: number; node: string };
        if (method === OpenGraph.method) return repository.open((query as GraphQuery).filter);
        if (method === CloseGraph.method) {
          history.close(view);
          return;
        }
        if (method === FindGraphRow.method) return history.rowOf(view, node) ?? null;
        return history.rows(view, first, count) ?? null;
      })();
      return Promise.resolve({ kind: 'answer', value });
    };
    const nothing = (): object => ({ dispose: () => undefined });
    const model = { head: { branch: 'default' }, changeCount: 0, state: { kind: 'ready' } };
    const open = { root: '/a', rootUri: Uri.file('/a'), name: 'a', system: 'hg', model };
    const context = {
      client: { request, onDidUpdate: nothing, onDidChangeHistory: this.#didChange.event },
      repositories: { all: [open], get: () => open, locate: () => open, onDidOpen: nothing, onDidClose: nothing },
      log: { error: (message: string) => assert.fail(message), trace: () => undefined },
      extension: { extensionUri: new Uri('file', '/extension') },
    };
    const { webview } = this.#page;
    this.session = new GraphSession(context as unknown as CommandContext, { webview } as never);
    t.after(() => this.session.dispose());
  }

  /** The page asks, and gets its answer. */
  async ready(): Promise<void> {
    const view = this.#view === 0 ? {} : { view: this.#view };
    this.#page.send({ type: 'ready', ...this.#place.kept, ...view, before: 20, count: VISIBLE });
    await this.#receiveUntil('opened');
  }

  /** The history has changed. */
  async changed(): Promise<void> {
    this.#didChange.fire('/a');
    await this.#receiveUntil('ask');
    await this.ready();
  }

  scroll(row: number, offset: number): void {
    this.#scrollTop = row * ROW_HEIGHT + offset;
    this.#place.scroll(this.#scrollTop);
    this.#learn();
  }

  select(row: number): void {
    this.#place.select(row, false);
    this.#learn();
  }

  /** The summaries of the selected changeset and of the first visible one, and the pixels of that above the list. */
  get shown(): unknown {
    const top = Math.floor(this.#scrollTop / ROW_HEIGHT);
    const summary = (row: number): string | undefined => this.#rows(row, 1)[0]?.summary;
    return [summary(this.#place.selected.row), summary(top), this.#scrollTop - top * ROW_HEIGHT];
  }

  async #receiveUntil(type: string): Promise<void> {
    for (;;) {
      const messages = shown.filter(({ place }) => place === 'page').map(({ given }) => given[0] as Message);
      while (this.#read < messages.length) {
        const message = messages[this.#read++]!;
        if (message.type === 'opened') this.#opened(message);
        if (message.type === type) return;
      }
      await nextTurn();
    }
  }

  /** As graph.mjs does it. */
  #opened(message: Message): void {
    this.#view = message['view'] as number;
    this.#scrollTop = (message['anchor'] as number) * ROW_HEIGHT + this.#place.kept.offset;
    this.#place.open(message, this.#scrollTop);
    this.#place.scroll(this.#scrollTop);
    this.#learn();
  }

  #learn(): void {
    const first = Math.max(0, Math.floor(this.#scrollTop / ROW_HEIGHT) - 20);
    this.#place.learn(new Map(this.#rows(first, VISIBLE).map((row, at) => [first + at, row])));
    const ids = this.#place.untold();
    if (ids !== undefined) this.#page.send({ type: 'selected', ...ids });
  }

  #rows(first: number, count: number): readonly { readonly node: string; readonly summary: string }[] {
    const { view } = this.repository.open();
    return this.repository.history.rows(view, first, count)!.rows;
  }
}

test('place and selection stay with their changesets through commit and strip', async t => {
  const graph = new Graph(t);
  const { repository, session } = graph;
  await graph.ready();
  assert.deepEqual(graph.shown, ['99', '99', 0]);
  graph.scroll(10, 7);
  graph.select(12);
  const place = ['87', '89', 7];
  assert.deepEqual(graph.shown, place);
  repository.commit('100');
  repository.commit('another head', 50);
  await graph.changed();
  assert.deepEqual(graph.shown, place, 'commits');
  assert.deepEqual(session.selected, [repository.node('87')]);
  repository.strip(2 + 8);
  await graph.changed();
  assert.deepEqual(graph.shown, place, 'a strip of what is above');
});

test('a graph at its top shows what is new, and the selection stays', async t => {
  const graph = new Graph(t);
  await graph.ready();
  graph.select(3);
  graph.repository.commit('100');
  await graph.changed();
  assert.deepEqual(graph.shown, ['96', '100', 0]);
});

test('where the changesets themselves are stripped, the next older one and the working copy are shown', async t => {
  const graph = new Graph(t);
  const { repository, session } = graph;
  await graph.ready();
  graph.scroll(10, 7);
  graph.select(10);
  // An amend without obsolescence markers: changesets go, and another one comes.
  repository.strip(13);
  repository.commit('amended');
  await graph.changed();
  assert.deepEqual(graph.shown, ['amended', '86', 7]);
  assert.deepEqual(session.selected, [repository.node('amended')]);
  repository.commit('next');
  await graph.changed();
  assert.deepEqual(graph.shown, ['next', '86', 7], 'the selection goes with the working copy');
});
