// Puts staged and unstaged changes together, path by path, and finds the renames on both sides.
import type { BytePath } from '../../base/bytePath.ts';
import type { FileStat } from '../../base/fileStat.ts';
import { findRenames, type Rename, type RenameSide } from '../../git/changes/renames.ts';
import { MAX_SCORE } from '../../git/changes/similarity.ts';
import { byPath, type RecordedFile, type StagedChange } from '../../git/changes/stagedChanges.ts';
import { objectId } from '../../git/objects/objectFormat.ts';
import { GITLINK_MODE } from '../../git/objects/structures.ts';
import type { GitRepository } from '../../git/repository/repository.ts';
import type { WorkingTree } from '../../status/workingTree.ts';
import type { GitInput } from './gitInput.ts';
import {
  CLEAN_SUBMODULE,
  type ChangedPath,
  type ConflictedPath,
  type RenamedFrom,
  type SubmoduleState,
} from './statusTypes.ts';
import type { WorkingChange } from './workingChanges.ts';

export interface RenameOptions {
  readonly enabled: boolean;
  /** The lowest score of a rename. */
  readonly minimum: number;
  /** See RenameSettings. */
  readonly limit: number;
  readonly countsRest: boolean;
}

/** A blob that is compared. */
const MAX_BLOB_BYTES = 256 * 1024 * 1024;

interface RenamesByTarget {
  readonly from: ReadonlyMap<BytePath, RenamedFrom>;
  /** Paths that are shown only as the source of a rename. */
  readonly sources: ReadonlySet<BytePath>;
}

export class RenameDetection {
  readonly warnings: string[] = [];
  readonly #repository: GitRepository;
  readonly #input: GitInput;
  readonly #tree: WorkingTree;
  readonly #options: RenameOptions;
  /** True if there was a removed file that an added one could have been. */
  #hasSearched = false;
  /** Removed files in HEAD, and in the index. */
  readonly #heads = new Map<BytePath, RecordedFile>();
  readonly #sources = new Map<BytePath, RecordedFile>();

  constructor(repository: GitRepository, input: GitInput, tree: WorkingTree, options: RenameOptions) {
    this.#repository = repository;
    this.#input = input;
    this.#tree = tree;
    this.#options = options;
  }

  /** Returns the changed paths, in no particular order. */
  combine(
    staged: readonly StagedChange[],
    working: ReadonlyMap<BytePath, WorkingChange>,
    conflicts: readonly ConflictedPath[],
  ): ChangedPath[] {
    const stagedRenames = this.#staged(staged);
    const workingRenames = this.#working(working, conflicts);
    const byPathStaged = new Map(staged.map(change => [change.path, change]));
    const paths = new Set<BytePath>([...byPathStaged.keys(), ...working.keys()]);
    const result: ChangedPath[] = [];
    for (const path of paths) {
      let change = byPathStaged.get(path);
      if (change?.letter === 'D' && stagedRenames.sources.has(path)) change = undefined;
      const unstaged = workingRenames.sources.has(path) ? undefined : working.get(path);
      if (change === undefined && unstaged === undefined) continue;
      result.push(this.#row(path, change, unstaged, stagedRenames, workingRenames));
    }
    return result;
  }

  #row(
    path: BytePath,
    change: StagedChange | undefined,
    unstaged: WorkingChange | undefined,
    stagedRenames: RenamesByTarget,
    workingRenames: RenamesByTarget,
  ): ChangedPath {
    const index = this.#input.statCache;
    const node = index.find(path);
    const isRecorded = node >= 0 && index.kind(node) !== 'none' && !index.isIntentToAdd(node);
    const recorded = isRecorded ? { mode: index.mode(node), id: index.id(node) } : undefined;
    const stagedFrom = stagedRenames.from.get(path);
    const workingFrom = unstaged?.letter === 'A' ? workingRenames.from.get(path) : undefined;
    const workingSource =
      workingFrom === undefined ? this.#intended(node, unstaged) : this.#sources.get(workingFrom.path);
    // The source of a rename in the working tree, or an intended file that is gone, where nothing is staged.
    const head = change === undefined ? (workingSource ?? recorded) : change.head;
    const workingMode = unstaged?.mode ?? (change?.letter === 'D' ? 0 : (recorded?.mode ?? 0));
    const isGitlink = [head?.mode, recorded?.mode, workingSource?.mode, workingMode].includes(GITLINK_MODE);
    return {
      kind: 'changed',
      path,
      staged: stagedFrom === undefined ? (change?.letter ?? '.') : 'R',
      unstaged: workingFrom === undefined ? (unstaged?.letter ?? '.') : 'R',
      head: stagedFrom === undefined ? head : this.#heads.get(stagedFrom.path),
      index: workingSource ?? recorded,
      workingMode,
      submodule: isGitlink ? this.#submodule(unstaged) : undefined,
      from: stagedFrom ?? workingFrom,
    };
  }

  /** Git takes an added repository for changed once it searched for the source of a rename. */
  #submodule(unstaged: WorkingChange | undefined): SubmoduleState {
    if (unstaged?.letter === 'A') return { ...CLEAN_SUBMODULE, commit: this.#hasSearched };
    return unstaged?.submodule ?? CLEAN_SUBMODULE;
  }

  /** The recorded file of a path that was only intended to be added, and is gone: Git shows its entry. */
  #intended(node: number, unstaged: WorkingChange | undefined): RecordedFile | undefined {
    const index = this.#input.statCache;
    if (unstaged?.letter !== 'D' || !index.isIntentToAdd(node)) return undefined;
    return { mode: index.mode(node), id: index.id(node) };
  }

  #staged(staged: readonly StagedChange[]): RenamesByTarget {
    if (!this.#options.enabled) return NO_RENAMES;
    const sources: RenameSide[] = [];
    const targets: RenameSide[] = [];
    for (const { path, letter, head, index } of [...staged].sort(byPath)) {
      if (letter === 'D') {
        this.#heads.set(path, head!);
        sources.push(this.#blob(path, head!.mode, head!.id));
      } else if (letter === 'A') {
        targets.push(this.#blob(path, index!.mode, index!.id));
      }
    }
    return this.#find(sources, targets);
  }

  #working(working: ReadonlyMap<BytePath, WorkingChange>, conflicts: readonly ConflictedPath[]): RenamesByTarget {
    if (!this.#options.enabled) return NO_RENAMES;
    const sources: RenameSide[] = [];
    const targets: RenameSide[] = [];
    const index = this.#input.statCache;
    for (const { path, letter, node, mode } of working.values()) {
      if (letter === 'A' && mode !== GITLINK_MODE) targets.push(this.#workingFile(path, mode));
      if (letter === 'D') sources.push(this.#blob(path, index.mode(node), index.id(node)));
    }
    // Git takes paths with conflicts for added files, or for removed ones if they are not there.
    const conflicted = new Set(conflicts.map(({ path }) => path));
    for (const { path, stages, workingMode } of conflicts) {
      const ours = stages[1];
      if (workingMode !== 0 && workingMode !== GITLINK_MODE) targets.push(this.#workingFile(path, workingMode));
      else if (workingMode === 0 && ours !== undefined) sources.push(this.#blob(path, ours.mode, ours.id));
    }
    this.#hasSearched = sources.length > 0;
    for (const { path, mode, id } of sources) this.#sources.set(path, { mode, id: id! });
    const found = this.#find(sources.sort(byPath), targets.sort(byPath));
    return {
      from: new Map([...found.from].filter(([path]) => !conflicted.has(path))),
      sources: new Set([...found.sources].filter(path => !conflicted.has(path))),
    };
  }

  #find(sources: readonly RenameSide[], targets: readonly RenameSide[]): RenamesByTarget {
    const { renames, isLimited } = findRenames(sources, targets, { ...this.#options, largest: MAX_BLOB_BYTES });
    if (isLimited) this.warnings.push('too many or too large files were added and removed to find all renames');
    const from = new Map(renames.map(rename => [rename.target.path, renamedFrom(rename)]));
    return { from, sources: new Set(renames.map(rename => rename.source.path)) };
  }

  #blob(path: BytePath, mode: number, id: string): RenameSide {
    const { store } = this.#repository;
    let data: Buffer | undefined;
    let found: FileStat | null | undefined;
    const file = (): FileStat | null => (found ??= this.#unchangedFile(path, id) ?? null);
    const content = (): Buffer =>
      (data ??= file() === null ? store.readTyped(id, 'blob', MAX_BLOB_BYTES) : this.#read(path, file()!));
    let bytes: number | undefined;
    return { path, mode, id, content, size: () => (bytes ??= file()?.size ?? store.size(id)) };
  }

  /**
   * Returns the stat of the working file, if the index has this object for it and the stat proves it unchanged.
   * Git compares it in place of the object, also where attributes changed since.
   */
  #unchangedFile(path: BytePath, id: string): FileStat | undefined {
    const { statCache: index, base } = this.#input;
    const node = index.find(path);
    if (node < 0 || index.kind(node) !== 'tracked' || index.id(node) !== id) return undefined;
    const stat = this.#tree.lstat(path);
    if (stat?.kind !== 'file' || stat.size > MAX_BLOB_BYTES) return undefined;
    if (index.compareStat(node, stat) !== 'clean' || base.isConverted(path)) return undefined;
    return stat;
  }

  #workingFile(path: BytePath, mode: number): RenameSide {
    const stat = this.#tree.lstat(path);
    const { base } = this.#input;
    const isPlain = stat?.kind === 'file' && !base.isConverted(path);
    let data: Buffer | undefined;
    const content = (): Buffer => (data ??= base.recordedContent(path, this.#read(path, stat)));
    const size = (): number => (isPlain ? stat.size : content().length);
    const chunks = (): Iterable<Uint8Array> => (isPlain ? this.#tree.content(path, stat).chunks() : [content()]);
    let id: string | undefined;
    const { format } = this.#repository;
    return {
      path,
      mode,
      get id() {
        return (id ??= objectId(format, 'blob', size(), chunks()));
      },
      content,
      size,
    };
  }

  #read(path: BytePath, stat: FileStat | undefined): Buffer {
    if (stat === undefined || (stat.kind !== 'file' && stat.kind !== 'symlink')) return Buffer.alloc(0);
    return Buffer.concat([...this.#tree.content(path, stat).chunks()].map(chunk => Buffer.from(chunk)));
  }
}

const NO_RENAMES: RenamesByTarget = { from: new Map(), sources: new Set() };

function renamedFrom({ source, score }: Rename): RenamedFrom {
  return { path: source.path, percent: Math.floor((score * 100) / MAX_SCORE) };
}
