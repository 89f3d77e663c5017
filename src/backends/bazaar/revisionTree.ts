// The tree of a revision, as the store has it: entries by file id, and paths made from the ids of directories.
import { joinPath, ROOT_PATH, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { ChkMaps } from '../../bazaar/store/chkMap.ts';
import { parseEntry, parseInventory, type Inventory, type InventoryEntry } from '../../bazaar/store/inventory.ts';
import type { PackStore } from '../../bazaar/store/packStore.ts';

const MAX_DEPTH = 4096;

/** Called with the entries of a file id that differ; undefined where a tree does not have it. */
export type EntryDifference = (
  fileId: string,
  before: InventoryEntry | undefined,
  after: InventoryEntry | undefined,
) => void;

export class RevisionTree {
  readonly store: PackStore;
  readonly #maps: ChkMaps;
  /** Undefined for the null revision, whose tree is empty. */
  readonly #inventory: Inventory | undefined;
  readonly #entries = new Map<string, InventoryEntry | undefined>();
  readonly #paths = new Map<string, BytePath>();

  /**
   * Throws 'unknown-revision' if the repository does not have the revision.
   * @param revision undefined for the null revision
   */
  constructor(store: PackStore, revision: string | undefined) {
    this.store = store;
    this.#maps = new ChkMaps(store);
    if (revision === undefined) return;
    const bytes = store.read('iix', revision);
    if (bytes === undefined)
      throw new QuicksilverError('unknown-revision', `no revision ${revision} in the repository`);
    this.#inventory = parseInventory(bytes, store.directory);
  }

  /** Returns the entry of a file id; undefined if the tree does not have it. */
  entry(fileId: string): InventoryEntry | undefined {
    if (!this.#entries.has(fileId)) {
      const text = this.#inventory && this.#maps.get(this.#inventory.entries, fileId);
      this.#entries.set(fileId, text === undefined ? undefined : parseEntry(text, this.store.directory));
    }
    return this.#entries.get(fileId);
  }

  /** Returns the path of an entry of this tree. Throws 'corrupt' if directories above it are missing or form a ring. */
  path(entry: InventoryEntry, depth = 0): BytePath {
    if (entry.parentId === undefined) return ROOT_PATH;
    const known = this.#paths.get(entry.fileId);
    if (known !== undefined) return known;
    const parent = this.entry(entry.parentId);
    if (parent === undefined || depth > MAX_DEPTH) {
      const file = this.store.directory;
      throw new QuicksilverError('corrupt', `${file}: an inventory lacks the directory of an entry`, { file });
    }
    const path = joinPath(this.path(parent, depth + 1), entry.name);
    this.#paths.set(entry.fileId, path);
    return path;
  }

  /** Compares with a later tree; costs as much as differs. */
  compare(after: RevisionTree, difference: EntryDifference): void {
    const parse = (text: string | undefined): InventoryEntry | undefined =>
      text === undefined ? undefined : parseEntry(text, this.store.directory);
    this.#maps.compare(this.#inventory?.entries, after.#inventory?.entries, (fileId, before, own) =>
      difference(fileId, parse(before), parse(own)),
    );
  }

  /** Yields all entries. Costs the whole inventory. */
  all(): InventoryEntry[] {
    const found: InventoryEntry[] = [];
    this.#maps.compare(undefined, this.#inventory?.entries, (_fileId, _before, text) => {
      if (text !== undefined) found.push(parseEntry(text, this.store.directory));
    });
    return found;
  }
}
