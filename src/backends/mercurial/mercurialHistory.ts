// Answers of a Mercurial repository about its history, from one model of all changesets.
import { fromDisplay, isAtOrBelow, toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { ChangesetSummary } from '../../base/repositoryState.ts';
import { fileHistoryWithRemovals } from '../../mercurial/annotate/fileHistory.ts';
import { copySourceOf, workingStart } from '../../mercurial/annotate/workingFile.ts';
import type { HistoryFilter } from '../../mercurial/history/historyFilter.ts';
import type { HistoryModel } from '../../mercurial/history/historyModel.ts';
import { EDGE_FIELDS } from '../../mercurial/history/graphEdges.ts';
import type { Snapshot } from '../../workingCopy/backend.ts';
import type {
  AnnotateQuery,
  ChangesetDetails,
  FileAnnotation,
  FileHistory,
  FileHistoryQuery,
  GraphFilter,
  GraphQuery,
  GraphRows,
  HistoryQueries,
  HistoryRow,
  HistorySearch,
  HistorySearchResult,
  LineBeforeQuery,
  NamedHistory,
  OpenedGraph,
} from '../../workingCopy/historyQueries.ts';
import { Annotations } from './annotations.ts';
import { compareChangesets } from './comparisons.ts';
import { lineBefore, readFileHistory } from './fileHistories.ts';
import { GraphViews } from './graphViews.ts';
import type { MercurialBackend } from './mercurialBackend.ts';

const MAX_ROWS = 200;
/** Edges further to the right are not drawn, and not sent. */
const MAX_COLUMNS = 64;
const MAX_FOUND = 500;
const MAX_NAMED = 2000;
/** Changesets that one search reads before it returns. */
const MAX_SEARCHED = 20_000;
/** Steps between two turns for others. */
const STEPS = 64;
/** Texts of changesets that one request reads to learn their branches. Rows can be asked for between two requests. */
const MAX_BRANCH_TEXTS = 1024;

export class MercurialHistory implements HistoryQueries {
  readonly #backend: MercurialBackend;
  readonly #annotations: Annotations;
  readonly #views: GraphViews;

  constructor(backend: MercurialBackend) {
    this.#backend = backend;
    this.#annotations = new Annotations(backend);
    this.#views = new GraphViews(backend.onDidLoad);
  }

  /** Annotations that took a walk through the history so far. */
  get annotationWalks(): number {
    return this.#annotations.walks;
  }

  /** Changesets that were put together for annotations so far. */
  get annotatedChangesets(): number {
    return this.#annotations.changesetsMade;
  }

  /** The rows of the graph that was closed last, if it is kept. */
  get closedRows(): number | undefined {
    return this.#views.closedRows;
  }

  follow(listener: () => void): () => void {
    const following = this.#backend.onDidLoad(listener);
    return () => following.dispose();
  }

  *open(snapshot: Snapshot, { filter, showsHidden }: GraphQuery): Generator<void, OpenedGraph> {
    const model = yield* this.#model(snapshot);
    const { generation } = model;
    const unread = yield* unreadBranches(model, filter);
    // A file that was renamed and not committed has the history of its source, and no changeset shows that.
    const dirstate = this.#backend.dirstate(snapshot);
    const copied = filter.kind === 'file' ? copySourceOf(dirstate, fromDisplay(filter.path)) : undefined;
    const key = JSON.stringify([filter, showsHidden, unread > 0, copied]);
    // Most events change no changeset: then the view stays as it is.
    const same = this.#views.find(model, key);
    const graph =
      same?.graph ??
      (yield* model.view(yield* this.#filter(snapshot, model, { filter, showsHidden }, unread > 0), showsHidden));
    const view = same?.id ?? this.#views.add({ graph, model, showsHidden, generation, key });
    const workingParents = model.workingParents.map(parent => graph.rowOf(parent)).filter(row => row >= 0);
    return { view, rows: graph.rows, width: graph.width, workingParents, unread, changesets: model.count };
  }

  close(view: number): void {
    this.#views.close(view);
  }

  rows(view: number, first: number, count: number): GraphRows | undefined {
    const found = this.#views.get(view);
    if (found === undefined) return undefined;
    const { graph, model, showsHidden } = found;
    const window = graph.window(first, Math.min(count, MAX_ROWS));
    const rows = [...window.revisions].map((revision, at) => ({
      ...model.row(revision, showsHidden),
      column: window.columns[at]!,
      color: window.colors[at]!,
    }));
    const edges: number[] = [];
    for (let at = 0; at < window.edges.length; at += EDGE_FIELDS) {
      const edge = window.edges.subarray(at, at + EDGE_FIELDS);
      if (Math.min(edge[2]!, edge[3]!, edge[4]!) < MAX_COLUMNS) edges.push(...edge);
    }
    return { first: window.first, rows, edges };
  }

  rowOf(view: number, node: string): { readonly row: number; readonly isExact: boolean } | undefined {
    const found = this.#views.get(view);
    if (found === undefined || found.graph.rows === 0) return undefined;
    const revision = found.model.revisionOf(node);
    if (revision < 0) return undefined;
    const row = found.graph.rowOf(revision);
    return row >= 0 ? { row, isExact: true } : { row: found.graph.rowAtOrBelow(revision), isExact: false };
  }

  *details(
    snapshot: Snapshot,
    node: string,
    limit: number,
    path?: string,
  ): Generator<void, ChangesetDetails | undefined> {
    const model = yield* this.#model(snapshot);
    const revision = model.revisionOf(node);
    if (revision < 0) return undefined;
    const { parents } = model;
    const children: number[] = [];
    for (let child = revision + 1; child < model.count; child++) {
      if (parents[child * 2] !== revision && parents[child * 2 + 1] !== revision) continue;
      if (!model.isHidden(child)) children.push(child);
    }
    const row = model.row(revision, model.isHidden(revision));
    const from = row.parents[0] ?? -1;
    const store = this.#backend.store(snapshot);
    const compared = compareChangesets(store, this.#backend.history(snapshot), {
      from: model.node(from),
      to: node,
      limit,
      path: path === undefined ? undefined : fromDisplay(path),
    });
    if (compared.kind === 'none') throw new QuicksilverError('corrupt', compared.message);
    const summaries = (revisions: readonly number[]): ChangesetSummary[] => revisions.map(each => model.summary(each));
    return {
      row,
      description: model.changeset(revision).description,
      parents: summaries(row.parents),
      children: summaries(children),
      files: compared.files,
      total: compared.total,
    };
  }

  *search(snapshot: Snapshot, query: HistorySearch): Generator<void, HistorySearchResult> {
    const { words, path, showsHidden = false, from, limit } = query;
    const model = yield* this.#model(snapshot);
    const wanted = words.map(word => word.toLowerCase());
    const below = path === undefined ? undefined : fromDisplay(path);
    const most = Math.min(limit, MAX_FOUND);
    const found: HistoryRow[] = [];
    const start = Math.min(from ?? model.count - 1, model.count - 1);
    const isFound = (revision: number): boolean =>
      (showsHidden || !model.isHidden(revision)) &&
      (below === undefined || model.changeset(revision).files.some(file => isAtOrBelow(file, below))) &&
      matches(model, revision, wanted, showsHidden);
    let revision = start;
    while (revision >= 0 && found.length < most && start - revision < MAX_SEARCHED) {
      const end = Math.max(-1, revision - STEPS);
      model.keepingOpen(() => {
        for (; revision > end && found.length < most; revision--) {
          if (isFound(revision)) found.push(model.row(revision, showsHidden));
        }
      });
      yield;
    }
    return { found, next: revision };
  }

  *named(snapshot: Snapshot): Generator<void, NamedHistory> {
    const model = yield* this.#model(snapshot);
    const { history } = model;
    const unread = yield* history.loadBranches(MAX_BRANCH_TEXTS);
    if (unread > 0) return { changesets: [], tips: [], topics: [], unread };
    const tips: [string, string][] = [];
    const revisions = new Set<number>([...model.tags(false).keys(), ...model.bookmarks().keys()]);
    for (const parent of model.workingParents) if (parent >= 0) revisions.add(parent);
    for (const branch of history.branchNames()) {
      const heads = history.branchHeads(branch);
      for (const head of heads) revisions.add(head);
      const tip = heads.at(-1);
      if (tip !== undefined) tips.push([toDisplay(branch), model.node(tip)]);
    }
    yield;
    const newest = [...revisions].filter(revision => !model.isHidden(revision)).sort((a, b) => b - a);
    const changesets: HistoryRow[] = [];
    for (const revision of newest.slice(0, MAX_NAMED)) {
      changesets.push(model.row(revision));
      if (changesets.length % STEPS === 0) yield;
    }
    const topics = new Set<string>();
    yield* withTopics(model, MAX_NAMED, (_, topic) => topics.add(topic));
    return { changesets, tips, topics: [...topics], unread };
  }

  *fileHistory(snapshot: Snapshot, query: FileHistoryQuery): Generator<void, FileHistory> {
    const model = yield* this.#model(snapshot);
    return yield* readFileHistory(this.#backend, snapshot, model, query);
  }

  *lineBefore(snapshot: Snapshot, query: LineBeforeQuery): Generator<void, number> {
    const model = yield* this.#model(snapshot);
    return lineBefore(this.#backend.history(snapshot).fileHistory(), model, query);
  }

  *annotate(snapshot: Snapshot, query: AnnotateQuery): Generator<void, FileAnnotation> {
    const model = yield* this.#model(snapshot);
    return yield* this.#annotations.annotate(snapshot, model, query);
  }

  *#model(snapshot: Snapshot): Generator<void, HistoryModel> {
    const model = this.#backend.historyModel(snapshot);
    const { firstParent, secondParent } = snapshot.head;
    yield* model.load([firstParent, secondParent]);
    this.#views.forgetOthers(model);
    return model;
  }

  *#filter(
    snapshot: Snapshot,
    model: HistoryModel,
    { filter, showsHidden }: GraphQuery,
    isPartial: boolean,
  ): Generator<void, HistoryFilter> {
    switch (filter.kind) {
      case 'branch':
        if (isPartial) return { kind: 'revisions', revisions: [] };
        return { kind: 'ancestors', revisions: model.history.branchHeads(fromDisplay(filter.name)) };
      case 'bookmark':
        return { kind: 'ancestors', revisions: named(model.bookmarks(), filter.name) };
      case 'tag':
        return { kind: 'ancestors', revisions: named(model.tags(showsHidden), filter.name) };
      case 'topic': {
        const revisions: number[] = [];
        yield* withTopics(model, model.count, (revision, topic) => {
          if (topic === filter.name && (showsHidden || !model.isHidden(revision))) revisions.push(revision);
        });
        return { kind: 'ancestors', revisions };
      }
      case 'changesets':
        return { kind: 'revisions', revisions: filter.nodes.map(node => model.revisionOf(node)) };
      case 'file': {
        const path = fromDisplay(filter.path);
        const source = model.history.fileHistory();
        const start = workingStart(source, this.#backend.dirstate(snapshot), model.workingParents, path);
        const revisions: number[] = [];
        for (const entry of fileHistoryWithRemovals(source, path, start)) {
          if (entry !== undefined) revisions.push(entry.changeset);
          yield;
        }
        return { kind: 'revisions', revisions: revisions.length > 0 ? revisions : yield* listing(model, path) };
      }
      case 'all':
      case 'auto':
      case 'drafts':
        return { kind: filter.kind };
    }
  }
}

/** Reads some of the branches that a filter needs. Returns how many changesets are still to be read. */
function* unreadBranches(model: HistoryModel, filter: GraphFilter): Generator<void, number> {
  if (filter.kind === 'branch') return yield* model.history.loadBranches(MAX_BRANCH_TEXTS);
  return filter.kind === 'auto' ? yield* model.prepare({ kind: 'auto' }, MAX_BRANCH_TEXTS) : 0;
}

/** The revisions that have a name. */
function named(names: ReadonlyMap<number, readonly string[]>, wanted: string): number[] {
  return [...names].filter(([, all]) => all.includes(wanted)).map(([revision]) => revision);
}

/** Hands over each changeset with a topic, among at most `most` of the newest ones that are not public. */
function* withTopics(
  model: HistoryModel,
  most: number,
  take: (revision: number, topic: string) => void,
): Generator<void> {
  let left = most;
  for (let revision = model.count - 1; revision >= 0 && left > 0;) {
    const end = Math.max(-1, revision - MAX_BRANCH_TEXTS);
    let texts = Math.min(STEPS, left);
    model.keepingOpen(() => {
      for (; revision > end && texts > 0; revision--) {
        if (model.phaseOf(revision) === 'public') continue;
        texts--;
        left--;
        const topic = model.topic(revision);
        if (topic !== undefined) take(revision, topic);
      }
    });
    yield;
  }
}

/** The changesets that list a file at or below a path. */
function* listing(model: HistoryModel, path: BytePath): Generator<void, number[]> {
  const found: number[] = [];
  for (let revision = 0; revision < model.count;) {
    const end = Math.min(model.count, revision + STEPS);
    model.keepingOpen(() => {
      for (; revision < end; revision++) {
        if (model.changeset(revision).files.some(file => isAtOrBelow(file, path))) found.push(revision);
      }
    });
    yield;
  }
  return found;
}

function matches(model: HistoryModel, revision: number, words: readonly string[], showsHidden: boolean): boolean {
  if (words.length === 0) return true;
  const { user, description, branch } = model.changeset(revision);
  const names = [
    model.topic(revision) ?? '',
    ...(model.tags(showsHidden).get(revision) ?? []),
    ...(model.bookmarks().get(revision) ?? []),
  ];
  const text = [user, description, branch, ...names].join('\n').toLowerCase();
  return words.every(
    word =>
      text.includes(word) ||
      word === String(revision) ||
      (word.length >= 4 && /^[0-9a-f]+$/.test(word) && model.node(revision).startsWith(word)),
  );
}
