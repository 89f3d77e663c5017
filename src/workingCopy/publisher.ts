// Decides when what is known is told, and what has changed since it was told last.
import type { BytePath } from '../base/bytePath.ts';
import type { QuicksilverError } from '../base/errors.ts';
import { Emitter, type Disposable } from '../base/lifecycle.ts';
import { newWorkCounters, type WorkCounters } from '../status/types.ts';
import type { Head, Lock, MergeState, Subrepository } from './backend.ts';
import type { Change, EntryCounts, StatusTree } from './statusTree.ts';

export type ModelState =
  | { readonly kind: 'scanning' | 'ready' | 'gone' }
  | { readonly kind: 'refused' | 'failed'; readonly problem: QuicksilverError };

export interface ModelUpdate {
  readonly state: ModelState;
  readonly head: Head | undefined;
  /** Everything told before is to be forgotten first. */
  readonly reset: boolean;
  readonly changes: readonly Change[];
  readonly counts: Readonly<EntryCounts>;
  readonly tracked: number;
  /** The complete list, each time it changes. */
  readonly nestedRepositories: readonly BytePath[] | undefined;
  /** Given each time it changes, as a whole; null when there is none any more. */
  readonly mergeState?: MergeState | null;
  /** The complete list, each time it changes. */
  readonly subrepositories?: readonly Subrepository[];
  readonly settled: boolean;
  readonly cause: string;
  readonly outcome: Readonly<WorkCounters>;
  readonly milliseconds: number;
}

/**
 * A command that keeps the lock for longer is not about to finish: `hg commit` holds it while its editor is open. What is
 * known then is told.
 */
const HELD_LIMIT_MS = 2000;
/** While an update replaces files the status is meaningless, but a command may hang for ever. */
const UPDATING_LIMIT_MS = 60_000;

export class Publisher implements Disposable {
  readonly #updates = new Emitter<ModelUpdate>();
  readonly onDidUpdate = this.#updates.event;

  tree: StatusTree;
  state: ModelState = { kind: 'scanning' };
  head: Head | undefined;
  /** This and the subrepositories are other objects when they change. */
  mergeState: MergeState | undefined;
  subrepositories: readonly Subrepository[] | undefined;
  tracked = 0;
  nestedRepositories: ReadonlySet<BytePath> = new Set();
  readonly #outcome: Readonly<WorkCounters>;
  /** The counters as of the last settled update. */
  #accounted: WorkCounters = newWorkCounters();
  #causes = new Set<string>();
  #began: number | undefined;
  #reset = true;
  #lock: Lock = 'free';
  /** Since when it is seen as it is. */
  #lockedSince = 0;
  #told = {
    state: undefined as ModelState | undefined,
    head: undefined as Head | undefined,
    nested: '',
    mergeState: undefined as MergeState | undefined,
    subrepositories: undefined as readonly Subrepository[] | undefined,
    settled: false,
  };

  /** @param outcome counters that only grow; an update tells what was added since the last settled one */
  constructor(tree: StatusTree, outcome: Readonly<WorkCounters>) {
    this.tree = tree;
    this.#outcome = outcome;
  }

  /** From here on, `tree` is what there is, and all that was told is void. */
  reset(tree: StatusTree): void {
    this.tree = tree;
    this.#reset = true;
  }

  /** Says why work is being done; the words of all causes since the last update are told with it. */
  begin(cause: string, now: number): void {
    this.#causes.add(cause);
    this.#began ??= now;
  }

  /** Milliseconds until an update may be told although the lock is `lock`; 0 if it may be now. */
  heldFor(lock: Lock, now: number): number {
    // Each part of a command has its own time: `hg update` says that it has done with the files before it records that.
    if (lock !== this.#lock) this.#lockedSince = now;
    this.#lock = lock;
    if (lock === 'free') return 0;
    const limit = lock === 'updating' ? UPDATING_LIMIT_MS : HELD_LIMIT_MS;
    return Math.max(0, this.#lockedSince + limit - now);
  }

  /** Tells what changed; nothing if nothing did. Throws what a listener throws, after all of them were told. */
  publish(settled: boolean, now: number): void {
    const nested = [...this.nestedRepositories].sort();
    const nestedKey = nested.join('\0');
    const changes = this.#reset
      ? [...this.tree.entries()].map(([path, entry]) => ({ path, entry }))
      : this.tree.takeChanges();
    if (this.#reset) this.tree.takeChanges();
    const told = this.#told;
    const { mergeState, subrepositories } = this;
    const tellsMerge = mergeState !== (this.#reset ? undefined : told.mergeState);
    const tellsSubrepositories = subrepositories !== (this.#reset ? undefined : told.subrepositories);
    const nothing =
      !this.#reset &&
      changes.length === 0 &&
      told.state === this.state &&
      sameHead(told.head, this.head) &&
      told.nested === nestedKey &&
      !tellsMerge &&
      !tellsSubrepositories &&
      told.settled === settled;
    let update: ModelUpdate | undefined;
    if (!nothing) {
      update = {
        state: this.state,
        head: this.head,
        reset: this.#reset,
        changes,
        counts: { ...this.tree.counts },
        tracked: this.tracked,
        nestedRepositories: told.nested === nestedKey && !this.#reset ? undefined : nested,
        ...(tellsMerge && { mergeState: mergeState ?? null }),
        ...(tellsSubrepositories && { subrepositories: subrepositories ?? [] }),
        settled,
        cause: [...this.#causes].join(', '),
        outcome: difference(this.#outcome, this.#accounted),
        milliseconds: this.#began === undefined ? 0 : now - this.#began,
      };
      this.#told = { state: this.state, head: this.head, nested: nestedKey, mergeState, subrepositories, settled };
      this.#reset = false;
    }
    if (settled) {
      this.#causes = new Set();
      this.#began = undefined;
      this.#accounted = { ...this.#outcome };
    }
    // Last, so that a listener may ask for more, or fail, without being told the same again.
    if (update !== undefined) this.#updates.fire(update);
  }

  dispose(): void {
    this.#updates.dispose();
  }
}

/** True if being told `now` after `told` would say nothing new. */
export function sameTrouble(now: ModelState, told: ModelState): boolean {
  if (now.kind !== told.kind) return false;
  return 'problem' in now && 'problem' in told ? now.problem.message === told.problem.message : now.kind === 'gone';
}

function sameHead(a: Head | undefined, b: Head | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function difference(now: Readonly<WorkCounters>, before: Readonly<WorkCounters>): WorkCounters {
  return {
    stats: now.stats - before.stats,
    directoriesRead: now.directoriesRead - before.directoriesRead,
    filesRead: now.filesRead - before.filesRead,
    bytesRead: now.bytesRead - before.bytesRead,
    unsure: now.unsure - before.unsure,
    unsureRemembered: now.unsureRemembered - before.unsureRemembered,
  };
}
