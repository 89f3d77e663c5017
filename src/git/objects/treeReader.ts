// Reads the trees of one walk. Trees may share subtrees, so a few trees can name millions of directories. Inflating a
// tree anew for each directory costs a hundred times as much as the walk.
import type { ObjectStore } from './objectStore.ts';
import { parseTree, type TreeEntry } from './structures.ts';

/** Entries that are kept; they take some 30 MB. */
const MOST_ENTRIES = 0x2_0000;

/** Bytes of trees that are kept. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Keeps the trees that it has read, up to a number of entries and of bytes, and then begins anew. */
export class TreeReader {
  readonly #store: ObjectStore;
  readonly #known = new Map<string, readonly TreeEntry[]>();
  readonly #data = new Map<string, Buffer>();
  #entries = 0;
  #bytes = 0;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** Returns the entries of a tree in its own order. Throws as {@link parseTree}, and if there is no such tree. */
  read(tree: string): readonly TreeEntry[] {
    const known = this.#known.get(tree);
    if (known !== undefined) return known;
    const entries = parseTree(this.data(tree), this.#store.format, tree);
    // An empty one counts, too.
    this.#entries += entries.length + 1;
    if (this.#entries > MOST_ENTRIES) {
      this.#known.clear();
      this.#entries = entries.length + 1;
    }
    this.#known.set(tree, entries);
    return entries;
  }

  /** Returns the bytes of a tree. Throws if there is no such tree. */
  data(tree: string): Buffer {
    const known = this.#data.get(tree);
    if (known !== undefined) return known;
    const data = this.#store.readTyped(tree, 'tree');
    this.#bytes += data.length;
    if (this.#bytes > MOST_BYTES) {
      this.#data.clear();
      this.#bytes = data.length;
    }
    this.#data.set(tree, data);
    return data;
  }
}
