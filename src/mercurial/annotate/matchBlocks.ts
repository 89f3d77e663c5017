// Pairs of equal runs of lines in two versions of a file, chosen as Mercurial's annotate and diff choose them. The
// rules come from comparing answers: test/differential/matchBlocks.test.ts.

/** Four numbers a block, in order of lines: first and end line (exclusive) in the parent, then in the child. */
export type Blocks = readonly number[];

/** Regions of the parent longer than this are searched only in their last lines. */
const MAX_SEARCHED_LINES = 30_000;
/** From this many lines of the child on, a line is popular by its share of them. */
const LARGE_CHILD = 31_000;

/**
 * Returns the blocks of lines that `child` took over from `parent`.
 *
 * Both hold one number a line, below `classes`; equal numbers mean equal lines. The search takes the longest block
 * first, then searches both sides of it. A popular line begins no block, it only extends one. Equal beginnings and
 * ends are not trimmed, because that would change the choice among several equal blocks.
 *
 * Costs time in proportion to the pairs of equal lines that are not popular, for each level of the search.
 *
 * @param memory of earlier comparisons
 */
export function matchBlocks(parent: Int32Array, child: Int32Array, classes: number, memory?: MatchMemory): Blocks {
  const blocks = new BlockSearch(parent, child, classes, memory ?? new MatchMemory()).run();
  shiftTowardsEnd(blocks, parent, child);
  return blocks;
}

/** The arrays of a comparison, for the next one: many comparisons of large files would fill the heap with them. */
export class MatchMemory {
  readonly #arrays = new Map<string, Int32Array>();

  /** Returns an array of at least `length`, the same one for the same name. The numbers in it are any. */
  take(name: string, length: number): Int32Array {
    let array = this.#arrays.get(name);
    if (array === undefined || array.length < length) {
      array = new Int32Array(Math.ceil(length * 1.25));
      this.#arrays.set(name, array);
    }
    return array;
  }
}

class BlockSearch {
  readonly #parent: Int32Array;
  readonly #child: Int32Array;
  /** The last line of each class in the child; and for each line the one before it of its class. -1 for none. */
  readonly #last: Int32Array;
  readonly #previous: Int32Array;
  /**
   * For each line of the child: the line of the parent where the run ending here was last seen, and that run's
   * length.
   */
  readonly #seenAt: Int32Array;
  readonly #seenLength: Int32Array;

  constructor(parent: Int32Array, child: Int32Array, classes: number, memory: MatchMemory) {
    const count = child.length;
    this.#parent = parent;
    this.#child = child;
    this.#last = memory.take('last', classes).fill(-1, 0, classes);
    this.#previous = memory.take('previous', count);
    // A line that was not seen yet counts as seen at the parent's first line, with a run of no length.
    this.#seenAt = memory.take('seenAt', count).fill(0, 0, count);
    this.#seenLength = memory.take('seenLength', count).fill(0, 0, count);
    const sizes = memory.take('sizes', classes).fill(0, 0, classes);
    for (let j = 0; j < count; j++) {
      const line = child[j]!;
      this.#previous[j] = this.#last[line]!;
      this.#last[line] = j;
      sizes[line]!++;
    }
    const limit = count >= LARGE_CHILD ? Math.floor(count / 1000) : Math.floor(1_000_000 / (count + 1));
    for (let line = 0; line < classes; line++) if (sizes[line]! > limit) this.#last[line] = -1;
  }

  run(): number[] {
    const blocks: number[] = [];
    // Regions to search and blocks to put out, on a stack: a deep recursion would exhaust that of the program.
    const stack: number[][] = [[0, this.#parent.length, 0, this.#child.length]];
    for (let region = stack.pop(); region !== undefined; region = stack.pop()) {
      const [a1, a2, b1, b2, isBlock] = region as [number, number, number, number, number?];
      if (isBlock === 1) {
        blocks.push(a1, a2, b1, b2);
        continue;
      }
      const found = this.#longest(a1, a2, b1, b2);
      if (found === undefined) continue;
      const [i, j, length] = found;
      stack.push([i + length, a2, j + length, b2], [i, i + length, j, j + length, 1], [a1, i, b1, j]);
    }
    return blocks;
  }

  /** The longest block within a region, as first line in the parent, first line in the child, and length. */
  #longest(a1: number, a2: number, b1: number, b2: number): [number, number, number] | undefined {
    const parent = this.#parent;
    const child = this.#child;
    const previous = this.#previous;
    const seenAt = this.#seenAt;
    const seenLength = this.#seenLength;
    if (a2 - a1 > MAX_SEARCHED_LINES) a1 = a2 - MAX_SEARCHED_LINES;
    const half = (a1 + a2 - 1) >> 1;
    const halfOfChild = (b1 + b2 - 1) >> 1;
    let bestLength = 0;
    let bestA = a1;
    let bestB = b1;
    for (let i = a1; i < a2; i++) {
      let j = this.#last[parent[i]!]!;
      while (j >= b2) j = previous[j]!;
      for (; j >= b1; j = previous[j]!) {
        let length = 1;
        for (; i - length >= a1 && j - length >= b1; length++) {
          // Where the run that ends one line before was noted, its length is known; popular lines are noted nowhere.
          if (seenAt[j - length] === i - length) {
            length += seenLength[j - length]!;
            break;
          }
          if (parent[i - length] !== child[j - length]) break;
        }
        seenAt[j] = i;
        seenLength[j] = length;
        const isBetter =
          length > bestLength || (length === bestLength && isPreferred(i, j, bestA, bestB, a1, b1, half, halfOfChild));
        if (isBetter) {
          bestLength = length;
          bestA = i;
          bestB = j;
        }
      }
    }
    // Where every equal line is popular, the block begins with the region.
    const firstA = bestLength === 0 ? a1 : bestA - bestLength + 1;
    const firstB = bestLength === 0 ? b1 : bestB - bestLength + 1;
    while (
      firstA + bestLength < a2 &&
      firstB + bestLength < b2 &&
      parent[firstA + bestLength] === child[firstB + bestLength]
    ) {
      bestLength++;
    }
    return bestLength === 0 ? undefined : [firstA, firstB, bestLength];
  }
}

/** True if a block that ends at (i, j) replaces one of the same length that was found before. */
function isPreferred(
  i: number,
  j: number,
  bestA: number,
  bestB: number,
  a1: number,
  b1: number,
  half: number,
  halfOfChild: number,
): boolean {
  if (i > bestA) return i <= half && j > b1;
  return bestB > halfOfChild || i === a1;
}

/** Moves lines from a block to the one before, where both touch in one version and the lines fit both. */
function shiftTowardsEnd(blocks: number[], parent: Int32Array, child: Int32Array): void {
  for (let at = 0; at + 4 < blocks.length; at += 4) {
    while (
      (blocks[at + 1] === blocks[at + 4] || blocks[at + 3] === blocks[at + 6]) &&
      blocks[at + 1]! < blocks[at + 5]! &&
      blocks[at + 3]! < blocks[at + 7]! &&
      parent[blocks[at + 1]!] === child[blocks[at + 3]!]
    ) {
      blocks[at + 1]!++;
      blocks[at + 4]!++;
      blocks[at + 3]!++;
      blocks[at + 6]!++;
    }
  }
}
