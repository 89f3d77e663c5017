// The status of a whole Git working tree, as `git status` answers it.
import { parentPath, ROOT_PATH, type BytePath } from '../../base/bytePath.ts';
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
  /** Selects paths, those of directories with a final slash; everything if undefined. */
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
    staged = stagedChanges(index, tree, repository.store).filter(
      change => isSelected(change.path) && !(options.ignoreSubmodules === 'all' && isOfSubmodule(change)),
    );
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
  const others = untracked === 'no' ? [] : othersOf({ input, tree, scan, found }, options, isSelected);
  return {
    head: head ?? repository.head(),
    entries: [...tracked, ...others],
    warnings: renames.warnings,
    unreadable,
    outcome: scan.outcome,
  };
}

/** True if all sides are submodules: not for one that replaces a file, or the other way round. */
function isOfSubmodule({ head, index }: StagedChange): boolean {
  return [head, index].every(side => side === undefined || side.mode === GITLINK_MODE);
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
        submodule !== undefined && submodule.untracked && !submodule.modified && !submodule.commit;
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

interface Scanned {
  readonly input: GitInput;
  readonly tree: WorkingTree;
  readonly scan: StatusResult;
  /** The selected entries. */
  readonly found: readonly StatusEntry[];
}

/** Untracked and ignored paths, those of directories with a final slash. */
function othersOf(
  { input, tree, scan, found }: Scanned,
  options: GitStatusOptions,
  isSelected: (path: BytePath) => boolean,
): GitEntry[] {
  const { statCache: index, ignore } = input;
  const isIgnored = ignoredDirectories(ignore);
  // A directory at the path of a tracked file belongs to the change of that file.
  const directories = (paths: readonly BytePath[]): BytePath[] =>
    paths
      .filter(path => index.find(path) === NO_NODE)
      .map(path => `${path}/` as BytePath)
      .filter(isSelected);
  const untracked = found.filter(entry => entry.status === 'unknown').map(entry => entry.path);
  untracked.push(...directories(scan.nestedRepositories.filter(path => !isIgnored(path))));
  const ignored = found.filter(entry => entry.status === 'ignored').map(entry => entry.path);
  ignored.push(...directories([...scan.ignoredDirectories, ...scan.nestedRepositories.filter(isIgnored)]));
  const isShort = options.untracked === 'normal';
  const told = isShort ? collapse(index, untracked, directory => isSelected(`${directory}/` as BytePath)) : untracked;
  return [
    ...[...new Set(told)].sort().map((path): GitEntry => ({ kind: 'untracked', path })),
    ...(options.ignored === 'no'
      ? []
      : [...new Set(toldIgnored())].sort().map((path): GitEntry => ({ kind: 'ignored', path }))),
  ];

  function toldIgnored(): readonly BytePath[] {
    if (options.ignored === 'matching') {
      if (options.paths === undefined) return ignored;
      // Git shows an ignored directory whatever of it is named, even if that does not exist.
      const above = collapse(index, options.paths, isIgnored).filter(
        path => path.endsWith('/') && tree.lstat(path.slice(0, -1) as BytePath)?.kind === 'directory',
      );
      return [...collapse(index, ignored, isIgnored), ...above];
    }
    if (!isShort) return ignored;
    const holdUntracked = new Set<BytePath>();
    for (const path of untracked) {
      for (let above = parentPath(path); above !== ''; above = parentPath(above)) holdUntracked.add(above);
    }
    return collapse(
      index,
      ignored,
      directory => !holdUntracked.has(directory) && (isSelected(`${directory}/` as BytePath) || isIgnored(directory)),
    );
  }
}

/** Returns a function that finds out whether a directory is ignored, or one above it. */
function ignoredDirectories(ignore: GitInput['ignore']): (directory: BytePath) => boolean {
  const known = new Map<BytePath, boolean>([[ROOT_PATH, false]]);
  const isIgnored = (directory: BytePath): boolean => {
    let ignored = known.get(directory);
    if (ignored === undefined) {
      ignored = isIgnored(parentPath(directory)) || ignore.matches(directory, true);
      known.set(directory, ignored);
    }
    return ignored;
  };
  return isIgnored;
}

/**
 * Replaces paths by the uppermost directory that holds nothing tracked. Leaves out a directory at the path of a tracked
 * file: git shows what is in it only when it shows all files.
 * @param isShown true if a directory may be shown as a whole
 */
function collapse(index: GitIndex, found: readonly BytePath[], isShown: (directory: BytePath) => boolean): BytePath[] {
  const whole = new Map<BytePath, boolean>();
  const isWhole = (directory: BytePath): boolean => {
    let known = whole.get(directory);
    if (known === undefined) {
      const node = index.find(directory);
      known = (node < 0 || index.childCount(node) === 0) && isShown(directory);
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
