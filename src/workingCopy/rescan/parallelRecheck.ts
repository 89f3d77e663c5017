// Finds out by other threads where something may be otherwise than is known. They tell what is not surely clean; what they
// saw is older than when they tell it, so it is only said where to look. So hints need not wait, as they do for a scan.
import { joinPath, ROOT_PATH, type BytePath } from '../../base/bytePath.ts';
import { prepareBulk, type BulkOptions, type PreparedBulk } from '../../status/bulk/bulkScan.ts';
import { NO_DIRECTORY, type DirectoryIndex, type ScanPlan } from '../../status/bulk/plan.ts';
import type { UnitScanner } from '../../status/bulk/scanners.ts';
import { directoriesOf, type DirectoryResult } from '../../status/bulk/unitResult.ts';
import { NO_NODE, type NodeId, type WorkCounters, type StatusInput } from '../../status/types.ts';
import type { Directory, StatusTree } from '../statusTree.ts';

/**
 * A look at everything that there is to be known of a working copy. To look again at all paths that are told here is as much
 * as to look at everything, if every directory was watched before it began, and what events tell is looked at as well.
 */
export class ParallelRecheck {
  readonly #input: StatusInput;
  readonly #tree: StatusTree;
  readonly #outcome: WorkCounters;
  readonly #plan: ScanPlan;
  readonly #scanner: UnitScanner;
  readonly #onFailure: BulkOptions['onFailure'];
  /** What the status tree has for the directories of the plan. */
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
   * Looks at everything, one unit after the other, so that a core is left for those who work with what is told.
   * @param tell called for each unit with the paths that are to be looked at
   */
  async run(tell: (paths: readonly BytePath[]) => void): Promise<void> {
    try {
      for (const unit of this.#plan.units) {
        const result = await this.#scanner.scan(unit);
        if (this.#stopped) return;
        this.#outcome.stats += result.stats;
        this.#outcome.directoriesRead += result.directoriesRead;
        const told = new Map<DirectoryIndex, DirectoryResult>();
        for (const directory of directoriesOf(result)) told.set(directory.place, directory);
        const paths: BytePath[] = [];
        for (let place = unit.from; place < unit.to; place++) paths.push(...this.#differing(place, told.get(place)));
        tell(paths);
      }
    } catch (error) {
      if (this.#stopped) return;
      this.#onFailure?.(error);
      tell([ROOT_PATH]);
    } finally {
      this.stop();
    }
  }

  /** Ends it: nothing is told any more. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#scanner.release?.();
  }

  /** Where to look in a directory of the plan of which this was told; undefined: that everything recorded is there and clean. */
  #differing(place: DirectoryIndex, told: DirectoryResult | undefined): BytePath[] {
    const { statCache } = this.#input;
    const node = this.#plan.nodes[place]!;
    const parent = this.#plan.parents[place]!;
    const directory =
      parent === NO_DIRECTORY
        ? this.#tree.directory(ROOT_PATH)
        : this.#directories[parent]?.subdirectories?.get(statCache.name(node));
    this.#directories[place] = directory;
    if (directory?.listed !== true || (told !== undefined && told.what !== 'partial')) return [statCache.path(node)];
    const names = told?.items.map(item => (item.node === NO_NODE ? item.name : statCache.name(item.node))) ?? [];
    // Whatever is not clean by what is known may have become so.
    names.push(...(directory.entries?.keys() ?? []), ...this.#others(directory, node));
    if (names.length === 0) return [];
    const path = statCache.path(node);
    return names.map(name => joinPath(path, name));
  }

  /** The sub-directories that are known and not in the plan: what is recorded below them, if anything is, tells nothing. */
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
