// The index against the working tree: letters, modes and submodules, from what the engine found.
import type { BytePath } from '../../base/bytePath.ts';
import type { FileStat } from '../../base/fileStat.ts';
import type { GitIndex, Stage } from '../../git/index/gitIndex.ts';
import { GITLINK } from '../../git/index/indexTree.ts';
import {
  canonicalMode,
  EXECUTABLE_MODE,
  GITLINK_MODE,
  KIND_MASK,
  REGULAR_MODE,
  SYMLINK_MODE,
} from '../../git/objects/structures.ts';
import type { GitRepository } from '../../git/repository/repository.ts';
import type { StatusEntry } from '../../status/status.ts';
import type { WorkCounters } from '../../status/types.ts';
import { WorkingTree } from '../../status/workingTree.ts';
import { nestedHead, type Submodules } from './submodules.ts';
import { CLEAN_SUBMODULE, type ChangeLetter, type SubmoduleState } from './statusTypes.ts';

export interface WorkingChange {
  readonly path: BytePath;
  readonly node: number;
  readonly letter: Exclude<ChangeLetter, '.' | 'R'>;
  /** 0 if nothing is there. */
  readonly mode: number;
  readonly submodule: SubmoduleState | undefined;
}

/** Turns what the engine found of tracked paths into changes. */
export class WorkingChanges {
  readonly #repository: GitRepository;
  readonly #index: GitIndex;
  readonly #tree: WorkingTree;
  readonly #submodules: Submodules;
  #unreadable = 0;

  /** @param onUnreadable called for each path that is there and cannot be read */
  constructor(
    repository: GitRepository,
    index: GitIndex,
    counters: WorkCounters,
    submodules: Submodules,
    onUnreadable: (path: BytePath, code: string) => void,
  ) {
    this.#repository = repository;
    this.#index = index;
    this.#submodules = submodules;
    this.#tree = new WorkingTree(repository.root, counters, (path, code) => {
      this.#unreadable++;
      onUnreadable(path, code);
    });
  }

  /** Returns the changes by path. Conflicts are left out. */
  async of(
    entries: readonly StatusEntry[],
    isSelected: (path: BytePath) => boolean,
  ): Promise<Map<BytePath, WorkingChange>> {
    const changes = new Map<BytePath, WorkingChange>();
    const index = this.#index;
    for (const { path, status } of entries) {
      if (status === 'unknown' || status === 'ignored' || status === 'clean') continue;
      const node = index.find(path);
      if (node < 0 || index.isUnmerged(node)) continue;
      const change = this.#change(path, node, status === 'deleted');
      if (change !== undefined) changes.set(path, change);
    }
    for (const node of index.nodesWith(GITLINK)) {
      const path = index.path(node);
      const kind = index.kind(node);
      // One outside of a sparse checkout counts if it is there all the same.
      if (changes.has(path) || (kind !== 'repository' && kind !== 'optional') || !isSelected(path)) continue;
      const change = await this.#submodule(path, node);
      if (change !== undefined) changes.set(path, change);
    }
    return changes;
  }

  /** The mode of what is at a path, as Git would record it; 0 if nothing is there that can be recorded. */
  conflictMode(path: BytePath, node: number): number {
    const stat = this.#isReachable(path) ? this.#tree.lstat(path) : undefined;
    return stat === undefined ? 0 : modeOf(stat, this.#index.mode(node), this.#repository.settings);
  }

  /**
   * Returns the state of a repository at the path of a conflict, compared with our side. Returns undefined if there is
   * nothing to compare.
   */
  async conflictedRepository(path: BytePath, ours: Stage | undefined): Promise<SubmoduleState | undefined> {
    if (ours === undefined || !this.#isReachable(path) || this.#tree.lstat(path)?.kind !== 'directory')
      return undefined;
    if (ours.mode === GITLINK_MODE) return this.#submodules.state(path, ours.id);
    return nestedHead(this.#repository, path) && { ...CLEAN_SUBMODULE, commit: true };
  }

  #change(path: BytePath, node: number, isDeleted: boolean): WorkingChange | undefined {
    const index = this.#index;
    if (index.isGitlink(node) && this.#submodules.ignoredState(path) === 'all') return undefined;
    const { stat, isUnreadable } = this.#lookUp(path);
    // Git warns of a path that cannot be read, and shows nothing.
    if (isUnreadable) return undefined;
    const recorded = index.mode(node);
    const intended = index.isIntentToAdd(node);
    if (stat?.kind === 'directory' && index.isGitlink(node)) return undefined;
    if (stat?.kind === 'directory') {
      const head = nestedHead(this.#repository, path);
      if (head === undefined) return { path, node, letter: 'D', mode: 0, submodule: undefined };
      const submodule = { ...CLEAN_SUBMODULE, commit: true };
      return { path, node, letter: intended ? 'A' : 'T', mode: GITLINK_MODE, submodule };
    }
    if (stat === undefined || isDeleted) return { path, node, letter: 'D', mode: 0, submodule: undefined };
    const mode = modeOf(stat, recorded, this.#repository.settings);
    const isSameKind = (mode & KIND_MASK) === (recorded & KIND_MASK);
    return { path, node, letter: intended ? 'A' : isSameKind ? 'M' : 'T', mode, submodule: undefined };
  }

  /** The stat of a path that no link leads to. */
  #lookUp(path: BytePath): { stat: FileStat | undefined; isUnreadable: boolean } {
    const before = this.#unreadable;
    const stat = this.#tree.lstat(path);
    const isUnreadable = this.#unreadable !== before;
    return { stat: stat !== undefined && this.#isReachable(path) ? stat : undefined, isUnreadable };
  }

  /** False if a directory above the path is no directory, but a link. */
  #isReachable(path: BytePath): boolean {
    for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      if (this.#tree.lstat(path.slice(0, slash) as BytePath)?.kind !== 'directory') return false;
    }
    return true;
  }

  async #submodule(path: BytePath, node: number): Promise<WorkingChange | undefined> {
    const index = this.#index;
    if (!this.#isReachable(path) || this.#tree.lstat(path)?.kind !== 'directory') return undefined;
    if (this.#submodules.ignoredState(path) === 'all') return undefined;
    if (index.isIntentToAdd(node)) return { path, node, letter: 'A', mode: GITLINK_MODE, submodule: CLEAN_SUBMODULE };
    const state = await this.#submodules.state(path, index.id(node));
    if (state === undefined || !(state.commit || state.modified || state.untracked)) return undefined;
    return { path, node, letter: 'M', mode: GITLINK_MODE, submodule: state };
  }
}

/** Special files count as regular ones. The index decides about bits that the file system cannot record. */
function modeOf(
  stat: FileStat,
  recorded: number,
  settings: { readonly executableBit: boolean; readonly symlinks: boolean },
): number {
  if (stat.kind === 'symlink') return SYMLINK_MODE;
  if (stat.kind === 'directory') return 0;
  if (!settings.symlinks && recorded === SYMLINK_MODE) return SYMLINK_MODE;
  if (settings.executableBit) return stat.executable ? EXECUTABLE_MODE : REGULAR_MODE;
  return (recorded & KIND_MASK) === (REGULAR_MODE & KIND_MASK) ? canonicalMode(recorded) : REGULAR_MODE;
}
