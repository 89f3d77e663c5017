// The interface between the live model and a version-control system.
import type { BytePath } from '../base/bytePath.ts';
import type { QuicksilverError } from '../base/errors.ts';
import type * as state from '../base/repositoryState.ts';
import type { StatusInput } from '../status/types.ts';

/** The parents and names of the working copy, and its unfinished operation. */
export interface Head {
  /** Hexadecimal digits, 40 in most repositories; all zeros for the null revision. */
  readonly firstParent: string;
  readonly secondParent: string;
  /** This and the following names are texts for people. */
  readonly branch: string;
  readonly bookmark: string | undefined;
  readonly topic: string | undefined;
  readonly operation: state.Operation | undefined;
  /** How far the first parent has got; undefined if not known, or there is no parent. */
  readonly phase?: state.Phase | undefined;
  /** True if the first parent was rewritten as other changesets, or dropped. Else undefined. */
  readonly isObsolete?: true | undefined;
  /** True if the first parent is the newest open head of its branch; undefined as above. */
  readonly isBranchTip?: boolean | undefined;
  /** True if the first parent closes its branch; undefined as above. */
  readonly closesBranch?: boolean | undefined;
  /**
   * True if the working copy is on another branch than the first parent, which can be committed alone. Else undefined.
   */
  readonly changesBranch?: true | undefined;
  /**
   * The number of drafts among the ancestors of the first parent, itself included. Undefined if unknown, or if there is
   * no remote to push to.
   */
  readonly drafts?: number | undefined;
  readonly upstream?: state.Upstream | undefined;
}

export type Conflict = state.Conflict<BytePath>;

/** A merge with conflicts, until its result is recorded. */
export interface MergeState extends state.Merge<Conflict> {
  /** Why nothing of the above is known, although there is something. The status is right all the same. */
  readonly problem: QuicksilverError | undefined;
}

export type Subrepository = state.Subrepository<BytePath>;
export type StagedFile = state.StagedFile<BytePath>;

/**
 * The recorded state of a repository at one moment. Unchanged parts are the same objects as in the previous snapshot,
 * so `===` finds the changes.
 */
export interface Snapshot {
  readonly input: StatusInput;
  /** May be read when it is first asked for, which then throws as {@link Backend.load} does. */
  readonly head: Head;
  readonly mergeState?: MergeState | undefined;
  /** Ordered by path; undefined means none. */
  readonly subrepositories?: readonly Subrepository[] | undefined;
  /** Ordered by path; undefined for a system that stages nothing. As the head, it may be read when first asked for. */
  readonly staged?: readonly StagedFile[] | undefined;
  /** Things the system would warn about, as sentences. */
  readonly warnings: readonly string[];
  /** Absolute paths of files whose change would make another snapshot. */
  readonly files: readonly string[];
}

/** Returns true while a command may be writing the recorded state. */
export function isBusy(backend: Backend): boolean {
  return backend.isBusy?.() ?? backend.lock() !== 'free';
}

/** Which state of a repository a snapshot was read from: for clients that must know that it is still theirs. */
export interface SnapshotIdentity {
  /** The state of the stat cache's file, 'INODE SIZE MTIME CTIME' with times in nanoseconds; 'none' without a file. */
  readonly statCache: string;
  /** Absolute paths of the ignore files that the rules start from, in order. */
  readonly ignoreFiles: readonly string[];
}

export interface Backend {
  readonly root: string;
  /** The name in the root that holds the system's own files: '.hg'. A hint of it alone loads what is recorded. */
  readonly controlName: string;
  /** True as long as there is a repository at the root. */
  exists(): boolean;
  /**
   * Reads the changes since `previous`, or everything without it. Compares only the identities of a few files, so it
   * may run on every event.
   *
   * Throws a QuicksilverError: 'unsupported' if we cannot answer for the repository, another code if it cannot be read.
   */
  load(previous: Snapshot | undefined): Snapshot;
  /**
   * False if a command replaced the stat cache since the snapshot was read. Costs one stat, before each publication.
   */
  isCurrent(snapshot: Snapshot): boolean;
  /** Not given: there are no exact answers for others. */
  identityOf?(snapshot: Snapshot): SnapshotIdentity;
  /** The recorded paths whose entries differ between two snapshots of this backend. */
  changedPaths(from: Snapshot, to: Snapshot): BytePath[];
  /**
   * Something may have happened at these paths of the working copy; 'everything' stands for all. Returns true if the
   * next load may find other rules because of it.
   */
  hinted?(paths: ReadonlySet<BytePath> | 'everything'): boolean;
  /** The engine is idle: releases memory that is cheap to fill again. */
  releaseCaches(snapshot: Snapshot): void;
  /** How the working copy is locked by a running command. */
  lock(): Lock;
  /**
   * Returns true while a command holds any lock, that of the history included. Its files may be half-written. Default:
   * true while the working copy is locked.
   */
  isBusy?(): boolean;
  /** Absolute paths of the directories in which the system keeps its state; watched, if they exist. */
  controlDirectories(): readonly string[];
  /** True if a change of this file in a control directory can matter. */
  isRelevant(directory: string, name: string): boolean;
}

export type Lock =
  | 'free'
  /** A command holds the lock and may be about to change working files. */
  | 'held'
  /** A command is replacing working files: until it is done, what is recorded and what is there do not fit. */
  | 'updating';
