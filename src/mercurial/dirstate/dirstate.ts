import type { BytePath } from '../../base/bytePath.ts';
import { bytePath } from '../../base/bytePath.ts';
import type { FileStat } from '../../base/fileStat.ts';
import type { FileIdentity } from '../../files/vfs.ts';
import { findNode } from '../../base/findNode.ts';
import {
  ALL_UNKNOWN_RECORDED,
  DIRECTORY,
  ENTRY_MASK,
  EXPECTED_STATE_IS_MODIFIED,
  HAS_FALLBACK_EXEC,
  HAS_FALLBACK_SYMLINK,
  HAS_MODE_AND_SIZE,
  HAS_MTIME,
  MODE_EXEC_PERM,
  MTIME_SECOND_AMBIGUOUS,
  P1_TRACKED,
  P2_INFO,
  WDIR_TRACKED,
  allocateNodes,
  finishTable,
  type NodeTable,
} from './nodeTable.ts';
import { compareStat, type FileSystemTraits, type StatVerdict } from './statRule.ts';

/** The id of the null revision: what the parents of an empty working copy are. */
export const NULL_ID = '0'.repeat(40);

/** The parts of a dirstate outside its nodes. */
export interface DirstateHeader {
  /** 40 hexadecimal digits; {@link NULL_ID} if there is none. */
  readonly p1: string;
  readonly p2: string;
  /** 'none': there is no dirstate file, or an empty one. */
  readonly format: 'v1' | 'v2' | 'none';
  /** The state of the file `.hg/dirstate` that was read; undefined if there is none. */
  readonly identity: FileIdentity | undefined;
  readonly traits: FileSystemTraits;
  /** False if the history has no such first parent. Default: true. */
  readonly parentExists?: boolean | undefined;
  /** Version 2: what the cached directory mtimes are valid for. */
  readonly ignoreHash?: Uint8Array | undefined;
  /** Version 2: the data file's id. */
  readonly dataId?: string | undefined;
}

/** The time of a directory at which nothing unknown was in it. */
export interface DirectoryMtime {
  /** The low 31 bits. */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** True if the directory may have changed again within that second. */
  readonly ambiguous: boolean;
}

/** The recorded state of a path, before any stat. See EntryKind of the engine. */
type RecordedKind = 'none' | 'added' | 'removed' | 'changed' | 'tracked';

/** {@link Dirstate.columns}. A recorded copy is doubtful. */
export interface CleanColumns extends Pick<
  NodeTable,
  | 'pathOffset'
  | 'pathLength'
  | 'baseStart'
  | 'firstChild'
  | 'childCount'
  | 'flags'
  | 'size'
  | 'mtimeSeconds'
  | 'mtimeNanoseconds'
> {
  readonly names: Uint8Array;
  readonly doubtful: Uint32Array;
  readonly rule: {
    readonly mask: number;
    readonly value: number;
    readonly executable: number;
    readonly entry: number;
  };
}

/** Flags of a file that a stat can prove clean: tracked in both, with a usable size and time, and nothing doubtful. */
const CLEAN_VALUE = WDIR_TRACKED | P1_TRACKED | HAS_MODE_AND_SIZE | HAS_MTIME;
const CLEAN_MASK =
  CLEAN_VALUE |
  P2_INFO |
  EXPECTED_STATE_IS_MODIFIED |
  MTIME_SECOND_AMBIGUOUS |
  HAS_FALLBACK_EXEC |
  HAS_FALLBACK_SYMLINK;

/**
 * A dirstate, whichever format it has: the tracked paths as a tree, and what is recorded for each. Immutable; node ids
 * belong to one instance. It is the engine's stat cache by its shape.
 */
export class Dirstate {
  readonly root = 0;
  readonly p1: string;
  readonly p2: string;
  readonly format: 'v1' | 'v2' | 'none';
  readonly identity: FileIdentity | undefined;
  /** Copies are shown only while there is a first parent, and one that the history has. */
  readonly showsCopies: boolean;
  /** 20 bytes, zeros if nothing is recorded. */
  readonly ignoreHash: Uint8Array;
  /** For this folder's own files: the columns behind the methods. */
  readonly table: NodeTable;
  /** For this folder's own files: which data file the nodes are from; '' if from none. */
  readonly dataId: string;
  /** For this folder's own files. */
  readonly traits: FileSystemTraits;

  constructor(table: NodeTable, header: DirstateHeader) {
    this.table = table;
    this.p1 = header.p1;
    this.p2 = header.p2;
    this.format = header.format;
    this.identity = header.identity;
    this.showsCopies = header.p1 !== NULL_ID && header.parentExists !== false;
    this.ignoreHash = header.ignoreHash ?? new Uint8Array(20);
    this.dataId = header.dataId ?? '';
    this.traits = header.traits;
  }

  /** A dirstate without entries, as a working copy without a dirstate file has it. */
  static empty(header: DirstateHeader): Dirstate {
    return new Dirstate(finishTable(allocateNodes(Buffer.alloc(0), 1, false), 1), header);
  }

  get nodeCount(): number {
    return this.table.nodeCount;
  }

  get entryCount(): number {
    return this.table.entryCount;
  }

  /** True while a merge is going on: there is a second parent. */
  get isMerge(): boolean {
    return this.p2 !== NULL_ID;
  }

  /** The first child, if there is one: the others follow it. */
  firstChild(node: number): number {
    return this.table.firstChild[node]!;
  }

  childCount(node: number): number {
    return this.table.childCount[node]!;
  }

  /** The last component of the path; '' for the root. */
  name(node: number): string {
    const { bytes, pathOffset, pathLength, baseStart } = this.table;
    const offset = pathOffset[node]!;
    return bytes.toString('latin1', offset + baseStart[node]!, offset + pathLength[node]!);
  }

  path(node: number): BytePath {
    const { bytes, pathOffset, pathLength } = this.table;
    const offset = pathOffset[node]!;
    return bytePath(bytes.toString('latin1', offset, offset + pathLength[node]!));
  }

  /** The node of a path, or -1. Costs the logarithm of the sizes of the directories on the way. */
  find(path: BytePath): number {
    return findNode(this.table, path);
  }

  /**
   * Returns the recorded kind of a node. The first match wins:
   * 1. 'removed': no longer tracked in the working copy.
   * 2. 'changed': the second parent took part, even if the first parent lacks the file.
   * 3. 'added': the first parent lacks the file.
   * 4. 'tracked': everything else, also a recorded copy of a file of the first parent. {@link compareStat} handles
   *    that.
   */
  kind(node: number): RecordedKind {
    const flags = this.table.flags[node]!;
    if ((flags & ENTRY_MASK) === 0) return 'none';
    if ((flags & WDIR_TRACKED) === 0) return 'removed';
    if ((flags & P2_INFO) !== 0) return 'changed';
    return (flags & P1_TRACKED) === 0 ? 'added' : 'tracked';
  }

  /** For nodes of kind 'tracked', with the stat of a regular file or symbolic link. */
  compareStat(node: number, stat: FileStat): StatVerdict {
    const { table } = this;
    return compareStat(
      {
        flags: table.flags[node]!,
        size: table.size[node]!,
        mtimeSeconds: table.mtimeSeconds[node]!,
        mtimeNanoseconds: table.mtimeNanoseconds[node]!,
        isCopy: table.copyOffset[node] !== 0,
      },
      stat,
      this.traits,
    );
  }

  /**
   * The columns with which other threads and native code find surely clean files. Their shape is the engine's
   * StatColumns. The rule is the part of {@link compareStat} that returns 'clean' for a file of recorded size.
   */
  get columns(): CleanColumns {
    const { table } = this;
    return {
      names: table.bytes,
      pathOffset: table.pathOffset,
      pathLength: table.pathLength,
      baseStart: table.baseStart,
      firstChild: table.firstChild,
      childCount: table.childCount,
      flags: table.flags,
      size: table.size,
      mtimeSeconds: table.mtimeSeconds,
      mtimeNanoseconds: table.mtimeNanoseconds,
      doubtful: table.copyOffset,
      rule: {
        mask: CLEAN_MASK,
        value: CLEAN_VALUE,
        executable: this.traits.executableBit ? MODE_EXEC_PERM : 0,
        entry: ENTRY_MASK,
      },
    };
  }

  /** Where a tracked entry was copied from; as Mercurial does, none at all without {@link showsCopies}. */
  copySource(node: number): BytePath | undefined {
    const { bytes, copyOffset, copyLength, flags } = this.table;
    const offset = copyOffset[node]!;
    if (offset === 0 || (flags[node]! & WDIR_TRACKED) === 0 || !this.showsCopies) return undefined;
    return bytePath(bytes.toString('latin1', offset, offset + copyLength[node]!));
  }

  /** True if the path is tracked in the working copy: an entry that is not removed. */
  isTracked(node: number): boolean {
    return (this.table.flags[node]! & WDIR_TRACKED) !== 0;
  }

  /** True if a merge brought the tracked file from the second parent: the first has none of that path. */
  isFromOtherParent(node: number): boolean {
    return (this.table.flags[node]! & ENTRY_MASK) === (WDIR_TRACKED | P2_INFO);
  }

  /** True if the tracked file is in the first parent, and a merge put something of the second into it. */
  isMerged(node: number): boolean {
    return (this.table.flags[node]! & ENTRY_MASK) === ENTRY_MASK;
  }

  /**
   * The directory's recorded time, if at that time nothing unknown was in it that the patterns of {@link ignoreHash}
   * do not ignore. Only version 2 has it, and only some writers record it.
   */
  directoryMtime(node: number): DirectoryMtime | undefined {
    const { flags, mtimeSeconds, mtimeNanoseconds } = this.table;
    const needed = DIRECTORY | HAS_MTIME | ALL_UNKNOWN_RECORDED;
    if ((flags[node]! & needed) !== needed) return undefined;
    return {
      seconds: mtimeSeconds[node]!,
      nanoseconds: mtimeNanoseconds[node]!,
      ambiguous: (flags[node]! & MTIME_SECOND_AMBIGUOUS) !== 0,
    };
  }

  /** The nodes that are entries, a directory's before those below it. */
  *entries(): Generator<number> {
    const { flags, nodeCount } = this.table;
    for (let node = 0; node < nodeCount; node++) if ((flags[node]! & ENTRY_MASK) !== 0) yield node;
  }
}
