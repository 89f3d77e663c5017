// The parts of commits and trees.
import { QuicksilverError } from '../../base/errors.ts';
import type { ObjectFormat } from './objectFormat.ts';

/** The kind bits of a mode, as in `st_mode`. */
export const KIND_MASK = 0o170000;
export const DIRECTORY_MODE = 0o040000;
export const REGULAR_MODE = 0o100644;
export const EXECUTABLE_MODE = 0o100755;
export const SYMLINK_MODE = 0o120000;
export const GITLINK_MODE = 0o160000;

export interface Commit {
  /** In hexadecimal. */
  readonly tree: string;
  readonly parents: readonly string[];
  /** Seconds since 1970 of the committer; 0 if there is none. */
  readonly time: number;
}

/** Reads a commit. Throws 'corrupt' if it names no tree. */
export function parseCommit(data: Buffer, format: ObjectFormat, id: string): Commit {
  const digits = format.length * 2;
  const end = data.indexOf('\n\n');
  const lines = data.toString('latin1', 0, end < 0 ? data.length : end).split('\n');
  const tree = new RegExp(`^tree ([0-9a-f]{${digits}})$`).exec(lines[0] ?? '')?.[1];
  if (tree === undefined) throw new QuicksilverError('corrupt', `commit ${id} names no tree`);
  const parents: string[] = [];
  const parent = new RegExp(`^parent ([0-9a-f]{${digits}})$`);
  let at = 1;
  for (let match; (match = parent.exec(lines[at] ?? '')) !== null; at++) parents.push(match[1]!);
  const committer = lines.find(line => line.startsWith('committer '));
  return { tree, parents, time: Number(/> (\d+)(?: [-+]\d+)?$/.exec(committer ?? '')?.[1] ?? 0) };
}

export interface TreeEntry {
  /** The mode with which the entry is recorded, regular files reduced to 644 and 755. */
  readonly mode: number;
  /** One component, as a byte string. */
  readonly name: string;
  /** In hexadecimal. */
  readonly id: string;
}

/** Reads a tree, in its own order: as if the names of directories ended in '/'. Throws 'corrupt' if it is malformed. */
export function parseTree(data: Buffer, format: ObjectFormat, id: string): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < data.length;) {
    const { entry, end } = parseTreeEntry(data, at, format, id);
    entries.push(entry);
    at = end;
  }
  return entries;
}

/** Reads one entry of a tree, and where it ends. Throws as {@link parseTree}. */
export function parseTreeEntry(
  data: Buffer,
  at: number,
  format: ObjectFormat,
  id: string,
): { readonly entry: TreeEntry; readonly end: number } {
  const blank = data.indexOf(0x20, at);
  const nul = blank < 0 ? -1 : data.indexOf(0, blank);
  const end = nul + 1 + format.length;
  if (nul < 0 || blank - at > 7 || end > data.length) throw new QuicksilverError('corrupt', `tree ${id} is malformed`);
  const mode = Number.parseInt(data.toString('latin1', at, blank), 8);
  const name = data.toString('latin1', blank + 1, nul);
  if (Number.isNaN(mode) || name === '' || name.includes('/')) {
    throw new QuicksilverError('corrupt', `tree ${id} has an entry that cannot be`);
  }
  return { entry: { mode: canonicalMode(mode), name, id: data.toString('hex', nul + 1, end) }, end };
}

/** Regular files are 644 or 755 by the owner's execute bit; old trees have other bits. */
export function canonicalMode(mode: number): number {
  const kind = mode & KIND_MASK;
  if (kind === SYMLINK_MODE || kind === GITLINK_MODE || kind === DIRECTORY_MODE) return kind;
  return (mode & 0o100) !== 0 ? EXECUTABLE_MODE : REGULAR_MODE;
}
