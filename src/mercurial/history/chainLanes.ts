// In which column of a graph each changeset stands. Columns are given from the bottom and by chains, so that new
// changesets move few old ones.

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
const SLICE = 1 << 14;
const MAX_COLUMNS = 0xffff;
const NONE: readonly number[] = [];

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
  const { count } = shape;
  const main = new MainChildren(shape);
  for (let end = count; end > 0; end -= SLICE) {
    main.find(Math.max(0, end - SLICE), end);
    yield;
  }
  const chains = new Chains(shape, main.children, seed);
  for (let first = 0; first < count; first += SLICE) {
    chains.join(first, Math.min(count, first + SLICE));
    yield;
  }
  const placed = new Placement(shape, chains);
  for (let first = 0; first < count; first += SLICE) {
    placed.place(first, Math.min(count, first + SLICE));
    yield;
  }
  const { columns, innerColumns, width } = placed;
  return {
    columns,
    colors: chains.colors,
    width,
    edgeColumn(child, index, parent) {
      if (index === 0) return columns[child]!;
      return innerColumns.get(edgeKey(child, index)) ?? columns[parent]!;
    },
  };
}

// Each part of the work is a short loop in a method of its own, which JavaScript compiles after the first slice.

/** For each changeset its main child, -1 for none. */
class MainChildren {
  readonly children: Int32Array;
  readonly #parents: Int32Array;
  /** Length of the longest run above each changeset. */
  readonly #runs: Int32Array;

  constructor({ count, parents }: GraphShape) {
    this.children = new Int32Array(count).fill(-1);
    this.#parents = parents;
    this.#runs = new Int32Array(count);
  }

  /** Finds those of the parents of changesets in a range; ranges go down from the top. */
  find(first: number, end: number): void {
    const main = this.children;
    const parents = this.#parents;
    const runs = this.#runs;
    for (let at = end - 1; at >= first; at--) {
      const parent = parents[at * 2]!;
      if (parent < 0) continue;
      const run = runs[at]! + 1;
      if (run <= runs[parent]!) continue;
      runs[parent] = run;
      main[parent] = at;
    }
  }
}

class Chains {
  /** For each changeset the first member of its chain, by which the chain is known. */
  readonly chain: Int32Array;
  readonly colors: Uint8Array;
  /** For each chain, the changeset up to which it takes its column. */
  readonly upper: Int32Array;
  /** Edges to changesets inside of chains: their keys, and their parents. */
  readonly innerKeys: number[] = [];
  readonly innerParents: number[] = [];
  readonly #shape: GraphShape;
  readonly #mainChild: Int32Array;
  readonly #seed: (index: number) => number;

  constructor(shape: GraphShape, mainChild: Int32Array, seed: (index: number) => number) {
    this.chain = new Int32Array(shape.count);
    this.colors = new Uint8Array(shape.count);
    this.upper = new Int32Array(shape.count);
    this.#shape = shape;
    this.#mainChild = mainChild;
    this.#seed = seed;
  }

  /** Joins the changesets of a range; ranges go up from the bottom. */
  join(from: number, end: number): void {
    const { parents } = this.#shape;
    const { chain, colors, upper } = this;
    const mainChild = this.#mainChild;
    for (let at = from; at < end; at++) {
      const first = parents[at * 2]!;
      const isMember = first >= 0 && mainChild[first] === at;
      const own = isMember ? chain[first]! : at;
      chain[at] = own;
      if (at > upper[own]!) upper[own] = at;
      colors[at] = isMember ? colors[first]! : colorOf(this.#seed(at));
      if (parents[at * 2 + 1]! >= 0) this.#joinOthers(at);
    }
  }

  /** The edges to parents other than the first one. */
  #joinOthers(at: number): void {
    const { parents, more } = this.#shape;
    const others = more.get(at) ?? NONE;
    for (let index = 1; index <= others.length + 1; index++) {
      const parent = index === 1 ? parents[at * 2 + 1]! : others[index - 2]!;
      if (this.#mainChild[parent]! < 0) this.upper[this.chain[parent]!] = at;
      else {
        this.innerKeys.push(edgeKey(at, index));
        this.innerParents.push(parent);
      }
    }
  }
}

class Placement {
  readonly columns: Uint16Array;
  readonly innerColumns = new Map<number, number>();
  readonly #chains: Chains;
  /** Lists of the chains that begin at each changeset, by their first members. */
  readonly #firstChain: Int32Array;
  readonly #nextChain: Int32Array;
  /** Lists of the inner edges that begin at each changeset. */
  readonly #firstInner: Int32Array;
  readonly #nextInner: Int32Array;
  readonly #free = new Columns();

  constructor({ count, parents }: GraphShape, chains: Chains) {
    const { chain, innerParents } = chains;
    this.columns = new Uint16Array(count);
    this.#chains = chains;
    this.#firstChain = new Int32Array(count).fill(-1);
    this.#nextChain = new Int32Array(count).fill(-1);
    for (let at = count - 1; at >= 0; at--) {
      if (chain[at] !== at) continue;
      const lower = parents[at * 2]! < 0 ? at : parents[at * 2]!;
      this.#nextChain[at] = this.#firstChain[lower]!;
      this.#firstChain[lower] = at;
    }
    this.#firstInner = new Int32Array(count).fill(-1);
    this.#nextInner = new Int32Array(innerParents.length).fill(-1);
    for (let edge = innerParents.length - 1; edge >= 0; edge--) {
      const parent = innerParents[edge]!;
      this.#nextInner[edge] = this.#firstInner[parent]!;
      this.#firstInner[parent] = edge;
    }
  }

  get width(): number {
    return this.#free.width;
  }

  /** Gives columns to what begins in a range; ranges go up from the bottom. */
  place(from: number, end: number): void {
    const { columns } = this;
    const { chain, upper } = this.#chains;
    const firstChain = this.#firstChain;
    const nextChain = this.#nextChain;
    const firstInner = this.#firstInner;
    const free = this.#free;
    for (let at = from; at < end; at++) {
      for (let own = firstChain[at]!; own >= 0; own = nextChain[own]!) columns[own] = free.take(at, upper[own]!);
      // A chain that begins here has its column by now; the others began below.
      columns[at] = columns[chain[at]!]!;
      if (firstInner[at]! >= 0) this.#placeInner(at);
    }
  }

  #placeInner(at: number): void {
    for (let edge = this.#firstInner[at]!; edge >= 0; edge = this.#nextInner[edge]!) {
      const key = this.#chains.innerKeys[edge]!;
      this.innerColumns.set(key, this.#free.take(at, Math.floor(key / MAX_PARENTS)));
    }
  }
}

/** One number for the edge from a changeset to its parent with this index. */
export function edgeKey(child: number, parentIndex: number): number {
  return child * MAX_PARENTS + parentIndex;
}

/** Columns, each with the last changeset up to which it is taken. */
class Columns {
  readonly #until: number[] = [];

  get width(): number {
    return this.#until.length;
  }

  take(from: number, to: number): number {
    const until = this.#until;
    let column = 0;
    while (column < until.length && until[column]! >= from) column++;
    column = Math.min(column, MAX_COLUMNS);
    until[column] = to;
    return column;
  }
}

/** Spreads numbers that follow each other over the colors. */
function colorOf(seed: number): number {
  return (Math.imul(seed, 0x9e3779b1) >>> 16) % COLORS;
}
