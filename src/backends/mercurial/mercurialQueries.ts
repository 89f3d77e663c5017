// Answers of a Mercurial repository about its rules and its history.
import { toDisplay, type BytePath } from '../../base/bytePath.ts';
import { BoundedCache } from '../../base/boundedCache.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { ChangesetSummary, PendingChangesets } from '../../base/repositoryState.ts';
import { isNodeHex, NULL_NODE_HEX } from '../../mercurial/store/node.ts';
import type { LargefilesTree } from '../../mercurial/repository/largefiles.ts';
import type { Store, StoreFile, StoreTree } from '../../mercurial/store/store.ts';
import type { Snapshot } from '../../workingCopy/backend.ts';
import {
  NoContent,
  type FileVersion,
  type IgnoreExplanation,
  type IgnorePreview,
  type RepositoryQueries,
  type RevisionAnswer,
  type RevisionComparison,
} from '../../workingCopy/queries.ts';
import { parentSummaries, pendingChangesets } from './changesets.ts';
import { compareChangesets, resolveChangeset } from './comparisons.ts';
import { previewIgnore } from './ignorePreview.ts';
import { PatternRoot } from '../../mercurial/ignore/patternRoot.ts';
import type { MercurialBackend } from './mercurialBackend.ts';
import { MercurialHistory } from './mercurialHistory.ts';

/** Changesets other than the first parent whose files are kept at hand. */
const MAX_TREES = 4;

export class MercurialQueries implements RepositoryQueries {
  readonly history: MercurialHistory;
  readonly #backend: MercurialBackend;
  readonly #trees = new BoundedCache<StoreTree | LargefilesTree>(MAX_TREES, MAX_TREES, () => 1);
  /** The store that the trees are of. */
  #store: Store | undefined;

  constructor(backend: MercurialBackend) {
    this.#backend = backend;
    this.history = new MercurialHistory(backend);
  }

  explainIgnored(snapshot: Snapshot, path: BytePath): IgnoreExplanation | undefined {
    const reason = this.#backend.explainIgnored(snapshot, path);
    return reason && { ...reason, matchedPath: toDisplay(reason.matchedPath) };
  }

  previewIgnore(untracked: readonly BytePath[], lines: readonly string[], limit: number): IgnorePreview[] {
    return previewIgnore(new PatternRoot(this.#backend.vfs, this.#backend.root), untracked, lines, limit);
  }

  parents(snapshot: Snapshot): ChangesetSummary[] {
    return parentSummaries(this.#backend.store(snapshot), snapshot.head);
  }

  pendingMerge(snapshot: Snapshot, limit: number): PendingChangesets {
    return pendingChangesets(this.#backend.store(snapshot), snapshot.head, limit);
  }

  resolve(snapshot: Snapshot, text: string): RevisionAnswer {
    return resolveChangeset(this.#backend.store(snapshot), this.#backend.history(snapshot), text);
  }

  compare(snapshot: Snapshot, query: { from: string; to: string; limit: number }): RevisionComparison {
    return compareChangesets(this.#backend.store(snapshot), this.#backend.history(snapshot), query);
  }

  version(snapshot: Snapshot, path: BytePath, revision: string): FileVersion {
    const store = this.#backend.store(snapshot);
    const name = toDisplay(path);
    if (revision === 'base') {
      const found = this.#base(snapshot, path);
      if (found !== undefined) return found;
      throw new NoContent('not-in-revision', `'${name}' is not in the parent revision.`);
    }
    if (revision.startsWith('file:')) return versionByNode(store, path, revision.slice(5));
    const changeset = revision === 'p2' ? snapshot.head.secondParent : revision;
    if (!isNodeHex(changeset)) throw new NoContent('no-such-revision', `${JSON.stringify(revision)} is no revision.`);
    if (revision === 'p2' && changeset === NULL_NODE_HEX) {
      throw new NoContent('no-such-revision', 'There is no second parent: the working copy is not in a merge.');
    }
    const tree = this.#tree(snapshot, store, changeset);
    const file = tree.find(path);
    if (file !== undefined) return versionOf(store, file, path, changeset);
    const short = changeset.slice(0, 12);
    if (tree.warning === undefined) throw new NoContent('not-in-revision', `'${name}' is not in revision ${short}.`);
    this.#trees.delete(changeset);
    throw new NoContent('no-such-revision', `There is no revision ${short}.`);
  }

  baseId(snapshot: Snapshot, path: BytePath): string {
    return this.#base(snapshot, path)?.id ?? '';
  }

  whileStable<T>(snapshot: Snapshot, work: () => T): T {
    return this.#backend.store(snapshot).whileStable(work);
  }

  /** A file that is not in the first parent was, if it is a recorded copy, something else there. */
  #base(snapshot: Snapshot, path: BytePath): FileVersion | undefined {
    const store = this.#backend.store(snapshot);
    const { statCache } = snapshot.input;
    const base = snapshot.input.base as LargefilesTree;
    const changeset = snapshot.head.firstParent;
    const own = base.find(path);
    if (own !== undefined) return versionOf(store, own, path, changeset);
    const node = statCache.find(path);
    const source = node < 0 ? undefined : statCache.copySource(node);
    const file = source === undefined ? undefined : base.find(source);
    return file && versionOf(store, file, source!, changeset);
  }

  /** Large files have their own names, as in a comparison. */
  #tree(snapshot: Snapshot, store: Store, changeset: string): StoreTree | LargefilesTree {
    if (store !== this.#store) this.#trees.clear();
    this.#store = store;
    let tree = this.#trees.get(changeset);
    if (tree === undefined) {
      tree = this.#backend.tree(snapshot, changeset);
      this.#trees.set(changeset, tree);
    }
    return tree;
  }
}

interface FoundFile extends Pick<StoreFile, 'revision' | 'content'> {
  /** 'any' for a large file of the extension largefiles. */
  readonly kind: StoreFile['kind'] | 'any';
}

function versionOf(store: Store, file: FoundFile, path: BytePath, changeset: string): FileVersion {
  const kind = file.kind === 'any' ? 'file' : file.kind;
  return { path, id: file.revision, changeset, kind, content: () => readContent(store, file, path) };
}

/** A revision of a file that a merge refers to, whichever changesets have it. */
function versionByNode(store: Store, path: BytePath, node: string): FileVersion {
  const name = toDisplay(path);
  if (!isNodeHex(node)) throw new NoContent('no-such-revision', `${JSON.stringify(node)} is no revision of a file.`);
  const filelog = store.filelog(path);
  const revision = node === NULL_NODE_HEX ? -1 : (filelog?.revlog.findNode(node) ?? -1);
  if (node !== NULL_NODE_HEX && revision < 0) {
    throw new NoContent('no-such-revision', `'${name}' has no revision ${node.slice(0, 12)}.`);
  }
  const content = (): Buffer => (node === NULL_NODE_HEX ? Buffer.alloc(0) : filelog!.content(revision));
  return versionOf(store, { kind: 'file', revision: node, content }, path, NULL_NODE_HEX);
}

/** Throws {@link NoContent} if the content was taken out of the history, or was never in this repository. */
function readContent(store: Store, file: FoundFile, path: BytePath): Uint8Array {
  const filelog = store.ownFilelog(path);
  const revision = filelog?.revlog.findNode(file.revision) ?? -1;
  const name = `'${toDisplay(path)}' (file revision ${file.revision.slice(0, 12)})`;
  if (revision >= 0 && filelog?.isCensored(revision) === true) {
    throw new NoContent('censored', `The content of ${name} was removed from the history: it is censored.`);
  }
  try {
    return file.content();
  } catch (error) {
    if (file.kind === 'any' && error instanceof QuicksilverError && error.code === 'unsupported') {
      throw new NoContent('not-downloaded', `The content of ${name} is not in this repository.`);
    }
    const isRemote = filelog === undefined && !store.hasFilelogs;
    const isElsewhere = isRemote || (revision >= 0 && filelog?.pointer(revision) !== undefined);
    if (!isElsewhere || !(error instanceof QuicksilverError) || error.code !== 'unsupported') throw error;
    const missing = 'is kept on an LFS server and has not been downloaded into this repository';
    throw new NoContent('not-downloaded', `The content of ${name} ${missing}.`);
  }
}
