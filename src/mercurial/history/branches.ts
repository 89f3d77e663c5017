// Finds the changeset of a branch name. A changeset's text names its branch. Mercurial caches the heads of all branches
// in its own files, which are used as far as they match the history.
import { fromDisplay } from '../../base/bytePath.ts';
import { linesOf } from '../../base/lines.ts';
import { isNodeHex, NODE_LENGTH } from '../store/node.ts';
import type { Store } from '../store/store.ts';
import type { Vfs } from '../../files/vfs.ts';
import { RevisionBranches, type RevisionBranch } from './revisionBranches.ts';
import type { RevisionGraph } from './revisionGraph.ts';

const CACHE_FILES = ['branch2-visible', 'branch2-served', 'branch2-immutable', 'branch2-base'];
const MAX_CACHE_BYTES = 64 * 1024 * 1024;
/** Changesets whose nodes are read at once. */
const BLOCK = 1 << 16;

interface Head {
  readonly revision: number;
  readonly isClosed: boolean;
}

export class Branches {
  readonly #store: Store;
  readonly #graph: RevisionGraph;
  readonly #vfs: Vfs;
  readonly #cacheDirectory: string;
  readonly #hidden: () => ReadonlySet<number>;
  #heads: Map<string, Head[]> | undefined;

  /** @param cacheDirectory where Mercurial keeps what it has computed, which need not exist */
  constructor(store: Store, graph: RevisionGraph, vfs: Vfs, cacheDirectory: string, hidden: () => ReadonlySet<number>) {
    this.#store = store;
    this.#graph = graph;
    this.#vfs = vfs;
    this.#cacheDirectory = cacheDirectory;
    this.#hidden = hidden;
  }

  /**
   * Returns the last open head of a branch (a byte string), or its last head if all are closed; undefined for no such
   * branch.
   */
  find(name: string): number | undefined {
    this.#heads ??= this.#compute();
    const heads = this.#heads.get(name) ?? [];
    return (heads.findLast(head => !head.isClosed) ?? heads.at(-1))?.revision;
  }

  /** The open heads of a branch (a byte string), in order; all of them if none is open. */
  heads(name: string): readonly number[] {
    this.#heads ??= this.#compute();
    const heads = this.#heads.get(name) ?? [];
    const open = heads.filter(head => !head.isClosed);
    return (open.length > 0 ? open : heads).map(head => head.revision);
  }

  /** The heads of all branches, closed ones too. */
  allHeads(): number[] {
    this.#heads ??= this.#compute();
    return [...this.#heads.values()].flatMap(heads => heads.map(head => head.revision));
  }

  /** The names of all branches, as byte strings. */
  names(): string[] {
    this.#heads ??= this.#compute();
    return [...this.#heads.keys()];
  }

  #compute(): Map<string, Head[]> {
    const { from, heads } = this.#cached() ?? { from: 0, heads: new Map<string, Head[]>() };
    const hidden = this.#hidden();
    const added = new Map<string, Map<number, Head>>();
    const cache = new RevisionBranches(this.#vfs, this.#cacheDirectory);
    const { changelog } = this.#store;
    for (let first = from; first < this.#graph.length; first += BLOCK) {
      const end = Math.min(this.#graph.length, first + BLOCK);
      let nodes: Buffer = Buffer.alloc(0);
      changelog.revlog.hashNodes(first, end - first, { update: bytes => (nodes = bytes) });
      changelog.revlog.keepingOpen(() => {
        for (let revision = first; revision < end; revision++) {
          if (hidden.has(revision)) continue;
          const known = cache.find(revision, nodes, (revision - first) * NODE_LENGTH) ?? this.#read(revision);
          let ofBranch = added.get(known.branch);
          if (ofBranch === undefined) added.set(known.branch, (ofBranch = new Map<number, Head>()));
          // Most are no heads, and need not be kept until all are there.
          for (const parent of this.#graph.parents(revision)) ofBranch.delete(parent);
          ofBranch.set(revision, { revision, isClosed: known.closesBranch });
        }
      });
    }
    for (const [name, news] of added) {
      heads.set(name, this.#withoutAncestors([...(heads.get(name) ?? []), ...news.values()]));
    }
    return heads;
  }

  #read(revision: number): RevisionBranch {
    const { branch, closesBranch } = this.#store.changelog.read(revision);
    return { branch: fromDisplay(branch), closesBranch };
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

  /** Returns Mercurial's cached heads for the revisions below `from`. */
  #cached(): { from: number; heads: Map<string, Head[]> } | undefined {
    let best: { from: number; heads: Map<string, Head[]> } | undefined;
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
  #parse(text: string): { from: number; heads: Map<string, Head[]> } | undefined {
    const end = text.indexOf('\n');
    const first = end < 0 ? text : text.slice(0, end);
    const lines: string[] = [];
    for (const line of linesOf(end < 0 ? '' : text.slice(end + 1))) if (line !== '') lines.push(line);
    const [tip = '', number = '', ...filtered] = first.split(' ');
    const last = Number(number);
    const { changelog } = this.#store;
    if (filtered.length > 0 || !/^\d{1,9}$/.test(number) || !this.#isNode(last, tip)) return undefined;
    for (const revision of this.#hidden()) if (revision <= last) return undefined;
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
