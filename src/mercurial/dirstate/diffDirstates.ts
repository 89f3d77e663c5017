// Which paths are recorded differently in two dirstates: what has to be examined again when one replaces the other.
import type { BytePath } from '../../base/bytePath.ts';
import type { Dirstate } from './dirstate.ts';
import { ENTRY_MASK, compareRanges } from './nodeTable.ts';

/**
 * Calls `visit` once for each path whose entry differs between `before` and `after`, or exists in one only. The order
 * is undefined.
 *
 * Walks both trees in step, so a file costs a few comparisons, and an equal file builds no path. Skips a directory if
 * both trees have it at one place of the same append-only data file.
 */
export function diffDirstates(before: Dirstate, after: Dirstate, visit: (path: BytePath) => void): void {
  new Difference(before, after, visit).run();
}

/** Nodes that are compared in one go: so few that changes here and there leave many of them out. */
const BLOCK_NODES = 256;

class Difference {
  readonly #before: Dirstate;
  readonly #after: Dirstate;
  readonly #visit: (path: BytePath) => void;
  readonly #copiesDiffer: boolean;
  readonly #sharesData: boolean;
  /** Pairs of directories that are still to be compared. */
  readonly #pending: number[] = [];

  constructor(before: Dirstate, after: Dirstate, visit: (path: BytePath) => void) {
    this.#before = before;
    this.#after = after;
    this.#visit = visit;
    this.#copiesDiffer = before.showsCopies !== after.showsCopies;
    this.#sharesData = isContinued(before, after);
  }

  run(): void {
    if (this.#before.table.firstChild === this.#after.table.firstChild) {
      this.#sameNodes();
      return;
    }
    this.#pair(this.#before.root, this.#after.root);
    for (;;) {
      const after = this.#pending.pop();
      const before = this.#pending.pop();
      if (before === undefined || after === undefined) return;
      this.#children(before, after);
    }
  }

  /**
   * Compares a later dirstate that was made from the former, with the same paths at the same nodes. Almost all nodes
   * are equal then. Comparing blocks of memory finds them in a fraction of the time.
   */
  #sameNodes(): void {
    const { nodeCount } = this.#after.table;
    for (let from = 0; from < nodeCount; from += BLOCK_NODES) {
      const to = Math.min(from + BLOCK_NODES, nodeCount);
      if (!this.#copiesDiffer && this.#sameColumns(from, to)) continue;
      for (let node = from; node < to; node++) {
        if (!this.#sameEntry(node, node)) this.#visit(this.#after.path(node));
      }
    }
  }

  /** True if every column of the nodes from `from` to `to` is equal in both. */
  #sameColumns(from: number, to: number): boolean {
    const a = this.#before.table;
    const b = this.#after.table;
    return (
      // Copies are recorded at the same places, of equal bytes, or are not compared here.
      a.copyOffset === b.copyOffset &&
      sameRange(a.flags, b.flags, from, to) &&
      sameRange(a.size, b.size, from, to) &&
      sameRange(a.mtimeSeconds, b.mtimeSeconds, from, to) &&
      sameRange(a.mtimeNanoseconds, b.mtimeNanoseconds, from, to)
    );
  }

  #children(before: number, after: number): void {
    const a = this.#before.table;
    const b = this.#after.table;
    let i = a.firstChild[before]!;
    let j = b.firstChild[after]!;
    const iEnd = i + a.childCount[before]!;
    const jEnd = j + b.childCount[after]!;
    while (i < iEnd || j < jEnd) {
      const order = i >= iEnd ? 1 : j >= jEnd ? -1 : this.#compareNames(i, j);
      if (order < 0) visitAll(this.#before, i++, this.#visit);
      else if (order > 0) visitAll(this.#after, j++, this.#visit);
      else this.#pair(i++, j++);
    }
  }

  /** Two nodes of one path. */
  #pair(before: number, after: number): void {
    if (!this.#sameEntry(before, after)) this.#visit(this.#after.path(after));
    const a = this.#before.table;
    const b = this.#after.table;
    if (a.childCount[before] === 0 && b.childCount[after] === 0) return;
    if (
      this.#sharesData &&
      a.sourceOffset![before] === b.sourceOffset![after] &&
      a.childCount[before] === b.childCount[after]
    ) {
      return;
    }
    this.#pending.push(before, after);
  }

  #sameEntry(before: number, after: number): boolean {
    const a = this.#before.table;
    const b = this.#after.table;
    const flags = a.flags[before]!;
    const otherFlags = b.flags[after]!;
    if ((flags & ENTRY_MASK) === 0 && (otherFlags & ENTRY_MASK) === 0) return true;
    if (
      flags !== otherFlags ||
      a.size[before] !== b.size[after] ||
      a.mtimeSeconds[before] !== b.mtimeSeconds[after] ||
      a.mtimeNanoseconds[before] !== b.mtimeNanoseconds[after]
    ) {
      return false;
    }
    const copy = a.copyOffset[before]!;
    const otherCopy = b.copyOffset[after]!;
    if (copy === 0 || otherCopy === 0) return copy === otherCopy;
    return (
      !this.#copiesDiffer &&
      compareRanges(a.bytes, copy, a.copyLength[before]!, b.bytes, otherCopy, b.copyLength[after]!) === 0
    );
  }

  #compareNames(before: number, after: number): number {
    const a = this.#before.table;
    const b = this.#after.table;
    const start = a.baseStart[before]!;
    const otherStart = b.baseStart[after]!;
    return compareRanges(
      a.bytes,
      a.pathOffset[before]! + start,
      a.pathLength[before]! - start,
      b.bytes,
      b.pathOffset[after]! + otherStart,
      b.pathLength[after]! - otherStart,
    );
  }
}

function sameRange(a: Uint16Array | Uint32Array, b: Uint16Array | Uint32Array, from: number, to: number): boolean {
  return a === b || bytesOf(a, from, to).equals(bytesOf(b, from, to));
}

function bytesOf(
  { buffer, byteOffset, BYTES_PER_ELEMENT }: Uint16Array | Uint32Array,
  from: number,
  to: number,
): Buffer {
  return Buffer.from(buffer, byteOffset + from * BYTES_PER_ELEMENT, (to - from) * BYTES_PER_ELEMENT);
}

/** The entries at and below `top`. */
function visitAll(dirstate: Dirstate, top: number, visit: (path: BytePath) => void): void {
  const { flags, firstChild, childCount } = dirstate.table;
  const pending = [top];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if ((flags[node]! & ENTRY_MASK) !== 0) visit(dirstate.path(node));
    for (let i = 0; i < childCount[node]!; i++) pending.push(firstChild[node]! + i);
  }
}

/**
 * True if `after` was read from the data file of `before`, which was only appended to meanwhile. Equal places then mean
 * equal nodes. The check compares the bytes, which is still far faster than a walk.
 */
function isContinued(before: Dirstate, after: Dirstate): boolean {
  if (before.table.sourceOffset === undefined || after.table.sourceOffset === undefined) return false;
  if (before.dataId === '' || before.dataId !== after.dataId) return false;
  const length = before.table.bytes.length;
  if (length > after.table.bytes.length) return false;
  return before.table.bytes.equals(after.table.bytes.subarray(0, length));
}
