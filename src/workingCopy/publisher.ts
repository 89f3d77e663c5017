// Decides when to publish, and which changes.
import type { BytePath } from '../base/bytePath.ts';
import type { QuicksilverError } from '../base/errors.ts';
import { Emitter, type Disposable } from '../base/lifecycle.ts';
import { newWorkCounters, type WorkCounters } from '../status/types.ts';
import type { Head, Lock, MergeState, StagedFile, Subrepository } from './backend.ts';
import type { Change, EntryCounts, StatusTree } from './statusTree.ts';

export type ModelState =
  | { readonly kind: 'scanning' | 'ready' | 'gone' }
  | { readonly kind: 'refused' | 'failed'; readonly problem: QuicksilverError };

export interface ModelUpdate {
  readonly state: ModelState;
  readonly head: Head | undefined;
  /** True if the receiver must forget all earlier entries first. */
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
  /** The complete list, each time it changes. */
  readonly staged?: readonly StagedFile[];
  readonly settled: boolean;
  readonly cause: string;
  readonly outcome: Readonly<WorkCounters>;
  readonly milliseconds: number;
}

/** Leaves nothing out: the compiler asks for each part that the model gets. */
export type CompleteUpdate = Required<ModelUpdate>;

/**
 * A command that keeps the lock longer is not about to finish: `hg commit` holds it while its editor is open. Then the
 * current state is published.
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
  /** This, the subrepositories and the staged files are other objects when they change. */
  mergeState: MergeState | undefined;
  subrepositories: readonly Subrepository[] | undefined;
  staged: readonly StagedFile[] | undefined;
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
    staged: undefined as readonly StagedFile[] | undefined,
    settled: false,
  };

  /** @param outcome counters that only grow; an update has their increase since the last settled update */
  constructor(tree: StatusTree, outcome: Readonly<WorkCounters>) {
    this.tree = tree;
    this.#outcome = outcome;
  }

  /** Replaces the tree; everything published before is void. */
  reset(tree: StatusTree): void {
    this.tree = tree;
    this.#reset = true;
  }

  /** Names a cause of the current work; the next update carries all causes since the last one. */
  begin(cause: string, now: number): void {
    this.#causes.add(cause);
    this.#began ??= now;
  }

  /** Returns the milliseconds to wait before publishing under this lock; 0 for now. */
  heldFor(lock: Lock, now: number): number {
    // Each part of a command has a limit of its own: `hg update` first finishes the files, then records them.
    if (lock !== this.#lock) this.#lockedSince = now;
    this.#lock = lock;
    if (lock === 'free') return 0;
    const limit = lock === 'updating' ? UPDATING_LIMIT_MS : HELD_LIMIT_MS;
    return Math.max(0, this.#lockedSince + limit - now);
  }

  /** Publishes the changes, if any. Throws a listener's error after calling all of them. */
  publish(settled: boolean, now: number): void {
    const nested = [...this.nestedRepositories].sort();
    const nestedKey = nested.join('\0');
    const changes = this.#reset
      ? [...this.tree.entries()].map(([path, entry]) => ({ path, entry }))
      : this.tree.takeChanges();
    if (this.#reset) this.tree.takeChanges();
    const told = this.#told;
    const { mergeState, subrepositories, staged } = this;
    const tellsMerge = mergeState !== (this.#reset ? undefined : told.mergeState);
    const tellsSubrepositories = subrepositories !== (this.#reset ? undefined : told.subrepositories);
    const tellsStaged = staged !== (this.#reset ? undefined : told.staged);
    const nothing =
      !this.#reset &&
      changes.length === 0 &&
      told.state === this.state &&
      sameHead(told.head, this.head) &&
      told.nested === nestedKey &&
      !tellsMerge &&
      !tellsSubrepositories &&
      !tellsStaged &&
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
        ...(tellsStaged && { staged: staged ?? [] }),
        settled,
        cause: [...this.#causes].join(', '),
        outcome: difference(this.#outcome, this.#accounted),
        milliseconds: this.#began === undefined ? 0 : now - this.#began,
      };
      this.#told = {
        state: this.state,
        head: this.head,
        nested: nestedKey,
        mergeState,
        subrepositories,
        staged,
        settled,
      };
      this.#reset = false;
    }
    if (settled) {
      this.#causes = new Set();
      this.#began = undefined;
      this.#accounted = { ...this.#outcome };
    }
    // Last, so that a listener may request more or fail without getting the same changes again.
    if (update !== undefined) this.#updates.fire(update);
  }

  /** Everything that is known, for a listener who came later; undefined as long as nothing was published. */
  current(cause: string): CompleteUpdate | undefined {
    const { state, settled } = this.#told;
    if (state === undefined) return undefined;
    return {
      state: this.state,
      head: this.head,
      reset: true,
      changes: [...this.tree.entries()].map(([path, entry]) => ({ path, entry })),
      counts: { ...this.tree.counts },
      tracked: this.tracked,
      nestedRepositories: [...this.nestedRepositories].sort(),
      mergeState: this.mergeState ?? null,
      subrepositories: this.subrepositories ?? [],
      staged: this.staged ?? [],
      settled,
      cause,
      outcome: newWorkCounters(),
      milliseconds: 0,
    };
  }

  dispose(): void {
    this.#updates.dispose();
  }
}

/** True if publishing `now` after `told` would add nothing. */
export function sameProblem(now: ModelState, told: ModelState): boolean {
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
