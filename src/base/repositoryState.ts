// States of repositories, in words that decoders, the live model and the protocol share. `P` is the
// kind of path: BytePath in the engine, display text in the protocol.

/** The version-control system of a repository. */
export type SystemKind = 'hg' | 'git' | 'bzr';

/**
 * An operation that was begun and neither finished nor aborted. An 'update' was interrupted, or is running. Only Git
 * has 'cherryPick', 'revert' and 'applyPatches'.
 */
export type Operation =
  | 'histedit'
  | 'rebase'
  | 'graft'
  | 'unshelve'
  | 'transplant'
  | 'bisect'
  | 'update'
  | 'merge'
  | 'cherryPick'
  | 'revert'
  | 'applyPatches';

/** The branch elsewhere that the current one follows, and how many changesets only one of the two has. */
export interface Upstream {
  /** As users write it: 'origin/main'. */
  readonly name: string;
  /** Undefined if the history is too long to count. */
  readonly ahead: number | undefined;
  readonly behind: number | undefined;
}

/** A file whose version for the next commit differs from that of the first parent. */
export interface StagedFile<P> {
  readonly path: P;
  readonly status: 'modified' | 'added' | 'removed';
  /** Where it was renamed from. */
  readonly source?: P | undefined;
  /** Ids of both versions, for a content revision 'file:'; undefined if a side has none, or it is a submodule. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export type Phase = 'public' | 'draft' | 'secret' | 'archived' | 'internal';

export type ConflictState = 'unresolved' | 'resolved';

/** A path at which two sides of a merge did not go together. */
export type Conflict<P> = FileConflict<P> | PathConflict<P>;

export interface FileConflict<P> {
  /** 'change-delete': one side changed the file, the other deleted it. */
  readonly kind: 'content' | 'change-delete';
  /** The path in the working copy. */
  readonly path: P;
  readonly state: ConflictState;
  /** The side without the file, in a 'change-delete'. */
  readonly deletedOn?: 'local' | 'other' | undefined;
  readonly localPath: P;
  /** Absolute path of a file with the local side's content before the merge; undefined if that side deleted it. */
  readonly localFile?: string | undefined;
  /** The file on the local side: '' for an ordinary file, 'x' executable, 'l' a symbolic link. */
  readonly localFlags: string;
  readonly ancestorPath: P;
  /**
   * File nodes, 40 hexadecimal digits, all zeros if the file does not exist. Without ancestor, both sides added the
   * file.
   */
  readonly ancestorNode: string;
  readonly otherPath: P;
  /** Undefined if it is not recorded: then it is the one in the other changeset. */
  readonly otherNode?: string | undefined;
}

/** The path is a file on one side and a directory on the other. */
export interface PathConflict<P> {
  readonly kind: 'path';
  readonly path: P;
  readonly state: ConflictState;
  /** The new name of the file, so that the directory could have its own. */
  readonly renamedTo: P;
  /** The side that has the file. */
  readonly origin: 'local' | 'other';
}

/** The sides of a merge with conflicts, and its conflicts. Exists until the result is committed or dropped. */
export interface Merge<C> {
  /** Changesets, 40 hexadecimal digits; undefined if not recorded. In a rebase, local is the destination. */
  readonly local?: string | undefined;
  readonly other?: string | undefined;
  /** Mercurial's names of the sides: 'working copy' and 'merge rev', 'dest' and 'source', … */
  readonly labels: { readonly local?: string; readonly other?: string; readonly ancestor?: string };
  /** Ordered by path. Files that were merged without conflict are among them, as resolved. */
  readonly conflicts: readonly C[];
}

/** A repository that is recorded as a part of another one. It may be absent. */
export interface Subrepository<P> {
  readonly path: P;
  /** 'other' is a kind that Mercurial does not know either. */
  readonly kind: 'hg' | 'git' | 'svn' | 'other';
  /** Its source as written, for users. */
  readonly source: string;
  /** The recorded revision, in the words of its own system; undefined if none is recorded. */
  readonly revision?: string | undefined;
  /** True if a Mercurial repository exists at the path; false for those of other systems. */
  readonly isPresent: boolean;
}

/** A changeset in one line. */
export interface ChangesetSummary {
  /** 40 hexadecimal digits; the first 12 are its short form. */
  readonly node: string;
  readonly revision: number;
  readonly user: string;
  /** Seconds since 1970. */
  readonly time: number;
  /** Seconds west of UTC, for the time of day at which its author worked. */
  readonly timezone: number;
  readonly branch: string;
  readonly closesBranch: boolean;
  /** The first line of the description. */
  readonly summary: string;
}

/** The incoming changesets of a merge. */
export interface PendingChangesets {
  /** The newest first, at most as many as asked for. */
  readonly changesets: readonly ChangesetSummary[];
  /** How many there are. */
  readonly total: number;
  /** False if the search was cut off, with more left than `total`. */
  readonly isComplete: boolean;
}
