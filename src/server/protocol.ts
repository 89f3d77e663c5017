// The messages between the live models and their clients, as JSON-RPC. Paths of files are relative to the root of their
// repository and separated by '/'. They have the display form of base/bytePath.ts (bytes that are not UTF-8 are lone
// surrogates). Roots are absolute paths of the operating system.
import { NotificationType, RequestType, RequestType0 } from 'vscode-jsonrpc';
import type * as state from '../base/repositoryState.ts';
import type { ChangesetSummary, PendingChangesets, SystemKind } from '../base/repositoryState.ts';
import type { FoundRepository } from '../backends/systems.ts';
import type { LocatedFile, LocatedRepository } from './discover.ts';
import type {
  ComparedFile,
  IgnoreExplanation,
  IgnorePreview,
  NoContentReason,
  RevisionAnswer,
  RevisionComparison,
} from '../workingCopy/queries.ts';

// Texts and numbers: they are sent as they are read.
export type {
  ChangesetSummary,
  ComparedFile,
  FoundRepository,
  IgnoreExplanation,
  IgnorePreview,
  LocatedFile,
  LocatedRepository,
  NoContentReason,
  PendingChangesets,
  RevisionAnswer,
  RevisionComparison,
};

/** 'clean' is never sent as an entry: a path without an entry is clean, or does not exist. */
export type EntryStatus = 'modified' | 'added' | 'removed' | 'deleted' | 'unknown' | 'ignored';

export interface FileEntry {
  readonly path: string;
  readonly status: EntryStatus;
  /** Where a tracked file was copied or renamed from. */
  readonly source?: string;
  /** An ignored directory: everything below it is ignored, and not listed. */
  readonly directory?: true;
  /** The file may be modified, or clean: a sentence with the reason why that is not known. */
  readonly undecided?: string;
}

/** Why there is no status; the message is a sentence for the user. */
export interface Problem {
  /** A code of base/errors.ts, or 'internal'. */
  readonly code: string;
  readonly message: string;
  /** Absolute path of the file the problem is in, and the line in it, from 1. */
  readonly file?: string;
  readonly line?: number;
}

export type RepositoryState =
  /** The first scan runs; entries come as they are found. */
  | { readonly kind: 'scanning' }
  | { readonly kind: 'ready' }
  /** The repository needs something that is not implemented. Watched on: it may change. */
  | { readonly kind: 'refused'; readonly problem: Problem }
  /** The repository is unsupported. The status of a program supplies entries and counts, without ignored files. */
  | { readonly kind: 'fallback'; readonly problem: Problem; readonly program: string }
  /** Something is damaged or unreadable, as it would be for `hg`. Watched on: it recovers when mended. */
  | { readonly kind: 'failed'; readonly problem: Problem }
  /** The repository is no longer there. */
  | { readonly kind: 'gone' };

export interface RepositoryHead {
  /** Hexadecimal digits, 40 each in most repositories; the null revision is all zeros. */
  readonly firstParent: string;
  readonly secondParent: string;
  readonly branch: string;
  readonly bookmark?: string;
  readonly topic?: string;
  /** If one is unfinished, the most specific: a rebase that stopped at a conflict may be a merge as well. */
  readonly operation?: state.Operation;
  /** The phase of the first parent; absent if unknown, or for the null revision. The two fields below as well. */
  readonly phase?: state.Phase;
  /** Present if the first parent was rewritten as other changesets, or dropped. */
  readonly isObsolete?: true;
  /** True if the first parent is the newest open head of its branch: `hg update` would stay there. */
  readonly isBranchTip?: boolean;
  /** True if the first parent closes its branch. */
  readonly closesBranch?: boolean;
  /** Present if the working copy is on another branch than the first parent: that alone can be committed. */
  readonly changesBranch?: true;
  /**
   * The number of drafts among the ancestors of the first parent, itself included: the changesets to push. The remote
   * is not asked. Absent if unknown, or if no remote is configured.
   */
  readonly drafts?: number;
  readonly upstream?: Upstream;
}

export type FileConflict = state.FileConflict<string>;
export type Conflict = state.Conflict<string>;

/** Exists during a merge with conflicts, also one that a rebase, graft, unshelve or update makes. */
export interface MergeState extends state.Merge<Conflict> {
  /** Why nothing is known of the conflicts, although there may be some. The status is right all the same. */
  readonly problem?: Problem;
}

export type Subrepository = state.Subrepository<string>;
export type StagedFile = state.StagedFile<string>;

export interface Upstream {
  readonly name: string;
  /** Absent if the history is too long to count. */
  readonly ahead?: number;
  readonly behind?: number;
}

export interface Counts {
  readonly modified: number;
  readonly added: number;
  readonly removed: number;
  readonly deleted: number;
  readonly unknown: number;
  readonly ignored: number;
  readonly tracked: number;
}

/** The work of an update. */
export interface UpdateCost {
  readonly milliseconds: number;
  readonly stats: number;
  readonly directoriesRead: number;
  readonly filesRead: number;
  readonly bytesRead: number;
  readonly unsure: number;
}

export interface RepositoryUpdate {
  readonly root: string;
  /** Counts up by one with each update of this repository. */
  readonly sequence: number;
  readonly state: RepositoryState;
  readonly head: RepositoryHead | undefined;
  /** True if the receiver must forget all entries of the repository first. */
  readonly reset: boolean;
  /** New or changed entries. */
  readonly changed: readonly FileEntry[];
  /** Paths that had an entry and no longer have one. */
  readonly cleared: readonly string[];
  readonly counts: Counts;
  /** Roots of repositories found inside of this one, absolute; the complete list each time it changes. */
  readonly nestedRepositories?: readonly string[];
  /** As a whole each time it changes; null when there is none any more. Absent: as before, or none after a reset. */
  readonly mergeState?: MergeState | null;
  /**
   * The entries of `.hgsub`, ordered by path; the complete list on each change. A reset without it means an empty list.
   */
  readonly subrepositories?: readonly Subrepository[];
  /** The staged files, ordered by path; the complete list each time it changes. None when a reset comes without it. */
  readonly staged?: readonly StagedFile[];
  /** False while more is known to be coming: a first scan, a burst, the rest of a large update. */
  readonly settled: boolean;
  /** Why this update came, in words for the log: 'first scan', 'file events', 'dirstate replaced', 'audit', … */
  readonly cause: string;
  readonly cost: UpdateCost;
}

export interface DiscoverQuery {
  readonly folders: readonly string[];
  readonly depth: number;
  readonly ignoredNames: readonly string[];
  /** Kinds of systems; unknown ones are left out. */
  readonly systems: readonly string[];
}

/** Limits of the shared server. */
export interface ServerLimits {
  /** Minutes without use after which it ends. */
  readonly idleMinutes: number;
  /** Megabytes for all repositories together, by estimate. */
  readonly memoryMegabytes: number;
  /** Part of the system's limit of watches that all repositories together may use, 0 to 1. Absent: the usual one. */
  readonly watchShare?: number;
}

export interface OpenOptions {
  /** Directories of the workspace that are hidden from VS Code's own watcher need no mention: we watch ourselves. */
  readonly root: string;
  /** Its system. Absent: Mercurial. */
  readonly system?: SystemKind;
  /** Seconds between two audits; 0 switches them off. The shared server has a least number. */
  readonly auditSeconds: number;
  /** Share of the system's limit of watches that may be used, 0 to 1. The shared server has its own. */
  readonly watchShare: number;
  /**
   * How a window uses the shared server: not at all, if one runs (and starting one for a large repository), or starting
   * one. Absent: not at all.
   */
  readonly sharing?: 'off' | 'auto' | 'on';
  /** Limits of a server that is started for this. Absent: the usual ones. */
  readonly serverLimits?: ServerLimits;
  /** 'DEVICE:INODE' of the root as the client sees it: the shared server compares it with its own. */
  readonly rootId?: string;
  /** Files that the user sees: their directories are scanned first. */
  readonly first?: readonly string[];
}

/** Decides if the server may start `hg`, and which one. Until the client sends a policy, it may not. */
export interface HgPolicy {
  /** True only if the user trusts the repositories: hg executes what their configuration names. */
  readonly allow: boolean;
  /** True if hg may answer for unsupported repositories. */
  readonly fallback: boolean;
  /** Absolute path of the program; '' to look for it. */
  readonly path: string;
}

/**
 * Names a version of a file:
 * - 'base': the version that changes are compared with, in the first parent. A renamed or copied file has its source's
 *   version there.
 * - 'p2': the second parent's version in a merge.
 * - 'file:' and 40 hexadecimal digits: the version with that file node; with 40 zeros, an empty file.
 * - 40 hexadecimal digits: the version in that changeset.
 */
export type ContentRevision = string;

export interface ContentQuery {
  readonly root: string;
  readonly path: string;
  readonly revision: ContentRevision;
  /** True if `bytes` are wanted; otherwise they are not sent. */
  readonly withBytes: boolean;
}

export type ContentAnswer =
  | {
      readonly kind: 'content';
      /** The file node: the same node means the same bytes. */
      readonly node: string;
      /** The changeset in which it was found; all zeros for a file found by its node. */
      readonly changeset: string;
      /** Where it was found: another path than was asked for if that is a copy. */
      readonly path: string;
      /** The content of a symbolic link is its target. */
      readonly type: 'file' | 'executable' | 'symlink';
      /** In bytes. */
      readonly size: number;
      /** As they are in the repository. Needs a connection that carries typed arrays, as a message port does. */
      readonly bytes?: Uint8Array;
      /** Replaces `bytes` on a connection that carries text. */
      readonly base64?: string;
    }
  | { readonly kind: 'none'; readonly reason: NoContentReason; readonly message: string };

export interface LogMessage {
  readonly level: 'trace' | 'info' | 'warn' | 'error';
  readonly message: string;
}

/**
 * The repository that the absolute path is in (the deepest one), or null. Only the given systems count. Where several
 * share a root, the first of them counts.
 */
export const FindRoot = new RequestType<{ path: string; systems: readonly string[] }, LocatedRepository | null, void>(
  'repository/findRoot',
);
/** The repositories at, above (the nearest) or below the folders, at most `depth` levels down; `systems` as above. */
export const Discover = new RequestType<DiscoverQuery, readonly LocatedRepository[], void>('repository/discover');
/** Where each of the files, by absolute paths, is when all symbolic links are followed; `systems` as above. */
export const LocateFiles = new RequestType<
  { paths: readonly string[]; systems: readonly string[] },
  readonly LocatedFile[],
  void
>('file/locate');
/** Reads the target of a symbolic link, by its absolute path; null if there is no link. */
export const ReadLink = new RequestType<{ path: string }, string | null, void>('file/readLink');
/** Starts to follow a repository. Updates come by `DidUpdate`, problems included: this itself does not fail. */
export const Open = new RequestType<OpenOptions, null, void>('repository/open');
export const Close = new RequestType<{ root: string }, null, void>('repository/close');
/** Rescans everything. Answers when the result has been sent. */
export const Refresh = new RequestType<{ root: string; cause: string }, null, void>('repository/refresh');
/** Answers when all hints given so far have been examined and the result has been sent. */
export const Settle = new RequestType<{ root: string }, null, void>('repository/settle');
/** The rule by which a path is ignored, or null. */
export const ExplainIgnored = new RequestType<{ root: string; path: string }, IgnoreExplanation | null, void>(
  'repository/explainIgnored',
);
/** For each line, what it would hide if it were in `.hgignore`; of the files, the first `limit`. */
export const PreviewIgnore = new RequestType<
  { root: string; lines: readonly string[]; limit: number },
  readonly IgnorePreview[],
  void
>('repository/previewIgnore');
/** A report for people, as Markdown. `compare` also asks the real `hg`, where {@link HgPolicy} allows it. */
export const Doctor = new RequestType<{ root: string; compare: boolean }, string, void>('repository/doctor');
/**
 * The changesets that the second parent brings in: its ancestors, itself included, that are no ancestors of the first
 * parent. Empty without a second parent.
 */
export const PendingMerge = new RequestType<{ root: string; limit: number }, PendingChangesets, void>(
  'repository/pendingMerge',
);
/** The parents of the working copy, the first one first; fewer than two if one is the null revision. */
export const ParentSummaries = new RequestType<{ root: string }, readonly ChangesetSummary[], void>(
  'repository/parentSummaries',
);
/** Finds the changeset that a text names: a number, a node or its beginning, a bookmark, tag or branch. */
export const ResolveRevision = new RequestType<{ root: string; revision: string }, RevisionAnswer, void>(
  'repository/resolveRevision',
);
/** The differences between two changesets, given by their nodes; the first `limit` files. */
export const CompareRevisions = new RequestType<
  { root: string; from: string; to: string; limit: number },
  RevisionComparison,
  void
>('repository/compareRevisions');
/** A version of a file; why there is none is an answer, too. */
export const Content = new RequestType<ContentQuery, ContentAnswer, void>('repository/content');
export const Shutdown = new RequestType0<null, void>('shutdown');

/** Something may have happened at these paths (relative; '' is the whole working copy). */
export const Hint = new NotificationType<{ root: string; paths: readonly string[] }>('repository/hint');
/** The window has got or lost the focus: getting it is a good moment for an audit. */
export const Focus = new NotificationType<{ focused: boolean }>('window/focus');
/** Holds for all repositories until the next one. `hg status` then answers for unsupported repositories. */
export const SetHgPolicy = new NotificationType<HgPolicy>('hg/setPolicy');
export const DidUpdate = new NotificationType<RepositoryUpdate>('repository/didUpdate');
export const Log = new NotificationType<LogMessage>('log');
/** The 'base' of these files is another than when it was asked for last. Sent with the update by which it is so. */
export const DidChangeBase = new NotificationType<{ root: string; paths: readonly string[] }>(
  'repository/didChangeBase',
);
