// Decides when a stat proves that a recorded file is clean: the CleanRule for threads that run JavaScript. Native code
// has its own copy (native/scan.c).
import type { StatColumns } from '../types.ts';

/** The fields of an lstat result (with big integers) that the rule uses. */
export interface LargeStat {
  isFile(): boolean;
  isSymbolicLink(): boolean;
  readonly size: bigint;
  readonly mode: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly ino: bigint;
  readonly uid: bigint;
  readonly gid: bigint;
}

const SECOND_NS = 1_000_000_000n;
const LOW_31_BITS = 0x7fff_ffff;
const ALL_BITS = -1;

/** True if some stat would prove a node with these flags clean. Only then is a stat worthwhile. */
export function mayBeClean({ rule }: Pick<StatColumns, 'rule'>, flags: number): boolean {
  return (flags & rule.mask) === rule.value;
}

/**
 * True if this stat proves the node clean; ask {@link mayBeClean} first. False for times before 1970, which need a
 * division that rounds down.
 */
export function provesClean(
  columns: Omit<StatColumns, 'names'>,
  node: number,
  flags: number,
  stat: LargeStat,
): boolean {
  if (columns.doubtful[node] !== 0 || !(stat.isFile() || stat.isSymbolicLink())) return false;
  if (Number(stat.size) !== columns.size[node] || stat.mtimeNs < 0n || stat.ctimeNs < 0n) return false;
  const { executable, symlink = 0, wholeSeconds = false, owner } = columns.rule;
  const isLink = stat.isSymbolicLink();
  if (symlink !== 0 && isLink !== ((flags & symlink) !== 0)) return false;
  // A link has no execute bit of its own: where the rule distinguishes links, it does not count.
  const comparesExecutable = executable !== 0 && !(symlink !== 0 && isLink);
  if (comparesExecutable && ((Number(stat.mode) & 0o100) !== 0) !== ((flags & executable) !== 0)) return false;
  const seconds = stat.mtimeNs / SECOND_NS;
  const bits = wholeSeconds ? ALL_BITS : LOW_31_BITS;
  if (((Number(BigInt.asUintN(32, seconds)) ^ columns.mtimeSeconds[node]!) & bits) !== 0) return false;
  if (!hasSameInode(columns, node, stat)) return false;
  if (owner !== undefined && (Number(stat.uid) !== owner.uid || Number(stat.gid) !== owner.gid)) return false;
  const recorded = columns.mtimeNanoseconds[node]!;
  if (recorded === 0) return true;
  const nanoseconds = Number(stat.mtimeNs - seconds * SECOND_NS);
  return nanoseconds === 0 || nanoseconds === recorded;
}

function hasSameInode(
  { ctimeSeconds, inode }: Pick<StatColumns, 'ctimeSeconds' | 'inode'>,
  node: number,
  stat: LargeStat,
): boolean {
  if (inode !== undefined && Number(BigInt.asUintN(32, stat.ino)) !== inode[node]) return false;
  if (ctimeSeconds === undefined) return true;
  return Number(BigInt.asUintN(32, stat.ctimeNs / SECOND_NS)) === ctimeSeconds[node];
}
