// In which column of a graph each changeset stands. Columns are given from the bottom and by chains, so that new
// changesets move few old ones.
import { NULL_REVISION } from './revisionGraph.ts';

/**
 * The changesets of a graph by their index, oldest first: a parent's index is lower than its child's. Two parents for
 * each, -1 for none, the first one first; more than two are in `more`.
 */
export interface GraphShape {
  readonly count: number;
  readonly parents: Int32Array;
  readonly more: ReadonlyMap<number, readonly number[]>;
}

export interface Lanes {
  /** For each changeset, from 0. */
  readonly columns: Uint16Array;
  /** For each changeset a number below {@link COLORS}, the same along its chain. */
  readonly colors: Uint8Array;
  /** How many columns there are. */
  readonly width: number;
  /** The column in which the edge to a parent (see {@link edgeKey}) runs. */
  edgeColumn(child: number, parentIndex: number, parent: number): number;
}

export const COLORS = 8;

/** A changeset has at most so many edges; further parents are left out. */
export const MAX_PARENTS = 8;

/** Changesets after which the caller may interrupt. */
const SLICE = 1 << 16;
const MAX_COLUMNS = 0xffff;

/**
 * Lays a graph out. Yields from time to time, so that the caller can interrupt it.
 *
 * 1. The main child of a changeset has the longest run of first parents above it; of equals it is the newest. A chain
 *    is a longest run of main children.
 * 2. A chain takes a column from its first member's parent up to its last member. Merges that have the last member as
 *    a further parent extend it.
 * 3. The edge of a merge to a changeset inside a chain takes a column of its own.
 * 4. The one that begins lowest gets its column first: the lowest one that is free there.
 *
 * The color belongs to the chain and not to the column.
 *
 * @param seed a number for each changeset that stays the same when others come and go, for the color
 */
export function* layOutLanes(shape: GraphShape, seed: (index: number) => number): Generator<void, Lanes> {
  const { count, parents, more } = shape;
  const mainChild = yield* mainChildren(shape);
  // For each changeset the first member of its chain, by which the chain is known.
  const chain = new Int32Array(count);
  const colors = new Uint8Array(count);
  const upper = new Int32Array(count);
  /** Edges to changesets inside of chains: their keys, and their parents. */
  const innerKeys: number[] = [];
  const innerParents: number[] = [];
  for (let at = 0; at < count; at++) {
    const first = parents[at * 2]!;
    const isMember = first >= 0 && mainChild[first] === at;
    const own = isMember ? chain[first]! : at;
    chain[at] = own;
    upper[own] = Math.max(upper[own]!, at);
    colors[at] = isMember ? colors[first]! : colorOf(seed(at));
    for (let index = 1; ; index++) {
      const parent = index === 1 ? parents[at * 2 + 1]! : (more.get(at)?.[index - 2] ?? NULL_REVISION);
      if (parent < 0) break;
      if (mainChild[parent]! < 0) upper[chain[parent]!] = at;
      else {
        innerKeys.push(edgeKey(at, index));
        innerParents.push(parent);
      }
    }
    if (at % SLICE === SLICE - 1) yield;
  }
  // Lists of the chains that begin at each changeset, by their first members.
  const firstChain = new Int32Array(count).fill(-1);
  const nextChain = new Int32Array(count).fill(-1);
  for (let at = count - 1; at >= 0; at--) {
    if (chain[at] !== at) continue;
    const lower = parents[at * 2]! < 0 ? at : parents[at * 2]!;
    nextChain[at] = firstChain[lower]!;
    firstChain[lower] = at;
  }
  const firstInner = new Int32Array(count).fill(-1);
  const nextInner = new Int32Array(innerKeys.length).fill(-1);
  for (let edge = innerKeys.length - 1; edge >= 0; edge--) {
    const parent = innerParents[edge]!;
    nextInner[edge] = firstInner[parent]!;
    firstInner[parent] = edge;
  }
  const innerColumns = new Map<number, number>();
  const columns = new Uint16Array(count);
  const free = new Columns();
  for (let at = 0; at < count; at++) {
    for (let own = firstChain[at]!; own >= 0; own = nextChain[own]!) columns[own] = free.take(at, upper[own]!);
    // A chain that begins here has its column by now; the others began below.
    if (chain[at] !== at) columns[at] = columns[chain[at]!]!;
    for (let edge = firstInner[at]!; edge >= 0; edge = nextInner[edge]!) {
      const key = innerKeys[edge]!;
      innerColumns.set(key, free.take(at, Math.floor(key / MAX_PARENTS)));
    }
    if (at % SLICE === SLICE - 1) yield;
  }
  return {
    columns,
    colors,
    width: free.width,
    edgeColumn(child, index, parent) {
      if (index === 0) return columns[child]!;
      return innerColumns.get(edgeKey(child, index)) ?? columns[parent]!;
    },
  };
}

/** One number for the edge from a changeset to its parent with this index. */
export function edgeKey(child: number, parentIndex: number): number {
  return child * MAX_PARENTS + parentIndex;
}

/** For each changeset its main child, -1 for none. */
function* mainChildren({ count, parents }: GraphShape): Generator<void, Int32Array> {
  const main = new Int32Array(count).fill(-1);
  const runs = new Int32Array(count);
  for (let at = count - 1; at >= 0; at--) {
    const first = parents[at * 2]!;
    if (first >= 0 && runs[at]! + 1 > runs[first]!) {
      runs[first] = runs[at]! + 1;
      main[first] = at;
    }
    if (at % SLICE === 0) yield;
  }
  return main;
}

/** Columns, each with the last changeset up to which it is taken. */
class Columns {
  readonly #until: number[] = [];

  get width(): number {
    return this.#until.length;
  }

  take(from: number, to: number): number {
    let column = 0;
    while (column < this.#until.length && this.#until[column]! >= from) column++;
    column = Math.min(column, MAX_COLUMNS);
    this.#until[column] = to;
    return column;
  }
}

/** Spreads numbers that follow each other over the colors. */
function colorOf(seed: number): number {
  return (Math.imul(seed, 0x9e3779b1) >>> 16) % COLORS;
}
