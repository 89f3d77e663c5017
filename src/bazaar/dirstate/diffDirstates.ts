// Which paths two dirstates record differently. Stats that commands put into their cache make no difference.
import type { BytePath } from '../../base/bytePath.ts';
import type { BazaarDirstate } from './bazaarDirstate.ts';
import { NO_BASE, TOLD } from './dirstateTree.ts';

const NONE = -1;

/** Calls `changed` for each path whose record differs. Both trees are walked side by side, in the order of names. */
export function diffDirstates(from: BazaarDirstate, to: BazaarDirstate, changed: (path: BytePath) => void): void {
  const pending: [before: number, after: number][] = [[from.root, to.root]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [before, after] = next;
    if (before === NONE || after === NONE || !isSameRecord(from, before, to, after)) {
      changed(before === NONE ? to.path(after) : from.path(before));
    }
    let old = before === NONE ? 0 : from.firstChild(before);
    const oldEnd = before === NONE ? 0 : old + from.childCount(before);
    let own = after === NONE ? 0 : to.firstChild(after);
    const ownEnd = after === NONE ? 0 : own + to.childCount(after);
    while (old < oldEnd || own < ownEnd) {
      const order = old === oldEnd ? 1 : own === ownEnd ? -1 : compareNames(from, old, to, own);
      pending.push([order <= 0 ? old++ : NONE, order >= 0 ? own++ : NONE]);
    }
  }
}

function compareNames(a: BazaarDirstate, nodeA: number, b: BazaarDirstate, nodeB: number): number {
  const [treeA, treeB] = [a.tree, b.tree];
  const [startA, startB] = [treeA.pathOffset[nodeA]!, treeB.pathOffset[nodeB]!];
  return Buffer.compare(
    treeA.bytes.subarray(startA + treeA.baseStart[nodeA]!, startA + treeA.pathLength[nodeA]!),
    treeB.bytes.subarray(startB + treeB.baseStart[nodeB]!, startB + treeB.pathLength[nodeB]!),
  );
}

function isSameRecord(a: BazaarDirstate, nodeA: number, b: BazaarDirstate, nodeB: number): boolean {
  const [treeA, treeB] = [a.tree, b.tree];
  if (((treeA.flags[nodeA]! ^ treeB.flags[nodeB]!) & ~TOLD) !== 0) return false;
  const [baseA, baseB] = [treeA.base[nodeA]!, treeB.base[nodeB]!];
  if (baseA === NO_BASE || baseB === NO_BASE) return baseA === baseB;
  if (treeA.oldPaths.has(nodeA) && a.oldPath(nodeA) !== b.oldPath(nodeB)) return false;
  return isSameContent(treeA.bytes, baseA, treeB.bytes, baseB);
}

/** Compares kind, fingerprint, size and execute bit: the first four fields, each with its NUL. */
function isSameContent(a: Buffer, atA: number, b: Buffer, atB: number): boolean {
  for (let at = 0, fields = 0; fields < 4; at++) {
    const byte = a[atA + at];
    if (byte !== b[atB + at] || byte === undefined) return false;
    if (byte === 0) fields++;
  }
  return true;
}
