// Differences between two states of an index.
import { bytePath, type BytePath } from '../../base/bytePath.ts';
import { pathOf, STAT_BYTES, type EntryList } from './entryList.ts';
import type { GitIndex } from './gitIndex.ts';
import { NO_ENTRY, UNSURE } from './indexTree.ts';

/**
 * Reports the paths whose entry is not the same in both, ordered as in an index. A path with several stages is reported
 * once. An entry whose stat proves something in one of them only (see UNSURE) counts as changed.
 */
export function diffIndexes(from: GitIndex, to: GitIndex, report: (path: BytePath) => void): void {
  const a = from.list;
  const b = to.list;
  const doubts = [doubtsOf(from), doubtsOf(to)] as const;
  let last: string | undefined;
  const tell = (path: string): void => {
    if (path !== last) report(bytePath(path));
    last = path;
  };
  let i = 0;
  let k = 0;
  while (i < a.count || k < b.count) {
    const order = i === a.count ? 1 : k === b.count ? -1 : comparePaths(a, i, b, k);
    if (order < 0) tell(pathOf(a, i));
    if (order > 0) tell(pathOf(b, k));
    if (order === 0 && (doubts[0][i] !== doubts[1][k] || !sameEntry(a, i, b, k, to.header.format.length))) {
      tell(pathOf(b, k));
    }
    if (order <= 0) i++;
    if (order >= 0) k++;
  }
}

/** By entry: whether its stat proves nothing. */
function doubtsOf({ list, tree }: GitIndex): Uint8Array {
  const doubts = new Uint8Array(list.count);
  for (let node = 0; node < tree.nodeCount; node++) {
    const entry = tree.entry[node]!;
    if (entry !== NO_ENTRY) doubts[entry] = tree.doubtful[node]! & UNSURE;
  }
  return doubts;
}

function comparePaths(a: EntryList, i: number, b: EntryList, k: number): number {
  const [start, length] = [a.pathOffset[i]!, a.pathLength[i]!];
  const [otherStart, otherLength] = [b.pathOffset[k]!, b.pathLength[k]!];
  return a.names.compare(b.names, otherStart, otherStart + otherLength, start, start + length);
}

/** Everything but the name: stat, object name, flags. The length of the name, in the flags, is equal anyway. */
function sameEntry(a: EntryList, i: number, b: EntryList, k: number, idLength: number): boolean {
  const fixed = STAT_BYTES + idLength + 2;
  const at = a.at[i]!;
  const other = b.at[k]!;
  if (a.bytes.compare(b.bytes, other, other + fixed, at, at + fixed) !== 0) return false;
  const isExtended = (a.bytes[at + STAT_BYTES + idLength]! & 0x40) !== 0;
  return !isExtended || a.bytes.readUInt16BE(at + fixed) === b.bytes.readUInt16BE(other + fixed);
}
