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

/**
 * Completes a plan in native code (native/plan.c) with the same result; null if the columns are no tree, or memory is
 * short.
 * @param excluded nodes that are left out with everything below them
 * @param placeOf has the places of the first unit, and gets those of all others
 * @param nodes the directories of the first unit; empty if there is none
 */
export type DrawPlan = (
  firstChild: Uint32Array,
  childCount: Uint32Array,
  root: NodeId,
  excluded: Uint32Array,
  placeOf: Uint32Array,
  nodes: Uint32Array,
  parents: Uint32Array,
  unitNodes: number,
) => { readonly nodes: Uint32Array; readonly parents: Uint32Array; readonly ends: Uint32Array } | null;

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
 * @param drawPlan draws the plan, where it can
 */
export function planScan(
  input: StatusInput,
  unitNodes: number,
  first: readonly BytePath[] = [],
  drawPlan?: DrawPlan,
): ScanPlan {
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
  draftFirst(input, first, excluded, draft);
  const drawn = cache.columns && drawPlan && drawNatively(input, unitNodes, excluded, draft, drawPlan);
  const { nodes, parents, placeOf, units } = drawn ?? drawRest(input, unitNodes, excluded, draft);
  const skip = new Uint8Array(nodes.length);
  for (const node of skipped) {
    const place = placeOf[node]!;
    if (place !== NO_DIRECTORY) skip[place] = 1;
  }
  return { nodes, parents, skip, placeOf, units };
}

type DrawnPlan = Omit<ScanPlan, 'skip'>;

/** Makes the first unit. */
function draftFirst(
  { statCache: cache }: StatusInput,
  first: readonly BytePath[],
  excluded: ReadonlySet<NodeId>,
  draft: Draft,
): void {
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
}

function drawNatively(
  { statCache: cache }: StatusInput,
  unitNodes: number,
  excluded: ReadonlySet<NodeId>,
  draft: Draft,
  drawPlan: DrawPlan,
): DrawnPlan | undefined {
  const { firstChild, childCount } = cache.columns!;
  if (firstChild.length !== cache.nodeCount || childCount.length !== cache.nodeCount) return undefined;
  // If it fails, the draft must be as it was.
  const placeOf = draft.placeOf.slice();
  const first = [Uint32Array.from(draft.nodes), Uint32Array.from(draft.parents)] as const;
  const drawn = drawPlan(firstChild, childCount, cache.root, Uint32Array.from(excluded), placeOf, ...first, unitNodes);
  if (drawn === null) return undefined;
  const { nodes, parents, ends } = drawn;
  const units = Array.from(ends, (to, unit): Unit => ({ from: unit === 0 ? 0 : ends[unit - 1]!, to }));
  return { nodes, parents, placeOf, units };
}

function drawRest(
  { statCache: cache }: StatusInput,
  unitNodes: number,
  excluded: ReadonlySet<NodeId>,
  draft: Draft,
): DrawnPlan {
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
  return {
    nodes: Uint32Array.from(draft.nodes),
    parents: Uint32Array.from(draft.parents),
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
