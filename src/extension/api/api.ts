// What other extensions may rely on. Get it so:
//
//   const extension = vscode.extensions.getExtension<QuicksilverExports>('quicksilver.quicksilver');
//   const api = (await extension?.activate())?.getAPI(1);
//
// Version 1 only ever grows. `view` is for the tests of this extension and may change at any time.
import type { Event, FileDecoration, SourceControlInputBox, SourceControlResourceState, Uri } from 'vscode';
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
  /** For tests of this extension only: no part of the contract. */
  readonly view: ViewForTests;
}

export interface QuicksilverRepository {
  readonly rootUri: Uri;
  readonly state: RepositoryState;
  readonly head: RepositoryHead | undefined;
  readonly counts: Counts;
  /** By path relative to the root, '/' between names. A file without an entry is clean, ignored by a folder, or absent. */
  readonly entries: ReadonlyMap<string, FileEntry>;
  /** By path as above: those that `.hgsub` lists, and how they stand. */
  readonly subrepositories: ReadonlyMap<string, SubrepositoryStatus>;
  /** Fired after each update, with the paths whose entries changed; `reset` says that all others have none any more. */
  readonly onDidChange: Event<RepositoryChange>;
  /** Resolves when everything noticed so far is in `entries`, and is shown. */
  settle(): Promise<void>;
  /** Looks at everything again, and settles. */
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

/** What VS Code was told to show, as it was told. */
export interface ViewForTests {
  groups(root: Uri): readonly ShownGroup[];
  badge(root: Uri): number | undefined;
  label(root: Uri): string;
  statusBar(root: Uri): { readonly text: string; readonly tooltip: string };
  /** The status bar's item about what is unfinished. */
  operation(root: Uri): { readonly text: string; readonly tooltip: string } | undefined;
  /** The one about what was not pushed. */
  drafts(root: Uri): { readonly text: string; readonly tooltip: string } | undefined;
  inputBoxVisible(root: Uri): boolean;
  inputBox(root: Uri): SourceControlInputBox;
  decoration(uri: Uri): FileDecoration | undefined;
  /** Fired with what VS Code is told to ask about again; undefined is everything. */
  readonly onDidChangeDecorations: Event<readonly Uri[] | undefined>;
  /** What the gutter compares a file with. */
  originalOf(uri: Uri): Promise<Uri | undefined>;
  /** How often VS Code has read a version of a file so far. */
  contentReads(): number;
  /** Fired with each of them. */
  readonly onDidReadContent: Event<Uri>;
  /** Fired with the versions that VS Code is told to read again. */
  readonly onDidChangeContents: Event<readonly { readonly uri: Uri }[]>;
  /** Ends the engine as a crash would. */
  crashEngine(): void;
}

export interface ShownGroup {
  readonly id: string;
  readonly label: string;
  readonly resources: readonly SourceControlResourceState[];
}
