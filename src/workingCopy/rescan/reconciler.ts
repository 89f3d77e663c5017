// Keeps a status tree true with its jobs: hinted paths, a scan of everything, the audit. It starts nothing itself; its
// owner calls step() and auditStep().
import type { BytePath } from '../../base/bytePath.ts';
import type { FileStat } from '../../base/fileStat.ts';
import type { BulkOptions } from '../../status/bulk/bulkScan.ts';
import { VerdictCache } from '../../status/contentComparison.ts';
import type { ScanPlan } from '../../status/bulk/plan.ts';
import { newWorkCounters, type StatusInput } from '../../status/types.ts';
import type { Backend, Snapshot, Subrepository } from '../backend.ts';
import type { RescanContext } from './findings.ts';
import { ParallelRescan } from './parallelRescan.ts';
import { SteppedRescan } from './steppedRescan.ts';
import { pathsAffectedByIgnoreChange } from './pathsAffectedByIgnoreChange.ts';
import { StatusTree } from '../statusTree.ts';
import { UndecidedPaths, type UndecidedAnswer } from './undecidedPaths.ts';
import { ParallelRecheck } from './parallelRecheck.ts';

/** From this part of all entries on, a scan costs less than rescanning each changed path. */
const CHANGED_PART = 0.25;
/** Fewer changed entries than this are never worth a scan. */
const CHANGED_MINIMUM = 1000;

/** The events of a reconciler at work. */
export interface ReconcilerEvents {
  /** A directory is about to be read. `fresh`: it may be another one than the last time, whatever its name. */
  onDirectory(path: BytePath, fresh: boolean): void;
  /** A directory is no longer there, or no longer one of ours. */
  onDirectoryGone(path: BytePath): void;
  onUnreadable(path: BytePath, code: string): void;
  /** An audit that had to wait for other threads may go on. */
  onRechecked(): void;
}

/** Files that could not be compared, each with its stat, and the input of the comparison. */
export interface UndecidedFiles {
  readonly files: ReadonlyMap<BytePath, FileStat>;
  readonly input: StatusInput;
}

export class Reconciler {
  /** Counts all work ever done here. */
  readonly outcome = newWorkCounters();
  readonly nestedRepositories = new Set<BytePath>();
  readonly #backend: Backend;
  readonly #events: ReconcilerEvents;
  readonly #verdicts = new VerdictCache();
  readonly #unsure = new Set<BytePath>();
  readonly #undecided = new UndecidedPaths();
  #tree: StatusTree;
  #snapshot: Snapshot | undefined;
  #hinted: SteppedRescan | undefined;
  /** A scan of everything: first by several threads, if there are any, then in steps. */
  #parallelScan: ParallelRescan | undefined;
  #scan: SteppedRescan | undefined;
  #audit: SteppedRescan | undefined;
  /** Other threads are finding out where the audit is to look. */
  #recheck: ParallelRecheck | undefined;
  /** The plan of the last parallel scan, for the recheck after it: making one takes too long for a slice. */
  #planned: { readonly input: StatusInput; readonly plan: ScanPlan } | undefined;
  #mixed = false;
  #unwatched = false;
  readonly #bulk: BulkOptions | undefined;

  /** @param bulk how everything is scanned by several threads */
  constructor(backend: Backend, events: ReconcilerEvents, bulk?: BulkOptions) {
    this.#backend = backend;
    this.#bulk = bulk;
    this.#events = events;
    this.#tree = this.#newTree();
  }

  get tree(): StatusTree {
    return this.#tree;
  }

  get snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }

  get isScanning(): boolean {
    return this.#scan !== undefined || this.#parallelScan !== undefined;
  }

  /**
   * True while several threads scan. Their results are stale when they are taken over. So that later rescans win,
   * nothing else may run meanwhile: call neither hint() nor update().
   */
  get isBulkScanning(): boolean {
    return this.#parallelScan !== undefined;
  }

  /** True if several threads scan and step() has to wait for their results. */
  get isWaiting(): boolean {
    return this.#parallelScan?.isWaiting === true;
  }

  /** Resolves when a bulk scan has something for step() to do. */
  async wait(): Promise<void> {
    await this.#parallelScan?.wait();
  }

  /** Ends the work of other threads. */
  stop(): void {
    this.#parallelScan?.stop();
    this.#endAudit();
  }

  /** True if a bulk scan has found directories that are not watched yet. */
  get hasUnwatched(): boolean {
    return this.#unwatched;
  }

  /** Returns {@link hasUnwatched}, and resets it: true once for each scan. */
  takeUnwatched(): boolean {
    const unwatched = this.#unwatched;
    this.#unwatched = false;
    return unwatched;
  }

  /**
   * True if some results come from a comparison with an older snapshot and wait for a rescan. After an update of a
   * thousand files most of them would seem modified.
   */
  get isMixed(): boolean {
    return this.#mixed;
  }

  get isAuditing(): boolean {
    return this.#audit !== undefined;
  }

  /** Forgets everything that was known. */
  clear(): void {
    this.stop();
    this.#unwatched = false;
    this.#planned = undefined;
    this.#snapshot = undefined;
    this.#hinted = this.#scan = this.#parallelScan = undefined;
    this.#mixed = false;
    this.#tree = this.#newTree();
    this.#unsure.clear();
    this.#undecided.clear();
    this.nestedRepositories.clear();
  }

  /** Takes over a new snapshot of the repository. Answers, in words, what it found to do about it. */
  update(next: Snapshot): string[] {
    const previous = this.#snapshot;
    this.#snapshot = next;
    if (previous === undefined) return [this.scan('first scan', true)];
    const before = previous.input;
    const after = next.input;
    if (before.base !== after.base || before.rules !== after.rules) this.#undecided.forgetAnswers();
    const subrepositories = differing(previous.subrepositories ?? [], next.subrepositories ?? []);
    if (before === after && subrepositories.length === 0) return ['names changed'];
    this.#mixed = true;
    // Copies are shown only while there is a first parent.
    if (before.rules !== after.rules || isNull(previous) !== isNull(next)) return [this.scan('rules changed')];

    const causes: string[] = [];
    const job = new SteppedRescan(this.#context(next), true);
    if (subrepositories.length > 0) {
      // Where there is none at the moment, files that are recorded there are the outer repository's.
      causes.push('subrepositories changed');
      job.addPaths(subrepositories);
    }
    if (before.ignore !== after.ignore) {
      causes.push('ignore rules changed');
      job.addPaths(pathsAffectedByIgnoreChange(this.#tree, after, this.nestedRepositories));
    }
    if (before.statCache !== after.statCache) {
      causes.push('dirstate changed');
      const changed = this.#backend.changedPaths(previous, next);
      if (changed.length > Math.max(CHANGED_MINIMUM, after.statCache.entryCount * CHANGED_PART)) {
        return [this.scan('dirstate changed')];
      }
      job.addRecorded(changed);
    }
    if (previous.head.firstParent !== next.head.firstParent || before.base !== after.base) {
      causes.push('parent changed');
      job.addPaths(this.#unsure);
      this.#unsure.clear();
    }
    // A job belongs to its snapshot: a new job takes over its remaining paths.
    if (this.#hinted !== undefined) job.addPaths(this.#hinted.pending);
    this.#hinted = job;
    if (this.#scan !== undefined) {
      const rest = new SteppedRescan(this.#context(next), true);
      rest.addPaths(this.#scan.pending);
      this.#scan = rest;
    }
    this.#endAudit();
    return causes;
  }

  /**
   * Starts a scan of everything; returns `cause`.
   * @param isFirst nothing is known yet, so that the scan may leave out ignored names; the audit after it finds them
   */
  scan(cause: string, isFirst = false): string {
    this.stop();
    this.#hinted = this.#scan = undefined;
    const snapshot = this.#snapshot!;
    const context = this.#context(snapshot);
    this.#parallelScan = this.#bulk && ParallelRescan.begin(context, { ...this.#bulk, believesListings: isFirst });
    if (this.#parallelScan === undefined) {
      this.#planned = undefined;
      this.#scan = new SteppedRescan(context, true);
      this.#scan.addEverything();
    } else {
      this.#planned = { input: snapshot.input, plan: this.#parallelScan.plan };
      this.#unwatched = true;
    }
    return cause;
  }

  /** Queues a rescan of hinted paths. Returns false if no path can matter. */
  hint(paths: Iterable<BytePath>): boolean {
    const relevant = [...paths].filter(path => this.#tree.ignoredDirectoryAbove(path) === undefined);
    if (relevant.length === 0) return false;
    this.#hinted ??= new SteppedRescan(this.#context(this.#snapshot!), true);
    this.#hinted.addPaths(relevant);
    return true;
  }

  /** True if the content of some files could not be compared, and they wait for a second rescan. */
  get hasUndecided(): boolean {
    return this.#undecided.hasNew;
  }

  /** Lets every undecided file wait for a rescan, because the recorded state may have changed. */
  doubtUndecided(): void {
    this.#undecided.doubt();
  }

  /** Rescans these files. Returns false if there are none. */
  recheckUndecided(): boolean {
    return this.hint(this.#undecided.take(path => this.#tree.get(path)?.undecided !== undefined));
  }

  /** Returns the files that a second rescan left undecided, each with its stat, and the input of that rescan. */
  undecidedFiles(): UndecidedFiles | undefined {
    const files = this.#undecided.sure();
    for (const path of files.keys()) if (this.#tree.get(path)?.undecided === undefined) files.delete(path);
    return files.size === 0 ? undefined : { files, input: this.#snapshot!.input };
  }

  /**
   * Takes over the answers of another program about undecided files. An answer counts while the file keeps its stat and
   * its base. Returns false if none can count.
   */
  decide({ files, input }: UndecidedFiles, answers: ReadonlyMap<BytePath, UndecidedAnswer>): boolean {
    const now = this.#snapshot?.input;
    if (now?.base !== input.base || now.rules !== input.rules) return false;
    for (const [path, answer] of answers) this.#undecided.setAnswer(path, files.get(path)!, answer);
    return this.hint(answers.keys());
  }

  /** Starts an audit of everything, for idle times. */
  audit(): void {
    if (this.#snapshot === undefined || this.isScanning || this.isAuditing) return;
    this.#audit = new SteppedRescan(this.#context(this.#snapshot), false);
    this.#audit.addEverything();
  }

  /**
   * Starts a fast audit. Other threads, if any, check everything, and the audit rescans only the paths that they
   * report. Every directory must be watched before.
   */
  auditInParallel(): void {
    if (this.#snapshot === undefined || this.isScanning || this.isAuditing) return;
    const { input } = this.#snapshot;
    const plan = this.#planned?.input === input ? this.#planned.plan : undefined;
    this.#planned = undefined;
    const recheck = this.#bulk && ParallelRecheck.prepare(input, this.#tree, this.outcome, this.#bulk, plan);
    if (recheck === undefined) {
      this.audit();
      return;
    }
    const audit = (this.#audit = new SteppedRescan(this.#context(this.#snapshot), true));
    this.#recheck = recheck;
    const report = (paths: readonly BytePath[]): void => {
      audit.addPaths(paths);
      this.#events.onRechecked();
    };
    void recheck.run(report).then(() => {
      if (this.#recheck !== recheck) return;
      this.#recheck = undefined;
      this.#events.onRechecked();
    });
  }

  /** True while other threads may still report paths to the audit. */
  get isRechecking(): boolean {
    return this.#recheck !== undefined;
  }

  #endAudit(): void {
    this.#audit = undefined;
    this.#recheck?.stop();
    this.#recheck = undefined;
  }

  /** Does a piece of the work, but not of the audit. False when there is none left. */
  step(): boolean {
    if (this.#hinted !== undefined) {
      if (!this.#hinted.step()) this.#hinted = undefined;
    } else if (this.#parallelScan !== undefined) {
      this.#parallelScan.step();
      if (this.#parallelScan.isDone) {
        this.#scan = this.#parallelScan.rest;
        this.#parallelScan = undefined;
      }
    } else if (this.#scan !== undefined) {
      if (!this.#scan.step()) this.#scan = undefined;
    }
    const more = this.#hinted !== undefined || this.isScanning;
    if (!more) this.#mixed = false;
    return more;
  }

  /** Does a piece of the audit. Returns false when it is done or, if {@link isRechecking}, has nothing to do now. */
  auditStep(): boolean {
    if (this.#audit?.step() === true) return true;
    if (!this.isRechecking) this.#audit = undefined;
    return false;
  }

  /** To be called after a pause. */
  resume(): void {
    this.#hinted?.resume();
    this.#scan?.resume();
    this.#audit?.resume();
  }

  #newTree(): StatusTree {
    return new StatusTree(path => {
      this.nestedRepositories.delete(path);
      this.#events.onDirectoryGone(path);
    });
  }

  #context({ input }: Snapshot): RescanContext {
    return {
      input,
      tree: this.#tree,
      verdicts: this.#verdicts,
      outcome: this.outcome,
      unsure: this.#unsure,
      undecided: this.#undecided,
      nestedRepositories: this.nestedRepositories,
      onDirectory: (path, fresh) => this.#events.onDirectory(path, fresh),
      onUnreadable: (path, code) => this.#events.onUnreadable(path, code),
    };
  }
}

/** The paths of the subrepositories that are in one list only, or not the same in both. */
function differing(before: readonly Subrepository[], after: readonly Subrepository[]): BytePath[] {
  if (before === after) return [];
  const known = new Map(before.map(each => [each.path, JSON.stringify(each)]));
  const changed = after.filter(each => {
    const same = known.get(each.path) === JSON.stringify(each);
    if (same) known.delete(each.path);
    return !same;
  });
  return [...new Set([...known.keys(), ...changed.map(each => each.path)])];
}

function isNull({ head }: Snapshot): boolean {
  return /^0*$/.test(head.firstParent);
}
