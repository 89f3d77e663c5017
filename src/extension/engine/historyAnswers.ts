// Questions about the history. Code that loads on demand asks them, and the client at start-up does not know them.
import type { CancellationToken, RequestType } from 'vscode-jsonrpc/node';
import { ListNamed, type Answer, type NamedHistory } from '../../server/historyProtocol.ts';
import type { EngineClient } from './engineClient.ts';

/** The repository cannot be read; the message is a sentence for the user. */
export class HistoryUnavailable extends Error {}

/** Throws {@link HistoryUnavailable} if there is no answer, also if the request is canceled. */
export async function askHistory<P, R>(
  client: EngineClient,
  type: RequestType<P & { root: string }, Answer<R>, void>,
  query: P & { root: string },
  token?: CancellationToken,
): Promise<R> {
  // For a type parameter, the library's types allow no object.
  const parameters = query as Parameters<typeof client.request<P & { root: string }, Answer<R>>>[1];
  const answer = await client.request(type, parameters, token);
  if (answer.kind === 'unavailable') throw new HistoryUnavailable(answer.message);
  return answer.value;
}

/** The changesets with names. Without Mercurial's caches all changesets are read for it, some with each request. */
export async function askNamed(client: EngineClient, root: string, token?: CancellationToken): Promise<NamedHistory> {
  for (;;) {
    const named = await askHistory(client, ListNamed, { root }, token);
    if (named.unread === 0 || token?.isCancellationRequested === true) return named;
  }
}
