// Answers of a repository beside its status: rules, changesets, versions of files. The words fit every system.
// Texts and paths in answers are in the display form of base/bytePath.ts, so that they can be sent as they are.
import type { BytePath } from '../base/bytePath.ts';
import type { ChangesetSummary, PendingChangesets } from '../base/repositoryState.ts';
import type { Snapshot } from './backend.ts';
import type { ComparedFile, HistoryQueries } from './historyQueries.ts';

export type { ComparedFile };

export interface IgnoreExplanation {
  /** The path that the rule matches: the one asked for, or a directory above it. */
  readonly matchedPath: string;
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** The effect of a line in the ignore file. */
export type IgnorePreview =
  | {
      readonly kind: 'hidden';
      /** Untracked files that would not be listed any more. */
      readonly total: number;
      readonly first: readonly string[];
    }
  /** The system would refuse it, or its effect is not known. */
  | { readonly kind: 'invalid'; readonly message: string };

export type RevisionAnswer =
  | { readonly kind: 'changeset'; readonly changeset: ChangesetSummary }
  | { readonly kind: 'none'; readonly message: string };

export type RevisionComparison =
  | { readonly kind: 'files'; readonly files: readonly ComparedFile[]; readonly total: number }
  | { readonly kind: 'none'; readonly message: string };

export type NoContentReason =
  /** The revision has no such file: for 'base', the file is new. */
  | 'not-in-revision'
  | 'no-such-revision'
  /** Kept on an LFS server, and not in this repository. */
  | 'not-downloaded'
  /** Removed from the history on purpose. */
  | 'censored'
  | 'damaged'
  /** There is no repository to ask at the moment, or it could not be read. */
  | 'unavailable';

/** There is no such content; the message is a sentence for a user. */
export class NoContent extends Error {
  readonly reason: NoContentReason;

  constructor(reason: NoContentReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** One version of a file from the history, or from what is recorded for the next commit. */
export interface FileVersion {
  /** Where it was found. */
  readonly path: BytePath;
  /** Equal ids mean equal bytes. */
  readonly id: string;
  /** Id of the changeset it was found in; all zeros if it was found by its own id. */
  readonly changeset: string;
  readonly kind: 'file' | 'executable' | 'symlink';
  /** Reads it. Throws {@link NoContent}, or a QuicksilverError if it is damaged. */
  content(): Uint8Array;
}

/** Answers from the repository that a snapshot was read from. Every call may throw a QuicksilverError. */
export interface RepositoryQueries {
  /** Undefined if the history of the system cannot be listed. */
  readonly history: HistoryQueries | undefined;
  /** The rule by which a path is ignored; undefined if it is not, tracked or not. */
  explainIgnored(snapshot: Snapshot, path: BytePath): IgnoreExplanation | undefined;
  /** Returns which untracked paths each of the lines would hide in the ignore file, and the first `limit` names. */
  previewIgnore(untracked: readonly BytePath[], lines: readonly string[], limit: number): IgnorePreview[];
  /** The parents of the working copy, the first one first; fewer than two if one is the null revision. */
  parents(snapshot: Snapshot): ChangesetSummary[];
  /** The changesets that the second parent brings in. None if there is no second parent. */
  pendingMerge(snapshot: Snapshot, limit: number): PendingChangesets;
  /** The changeset that a user's word for it names. */
  resolve(snapshot: Snapshot, text: string): RevisionAnswer;
  /** The first `limit` files that differ between two changesets, by their ids. */
  compare(snapshot: Snapshot, query: { from: string; to: string; limit: number }): RevisionComparison;
  /**
   * A version of a file. Throws {@link NoContent}.
   * @param revision 'base', or what the system has besides: see ContentRevision in the protocol
   */
  version(snapshot: Snapshot, path: BytePath, revision: string): FileVersion;
  /** The id of the version that is 'base' now; '' if there is none. */
  baseId(snapshot: Snapshot, path: BytePath): string;
  /** Does work that reads the history, and once more if that was replaced meanwhile. */
  whileStable<T>(snapshot: Snapshot, work: () => T): T;
}
