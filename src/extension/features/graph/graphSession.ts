// One webview with a graph, in the side bar or in an editor. The webview draws rows and keeps the place by the ids of
// changesets; this side asks the engine.
import { commands, env, l10n, Uri, type Webview } from 'vscode';
import { errorMessage } from '../../../base/errors.ts';
import { DisposableStore, type Disposable } from '../../../base/lifecycle.ts';
import {
  CloseGraph,
  FindGraphRow,
  OpenGraph,
  ReadChangeset,
  ReadGraphRows,
  SearchHistory,
  type GraphFilter,
  type OpenedGraph,
} from '../../../server/historyProtocol.ts';
import type { CommandContext } from '../../commands/commands.ts';
import { setting } from '../../common/settings.ts';
import { askHistory, HistoryUnavailable } from '../../engine/historyAnswers.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import { openChangeset, openComparison, openFileChange } from './openChangeset.ts';
import { harmlessMessage } from './graphMessage.ts';
import { countTexts, filterLabel, graphHtml, graphTexts } from './graphHtml.ts';

const MAX_FILES = 2000;
const MAX_FOUND = 100;

/** The place that the webview keeps. */
interface Place {
  readonly node?: string;
  readonly other?: string;
  /** The first visible changeset; without it, the graph is at its top. */
  readonly anchor?: string;
  /** The view that the webview shows, if it shows one. */
  readonly view?: number;
}

export class GraphSession implements Disposable {
  readonly #context: CommandContext;
  readonly #webview: Webview;
  readonly #store = new DisposableStore();
  #repository: OpenRepository | undefined;
  #filter: GraphFilter | undefined;
  #showsHidden = setting('graph.showHidden');
  #opened: OpenedGraph | undefined;
  #place: Place = {};
  #opening: Promise<void> | undefined;
  #isStale = false;
  /** Ids of the selected changesets, the last one first. */
  selected: readonly string[] = [];

  constructor(context: CommandContext, webview: Webview) {
    this.#context = context;
    this.#webview = webview;
    const media = Uri.joinPath(context.extension.extensionUri, 'media', 'graph');
    webview.options = { enableScripts: true, localResourceRoots: [media] };
    this.#store.add(webview.onDidReceiveMessage((message: unknown) => this.#receive(message)));
    this.#store.add(
      context.client.onDidChangeHistory(root => {
        if (root === this.#repository?.root) this.#reopen();
      }),
    );
    this.#store.add(
      context.client.onDidUpdate(({ root }) => {
        const repository = this.#repository;
        if (repository?.root === root) this.#send({ type: 'working', working: workingText(repository) });
      }),
    );
    this.#store.add(context.repositories.onDidOpen(() => this.#reopen()));
    this.#store.add(context.repositories.onDidClose(() => this.#reopen()));
    webview.html = graphHtml(webview, media, graphTexts(env.language, setting('graph.openOnClick')));
  }

  get repository(): OpenRepository | undefined {
    return this.#repository;
  }

  get filter(): GraphFilter {
    return this.#filter ?? { kind: setting('graph.defaultFilter') };
  }

  dispose(): void {
    this.#close();
    this.#store.dispose();
  }

  setFilter(filter: GraphFilter): void {
    this.#filter = filter;
    this.#reopen();
  }

  /** Shows the changesets of a file or folder. */
  showPath(repository: OpenRepository, path: string): void {
    this.#filter = { kind: 'file', path };
    this.setRepository(repository);
  }

  setRepository(repository: OpenRepository): void {
    this.#repository = repository;
    this.#reopen();
  }

  toggleHidden(): void {
    this.#showsHidden = !this.#showsHidden;
    this.#reopen();
  }

  find(): void {
    this.#send({ type: 'find' });
  }

  /** Shows a changeset; if the filter leaves it out, all changesets. */
  async reveal(node: string): Promise<void> {
    await this.#opening;
    if (await this.#revealIfShown(node)) return;
    this.#filter = { kind: 'all' };
    await this.#open();
    await this.#revealIfShown(node);
  }

  async #revealIfShown(node: string): Promise<boolean> {
    const found = await this.#rowOf(node);
    if (found?.isExact !== true) return false;
    this.#send({ type: 'reveal', row: found.row });
    return true;
  }

  #reopen(): void {
    if (this.#opening !== undefined) this.#isStale = true;
    // The webview answers with the place that it shows, and gets the new rows.
    else this.#send({ type: 'ask' });
  }

  #receive(message: unknown): void {
    this.#handle(message as WebviewMessage).catch((error: unknown) => {
      if (error instanceof HistoryUnavailable)
        this.#send({ type: 'problem', message: reasonOf(error, this.#repository) });
      else this.#context.log.error(`graph: ${errorMessage(error)}`);
    });
  }

  async #handle(message: WebviewMessage): Promise<void> {
    const { client } = this.#context;
    const repository = this.#repository ?? this.#context.repositories.all[0];
    if (message.type === 'ready') {
      this.#place = message;
      await this.#open();
      return;
    }
    if (message.type === 'filter') {
      await commands.executeCommand('quicksilver.graph.filter');
      return;
    }
    if (message.type === 'selected') {
      this.selected = [message.node, message.other].filter(node => isNode(node));
      return;
    }
    if (repository === undefined) return;
    const { root } = repository;
    switch (message.type) {
      case 'rows': {
        const { view, first, count } = message;
        const answer = await askHistory(client, ReadGraphRows, { root, view, first, count });
        if (answer !== null) this.#send({ type: 'rows', view, answer });
        // Another graph of the window has closed the view.
        else if (view === this.#opened?.view) this.#reopen();
        break;
      }
      case 'details':
        if (!isNode(message.node)) break;
        this.#send({
          type: 'details',
          answer: await askHistory(client, ReadChangeset, { root, node: message.node, limit: MAX_FILES }),
        });
        break;
      case 'open':
        if (!isNode(message.node)) break;
        if (isNode(message.other)) await openComparison(this.#context, repository, message.other, message.node);
        else await openChangeset(this.#context, repository, message.node);
        break;
      case 'file': {
        const { node, path, source, parent } = message;
        if (!isNode(node) || typeof path !== 'string') break;
        const previous = isNode(parent) ? { node: parent, path: source ?? path } : undefined;
        await openFileChange(repository, { node, path, previous });
        break;
      }
      case 'reveal':
        if (isNode(message.node)) await this.reveal(message.node);
        break;
      case 'find': {
        const words = message.words.split(/\s+/).filter(word => word !== '');
        const { from } = message;
        const query = { root, words, limit: MAX_FOUND, ...(from !== undefined && { from }) };
        this.#send({ type: 'found', words: message.words, answer: await askHistory(client, SearchHistory, query) });
        break;
      }
    }
  }

  async #open(): Promise<void> {
    this.#opening ??= this.#openNow().finally(() => {
      this.#opening = undefined;
      if (this.#isStale) this.#send({ type: 'ask' });
      this.#isStale = false;
    });
    await this.#opening;
  }

  async #openNow(): Promise<void> {
    const { repositories, client } = this.#context;
    if (this.#repository === undefined || !repositories.all.includes(this.#repository)) {
      this.#close();
      this.#repository = repositories.all[0];
    }
    const repository = this.#repository;
    if (repository === undefined) {
      this.#send({ type: 'problem', message: l10n.t('No Mercurial repository is open.') });
      return;
    }
    const { root } = repository;
    const before = this.#opened;
    const opened = await askHistory(client, OpenGraph, { root, filter: this.filter, showsHidden: this.#showsHidden });
    this.#opened = opened;
    if (before !== undefined && before.view !== opened.view)
      await client.request(CloseGraph, { root, view: before.view });
    const { node, other, anchor, view } = this.#place;
    if (opened.unread > 0) this.#isStale = true;
    const shown = { ...countTexts(opened), working: workingText(repository) };
    if (view === opened.view) {
      this.#send({ type: 'progress', ...shown });
      return;
    }
    const [selected, extended, top] = await Promise.all([node, other, anchor].map(each => this.#rowOf(each)));
    const [working] = opened.workingParents;
    this.#send({
      type: 'opened',
      ...opened,
      ...shown,
      filter: filterLabel(this.filter),
      selected: selected?.isExact === true ? selected.row : (working ?? 0),
      ...(extended?.isExact === true && { other: extended.row }),
      anchor: top?.row ?? 0,
    });
  }

  async #rowOf(node: string | undefined): Promise<{ readonly row: number; readonly isExact: boolean } | null> {
    const [repository, opened] = [this.#repository, this.#opened];
    if (repository === undefined || opened === undefined || !isNode(node)) return null;
    return askHistory(this.#context.client, FindGraphRow, { root: repository.root, view: opened.view, node });
  }

  #close(): void {
    const [repository, opened] = [this.#repository, this.#opened];
    this.#opened = undefined;
    if (repository === undefined || opened === undefined) return;
    this.#context.client.request(CloseGraph, { root: repository.root, view: opened.view }).catch((error: unknown) => {
      this.#context.log.trace(`a graph was not closed: ${errorMessage(error)}`);
    });
  }

  #send(message: object): void {
    // It resolves with false while the webview is hidden: it asks again when it is shown.
    void this.#webview.postMessage(harmlessMessage(message));
  }
}

type WebviewMessage =
  | ({ readonly type: 'ready' } & Place)
  | { readonly type: 'rows'; readonly view: number; readonly first: number; readonly count: number }
  | { readonly type: 'selected' | 'details' | 'open' | 'reveal'; readonly node?: string; readonly other?: string }
  | {
      readonly type: 'file';
      readonly node: string;
      readonly path: string;
      readonly source?: string;
      readonly parent?: string;
    }
  | { readonly type: 'filter' }
  | { readonly type: 'find'; readonly words: string; readonly from?: number };

export function isNode(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{40}$/.test(value);
}

/** Why there is no graph, for the user. */
function reasonOf({ message }: HistoryUnavailable, repository: OpenRepository | undefined): string {
  const state = repository?.model.state;
  if (state?.kind === 'scanning') return l10n.t('Reading the repository…');
  if (state === undefined || !('problem' in state)) return message;
  return l10n.t('The history cannot be shown: {0}', state.problem.message);
}

function workingText({ model }: OpenRepository): string {
  const { head, changeCount } = model;
  const some = changeCount === 1 ? l10n.t('1 change') : l10n.t('{0} changes', changeCount);
  const changes = changeCount === 0 ? l10n.t('no changes') : some;
  return [l10n.t('Working Copy'), changes, head?.branch, head?.bookmark].filter(Boolean).join(' · ');
}
