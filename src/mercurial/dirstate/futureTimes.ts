// Recorded times that prove nothing, because they are not in the past.
import { ENTRY_MASK, HAS_MTIME, shortened, type NodeTable } from './nodeTable.ts';

const DAY = 24 * 60 * 60;
const LOW_31_BITS = 0x7fffffff;

/**
 * Returns the table without the times of files in the present second, or up to a day ahead. A file with such a time may
 * change once more and keep it, so its content decides. Mercurial follows this rule since version 7.2, verified with
 * 7.2.4. A time that was in the future when it was read stays without effect until the dirstate is read again.
 *
 * @param now seconds since 1970
 */
export function withoutFutureTimes(table: NodeTable, now: number): NodeTable {
  const { mtimeSeconds, nodeCount } = table;
  const present = Math.floor(now);
  let flags: Uint16Array | undefined;
  for (let node = 0; node < nodeCount; node++) {
    // Recorded times have 31 bits.
    const ahead = (mtimeSeconds[node]! - present) & LOW_31_BITS;
    if (ahead > DAY || (table.flags[node]! & HAS_MTIME) === 0 || (table.flags[node]! & ENTRY_MASK) === 0) continue;
    flags ??= shortened(table.flags, nodeCount);
    flags[node]! &= ~HAS_MTIME;
  }
  return flags === undefined ? table : { ...table, flags };
}
