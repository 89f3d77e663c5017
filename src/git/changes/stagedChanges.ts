// The differences between HEAD's tree and the index.
import { joinPath, ROOT_PATH, type BytePath } from '../../base/bytePath.ts';
import { NO_ID, type CachedTree } from '../index/cacheTree.ts';
import type { GitIndex } from '../index/gitIndex.ts';
import type { ObjectStore } from '../objects/objectStore.ts';
import { TreeWalkLimits } from '../objects/treeLimits.ts';
import { TreeReader } from '../objects/treeReader.ts';
import { DIRECTORY_MODE, KIND_MASK, parseTree, parseTreeEntry, type TreeEntry } from '../objects/structures.ts';

/** A file as a tree or an index has it. */
export interface RecordedFile {
  readonly mode: number;
  /** In hexadecimal. */
  readonly id: string;
}

export interface StagedChange {
  readonly path: BytePath;
  /** 'T': another kind of file. */
  readonly letter: 'A' | 'M' | 'D' | 'T';
  readonly head: RecordedFile | undefined;
  readonly index: RecordedFile | undefined;
}

/**
 * Returns the paths that HEAD's tree and the index have differently, in no particular order. Paths with conflicts are
 * left out. An entry that is only intended to be added counts as not in the index.
 * Reads no tree below the root where the index remembers that its entries are those of the tree. Throws 'unsupported'
 * beyond {@link TreeWalkLimits}.
 * @param tree name of HEAD's tree; undefined before the first commit
 */
export function stagedChanges(index: GitIndex, tree: string | undefined, store: ObjectStore): StagedChange[] {
  const cached = index.cachedTrees();
  const comparison = new Comparison(index, store, cached);
  comparison.directory(ROOT_PATH, tree, index.root, cached);
  return comparison.changes;
}

const NONE = 0xffff_ffff;
const NO_BYTES = Buffer.alloc(0);

class Comparison {
  readonly changes: StagedChange[] = [];
  readonly #index: GitIndex;
  readonly #trees: TreeReader;
  readonly #limits = new TreeWalkLimits();
  readonly #native: NativeComparison | undefined;

  constructor(index: GitIndex, store: ObjectStore, cached: CachedTree | undefined) {
    this.#index = index;
    this.#trees = new TreeReader(store);
    this.#native = prepareNative(index, cached);
  }

  directory(path: BytePath, tree: string | undefined, node: number, cached: CachedTree | undefined): void {
    // Git compares the files of the root in any case. In a sparse checkout, it may record a wrong name of the root.
    if (path !== ROOT_PATH && tree !== undefined && cached?.id === tree) return;
    const index = this.#index;
    if (tree !== undefined) this.#limits.tree(depthOf(path));
    const before = new Map<string, TreeEntry>();
    if (!this.#natively(path, tree, node, cached, before)) {
      if (tree !== undefined) for (const entry of this.#trees.read(tree)) before.set(entry.name, entry);
      const first = index.firstChild(node);
      for (let child = first; child < first + index.childCount(node); child++) {
        const name = index.name(child);
        const entry = before.get(name);
        before.delete(name);
        this.#child(path, name, child, entry, () => cached?.subtree(name));
      }
    }
    for (const entry of before.values()) this.#removed(joinPath(path, entry.name), entry);
  }

  /**
   * Compares a directory in native code, which finds the names that may differ. Puts those that only the tree has into
   * `removed`. Returns false if native code cannot do it.
   */
  #natively(
    path: BytePath,
    tree: string | undefined,
    node: number,
    cached: CachedTree | undefined,
    removed: Map<string, TreeEntry>,
  ): boolean {
    if (this.#native === undefined) return false;
    const data = tree === undefined ? NO_BYTES : this.#trees.data(tree);
    const words = this.#native(data, node, cached?.number ?? NO_ID);
    if (words === null) return false;
    for (let i = 0; i < words.length; i += 3) {
      const child = words[i]!;
      const at = words[i + 1]!;
      const below = words[i + 2]!;
      const entry = at === NONE ? undefined : parseTreeEntry(data, at, this.#index.header.format, tree!).entry;
      if (child === NONE) removed.set(entry!.name, entry!);
      else this.#child(path, this.#index.name(child), child, entry, () => cached?.at(below));
    }
    return true;
  }

  /** @param entry what the tree has of this name */
  #child(
    path: BytePath,
    name: string,
    child: number,
    entry: TreeEntry | undefined,
    cached: () => CachedTree | undefined,
  ): void {
    const at = joinPath(path, name);
    const wasDirectory = entry?.mode === DIRECTORY_MODE;
    this.#file(at, wasDirectory ? undefined : entry, child);
    if (this.#index.childCount(child) > 0) this.directory(at, wasDirectory ? entry.id : undefined, child, cached());
    else if (wasDirectory) this.#removed(at, entry);
  }

  #file(path: BytePath, head: TreeEntry | undefined, node: number): void {
    const index = this.#index;
    if (index.isUnmerged(node)) return;
    if (index.kind(node) === 'none' || index.isIntentToAdd(node)) {
      if (head !== undefined) this.#removed(path, head);
      return;
    }
    const own = { mode: index.mode(node), id: index.id(node) };
    if (head === undefined) {
      this.changes.push({ path, letter: 'A', head: undefined, index: own });
    } else if (head.mode !== own.mode || head.id !== own.id) {
      const isSameKind = (head.mode & KIND_MASK) === (own.mode & KIND_MASK);
      this.changes.push({ path, letter: isSameKind ? 'M' : 'T', head, index: own });
    }
  }

  #removed(path: BytePath, entry: TreeEntry): void {
    if (entry.mode !== DIRECTORY_MODE) {
      this.#limits.file(path.length);
      this.changes.push({ path, letter: 'D', head: entry, index: undefined });
      return;
    }
    this.#limits.tree(depthOf(path));
    for (const below of this.#trees.read(entry.id)) this.#removed(joinPath(path, below.name), below);
  }
}

type NativeComparison = (tree: Uint8Array, node: number, cached: number) => Uint32Array | null;

/** Returns the native comparison with an index; undefined without native code. */
function prepareNative({ header, list, tree }: GitIndex, cached: CachedTree | undefined): NativeComparison | undefined {
  const { native, format } = header;
  if (native === undefined) return undefined;
  const none = new Uint32Array(0);
  const { pathOffset, pathLength, baseStart, firstChild, childCount, flags, entry } = tree;
  const handle = native.prepareStaged({
    names: tree.bytes,
    pathOffset,
    pathLength,
    baseStart,
    firstChild,
    childCount,
    flags,
    entry,
    bytes: list.bytes,
    at: list.at,
    hashLength: format.length,
    cachedBytes: cached?.columns.bytes ?? NO_BYTES,
    nameAt: cached?.columns.nameAt ?? none,
    nameLength: cached?.columns.nameLength ?? none,
    idAt: cached?.columns.idAt ?? none,
    end: cached?.columns.end ?? none,
  });
  return (bytes, node, number) => native.compareTree(handle, bytes, node, number);
}

/** How many directories a path goes down. */
function depthOf(path: BytePath): number {
  let depth = 0;
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) depth++;
  return depth;
}

/** Orders changes by the bytes of their paths. */
export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

/** Returns the file of a path in a tree; undefined if there is none. */
export function fileInTree(store: ObjectStore, tree: string, path: BytePath): RecordedFile | undefined {
  let at: RecordedFile = { mode: DIRECTORY_MODE, id: tree };
  for (const name of path.split('/')) {
    if (at.mode !== DIRECTORY_MODE) return undefined;
    const found = parseTree(store.readTyped(at.id, 'tree'), store.format, at.id).find(entry => entry.name === name);
    if (found === undefined) return undefined;
    at = found;
  }
  return at.mode === DIRECTORY_MODE ? undefined : at;
}
