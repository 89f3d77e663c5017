// A graph as rows, the newest changeset first.
import { layOutLanes, type Lanes } from './chainLanes.ts';
import { EDGE_FIELDS, GraphEdges } from './graphEdges.ts';
import { shownGraph, type ShownGraph } from './shownGraph.ts';

/** Rows that are drawn: typed arrays with one item, or {@link EDGE_FIELDS} items, for each. */
export interface GraphWindow {
  /** The first row, from 0. */
  readonly first: number;
  readonly revisions: Int32Array;
  readonly columns: Uint16Array;
  readonly colors: Uint8Array;
  /** Row of the child, row of the parent, columns of child, edge and parent, color. */
  readonly edges: Int32Array;
}

export class GraphView {
  readonly #shown: ShownGraph;
  readonly #lanes: Lanes;
  readonly #edges: GraphEdges;

  private constructor(shown: ShownGraph, lanes: Lanes) {
    this.#shown = shown;
    this.#lanes = lanes;
    this.#edges = new GraphEdges(shown, lanes, (child, index) => shown.isIndirect(child, index));
  }

  /**
   * Lays out the graph. Yields from time to time.
   * @param parents of all changesets, two for each, -1 for none
   * @param mask 1 for each changeset in the graph; undefined for all
   */
  static *make(count: number, parents: Int32Array, mask: Uint8Array | undefined): Generator<void, GraphView> {
    const shown = yield* shownGraph(count, parents, mask);
    const lanes = yield* layOutLanes(shown, index => shown.revisions[index]!);
    return new GraphView(shown, lanes);
  }

  /** How many rows there are. */
  get rows(): number {
    return this.#shown.count;
  }

  /** How many columns the widest place needs. */
  get width(): number {
    return this.#lanes.width;
  }

  /** The row of a revision; -1 if it is not in the graph. */
  rowOf(revision: number): number {
    const index = this.#indexOf(revision);
    return this.#shown.revisions[index] === revision ? this.rows - 1 - index : -1;
  }

  /** The row of a revision, or of the next older one in the graph. */
  rowAtOrBelow(revision: number): number {
    const index = this.#indexOf(revision);
    const at = this.#shown.revisions[index] === revision ? index : index - 1;
    return Math.max(0, this.rows - 1 - Math.max(0, at));
  }

  /** The revision in a row; -1 if there is no such row. */
  revisionAt(row: number): number {
    return this.#shown.revisions[this.rows - 1 - row] ?? -1;
  }

  /** Rows of the edges that a row has to its parents in the graph. */
  parentRows(row: number): number[] {
    const index = this.rows - 1 - row;
    const { parents, more } = this.#shown;
    return [parents[index * 2] ?? -1, parents[index * 2 + 1] ?? -1, ...(more.get(index) ?? [])]
      .filter(parent => parent >= 0)
      .map(parent => this.rows - 1 - parent);
  }

  /** Returns the rows from `first` on, at most `count`. */
  window(first: number, count: number): GraphWindow {
    const from = Math.max(0, Math.min(Math.floor(first), this.rows));
    const size = Math.max(0, Math.min(Math.floor(count), this.rows - from));
    const { revisions } = this.#shown;
    const window = {
      first: from,
      revisions: new Int32Array(size),
      columns: new Uint16Array(size),
      colors: new Uint8Array(size),
    };
    for (let at = 0; at < size; at++) {
      const index = this.rows - 1 - from - at;
      window.revisions[at] = revisions[index]!;
      window.columns[at] = this.#lanes.columns[index]!;
      window.colors[at] = this.#lanes.colors[index]!;
    }
    const edges = size === 0 ? new Int32Array(0) : this.#edges.window(this.rows - from - size, this.rows - 1 - from);
    for (let at = 0; at < edges.length; at += EDGE_FIELDS) {
      edges[at] = this.rows - 1 - edges[at]!;
      edges[at + 1] = this.rows - 1 - edges[at + 1]!;
    }
    return { ...window, edges };
  }

  /** Where in the list of revisions this one is, or belongs. */
  #indexOf(revision: number): number {
    const { revisions } = this.#shown;
    let low = 0;
    let high = revisions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (revisions[middle]! < revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
