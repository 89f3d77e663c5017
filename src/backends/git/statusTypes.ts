// The status of a Git working tree, in its parts: head, changes, conflicts, untracked and ignored paths.
import type { BytePath } from '../../base/bytePath.ts';
import type { RecordedFile } from '../../git/changes/stagedChanges.ts';
import type { Stage } from '../../git/index/gitIndex.ts';

/** The letter of one side of a change; '.' for no change. */
export type ChangeLetter = '.' | 'M' | 'T' | 'A' | 'D' | 'R';

/** State of a submodule beside its own change. */
export interface SubmoduleState {
  /** Another commit than the recorded one is checked out. */
  readonly commit: boolean;
  /** It has changes of tracked files. */
  readonly modified: boolean;
  readonly untracked: boolean;
}

export interface RenamedFrom {
  readonly path: BytePath;
  /** 0 to 100. */
  readonly percent: number;
}

export interface ChangedPath {
  readonly kind: 'changed';
  readonly path: BytePath;
  /** HEAD against the index. */
  readonly staged: ChangeLetter;
  /** The index against the working tree. */
  readonly unstaged: ChangeLetter;
  readonly head: RecordedFile | undefined;
  readonly index: RecordedFile | undefined;
  /** 0 if nothing is in the working tree. */
  readonly workingMode: number;
  readonly submodule: SubmoduleState | undefined;
  readonly from: RenamedFrom | undefined;
}

export interface ConflictedPath {
  readonly kind: 'conflicted';
  readonly path: BytePath;
  /** The common ancestor, ours, theirs. */
  readonly stages: readonly [Stage | undefined, Stage | undefined, Stage | undefined];
  readonly workingMode: number;
  readonly submodule: SubmoduleState | undefined;
}

/** The path of a directory that is shown as a whole ends in '/'. */
export interface UntrackedPath {
  readonly kind: 'untracked';
  readonly path: BytePath;
}

/** As {@link UntrackedPath}. */
export interface IgnoredPath {
  readonly kind: 'ignored';
  readonly path: BytePath;
}

export type GitEntry = ChangedPath | ConflictedPath | UntrackedPath | IgnoredPath;

export const CLEAN_SUBMODULE: SubmoduleState = { commit: false, modified: false, untracked: false };

/** The two letters of a conflict, by which stages there are. */
export function conflictLetters([base, ours, theirs]: ConflictedPath['stages']): string {
  if (base === undefined) return ours === undefined ? 'UA' : theirs === undefined ? 'AU' : 'AA';
  return ours === undefined ? (theirs === undefined ? 'DD' : 'DU') : theirs === undefined ? 'UD' : 'UU';
}
