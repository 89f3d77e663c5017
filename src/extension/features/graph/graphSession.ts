// One webview with a graph, in the side bar or in an editor. The webview draws rows and keeps the place by the ids of
// changesets; this side asks the engine.
import {
  CancellationTokenSource,
  type CancellationToken,
  commands,
  env,
  l10n,
  Uri,
  window,
  type Webview,
  type WebviewPanel,
  type WebviewView,
} from 'vscode';
import { errorMessage } from '../../../base/errors.ts';
import { DisposableStore, type Disposable } from '../../../base/lifecycle.ts';
import {
  CloseGraph,
  FindGraphRow,
  OpenGraph,
  ReadChangeset,
  ReadGraphRows,
  type GraphFilter,
  type OpenedGraph,
} from '../../../server/historyProtocol.ts';
import type { CommandContext } from '../../commands/commands.ts';
import { setting } from '../../common/settings.ts';
import { askHistory, HistoryUnavailable } from '../../engine/historyAnswers.ts';
import { workingFileOf } from '../../commands/commandArguments.ts';
import { setPageSubject } from '../../common/displayInEditor.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import { RepositoriesOfSystem } from '../../repositories/repositoriesOfSystem.ts';
import { GraphProgress } from './graphProgress.ts';
import { searchHistory } from './graphSearch.ts';
import { openChangeset, openComparison, openFileChange } from './openChangeset.ts';
import { harmlessMessage, isNode, type Place, type WebviewMessage } from './graphMessage.ts';
import { countTexts, filterLabel, graphHtml, graphTexts } from './graphHtml.ts';

const MAX_FILES = 2000;
const FOR_EVERY_REPOSITORY: ReadonlySet<GraphFilter['kind']> = new Set(['all', 'auto', 'drafts']);

interface FoundRow {
  readonly row: number;
  readonly isExact: boolean;
}

interface GraphAhead {
  readonly repository: OpenRepository;
  readonly opened: Promise<OpenedGraph | undefined>;
  readonly canceler: CancellationTokenSource;
}

export class GraphSession implements Disposable {
  readonly #context: CommandContext;
  readonly #repositories: RepositoriesOfSystem;
  readonly #place: WebviewView | WebviewPanel;
  readonly #webview: Webview;
  readonly #progress: GraphProgress;
  readonly #store = new DisposableStore();
  #repository: OpenRepository | undefined;
  /** The user chose the repository; else the graph follows the active editor, and one in an editor stays. */
  #isChosen = false;
  #filter: GraphFilter | undefined;
  #showsHidden = setting('graph.showHidden');
  #opened: OpenedGraph | undefined;
  /** The name of {@link #opened} for the page: views of several repositories may have the same number. */
  #page = 0;
  /** The name of the graph that the page got last. */
  #sentPage = 0;
  #kept: Place = {};
  /** The page has asked for a graph. */
  #isLoaded = false;
  /** The changeset to show when the page has its graph. */
  #wanted: string | undefined;
  #opening: Promise<void> | undefined;
  /** The graph that the engine reads while VS Code makes the page. Undefined if that fails: the page asks again. */
  #ahead: GraphAhead | undefined;
  #isStale = false;
  #openingToken: CancellationTokenSource | undefined;
  #searchToken: CancellationTokenSource | undefined;
  /** Ids of the selected changesets, the last one first. */
  selected: readonly string[] = [];

  constructor(context: CommandContext, place: WebviewView | WebviewPanel) {
    const { webview } = place;
    this.#context = context;
    this.#repositories = new RepositoriesOfSystem(context.repositories, 'hg');
    this.#place = place;
    this.#webview = webview;
    // Only a view has VS Code's progress; the page of an editor shows texts.
    this.#progress = new GraphProgress(!('reveal' in place));
    this.#repository = this.#activeRepository();
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
    this.#store.add(this.#repositories.onDidOpen(() => this.#reopen()));
    this.#store.add(this.#repositories.onDidClose(() => this.#reopen()));
    if (!('reveal' in place)) this.#store.add(window.onDidChangeActiveTextEditor(() => this.#follow()));
    webview.html = graphHtml(webview, media, graphTexts(env.language, setting('graph.openOnClick')));
    this.#readAhead();
  }

  get repository(): OpenRepository | undefined {
    return this.#repository;
  }

  get filter(): GraphFilter {
    return this.#filter ?? { kind: setting('graph.defaultFilter') };
  }

  /** False if the graph follows the active editor. */
  get isChosen(): boolean {
    return this.#isChosen;
  }

  dispose(): void {
    this.#openingToken?.cancel();
    this.#searchToken?.cancel();
    this.#progress.end();
    this.#forgetAhead();
    this.#close();
    this.#store.dispose();
  }

  setFilter(filter: GraphFilter): void {
    this.#filter = filter;
    this.#reopenAtOnce();
  }

  /** Shows the changesets of a file or folder. */
  showPath(repository: OpenRepository, path: string): void {
    this.#show(repository);
    this.setFilter({ kind: 'file', path });
  }

  /** Shows a repository from now on; undefined for that of the active editor. */
  choose(repository: OpenRepository | undefined): void {
    this.#isChosen = repository !== undefined;
    const wanted = repository ?? this.#activeRepository();
    if (wanted !== undefined) this.#show(wanted);
  }

  toggleHidden(): void {
    this.#showsHidden = !this.#showsHidden;
    this.#reopenAtOnce();
  }

  /** Brings the graph into view. */
  show(): void {
    const place = this.#place;
    if (place.visible) return;
    // VS Code makes the page again.
    this.#isLoaded = false;
    if ('reveal' in place) place.reveal();
    else place.show();
  }

  find(): void {
    this.#send({ type: 'find' });
  }

  /**
   * Shows a changeset; if the filter leaves it out, all changesets.
   * @param repository that of the changeset; without it, the shown one
   */
  async reveal(node: string, repository = this.#repository): Promise<void> {
    if (repository !== undefined) this.#show(repository);
    // A page that asks later would return to the place that it keeps.
    if (this.#isLoaded) await this.#revealNow(node);
    else this.#wanted = node;
  }

  async #revealNow(node: string): Promise<void> {
    await this.#opening;
    if (this.#opened === undefined) await this.#open();
    if (await this.#revealIfShown(node)) return;
    await this.#opening;
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

  #activeRepository(): OpenRepository | undefined {
    const uri = window.activeTextEditor?.document.uri;
    return uri && workingFileOf(this.#repositories, uri)?.repository;
  }

  #follow(): void {
    const active = this.#isChosen ? undefined : this.#activeRepository();
    if (active !== undefined) this.#show(active);
  }

  #show(repository: OpenRepository): void {
    if (repository === this.#repository) return;
    this.#close();
    this.#repository = repository;
    // Names, paths and changesets are those of one repository.
    if (!FOR_EVERY_REPOSITORY.has(this.filter.kind)) this.#filter = undefined;
    this.selected = [];
    this.#searchToken?.cancel();
    this.#send({ type: 'forget' });
    this.#reopenAtOnce();
  }

  /** An answer that is on its way would be of no use. */
  #reopenAtOnce(): void {
    this.#openingToken?.cancel();
    this.#send({ type: 'busy' });
    this.#reopen();
  }

  #readAhead(): void {
    const repository = this.#chooseRepository();
    if (repository === undefined) return;
    const canceler = new CancellationTokenSource();
    const opened = this.#read(repository, canceler.token).catch((error: unknown) => {
      this.#context.log.trace(`a graph was not read ahead: ${errorMessage(error)}`);
      return undefined;
    });
    this.#ahead = { repository, opened, canceler };
  }

  #reopen(): void {
    this.#forgetAhead();
    if (this.#opening !== undefined) this.#isStale = true;
    else this.#ask();
  }

  #receive(message: unknown): void {
    this.#handle(message as WebviewMessage).catch((error: unknown) => {
      if (error instanceof HistoryUnavailable) this.#sendProblem(reasonOf(error, this.#repository));
      else this.#context.log.error(`graph: ${errorMessage(error)}`);
    });
  }

  async #handle(message: WebviewMessage): Promise<void> {
    const { client } = this.#context;
    const repository = this.#repository;
    if (message.type === 'ready') {
      // It asked before it got the graph that is on its way, and the changeset to show there.
      if (this.#opening === undefined && message.view !== undefined && message.view < this.#sentPage) return;
      this.#isLoaded = true;
      this.#kept = message;
      await this.#open();
      const wanted = this.#wanted;
      this.#wanted = undefined;
      if (wanted !== undefined) await this.#revealNow(wanted);
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
        const opened = this.#opened;
        if (opened === undefined || view !== this.#page) break;
        const answer = await askHistory(client, ReadGraphRows, { root, view: opened.view, first, count });
        if (answer !== null) this.#send({ type: 'rows', view, answer });
        // Another graph of the window has closed the view.
        else if (opened === this.#opened) this.#reopen();
        break;
      }
      case 'details':
        if (!isNode(message.node)) break;
        await this.#showDetails(repository, message.node);
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
      case 'find':
        await this.#search(repository, message.words);
        break;
    }
  }

  async #showDetails(repository: OpenRepository, node: string): Promise<void> {
    const query = { root: repository.root, node, limit: MAX_FILES };
    const answer = await askHistory(this.#context.client, ReadChangeset, query);
    if (repository === this.#repository) this.#send({ type: 'details', answer });
  }

  /** Searches until the user searches for something else, or for nothing. */
  async #search({ root }: OpenRepository, words: string): Promise<void> {
    this.#searchToken?.cancel();
    const { token } = (this.#searchToken = new CancellationTokenSource());
    if (words === '') return;
    await this.#progress.during(
      searchHistory(this.#context.client, { root, words, showsHidden: this.#showsHidden }, token, part =>
        this.#send({ type: 'found', words, ...part }),
      ),
    );
  }

  async #open(): Promise<void> {
    this.#opening ??= this.#openNow().finally(() => {
      this.#opening = undefined;
      if (this.#isStale) this.#ask();
      else this.#progress.end();
      this.#isStale = false;
    });
    await this.#opening;
  }

  async #openNow(): Promise<void> {
    const repository = this.#chooseRepository();
    const some = this.#repositories.all.length > 1 ? (repository?.name ?? '') : '';
    setPageSubject(this.#place, l10n.t('Graph'), some);
    if (repository === undefined) {
      this.#sendProblem(l10n.t('No Mercurial repository is open.'));
      return;
    }
    this.#progress.begin();
    const opened = await this.#readUnlessCanceled(repository);
    // A graph that came too late is not closed: it may be the one that is shown.
    if (opened === undefined || repository !== this.#repository) return;
    const before = this.#opened;
    this.#opened = opened;
    if (before?.view !== opened.view) this.#page++;
    if (before !== undefined && before.view !== opened.view) this.#closeView(repository, before.view);
    const { node, other, anchor, below, view, count = 0, before: above = 0 } = this.#kept;
    if (opened.unread > 0) this.#isStale = true;
    const shown = { ...countTexts(opened), working: workingText(repository) };
    if (view === this.#page) {
      this.#send({ type: 'progress', ...shown });
      return;
    }
    const tops = [anchor, ...(Array.isArray(below) ? (below as string[]) : [])];
    const [selected, extended, top] = await Promise.all([[node], [other], tops].map(each => this.#firstOf(each)));
    const [working] = opened.workingParents;
    const first = Math.max(0, (top?.row ?? 0) - above);
    const window = { root: repository.root, view: opened.view, first, count: Math.min(count, opened.rows - first) };
    const answer = window.count > 0 ? await askHistory(this.#context.client, ReadGraphRows, window) : null;
    // Another repository is shown meanwhile.
    if (opened !== this.#opened) return;
    this.#sentPage = this.#page;
    this.#send({
      type: 'opened',
      ...opened,
      ...shown,
      view: this.#page,
      filter: filterLabel(this.filter),
      ...(selected?.isExact === true ? { selected: selected.row, node } : { selected: working ?? 0 }),
      ...(extended?.isExact === true && { other: extended.row }),
      anchor: top?.row ?? 0,
      ...(answer !== null && { answer }),
    });
  }

  #chooseRepository(): OpenRepository | undefined {
    const { all } = this.#repositories;
    if (this.#repository === undefined || !all.includes(this.#repository)) {
      this.#close();
      this.#isChosen = false;
      this.#repository = this.#activeRepository() ?? all[0];
    }
    return this.#repository;
  }

  /** Returns the graph that was read ahead, or else reads it. Undefined if it is no longer wanted. */
  async #readUnlessCanceled(repository: OpenRepository): Promise<OpenedGraph | undefined> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    const { token } = (this.#openingToken = ahead?.canceler ?? new CancellationTokenSource());
    let opened = await ahead?.opened;
    try {
      if (opened === undefined && !token.isCancellationRequested) opened = await this.#read(repository, token);
    } catch (error) {
      if (!token.isCancellationRequested || !(error instanceof HistoryUnavailable)) throw error;
    }
    return token.isCancellationRequested ? undefined : opened;
  }

  #read({ root }: OpenRepository, token: CancellationToken): Promise<OpenedGraph> {
    const query = { root, filter: this.filter, showsHidden: this.#showsHidden };
    return askHistory(this.#context.client, OpenGraph, query, token);
  }

  /** Closes the view that was read ahead: another one is wanted. */
  #forgetAhead(): void {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    ahead?.canceler.cancel();
    void ahead?.opened.then(opened => opened !== undefined && this.#closeView(ahead.repository, opened.view));
  }

  async #rowOf(node: string | undefined): Promise<FoundRow | null> {
    const [repository, opened] = [this.#repository, this.#opened];
    if (repository === undefined || opened === undefined || !isNode(node)) return null;
    return askHistory(this.#context.client, FindGraphRow, { root: repository.root, view: opened.view, node });
  }

  /** The row of the first of these changesets that exists: others may be stripped. */
  async #firstOf(nodes: readonly (string | undefined)[]): Promise<FoundRow | null> {
    for (const node of nodes) {
      const found = await this.#rowOf(node);
      if (found !== null) return found;
    }
    return null;
  }

  #close(): void {
    const [repository, opened] = [this.#repository, this.#opened];
    this.#opened = undefined;
    if (repository !== undefined && opened !== undefined) this.#closeView(repository, opened.view);
  }

  #closeView({ root }: OpenRepository, view: number): void {
    this.#context.client.request(CloseGraph, { root, view }).catch((error: unknown) => {
      this.#context.log.trace(`a graph was not closed: ${errorMessage(error)}`);
    });
  }

  /** The page answers with the place that it shows, and gets the new rows. */
  #ask(): void {
    void this.#webview.postMessage({ type: 'ask' }).then(isDelivered => {
      // A hidden page asks when it is shown. The progress does not wait for that.
      if (!isDelivered) this.#progress.end();
    });
  }

  /** Without a graph, the rows that the page has are those of another repository. */
  #sendProblem(message: string): void {
    this.#send({ type: 'problem', message, isWithoutGraph: this.#opened === undefined });
  }

  #send(message: object): void {
    // It resolves with false while the webview is hidden: it asks again when it is shown.
    void this.#webview.postMessage(harmlessMessage(message));
  }
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
