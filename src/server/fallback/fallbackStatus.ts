// The status of an unsupported repository, as `hg status` reports it. It asks hg when things are quiet after a hint. It
// never asks twice at once, and spends at most a quarter of the time on it.
import { Delay } from '../../base/async.ts';
import { Waiters } from '../../base/waiters.ts';
import type { BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { DisposableStore, Emitter, type Disposable } from '../../base/lifecycle.ts';
import type { HgStatusAnswer, HgStatusEntry } from '../../hgCommand/hgStatus.ts';
import { newWorkCounters } from '../../status/types.ts';
import type { Lock } from '../../workingCopy/backend.ts';
import type { Change, Entry, EntryCounts } from '../../workingCopy/statusTree.ts';
import type { UnsupportedHead } from '../../backends/mercurial/unsupportedRepository.ts';
import type { PublishedState, PublishedUpdate } from '../updates.ts';

export interface FallbackStatusOptions {
  /** The name of the program that is asked. */
  readonly program: string;
  ask(): Promise<HgStatusAnswer>;
  /** A text that is another one when something recorded has changed. */
  recorded(): string;
  head(): UnsupportedHead;
  lock(): Lock;
  /** Milliseconds between two looks without any event; 0 for none. */
  readonly auditMs: number;
}

/** So long nothing must have happened before hg is asked. */
export const QUIET_MS = 300;
/**
 * Milliseconds before hg is asked, unless somebody waits for the answer. A repository in the making (hg init, clone,
 * upgrade) is unsupported for a moment.
 */
export const FIRST_WAIT_MS = 1000;
/** Where something happens all the time, it is asked this long after the first of it. */
export const LONGEST_WAIT_MS = 2000;
/** After an answer it is not asked again for so many times what that took. */
export const PAUSE_FACTOR = 3;
/** While a command holds the lock, hg is asked this much later, and at most so long. */
const LOCKED_WAIT_MS = 200;
const LOCKED_LIMIT_MS: Readonly<Record<Exclude<Lock, 'free'>, number>> = { held: 2000, updating: 60_000 };
/** A look because the window got the focus is of use only if the last one is some time ago. */
const FOCUS_MS = 10_000;
/** Milliseconds until the next attempt after a failure, even without hints. The time doubles up to the limit below. */
const RETRY_MS = 10_000;
const LONGEST_RETRY_MS = 300_000;
/**
 * The most confirmations of an answer. The command `hg status` updates the dirstate, and another command may have
 * written it at the same time. So hg is asked again until nothing was written meanwhile.
 */
const MOST_CONFIRMATIONS = 2;

const STATUSES: Readonly<Record<string, Entry['status']>> = {
  M: 'modified',
  A: 'added',
  R: 'removed',
  '!': 'deleted',
  '?': 'unknown',
};

type Entries = ReadonlyMap<BytePath, Entry>;

const NOTHING: Entries = new Map();

export class FallbackStatus implements Disposable {
  readonly #options: FallbackStatusOptions;
  readonly #owned = new DisposableStore();
  readonly #updates = this.#owned.add(new Emitter<PublishedUpdate>());
  readonly #due = this.#owned.add(new Delay(() => void this.#run()));
  readonly #auditDue = this.#owned.add(new Delay(() => this.#rescan('audit')));
  readonly #retryDue = this.#owned.add(new Delay(() => this.#rescan('another try')));
  /** Why the repository is unsupported; undefined while it is supported. */
  #problem: QuicksilverError | undefined;
  /** Changes each time the repository becomes unsupported; marks answers from an earlier time. */
  #session = 0;
  #entries: Entries = NOTHING;
  #published: { state: PublishedState; head: string; parts: string; settled: boolean } | undefined;
  #causes = new Set<string>();
  /** Something has happened that hg was not asked about yet; since when, and when last. */
  #pending: { readonly since: number; last: number } | undefined;
  #running = false;
  /** Not before this is hg asked of the refusal at hand. */
  #askFrom = 0;
  #lockedSince: number | undefined;
  #recorded = '';
  #confirmations = 0;
  #failures = 0;
  /** When the last answer ended. */
  #endedAt = -Infinity;
  #took = 0;
  readonly #waiters = new Waiters();

  constructor(options: FallbackStatusOptions) {
    this.#options = options;
  }

  readonly onDidUpdate = this.#updates.event;

  get isActive(): boolean {
    return this.#problem !== undefined;
  }

  /** Returns hg's entry for a path; undefined if it is clean or unknown. */
  entry(path: BytePath): Entry | undefined {
    return this.#entries.get(path);
  }

  /** Starts asking hg, because the repository is unsupported for this reason. The first question waits for a while. */
  start(problem: QuicksilverError): void {
    if (this.#problem?.message === problem.message) return;
    this.#problem = problem;
    this.#session++;
    this.#published = undefined;
    this.#failures = 0;
    this.#askFrom = performance.now() + FIRST_WAIT_MS;
    this.#publish(NOTHING, { kind: 'fallback', problem, program: this.#options.program }, false, 0);
    this.#rescan('refused');
  }

  /** Stops asking hg: the repository is supported again, or hg may not run. Forgets the entries. */
  stop(): void {
    this.#problem = undefined;
    this.#session++;
    this.#pending = undefined;
    this.#entries = NOTHING;
    this.#causes.clear();
    for (const delay of [this.#due, this.#auditDue, this.#retryDue]) delay.cancel();
    this.#waiters.release();
  }

  /** Something may have happened to working files. */
  hint(): void {
    if (this.#problem === undefined) return;
    this.#confirmations = 0;
    this.#note('file events');
  }

  /** The recorded state may have changed. Changes by our own hg status do not count. */
  control(): void {
    // Changes while hg runs are checked after its answer.
    if (this.#problem === undefined || this.#running) return;
    if (this.#options.recorded() === this.#recorded) return;
    this.#confirmations = 0;
    this.#note('recorded state');
  }

  focus(): void {
    if (performance.now() - this.#endedAt > FOCUS_MS) this.#rescan('focus');
  }

  /** Asks hg, whatever the events reported. Resolves when the answer is published. */
  refresh(cause: string): Promise<void> {
    if (this.#problem !== undefined) this.#note(cause);
    return this.settle();
  }

  /** Resolves when hg was asked about everything that is known to have happened. Waits for no pause. */
  settle(): Promise<void> {
    if (this.#problem === undefined || (!this.#isPending && !this.#running)) return Promise.resolve();
    const settled = this.#waiters.wait();
    this.#schedule();
    return settled;
  }

  dispose(): void {
    this.stop();
    this.#owned.dispose();
  }

  get #isPending(): boolean {
    return this.#pending !== undefined;
  }

  /** As soon as may be: there is nothing to wait for. */
  #rescan(cause: string): void {
    if (this.#problem === undefined) return;
    this.#note(cause, performance.now() - QUIET_MS);
  }

  #note(cause: string, at = performance.now()): void {
    this.#causes.add(cause);
    this.#pending ??= { since: at, last: at };
    this.#pending.last = Math.max(this.#pending.last, at);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#running || this.#pending === undefined) return;
    const { since, last } = this.#pending;
    const wanted = Math.min(last + QUIET_MS, since + LONGEST_WAIT_MS);
    const allowed = Math.max(this.#askFrom, this.#endedAt + this.#took * PAUSE_FACTOR);
    const now = performance.now();
    this.#due.set(!this.#waiters.isEmpty ? 0 : Math.max(0, wanted - now, allowed - now));
  }

  async #run(): Promise<void> {
    if (this.#running || this.#problem === undefined || this.#isLocked()) return;
    const session = this.#session;
    const recordedBefore = this.#options.recorded();
    const began = performance.now();
    this.#pending = undefined;
    this.#running = true;
    for (const delay of [this.#due, this.#auditDue, this.#retryDue]) delay.cancel();
    const answer = await this.#options.ask();
    this.#running = false;
    this.#endedAt = performance.now();
    this.#took = this.#endedAt - began;
    if (session === this.#session) this.#take(answer, recordedBefore);
    this.#schedule();
    if (!this.#isPending) this.#waiters.release();
  }

  #isLocked(): boolean {
    const lock = this.#options.lock();
    const now = performance.now();
    if (lock === 'free') this.#lockedSince = undefined;
    else {
      this.#lockedSince ??= now;
      if (now - this.#lockedSince < LOCKED_LIMIT_MS[lock]) {
        this.#due.set(LOCKED_WAIT_MS);
        return true;
      }
    }
    return false;
  }

  #take(answer: HgStatusAnswer, recordedBefore: string): void {
    const problem = this.#problem!;
    this.#recorded = this.#options.recorded();
    if (this.#recorded === recordedBefore) this.#confirmations = 0;
    else if (this.#confirmations < MOST_CONFIRMATIONS) {
      this.#confirmations++;
      this.#causes.add('recorded meanwhile');
      this.#pending ??= { since: this.#endedAt, last: this.#endedAt };
    }
    const settled = !this.#isPending;
    if (answer.kind === 'answer') {
      const entries = toEntries(answer.entries);
      if (entries !== undefined) {
        this.#failures = 0;
        this.#publish(entries, { kind: 'fallback', problem, program: this.#options.program }, settled, this.#took);
        if (this.#options.auditMs > 0) this.#auditDue.set(this.#options.auditMs);
        return;
      }
    }
    this.#retryDue.set(Math.min(RETRY_MS * 2 ** this.#failures++, LONGEST_RETRY_MS));
    this.#publish(NOTHING, failure(problem, answer, this.#options.program), settled, this.#took);
  }

  #publish(entries: Entries, wanted: PublishedState, settled: boolean, milliseconds: number): void {
    const last = this.#published;
    const state = last !== undefined && sameState(last.state, wanted) ? last.state : wanted;
    const { head, tracked, subrepositories } = this.#options.head();
    const parts = JSON.stringify(subrepositories);
    const headKey = head === undefined ? '' : JSON.stringify(head);
    const reset = last?.state.kind !== state.kind;
    const changes = difference(reset ? NOTHING : this.#entries, entries);
    this.#entries = entries;
    const cause = [...this.#causes].join(', ');
    this.#causes.clear();
    const tellsParts = parts !== (reset ? '[]' : last.parts);
    const isSame = last?.state === state && last.head === headKey && last.settled === settled;
    if (!reset && changes.length === 0 && isSame && !tellsParts) return;
    this.#published = { state, head: headKey, parts, settled };
    this.#updates.fire({
      state,
      head,
      reset,
      changes,
      counts: count(entries),
      tracked,
      nestedRepositories: reset ? [] : undefined,
      ...(tellsParts && { subrepositories }),
      settled,
      cause: cause === '' ? 'refused' : cause,
      outcome: newWorkCounters(),
      milliseconds,
    });
  }
}

/** Undefined if hg uses a letter that is not known. */
function toEntries(answer: readonly HgStatusEntry[]): Entries | undefined {
  const entries = new Map<BytePath, Entry>();
  for (const { path, status: letter, source } of answer) {
    const status = STATUSES[letter];
    if (status === undefined) return undefined;
    entries.set(path, source === undefined ? { status } : { status, source });
  }
  return entries;
}

function failure(problem: QuicksilverError, answer: HgStatusAnswer, program: string): PublishedState {
  const { code, file, line } = problem;
  if (answer.kind === 'unavailable') {
    return {
      kind: 'refused',
      problem: new QuicksilverError(code, `${problem.message} ${answer.message}`, { file, line }),
    };
  }
  const said = answer.kind === 'failed' ? answer.message : 'it uses a status that is not known.';
  const message = `${problem.message} ${program} was asked instead and did not answer: ${said}`;
  return { kind: 'failed', problem: new QuicksilverError('io', message, { file, line }) };
}

function sameState(a: PublishedState, b: PublishedState): boolean {
  if (!('problem' in a) || !('problem' in b)) return a.kind === b.kind;
  return a.kind === b.kind && a.problem.message === b.problem.message;
}

function difference(from: Entries, to: Entries): Change[] {
  const changes: Change[] = [];
  for (const path of from.keys()) if (!to.has(path)) changes.push({ path, entry: undefined });
  for (const [path, entry] of to) {
    const old = from.get(path);
    if (old?.status !== entry.status || old.source !== entry.source) changes.push({ path, entry });
  }
  return changes;
}

function count(entries: Entries): EntryCounts {
  const counts: EntryCounts = { modified: 0, added: 0, removed: 0, deleted: 0, unknown: 0, ignored: 0 };
  for (const { status } of entries.values()) counts[status]++;
  return counts;
}
