// What the live model needs to know of a version-control system.
import type { BytePath } from '../base/bytePath.ts';
import type { StatusInput } from '../status/types.ts';

/** What the working copy is based on, and what it is in the middle of. */
export interface Head {
  /** 40 hexadecimal digits; all zeros for the null revision. */
  readonly firstParent: string;
  readonly secondParent: string;
  /** This and the following names are texts for people. */
  readonly branch: string;
  readonly bookmark: string | undefined;
  readonly topic: string | undefined;
  /** The unfinished operation: 'merge', 'rebase', … */
  readonly operation: string | undefined;
}

/**
 * What was read of a repository at one moment. Parts that did not change since the snapshot it was made from are the
 * same objects, so that `===` tells what changed.
 */
export interface Snapshot {
  readonly input: StatusInput;
  readonly head: Head;
  /** Things `hg` would warn about, as sentences. */
  readonly warnings: readonly string[];
  /** Absolute paths of files whose change would make another snapshot. */
  readonly files: readonly string[];
}

export interface Backend {
  readonly root: string;
  /** True as long as there is a repository at the root. */
  exists(): boolean;
  /**
   * Reads what changed since `previous`, everything if there is none. Looks at the identity of a few files only, so that
   * it may be called on every event.
   * Throws a QuicksilverError: 'unsupported' if the repository must be refused, another code if it cannot be read.
   */
  load(previous: Snapshot | undefined): Snapshot;
  /** The recorded paths whose entries differ between two snapshots of this backend. */
  changedPaths(from: Snapshot, to: Snapshot): BytePath[];
  /** How the working copy is locked by a running command. */
  lock(): Lock;
  /** Absolute paths of the directories in which the system keeps its state; watched, if they exist. */
  controlDirectories(): readonly string[];
  /** Whether a change of this file in a control directory can matter. */
  isRelevant(directory: string, name: string): boolean;
}

export type Lock =
  | 'free'
  /** A command holds the lock and may be about to change working files. */
  | 'held'
  /** A command is replacing working files: until it is done, what is recorded and what is there do not fit. */
  | 'updating';
