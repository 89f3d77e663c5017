// The history of a repository as one asks about it: which changeset a name stands for, and what differs between two.
import * as path from 'node:path';
import type { BytePath } from '../../base/bytePath.ts';
import type { RepositoryLayout } from '../repository/requirements.ts';
import type { Manifest } from '../store/manifest.ts';
import { EMPTY_MANIFEST } from '../store/manifest.ts';
import { NULL_NODE_HEX } from '../store/node.ts';
import type { ManifestTexts, Store } from '../store/store.ts';
import type { Vfs } from '../../files/vfs.ts';
import { bookmarksFile } from '../repository/names.ts';
import { readBookmarks } from './bookmarks.ts';
import type { FileHistorySource } from '../annotate/fileRevisions.ts';
import { Branches, type CachedHeads } from './branches.ts';
import { traceCopies, type CopyRevision, type Selected } from './copyTracing.ts';
import { visibility, type Visibility } from './hidden.ts';
import { KnownBranches } from './knownBranches.ts';
import { diffManifests, type ManifestDiffOptions, type ManifestDiffSink } from './manifestDiff.ts';
import { resolveRevision, type ResolvedRevision } from './resolve.ts';
import { RevisionGraph } from './revisionGraph.ts';
import { Tags, readLocalTags, type TagHistory } from './tags.ts';

export interface HistoryOptions {
  readonly vfs: Vfs;
  readonly layout: RepositoryLayout;
  readonly store: Store;
  /** Nodes of the working copy's parents, hexadecimal; 40 zeros for none. */
  readonly parents: readonly [string, string];
  /** True if hidden changesets are shown as the others are. */
  readonly showsHidden?: boolean;
  /** Returns what decides which paths are shown, if not all are: in a narrow clone. */
  readonly scope?: () => { matches(path: BytePath): boolean } | undefined;
  /** The branches that an earlier history of the same changesets has read. */
  readonly knownBranches?: KnownBranches;
}

/** Where Mercurial keeps what it has computed. */
export function cacheDirectoryOf({ sharedSource, hgDirectory }: RepositoryLayout): string {
  return path.join(sharedSource ?? hgDirectory, 'cache');
}

const NONE_HIDDEN: ReadonlySet<number> = new Set();

/** A repository's history at one moment: make another one after a change. */
export class History {
  readonly #options: HistoryOptions;
  readonly #store: Store;
  readonly #graph: RevisionGraph;
  readonly #tags: Tags;
  /** Those of hidden heads, too. */
  #allTags: Tags | undefined;
  readonly #branches: Branches;
  #bookmarks: Map<string, string> | undefined;
  #localTags: Map<string, TagHistory> | undefined;
  #visible: Visibility | undefined;
  #noHeads: ReadonlySet<number> | undefined;

  constructor(options: HistoryOptions) {
    const { vfs, layout, store } = options;
    this.#options = options;
    this.#store = store;
    this.#graph = new RevisionGraph(store.changelog.revlog);
    const hidden = (): ReadonlySet<number> => this.#hiddenRevisions();
    this.#tags = new Tags(
      store,
      () => this.#readLocalTags(),
      () => this.#visibleHeads(),
      revision => !hidden().has(revision),
    );
    const cacheDirectory = cacheDirectoryOf(layout);
    const known = options.knownBranches ?? new KnownBranches(vfs, store.changelog, cacheDirectory);
    this.#branches = new Branches(store, this.#graph, vfs, cacheDirectory, () => this.noHeads(), known);
  }

  /** The revision that `text` names: see {@link resolveRevision}. */
  resolve(text: string): ResolvedRevision {
    const { changelog } = this.#store;
    const known = (node: string | undefined): number | undefined => {
      const revision = node === undefined ? -1 : changelog.findNode(node);
      return revision < 0 ? undefined : revision;
    };
    return resolveRevision(text, {
      count: this.#graph.length,
      parents: () => this.parents(),
      isHidden: revision => this.#hiddenRevisions().has(revision),
      node: hex => changelog.findNode(hex),
      prefix: (hex, limit) => changelog.revlog.findPrefix(hex, limit),
      bookmark: name => known(this.#readBookmarks().get(name)),
      tag: name => this.#tags.find(name),
      branch: name => this.#branches.find(name),
      nodeOf: revision => this.node(revision),
    });
  }

  /** The working copy's parents as revisions; -1 for none, and (as Mercurial takes it) for one that does not exist. */
  parents(): [number, number] {
    const [p1, p2] = this.#options.parents;
    return [this.#store.changelog.findNode(p1), this.#store.changelog.findNode(p2)];
  }

  /** The first parent of a changeset, -1 if it has none. */
  firstParent(revision: number): number {
    return revision < 0 ? -1 : this.#store.changelog.revlog.entry(revision).p1;
  }

  /** The node of a revision, hexadecimal; 40 zeros of -1. */
  node(revision: number): string {
    return revision < 0 ? NULL_NODE_HEX : this.#store.changelog.revlog.node(revision);
  }

  manifest(revision: number): Manifest {
    if (revision < 0) return EMPTY_MANIFEST;
    return this.#store.manifest(this.#store.changelog.manifestNode(revision));
  }

  /** Bookmarks by name (a byte string), with the nodes that they name, whether these exist or not. */
  bookmarks(): ReadonlyMap<string, string> {
    return this.#readBookmarks();
  }

  /** Tags by name (a byte string); 'tip' is none of them. With `withHidden`, heads that are hidden count, too. */
  tags(withHidden: boolean): Map<string, number> {
    return this.#tagsOf(withHidden).all();
  }

  /** Reads what {@link tags} needs, in steps between which the caller may do other things. */
  *loadTags(withHidden: boolean): Generator<void, void> {
    yield* this.#tagsOf(withHidden).load();
  }

  /**
   * Reads what the questions about branches need, in steps: at most so many texts of changesets. Returns how many
   * changesets are still to be read.
   */
  *loadBranches(maxTexts: number): Generator<void, number> {
    return yield* this.#branches.load(maxTexts);
  }

  /** The heads of branches from Mercurial's cache; undefined without one that fits. */
  get cachedHeads(): CachedHeads | undefined {
    return this.#branches.cached;
  }

  /** The open heads of a branch (a byte string), or all of them if none is open. */
  branchHeads(name: string): readonly number[] {
    return this.#branches.heads(name);
  }

  /** The heads of all branches, closed ones too. */
  allBranchHeads(): readonly number[] {
    return this.#branches.allHeads();
  }

  /** The names of all branches, as byte strings. */
  branchNames(): string[] {
    return this.#branches.names();
  }

  /** Revisions that are never heads of their branches: those that are not shown, and those that were rewritten. */
  noHeads(): ReadonlySet<number> {
    return (this.#noHeads ??= new Set([...this.hidden(), ...this.#visibility().obsolete]));
  }

  /** Revisions that are not shown: see {@link visibility}. */
  hidden(): ReadonlySet<number> {
    return this.#hiddenRevisions();
  }

  /** Reports every file that differs between two revisions: see {@link diffManifests}. */
  diff(before: number, after: number, options: ManifestDiffOptions, sink: ManifestDiffSink): void {
    const scope = this.#options.scope?.();
    const inScope: ManifestDiffSink =
      scope === undefined
        ? sink
        : (at, ...sides) => {
            if (scope.matches(at)) sink(at, ...sides);
          };
    diffManifests(this.#texts(before), this.#texts(after), options, inScope);
  }

  /** True if a revision has a file at this path, or files below it. Reads only the manifests on the way. */
  hasPath(revision: number, at: BytePath): boolean {
    let found = at === '';
    this.diff(-1, revision, { paths: [at] }, () => (found = true));
    return found;
  }

  /**
   * Copies between two revisions: see {@link traceCopies}.
   * @param paths what `isSelected` selects is at or below these; everything if undefined
   */
  copies(
    from: CopyRevision,
    to: CopyRevision,
    isSelected: Selected | undefined,
    paths: readonly BytePath[] | undefined,
  ): ReadonlyMap<BytePath, BytePath> {
    const history = {
      graph: this.#graph,
      manifest: (revision: number) => this.manifest(revision),
      filelog: (file: BytePath) => this.#store.filelog(file),
      addedPaths: (before: number, after: number, selected: Selected | undefined) => {
        const added: BytePath[] = [];
        this.diff(before, after, { paths: selected === undefined ? undefined : paths }, (file, old) => {
          if (old === undefined && (selected?.(file) ?? true)) added.push(file);
        });
        return added;
      },
    };
    return traceCopies(history, from, to, isSelected);
  }

  /** Returns the parts of the store that annotate and file history read. */
  fileHistory(): FileHistorySource {
    const files = new Map<number, readonly BytePath[]>();
    return {
      graph: this.#graph,
      filelog: file => this.#store.filelog(file),
      followedFilelog: file => this.#store.followedFilelog(file),
      manifest: revision => this.manifest(revision),
      changedFiles: revision => {
        let changed = files.get(revision);
        if (changed === undefined) files.set(revision, (changed = this.#store.changelog.read(revision).files));
        return changed;
      },
    };
  }

  #tagsOf(withHidden: boolean): Tags {
    if (!withHidden || this.hidden().size === 0) return this.#tags;
    return (this.#allTags ??= new Tags(
      this.#store,
      () => this.#readLocalTags(),
      () => this.#heads(new Set()),
      () => true,
    ));
  }

  #texts(revision: number): ManifestTexts | undefined {
    return revision < 0 ? undefined : this.#store.manifestTexts(revision);
  }

  #readBookmarks(): Map<string, string> {
    const { vfs, layout } = this.#options;
    return (this.#bookmarks ??= readBookmarks(vfs, bookmarksFile(vfs, layout)));
  }

  #readLocalTags(): Map<string, TagHistory> {
    const { vfs, layout } = this.#options;
    const file = path.join(layout.hgDirectory, 'localtags');
    return (this.#localTags ??= readLocalTags(vfs, file, node => this.#store.changelog.findNode(node) >= 0));
  }

  #hiddenRevisions(): ReadonlySet<number> {
    return this.#options.showsHidden === true ? NONE_HIDDEN : this.#visibility().hidden;
  }

  #visibility(): Visibility {
    const { vfs, layout } = this.#options;
    return (this.#visible ??= visibility(vfs, layout.storeDirectory, this.#store, this.#graph, () => {
      const nodes = [...this.#readBookmarks().values(), ...[...this.#readLocalTags().values()].map(tag => tag.node)];
      const named = nodes.map(node => this.#store.changelog.findNode(node));
      return [...this.parents(), ...named].filter(revision => revision >= 0);
    }));
  }

  #visibleHeads(): number[] {
    return this.#heads(this.#hiddenRevisions());
  }

  /** Changesets that are not hidden and have no child that is not, in order. */
  #heads(hidden: ReadonlySet<number>): number[] {
    const isHead = new Uint8Array(this.#graph.length).fill(1);
    for (let revision = 0; revision < isHead.length; revision++) {
      if (hidden.has(revision)) isHead[revision] = 0;
      else for (const parent of this.#graph.parents(revision)) isHead[parent] = 0;
    }
    return [...isHead.keys()].filter(revision => isHead[revision] === 1);
  }
}
