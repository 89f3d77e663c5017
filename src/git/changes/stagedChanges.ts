// The differences between HEAD's tree and the index.
import { joinPath, ROOT_PATH, type BytePath } from '../../base/bytePath.ts';
import type { CachedTree } from '../index/cacheTree.ts';
import type { GitIndex } from '../index/gitIndex.ts';
import type { ObjectStore } from '../objects/objectStore.ts';
import { TreeWalkLimits } from '../objects/treeLimits.ts';
import { TreeReader } from '../objects/treeReader.ts';
import { DIRECTORY_MODE, KIND_MASK, parseTree, type TreeEntry } from '../objects/structures.ts';

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
  const comparison = new Comparison(index, store);
  comparison.directory(ROOT_PATH, tree, index.root, index.cachedTrees());
  return comparison.changes;
}

class Comparison {
  readonly changes: StagedChange[] = [];
  readonly #index: GitIndex;
  readonly #trees: TreeReader;
  readonly #limits = new TreeWalkLimits();

  constructor(index: GitIndex, store: ObjectStore) {
    this.#index = index;
    this.#trees = new TreeReader(store);
  }

  directory(path: BytePath, tree: string | undefined, node: number, cached: CachedTree | undefined): void {
    // Git compares the files of the root in any case. In a sparse checkout, it may record a wrong name of the root.
    if (path !== ROOT_PATH && tree !== undefined && cached?.id === tree) return;
    const index = this.#index;
    const before = new Map<string, TreeEntry>();
    if (tree !== undefined) for (const entry of this.#entries(path, tree)) before.set(entry.name, entry);
    const first = index.firstChild(node);
    for (let child = first; child < first + index.childCount(node); child++) {
      const name = index.name(child);
      const entry = before.get(name);
      before.delete(name);
      const at = joinPath(path, name);
      const wasDirectory = entry?.mode === DIRECTORY_MODE;
      this.#file(at, wasDirectory ? undefined : entry, child);
      if (index.childCount(child) > 0) {
        this.directory(at, wasDirectory ? entry.id : undefined, child, cached?.subtree(name));
      } else if (wasDirectory) {
        this.#removed(at, entry);
      }
    }
    for (const entry of before.values()) this.#removed(joinPath(path, entry.name), entry);
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
    for (const below of this.#entries(path, entry.id)) this.#removed(joinPath(path, below.name), below);
  }

  #entries(path: BytePath, tree: string): readonly TreeEntry[] {
    this.#limits.tree(depthOf(path));
    return this.#trees.read(tree);
  }
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
