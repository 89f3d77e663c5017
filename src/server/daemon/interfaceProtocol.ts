// The documented requests of the shared server's JSON-RPC, for programs of others: docs/server-protocol.md. They come
// after `hello`. Paths are relative to the root and have the display form of base/bytePath.ts.
import { RequestType } from 'vscode-jsonrpc';
import type { Operation } from '../../base/repositoryState.ts';
import type { FileEntry } from '../protocol.ts';
import type { PromptCounts } from './statusAnswers.ts';

/** The parameters of every request. */
export interface RepositoryQuery {
  /** Absolute path of the working copy's root, without symbolic links. */
  readonly root: string;
  /** 'DEVICE:INODE' of that directory, in decimal. */
  readonly rootId: string;
  /** Absent: Mercurial. */
  readonly system?: string;
  /** Milliseconds after which an answer is of no use. Absent: 200. */
  readonly deadline?: number;
}

/** There is no exact answer. `why` is a short reason for a log. */
export interface Inexact {
  readonly exact: false;
  readonly why: string;
}

/** Facts of the recorded state behind an exact status. */
export interface StatusFacts {
  /** Another value for each life of a server. */
  readonly server: string;
  /** Ids of the changesets, the first parent first; zeros for none. */
  readonly parents: readonly [string, string];
  /** Inode, size, mtime and ctime (nanoseconds) of `.hg/dirstate`; 'none' without one. */
  readonly dirstate: string;
  /** The number of tracked files. */
  readonly tracked: number;
  /** Absolute paths of the configured ignore files. */
  readonly ignoreFiles: readonly string[];
  /** Warnings that `hg` would print about ignore files. */
  readonly warnings: readonly string[];
}

export interface FileFacts {
  /** 'f', 'd', 'l', or 'o' for others. */
  readonly type: string;
  /** Permissions, 0 to 0o7777. */
  readonly mode: number;
  /** In bytes. */
  readonly size: number;
  /** In nanoseconds since 1970, decimal: it exceeds the numbers of JSON. */
  readonly mtime: string;
}

export interface ChangesQuery extends RepositoryQuery {
  /** A token of an earlier answer. Absent: only a token is wanted. */
  readonly since?: string;
  /** The most paths of the answer, 1 to 10,000. Absent: 10,000. */
  readonly limit?: number;
}

export interface ChangesResult {
  readonly exact: true;
  readonly token: string;
  /** True if everything may have changed. */
  readonly fresh: boolean;
  /** True if there are more paths since the token. */
  readonly more: boolean;
  /** Directories that are not followed. */
  readonly incomplete: readonly string[];
  /** Each stands for everything below it, too. */
  readonly paths: readonly string[];
}

export interface DirectoryResult {
  readonly exact: true;
  readonly token: string;
  /** True if `fs/changes` since the token reports what happens there. */
  readonly followed: boolean;
  readonly entries: readonly ({ readonly name: string } & FileFacts)[];
}

export interface EverythingResult extends StatusFacts {
  readonly exact: true;
  readonly token: string;
  readonly incomplete: readonly string[];
  /** All that is not clean. `file` is null where there is none. */
  readonly entries: readonly (FileEntry & { readonly file: FileFacts | null })[];
}

export interface StatusResult extends StatusFacts {
  readonly exact: true;
  readonly entries: readonly FileEntry[];
}

export interface PromptResult {
  /** False for what was known last. */
  readonly exact: boolean;
  /** Names are '' where there is none, and have no control characters. */
  readonly branch: string;
  readonly bookmark: string;
  readonly topic: string;
  readonly operation: Operation | null;
  readonly counts: PromptCounts;
}

/** The paths at which something happened since a token. */
export const FsChanges = new RequestType<ChangesQuery, ChangesResult | Inexact, void>('fs/changes');
/** A directory as it is now. */
export const FsListDirectory = new RequestType<RepositoryQuery & { path?: string }, DirectoryResult | Inexact, void>(
  'fs/listdir',
);
/** Everything that is not clean, with its stat. */
export const FsFetchAll = new RequestType<RepositoryQuery, EverythingResult | Inexact, void>('fs/fetchall');
/** The status of a moment between question and answer. */
export const StatusExact = new RequestType<RepositoryQuery, StatusResult | Inexact, void>('status/exact');
export const StatusPrompt = new RequestType<RepositoryQuery, PromptResult | Inexact, void>('status/prompt');
/** Follows a repository: its state comes in `repository/didUpdate`. Fails if it cannot, with the reason. */
export const StatusSubscribe = new RequestType<RepositoryQuery, null, void>('status/subscribe');
export const StatusUnsubscribe = new RequestType<{ root: string }, null, void>('status/unsubscribe');
