// The API for other extensions. Get it so:
//
//   const extension = vscode.extensions.getExtension<QuicksilverExports>('quicksilver.quicksilver');
//   const api = (await extension?.activate())?.getAPI(1);
//
// Version 1 only ever grows.
import type { Event, Uri } from 'vscode';
import type { Counts, FileEntry, RepositoryHead, RepositoryState } from '../../server/protocol.ts';
import type { SubrepositoryStatus } from '../model/subrepositoryStatus.ts';

export interface QuicksilverExports {
  /** Throws for a version that this extension does not offer. */
  getAPI(version: 1): QuicksilverApi;
}

export interface QuicksilverApi {
  /** Resolves when the workspace has been searched for repositories for the first time. */
  readonly initialized: Promise<void>;
  /** The repositories that are open now. */
  readonly repositories: readonly QuicksilverRepository[];
  readonly onDidOpenRepository: Event<QuicksilverRepository>;
  readonly onDidCloseRepository: Event<QuicksilverRepository>;
  /** The deepest open repository that a file is in. */
  getRepository(uri: Uri): QuicksilverRepository | undefined;
}

export interface QuicksilverRepository {
  readonly rootUri: Uri;
  readonly state: RepositoryState;
  readonly head: RepositoryHead | undefined;
  readonly counts: Counts;
  /**
   * By path relative to the root, '/' between names. A file without an entry is clean, absent, or in an ignored folder.
   */
  readonly entries: ReadonlyMap<string, FileEntry>;
  /** By path as above: those that `.hgsub` lists, and how they stand. */
  readonly subrepositories: ReadonlyMap<string, SubrepositoryStatus>;
  /** Fired after each update, with the paths whose entries changed; after a `reset`, no other path has an entry. */
  readonly onDidChange: Event<RepositoryChange>;
  /** Resolves when everything noticed so far is in `entries`, and is shown. */
  settle(): Promise<void>;
  /** Rescans everything, and settles. */
  refresh(): Promise<void>;
}

export interface RepositoryChange {
  readonly reset: boolean;
  readonly changed: readonly FileEntry[];
  readonly cleared: readonly string[];
  /** False while more is known to be coming. */
  readonly settled: boolean;
  /** Why, in words for a log. */
  readonly cause: string;
}
