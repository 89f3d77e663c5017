// Answers of a system whose history no command lists or compares: none, or nothing.
import type { ChangesetSummary, PendingChangesets } from '../base/repositoryState.ts';
import type { Snapshot } from '../workingCopy/backend.ts';
import type { RevisionAnswer, RevisionComparison } from '../workingCopy/queries.ts';

export abstract class WithoutHistory {
  readonly history = undefined;
  readonly #noAnswer: { readonly kind: 'none'; readonly message: string };

  /** @param message a sentence for a user who asks for a revision */
  protected constructor(message: string) {
    this.#noAnswer = { kind: 'none', message };
  }

  parents(): ChangesetSummary[] {
    return [];
  }

  pendingMerge(): PendingChangesets {
    return { changesets: [], total: 0, isComplete: true };
  }

  resolve(): RevisionAnswer {
    return this.#noAnswer;
  }

  compare(): RevisionComparison {
    return this.#noAnswer;
  }

  /** Contents never change where they are named by their ids. A repack moves them, which a store finds by itself. */
  whileStable<T>(_snapshot: Snapshot, work: () => T): T {
    return work();
  }
}
