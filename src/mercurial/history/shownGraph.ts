// The graph of some of the changesets: each is joined to its nearest ancestors among them.
import { MAX_PARENTS, type GraphShape } from './chainLanes.ts';

/** The shape, and which changesets it has. */
export interface ShownGraph extends GraphShape {
  /** The revision of each changeset in the graph, ascending. */
  readonly revisions: Int32Array;
  /** True for an edge to an ancestor past others that are left out. */
  isIndirect(child: number, parentIndex: number): boolean;
  /** The number of changesets that lack some of their edges, because they have too many. */
  readonly cut: number;
}

const NONE: readonly number[] = [];
/** Changesets after which the caller may interrupt. */
const SLICE = 1 << 16;

/**
 * Joins the changesets that are shown. The nearest shown ancestors replace a parent that is not shown, at most
 * {@link MAX_PARENTS} in all. Yields from time to time.
 *
 * @param parents of all changesets, two for each, -1 for none
 * @param isShown 1 for each changeset that is in the graph; undefined if all are
 */
export function* shownGraph(
  count: number,
  parents: Int32Array,
  isShown: Uint8Array | undefined,
): Generator<void, ShownGraph> {
  if (isShown === undefined) {
    const revisions = new Int32Array(count);
    for (let at = 0; at < count; at++) revisions[at] = at;
    return { count, parents: ordered(parents, count), more: new Map(), revisions, isIndirect: () => false, cut: 0 };
  }
  let shown = 0;
  for (let revision = 0; revision < count; revision++) shown += isShown[revision]!;
  const indices = new Int32Array(count).fill(-1);
  const revisions = new Int32Array(shown);
  const joined = new Int32Array(shown * 2).fill(-1);
  const more = new Map<number, readonly number[]>();
  const indirect = new Uint8Array(shown);
  /** The nearest ancestors in the graph, for changesets that are left out. */
  const nearest = new Map<number, readonly number[]>();
  let cut = 0;
  let next = 0;
  for (let revision = 0; revision < count; revision++) {
    if (revision % SLICE === SLICE - 1) yield;
    const p1 = parents[revision * 2]!;
    const p2 = parents[revision * 2 + 1]!;
    const first = p1 < 0 ? -1 : indices[p1]!;
    const second = p2 < 0 ? -1 : indices[p2]!;
    // Most changesets have all their parents in the graph: these take no objects.
    if (isShown[revision] === 1 && (p1 < 0 || first >= 0) && (p2 < 0 || second >= 0)) {
      indices[revision] = next;
      revisions[next] = revision;
      joined[next * 2] = first >= 0 ? first : second;
      joined[next * 2 + 1] = first >= 0 && second !== first ? second : -1;
      next++;
      continue;
    }
    const direct: number[] = [];
    const past: number[] = [];
    for (let at = revision * 2; at < revision * 2 + 2; at++) {
      const parent = parents[at]!;
      if (parent < 0) continue;
      const index = indices[parent]!;
      if (index >= 0) direct.push(index);
      else past.push(...(nearest.get(parent) ?? NONE));
    }
    const all = past.length === 0 && direct.length < 2 ? direct : [...new Set([...direct, ...past])];
    if (all.length > MAX_PARENTS) cut++;
    const kept = all.length > MAX_PARENTS ? all.slice(0, MAX_PARENTS) : all;
    if (isShown[revision] === 1) {
      indices[revision] = next;
      revisions[next] = revision;
      joined[next * 2] = kept[0] ?? -1;
      joined[next * 2 + 1] = kept[1] ?? -1;
      if (kept.length > 2) more.set(next, kept.slice(2));
      kept.forEach((parent, index) => {
        if (!direct.includes(parent)) indirect[next] = indirect[next]! | (1 << index);
      });
      next++;
    } else if (kept.length > 0) {
      nearest.set(revision, kept);
    }
  }
  return {
    count: shown,
    parents: joined,
    more,
    revisions,
    isIndirect: (child, index) => ((indirect[child]! >> index) & 1) === 1,
    cut,
  };
}

/** Returns the parents with a second one only where it differs from the first. */
function ordered(parents: Int32Array, count: number): Int32Array {
  let result = parents;
  for (let at = 0; at < count; at++) {
    const p2 = parents[at * 2 + 1]!;
    if (p2 < 0 || (parents[at * 2]! >= 0 && parents[at * 2] !== p2)) continue;
    if (result === parents) result = parents.slice(0, count * 2);
    result[at * 2] = p2;
    result[at * 2 + 1] = -1;
  }
  return result;
}
