// An index as the engine's stat cache: the tracked paths as a tree, and what is recorded for each.
import { bytePath, type BytePath } from '../../base/bytePath.ts';
import type { NativeGitDecoders } from '../../base/decodeAccelerators.ts';
import type { FileStat } from '../../base/fileStat.ts';
import { findNode } from '../../base/findNode.ts';
import type { FileIdentity } from '../../files/vfs.ts';
import type { ObjectFormat } from '../objects/objectFormat.ts';
import { GITLINK_MODE, KIND_MASK } from '../objects/structures.ts';
import { decodeCacheTree, type CachedTree } from './cacheTree.ts';
import { idOf, modeOf, pathOf, stageOf, STAT_BYTES, type EntryList } from './entryList.ts';
import {
  ASSUMED,
  ENTRY,
  EXECUTABLE,
  GITLINK,
  INTENT,
  NO_ENTRY,
  SKIPPED,
  SYMLINK,
  UNMERGED,
  UNSURE,
  type IndexTree,
} from './indexTree.ts';

/** How stats are compared: settings of the repository, and what its file system can record. */
export interface StatSettings {
  /** core.fileMode: the execute bit counts. */
  readonly executableBit: boolean;
  /** core.symlinks: symbolic links are links; else files with the target in them stand for links. */
  readonly symlinks: boolean;
  /** core.trustctime, and core.checkStat is not minimal. */
  readonly ctime: boolean;
  /** core.checkStat is not minimal: inode and owner count. */
  readonly inode: boolean;
  /** core.sparseCheckout: without it, entries with skip-worktree count as clean whatever is there. */
  readonly sparse: boolean;
}

/** One stage of a path with a conflict. */
export interface Stage {
  readonly mode: number;
  /** In hexadecimal. */
  readonly id: string;
}

export interface IndexHeader {
  readonly format: ObjectFormat;
  readonly settings: StatSettings;
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  /** The states of the index and of its shared file; undefined if there is none. */
  readonly identity: FileIdentity | undefined;
  readonly sharedFile: string | undefined;
  readonly sharedIdentity: FileIdentity | undefined;
  /** The extension TREE. */
  readonly cachedTrees: Buffer | undefined;
  /** The extension UNTR. */
  readonly untracked: Buffer | undefined;
  readonly file: string;
  /** Native code for what is decoded later. */
  readonly native: NativeGitDecoders | undefined;
}

/** The engine's StatColumns by its shape. */
export interface IndexColumns extends Omit<
  IndexTree,
  'bytes' | 'nodeCount' | 'entryCount' | 'allFlags' | 'entry' | 'ctimeSeconds' | 'inode'
> {
  readonly names: Uint8Array;
  readonly ctimeSeconds: Uint32Array | undefined;
  readonly inode: Uint32Array | undefined;
  readonly rule: {
    readonly mask: number;
    readonly value: number;
    readonly executable: number;
    readonly entry: number;
    readonly symlink: number;
    readonly wholeSeconds: boolean;
    readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  };
}

type Kind = 'none' | 'added' | 'changed' | 'tracked' | 'repository' | 'assumed' | 'optional';

/** Only a node whose flags are ENTRY under this mask can be proved clean by an equal stat. */
const CLEAN_MASK = ENTRY | GITLINK | ASSUMED | SKIPPED | INTENT | UNMERGED;

/** Immutable; node ids belong to one instance. */
export class GitIndex {
  readonly root = 0;
  readonly list: EntryList;
  readonly tree: IndexTree;
  readonly header: IndexHeader;

  constructor(list: EntryList, tree: IndexTree, header: IndexHeader) {
    this.list = list;
    this.tree = tree;
    this.header = header;
  }

  get nodeCount(): number {
    return this.tree.nodeCount;
  }

  get entryCount(): number {
    return this.tree.entryCount;
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
    const { bytes, pathOffset, pathLength } = this.tree;
    const offset = pathOffset[node]!;
    return bytePath(bytes.toString('latin1', offset, offset + pathLength[node]!));
  }

  find(path: BytePath): number {
    return findNode(this.tree, path);
  }

  /**
   * Returns how a path is recorded: 'added' is intent to add, 'changed' a conflict, 'repository' a gitlink. An entry
   * with assume-valid counts as clean whatever is there; one with skip-worktree if nothing is there.
   */
  kind(node: number): Kind {
    const flags = this.tree.flags[node]!;
    if ((flags & ENTRY) === 0) return 'none';
    if ((flags & UNMERGED) !== 0) return 'changed';
    if ((flags & ASSUMED) !== 0) return 'assumed';
    if ((flags & SKIPPED) !== 0) return this.header.settings.sparse ? 'optional' : 'assumed';
    if ((flags & GITLINK) !== 0) return 'repository';
    return (flags & INTENT) !== 0 ? 'added' : 'tracked';
  }

  /**
   * Compares a stat with the recorded one:
   * 1. another kind, execute bit or size is a modification; a special file counts as a regular file of other content;
   * 2. an entry that could have changed unseen (racy), or of which Git was not sure (size 0), is unsure;
   * 3. equal times, inode and owner are clean; everything else is unsure.
   * Git on most systems compares whole seconds. Nanoseconds of the mtime are compared where both sides know them.
   * A difference costs a reading, and finds changes within a second.
   */
  compareStat(node: number, stat: FileStat): 'clean' | 'modified' | 'unsure' {
    const { tree } = this;
    const { settings } = this.header;
    const flags = tree.flags[node]!;
    const isLink = (flags & SYMLINK) !== 0;
    if (stat.kind === 'other') return 'modified';
    if (isLink && stat.kind === 'file' && settings.symlinks) return 'modified';
    if (!isLink && stat.kind === 'symlink') return 'modified';
    const isRegular = !isLink && stat.kind === 'file';
    if (isRegular && settings.executableBit && stat.executable !== ((flags & EXECUTABLE) !== 0)) return 'modified';
    const recordedSize = tree.size[node]!;
    if (recordedSize !== stat.size % 0x1_0000_0000 && recordedSize !== 0) return 'modified';
    if ((tree.doubtful[node]! & UNSURE) !== 0) return 'unsure';
    return recordedSize === stat.size % 0x1_0000_0000 && this.#hasSameStat(node, stat) ? 'clean' : 'unsure';
  }

  /** The engine's columns: see StatColumns. */
  get columns(): IndexColumns {
    const { tree } = this;
    const { settings, owner } = this.header;
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
      ctimeSeconds: settings.ctime ? tree.ctimeSeconds : undefined,
      inode: settings.inode ? tree.inode : undefined,
      doubtful: tree.doubtful,
      rule: {
        mask: CLEAN_MASK,
        value: ENTRY,
        executable: settings.executableBit ? EXECUTABLE : 0,
        entry: ENTRY,
        symlink: SYMLINK,
        wholeSeconds: true,
        owner: settings.inode ? owner : undefined,
      },
    };
  }

  copySource(): undefined {
    return undefined;
  }

  mode(node: number): number {
    return modeOf(this.list, this.tree.entry[node]!);
  }

  /** In hexadecimal. */
  id(node: number): string {
    return idOf(this.list, this.tree.entry[node]!, this.header.format);
  }

  isGitlink(node: number): boolean {
    const entry = this.tree.entry[node]!;
    return entry !== NO_ENTRY && (modeOf(this.list, entry) & KIND_MASK) === GITLINK_MODE;
  }

  isIntentToAdd(node: number): boolean {
    return (this.tree.flags[node]! & INTENT) !== 0;
  }

  isUnmerged(node: number): boolean {
    return (this.tree.flags[node]! & UNMERGED) !== 0;
  }

  /** Returns the stages 1 to 3 of a path with a conflict; undefined for those that it does not have. */
  stages(node: number): readonly [Stage | undefined, Stage | undefined, Stage | undefined] {
    const stages: [Stage | undefined, Stage | undefined, Stage | undefined] = [undefined, undefined, undefined];
    const first = this.tree.entry[node]!;
    const path = pathOf(this.list, first);
    for (let entry = first; entry < this.list.count && pathOf(this.list, entry) === path; entry++) {
      const stage = stageOf(this.list, entry, this.header.format);
      if (stage > 0)
        stages[stage - 1] = { mode: modeOf(this.list, entry), id: idOf(this.list, entry, this.header.format) };
    }
    return stages;
  }

  /** The nodes that are entries, parents first. */
  *entries(): Generator<number> {
    const { flags, nodeCount } = this.tree;
    for (let node = 0; node < nodeCount; node++) if ((flags[node]! & ENTRY) !== 0) yield node;
  }

  /** The nodes with any of these flags. */
  nodesWith(mask: number): number[] {
    const { flags, nodeCount, allFlags } = this.tree;
    const found: number[] = [];
    if ((allFlags & mask) === 0) return found;
    for (let node = 0; node < nodeCount; node++) if ((flags[node]! & mask) !== 0) found.push(node);
    return found;
  }

  /** The names of trees that the index remembers; undefined if it remembers none. */
  cachedTrees(): CachedTree | undefined {
    const { cachedTrees, format, file, native } = this.header;
    return cachedTrees && decodeCacheTree(cachedTrees, format, file, native);
  }

  #owner(node: number): { uid: number; gid: number } {
    const at = this.list.at[this.tree.entry[node]!]!;
    return { uid: this.list.bytes.readUInt32BE(at + 28), gid: this.list.bytes.readUInt32BE(at + STAT_BYTES - 8) };
  }

  #hasSameStat(node: number, stat: FileStat): boolean {
    const { tree } = this;
    const { settings } = this.header;
    if (tree.mtimeSeconds[node] !== stat.mtimeSeconds >>> 0) return false;
    const nanoseconds = tree.mtimeNanoseconds[node]!;
    if (nanoseconds !== 0 && stat.mtimeNanoseconds !== 0 && nanoseconds !== stat.mtimeNanoseconds) return false;
    if (settings.ctime && tree.ctimeSeconds[node] !== secondsOf(stat.ctimeNs)) return false;
    if (!settings.inode) return true;
    if (tree.inode[node] !== Number(BigInt.asUintN(32, stat.inode))) return false;
    const { uid, gid } = this.#owner(node);
    return uid === stat.uid && gid === stat.gid;
  }
}

/** Whole seconds, rounded down, modulo 2^32: the form in which an index records them. */
export function secondsOf(nanoseconds: bigint): number {
  const seconds = nanoseconds / 1_000_000_000n;
  return Number(
    BigInt.asUintN(32, nanoseconds < 0n && seconds * 1_000_000_000n !== nanoseconds ? seconds - 1n : seconds),
  );
}
