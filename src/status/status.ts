// One-shot status: everything, or what is at and below given paths.
import { ROOT_PATH, type BytePath } from '../base/bytePath.ts';
import type { QuicksilverError } from '../base/errors.ts';
import { BulkScan, type BulkListener, type BulkOptions } from './bulk/bulkScan.ts';
import { recordedPath } from './caseFolding.ts';
import { controlDirectoryIn } from './controlNames.ts';
import { VerdictCache } from './contentComparison.ts';
import { PathLocator } from './pathLocator.ts';
import type { ScanOptions } from './directoryVisit.ts';
import { TreeScan } from './treeScan.ts';
import {
  newWorkCounters,
  NO_NODE,
  type WorkCounters,
  type Status,
  type StatusInput,
  type StatusSink,
} from './types.ts';
import { WorkingTree } from './workingTree.ts';

/** How a long run shares its thread. */
export interface RunControl {
  readonly signal?: AbortSignal | undefined;
  /** Awaited after each slice of work, so that others get their turn. Without it the run does not pause. */
  readonly pause?: (() => Promise<void>) | undefined;
}

export interface StatusOptions extends ScanOptions, RunControl {
  /** Only what is at or below these paths; everything if not given. */
  readonly paths?: readonly BytePath[] | undefined;
  readonly verdicts?: VerdictCache | undefined;
  /** The options of a scan on several threads. It is used unless every file must be reported. */
  readonly bulk?: BulkOptions | undefined;
  /** Called before anything is judged; by then, other threads may be scanning. The run throws what it throws. */
  readonly prepare?: (() => void) | undefined;
}

export interface StatusEntry {
  readonly path: BytePath;
  readonly status: Status;
  /** Where a tracked file was copied or renamed from. */
  readonly source?: BytePath;
  /** The path by which a list is ordered, if that is another one. */
  readonly place?: BytePath;
}

export interface StatusResult {
  /** In no particular order; each path once. */
  readonly entries: readonly StatusEntry[];
  /** Directories that are ignored as a whole; only with `ignored: 'collapsed'`. */
  readonly ignoredDirectories: readonly BytePath[];
  readonly nestedRepositories: readonly BytePath[];
  /** Tracked files whose base revision cannot be read: they may be modified, or clean. No entries. */
  readonly undecided: readonly { readonly path: BytePath; readonly why: QuicksilverError }[];
  readonly unreadable: readonly { readonly path: BytePath; readonly code: string }[];
  readonly outcome: WorkCounters;
}

/** A slice is long enough to make pausing cheap and short enough not to be noticed. */
const SLICE_MS = 8;

/**
 * The status of a working copy, as `hg status -A` would answer it, of what `options` ask for.
 * Throws what `options.signal` was aborted with, and a QuicksilverError 'io' if the machine is exhausted.
 */
export async function runStatus(input: StatusInput, options: StatusOptions): Promise<StatusResult> {
  const outcome = newWorkCounters();
  const entries: StatusEntry[] = [];
  const ignoredDirectories: BytePath[] = [];
  const nestedRepositories: BytePath[] = [];
  const undecided: { path: BytePath; why: QuicksilverError }[] = [];
  const unreadable: { path: BytePath; code: string }[] = [];
  const tree = new WorkingTree(input.root, outcome, (path, code) => unreadable.push({ path, code }));
  const sink: StatusSink = {
    entry: (path, status, node) => {
      const source = node === NO_NODE ? undefined : input.statCache.copySource(node);
      entries.push(source === undefined ? { path, status } : { path, status, source });
    },
    ignoredDirectory: path => ignoredDirectories.push(path),
    nestedRepository: path => nestedRepositories.push(path),
    undecided: (path, _node, why) => undecided.push({ path, why }),
  };
  const scan = new TreeScan(input, options, tree, options.verdicts ?? new VerdictCache());
  const bulk = options.paths === undefined ? beginBulk(input, scan, sink, outcome, options) : undefined;
  try {
    options.prepare?.();
    if (bulk !== undefined) await runBulk(bulk, options);
  } finally {
    bulk?.stop();
  }
  if (options.paths !== undefined) addPaths(input, tree, scan, sink, options.paths);
  else if (bulk === undefined) scan.addDirectory(ROOT_PATH, false);
  await runScan(scan, sink, options);
  return { entries, ignoredDirectories, nestedRepositories, undecided, unreadable, outcome };
}

/** Begins a scan by several threads; undefined if that cannot be done. */
function beginBulk(
  input: StatusInput,
  scan: TreeScan,
  sink: StatusSink,
  outcome: WorkCounters,
  { bulk, clean, ignored, signal }: StatusOptions,
): BulkScan | undefined {
  if (bulk === undefined || clean || ignored === 'all') return undefined;
  signal?.throwIfAborted();
  const listenerOf = (): BulkListener => ({
    clean: () => undefined,
    visited: (_place, _path, visit) => visit(sink),
  });
  return BulkScan.begin(input, scan, outcome, listenerOf, bulk);
}

/** Takes over the threads' findings. Everything else is queued in the tree scan that began the bulk scan. */
async function runBulk(bulk: BulkScan, { signal, pause }: RunControl): Promise<void> {
  let sliceEnd = performance.now() + SLICE_MS;
  while (!bulk.isDone) {
    if (bulk.step() && performance.now() < sliceEnd) continue;
    await (bulk.isReady ? pause?.() : bulk.wait());
    signal?.throwIfAborted();
    sliceEnd = performance.now() + SLICE_MS;
  }
}

/** Runs a scan to its end, in slices. */
async function runScan(scan: TreeScan, sink: StatusSink, control: RunControl): Promise<void> {
  control.signal?.throwIfAborted();
  let sliceEnd = performance.now() + SLICE_MS;
  while (scan.step(sink) !== undefined) {
    if (performance.now() < sliceEnd) continue;
    control.signal?.throwIfAborted();
    if (control.pause) {
      await control.pause();
      control.signal?.throwIfAborted();
    }
    sliceEnd = performance.now() + SLICE_MS;
  }
}

function addPaths(
  input: StatusInput,
  tree: WorkingTree,
  scan: TreeScan,
  sink: StatusSink,
  paths: readonly BytePath[],
): void {
  const locator = new PathLocator(input, tree);
  const wanted = input.rules.foldsCase ? paths.map(path => recordedPath(input.statCache, path)) : paths;
  for (const path of withoutNested(wanted)) {
    if (path === '') {
      scan.addDirectory(path, false);
      continue;
    }
    if (controlDirectoryIn(path, input.rules) !== undefined) continue;
    const location = locator.locate(path);
    if (location.inside && location.inExcluded) {
      scan.examineRecorded(path, tree.lstat(path), sink);
    } else if (location.inside) {
      scan.examine(path, tree.lstat(path), location, sink);
    } else {
      const node = input.statCache.find(path);
      if (node !== NO_NODE) scan.absent(path, node, sink);
    }
  }
}

/** The given paths without repetitions and without those that lie below another of them. */
export function withoutNested(paths: Iterable<BytePath>): BytePath[] {
  const given = new Set(paths);
  if (given.has(ROOT_PATH)) return [ROOT_PATH];
  return [...given].filter(path => {
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      if (given.has(path.slice(0, slash) as BytePath)) return false;
    }
    return true;
  });
}
