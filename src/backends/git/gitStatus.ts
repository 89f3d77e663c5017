// The status of a whole Git working tree, as `git status` answers it.
import { isAtOrBelow, parentPath, ROOT_PATH, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { byPath, stagedChanges, type StagedChange } from '../../git/changes/stagedChanges.ts';
import type { GitConfig } from '../../git/config/gitConfig.ts';
import type { GitIndex } from '../../git/index/gitIndex.ts';
import { UNMERGED } from '../../git/index/indexTree.ts';
import type { GitHead } from '../../git/refs/refs.ts';
import type { GitRepository } from '../../git/repository/repository.ts';
import type { BulkOptions } from '../../status/bulk/bulkScan.ts';
import { runStatus, type StatusEntry, type StatusResult } from '../../status/status.ts';
import { NO_NODE, type WorkCounters } from '../../status/types.ts';
import { VerdictCache } from '../../status/contentComparison.ts';
import { WorkingTree } from '../../status/workingTree.ts';
import { gitInput, type GitInput } from './gitInput.ts';
import { readListings } from './listings.ts';
import { RenameDetection, type RenameOptions } from './renameDetection.ts';
import { Submodules, type IgnoredState } from './submodules.ts';
import { CLEAN_SUBMODULE, type ConflictedPath, type GitEntry, type SubmoduleState } from './statusTypes.ts';
import { GITLINK_MODE } from '../../git/objects/structures.ts';
import { WorkingChanges } from './workingChanges.ts';

export interface GitStatusOptions {
  readonly untracked: 'no' | 'normal' | 'all';
  /** 'matching': paths that patterns match, directories as a whole; 'traditional': files or directories. */
  readonly ignored: 'no' | 'traditional' | 'matching';
  readonly renames: RenameOptions;
  /** Selects paths; everything if undefined. */
  readonly isSelected?: ((path: BytePath) => boolean) | undefined;
  /** Only these paths and what is below them are scanned. */
  readonly paths?: readonly BytePath[] | undefined;
  readonly ignoreSubmodules?: IgnoredState | undefined;
  readonly bulk?: BulkOptions | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How deep in submodules of submodules this one is. */
  readonly depth?: number | undefined;
}

export interface GitStatusResult {
  readonly head: GitHead;
  /** Ordered by path: changes and conflicts, then untracked, then ignored paths. */
  readonly entries: readonly GitEntry[];
  readonly warnings: readonly string[];
  readonly unreadable: StatusResult['unreadable'];
  readonly outcome: WorkCounters;
}

/** A status during which the index was replaced is made again, this often at most. */
const ATTEMPTS = 4;

/**
 * Returns the status of a working tree.
 * Throws 'unsupported' for an unsupported repository, 'corrupt' for damage.
 */
export async function gitStatus(repository: GitRepository, options: GitStatusOptions): Promise<GitStatusResult> {
  const verdicts = new VerdictCache();
  for (let attempt = 1; ; attempt++) {
    const index = repository.readIndex();
    try {
      const result = await statusOf(repository, index, options, verdicts);
      if (attempt === ATTEMPTS || !repository.isStale(index)) return result;
    } catch (error) {
      // An object that is gone was there when the index was read, if that has been replaced since.
      if (attempt === ATTEMPTS || !repository.isStale(index)) throw error;
    }
    repository.store.release();
  }
}

async function statusOf(
  repository: GitRepository,
  index: GitIndex,
  options: GitStatusOptions,
  verdicts: VerdictCache,
): Promise<GitStatusResult> {
  const rules = repository.ignore(() => index);
  const input = { ...gitInput(repository, index, rules), listings: () => readListings(repository, index) };
  const isSelected = options.isSelected ?? (() => true);
  let head: GitHead | undefined;
  let staged: StagedChange[] = [];
  // While other threads scan, the index is compared with HEAD.
  const prepare = (): void => {
    head = repository.head();
    const tree = head.id === undefined ? undefined : repository.commit(head.id).tree;
    staged = stagedChanges(index, tree, repository.store).filter(change => isSelected(change.path));
  };
  const { untracked, ignored } = options;
  const scan = await runStatus(untracked === 'no' ? withoutUntracked(input) : input, {
    ignored: untracked === 'no' || ignored === 'no' ? 'none' : ignored === 'matching' ? 'collapsed' : 'all',
    clean: false,
    verdicts,
    paths: options.paths,
    prepare,
    bulk: options.bulk,
    signal: options.signal,
  });
  throwUndecided(scan, isSelected);
  const tree = new WorkingTree(repository.root, scan.outcome);
  const submodules = new Submodules(repository, index, checkSubmodule, {
    depth: options.depth ?? 0,
    override: options.ignoreSubmodules,
    showsUntracked: untracked !== 'no',
  });
  const unreadable = [...scan.unreadable];
  const working = new WorkingChanges(repository, index, scan.outcome, submodules, (path, code) =>
    unreadable.push({ path, code }),
  );
  const found = scan.entries.filter(({ path }) => isSelected(path));
  const changes = await working.of(found, isSelected);
  const conflicts = await conflictsOf(index, working, isSelected);
  const renames = new RenameDetection(repository, input, tree, options.renames);
  const tracked = [...renames.combine(staged, changes, conflicts), ...conflicts].sort(byPath);
  const others = untracked === 'no' ? [] : othersOf(input, scan, found, options, isSelected);
  return {
    head: head ?? repository.head(),
    entries: [...tracked, ...others],
    warnings: renames.warnings,
    unreadable,
    outcome: scan.outcome,
  };
}

/** Throws why the first selected file cannot be compared: a program converts it, or an object is damaged. */
function throwUndecided({ undecided }: StatusResult, isSelected: (path: BytePath) => boolean): void {
  const [first] = undecided.filter(({ path }) => isSelected(path)).sort(byPath);
  if (first !== undefined) throw first.why;
}

/** Returns which untracked files the configuration shows. Throws 'invalid-config'. */
export function untrackedSetting(config: GitConfig): GitStatusOptions['untracked'] {
  const value = config.get('status.showuntrackedfiles');
  if (value === undefined) return 'normal';
  if (value === 'no' || value === 'normal' || value === 'all') return value;
  throw new QuicksilverError('invalid-config', `bad value '${value}' for status.showUntrackedFiles`);
}

/** Finds out whether a submodule has changes of tracked files, or untracked files that its own settings show. */
async function checkSubmodule(
  repository: GitRepository,
  ignored: IgnoredState,
  depth: number,
): Promise<{ modified: boolean; untracked: boolean }> {
  const { entries } = await gitStatus(repository, {
    untracked: ignored === 'untracked' ? 'no' : untrackedSetting(repository.config),
    ignored: 'no',
    renames: { enabled: false, minimum: 0, limit: 0, countsRest: true },
    depth,
  });
  let modified = false;
  let untracked = false;
  for (const entry of entries) {
    if (entry.kind === 'untracked') untracked = true;
    else if (entry.kind === 'conflicted') modified = true;
    else if (entry.kind === 'changed') {
      // A submodule of the submodule that has untracked files, and nothing else.
      const { submodule } = entry;
      const isOnlyUntracked =
        submodule !== undefined &&
        submodule.untracked &&
        !submodule.modified &&
        !submodule.commit &&
        entry.staged === '.';
      if (submodule?.untracked === true) untracked = true;
      if (!isOnlyUntracked) modified = true;
    }
  }
  return { modified, untracked };
}

function withoutUntracked(input: GitInput): GitInput {
  // Everything is ignored: the scan neither reports nor enters untracked paths.
  const ignore = { isEmpty: false, matches: () => true } as unknown as GitInput['ignore'];
  return { ...input, ignore };
}

async function conflictsOf(
  index: GitIndex,
  working: WorkingChanges,
  isSelected: (path: BytePath) => boolean,
): Promise<ConflictedPath[]> {
  const conflicts: ConflictedPath[] = [];
  for (const node of index.nodesWith(UNMERGED)) {
    const path = index.path(node);
    if (!isSelected(path)) continue;
    const stages = index.stages(node);
    const own = await working.conflictedRepository(path, stages[1]);
    const workingMode = own === undefined ? working.conflictMode(path, node) : GITLINK_MODE;
    const isGitlink = [workingMode, ...stages.map(stage => stage?.mode)].includes(GITLINK_MODE);
    const submodule: SubmoduleState | undefined = isGitlink ? (own ?? CLEAN_SUBMODULE) : undefined;
    conflicts.push({ kind: 'conflicted', path, stages, workingMode, submodule });
  }
  return conflicts;
}

function othersOf(
  input: GitInput,
  scan: StatusResult,
  found: readonly StatusEntry[],
  options: GitStatusOptions,
  isSelected: (path: BytePath) => boolean,
): GitEntry[] {
  // A directory at the path of a tracked file belongs to the change of that file.
  const directories = (paths: readonly BytePath[]): BytePath[] =>
    paths
      .filter(path => isSelected(path) && input.statCache.find(path) === NO_NODE)
      .map(path => `${path}/` as BytePath);
  const untracked = found.filter(entry => entry.status === 'unknown').map(entry => entry.path);
  untracked.push(...directories(scan.nestedRepositories));
  const ignored = found.filter(entry => entry.status === 'ignored').map(entry => entry.path);
  ignored.push(...directories(scan.ignoredDirectories));
  const told = options.untracked === 'normal' ? collapse(input.statCache, untracked, options.paths) : untracked;
  let toldIgnored = ignored;
  if (options.untracked === 'normal' && options.ignored === 'traditional') {
    const holdUntracked = new Set<BytePath>();
    for (const path of untracked) {
      for (let above = parentPath(path); above !== ''; above = parentPath(above)) holdUntracked.add(above);
    }
    toldIgnored = collapse(input.statCache, ignored, options.paths, holdUntracked);
  }
  return [
    ...[...new Set(told)].sort().map((path): GitEntry => ({ kind: 'untracked', path })),
    ...(options.ignored === 'no'
      ? []
      : [...new Set(toldIgnored)].sort().map((path): GitEntry => ({ kind: 'ignored', path }))),
  ];
}

/**
 * Replaces paths by the uppermost directory that holds nothing tracked. Leaves out a directory at the path of a tracked
 * file: git shows what is in it only when it shows all files.
 * @param paths directories above them are never shown as a whole
 * @param unless nor are these
 */
function collapse(
  index: GitIndex,
  found: readonly BytePath[],
  paths: readonly BytePath[] | undefined,
  unless: ReadonlySet<BytePath> = new Set(),
): BytePath[] {
  const whole = new Map<BytePath, boolean>();
  const isWhole = (directory: BytePath): boolean => {
    let known = whole.get(directory);
    if (known === undefined) {
      const node = index.find(directory);
      known =
        (node < 0 || index.childCount(node) === 0) &&
        !unless.has(directory) &&
        !(paths ?? []).some(path => path !== directory && path !== ROOT_PATH && isAtOrBelow(path, directory));
      whole.set(directory, known);
    }
    return known;
  };
  return found.flatMap(path => {
    for (let slash = path.indexOf('/'); slash > 0 && slash < path.length - 1; slash = path.indexOf('/', slash + 1)) {
      const directory = path.slice(0, slash) as BytePath;
      if (!isWhole(directory)) continue;
      return index.find(directory) === NO_NODE ? [`${directory}/` as BytePath] : [];
    }
    return [path];
  });
}
