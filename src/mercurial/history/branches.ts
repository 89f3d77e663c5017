// Finds the changeset of a branch name. A changeset's text names its branch. Mercurial caches the heads of all branches
// in its own files, which are used as far as they match the history.
import { linesOf } from '../../base/lines.ts';
import { isNodeHex } from '../store/node.ts';
import type { Store } from '../store/store.ts';
import type { Vfs } from '../../files/vfs.ts';
import { finish } from '../annotate/finish.ts';
import type { KnownBranches } from './knownBranches.ts';
import type { RevisionGraph } from './revisionGraph.ts';

const CACHE_FILES = ['branch2-visible', 'branch2-served', 'branch2-immutable', 'branch2-base'];
const MAX_CACHE_BYTES = 64 * 1024 * 1024;
/** Changesets, and texts of them, after which others have a turn. */
const STEP = 1 << 14;
const STEP_TEXTS = 64;

interface Head {
  readonly revision: number;
  readonly isClosed: boolean;
}

type HeadsByBranch = Map<string, readonly Head[]>;

/** The heads among the changesets before `from`, in order for each branch (a byte string). */
export interface CachedHeads {
  readonly from: number;
  readonly heads: ReadonlyMap<string, readonly Head[]>;
}

/** How far the search for all heads has come: the changesets from `next` on are still to be read. */
interface Search {
  next: number;
  readonly heads: HeadsByBranch;
  readonly added: Map<string, Map<number, Head>>;
}

export class Branches {
  readonly #store: Store;
  readonly #graph: RevisionGraph;
  readonly #vfs: Vfs;
  readonly #cacheDirectory: string;
  readonly #noHeads: () => ReadonlySet<number>;
  readonly #known: KnownBranches;
  #heads: HeadsByBranch | undefined;
  #search: Search | undefined;
  /** The contents of Mercurial's cache of heads; null without one that fits. */
  #cache: CachedHeads | null | undefined;

  /**
   * @param cacheDirectory where Mercurial keeps what it has computed, which need not exist
   * @param noHeads returns the changesets that are not shown, or were rewritten
   * @param known what is known of the branches of changesets
   */
  constructor(
    store: Store,
    graph: RevisionGraph,
    vfs: Vfs,
    cacheDirectory: string,
    noHeads: () => ReadonlySet<number>,
    known: KnownBranches,
  ) {
    this.#store = store;
    this.#graph = graph;
    this.#vfs = vfs;
    this.#cacheDirectory = cacheDirectory;
    this.#noHeads = noHeads;
    this.#known = known;
  }

  /** The heads of all branches from Mercurial's cache, for the changesets before `from`; undefined without a cache. */
  get cached(): CachedHeads | undefined {
    this.#cache ??= this.#readCache() ?? null;
    return this.#cache ?? undefined;
  }

  /**
   * Finds the heads of all branches, in steps between which the caller may do other things. Ends early after
   * `maxTexts` texts of changesets, and goes on from there the next time. Returns how many changesets are still to be
   * read: 0 at the end.
   */
  *load(maxTexts: number): Generator<void, number> {
    if (this.#heads !== undefined) return 0;
    const search = (this.#search ??= this.#begin());
    const { length } = this.#graph;
    const end = this.#known.texts + maxTexts;
    while (search.next < length) {
      if (this.#known.texts >= end) return length - search.next;
      this.#store.changelog.revlog.keepingOpen(() => this.#advance(search));
      yield;
    }
    const { heads, added } = search;
    for (const [name, news] of added) {
      heads.set(name, this.#withoutAncestors([...(heads.get(name) ?? []), ...news.values()]));
    }
    this.#heads = heads;
    this.#search = undefined;
    return 0;
  }

  /**
   * Returns the last open head of a branch (a byte string), or its last head if all are closed; undefined for no such
   * branch.
   */
  find(name: string): number | undefined {
    const heads = this.#all().get(name) ?? [];
    return (heads.findLast(head => !head.isClosed) ?? heads.at(-1))?.revision;
  }

  /** The open heads of a branch (a byte string), in order; all of them if none is open. */
  heads(name: string): readonly number[] {
    const heads = this.#all().get(name) ?? [];
    const open = heads.filter(head => !head.isClosed);
    return (open.length > 0 ? open : heads).map(head => head.revision);
  }

  /** The heads of all branches, closed ones too. */
  allHeads(): number[] {
    return [...this.#all().values()].flatMap(heads => heads.map(head => head.revision));
  }

  /** The names of all branches, as byte strings. */
  names(): string[] {
    return [...this.#all().keys()];
  }

  #all(): HeadsByBranch {
    if (this.#heads === undefined) finish(this.load(Infinity));
    return this.#heads!;
  }

  #begin(): Search {
    const { from, heads } = this.cached ?? { from: 0, heads: new Map<string, Head[]>() };
    return { next: from, heads: new Map(heads), added: new Map() };
  }

  /** Reads the branches of some changesets. */
  #advance(search: Search): void {
    const noHeads = this.#noHeads();
    const end = Math.min(this.#graph.length, search.next + STEP);
    const lastText = this.#known.texts + STEP_TEXTS;
    for (; search.next < end && this.#known.texts < lastText; search.next++) {
      const revision = search.next;
      // The parent of a rewritten changeset may be a head.
      if (noHeads.has(revision)) continue;
      const { branch, closesBranch } = this.#known.of(revision);
      let ofBranch = search.added.get(branch);
      if (ofBranch === undefined) search.added.set(branch, (ofBranch = new Map<number, Head>()));
      // Most are no heads, and need not be kept until all are there.
      for (const parent of this.#graph.parents(revision)) ofBranch.delete(parent);
      ofBranch.set(revision, { revision, isClosed: closesBranch });
    }
  }

  /** Returns the changesets that are not ancestors of another one, in their order. */
  #withoutAncestors(changesets: readonly Head[]): Head[] {
    const candidates = new Set(changesets.map(head => head.revision));
    const lowest = Math.min(...[...candidates].slice(0, 1));
    const reached = new Set<number>();
    const pending: number[] = [...candidates];
    for (let revision = pending.pop(); revision !== undefined; revision = pending.pop()) {
      for (const parent of this.#graph.parents(revision)) {
        if (parent < lowest || reached.has(parent)) continue;
        reached.add(parent);
        if (!candidates.has(parent)) pending.push(parent);
      }
    }
    return changesets.filter(head => !reached.has(head.revision));
  }

  #readCache(): CachedHeads | undefined {
    let best: CachedHeads | undefined;
    for (const file of CACHE_FILES) {
      const text = this.#vfs.read(`${this.#cacheDirectory}/${file}`, MAX_CACHE_BYTES)?.bytes.toString('latin1');
      const found = text === undefined ? undefined : this.#parse(text);
      if (found !== undefined && (best === undefined || found.from > best.from)) best = found;
    }
    return best;
  }

  /**
   * Parses a cache file. Its first line has the node and number of the last changeset covered, and a hash if some were
   * filtered out. Each further line describes a head: node, 'o' for open or 'c' for closed, branch.
   */
  #parse(text: string): CachedHeads | undefined {
    const end = text.indexOf('\n');
    const first = end < 0 ? text : text.slice(0, end);
    const lines: string[] = [];
    for (const line of linesOf(end < 0 ? '' : text.slice(end + 1))) if (line !== '') lines.push(line);
    const [tip = '', number = '', ...filtered] = first.split(' ');
    const last = Number(number);
    const { changelog } = this.#store;
    if (filtered.length > 0 || !/^\d{1,9}$/.test(number) || !this.#isNode(last, tip)) return undefined;
    for (const revision of this.#noHeads()) if (revision <= last) return undefined;
    const heads = new Map<string, Head[]>();
    // All at once: one search goes through the whole index.
    const nodes = new Set(lines.map(line => line.slice(0, 40)));
    for (const node of nodes) if (!isNodeHex(node)) return undefined;
    const revisions = changelog.revlog.findNodes(nodes, 0, last + 1);
    for (const line of lines) {
      const [node = '', state = '', ...words] = line.split(' ');
      const name = words.join(' ');
      const revision = revisions.get(node);
      if (revision === undefined || (state !== 'o' && state !== 'c') || name === '') return undefined;
      const head = { revision, isClosed: state === 'c' };
      const known = heads.get(name);
      if (known === undefined) heads.set(name, [head]);
      else known.push(head);
    }
    for (const known of heads.values()) known.sort((a, b) => a.revision - b.revision);
    return { from: last + 1, heads };
  }

  #isNode(revision: number, node: string): boolean {
    return revision < this.#graph.length && this.#store.changelog.revlog.entry(revision).node.toString('hex') === node;
  }
}
