// Plans a bulk scan: its directories, their order, and their portions.
import { parentPath, type BytePath } from '../../base/bytePath.ts';
import { NO_NODE, type NodeId, type StatusInput } from '../types.ts';

/** The place of a directory in a plan. */
export type DirectoryIndex = number;

/** Stands for "no directory" in {@link ScanPlan.parents} (the root) and {@link ScanPlan.placeOf} (not in the plan). */
export const NO_DIRECTORY = 0xffff_ffff;

/** A range of places that is scanned in one go. */
export interface Unit {
  readonly from: DirectoryIndex;
  readonly to: DirectoryIndex;
}

/** All recorded directories, each after its parent. Plain arrays, because other threads read them, too. */
export interface ScanPlan {
  readonly nodes: Uint32Array;
  /** The place of each one's parent. */
  readonly parents: Uint32Array;
  /** 1 if the directory has contents that a bulk scan does not know; another scan handles it. */
  readonly skip: Uint8Array;
  /** By node; {@link NO_DIRECTORY} for what is no recorded directory of this working copy. */
  readonly placeOf: Uint32Array;
  readonly units: readonly Unit[];
}

/** The first units are larger, up to this many times. */
const LARGEST = 4;
/** As long as there is so many times a unit's work left, units grow: what one begins late ends late. */
const LEFT_FOR_LARGER = 24;

/**
 * Plans a scan. Leaves out directories of other repositories with everything below them.
 *
 * The thread that takes results also reads other things, a manifest for example. It then hands out no units for a tenth
 * of a second. Units are large while much is left to do, so that no thread waits meanwhile.
 *
 * @param unitNodes the approximate number of recorded names in the smallest units
 * @param first directories that are wanted first; the first unit consists of them and the directories above them
 */
export function planScan(input: StatusInput, unitNodes: number, first: readonly BytePath[] = []): ScanPlan {
  const { statCache: cache, rules } = input;
  const excluded = new Set<NodeId>();
  const skipped = new Set<NodeId>();
  for (const path of rules.excluded) {
    const node = cache.find(path);
    if (node !== NO_NODE) excluded.add(node);
    // Only a scan of the parent directory shows whether it exists.
    const parent = cache.find(parentPath(path));
    if (parent !== NO_NODE) skipped.add(parent);
  }
  const draft = new Draft(cache.nodeCount);
  for (const directory of first) {
    let node: NodeId = cache.root;
    draft.add(node, NO_DIRECTORY);
    for (let end = 0; end < directory.length;) {
      const slash = directory.indexOf('/', end + 1);
      end = slash < 0 ? directory.length : slash;
      const child = cache.find(directory.slice(0, end) as BytePath);
      if (child === NO_NODE || cache.childCount(child) === 0 || excluded.has(child)) break;
      draft.add(child, draft.placeOf[node]!);
      node = child;
    }
  }
  if (draft.count > 0) draft.endUnit();
  const pending: NodeId[] = [cache.root];
  const parents: DirectoryIndex[] = [NO_DIRECTORY];
  let weight = 0;
  let left = cache.nodeCount;
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const parent = parents.pop()!;
    if (draft.placeOf[node] === NO_DIRECTORY) {
      draft.add(node, parent);
      weight += cache.childCount(node) + 1;
    }
    const place = draft.placeOf[node]!;
    const start = cache.firstChild(node);
    for (let child = start + cache.childCount(node) - 1; child >= start; child--) {
      if (cache.childCount(child) === 0 || excluded.has(child)) continue;
      pending.push(child);
      parents.push(place);
    }
    if (weight < Math.min(Math.max(left / LEFT_FOR_LARGER, unitNodes), unitNodes * LARGEST)) continue;
    draft.endUnit();
    left -= weight;
    weight = 0;
  }
  draft.endUnit();
  const skip = new Uint8Array(draft.count);
  for (const node of skipped) {
    const place = draft.placeOf[node]!;
    if (place !== NO_DIRECTORY) skip[place] = 1;
  }
  return {
    nodes: Uint32Array.from(draft.nodes),
    parents: Uint32Array.from(draft.parents),
    skip,
    placeOf: draft.placeOf,
    units: draft.units,
  };
}

class Draft {
  readonly nodes: number[] = [];
  readonly parents: number[] = [];
  readonly units: Unit[] = [];
  readonly placeOf: Uint32Array;

  constructor(nodeCount: number) {
    this.placeOf = new Uint32Array(nodeCount).fill(NO_DIRECTORY);
  }

  get count(): number {
    return this.nodes.length;
  }

  add(node: NodeId, parent: DirectoryIndex): void {
    if (this.placeOf[node] !== NO_DIRECTORY) return;
    this.placeOf[node] = this.nodes.length;
    this.nodes.push(node);
    this.parents.push(parent);
  }

  endUnit(): void {
    const from = this.units.at(-1)?.to ?? 0;
    if (this.nodes.length > from) this.units.push({ from, to: this.nodes.length });
  }
}
