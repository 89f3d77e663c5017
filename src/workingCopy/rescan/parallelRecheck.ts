// Finds possible changes on other threads. They report what is not surely clean. Their results are stale when they
// arrive, so they only name paths to rescan. So hints need not wait, as they do for a scan.
import { joinPath, ROOT_PATH, type BytePath } from '../../base/bytePath.ts';
import { prepareBulk, type BulkOptions, type PreparedBulk } from '../../status/bulk/bulkScan.ts';
import { NO_DIRECTORY, type DirectoryIndex, type ScanPlan } from '../../status/bulk/plan.ts';
import type { UnitScanner } from '../../status/bulk/scanners.ts';
import { directoriesOf, type DirectoryResult } from '../../status/bulk/unitResult.ts';
import { NO_NODE, type NodeId, type WorkCounters, type StatusInput } from '../../status/types.ts';
import type { Directory, StatusTree } from '../statusTree.ts';

/**
 * Checks the whole working copy. Rescanning all reported paths is then as good as scanning everything, on two
 * conditions. Every directory was watched before the check began, and hints are rescanned as well.
 */
export class ParallelRecheck {
  readonly #input: StatusInput;
  readonly #tree: StatusTree;
  readonly #outcome: WorkCounters;
  readonly #plan: ScanPlan;
  readonly #scanner: UnitScanner;
  readonly #onFailure: BulkOptions['onFailure'];
  /** The status tree's nodes for the directories of the plan. */
  readonly #directories: (Directory | undefined)[] = [];
  #stopped = false;

  private constructor(
    input: StatusInput,
    tree: StatusTree,
    outcome: WorkCounters,
    { plan, scanner }: PreparedBulk,
    onFailure: BulkOptions['onFailure'],
  ) {
    this.#input = input;
    this.#tree = tree;
    this.#outcome = outcome;
    this.#plan = plan;
    this.#scanner = scanner;
    this.#onFailure = onFailure;
  }

  /**
   * Undefined if there are no other threads, or it is not worth their while.
   * @param plan one of the same input, if there is one
   */
  static prepare(
    input: StatusInput,
    tree: StatusTree,
    outcome: WorkCounters,
    options: BulkOptions,
    plan?: ScanPlan,
  ): ParallelRecheck | undefined {
    const prepared = prepareBulk(input, options, plan);
    return prepared && new ParallelRecheck(input, tree, outcome, prepared, options.onFailure);
  }

  /**
   * Checks everything, one unit after the other. One core stays free for the thread that uses the reports.
   *
   * @param report called for each unit with the paths to rescan
   */
  async run(report: (paths: readonly BytePath[]) => void): Promise<void> {
    try {
      for (const unit of this.#plan.units) {
        const result = await this.#scanner.scan(unit);
        if (this.#stopped) return;
        this.#outcome.stats += result.stats;
        this.#outcome.directoriesRead += result.directoriesRead;
        const reported = new Map<DirectoryIndex, DirectoryResult>();
        for (const directory of directoriesOf(result)) reported.set(directory.place, directory);
        const paths: BytePath[] = [];
        for (let place = unit.from; place < unit.to; place++)
          paths.push(...this.#differing(place, reported.get(place)));
        report(paths);
      }
    } catch (error) {
      if (this.#stopped) return;
      this.#onFailure?.(error);
      report([ROOT_PATH]);
    } finally {
      this.stop();
    }
  }

  /** Ends the check: no more reports. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#scanner.release?.();
  }

  /** Returns the paths to rescan in a directory of the plan. Without a report, everything recorded there is clean. */
  #differing(place: DirectoryIndex, reported: DirectoryResult | undefined): BytePath[] {
    const { statCache } = this.#input;
    const node = this.#plan.nodes[place]!;
    const parent = this.#plan.parents[place]!;
    const directory =
      parent === NO_DIRECTORY
        ? this.#tree.directory(ROOT_PATH)
        : this.#directories[parent]?.subdirectories?.get(statCache.name(node));
    this.#directories[place] = directory;
    if (directory?.listed !== true || (reported !== undefined && reported.what !== 'partial'))
      return [statCache.path(node)];
    const names = reported?.items.map(item => (item.node === NO_NODE ? item.name : statCache.name(item.node))) ?? [];
    // Whatever is not clean by what is known may have become so.
    names.push(...(directory.entries?.keys() ?? []), ...this.#others(directory, node));
    if (names.length === 0) return [];
    const path = statCache.path(node);
    return names.map(name => joinPath(path, name));
  }

  /** Returns the known sub-directories that are not in the plan: the threads never report about them. */
  #others({ subdirectories }: Directory, node: NodeId): string[] {
    if (subdirectories === undefined) return [];
    const { statCache } = this.#input;
    const planned = new Set<string>();
    const first = statCache.firstChild(node);
    for (let child = first; child < first + statCache.childCount(node); child++) {
      if (this.#plan.placeOf[child] !== NO_DIRECTORY) planned.add(statCache.name(child));
    }
    return [...subdirectories.keys()].filter(name => !planned.has(name));
  }
}
