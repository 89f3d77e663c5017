// Searches all changesets for words, part by part: the page shows what is found so far.
import type { CancellationToken } from 'vscode';
import { SearchHistory, type HistoryRow } from '../../../server/historyProtocol.ts';
import { askHistory, HistoryUnavailable } from '../../engine/historyAnswers.ts';
import type { EngineClient } from '../../engine/engineClient.ts';

const MAX_IN_PART = 100;
const MAX_FOUND = 500;

export interface GraphSearch {
  readonly root: string;
  readonly words: string;
  readonly showsHidden: boolean;
}

export interface FoundPart {
  readonly found: readonly HistoryRow[];
  /** The search has ended. */
  readonly isLast: boolean;
}

/** Takes each part to `show`. Ends without another one when it is canceled. */
export async function searchHistory(
  client: EngineClient,
  { root, words, showsHidden }: GraphSearch,
  token: CancellationToken,
  show: (part: FoundPart) => void,
): Promise<void> {
  const query = { root, showsHidden, words: words.split(/\s+/).filter(word => word !== ''), limit: MAX_IN_PART };
  let count = 0;
  let from: number | undefined;
  for (;;) {
    try {
      const { found, next } = await askHistory(
        client,
        SearchHistory,
        { ...query, ...(from !== undefined && { from }) },
        token,
      );
      if (token.isCancellationRequested) return;
      count += found.length;
      const isLast = next < 0 || count >= MAX_FOUND;
      show({ found, isLast });
      if (isLast) return;
      from = next;
    } catch (error) {
      if (token.isCancellationRequested && error instanceof HistoryUnavailable) return;
      throw error;
    }
  }
}
