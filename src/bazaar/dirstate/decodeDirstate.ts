// Decodes a dirstate: a text header, then fields that end with NUL. Rows are ordered by directory (component by
// component), name and file id.
import { bytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { findNode, NOT_FOUND } from '../../base/findNode.ts';
import {
  ADDED,
  allocateColumns,
  DIRECTORY,
  EXECUTABLE,
  KIND,
  LIVE,
  MOVED,
  PAIRED,
  REFERENCE,
  REMOVED,
  SYMLINK,
  TOLD,
  TRACKED,
  type Columns,
  type DirstateTree,
  type PathRange,
  type ShadowedRow,
} from './dirstateTree.ts';
import {
  ABSENT,
  DIR,
  endOf,
  FILE,
  isBefore,
  isPresent,
  LINK,
  NESTED,
  numberAt,
  RELOCATED,
  sameBytes,
} from './fields.ts';
import { readHeader } from './header.ts';
import { PlainRows, type TakePlainRows } from './plainRows.ts';
import { CTIME, DEVICE, INODE, MTIME, SIZE, unpackStat } from './packedStat.ts';

const FIELDS = 5;
const LF = 0x0a;
const SLASH = 0x2f;
const MAX_PATH = 0xffff;
/** Directories above a file. Linux takes paths of 4,096 bytes, which have fewer. */
const MAX_DEPTH = 2048;

export interface DecodeOptions {
  /** Names the dirstate in errors. */
  readonly file: string;
  /** The low 32 bits of the device on which working files are expected; files elsewhere are doubtful. */
  readonly device: number;
  /** True if columns are made in memory that threads share. */
  readonly shared: boolean;
  /** Native code for most rows. */
  readonly takePlainRows?: TakePlainRows | undefined;
}

/**
 * Decodes the bytes of a dirstate, which are changed: see {@link DirstateTree.bytes}.
 * Throws a {@link ChecksumError}; 'corrupt' for damage; 'unsupported' for another format or a first parent that is
 * missing from the repository.
 */
export function decodeDirstate(bytes: Buffer, options: DecodeOptions): DirstateTree {
  return new Decoder(bytes, options).decode();
}

class Decoder {
  readonly #bytes: Buffer;
  readonly #options: DecodeOptions;
  readonly #words = new Uint32Array(6);
  #at = 0;
  #columns!: Columns;
  #trees = 1;
  #node = -1;
  readonly #directories = new Map<string, number>();
  /** File ids of directories of the first parent that are in no row with the working tree's, by path. */
  readonly #oldDirectories = new Map<string, string>();
  /** Nodes whose fields of the first parent are in another row. */
  readonly #relocated: number[] = [];
  /** Rows of the first parent whose file id the working tree has elsewhere, by file id. */
  readonly #sources = new Map<string, ShadowedRow>();
  readonly #oldPaths = new Map<number, PathRange>();
  readonly #shadowed: ShadowedRow[] = [];
  // The directory at hand.
  #blockOffset = -1;
  #blockLength = -1;
  #parent = 0;
  #hasSameParent = false;

  constructor(bytes: Buffer, options: DecodeOptions) {
    this.#bytes = bytes;
    this.#options = options;
  }

  decode(): DirstateTree {
    const { rows, at, parents, ghosts } = readHeader(this.#bytes, this.#options.file);
    this.#at = at;
    this.#trees = 1 + parents.filter(parent => !ghosts.has(parent)).length;
    const least = 4 + this.#trees * FIELDS;
    const bytes = this.#bytes;
    if (rows < 1 || rows > (bytes.length - this.#at) / least) throw this.#bad('has an impossible number of rows');
    if (bytes.at(-1) !== 0) throw this.#bad('is truncated');
    this.#columns = allocateColumns(rows, this.#options.shared);
    this.#rows(rows);
    if (this.#at !== bytes.length) throw this.#bad('goes on after its rows');
    this.#joinRelocated();
    return {
      bytes,
      ...this.#columns,
      ...this.#finish(),
      oldPaths: this.#oldPaths,
      shadowed: this.#shadowed,
      parents,
      ghosts: [...ghosts],
    };
  }

  #rows(rows: number): void {
    const { takePlainRows, device } = this.#options;
    const plain =
      takePlainRows && new PlainRows(takePlainRows, this.#bytes, this.#columns, { trees: this.#trees, device });
    let rowsLeft = rows;
    while (rowsLeft > 0) {
      this.#row();
      rowsLeft--;
      if (plain === undefined || this.#node < 0) continue;
      const place = plain.after({
        at: this.#at,
        node: this.#node,
        rowsLeft,
        blockOffset: this.#blockOffset,
        blockLength: this.#blockLength,
        parent: this.#parent,
        hasSameParent: this.#hasSameParent,
      });
      this.#at = place.at;
      this.#node = place.node;
      rowsLeft = place.rowsLeft;
      this.#blockOffset = place.blockOffset;
      this.#blockLength = place.blockLength;
      this.#parent = place.parent;
      this.#hasSameParent = place.hasSameParent;
    }
  }

  /** Moves behind the next `count` NULs. */
  #skip(count: number): void {
    const bytes = this.#bytes;
    const end = bytes.length;
    let at = this.#at;
    for (let left = count; left > 0; left--) {
      while (at < end && bytes[at] !== 0) at++;
      if (at++ >= end) throw this.#bad('is truncated');
    }
    this.#at = at;
  }

  #endRow(): void {
    if (this.#bytes[this.#at] !== LF || this.#bytes[this.#at + 1] !== 0) throw this.#bad('has a malformed row');
    this.#at += 2;
  }

  #row(): void {
    const bytes = this.#bytes;
    const start = this.#at;
    this.#skip(1);
    const directoryLength = this.#at - 1 - start;
    this.#skip(1);
    const isTop = directoryLength === 0;
    const offset = isTop ? start + 1 : start;
    const length = this.#at - 1 - offset;
    const baseStart = isTop ? 0 : directoryLength + 1;
    if (length > MAX_PATH) throw this.#bad('has a path that is too long');
    this.#skip(1);
    const working = this.#at;
    this.#skip(FIELDS);
    const base = this.#trees > 1 ? this.#at : 0;
    if (this.#trees > 1) this.#skip(FIELDS * (this.#trees - 1));
    this.#endRow();
    const workingKind = bytes[working]!;
    const baseKind = base === 0 ? ABSENT : bytes[base]!;
    this.#checkKind(working, workingKind);
    if (base !== 0) this.#checkKind(base, baseKind);
    if (length === 0) {
      this.#root(offset, working, base, workingKind, baseKind);
      return;
    }
    const isLive = isPresent(workingKind);
    if (!isLive && !isPresent(baseKind)) return;
    this.#checkName(offset, length, baseStart);
    this.#enterBlock(start, directoryLength);
    if (!isTop) bytes[offset + directoryLength] = SLASH;
    if (workingKind === FILE && baseKind === FILE && this.#hasSameParent && this.#isNext(offset, length, baseStart)) {
      this.#addFile(offset, length, baseStart, working, base);
      return;
    }
    this.#place({ offset, length }, baseStart, working, base, workingKind, baseKind);
  }

  #root(offset: number, working: number, base: number, workingKind: number, baseKind: number): void {
    if (workingKind !== DIR || (baseKind !== DIR && baseKind !== ABSENT)) {
      throw new QuicksilverError('unsupported', 'the root of the working tree has another file id than in its parent');
    }
    if (this.#node >= 0) throw this.#bad('has two roots');
    const node = this.#add({ offset, length: 0 }, 0);
    this.#columns.flags[node] = LIVE | DIRECTORY | (baseKind === DIR ? PAIRED : 0);
    this.#columns.working[node] = working;
    this.#columns.base[node] = baseKind === DIR ? base : 0;
    this.#directories.set('', node);
  }

  /** Finds the node of the directory that a row is in. */
  #enterBlock(start: number, length: number): void {
    const bytes = this.#bytes;
    if (length === this.#blockLength && sameBytes(bytes, start, this.#blockOffset, length)) return;
    const directory = bytes.toString('latin1', start, start + length);
    if (directory.split('/', MAX_DEPTH + 1).length > MAX_DEPTH) {
      const { file } = this.#options;
      throw new QuicksilverError('unsupported', `${file}: more than ${MAX_DEPTH} directories inside one another`, {
        file,
      });
    }
    const node = this.#nodeOf(directory);
    if (node === undefined) throw this.#bad('has a row without its directory');
    if (this.#columns.childCount[node] !== 0) throw this.#bad('has rows out of order');
    this.#blockOffset = start;
    this.#blockLength = length;
    this.#parent = node;
    this.#hasSameParent = (this.#columns.flags[node]! & PAIRED) !== 0;
    this.#columns.firstChild[node] = this.#node + 1;
  }

  #add({ offset, length }: PathRange, baseStart: number): number {
    const node = ++this.#node;
    const { pathOffset, pathLength, baseStart: starts, childCount } = this.#columns;
    pathOffset[node] = offset;
    pathLength[node] = length;
    starts[node] = baseStart;
    if (length > 0) childCount[this.#parent]!++;
    return node;
  }

  /** True if a row has another name than the one before, in order. */
  #isNext(offset: number, length: number, baseStart: number): boolean {
    const { pathOffset, pathLength, childCount } = this.#columns;
    if (childCount[this.#parent] === 0) return true;
    const last = pathOffset[this.#node]!;
    const from = last + baseStart;
    return isBefore(this.#bytes, from, last + pathLength[this.#node]!, offset + baseStart, offset + length);
  }

  /** Most rows: a file that both trees have, in the same directory. */
  #addFile(offset: number, length: number, baseStart: number, working: number, base: number): void {
    const columns = this.#columns;
    const node = ++this.#node;
    columns.pathOffset[node] = offset;
    columns.pathLength[node] = length;
    columns.baseStart[node] = baseStart;
    columns.childCount[this.#parent]!++;
    columns.working[node] = working;
    columns.base[node] = base;
    columns.flags[node] = LIVE | PAIRED | TRACKED;
    this.#stat(node, working, base, true);
  }

  #place(
    path: PathRange,
    baseStart: number,
    working: number,
    base: number,
    workingKind: number,
    baseKind: number,
  ): void {
    const { flags, pathOffset, pathLength, base: bases } = this.#columns;
    const isLive = isPresent(workingKind);
    const removed: ShadowedRow | undefined = isPresent(baseKind) ? { ...path, base } : undefined;
    if (removed !== undefined && workingKind === RELOCATED) this.#sources.set(this.#idAt(path), removed);
    if (removed !== undefined && baseKind === DIR && !isLive) {
      this.#oldDirectories.set(this.#pathText(path), this.#idAt(path));
    }
    let node = this.#node;
    if (!this.#isNext(path.offset, path.length, baseStart)) {
      const name = this.#pathText({ offset: pathOffset[node]!, length: pathLength[node]! });
      if (name !== this.#pathText(path)) throw this.#bad('has rows out of order');
      // Two file ids at one path: the node is that of the working tree, or else of what was removed.
      const known = flags[node]!;
      const isBetter = isLive ? (known & LIVE) === 0 : workingKind === ABSENT && (known & (LIVE | REMOVED)) === 0;
      if (isLive && (known & LIVE) !== 0) throw this.#bad('has two files at one path');
      if (!isBetter) {
        if (workingKind === ABSENT && removed !== undefined) this.#shadowed.push(removed);
        this.#directories.set(this.#directoryKey(path, workingKind, baseKind), node);
        return;
      }
      if ((known & REMOVED) !== 0) {
        this.#shadowed.push({ offset: pathOffset[node]!, length: pathLength[node]!, base: bases[node]! });
      }
      this.#columns.pathOffset[node] = path.offset;
    } else {
      node = this.#add(path, baseStart);
    }
    this.#fill(node, path, working, base, workingKind, baseKind);
    this.#directories.set(this.#directoryKey(path, workingKind, baseKind), node);
  }

  /** The node of a directory whose parents are complete. Breezy also has rows below a path that became a link. */
  #nodeOf(path: string): number | undefined {
    const known = this.#directories.get(path);
    if (known !== undefined) return known;
    const found = findNode({ ...this.#columns, bytes: this.#bytes }, bytePath(path));
    if (found === NOT_FOUND) return undefined;
    this.#directories.set(path, found);
    return found;
  }

  /** Mostly, only directories are parents of rows; other paths share one key that nothing asks for. */
  #directoryKey(path: PathRange, workingKind: number, baseKind: number): string {
    return workingKind === DIR || baseKind === DIR ? this.#pathText(path) : '\0';
  }

  #fill(node: number, path: PathRange, working: number, base: number, workingKind: number, baseKind: number): void {
    const columns = this.#columns;
    const isLive = isPresent(workingKind);
    let flags = isLive ? LIVE : workingKind === ABSENT ? REMOVED : 0;
    if (workingKind === DIR || workingKind === NESTED) flags |= DIRECTORY;
    if (workingKind === NESTED) flags |= REFERENCE;
    if (workingKind === LINK) flags |= SYMLINK;
    columns.working[node] = isLive ? working : 0;
    columns.base[node] = isPresent(baseKind) ? base : 0;
    columns.flags[node] = flags;
    if (!isLive) return;
    if (isPresent(baseKind)) {
      columns.flags[node] |= PAIRED;
      if (!this.#hasSameParent) this.#move(node, path);
      this.#compare(node);
    } else if (baseKind === RELOCATED) {
      this.#relocated.push(node);
    } else {
      columns.flags[node] |= ADDED;
    }
  }

  #move(node: number, oldPath: PathRange): void {
    this.#columns.flags[node]! |= MOVED;
    this.#oldPaths.set(node, oldPath);
  }

  /** Sets the flags and the columns that depend on the fields of both trees. */
  #compare(node: number): void {
    const { flags, working, base } = this.#columns;
    const bytes = this.#bytes;
    const workingKind = bytes[working[node]!]!;
    const baseKind = bytes[base[node]!]!;
    if (workingKind !== baseKind) {
      flags[node]! |= KIND;
      return;
    }
    if (workingKind !== FILE && workingKind !== LINK) return;
    flags[node]! |= TRACKED;
    this.#stat(node, working[node]!, base[node]!, workingKind === FILE);
  }

  #stat(node: number, working: number, base: number, isFile: boolean): void {
    const bytes = this.#bytes;
    const columns = this.#columns;
    const own = endOf(bytes, working + 2);
    const theirs = endOf(bytes, base + 2);
    const sizeEnd = endOf(bytes, own + 1);
    const theirSize = endOf(bytes, theirs + 1);
    if (isFile && bytes[theirSize + 1] === 0x79) columns.flags[node]! |= EXECUTABLE;
    const isSame = own - working === theirs - base && sameBytes(bytes, working + 2, base + 2, own - working - 2);
    const packed = endOf(bytes, sizeEnd + 1) + 1;
    const words = this.#words;
    const hasStat = unpackStat(bytes, packed, endOf(bytes, packed), words);
    if (hasStat) {
      columns.size[node] = words[SIZE]!;
      columns.mtimeSeconds[node] = words[MTIME]!;
      columns.ctimeSeconds[node] = words[CTIME]!;
      columns.inode[node] = words[INODE]!;
    }
    const isProof =
      hasStat &&
      isSame &&
      own > working + 2 &&
      words[DEVICE] === this.#options.device &&
      (!isFile || numberAt(bytes, own + 1, sizeEnd) === words[SIZE]);
    columns.doubtful[node] = isProof ? 0 : 1;
  }

  /** Finds the rows of the first parent for nodes that have another path there. */
  #joinRelocated(): void {
    const { base, pathOffset, pathLength, baseStart } = this.#columns;
    const sameDirectories = new Map<string, boolean>();
    for (const node of this.#relocated) {
      const path = { offset: pathOffset[node]!, length: pathLength[node]! };
      const source = this.#sources.get(this.#idAt(path));
      if (source === undefined) throw this.#bad('has a file of another path that is missing there');
      base[node] = source.base;
      this.#oldPaths.set(node, source);
      const name = this.#pathText(path).slice(baseStart[node]);
      const oldPath = this.#pathText(source);
      const slash = oldPath.lastIndexOf('/');
      const isRenamed =
        oldPath.slice(slash + 1) !== name ||
        !this.#hasSameDirectory(
          this.#pathText(path).slice(0, Math.max(0, baseStart[node]! - 1)),
          oldPath.slice(0, Math.max(0, slash)),
          sameDirectories,
        );
      if (isRenamed) this.#columns.flags[node]! |= MOVED;
      this.#compare(node);
    }
  }

  #hasSameDirectory(directory: string, oldDirectory: string, known: Map<string, boolean>): boolean {
    const key = `${directory}\0${oldDirectory}`;
    let same = known.get(key);
    if (same === undefined) {
      const node = this.#nodeOf(directory);
      const isLive = node !== undefined && (this.#columns.flags[node]! & LIVE) !== 0;
      same = isLive && this.#nodeId(node) === this.#oldDirectoryId(oldDirectory);
      known.set(key, same);
    }
    return same;
  }

  #oldDirectoryId(path: string): string | undefined {
    const id = this.#oldDirectories.get(path);
    if (id !== undefined) return id;
    const node = this.#nodeOf(path);
    return node !== undefined && (this.#columns.flags[node]! & PAIRED) !== 0 ? this.#nodeId(node) : undefined;
  }

  #finish(): { nodeCount: number; entryCount: number } {
    const { flags, childCount } = this.#columns;
    const nodeCount = this.#node + 1;
    if (nodeCount === 0) throw this.#bad('has no root');
    let entryCount = 0;
    for (let node = 0; node < nodeCount; node++) {
      const own = flags[node]!;
      const isPlain =
        (own & (LIVE | DIRECTORY | ADDED | MOVED | KIND | REFERENCE)) === (LIVE | DIRECTORY) && childCount[node] !== 0;
      if (!isPlain) flags[node] = own | TOLD;
      if ((own & LIVE) !== 0) entryCount++;
    }
    return { nodeCount, entryCount };
  }

  #nodeId(node: number): string {
    const { pathOffset, pathLength } = this.#columns;
    return this.#idAt({ offset: pathOffset[node]!, length: pathLength[node]! });
  }

  #idAt({ offset, length }: PathRange): string {
    const start = offset + length + 1;
    return this.#bytes.toString('latin1', start, endOf(this.#bytes, start));
  }

  #pathText({ offset, length }: PathRange): string {
    return this.#bytes.toString('latin1', offset, offset + length);
  }

  #checkName(offset: number, length: number, baseStart: number): void {
    const bytes = this.#bytes;
    const start = offset + baseStart;
    const end = offset + length;
    const count = end - start;
    const isDots = bytes[start] === 0x2e && (count === 1 || (count === 2 && bytes[start + 1] === 0x2e));
    if (count === 0 || isDots) throw this.#bad('has an impossible name');
    for (let at = start; at < end; at++) if (bytes[at] === SLASH) throw this.#bad('has an impossible name');
  }

  #checkKind(at: number, kind: number): void {
    if (this.#bytes[at + 1] !== 0 || !(isPresent(kind) || kind === ABSENT || kind === RELOCATED)) {
      throw this.#bad('has a row of an unknown kind');
    }
  }

  #bad(why: string): QuicksilverError {
    const { file } = this.#options;
    return new QuicksilverError('corrupt', `${file}: ${why}`, { file });
  }
}
