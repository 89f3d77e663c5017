// A scan of everything by several threads, whose findings replace what the status tree knows. The threads read the disk
// earlier than their findings are stored here, so no other rescan may run before this one is done.
import { joinPath, type BytePath } from '../../base/bytePath.ts';
import { BulkScan, type BulkListener, type BulkOptions } from '../../status/bulk/bulkScan.ts';
import { NO_DIRECTORY, type DirectoryIndex, type ScanPlan } from '../../status/bulk/plan.ts';
import type { StatusSink } from '../../status/types.ts';
import type { Directory } from '../statusTree.ts';
import { Findings, type RescanContext } from './findings.ts';
import { SteppedRescan } from './steppedRescan.ts';

export class ParallelRescan {
  /** Visits what the threads leave, once this job is done. */
  readonly rest: SteppedRescan;
  readonly #bulk: BulkScan;

  private constructor(bulk: BulkScan, rest: SteppedRescan) {
    this.#bulk = bulk;
    this.rest = rest;
  }

  /**
   * Starts the threads. Returns undefined if one thread scans as fast, or if several cannot. Does not report the
   * directories that the threads find to `context.onDirectory`.
   */
  static begin(context: RescanContext, options: BulkOptions): ParallelRescan | undefined {
    const rest = new SteppedRescan(context, true);
    const { input, outcome } = context;
    const bulk = BulkScan.begin(input, rest.walk, outcome, scan => new TreeWriter(context, rest, scan), options);
    return bulk && new ParallelRescan(bulk, rest);
  }

  get plan(): ScanPlan {
    return this.#bulk.plan;
  }

  get isDone(): boolean {
    return this.#bulk.isDone;
  }

  /** True if {@link step} has nothing to do until a thread reports. */
  get isWaiting(): boolean {
    return !this.#bulk.isReady;
  }

  /** Resolves when {@link step} has something to do. */
  wait(): Promise<void> {
    return this.#bulk.wait();
  }

  /** Takes over a piece of what the threads reported. False if there is nothing to do now. */
  step(): boolean {
    return this.#bulk.step();
  }

  /** Ends the work of the threads. */
  stop(): void {
    this.#bulk.stop();
  }
}

/** Stores directory by directory what a parallel scan finds. */
class TreeWriter implements BulkListener {
  readonly #context: RescanContext;
  readonly #rest: SteppedRescan;
  readonly #scan: BulkScan;
  /** The status tree's nodes for the directories of the plan. */
  readonly #directories: (Directory | undefined)[] = [];

  constructor(context: RescanContext, rest: SteppedRescan, scan: BulkScan) {
    this.#context = context;
    this.#rest = rest;
    this.#scan = scan;
  }

  /** Builds no path for a directory in which everything is clean, unless something was known of it. */
  clean(place: DirectoryIndex): void {
    const { input, tree, nestedRepositories } = this.#context;
    const { nodes, parents } = this.#scan.plan;
    const node = nodes[place]!;
    const parent = this.#directories[parents[place]!];
    if (parent !== undefined && nestedRepositories.size === 0) {
      const directory = tree.enterClean(parent, input.statCache.name(node));
      if (directory !== undefined) {
        this.#directories[place] = directory;
        return;
      }
    }
    const path = input.statCache.path(node);
    this.visited(place, path, findings => findings.directory?.(path));
  }

  visited(place: DirectoryIndex, path: BytePath, visit: (sink: StatusSink) => void): void {
    const { tree, input } = this.#context;
    const { statCache } = input;
    const { plan } = this.#scan;
    const findings = new Findings(this.#context, true);
    visit(findings);
    const queued = [...findings.entered];
    const first = statCache.firstChild(plan.nodes[place]!);
    for (let child = first; child < first + statCache.childCount(plan.nodes[place]!); child++) {
      const at = plan.placeOf[child]!;
      if (at !== NO_DIRECTORY && this.#scan.belongsToWorkingCopy(at)) findings.entered.add(statCache.name(child));
    }
    tree.replaceDirectory(path, findings.entries, findings.entered, findings.listed);
    this.#directories[place] = tree.directory(path);
    for (const name of queued) this.#rest.remember(joinPath(path, name));
  }
}
