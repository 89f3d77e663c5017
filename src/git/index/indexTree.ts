// The entries of an index as a tree of nodes in typed arrays: the form in which the engine walks them.
import type { NativeGitDecoders, TreeColumns } from '../../base/decodeAccelerators.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { ObjectFormat } from '../objects/objectFormat.ts';
import { GITLINK_MODE, KIND_MASK, SYMLINK_MODE } from '../objects/structures.ts';
import { beyondLimits, MAX_TREE_DEPTH, mostDirectories } from '../objects/treeLimits.ts';
import { ASSUME_VALID, EXTENDED, INTENT_TO_ADD, SKIP_WORKTREE, STAT_BYTES, type EntryList } from './entryList.ts';

/** Flags of a node. One without {@link ENTRY} is only a directory. */
export const ENTRY = 0x0001;
export const EXECUTABLE = 0x0002;
export const SYMLINK = 0x0004;
export const GITLINK = 0x0008;
/** The user promised that the file is unchanged. */
export const ASSUMED = 0x0010;
/** The file is not checked out (sparse checkout). */
export const SKIPPED = 0x0020;
export const INTENT = 0x0040;
/** There are entries of stages 1 to 3. */
export const UNMERGED = 0x0080;

/** {@link IndexTree.doubtful}: the entry was recorded so late, or in such a way, that its stat proves nothing. */
export const UNSURE = 1;
/** {@link IndexTree.doubtful}: the owner is another one than that of most entries. */
export const FOREIGN = 2;

/** {@link IndexTree.entry} of a mere directory. */
export const NO_ENTRY = 0xffff_ffff;

const SECOND_FLAGS = 2;
const STAGES = 0x3000;

/**
 * Node 0 is the root. The children of a node are contiguous and ordered by the bytes of their names; a parent comes
 * before its children. Paths are ranges of `bytes`.
 */
export interface IndexTree extends TreeColumns {
  readonly bytes: Buffer;
  readonly nodeCount: number;
  readonly entryCount: number;
  /** The flags that any node has. */
  readonly allFlags: number;
  /** The entry of a node, by its number in the list; the first of several stages. */
  readonly entry: Uint32Array;
  readonly ctimeSeconds: Uint32Array;
  readonly inode: Uint32Array;
  /** Not 0: an equal stat alone does not prove that the file is clean; {@link UNSURE}, {@link FOREIGN}. */
  readonly doubtful: Uint32Array;
}

export interface TreeOptions {
  readonly format: ObjectFormat;
  /** Names the index in errors. */
  readonly file: string;
  /** Seconds of the index file's mtime, modulo 2^32: a file changed in or after that second may have changed unseen. */
  readonly writtenAt: number;
  /** The owner whose entries a stat can prove clean; undefined if owners are not compared. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  /** True if columns are made in memory that threads share. */
  readonly shared: boolean;
  /** Builds the tree, where it can and no threads share it. */
  readonly native?: NativeGitDecoders | undefined;
}

/** Directories in the order in which they first appear, which is before what is in them. */
class Directories {
  readonly parent: number[] = [0];
  readonly pathOffset: number[] = [0];
  readonly pathLength: number[] = [0];
  readonly baseStart: number[] = [0];
  /** The entry before which the directory appears. */
  readonly before: number[] = [0];
  /** The entry of the same path, of a conflict of a file with a directory. */
  readonly entry: number[] = [NO_ENTRY];
  readonly children: number[] = [0];

  add(parent: number, offset: number, length: number, base: number, before: number): number {
    this.parent.push(parent);
    this.pathOffset.push(offset);
    this.pathLength.push(length);
    this.baseStart.push(base);
    this.before.push(before);
    this.entry.push(NO_ENTRY);
    this.children.push(0);
    this.children[parent]!++;
    return this.parent.length - 1;
  }
}

/**
 * Builds the tree of a list of entries.
 * Throws 'corrupt' for names that cannot be. Throws 'unsupported' for entries out of order or for directories, for a
 * file at the path of a directory, and beyond the limits.
 */
export function buildIndexTree(list: EntryList, options: TreeOptions): IndexTree {
  const built = options.shared ? undefined : buildNatively(list, options);
  if (built !== undefined) return built;
  const { directories, directoryOf } = findDirectories(list, options);
  return placeNodes(list, options, directories, directoryOf);
}

/** Returns undefined without native code, and for entries that it rejects. */
function buildNatively(list: EntryList, { native, format, writtenAt, owner }: TreeOptions): IndexTree | undefined {
  const { bytes, names, at, pathOffset, pathLength } = list;
  const emptyBlob = Buffer.from(format.emptyBlob, 'hex');
  const { uid, gid } = owner ?? { uid: 0, gid: 0 };
  const owned = owner !== undefined;
  const tree = native?.buildGitTree(bytes, names, at, pathOffset, pathLength, emptyBlob, writtenAt, owned, uid, gid);
  return tree ? { bytes: names, ...tree } : undefined;
}

/** {@link findDirectories} has this for an entry that shares the node of the one before, or of a directory. */
const WITHOUT_NODE = 0xffff_ffff;

function findDirectories(
  list: EntryList,
  { format, file }: TreeOptions,
): { directories: Directories; directoryOf: Uint32Array } {
  const { count, names, pathOffset, pathLength, bytes, at } = list;
  const flagsAt = STAT_BYTES + format.length;
  const directories = new Directories();
  const directoryOf = new Uint32Array(count);
  const most = mostDirectories(bytes.length);
  const bad = (entry: number, why: string): QuicksilverError =>
    new QuicksilverError('corrupt', `${file}: entry ${entry} ${why}`, { file });
  const unsupported = (why: string): QuicksilverError =>
    new QuicksilverError('unsupported', `${file}: ${why}`, { file });
  // Git 2.39 writes such an index after some commands in a sparse checkout, and later answers from it as it is.
  const unordered = (entry: number): QuicksilverError =>
    unsupported(`entry ${entry} is out of order, or a path is there twice`);
  /** Paths with stages, which may be directories, too. */
  const staged = new Map<string, number>();
  const way = [0];
  const wayEnds = [0];
  let depth = 0;
  let previous = 0;
  let previousLength = 0;
  for (let entry = 0; entry < count; entry++) {
    const offset = pathOffset[entry]!;
    const length = pathLength[entry]!;
    const shorter = Math.min(length, previousLength);
    let common = 0;
    while (common < shorter && names[offset + common] === names[previous + common]) common++;
    const stage = bytes[at[entry]! + flagsAt]! & (STAGES >> 8);
    if (common === length && common === previousLength && entry > 0) {
      const before = bytes[at[entry - 1]! + flagsAt]! & (STAGES >> 8);
      if (stage <= before) throw unordered(entry);
      directoryOf[entry] = WITHOUT_NODE;
      continue;
    }
    const isAfter = common === previousLength || names[offset + common]! > names[previous + common]!;
    if (length === 0) throw bad(entry, 'has a path that cannot be');
    if (common === length || !isAfter) throw unordered(entry);
    while (wayEnds[depth]! > common) depth--;
    let start = wayEnds[depth]!;
    for (let i = start; i < length; i++) {
      if (names[offset + i] !== 0x2f) continue;
      checkComponent(names, offset + start, i - start, entry, bad);
      if (depth === MAX_TREE_DEPTH) throw beyondLimits(file, `entry ${entry} has too many directories above it`);
      if (directories.parent.length > most) throw beyondLimits(file, `there are more than ${most} directories`);
      const directory = directories.add(way[depth]!, offset, i, start, entry);
      if (staged.size > 0) {
        const sameName = staged.get(names.toString('latin1', offset, offset + i));
        if (sameName !== undefined) {
          directories.entry[directory] = sameName;
          directories.children[directoryOf[sameName]!]!--;
          directoryOf[sameName] = WITHOUT_NODE;
        }
      }
      depth++;
      way[depth] = directory;
      wayEnds[depth] = start = i + 1;
    }
    // Git 2.39 writes directories without the extension `sdir` where a sparse index is split, too.
    if (start === length) throw unsupported(`entry ${entry} is a directory`);
    checkComponent(names, offset + start, length - start, entry, bad);
    directoryOf[entry] = way[depth]!;
    directories.children[way[depth]!]!++;
    if (stage !== 0) staged.set(names.toString('latin1', offset, offset + length), entry);
    previous = offset;
    previousLength = length;
  }
  return { directories, directoryOf };
}

function checkComponent(
  names: Buffer,
  start: number,
  length: number,
  entry: number,
  bad: (entry: number, why: string) => QuicksilverError,
): void {
  if (length > 0 && names[start] !== 0x2e) return;
  const name = names.toString('latin1', start, start + length);
  if (name === '' || name === '.' || name === '..' || name.toLowerCase() === '.git') {
    throw bad(entry, 'has a path that cannot be');
  }
}

function placeNodes(
  list: EntryList,
  options: TreeOptions,
  directories: Directories,
  directoryOf: Uint32Array,
): IndexTree {
  const { count } = list;
  const directoryCount = directories.parent.length;
  const blocks = new Uint32Array(directoryCount);
  let nodeCount = 1;
  for (let directory = 0; directory < directoryCount; directory++) {
    blocks[directory] = nodeCount;
    nodeCount += directories.children[directory]!;
  }
  const tree = allocate(list.names, nodeCount, options.shared);
  const fill = entryFiller(list, tree, options);
  const cursors = blocks.slice();
  const unordered = new Set<number>();
  tree.firstChild[0] = blocks[0]!;
  tree.childCount[0] = directories.children[0]!;
  let next = 1;
  let entryCount = 0;
  for (let entry = 0; entry < count; entry++) {
    while (next < directoryCount && directories.before[next] === entry) {
      const parent = directories.parent[next]!;
      const node = cursors[parent]!++;
      tree.pathOffset[node] = directories.pathOffset[next]!;
      tree.pathLength[node] = directories.pathLength[next]!;
      tree.baseStart[node] = directories.baseStart[next]!;
      tree.firstChild[node] = blocks[next]!;
      tree.childCount[node] = directories.children[next]!;
      const own = directories.entry[next]!;
      if (own !== NO_ENTRY) {
        fill(node, own);
        entryCount++;
      }
      // A directory is ordered as if its name ended in '/', so that files such as `a-` come before what is in `a`.
      if (node > blocks[parent]! && compareNames(tree, node - 1, node) >= 0) unordered.add(parent);
      next++;
    }
    const parent = directoryOf[entry]!;
    if (parent === WITHOUT_NODE) continue;
    const node = cursors[parent]!++;
    tree.pathOffset[node] = list.pathOffset[entry]!;
    tree.pathLength[node] = list.pathLength[entry]!;
    tree.baseStart[node] = parent === 0 ? 0 : directories.pathLength[parent]! + 1;
    fill(node, entry);
    entryCount++;
  }
  for (const directory of unordered)
    sortBlock(tree, blocks[directory]!, directories.children[directory]!, options.file);
  const allFlags = tree.flags.reduce((all, flags) => all | flags, 0);
  return { ...tree, nodeCount, entryCount, allFlags };
}

function entryFiller(list: EntryList, tree: Columns, options: TreeOptions): (node: number, entry: number) => void {
  const { bytes, at } = list;
  const { format, writtenAt, owner } = options;
  const flagsAt = STAT_BYTES + format.length;
  const empty = Buffer.from(format.emptyBlob, 'hex');
  const word = (offset: number): number =>
    ((bytes[offset]! << 24) | (bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8) | bytes[offset + 3]!) >>> 0;
  return (node, entry) => {
    const start = at[entry]!;
    const high = bytes[start + flagsAt]!;
    const mode = word(start + 24);
    let flags = ENTRY;
    const kind = mode & KIND_MASK;
    if (kind === SYMLINK_MODE) flags |= SYMLINK;
    else if (kind === GITLINK_MODE) flags |= GITLINK;
    else if ((mode & 0o100) !== 0) flags |= EXECUTABLE;
    if ((high & (ASSUME_VALID >> 8)) !== 0) flags |= ASSUMED;
    if ((high & (STAGES >> 8)) !== 0) flags |= UNMERGED;
    if ((high & (EXTENDED >> 8)) !== 0) {
      const second = bytes[start + flagsAt + SECOND_FLAGS]!;
      if ((second & (SKIP_WORKTREE >> 8)) !== 0) flags |= SKIPPED;
      if ((second & (INTENT_TO_ADD >> 8)) !== 0) flags |= INTENT;
    }
    const size = word(start + 36);
    const mtime = word(start + 8);
    tree.flags[node] = flags;
    tree.entry[node] = entry;
    tree.size[node] = size;
    tree.mtimeSeconds[node] = mtime;
    tree.mtimeNanoseconds[node] = word(start + 12);
    tree.ctimeSeconds[node] = word(start);
    tree.inode[node] = word(start + 20);
    const isRacy = writtenAt !== 0 && writtenAt <= mtime;
    // Git records size 0 for a file that it could not be sure of.
    const isSmudged = size === 0 && bytes.compare(empty, 0, empty.length, start + STAT_BYTES, start + flagsAt) !== 0;
    const isForeign = owner !== undefined && (word(start + 28) !== owner.uid || word(start + 32) !== owner.gid);
    if (isRacy || isSmudged || isForeign)
      tree.doubtful[node] = (isRacy || isSmudged ? UNSURE : 0) | (isForeign ? FOREIGN : 0);
  };
}

type Columns = Omit<IndexTree, 'nodeCount' | 'entryCount' | 'allFlags'>;

function allocate(bytes: Buffer, count: number, shared: boolean): Columns {
  const memory = (length: number): ArrayBuffer | SharedArrayBuffer =>
    shared ? new SharedArrayBuffer(length) : new ArrayBuffer(length);
  const wide = (): Uint32Array => new Uint32Array(memory(count * 4));
  const narrow = (): Uint16Array => new Uint16Array(memory(count * 2));
  return {
    bytes,
    pathOffset: wide(),
    pathLength: narrow(),
    baseStart: narrow(),
    firstChild: wide(),
    childCount: wide(),
    flags: narrow(),
    entry: wide().fill(NO_ENTRY),
    size: wide(),
    mtimeSeconds: wide(),
    mtimeNanoseconds: wide(),
    ctimeSeconds: wide(),
    inode: wide(),
    doubtful: wide(),
  };
}

function compareNames({ bytes, pathOffset, pathLength, baseStart }: Columns, a: number, b: number): number {
  const startA = pathOffset[a]! + baseStart[a]!;
  const startB = pathOffset[b]! + baseStart[b]!;
  const lengthA = pathLength[a]! - baseStart[a]!;
  const lengthB = pathLength[b]! - baseStart[b]!;
  const common = Math.min(lengthA, lengthB);
  for (let i = 0; i < common; i++) {
    const difference = bytes[startA + i]! - bytes[startB + i]!;
    if (difference !== 0) return difference;
  }
  return lengthA - lengthB;
}

/** Orders the children of a directory. Throws 'unsupported' if two have one name, as some merges leave them. */
function sortBlock(tree: Columns, first: number, count: number, file: string): void {
  const order = Array.from({ length: count }, (_, i) => first + i).sort((a, b) => compareNames(tree, a, b));
  for (let i = 1; i < count; i++) {
    if (compareNames(tree, order[i - 1]!, order[i]!) === 0) {
      throw new QuicksilverError('unsupported', `${file}: a path is a file and a directory`, { file });
    }
  }
  for (const column of Object.values(tree)) {
    if (!Buffer.isBuffer(column))
      column.set(
        order.map(node => column[node]!),
        first,
      );
  }
}
