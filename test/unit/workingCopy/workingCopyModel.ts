// A status tree kept by examinations, without a live model around it, and the answer of a fresh scan to compare with.
import assert from 'node:assert/strict';
import { bytePath, type BytePath } from '../../../src/base/bytePath.ts';
import { VerdictCache } from '../../../src/status/contentComparison.ts';
import { newWorkCounters, type StatusInput } from '../../../src/status/types.ts';
import type { BulkOptions } from '../../../src/status/bulk/bulkScan.ts';
import { WatchInstaller } from '../../../src/workingCopy/watch/watchInstaller.ts';
import type { RescanContext } from '../../../src/workingCopy/rescan/findings.ts';
import { ParallelRescan } from '../../../src/workingCopy/rescan/parallelRescan.ts';
import { SteppedRescan } from '../../../src/workingCopy/rescan/steppedRescan.ts';
import { UndecidedPaths } from '../../../src/workingCopy/rescan/undecidedPaths.ts';
import { StatusTree, type Directory } from '../../../src/workingCopy/statusTree.ts';
import { ParallelRecheck } from '../../../src/workingCopy/rescan/parallelRecheck.ts';
import { STATUS_LETTERS } from '../../../src/server/statusLetters.ts';

export class WorkingCopyModel {
  readonly tree = new StatusTree(path => {
    this.watched.delete(path);
    this.nested.delete(path);
  });
  readonly nested = new Set<BytePath>();
  readonly unsure = new Set<BytePath>();
  readonly watched = new Set<BytePath>();
  readonly outcome = newWorkCounters();
  readonly #verdicts = new VerdictCache();
  input: StatusInput;

  constructor(input: StatusInput) {
    this.input = input;
  }

  /** A model that has just scanned everything. */
  static scanned(input: StatusInput): WorkingCopyModel {
    const model = new WorkingCopyModel(input);
    model.finish(model.everything());
    return model;
  }

  context(): RescanContext {
    return {
      input: this.input,
      tree: this.tree,
      verdicts: this.#verdicts,
      outcome: this.outcome,
      undecided: new UndecidedPaths(),
      unsure: this.unsure,
      nestedRepositories: this.nested,
      onDirectory: path => this.watched.add(path),
      onUnreadable: () => undefined,
    };
  }

  /** A scan of everything that has not made a step yet. */
  everything(): SteppedRescan {
    const job = new SteppedRescan(this.context(), true);
    job.addEverything();
    return job;
  }

  /** Scans everything by several threads, and then watches what was found. */
  async bulk(options: BulkOptions): Promise<void> {
    const job = ParallelRescan.begin(this.context(), options);
    assert.ok(job);
    while (!job.isDone) {
      job.step();
      await job.wait();
    }
    this.finish(job.rest);
    const watch = (path: BytePath): unknown => this.watched.add(path);
    while (new WatchInstaller(this.tree, this.nested, { watch }).slice(Infinity));
  }

  /** Looks again where a survey says. Before what it told is looked at, `meanwhile` is called. */
  async survey(options: BulkOptions, meanwhile: () => void = () => undefined): Promise<void> {
    const job = new SteppedRescan(this.context(), true);
    const survey = ParallelRecheck.prepare(this.input, this.tree, this.outcome, options);
    assert.ok(survey);
    await survey.run(paths => {
      job.addPaths(paths);
      meanwhile();
      job.resume();
      this.finish(job);
    });
  }

  hint(...paths: string[]): void {
    const job = new SteppedRescan(this.context(), true);
    job.addPaths(paths.map(bytePath));
    this.finish(job);
  }

  recorded(...paths: string[]): void {
    const job = new SteppedRescan(this.context(), true);
    job.addRecorded(paths.map(bytePath));
    this.finish(job);
  }

  finish(job: SteppedRescan): void {
    while (job.step());
  }

  /** As `hg status` writes it, an ignored directory with a slash at its end. */
  get lines(): string[] {
    return [...this.tree.entries()]
      .map(([path, { status, directory, source }]) => {
        const from = source === undefined ? '' : ` <- ${source}`;
        return `${STATUS_LETTERS[status]} ${path}${directory ? '/' : ''}${from}`;
      })
      .sort();
  }

  /** Fails unless everything known is what a scan from nothing finds. */
  assertTrue(message?: string): void {
    const fresh = WorkingCopyModel.scanned(this.input);
    assert.deepEqual(this.lines, fresh.lines, message);
    assert.deepEqual([...this.nested].sort(), [...fresh.nested].sort(), message);
    assert.deepEqual(listed(this.tree), listed(fresh.tree), message);
    assert.deepEqual([...this.watched].sort(), [...fresh.watched].sort(), message);
    for (const path of fresh.unsure) assert.ok(this.unsure.has(path), message);
  }
}

/** The directories that belong to the working copy and were read. */
function listed(tree: StatusTree): string[] {
  const found: string[] = [];
  const visit = (directory: Directory, path: string): void => {
    if (directory.listed) found.push(path);
    for (const [name, below] of directory.subdirectories ?? []) visit(below, `${path}/${name}`);
  };
  visit(tree.directory(bytePath(''))!, '');
  return found.sort();
}
