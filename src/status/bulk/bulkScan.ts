// Scans everything on several threads. The threads scan units of the recorded directories and report what is not surely
// clean. This thread judges their reports, in the order of the plan, with the code that handles single directories. So
// both sides share no rule: the threads only ever report "surely clean".
import type { BytePath } from '../../base/bytePath.ts';
import { Waiters } from '../../base/waiters.ts';
import type { TreeScan } from '../treeScan.ts';
import type { NodeId, StatusInput, StatusSink, WorkCounters } from '../types.ts';
import { NO_DIRECTORY, planScan, type DirectoryIndex, type ScanPlan, type Unit } from './plan.ts';
import type { UnitScanner, UnitScanners } from './scanners.ts';
import { directoriesOf, type DirectoryResult, type UnitResult } from './unitResult.ts';

/** With fewer recorded names than this, planning and waiting cost more than they save. */
const BULK_NODES = 4000;
/**
 * Returns the number of recorded names from which several threads scan: QUICKSILVER_BULK_NODES, else `otherwise`. Tests
 * set it to 0, so that even the smallest repositories are scanned this way.
 */
function bulkNodes(otherwise: number): number {
  const wanted = process.env['QUICKSILVER_BULK_NODES'];
  return wanted === undefined || wanted === '' || Number.isNaN(Number(wanted)) ? otherwise : Number(wanted);
}

/** Recorded names in a unit: some milliseconds of work (see planScan), for steady progress and quick cancelling. */
const UNIT_NODES = 4000;

export interface BulkOptions {
  readonly scanners: UnitScanners;
  /** Directories that are wanted first. */
  readonly first?: readonly BytePath[] | undefined;
  /** Fewer nodes than this are left to one thread. The default comes from the scanners or the environment. */
  readonly minimumNodes?: number | undefined;
  /** {@link UNIT_NODES} if not given. */
  readonly unitNodes?: number | undefined;
  /** True if directories that still have recorded names need not be read: then no ignored names are found in them. */
  readonly believesListings?: boolean | undefined;
  /** Called with the reason why this thread had to scan a unit alone. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

export interface PreparedBulk {
  readonly plan: ScanPlan;
  readonly scanner: UnitScanner;
}

/**
 * Plans a scan by several threads; undefined if it is better done by one, or cannot be done otherwise.
 * @param known a plan of the same input
 */
export function prepareBulk(input: StatusInput, options: BulkOptions, known?: ScanPlan): PreparedBulk | undefined {
  const { columns } = input.statCache;
  // Names on disk may then be other ones than the recorded names they stand for.
  if (columns === undefined || input.rules.foldsCase === true) return undefined;
  const { scanners, unitNodes = UNIT_NODES, first, onFailure, believesListings = false } = options;
  if (input.statCache.nodeCount < (options.minimumNodes ?? bulkNodes(scanners.worthNodes ?? BULK_NODES))) {
    return undefined;
  }
  const plan = known ?? planScan(input, unitNodes, first, scanners.drawPlan);
  try {
    return { plan, scanner: scanners.prepare(input, columns, plan, believesListings ? input.listings?.() : undefined) };
  } catch (error) {
    onFailure?.(error);
    return undefined;
  }
}

/** Called with the directories in the order of the plan, each after its parent. */
export interface BulkListener {
  /** All names of the directory are recorded, there and clean. */
  clean(place: DirectoryIndex): void;
  /** Another directory. The listener calls `visit` once, with the sink for its names. */
  visited(place: DirectoryIndex, path: BytePath, visit: (sink: StatusSink) => void): void;
}

/** The decision about a directory of the plan. */
const UNDECIDED = 0;
const TAKEN = 1;
const REJECTED = 2;
/** Sub-directories without a decision of their own: not in the working copy (CLOSED), or in it (OPEN). */
const CLOSED = 0;
const OPEN = 1;

type UnitState = { readonly result: UnitResult | undefined } | undefined;

export class BulkScan {
  readonly plan: ScanPlan;
  readonly #input: StatusInput;
  readonly #options: BulkOptions;
  readonly #scanner: UnitScanner;
  readonly #scan: TreeScan;
  readonly #outcome: WorkCounters;
  readonly #listener: BulkListener;
  /** By unit: what came of it, once it is there; without a result, the unit could not be scanned. */
  readonly #units: UnitState[];
  #nextToAsk = 0;
  #inFlight = 0;
  #unit = 0;
  #place: DirectoryIndex = 0;
  #directories: Iterator<DirectoryResult> | undefined;
  #reported: DirectoryResult | undefined;
  #stopped = false;
  readonly #waiters = new Waiters();
  readonly #decided: Uint8Array;
  readonly #below: Uint8Array;
  readonly #ignored: Uint8Array;
  readonly #claims = (node: NodeId): boolean => this.#claim(node);

  private constructor(
    input: StatusInput,
    plan: ScanPlan,
    scanner: UnitScanner,
    scan: TreeScan,
    outcome: WorkCounters,
    listenerOf: (scan: BulkScan) => BulkListener,
    options: BulkOptions,
  ) {
    this.#input = input;
    this.plan = plan;
    this.#scanner = scanner;
    this.#scan = scan;
    this.#outcome = outcome;
    this.#listener = listenerOf(this);
    this.#options = options;
    this.#units = plan.units.map(() => undefined);
    this.#decided = new Uint8Array(plan.nodes.length);
    this.#below = new Uint8Array(plan.nodes.length);
    this.#ignored = new Uint8Array(plan.nodes.length);
    this.#ask();
  }

  /**
   * Begins a scan of everything; undefined if it is better done by one thread, or cannot be done otherwise.
   * @param scan what judges; what has to be walked besides is queued in it, and is for the caller to be done
   * @param listenerOf makes the listener, before any unit is there
   */
  static begin(
    input: StatusInput,
    scan: TreeScan,
    outcome: WorkCounters,
    listenerOf: (scan: BulkScan) => BulkListener,
    options: BulkOptions,
  ): BulkScan | undefined {
    const prepared = prepareBulk(input, options);
    if (prepared === undefined) return undefined;
    const { plan, scanner } = prepared;
    return new BulkScan(input, plan, scanner, scan, outcome, listenerOf, options);
  }

  /** Nothing is left to be done here. */
  get isDone(): boolean {
    return this.#unit === this.plan.units.length;
  }

  /** The next unit is there, so that {@link step} has something to do. */
  get isReady(): boolean {
    return this.isDone || this.#units[this.#unit] !== undefined;
  }

  /** Resolves when {@link step} has something to do, or nothing is left. */
  wait(): Promise<void> {
    if (this.isReady || this.#stopped) return Promise.resolve();
    return this.#waiters.wait();
  }

  /** Ends it: no more units are begun. */
  stop(): void {
    this.#stopped = true;
    this.#scanner.release?.();
    this.#wake();
  }

  /**
   * Handles directories up to and including the next one that is not clean, while their units are available. Returns
   * false if it can do nothing now.
   */
  step(): boolean {
    if (this.isDone || this.#stopped) return false;
    const unit = this.plan.units[this.#unit]!;
    const state = this.#units[this.#unit];
    if (state === undefined) return false;
    if (this.#directories === undefined) {
      this.#place = unit.from;
      this.#directories = state.result === undefined ? [][Symbol.iterator]() : directoriesOf(state.result);
      this.#advance();
    }
    while (this.#place < unit.to) {
      const place = this.#place++;
      if (state.result === undefined) {
        if (this.belongsToWorkingCopy(place)) {
          this.#whole(place);
          return true;
        }
      } else if (this.#reported?.place === place) {
        const told = this.#reported;
        this.#advance();
        if (this.belongsToWorkingCopy(place)) {
          this.#directory(told);
          return true;
        }
      } else if (this.belongsToWorkingCopy(place)) {
        this.#below[place] = OPEN;
        this.#listener.clean(place);
      }
    }
    this.#directories = undefined;
    // Its memory is needed no more.
    this.#units[this.#unit] = { result: undefined };
    this.#unit++;
    if (this.#unit === this.plan.units.length) this.#scanner.release?.();
    else this.#ask();
    return true;
  }

  /** True if a directory of the plan belongs to this working copy. Handle its parent first. */
  belongsToWorkingCopy(place: DirectoryIndex): boolean {
    const parent = this.plan.parents[place]!;
    if (parent === NO_DIRECTORY) return true;
    const decided = this.#decided[place];
    if (decided === UNDECIDED) {
      this.#decided[place] = this.#below[parent] === OPEN && this.belongsToWorkingCopy(parent) ? TAKEN : REJECTED;
    }
    return this.#decided[place] === TAKEN;
  }

  #advance(): void {
    const next = this.#directories!.next();
    this.#reported = next.done === true ? undefined : next.value;
  }

  #ask(): void {
    // Results are handled in order. No more of them are kept than are worked on and as many again.
    const limit = this.#unit + this.#scanner.parallel * 8;
    while (
      !this.#stopped &&
      this.#inFlight < this.#scanner.parallel &&
      this.#nextToAsk < this.plan.units.length &&
      this.#nextToAsk < limit
    ) {
      this.#inFlight++;
      const index = this.#nextToAsk++;
      void this.#askFor(index, this.plan.units[index]!);
    }
  }

  async #askFor(index: number, unit: Unit): Promise<void> {
    let result: UnitResult | undefined;
    try {
      result = await this.#scanner.scan(unit);
      this.#outcome.stats += result.stats;
      this.#outcome.directoriesRead += result.directoriesRead;
    } catch (error) {
      if (!this.#stopped) this.#options.onFailure?.(error);
    }
    this.#inFlight--;
    this.#units[index] = { result };
    this.#ask();
    this.#wake();
  }

  #wake(): void {
    if (this.isReady || this.#stopped) this.#waiters.release();
  }

  #directory({ place, what, items }: DirectoryResult): void {
    if (what === 'whole') {
      this.#whole(place);
      return;
    }
    const node = this.plan.nodes[place]!;
    const path = this.#input.statCache.path(node);
    this.#listener.visited(place, path, sink => {
      if (what === 'nested') {
        this.#scan.nested(path, node, sink);
        return;
      }
      this.#below[place] = OPEN;
      for (const { node: child } of items) {
        const at = child < 0 ? NO_DIRECTORY : this.plan.placeOf[child]!;
        if (at !== NO_DIRECTORY) this.#decided[at] = REJECTED;
      }
      this.#scan.listed(path, items, () => this.#isIgnored(place), this.#claims, sink);
    });
  }

  #whole(place: DirectoryIndex): void {
    const node = this.plan.nodes[place]!;
    const path = this.#input.statCache.path(node);
    this.#below[place] = CLOSED;
    this.#listener.visited(place, path, sink => {
      this.#scan.unlisted(path, node, this.#isIgnored(place), this.#claims, sink);
    });
  }

  /** A recorded directory turned up where it should be. */
  #claim(node: NodeId): boolean {
    const place = this.plan.placeOf[node]!;
    if (place === NO_DIRECTORY) return false;
    this.#decided[place] = TAKEN;
    return true;
  }

  /** True if a directory, or one above it, is ignored. Asked only where it matters. */
  #isIgnored(place: DirectoryIndex): boolean {
    const parent = this.plan.parents[place]!;
    const { ignore, statCache } = this.#input;
    // Where directories are entries, no rules are asked about them.
    if (parent === NO_DIRECTORY || ignore.isEmpty || this.#input.rules.versionsDirectories === true) return false;
    const known = this.#ignored[place];
    if (known !== 0) return known === 2;
    const ignored = this.#isIgnored(parent) || ignore.matches(statCache.path(this.plan.nodes[place]!), true);
    this.#ignored[place] = ignored ? 2 : 1;
    return ignored;
  }
}
