// The status of a Bazaar working tree, as `brz status` answers it.
import * as path from 'node:path';
import type { BytePath } from '../../base/bytePath.ts';
import type { BazaarDirstate } from '../../bazaar/dirstate/bazaarDirstate.ts';
import { dirstateFile, readDirstate } from '../../bazaar/dirstate/readDirstate.ts';
import { BazaarIgnore } from '../../bazaar/ignore/bazaarIgnore.ts';
import { readIgnorePatterns } from '../../bazaar/ignore/ignoreFiles.ts';
import type { BazaarEnvironment } from '../../bazaar/repository/configFiles.ts';
import { readConflicts, type BazaarConflict } from '../../bazaar/repository/conflicts.ts';
import { lastRevision } from '../../bazaar/repository/lastRevision.ts';
import { readLayout, type BazaarLayout } from '../../bazaar/repository/layout.ts';
import { sameIdentity, type Vfs } from '../../files/vfs.ts';
import type { BulkOptions } from '../../status/bulk/bulkScan.ts';
import { VerdictCache } from '../../status/contentComparison.ts';
import { runStatus, type StatusResult } from '../../status/status.ts';
import type { WorkCounters } from '../../status/types.ts';
import { bazaarInput } from './bazaarInput.ts';
import type { BazaarChange } from './changes.ts';
import { treesOfDirstate, treesSince, type ComparedTrees } from './comparedTrees.ts';
import { selectChanges, type NamedPaths } from './namedPaths.ts';
import { openStore, readPendingMerges, type PendingMerge } from './pendingMerges.ts';
import { changesToWorkingTree } from './revisionChanges.ts';
import { RevisionNames } from './revisionSpec.ts';
import { RevisionTree } from './revisionTree.ts';
import { WorkingChanges } from './workingChanges.ts';

export interface BazaarStatusOptions {
  readonly vfs: Vfs;
  readonly environment: BazaarEnvironment;
  /** Only what is at or below these paths; everything if undefined. */
  readonly paths?: readonly BytePath[] | undefined;
  /** False if unknown paths are left out. */
  readonly unknown: boolean;
  /** Pending merges: not read, read alone, or with all revisions that they bring in. */
  readonly pending: 'no' | 'tips' | 'all';
  /** The name of a revision to compare with, instead of the first parent. */
  readonly since?: string | undefined;
  readonly bulk?: BulkOptions | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface BazaarStatusResult {
  readonly layout: BazaarLayout;
  readonly dirstate: BazaarDirstate;
  /** In no particular order. */
  readonly changes: readonly BazaarChange[];
  readonly conflicts: readonly BazaarConflict[];
  readonly named: NamedPaths | undefined;
  /** True if the changes are since another revision than the first parent. */
  readonly ofRevision: boolean;
  readonly pending: readonly PendingMerge[];
  readonly shelves: number;
  /** True if the branch has another last revision than the working tree. */
  readonly isOutOfDate: boolean;
  readonly warnings: readonly string[];
  readonly unreadable: StatusResult['unreadable'];
  readonly outcome: WorkCounters;
}

/** A status during which the dirstate was replaced is made again, this often at most. */
const ATTEMPTS = 4;

/** Returns the status of the working tree at `root`. Throws as its parts do. */
export async function bazaarStatus(root: string, options: BazaarStatusOptions): Promise<BazaarStatusResult> {
  const { vfs } = options;
  const verdicts = new VerdictCache();
  for (let attempt = 1; ; attempt++) {
    const layout = readLayout(vfs, root, options.environment);
    const dirstate = readDirstate(vfs, {
      root,
      checkoutDirectory: layout.checkoutDirectory,
      hasColumns: layout.hasNested,
      accelerators: options.bulk?.scanners.accelerators,
    });
    const result = await statusOf(layout, dirstate, options, verdicts);
    const isCurrent = sameIdentity(vfs.identity(dirstateFile(layout.checkoutDirectory)), dirstate.identity);
    if (isCurrent || attempt === ATTEMPTS) return result;
  }
}

async function statusOf(
  layout: BazaarLayout,
  dirstate: BazaarDirstate,
  options: BazaarStatusOptions,
  verdicts: VerdictCache,
): Promise<BazaarStatusResult> {
  const { vfs, environment } = options;
  const ignore = new BazaarIgnore(() => readIgnorePatterns(vfs, layout.root, environment));
  const input = bazaarInput(layout, dirstate, ignore);
  let conflicts: readonly BazaarConflict[] = [];
  let pending: readonly PendingMerge[] = [];
  const scan = await runStatus(options.unknown ? input : withoutUnknown(input), {
    ignored: 'none',
    clean: false,
    verdicts,
    // While other threads scan, the rest is read.
    prepare: () => {
      conflicts = readConflicts(vfs, layout.checkoutDirectory);
      if (options.pending === 'no' || dirstate.tree.parents.length < 2) return;
      pending = readPendingMerges(openStore(vfs, layout), dirstate.tree.parents, options.pending === 'all');
    },
    bulk: options.bulk,
    signal: options.signal,
  });
  const working = new WorkingChanges(input, scan.outcome);
  let changes = working.all(scan.entries);
  let trees = (): ComparedTrees => treesOfDirstate(dirstate);
  const store = options.since === undefined ? undefined : openStore(vfs, layout);
  const since = store && new RevisionNames(vfs, store, layout.branchDirectory).resolve(options.since!);
  const ofRevision = store !== undefined && since !== dirstate.tree.parents[0];
  if (ofRevision) {
    const revision = new RevisionTree(store, since);
    const parent = new RevisionTree(store, dirstate.tree.parents[0]);
    changes = changesToWorkingTree({ revision, parent, dirstate, working, changes });
    trees = () => treesSince(revision, dirstate);
  }
  const named =
    options.paths === undefined
      ? undefined
      : selectChanges({
          trees: trees(),
          disk: { input, working },
          ...{ changes, conflicts, paths: options.paths },
          // A comparison with a revision does not enter unknown directories.
          unknown: options.unknown && !ofRevision,
        });
  return {
    layout,
    dirstate,
    changes: named?.changes ?? changes,
    conflicts: named?.conflicts ?? conflicts,
    named,
    ofRevision,
    pending,
    shelves: countShelves(vfs, layout.checkoutDirectory),
    isOutOfDate: isOutOfDate(vfs, layout, dirstate),
    warnings: ignore.warnings,
    unreadable: scan.unreadable,
    outcome: scan.outcome,
  };
}

function withoutUnknown(input: ReturnType<typeof bazaarInput>): ReturnType<typeof bazaarInput> {
  // Everything is ignored: the scan reports no unknown paths, and reads no patterns.
  const ignore = { isEmpty: false, matches: () => true } as unknown as typeof input.ignore;
  return { ...input, ignore };
}

function countShelves(vfs: Vfs, checkoutDirectory: string): number {
  return vfs.list(path.join(checkoutDirectory, 'shelf')).filter(name => /^shelf-[1-9]\d*$/.test(name)).length;
}

function isOutOfDate(vfs: Vfs, { branchDirectory }: BazaarLayout, dirstate: BazaarDirstate): boolean {
  if (branchDirectory === undefined) return false;
  const last = lastRevision(vfs, branchDirectory);
  return last !== undefined && last.id !== (dirstate.tree.parents[0] ?? 'null:');
}
