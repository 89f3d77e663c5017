// The edges of a graph that cross a window of it. At every so many changesets the open edges are kept, so that any
// window costs the same.
import { edgeKey, MAX_PARENTS, type GraphShape, type Lanes } from './chainLanes.ts';

/** Changesets between two of the places. */
const STEP = 1024;

/** Numbers for each edge in {@link GraphEdges.window}. */
export const EDGE_FIELDS = 6;

const NONE: readonly number[] = [];

export const EDGE_DASHED = 1 << 8;

export class GraphEdges {
  readonly #shape: GraphShape;
  readonly #lanes: Lanes;
  readonly #isIndirect: (child: number, parentIndex: number) => boolean;
  /**
   * For each place the keys of the edges whose child is at or above it and whose parent is below. The newest changesets
   * need none of it, so the first window further down makes it.
   */
  #open: (readonly number[])[] | undefined;

  /** @param isIndirect true for an edge to an ancestor past others that are not in the graph */
  constructor(shape: GraphShape, lanes: Lanes, isIndirect: (child: number, parentIndex: number) => boolean) {
    this.#shape = shape;
    this.#lanes = lanes;
    this.#isIndirect = isIndirect;
  }

  /** How many edges are kept at all places, so far. */
  get kept(): number {
    return (this.#open ?? []).reduce((sum, keys) => sum + keys.length, 0);
  }

  /**
   * Returns the edges that touch the changesets from `low` to `high`. There are six numbers for each: child, parent,
   * the columns of child, edge and parent, and the color. An edge past others has {@link EDGE_DASHED} in its color.
   */
  window(low: number, high: number): Int32Array {
    const found: number[] = [];
    const add = (child: number, parent: number, index: number): void => {
      const { columns, colors } = this.#lanes;
      const color = colors[index === 0 ? child : parent]!;
      found.push(
        child,
        parent,
        columns[child]!,
        this.#lanes.edgeColumn(child, index, parent),
        columns[parent]!,
        this.#isIndirect(child, index) ? color | EDGE_DASHED : color,
      );
    };
    const place = Math.floor(high / STEP) + 1;
    for (const key of this.#openAt(place)) {
      const child = Math.floor(key / MAX_PARENTS);
      const parent = this.#parent(child, key % MAX_PARENTS);
      if (parent <= high) add(child, parent, key % MAX_PARENTS);
    }
    for (let child = Math.min(place * STEP, this.#shape.count) - 1; child >= low; child--) {
      this.#eachParent(child, (parent, index) => {
        if (parent <= high) add(child, parent, index);
      });
    }
    return Int32Array.from(found);
  }

  #openAt(place: number): readonly number[] {
    if (place * STEP >= this.#shape.count) return NONE;
    this.#open ??= this.#findOpen();
    return this.#open[place]!;
  }

  #findOpen(): number[][] {
    const { count, parents, more } = this.#shape;
    const open: number[][] = Array.from({ length: Math.floor(count / STEP) + 1 }, () => []);
    const keep = (child: number, parent: number, index: number): void => {
      for (let place = Math.floor(parent / STEP) + 1; place * STEP <= child; place++) {
        open[place]!.push(edgeKey(child, index));
      }
    };
    for (let child = 0; child < count; child++) {
      const floor = Math.floor(child / STEP) * STEP;
      for (let index = 0; index < 2; index++) {
        const parent = parents[child * 2 + index]!;
        // Most edges end before the next place.
        if (parent >= 0 && parent < floor) keep(child, parent, index);
      }
    }
    for (const [child, others] of more) others.forEach((parent, index) => keep(child, parent, index + 2));
    return open;
  }

  #parent(child: number, index: number): number {
    const { parents, more } = this.#shape;
    return index < 2 ? parents[child * 2 + index]! : more.get(child)![index - 2]!;
  }

  #eachParent(child: number, visit: (parent: number, index: number) => void): void {
    const { parents, more } = this.#shape;
    if (parents[child * 2]! >= 0) visit(parents[child * 2]!, 0);
    if (parents[child * 2 + 1]! < 0) return;
    visit(parents[child * 2 + 1]!, 1);
    if (more.size > 0) more.get(child)?.forEach((parent, index) => visit(parent, index + 2));
  }
}
