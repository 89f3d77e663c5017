// A dirstate as the engine's stat cache, and what it records of single paths.
import type { TreeColumns } from '../../base/decodeAccelerators.ts';
import { bytePath, type BytePath } from '../../base/bytePath.ts';
import type { FileStat } from '../../base/fileStat.ts';
import { findNode } from '../../base/findNode.ts';
import type { FileIdentity } from '../../files/vfs.ts';
import {
  ADDED,
  DIRECTORY,
  EXECUTABLE,
  KIND,
  LIVE,
  MOVED,
  NO_BASE,
  REFERENCE,
  REMOVED,
  SYMLINK,
  TOLD,
  TRACKED,
  type DirstateTree,
  type PathRange,
} from './dirstateTree.ts';
import { CTIME, DEVICE, INODE, MTIME, SIZE, unpackStat } from './packedStat.ts';

export type RecordedKind = 'file' | 'directory' | 'symlink' | 'tree-reference';

const KINDS: Readonly<Record<string, RecordedKind>> = {
  f: 'file',
  d: 'directory',
  l: 'symlink',
  t: 'tree-reference',
};

/** The record of a path in one tree. */
export interface RecordedEntry {
  readonly kind: RecordedKind;
  /** SHA-1 of a file in hexadecimal, target of a link, revision of a nested tree; byte strings. */
  readonly fingerprint: string;
  /** Bytes of a file. */
  readonly size: number;
  readonly executable: boolean;
  /** The packed stat, of the working tree; the revision of the last change, of a parent. */
  readonly last: string;
}

/** A path of the first parent that the working tree does not have. */
export interface RemovedEntry {
  readonly path: BytePath;
  readonly fileId: string;
  readonly entry: RecordedEntry;
}

type Kind =
  | 'none'
  | 'added'
  | 'removed'
  | 'changed'
  | 'tracked'
  | 'repository'
  | 'directory'
  | 'addedDirectory'
  | 'changedDirectory';

/** The engine's StatColumns by its shape. */
export interface BazaarColumns extends TreeColumns {
  readonly names: Uint8Array;
  readonly ctimeSeconds: Uint32Array;
  readonly inode: Uint32Array;
  readonly doubtful: Uint32Array;
  readonly rule: {
    readonly mask: number;
    readonly value: number;
    readonly executable: number;
    readonly entry: number;
    readonly symlink: number;
    readonly wholeSeconds: boolean;
  };
}

/** Immutable; node ids belong to one instance. */
export class BazaarDirstate {
  readonly root = 0;
  readonly tree: DirstateTree;
  /** The state of the file; undefined in tests. */
  readonly identity: FileIdentity | undefined;
  readonly #names: DirstateTree;
  readonly #columns: BazaarColumns | undefined;
  readonly #words = new Uint32Array(6);

  /** False if the recorded execute bits stand for those on disk. */
  readonly executableBit: boolean;

  /** @param hasColumns false if directories have to be listed by one thread */
  constructor(
    tree: DirstateTree,
    identity: FileIdentity | undefined,
    {
      hasColumns = true,
      executableBit = true,
    }: { readonly hasColumns?: boolean; readonly executableBit?: boolean } = {},
  ) {
    this.tree = tree;
    this.identity = identity;
    this.executableBit = executableBit;
    this.#names = tree;
    // The columns have the execute bits of the first parent, to compare with those on disk.
    this.#columns = hasColumns && executableBit ? columnsOf(tree) : undefined;
  }

  get nodeCount(): number {
    return this.tree.nodeCount;
  }

  get entryCount(): number {
    return this.tree.entryCount;
  }

  get columns(): BazaarColumns | undefined {
    return this.#columns;
  }

  firstChild(node: number): number {
    return this.tree.firstChild[node]!;
  }

  childCount(node: number): number {
    return this.tree.childCount[node]!;
  }

  name(node: number): string {
    const { bytes, pathOffset, pathLength, baseStart } = this.tree;
    const offset = pathOffset[node]!;
    return bytes.toString('latin1', offset + baseStart[node]!, offset + pathLength[node]!);
  }

  path(node: number): BytePath {
    return this.#text({ offset: this.tree.pathOffset[node]!, length: this.tree.pathLength[node]! });
  }

  find(path: BytePath): number {
    return findNode(this.#names, path);
  }

  kind(node: number): Kind {
    const flags = this.tree.flags[node]!;
    if ((flags & REMOVED) !== 0) return 'removed';
    if ((flags & LIVE) === 0) return 'none';
    if ((flags & DIRECTORY) !== 0) {
      if ((flags & (ADDED | MOVED)) !== 0) return 'addedDirectory';
      if ((flags & KIND) !== 0) return 'changedDirectory';
      return (flags & REFERENCE) === 0 ? 'directory' : 'repository';
    }
    if ((flags & (ADDED | MOVED)) !== 0) return 'added';
    return (flags & KIND) === 0 ? 'tracked' : 'changed';
  }

  /**
   * Compares a stat with the recorded one. With an equal packed stat, the recorded SHA-1 (or target) is that of the
   * file, and decides. Else a file of another size than the first parent's is modified, and any other is unsure.
   */
  compareStat(node: number, stat: FileStat): 'clean' | 'modified' | 'unsure' {
    const flags = this.tree.flags[node]!;
    const isLink = (flags & SYMLINK) !== 0;
    if (stat.kind !== (isLink ? 'symlink' : 'file')) return 'modified';
    if (!isLink && this.isExecutable(node, stat) !== ((flags & EXECUTABLE) !== 0)) return 'modified';
    const verdict = this.contentByStat(node, stat);
    if (verdict !== undefined) return verdict ? 'clean' : 'modified';
    return 'unsure';
  }

  /** True if the working tree has a file with the execute bit. */
  isExecutable(node: number, stat: FileStat): boolean {
    return stat.kind === 'file' && (this.executableBit ? stat.executable : this.working(node)?.executable === true);
  }

  /**
   * True if a stat proves that the content is that of the first parent, false if it proves another one. Undefined if
   * the content has to be read. For files and links that both trees record as such.
   */
  contentByStat(node: number, stat: FileStat): boolean | undefined {
    const { bytes, base, working } = this.tree;
    const own = this.#fields(working[node]!);
    const theirs = this.#fields(base[node]!);
    if (this.#hasPackedStat(own, stat)) {
      return bytes.toString('latin1', own[1], own[2]! - 1) === bytes.toString('latin1', theirs[1], theirs[2]! - 1);
    }
    if (stat.kind === 'file' && stat.size !== numberOf(bytes, theirs[2]!, theirs[3]! - 1)) return false;
    return undefined;
  }

  /** The path that a renamed file or directory has in the first parent. */
  copySource(node: number): BytePath | undefined {
    return (this.tree.flags[node]! & MOVED) === 0 ? undefined : this.oldPath(node);
  }

  /** The path in the first parent, which differs if a directory above was renamed; undefined for what was added. */
  oldPath(node: number): BytePath | undefined {
    if (this.tree.base[node] === NO_BASE) return undefined;
    const range = this.tree.oldPaths.get(node);
    return range === undefined ? this.path(node) : this.#text(range);
  }

  isRenamed(node: number): boolean {
    return (this.tree.flags[node]! & MOVED) !== 0;
  }

  isLive(node: number): boolean {
    return (this.tree.flags[node]! & LIVE) !== 0;
  }

  fileId(node: number): string {
    return this.#idAfter({ offset: this.tree.pathOffset[node]!, length: this.tree.pathLength[node]! });
  }

  working(node: number): RecordedEntry | undefined {
    const at = this.tree.working[node]!;
    return at === 0 ? undefined : this.#entry(at);
  }

  base(node: number): RecordedEntry | undefined {
    const at = this.tree.base[node]!;
    return at === NO_BASE ? undefined : this.#entry(at);
  }

  /** Nodes whose change is known before any stat, and nested trees. */
  shapedNodes(): number[] {
    const { flags, nodeCount } = this.tree;
    const found: number[] = [];
    for (let node = 0; node < nodeCount; node++) {
      if ((flags[node]! & (ADDED | MOVED | KIND | REFERENCE)) !== 0) found.push(node);
    }
    return found;
  }

  /** The paths that the first parent has and the working tree does not. */
  removed(): RemovedEntry[] {
    const { flags, nodeCount, shadowed } = this.tree;
    const found: RemovedEntry[] = [];
    for (let node = 0; node < nodeCount; node++) {
      if ((flags[node]! & REMOVED) === 0) continue;
      found.push({ path: this.path(node), fileId: this.fileId(node), entry: this.#entry(this.tree.base[node]!) });
    }
    for (const row of shadowed) {
      found.push({ path: this.#text(row), fileId: this.#idAfter(row), entry: this.#entry(row.base) });
    }
    return found;
  }

  #entry(at: number): RecordedEntry {
    const { bytes } = this.tree;
    const [kind, fingerprint, size, executable, last, end] = this.#fields(at) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return {
      kind: KINDS[String.fromCharCode(bytes[kind]!)]!,
      fingerprint: bytes.toString('latin1', fingerprint, size - 1),
      size: numberOf(bytes, size, executable - 1),
      executable: bytes[executable] === 0x79,
      last: bytes.toString('latin1', last, end - 1),
    };
  }

  /** Where the five fields that begin at `at` start, and where the last one's NUL is followed. */
  #fields(at: number): number[] {
    const starts = [at];
    for (let i = 0; i < 5; i++) starts.push(this.tree.bytes.indexOf(0, starts[i]) + 1);
    return starts;
  }

  #hasPackedStat(own: readonly number[], stat: FileStat): boolean {
    const { bytes } = this.tree;
    const words = this.#words;
    if (!unpackStat(bytes, own[4]!, own[5]! - 1, words)) return false;
    return (
      words[SIZE] === stat.size % 0x1_0000_0000 &&
      (stat.kind === 'symlink' || numberOf(bytes, own[2]!, own[3]! - 1) === stat.size) &&
      own[2]! - 1 > own[1]! &&
      words[MTIME] === stat.mtimeSeconds >>> 0 &&
      words[CTIME] === secondsOf(stat.ctimeNs) &&
      words[DEVICE] === Number(BigInt.asUintN(32, stat.device)) &&
      words[INODE] === Number(BigInt.asUintN(32, stat.inode))
    );
  }

  #idAfter({ offset, length }: PathRange): string {
    const { bytes } = this.tree;
    const start = offset + length + 1;
    return bytes.toString('latin1', start, bytes.indexOf(0, start));
  }

  #text({ offset, length }: PathRange): BytePath {
    return bytePath(this.tree.bytes.toString('latin1', offset, offset + length));
  }
}

function columnsOf(tree: DirstateTree): BazaarColumns {
  return {
    names: tree.bytes,
    pathOffset: tree.pathOffset,
    pathLength: tree.pathLength,
    baseStart: tree.baseStart,
    firstChild: tree.firstChild,
    childCount: tree.childCount,
    flags: tree.flags,
    size: tree.size,
    mtimeSeconds: tree.mtimeSeconds,
    mtimeNanoseconds: tree.mtimeNanoseconds,
    ctimeSeconds: tree.ctimeSeconds,
    inode: tree.inode,
    doubtful: tree.doubtful,
    rule: {
      mask: TRACKED | MOVED,
      value: TRACKED,
      executable: EXECUTABLE,
      entry: TOLD,
      symlink: SYMLINK,
      wholeSeconds: true,
    },
  };
}

function numberOf(bytes: Buffer, from: number, to: number): number {
  return Number(bytes.toString('latin1', from, to));
}

/** Whole seconds, rounded towards zero as Python's int() does, modulo 2^32. */
function secondsOf(nanoseconds: bigint): number {
  return Number(BigInt.asUintN(32, nanoseconds / 1_000_000_000n));
}
