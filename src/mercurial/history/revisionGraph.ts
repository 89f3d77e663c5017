// Answers questions about ancestors of changesets. Parents are read in pages on demand: the common ancestor of two
// changesets near the tip is near the tip.
import type { Revlog } from '../store/revlog.ts';
import { RevisionHeap } from './revisionHeap.ts';

export const NULL_REVISION = -1;

const PAGE = 4096;

/** Ancestry among the revisions of a changelog. Revision -1 is the empty one, an ancestor of every other. */
export class RevisionGraph {
  readonly #revlog: Revlog;
  readonly #pages = new Map<number, Int32Array>();
  #generation = -1;

  constructor(revlog: Revlog) {
    this.#revlog = revlog;
  }

  /** Number of revisions. */
  get length(): number {
    return this.#revlog.length;
  }

  /** Parents that exist: none, one or two. Throws 'corrupt' if there is no such revision. */
  parents(revision: number): number[] {
    if (revision < 0) return [];
    const first = Math.floor(revision / PAGE) * PAGE;
    const length = this.#revlog.length;
    if (this.#generation !== this.#revlog.generation) {
      this.#pages.clear();
      this.#generation = this.#revlog.generation;
    }
    let page = this.#pages.get(first);
    if (page === undefined) {
      page = this.#revlog.parents(first, Math.max(1, Math.min(PAGE, length - first)));
      this.#pages.set(first, page);
    }
    const at = (revision - first) * 2;
    const p1 = page[at] ?? NULL_REVISION;
    const p2 = page[at + 1] ?? NULL_REVISION;
    if (p1 < 0) return p2 < 0 ? [] : [p2];
    return p2 < 0 ? [p1] : [p1, p2];
  }

  /** True if `ancestor` is `revision` or comes before it. */
  isAncestor(ancestor: number, revision: number): boolean {
    if (ancestor < 0 || ancestor === revision) return true;
    if (ancestor > revision) return false;
    const seen = new Set([revision]);
    const pending = [revision];
    for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
      for (const parent of this.parents(current)) {
        if (parent === ancestor) return true;
        if (parent > ancestor && !seen.has(parent)) {
          seen.add(parent);
          pending.push(parent);
        }
      }
    }
    return false;
  }

  /** The common ancestors of both that are not ancestors of another one; none if they share only the empty revision. */
  commonAncestorHeads(a: number, b: number): number[] {
    if (a < 0 || b < 0) return [];
    if (a === b) return [a];
    const OF_A = 1;
    const OF_B = 2;
    const BELOW_HEAD = 4;
    const heads: number[] = [];
    const heap = new RevisionHeap();
    const marks = new Map<number, number>();
    // Revisions waiting that may still lead to a head: without any, all that follow lie below the heads found.
    let open = 0;
    const mark = (revision: number, bits: number): void => {
      const before = marks.get(revision);
      if (before === undefined) heap.push(revision);
      const after = (before ?? 0) | bits;
      if (before !== undefined && (before & BELOW_HEAD) === 0) open--;
      if ((after & BELOW_HEAD) === 0) open++;
      marks.set(revision, after);
    };
    mark(a, OF_A);
    mark(b, OF_B);
    while (open > 0) {
      const revision = heap.pop()!;
      let bits = marks.get(revision)!;
      marks.delete(revision);
      if ((bits & BELOW_HEAD) === 0) {
        open--;
        if (bits === (OF_A | OF_B)) {
          heads.push(revision);
          bits |= BELOW_HEAD;
        }
      }
      for (const parent of this.parents(revision)) mark(parent, bits);
    }
    return heads;
  }

  /**
   * Returns the common ancestor that Mercurial chooses; -1 for none. Among several it takes the one with the longest
   * path down to where all paths meet. If these are equal, the smallest node wins.
   */
  commonAncestor(a: number, b: number): number {
    const heads = this.commonAncestorHeads(a, b);
    if (heads.length <= 1) return heads[0] ?? NULL_REVISION;
    const nodes = this.#deepest(heads).map(revision => ({ revision, node: this.#revlog.entry(revision).node }));
    return nodes.reduce((best, next) => (next.node.compare(best.node) < 0 ? next : best)).revision;
  }

  /**
   * Returns the revisions with the longest paths down to where paths meet. No given revision is an ancestor of another.
   */
  #deepest(heads: readonly number[]): number[] {
    const heap = new RevisionHeap();
    /** For each revision on the way: the length of the longest path to it, and from which heads such a path comes. */
    const frontier = new Map<number, { readonly depth: number; readonly owners: string }>();
    const owned = new Map<string, number>();
    const put = (revision: number, depth: number, owners: string): void => {
      const before = frontier.get(revision);
      if (before === undefined) heap.push(revision);
      else count(before.owners, -1);
      frontier.set(revision, { depth, owners });
      count(owners, 1);
    };
    const count = (owners: string, by: number): void => {
      const left = (owned.get(owners) ?? 0) + by;
      if (left === 0) owned.delete(owners);
      else owned.set(owners, left);
    };
    for (const head of heads) put(head, 1, String(head));
    while (owned.size > 1) {
      const revision = heap.pop()!;
      const { depth, owners } = frontier.get(revision)!;
      for (const parent of this.parents(revision)) {
        const there = frontier.get(parent);
        if (there === undefined || there.depth <= depth) put(parent, depth + 1, owners);
        else if (there.depth === depth + 1) put(parent, depth + 1, union(there.owners, owners));
      }
      frontier.delete(revision);
      count(owners, -1);
    }
    return [...owned.keys()].flatMap(owners => owners.split(' ').map(Number));
  }
}

function union(a: string, b: string): string {
  return [...new Set([...a.split(' '), ...b.split(' ')])].sort().join(' ');
}
