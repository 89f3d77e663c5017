// Requests about the history: graphs, searches, histories of files, and annotations. All work is done in slices, one
// request of a repository after the other.
import type { CancellationToken, MessageConnection, RequestType } from 'vscode-jsonrpc';
import { nextTurn } from '../../base/async.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { Disposable } from '../../base/lifecycle.ts';
import type { Snapshot } from '../../workingCopy/backend.ts';
import type { HistoryQueries } from '../../workingCopy/historyQueries.ts';
import * as protocol from '../historyProtocol.ts';
import type { SharedRepository } from '../hub.ts';
import type { FindRepository } from './served.ts';

/** Milliseconds of work before others have a turn. */
const SLICE_MS = 8;

export function handleGraph(connection: MessageConnection, find: FindRepository): readonly Disposable[] {
  const turns = new WeakMap<SharedRepository, Promise<unknown>>();
  const followed = new Map<string, { readonly repository: SharedRepository; readonly end: () => void }>();

  /** Does the work after that of earlier requests. Tries again if the history was replaced meanwhile. */
  const answer = async <T>(
    root: string,
    work: (history: HistoryQueries, snapshot: Snapshot) => Generator<void, T>,
    token: CancellationToken,
  ): Promise<protocol.Answer<T>> => {
    const repository = find(root);
    const history = repository?.queries.history;
    if (repository === undefined || history === undefined) return unavailable(`'${root}' has no history to list.`);
    const run = async (): Promise<protocol.Answer<T>> => {
      for (let attempt = 0; ; attempt++) {
        const { snapshot } = repository.model;
        if (snapshot === undefined) return unavailable(`'${root}' cannot be read now.`);
        try {
          const value = await inSlices(work(history, snapshot), token);
          return value === undefined
            ? unavailable('The request was canceled.')
            : { kind: 'answer', value: value.result };
        } catch (error) {
          if (!(error instanceof QuicksilverError)) throw error;
          if (error.code !== 'changed-while-reading' || attempt > 0) return unavailable(error.message);
          await nextTurn();
        }
      }
    };
    const turn = (turns.get(repository) ?? Promise.resolve()).then(run, run);
    turns.set(repository, turn);
    return turn;
  };

  const follow = (root: string): void => {
    const repository = find(root);
    const history = repository?.queries.history;
    if (repository === undefined || history === undefined || followed.get(root)?.repository === repository) return;
    followed.get(root)?.end();
    const end = history.follow(() => {
      // It fails only when the other side is gone, as every other message then shows.
      connection.sendNotification(protocol.DidChangeHistory, { root }).catch(() => end());
    });
    followed.set(root, { repository, end });
  };

  const handle = <P extends { root: string }, T>(
    type: RequestType<P, protocol.Answer<T>, void>,
    work: (history: HistoryQueries, snapshot: Snapshot, query: P) => Generator<void, T>,
  ): Disposable =>
    connection.onRequest(type, (query: P, token: CancellationToken) =>
      answer(query.root, (history, snapshot) => work(history, snapshot, query), token),
    );

  return [
    connection.onRequest(protocol.OpenGraph, ({ root, ...query }, token) => {
      follow(root);
      return answer(root, (history, snapshot) => history.open(snapshot, query), token);
    }),
    connection.onRequest(protocol.CloseGraph, ({ root, view }) => {
      find(root)?.queries.history?.close(view);
      return null;
    }),
    handle(protocol.ReadGraphRows, (history, _, { view, first, count }) =>
      atOnce(() => history.rows(view, first, count) ?? null),
    ),
    handle(protocol.FindGraphRow, (history, _, { view, node }) => atOnce(() => history.rowOf(view, node) ?? null)),
    handle(protocol.ReadChangeset, function* (history, snapshot, { node, limit, path }) {
      return (yield* history.details(snapshot, node, limit, path)) ?? null;
    }),
    handle(protocol.SearchHistory, (history, snapshot, query) => history.search(snapshot, query)),
    handle(protocol.ListNamed, (history, snapshot) => history.named(snapshot)),
    handle(protocol.ReadFileHistory, (history, snapshot, query) => history.fileHistory(snapshot, query)),
    handle(protocol.FindLineBefore, (history, snapshot, query) => history.lineBefore(snapshot, query)),
    handle(protocol.AnnotateFile, (history, snapshot, query) => history.annotate(snapshot, query)),
    {
      dispose: () => {
        for (const { end } of followed.values()) end();
        followed.clear();
      },
    },
  ];
}

function unavailable(message: string): protocol.Unavailable {
  return { kind: 'unavailable', message };
}

// eslint-disable-next-line require-yield -- it has the shape of longer work
function* atOnce<T>(work: () => T): Generator<void, T> {
  return work();
}

/** Resolves with undefined if the request is canceled. */
async function inSlices<T>(
  steps: Generator<void, T>,
  token: CancellationToken,
): Promise<{ readonly result: T } | undefined> {
  for (;;) {
    const until = performance.now() + SLICE_MS;
    do {
      const step = steps.next();
      if (step.done === true) return { result: step.value };
    } while (performance.now() < until);
    await nextTurn();
    if (token.isCancellationRequested) return undefined;
  }
}
