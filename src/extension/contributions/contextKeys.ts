// Every context key that the extension sets, with the type of its values. `contextKeys.set` and the when-clauses of
// menus go by this table.
import type { Uri } from 'vscode';
import type { Operation } from '../../base/repositoryState.ts';

/** Names without `quicksilver.`. */
export interface ContextKeyValues {
  /** `initialized` once the first search for repositories has ended. */
  readonly state: 'initializing' | 'initialized';
  readonly repositoryCount: number;
  /** hg was found and may run: the workspace is trusted. */
  readonly canRunHg: boolean;
  /** The workspace is trusted, and no hg was found. */
  readonly hgMissing: boolean;
  /** A command of hg runs. */
  readonly operationInProgress: boolean;
  /**
   * Status of the file in the active editor, 'clean' for a tracked file without changes, undefined for a file of no
   * repository. VS Code's own keys do not name the source control they belong to.
   */
  readonly activeFile: FileContext | 'clean' | undefined;
  /** The unfinished operation in the repository of the active file, or else in any repository. */
  readonly operation: Operation | undefined;
  /** Roots of the repositories with an unfinished operation, for a comparison with `scmProviderRootUri`. */
  readonly unfinishedRoots: readonly Uri[];
  /** Ignored files and folders, if they are few enough for a list. */
  readonly ignoredResources: readonly Uri[];
  /** There are more ignored files and folders than the list holds. */
  readonly manyIgnored: boolean;
  /** A working copy has two parents. */
  readonly merging: boolean;
  /** Annotations stand beside the lines of a file. */
  readonly showsAnnotations: boolean;
  /** The view File History is there, and goes with the active editor or stays. */
  readonly fileHistory: 'following' | 'pinned' | undefined;
}

export type ContextKeyName = keyof ContextKeyValues;

/** Status of a file: `scmResourceState` of its row, and {@link ContextKeyValues.activeFile}. */
export type FileContext =
  | 'modified'
  | 'added'
  | 'renamed'
  | 'copied'
  | 'conflict'
  | 'removed'
  | 'missing'
  | 'untracked'
  | 'subrepository'
  | 'ignored';

/** `scmResourceGroup`: ids of the groups of rows. */
export type RowGroup =
  'problem' | 'conflicts' | 'resolved' | 'staged' | 'included' | 'changes' | 'subrepositories' | 'untracked';
