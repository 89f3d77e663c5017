// How far a branch and its upstream are apart.
import type { Commit } from '../objects/structures.ts';

/** More commits than that are not walked. */
export const MAX_WALKED = 10_000;

export interface Distance {
  readonly ahead: number;
  readonly behind: number;
}

const OURS = 1;
const THEIRS = 2;

/**
 * Returns how many commits are reachable from only one of two commits. Returns undefined if the walk would read more
 * than `limit` commits. The walk takes the latest commit first; a commit of both sides marks its
 * ancestors.
 */
export function distance(
  ours: string,
  theirs: string,
  read: (id: string) => Commit,
  limit = MAX_WALKED,
): Distance | undefined {
  if (ours === theirs) return { ahead: 0, behind: 0 };
  const sides = new Map<string, number>();
  const commits = new Map<string, Commit>();
  const heap = new CommitHeap();
  /** Queued commits that are of one side only, so far: when there are none, the count is final. */
  let oneSided = 0;
  const queued = new Set<string>();
  const reach = (id: string, side: number): void => {
    const before = sides.get(id) ?? 0;
    const after = before | side;
    if (before === after) return;
    sides.set(id, after);
    if (queued.has(id)) {
      if (before !== 3 && after === 3) oneSided--;
      return;
    }
    let commit = commits.get(id);
    if (commit === undefined) commits.set(id, (commit = read(id)));
    queued.add(id);
    if (after !== 3) oneSided++;
    heap.push({ id, time: commit.time });
  };
  reach(ours, OURS);
  reach(theirs, THEIRS);
  let earliest = Infinity;
  for (let next = heap.pop(); next !== undefined; next = heap.pop()) {
    // Ancestors of both sides are walked as far back as anything was counted: their dates may be out of order.
    if (oneSided === 0 && next.time < earliest) break;
    if (commits.size > limit) return undefined;
    queued.delete(next.id);
    const side = sides.get(next.id)!;
    if (side !== 3) {
      oneSided--;
      earliest = Math.min(earliest, next.time);
    }
    for (const parent of commits.get(next.id)!.parents) reach(parent, side);
  }
  let ahead = 0;
  let behind = 0;
  for (const side of sides.values()) {
    if (side === OURS) ahead++;
    else if (side === THEIRS) behind++;
  }
  return { ahead, behind };
}

interface Queued {
  readonly id: string;
  readonly time: number;
}

/** Takes out the latest first. */
class CommitHeap {
  readonly #items: Queued[] = [];

  push(item: Queued): void {
    const items = this.#items;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent]!.time >= item.time) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  pop(): Queued | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (first === undefined || last === undefined || items.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1]!.time > items[child]!.time) child++;
      if (items[child]!.time <= last.time) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
    return first;
  }
}
