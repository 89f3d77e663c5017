// Ancestors of revisions, and the order in which merged revisions are listed.
import { QuicksilverError } from '../../base/errors.ts';
import type { PackStore } from './packStore.ts';

/** Revisions that are visited at most: more would take seconds. */
const MAX_VISITED = 500_000;

export class RevisionGraph {
  readonly #store: PackStore;
  readonly #parents = new Map<string, readonly string[] | undefined>();

  constructor(store: PackStore) {
    this.#store = store;
  }

  /** Returns the parents of a revision; undefined if the repository does not have it. */
  parents(revision: string): readonly string[] | undefined {
    if (!this.#parents.has(revision)) {
      this.#parents.set(revision, this.#store.find('rix', revision)?.entry.references[0]);
    }
    return this.#parents.get(revision);
  }

  /** Returns the revision and its ancestors, without the given revisions and theirs, and without missing ones. */
  uniqueAncestors(revision: string, others: readonly string[]): Set<string> {
    const theirs = this.#ancestors(others, new Set());
    return this.#ancestors([revision], theirs);
  }

  #ancestors(starts: readonly string[], without: ReadonlySet<string>): Set<string> {
    const found = new Set<string>();
    const pending = [...starts];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (found.has(next) || without.has(next)) continue;
      const parents = this.parents(next);
      if (parents === undefined) continue;
      found.add(next);
      if (found.size > MAX_VISITED) {
        throw new QuicksilverError('unsupported', `more than ${MAX_VISITED} revisions had to be visited`);
      }
      for (const parent of parents) pending.push(parent);
    }
    return found;
  }

  /**
   * Returns the revisions of a part of the graph in merge order, the newest one first. A depth-first search visits the
   * first parent, then the others from the last to the second. A revision comes before all that was found from it.
   */
  mergeOrder(tip: string, part: ReadonlySet<string>): string[] {
    const done: string[] = [];
    const visited = new Set<string>([tip]);
    const stack = [{ revision: tip, pending: this.#parentsToVisit(tip, part) }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.pending.shift();
      if (next === undefined) {
        done.push(top.revision);
        stack.pop();
      } else if (!visited.has(next)) {
        visited.add(next);
        stack.push({ revision: next, pending: this.#parentsToVisit(next, part) });
      }
    }
    return done.reverse();
  }

  #parentsToVisit(revision: string, part: ReadonlySet<string>): string[] {
    const parents = (this.parents(revision) ?? []).filter(parent => part.has(parent));
    const [first, ...others] = parents;
    return first === undefined ? [] : [first, ...others.reverse()];
  }
}
