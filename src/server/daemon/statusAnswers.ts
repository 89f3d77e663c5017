// Answers about the status: the entries of a moment, and the line of a prompt.
import type { BytePath } from '../../base/bytePath.ts';
import { oneLine } from '../../base/foreignText.ts';
import type { Operation } from '../../base/repositoryState.ts';
import type { Entry } from '../../workingCopy/statusTree.ts';
import type { SharedRepository } from '../hub.ts';
import { refused, type Exactness, type Refused } from './exactStatus.ts';
import type { ExactQuestion } from './questions.ts';

/** An answer with more entries would be slower than looking for oneself, and has no bound. */
export const MOST_ENTRIES = 50_000;

/** Facts of the snapshot behind an exact answer. */
export interface Identity {
  readonly firstParent: string;
  readonly secondParent: string;
  /** See SnapshotIdentity. */
  readonly statCache: string;
  readonly tracked: number;
  readonly ignoreFiles: readonly string[];
  /** Each in one line. */
  readonly warnings: readonly string[];
}

export interface ListedEntry {
  readonly path: BytePath;
  readonly status: Entry['status'];
  readonly source?: BytePath | undefined;
}

export interface StatusAnswer {
  readonly kind: 'status';
  readonly identity: Identity;
  readonly entries: readonly ListedEntry[];
}

export interface PromptAnswer {
  readonly kind: 'prompt';
  /** False for what was known last. */
  readonly isExact: boolean;
  /** Names have no control characters. */
  readonly branch: string;
  readonly bookmark: string;
  readonly topic: string;
  readonly operation: Operation | undefined;
  readonly counts: PromptCounts;
}

export interface PromptCounts {
  readonly modified: number;
  readonly added: number;
  readonly removed: number;
  readonly deleted: number;
  readonly unknown: number;
  readonly conflicts: number;
}

export function identityOf({ snapshot, identity }: Extract<Exactness, { kind: 'exact' }>): Identity {
  return {
    firstParent: snapshot.head.firstParent,
    secondParent: snapshot.head.secondParent,
    statCache: identity.statCache,
    tracked: snapshot.input.statCache.entryCount,
    ignoreFiles: identity.ignoreFiles,
    warnings: snapshot.warnings.map(oneLine),
  };
}

export function statusAnswer({ repository, exactness }: ExactQuestion): StatusAnswer | Refused {
  if (exactness.kind === 'refused') return exactness;
  const entries = listed(repository, MOST_ENTRIES);
  return 'kind' in entries ? entries : { kind: 'status', identity: identityOf(exactness), entries };
}

/** Returns the entries without ignored ones, or why they are no answer. */
export function listed({ model }: SharedRepository, most: number): readonly ListedEntry[] | Refused {
  const { modified, added, removed, deleted, unknown } = model.tree.counts;
  if (modified + added + removed + deleted + unknown > most) return refused('there are too many entries');
  const entries: ListedEntry[] = [];
  for (const [path, { status, source, undecided }] of model.tree.entries()) {
    if (undecided !== undefined) return refused('a file could not be compared');
    if (status !== 'ignored') entries.push({ path, status, source });
  }
  return entries;
}

export function promptAnswer({ repository, exactness }: ExactQuestion): PromptAnswer | Refused {
  const { model } = repository;
  const snapshot = exactness.kind === 'exact' ? exactness.snapshot : model.snapshot;
  if (snapshot === undefined) return exactness.kind === 'refused' ? exactness : refused('nothing is known');
  const { head, mergeState } = snapshot;
  const { modified, added, removed, deleted, unknown } = model.tree.counts;
  const conflicts = mergeState?.conflicts.filter(({ state }) => state === 'unresolved').length ?? 0;
  return {
    kind: 'prompt',
    isExact: exactness.kind === 'exact',
    branch: oneLine(head.branch),
    bookmark: oneLine(head.bookmark ?? ''),
    topic: oneLine(head.topic ?? ''),
    operation: head.operation,
    counts: { modified, added, removed, deleted, unknown, conflicts },
  };
}
