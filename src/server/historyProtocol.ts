// The messages about a repository's history: rows of a graph, searches, the history of a file, and annotations. See
// workingCopy/historyQueries.ts for their parts. Each answers `unavailable` while the repository cannot be read.
import { NotificationType, RequestType } from 'vscode-jsonrpc';
import type {
  LineBeforeQuery,
  AnnotateQuery,
  AnnotatedChangeset,
  ChangesetDetails,
  FileAnnotation,
  FileHistory,
  FileHistoryItem,
  FileHistoryQuery,
  GraphFilter,
  GraphQuery,
  GraphRow,
  GraphRows,
  HistoryRow,
  HistorySearch,
  HistorySearchResult,
  LineRange,
  NamedHistory,
  OpenedGraph,
} from '../workingCopy/historyQueries.ts';

export type {
  LineBeforeQuery,
  AnnotateQuery,
  AnnotatedChangeset,
  ChangesetDetails,
  FileAnnotation,
  FileHistory,
  FileHistoryItem,
  FileHistoryQuery,
  GraphFilter,
  GraphQuery,
  GraphRow,
  GraphRows,
  HistoryRow,
  HistorySearch,
  HistorySearchResult,
  LineRange,
  NamedHistory,
  OpenedGraph,
};

/** There is no answer; the message is a sentence for the user. */
export interface Unavailable {
  readonly kind: 'unavailable';
  readonly message: string;
}

export type Answer<T> = { readonly kind: 'answer'; readonly value: T } | Unavailable;

type HistoryRequest<P, R> = RequestType<P & { root: string }, Answer<R>, void>;

/**
 * Lays out a graph, or returns the view that shows the same. The last eight views stay until they are closed.
 * `DidChangeHistory` follows from now on.
 */
export const OpenGraph: HistoryRequest<GraphQuery, OpenedGraph> = new RequestType('history/open');
export const CloseGraph = new RequestType<{ root: string; view: number }, null, void>('history/close');
/** At most 200 rows. Null for a view that is closed. */
export const ReadGraphRows: HistoryRequest<{ view: number; first: number; count: number }, GraphRows | null> =
  new RequestType('history/rows');
/** The row of a changeset, or of the next older one. Null for an unknown changeset. */
export const FindGraphRow: HistoryRequest<{ view: number; node: string }, { row: number; isExact: boolean } | null> =
  new RequestType('history/rowOf');
/** The first `limit` files, at or below `path`. Null for an unknown changeset. */
export const ReadChangeset: HistoryRequest<{ node: string; limit: number; path?: string }, ChangesetDetails | null> =
  new RequestType('history/details');
/** At most 500 changesets. */
export const SearchHistory: HistoryRequest<HistorySearch, HistorySearchResult> = new RequestType('history/search');
export const ListNamed: HistoryRequest<object, NamedHistory> = new RequestType('history/named');
export const ReadFileHistory: HistoryRequest<FileHistoryQuery, FileHistory> = new RequestType('history/file');
/** The line (from 0) of an older version at which a line of a changeset's file was, or what it replaced. */
export const FindLineBefore: HistoryRequest<LineBeforeQuery, number> = new RequestType('history/lineBefore');
export const AnnotateFile: HistoryRequest<AnnotateQuery, FileAnnotation> = new RequestType('history/annotate');

/** Changesets, phases or names of a repository may have changed, for which a client has opened a graph. */
export const DidChangeHistory = new NotificationType<{ root: string }>('history/didChange');
