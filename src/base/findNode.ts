// The nodes of a recorded tree by their paths.
import type { BytePath } from './bytePath.ts';
import type { TreeColumns } from './decodeAccelerators.ts';

/** The answer of {@link findNode} when there is no such node. */
export const NOT_FOUND = -1;

/** The columns of a tree that names are found in, and the bytes of the names. */
export type NamedColumns = Pick<
  TreeColumns,
  'pathOffset' | 'pathLength' | 'baseStart' | 'firstChild' | 'childCount'
> & { readonly bytes: Uint8Array };

/** The node of a path, or -1. Costs the logarithm of the sizes of the directories on the way. */
export function findNode(table: NamedColumns, path: BytePath): number {
  let node = 0;
  if (path === '') return node;
  for (let start = 0; start <= path.length;) {
    let end = path.indexOf('/', start);
    if (end < 0) end = path.length;
    node = findChild(table, node, path, start, end);
    if (node === NOT_FOUND) return NOT_FOUND;
    start = end + 1;
  }
  return node;
}

function findChild(table: NamedColumns, parent: number, path: string, start: number, end: number): number {
  let low = table.firstChild[parent]!;
  let high = low + table.childCount[parent]!;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = compareName(table, middle, path, start, end);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return NOT_FOUND;
}

/** Compares the name of a node with path[start..end]. */
function compareName(table: NamedColumns, node: number, path: string, start: number, end: number): number {
  const { bytes, pathOffset, pathLength, baseStart } = table;
  const at = pathOffset[node]! + baseStart[node]!;
  const length = pathLength[node]! - baseStart[node]!;
  const common = Math.min(length, end - start);
  for (let i = 0; i < common; i++) {
    const difference = bytes[at + i]! - path.charCodeAt(start + i);
    if (difference !== 0) return difference;
  }
  return length - (end - start);
}
