// Answers of a repository about its history: rows of a graph, searches, the history of a file, and annotations. Texts
// and paths are in the display form of base/bytePath.ts. Changesets are named by their ids, 40 hexadecimal digits.
import type { ChangesetSummary, Phase } from '../base/repositoryState.ts';
import type { Snapshot } from './backend.ts';

export interface ComparedFile {
  readonly path: string;
  readonly status: 'modified' | 'added' | 'removed';
  /** Where it was copied or renamed from; it need not exist any more. */
  readonly source?: string;
}

/** A parent is obsolete, a predecessor is public, or a predecessor has other successors, too. */
export type Instability = 'orphan' | 'phase-divergent' | 'content-divergent';

/** A changeset as a row of a list. */
export interface HistoryRow extends ChangesetSummary {
  /** Revisions: none, one or two. */
  readonly parents: readonly number[];
  readonly phase: Phase;
  readonly instabilities: readonly Instability[];
  readonly isObsolete: boolean;
  readonly isHidden: boolean;
  /** Set for changesets that are not public. */
  readonly topic?: string;
  readonly tags: readonly string[];
  readonly bookmarks: readonly string[];
  readonly isWorkingParent: boolean;
}

/**
 * The changesets that a graph shows: all, the relevant ones, drafts, the ancestors of what has a name, or one file's.
 * A branch, a bookmark, a tag and a topic may have the same name.
 */
export type GraphFilter =
  | { readonly kind: 'all' | 'auto' | 'drafts' }
  | { readonly kind: 'branch' | 'bookmark' | 'tag' | 'topic'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'changesets'; readonly nodes: readonly string[] };

export interface GraphQuery {
  readonly filter: GraphFilter;
  /** True to list hidden changesets, too. */
  readonly showsHidden: boolean;
}

export interface OpenedGraph {
  /** The number of the view in further questions. */
  readonly view: number;
  readonly rows: number;
  /** Columns at the widest place. */
  readonly width: number;
  /** Rows of the working copy's parents that the graph has. */
  readonly workingParents: readonly number[];
  /** All changesets of the repository. */
  readonly changesets: number;
  /**
   * Changesets whose branches are still to be read: until it is 0, the graph may lack some. Without Mercurial's caches
   * this takes long; open the graph again to go on.
   */
  readonly unread: number;
}

export interface GraphRows {
  readonly first: number;
  readonly rows: readonly GraphRow[];
  /** Six numbers for each edge: rows of child and parent, columns of child, edge and parent, color (+256: dashed). */
  readonly edges: readonly number[];
}

export interface GraphRow extends HistoryRow {
  /** Column from 0, and a color below 8. */
  readonly column: number;
  readonly color: number;
}

export interface ChangesetDetails {
  readonly row: HistoryRow;
  readonly description: string;
  readonly parents: readonly ChangesetSummary[];
  readonly children: readonly ChangesetSummary[];
  /** Differences from the first parent, ordered by path. */
  readonly files: readonly ComparedFile[];
  readonly total: number;
}

/** A search goes from new to old. It stops after some time, and can be continued. */
export interface HistorySearch {
  /**
   * All of them have to be in the author, message, branch, topic, names, number or beginning of the id. Case is
   * ignored.
   */
  readonly words: readonly string[];
  /** Restricts the search to changesets that list a file at or below this path. */
  readonly path?: string;
  /** True to find hidden changesets, too. */
  readonly showsHidden?: boolean;
  /** The revision where the search begins; without it, the newest. */
  readonly from?: number;
  readonly limit: number;
}

export interface HistorySearchResult {
  readonly found: readonly HistoryRow[];
  /** The revision with which to continue; -1 at the end. */
  readonly next: number;
}

/** Changesets with names, heads, and the working copy's parents. */
export interface NamedHistory {
  /** The newest first. */
  readonly changesets: readonly HistoryRow[];
  /** The newest open head of each branch, by the name of the branch. */
  readonly tips: readonly (readonly [branch: string, node: string])[];
  /** Topics of the newest changesets that are not public. */
  readonly topics: readonly string[];
  /** Changesets whose branches are still to be read. Until it is 0 there are no names; ask again to go on. */
  readonly unread: number;
}

/** Lines of a file: the first one from 0, and the one after the last. */
export interface LineRange {
  readonly first: number;
  readonly end: number;
}

export interface FileHistoryQuery {
  readonly path: string;
  /** The changeset whose file it is; without it, the working copy's first parent. */
  readonly node?: string;
  /** Restricts the history to changes of these lines. Without `node`, they are lines of the working file. */
  readonly lines?: LineRange;
  /** The text of the working file as in an unsaved editor, for `lines`; without it, the file on disk. */
  readonly text?: string;
  /** As in {@link AnnotateQuery}. */
  readonly isEncoded?: boolean;
  readonly limit: number;
}

/** A line (from 0) of a file in a changeset, and an older version of the file. */
export interface LineBeforeQuery {
  readonly node: string;
  readonly path: string;
  readonly line: number;
  readonly before: { readonly node: string; readonly path: string };
}

export interface FileHistoryItem {
  readonly changeset: ChangesetSummary;
  readonly kind: 'changed' | 'added' | 'removed';
  /** The path of the file in that changeset; for a removed file, before it. */
  readonly path: string;
  /** The previous version, to compare with. It has another path after a rename. Not set for a new file. */
  readonly previous?: { readonly node: string; readonly path: string };
  /** Where the lines are in that version. */
  readonly lines?: LineRange;
}

export interface FileHistory {
  /** The newest first. */
  readonly items: readonly FileHistoryItem[];
  /** True if older versions are left out. */
  readonly hasMore: boolean;
}

export interface AnnotateQuery {
  readonly path: string;
  /** The changeset whose file it is; without it, the working file. */
  readonly node?: string;
  /** The text of the working file as in an unsaved editor; without it, the file on disk. */
  readonly text?: string;
  /** True if each character of `text` is a byte of what a save would write, in an encoding that is not UTF-8. */
  readonly isEncoded?: boolean;
  /** Ids, or beginnings of them. Changes of these changesets are attributed to older ones. */
  readonly skip: readonly string[];
  /** Set to ignore white space; without it, Mercurial's own configuration counts. */
  readonly ignoresWhitespace?: boolean;
  /** True for a large file that a user asked for. */
  readonly force?: boolean;
}

export interface AnnotatedChangeset {
  readonly changeset: HistoryRow;
  readonly description: string;
  /** The path of the file in that changeset. */
  readonly path: string;
  /** The versions that it was made from, in order of importance. */
  readonly parents: readonly { readonly node: string; readonly path: string }[];
}

/** Why a file has no annotation; 'filtered': a filter of Mercurial is a program, which does not run here. */
export type MissingReason = 'binary' | 'large' | 'not-in-history' | 'unreadable' | 'filtered';

export type FileAnnotation =
  | {
      readonly kind: 'lines';
      /** For each line an index in `changesets`; -1 for one that is not committed. */
      readonly sources: readonly number[];
      /** For each line its number in that version, from 1. */
      readonly lineNumbers: readonly number[];
      readonly changesets: readonly AnnotatedChangeset[];
    }
  | {
      readonly kind: 'none';
      readonly reason: MissingReason;
      readonly message: string;
    };

/** Every call may throw a QuicksilverError. Generators yield from time to time, so that others have a turn. */
export interface HistoryQueries {
  /** Calls `listener` when changesets, phases or names may have changed. Returns a function that ends this. */
  follow(listener: () => void): () => void;
  open(snapshot: Snapshot, query: GraphQuery): Generator<void, OpenedGraph>;
  close(view: number): void;
  /** Returns undefined for a view that does not exist any more. */
  rows(view: number, first: number, count: number): GraphRows | undefined;
  /** The row of a changeset or, if the view has none, of the next older one. */
  rowOf(view: number, node: string): { readonly row: number; readonly isExact: boolean } | undefined;
  /** @param path restricts the files to those at or below it */
  details(
    snapshot: Snapshot,
    node: string,
    limit: number,
    path?: string,
  ): Generator<void, ChangesetDetails | undefined>;
  search(snapshot: Snapshot, query: HistorySearch): Generator<void, HistorySearchResult>;
  named(snapshot: Snapshot): Generator<void, NamedHistory>;
  fileHistory(snapshot: Snapshot, query: FileHistoryQuery): Generator<void, FileHistory>;
  lineBefore(snapshot: Snapshot, query: LineBeforeQuery): Generator<void, number>;
  annotate(snapshot: Snapshot, query: AnnotateQuery): Generator<void, FileAnnotation>;
}
