// Version 1 of the dirstate: a header with the parents, then the entries one after another, in no particular order.
import { QuicksilverError } from '../../base/errors.ts';
import { checkComponent, type NameRules } from './component.ts';
import { DirectoryTable } from './directoryTable.ts';
import {
  HAS_MODE_AND_SIZE,
  HAS_MTIME,
  MAX_PATH_LENGTH,
  MODE_EXEC_PERM,
  MODE_IS_SYMLINK,
  P1_TRACKED,
  P2_INFO,
  WDIR_TRACKED,
  allocateNodes,
  compareRanges,
  finishTable,
  type NodeTable,
} from './nodeTable.ts';
import { MAX_DEPTH, beyondLimits, treeLimits } from './treeLimits.ts';

/** Two parents of 20 bytes. */
export const V1_HEADER_LENGTH = 40;
/** State, mode, size, mtime, length of the name. */
export const ENTRY_HEADER_LENGTH = 17;

/** The recorded size of an unsure file: only its content shows whether it is clean. */
const SIZE_UNKNOWN = -1;
/** The recorded size of an entry from the second parent. */
const SIZE_FROM_P2 = -2;

/**
 * The nodes of a version 1 dirstate of at least {@link V1_HEADER_LENGTH} bytes. Takes time in proportion to its size
 * whatever the order of the entries, except for the sorting of directories whose files are out of order.
 *
 * If a path comes twice, the later entry wins, as in Mercurial; an earlier copy source stays if the later has none.
 * Throws a QuicksilverError. 'corrupt': a truncated entry, an unknown state, an impossible path. 'unsupported': a tree
 * that is larger or deeper than {@link treeLimits} allows.
 *
 * native/decode_v1.c does the same.
 * @param shared whether the columns are made in memory that threads can share
 */
export function decodeV1(bytes: Buffer, rules: NameRules, shared = false): NodeTable {
  const entries = new EntryList(bytes, countEntries(bytes, rules.file), rules);
  return buildTree(bytes, entries, shared);
}

/** Bytes of the entry at `at`, whose header must be there; less than that of the header if its length is negative. */
export function entryLength(bytes: Uint8Array, at: number): number {
  return ENTRY_HEADER_LENGTH + int32(bytes, at + 13);
}

function corrupt(file: string, message: string): QuicksilverError {
  return new QuicksilverError('corrupt', `${file}: ${message}`, { file });
}

function countEntries(bytes: Buffer, file: string): number {
  let count = 0;
  let at = V1_HEADER_LENGTH;
  while (at < bytes.length) {
    if (at + ENTRY_HEADER_LENGTH > bytes.length) throw corrupt(file, `the entry at byte ${at} is truncated`);
    const length = int32(bytes, at + 13);
    if (length < 0 || at + ENTRY_HEADER_LENGTH + length > bytes.length) {
      throw corrupt(file, `the entry at byte ${at} is truncated or has a wrong length`);
    }
    at += ENTRY_HEADER_LENGTH + length;
    count++;
  }
  const { entries } = treeLimits(bytes.length);
  if (count > entries) throw beyondLimits(file, `has ${count} entries; at most ${entries} fit a file of its size`);
  return count;
}

/** The entries in the order of the file, with the directory each is in. */
class EntryList {
  readonly count: number;
  readonly directories: DirectoryTable;
  /** Where the entry starts. */
  readonly at: Uint32Array;
  readonly directory: Uint32Array;
  readonly pathLength: Uint16Array;
  readonly baseStart: Uint16Array;

  constructor(bytes: Buffer, count: number, rules: NameRules) {
    this.count = count;
    this.directories = new DirectoryTable(bytes);
    this.at = new Uint32Array(count);
    this.directory = new Uint32Array(count);
    this.pathLength = new Uint16Array(count);
    this.baseStart = new Uint16Array(count);
    this.#scan(bytes, rules);
  }

  /**
   * Finds each entry's directory. Consecutive entries mostly share theirs, so the directories of the previous entry are
   * kept. Only the components after the common ones are searched.
   */
  #scan(bytes: Buffer, rules: NameRules): void {
    const { count, directories, at: starts, directory: directoryOf, pathLength, baseStart } = this;
    const { file } = rules;
    /** On the way to the previous entry: each directory, and where its children's names start in the path. */
    const way: number[] = [0];
    const wayStarts: number[] = [0];
    const limits = treeLimits(bytes.length);
    let depth = 0;
    let previous = 0;
    let at = V1_HEADER_LENGTH;
    for (let entry = 0; entry < count; entry++) {
      const field = int32(bytes, at + 13);
      const path = at + ENTRY_HEADER_LENGTH;
      const end = path + field;

      const common = commonPrefix(bytes, path, previous, Math.min(field, wayStarts[depth]!));
      while (wayStarts[depth]! > common) depth--;

      let start = path + wayStarts[depth]!;
      let i: number;
      for (;;) {
        i = endOfComponent(bytes, start, end);
        if (i === end || bytes[i] === 0 || i - path > MAX_PATH_LENGTH) break;
        if (mayBeBad(bytes, start, i, rules)) checkComponent(bytes, start, i - start, depth === 0, rules);
        if (depth === MAX_DEPTH) {
          throw beyondLimits(rules.file, `the entry at byte ${at} is more than ${MAX_DEPTH} directories deep`);
        }
        const directory = directories.find(way[depth]!, path, start - path, i - path);
        start = i + 1;
        depth++;
        way[depth] = directory;
        wayStarts[depth] = start - path;
      }
      if (i - path > MAX_PATH_LENGTH || end - i - 1 > MAX_PATH_LENGTH) {
        throw corrupt(rules.file, `the entry at byte ${at} has a path of more than ${MAX_PATH_LENGTH} bytes`);
      }
      if (mayBeBad(bytes, start, i, rules)) checkComponent(bytes, start, i - start, depth === 0, rules);
      if (directories.count > limits.directories || directories.pathBytes > limits.pathBytes) {
        throw beyondLimits(
          rules.file,
          `its first ${entry + 1} entries name ${directories.count} directories with paths of ` +
            `${directories.pathBytes} bytes, too many for a file of ${bytes.length} bytes`,
        );
      }
      starts[entry] = at;
      directoryOf[entry] = way[depth]!;
      pathLength[entry] = i - path;
      baseStart[entry] = start - path;
      checkState(bytes, at, file);
      previous = path;
      at = end;
    }
  }
}

/** How many bytes at `a` and `b` are the same, up to `limit`; eight at a time, which is most of what decoding costs. */
function commonPrefix(bytes: Uint8Array, a: number, b: number, limit: number): number {
  let i = 0;
  for (; i + 8 <= limit; i += 8) {
    const p = a + i;
    const q = b + i;
    const difference =
      (bytes[p]! ^ bytes[q]!) |
      (bytes[p + 1]! ^ bytes[q + 1]!) |
      (bytes[p + 2]! ^ bytes[q + 2]!) |
      (bytes[p + 3]! ^ bytes[q + 3]!) |
      (bytes[p + 4]! ^ bytes[q + 4]!) |
      (bytes[p + 5]! ^ bytes[q + 5]!) |
      (bytes[p + 6]! ^ bytes[q + 6]!) |
      (bytes[p + 7]! ^ bytes[q + 7]!);
    if (difference !== 0) break;
  }
  while (i < limit && bytes[a + i] === bytes[b + i]) i++;
  return i;
}

/** Where the component that starts at `start` ends: at a slash, at the NUL before a copy source, or at `end`. */
function endOfComponent(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && bytes[i] !== 0x2f && bytes[i] !== 0) i++;
  return i;
}

/** True if a component without slash and NUL needs a full check; almost none does. */
function mayBeBad(bytes: Uint8Array, start: number, end: number, rules: NameRules): boolean {
  return start === end || bytes[start] === 0x2e || rules.windowsNames;
}

/** The signed number at `at`; several times as fast as a Buffer's own method, and the bounds were checked. */
function int32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

/** Throws a QuicksilverError, 'corrupt', if the state of the entry at `at` is unknown. */
export function checkState(bytes: Buffer, at: number, file: string): void {
  const state = bytes[at]!;
  if (state !== 0x6e && state !== 0x61 && state !== 0x72 && state !== 0x6d) {
    throw corrupt(file, `the entry at byte ${at} has the unknown state ${JSON.stringify(String.fromCharCode(state))}`);
  }
}

/**
 * Merges entries and directories into one tree. Both are grouped by directory, and each group is sorted if necessary.
 */
function buildTree(bytes: Buffer, entries: EntryList, shared: boolean): NodeTable {
  const { directories } = entries;
  const files = bucket(entries.directory, entries.count, directories.count);
  const folders = bucket(directories.parent.subarray(1), directories.count - 1, directories.count);
  const nodes = allocateNodes(bytes, entries.count + directories.count, false, shared);
  const nodeOfDirectory = new Uint32Array(directories.count);

  const fileOrder = (a: number, b: number): number =>
    compareRanges(
      bytes,
      entries.at[a]! + ENTRY_HEADER_LENGTH + entries.baseStart[a]!,
      entries.pathLength[a]! - entries.baseStart[a]!,
      bytes,
      entries.at[b]! + ENTRY_HEADER_LENGTH + entries.baseStart[b]!,
      entries.pathLength[b]! - entries.baseStart[b]!,
    );
  const folderOrder = (a: number, b: number): number =>
    compareRanges(
      bytes,
      directories.pathOffset[a + 1]! + directories.baseStart[a + 1]!,
      directories.pathLength[a + 1]! - directories.baseStart[a + 1]!,
      bytes,
      directories.pathOffset[b + 1]! + directories.baseStart[b + 1]!,
      directories.pathLength[b + 1]! - directories.baseStart[b + 1]!,
    );

  let next = 1;
  for (let directory = 0; directory < directories.count; directory++) {
    let file = files.starts[directory]!;
    let folder = folders.starts[directory]!;
    const fileEnd = files.starts[directory + 1]!;
    const folderEnd = folders.starts[directory + 1]!;
    sortIfNeeded(files.items.subarray(file, fileEnd), fileOrder);
    sortIfNeeded(folders.items.subarray(folder, folderEnd), folderOrder);

    const first = next;
    while (file < fileEnd || folder < folderEnd) {
      const node = next++;
      const order =
        file >= fileEnd ? 1 : folder >= folderEnd ? -1 : compareMixed(files.items[file]!, folders.items[folder]!);
      if (order >= 0) {
        const child = folders.items[folder++]! + 1;
        nodeOfDirectory[child] = node;
        nodes.pathOffset[node] = directories.pathOffset[child]!;
        nodes.pathLength[node] = directories.pathLength[child]!;
        nodes.baseStart[node] = directories.baseStart[child]!;
      }
      if (order <= 0) {
        const name = files.items[file]!;
        // The last of several entries with one path wins.
        do setEntry(nodes, node, entries, files.items[file++]!);
        while (file < fileEnd && fileOrder(name, files.items[file]!) === 0);
      }
    }
    const own = nodeOfDirectory[directory]!;
    nodes.firstChild[own] = first;
    nodes.childCount[own] = next - first;
  }
  return finishTable(nodes, next);

  function compareMixed(file: number, folder: number): number {
    return compareRanges(
      bytes,
      entries.at[file]! + ENTRY_HEADER_LENGTH + entries.baseStart[file]!,
      entries.pathLength[file]! - entries.baseStart[file]!,
      bytes,
      directories.pathOffset[folder + 1]! + directories.baseStart[folder + 1]!,
      directories.pathLength[folder + 1]! - directories.baseStart[folder + 1]!,
    );
  }
}

/** Groups the indexes 0 to `count` by `groupOf`, keeping their order: group g is items[starts[g]..starts[g + 1]]. */
function bucket(groupOf: Uint32Array, count: number, groups: number): { starts: Uint32Array; items: Uint32Array } {
  const starts = new Uint32Array(groups + 1);
  for (let i = 0; i < count; i++) starts[groupOf[i]! + 1]!++;
  for (let group = 0; group < groups; group++) starts[group + 1]! += starts[group]!;
  const items = new Uint32Array(count);
  const place = starts.slice();
  for (let i = 0; i < count; i++) items[place[groupOf[i]!]!++] = i;
  return { starts, items };
}

function sortIfNeeded(items: Uint32Array, order: (a: number, b: number) => number): void {
  for (let i = 1; i < items.length; i++) {
    if (order(items[i - 1]!, items[i]!) <= 0) continue;
    // Equal names stay in the order of the file, since the later one wins.
    items.sort((a, b) => order(a, b) || a - b);
    return;
  }
}

function setEntry(nodes: NodeTable, node: number, entries: EntryList, entry: number): void {
  const { bytes } = nodes;
  const at = entries.at[entry]!;
  const path = at + ENTRY_HEADER_LENGTH;
  const pathLength = entries.pathLength[entry]!;
  nodes.pathOffset[node] = path;
  nodes.pathLength[node] = pathLength;
  nodes.baseStart[node] = entries.baseStart[entry]!;

  const field = int32(bytes, at + 13);
  if (field > pathLength) {
    nodes.copyOffset[node] = path + pathLength + 1;
    nodes.copyLength[node] = field - pathLength - 1;
  }

  setFields(nodes, node, at);
}

/** Sets the fields of the entry at `at` except its names: flags, size and time. */
export function setFields(nodes: NodeTable, node: number, at: number): void {
  const { bytes } = nodes;
  const size = int32(bytes, at + 5);
  const mtime = int32(bytes, at + 9);
  let flags: number;
  let withSize = false;
  let withMtime = false;
  switch (bytes[at]!) {
    case 0x61: // a
      flags = WDIR_TRACKED;
      break;
    case 0x6d: // m
      flags = WDIR_TRACKED | P1_TRACKED | P2_INFO;
      break;
    case 0x72: // r
      flags = size === SIZE_UNKNOWN ? P1_TRACKED | P2_INFO : size === SIZE_FROM_P2 ? P2_INFO : P1_TRACKED;
      break;
    default: // n
      if (size === SIZE_FROM_P2) {
        flags = WDIR_TRACKED | P2_INFO;
        break;
      }
      flags = WDIR_TRACKED | P1_TRACKED;
      withSize = size >= 0;
      // A size that is unknown makes the mtime worthless; another negative one, Mercurial only leaves out. A negative
      // mtime equals no file's, whose seconds are taken without the sign.
      withMtime = size !== SIZE_UNKNOWN && mtime >= 0;
  }
  if (withSize) {
    const mode = int32(bytes, at + 1);
    flags |= HAS_MODE_AND_SIZE;
    if ((mode & 0o100) !== 0) flags |= MODE_EXEC_PERM;
    if ((mode & 0o170000) === 0o120000) flags |= MODE_IS_SYMLINK;
  }
  if (withMtime) flags |= HAS_MTIME;
  nodes.flags[node] = flags;
  nodes.size[node] = withSize ? size : 0;
  nodes.mtimeSeconds[node] = withMtime ? mtime : 0;
}
