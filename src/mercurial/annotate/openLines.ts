// Lines on their way to the version that brought them, as runs. Most versions change a few lines, and a run passes them
// as a whole. So the work follows the changes, not the length of the file.
import type { Blocks } from './matchBlocks.ts';

const FIELDS = 3;

/** Runs of lines: where a run begins in the result, where it is in a version (both from 0), and its length. */
export class OpenLines {
  #runs = new Int32Array(0);
  #count = 0;

  static all(count: number): OpenLines {
    const open = new OpenLines();
    open.add(0, 0, count);
    return open;
  }

  /** Number of runs. */
  get count(): number {
    return this.#count;
  }

  /** Adds a run. One that goes on where the last one ends becomes a part of it. */
  add(result: number, line: number, length: number): void {
    if (length <= 0) return;
    const end = this.#count * FIELDS;
    if (end > 0) {
      const before = this.#runs[end - 1]!;
      if (this.#runs[end - 3]! + before === result && this.#runs[end - 2]! + before === line) {
        this.#runs[end - 1] = before + length;
        return;
      }
    }
    if (end === this.#runs.length) {
      const grown = new Int32Array(Math.max(16 * FIELDS, end * 2));
      grown.set(this.#runs);
      this.#runs = grown;
    }
    this.#runs[end] = result;
    this.#runs[end + 1] = line;
    this.#runs[end + 2] = length;
    this.#count++;
  }

  each(visit: (result: number, line: number, length: number) => void): void {
    for (let at = 0; at < this.#count * FIELDS; at += FIELDS) {
      visit(this.#runs[at]!, this.#runs[at + 1]!, this.#runs[at + 2]!);
    }
  }

  /**
   * Divides the lines of a child: those in blocks go to `kept`, at their places in the parent. Returns the others.
   *
   * Costs time in proportion to runs and blocks if the runs are in order of lines. Each other run costs a search in the
   * blocks.
   */
  divide(blocks: Blocks, kept: OpenLines): OpenLines {
    const rest = new OpenLines();
    let block = 0;
    let before = 0;
    this.each((result, first, length) => {
      if (first < before) block = 0;
      before = first;
      const end = first + length;
      const shift = result - first;
      // The first block that ends beyond the line.
      if (block < blocks.length && blocks[block + 3]! <= first) block = blockBeyond(blocks, block, first);
      let line = first;
      for (let at = block; at < blocks.length && blocks[at + 2]! < end; at += 4) {
        const start = blocks[at + 2]!;
        const from = Math.max(line, start);
        const to = Math.min(end, blocks[at + 3]!);
        rest.add(line + shift, line, from - line);
        kept.add(from + shift, from + blocks[at]! - start, to - from);
        line = Math.max(line, to);
      }
      rest.add(line + shift, line, end - line);
    });
    return rest;
  }
}

/** The first block from `start` on that ends beyond a line of the child; `blocks.length` if none does. */
function blockBeyond(blocks: Blocks, start: number, line: number): number {
  // Near blocks come first: the next run is seldom far.
  for (let near = start + 4; near < start + 4 * 8; near += 4) {
    if (near >= blocks.length || blocks[near + 3]! > line) return Math.min(near, blocks.length);
  }
  let low = start / 4;
  let high = blocks.length / 4;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (blocks[middle * 4 + 3]! > line) high = middle;
    else low = middle + 1;
  }
  return low * 4;
}
