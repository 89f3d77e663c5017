// Versions of files from the history of one repository. What was read is kept by file node, so that it is read once
// however often it is asked for; of the files whose base was asked for it is known when that becomes another.
import { fromDisplay, toDisplay, type BytePath } from '../base/bytePath.ts';
import { QuicksilverError } from '../base/errors.ts';
import { BoundedCache } from '../base/boundedCache.ts';
import { isNodeHex, NULL_NODE_HEX } from '../mercurial/store/node.ts';
import type { Store, StoreFile, StoreTree } from '../mercurial/store/store.ts';
import type { Snapshot } from '../workingCopy/backend.ts';
import type { ContentAnswer, ContentQuery, NoContentReason } from './protocol.ts';

/** What the contents are read from; a live model and its backend, or what a test takes for them. */
export interface ContentSourceRepository {
  /** Undefined while the repository cannot be read. */
  snapshot(): Snapshot | undefined;
  /** Resolves when {@link snapshot} can be expected to be there. */
  settle(): Promise<void>;
  store(snapshot: Snapshot): Store;
}

/** The work done so far. Tests assert exact numbers. */
export interface ContentCounters {
  /** Contents put together from the history. */
  read: number;
  /** Contents that were still there. */
  remembered: number;
  /** Files looked up in a manifest because something recorded had changed. */
  compared: number;
}

const MAX_BYTES = 32 << 20;
const MAX_CONTENTS = 4096;
/** Changesets other than the first parent whose files are kept at hand. */
const MAX_TREES = 4;
/** A file nobody has asked about for so many others is no longer on a screen. */
const MAX_FOLLOWED = 10_000;

interface Found {
  readonly file: Pick<StoreFile, 'kind' | 'revision' | 'content'>;
  /** Where it was found. */
  readonly path: BytePath;
  readonly changeset: string;
}

class NoContent extends Error {
  readonly reason: NoContentReason;

  constructor(reason: NoContentReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

export class Contents {
  readonly counters: ContentCounters = { read: 0, remembered: 0, compared: 0 };
  readonly #repository: ContentSourceRepository;
  readonly #bytes = new BoundedCache<Uint8Array>(MAX_CONTENTS, MAX_BYTES, bytes => bytes.length);
  readonly #trees = new BoundedCache<StoreTree>(MAX_TREES, MAX_TREES, () => 1);
  /** The store that the trees are of. */
  #store: Store | undefined;
  /** What the base of each file was when it was asked for first or last told to have changed; '' for none. */
  readonly #followed = new BoundedCache<string>(MAX_FOLLOWED, MAX_FOLLOWED, () => 1);
  /**
   * What `#followed` was compared with last. It is not kept from being forgotten: where nothing that is told has changed, what
   * was recorded before, tens of megabytes, would stay until the next update.
   */
  #compared: { readonly base: WeakRef<object>; readonly statCache: WeakRef<object> } | undefined;

  constructor(repository: ContentSourceRepository) {
    this.#repository = repository;
  }

  /** Never rejects for what a repository can be like: that is an answer. */
  async answer(query: Omit<ContentQuery, 'root'>): Promise<ContentAnswer> {
    const path = fromDisplay(query.path);
    if (this.#repository.snapshot() === undefined) await this.#repository.settle();
    const snapshot = this.#repository.snapshot();
    if (snapshot === undefined) return noContent('unavailable', 'The repository cannot be read at the moment.');
    try {
      return this.#repository.store(snapshot).whileStable(() => this.#answer(snapshot, path, query));
    } catch (error) {
      if (error instanceof NoContent) return noContent(error.reason, error.message);
      if (!(error instanceof QuicksilverError)) throw error;
      return noContent(error.code === 'corrupt' ? 'damaged' : 'unavailable', error.message);
    }
  }

  /**
   * The files whose base was asked for and is another now; each change is told once. Costs nothing if what is recorded is
   * the same as at the last call, a look into the manifest per file if it is not, and no reading of any file's history.
   */
  takeChangedBases(): string[] {
    const snapshot = this.#repository.snapshot();
    if (snapshot === undefined) return [];
    const { base, statCache } = snapshot.input;
    const before = this.#compared;
    if (before?.base.deref() === base && before.statCache.deref() === statCache) return [];
    this.#compared = { base: new WeakRef(base), statCache: new WeakRef(statCache) };
    const changed: string[] = [];
    for (const [path, known] of this.#followed.entries()) {
      this.counters.compared++;
      const now = this.#identity(snapshot, path as BytePath);
      if (now === known) continue;
      this.#followed.set(path, now);
      changed.push(toDisplay(path));
    }
    return changed;
  }

  #answer(snapshot: Snapshot, path: BytePath, { revision, withBytes }: Omit<ContentQuery, 'root'>): ContentAnswer {
    if (revision === 'base') this.#follow(snapshot, path);
    const found = this.#find(snapshot, path, revision);
    const bytes = this.#read(this.#repository.store(snapshot), found);
    return {
      kind: 'content',
      node: found.file.revision,
      changeset: found.changeset,
      path: toDisplay(found.path),
      type: found.file.kind,
      size: bytes.length,
      ...(withBytes && { bytes }),
    };
  }

  #follow(snapshot: Snapshot, path: BytePath): void {
    // A change that came since the last comparison was made is told of like every other.
    this.#compared ??= { base: new WeakRef(snapshot.input.base), statCache: new WeakRef(snapshot.input.statCache) };
    if (this.#followed.get(path) === undefined) this.#followed.set(path, this.#identity(snapshot, path));
  }

  #identity(snapshot: Snapshot, path: BytePath): string {
    try {
      return this.#findBase(snapshot, path)?.file.revision ?? '';
    } catch (error) {
      // What cannot be read now is told when it is asked for, and has changed when it can be read again.
      if (error instanceof QuicksilverError) return '';
      throw error;
    }
  }

  #find(snapshot: Snapshot, path: BytePath, revision: string): Found {
    const name = toDisplay(path);
    if (revision === 'base') {
      const found = this.#findBase(snapshot, path);
      if (found !== undefined) return found;
      throw new NoContent('not-in-revision', `${name} is not in the parent revision.`);
    }
    if (revision.startsWith('file:'))
      return this.#findByNode(this.#repository.store(snapshot), path, revision.slice(5));
    const changeset = revision === 'p2' ? snapshot.head.secondParent : revision;
    if (!isNodeHex(changeset)) throw new NoContent('no-such-revision', `${JSON.stringify(revision)} is no revision.`);
    if (revision === 'p2' && changeset === NULL_NODE_HEX) {
      throw new NoContent('no-such-revision', 'There is no second parent: the working copy is not in a merge.');
    }
    const tree = this.#tree(this.#repository.store(snapshot), changeset);
    const file = tree.find(path);
    if (file !== undefined) return { file, path, changeset };
    const short = changeset.slice(0, 12);
    if (tree.warning === undefined) throw new NoContent('not-in-revision', `${name} is not in revision ${short}.`);
    this.#trees.delete(changeset);
    throw new NoContent('no-such-revision', `There is no revision ${short}.`);
  }

  /** A revision of a file that a merge refers to, whichever changesets have it. */
  #findByNode(store: Store, path: BytePath, node: string): Found {
    const name = toDisplay(path);
    if (!isNodeHex(node)) throw new NoContent('no-such-revision', `${JSON.stringify(node)} is no revision of a file.`);
    const filelog = store.filelog(path);
    const revision = node === NULL_NODE_HEX ? -1 : (filelog?.revlog.findNode(node) ?? -1);
    if (node !== NULL_NODE_HEX && revision < 0) {
      throw new NoContent('no-such-revision', `${name} has no revision ${node.slice(0, 12)}.`);
    }
    const content = (): Buffer => (node === NULL_NODE_HEX ? Buffer.alloc(0) : filelog!.content(revision));
    return { file: { kind: 'file', revision: node, content }, path, changeset: NULL_NODE_HEX };
  }

  /** A file that is not in the first parent was, if it is a recorded copy, something else there. */
  #findBase(snapshot: Snapshot, path: BytePath): Found | undefined {
    const { statCache } = snapshot.input;
    const base = snapshot.input.base as StoreTree;
    const changeset = snapshot.head.firstParent;
    const own = base.find(path);
    if (own !== undefined) return { file: own, path, changeset };
    const node = statCache.find(path);
    const source = node < 0 ? undefined : statCache.copySource(node);
    const file = source === undefined ? undefined : base.find(source);
    return file && { file, path: source!, changeset };
  }

  #tree(store: Store, changeset: string): StoreTree {
    if (store !== this.#store) this.#trees.clear();
    this.#store = store;
    let tree = this.#trees.get(changeset);
    if (tree === undefined) {
      tree = store.baseTree(changeset);
      this.#trees.set(changeset, tree);
    }
    return tree;
  }

  #read(store: Store, { file, path }: Found): Uint8Array {
    const kept = this.#bytes.get(file.revision);
    if (kept !== undefined) {
      this.counters.remembered++;
      return kept;
    }
    const content = readContent(store, file, path);
    // A copy of its own: a part of a larger buffer would be kept, and sent, with all of that buffer.
    const bytes = new Uint8Array(content);
    this.counters.read++;
    if (bytes.length <= MAX_BYTES) this.#bytes.set(file.revision, bytes);
    return bytes;
  }
}

/** Throws {@link NoContent} if the content was taken out of the history, or was never in this repository. */
function readContent(store: Store, file: Found['file'], path: BytePath): Uint8Array {
  const filelog = store.filelog(path);
  const revision = filelog?.revlog.findNode(file.revision) ?? -1;
  const name = `${toDisplay(path)} (file revision ${file.revision.slice(0, 12)})`;
  if (revision >= 0 && filelog?.isCensored(revision) === true) {
    throw new NoContent('censored', `The content of ${name} was removed from the history: it is censored.`);
  }
  try {
    return file.content();
  } catch (error) {
    const isElsewhere = revision >= 0 && filelog?.pointer(revision) !== undefined;
    if (!isElsewhere || !(error instanceof QuicksilverError) || error.code !== 'unsupported') throw error;
    const missing = 'is kept on an LFS server and has not been downloaded into this repository';
    throw new NoContent('not-downloaded', `The content of ${name} ${missing}.`);
  }
}

/** There is none; the message is a sentence for a person. */
export function noContent(reason: NoContentReason, message: string): ContentAnswer {
  return { kind: 'none', reason, message };
}
