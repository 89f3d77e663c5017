// The inputs of the status engine. It knows no version-control system. Its caller passes a stat cache, a matcher of
// ignored paths and a source of base contents. Mercurial's files, or another system's, implement these interfaces.
import type { BytePath } from '../base/bytePath.ts';
import type { QuicksilverError } from '../base/errors.ts';
import type { ContentSource, FileStat } from '../base/fileStat.ts';
import type { TreeColumns } from '../base/decodeAccelerators.ts';

export type Status = 'modified' | 'added' | 'removed' | 'deleted' | 'unknown' | 'ignored' | 'clean';

/** Index of a node in a stat cache. {@link StatCache.root} is the root directory. */
export type NodeId = number;

/** The result of `StatCache.find` for a path without a node. */
export const NO_NODE: NodeId = -1;

/**
 * The recorded state of a path, before any stat:
 * - none: the node is only a directory;
 * - added: tracked, not in the base; removed: in the base, no longer tracked;
 * - changed: tracked and certain to differ from the base (a merge's result, a recorded copy);
 * - tracked: compare its stat with the recorded one;
 * - repository: a recorded commit of another repository, whose directory is excluded;
 * - assumed: always clean; optional: as 'tracked', but clean if missing on disk;
 * - directory: a versioned directory, clean if a directory is there; addedDirectory: as 'added'; changedDirectory: as
 *   'changed'.
 */
export type EntryKind =
  | 'none'
  | 'added'
  | 'removed'
  | 'changed'
  | 'tracked'
  | 'repository'
  | 'assumed'
  | 'optional'
  | 'directory'
  | 'addedDirectory'
  | 'changedDirectory';

/** The verdict of a stat alone on a tracked file. 'unsure' means that its content decides. */
export type StatVerdict = 'clean' | 'modified' | 'unsure';

/**
 * The tracked paths as a tree: a node for each directory and file. The children of a node are contiguous and ordered by
 * the bytes of their names. A node may be an entry and a directory at once (a removed file whose path became a
 * directory). Immutable. Ids belong to one cache only.
 */
export interface StatCache {
  readonly root: NodeId;
  readonly nodeCount: number;
  /** Nodes that are entries. */
  readonly entryCount: number;
  firstChild(node: NodeId): NodeId;
  childCount(node: NodeId): number;
  name(node: NodeId): string;
  path(node: NodeId): BytePath;
  /** The node of a path, or {@link NO_NODE}. Costs the logarithm of the sizes of the directories on the way. */
  find(path: BytePath): NodeId;
  kind(node: NodeId): EntryKind;
  /** For nodes of kind 'tracked', with the stat of a file or symlink. */
  compareStat(node: NodeId, stat: FileStat): StatVerdict;
  /** Where the entry was copied or renamed from, if that is recorded and to be shown. */
  copySource(node: NodeId): BytePath | undefined;
  /** The cache as columns, for readers that cannot call methods. Without them, a scan uses one thread. */
  readonly columns?: StatColumns | undefined;
}

/**
 * A stat cache as typed arrays with a value for each node, for other threads and native code. They are never changed.
 * They suffice to prove a file clean from its stat; the stat cache itself decides everything else.
 */
export interface StatColumns extends TreeColumns {
  /** Seconds of the inode's last change, modulo 2^32; undefined if they are not compared. */
  readonly ctimeSeconds?: Uint32Array | undefined;
  /** The low 32 bits of inode numbers; undefined if they are not compared. */
  readonly inode?: Uint32Array | undefined;
  /** The bytes of all paths. */
  readonly names: Uint8Array;
  /** Not 0: no stat proves that the file is clean. */
  readonly doubtful: Uint32Array;
  readonly rule: CleanRule;
}

/**
 * Proves a regular file or symbolic link clean. Three conditions must hold:
 * - `(flags & mask) === value`;
 * - the node is not doubtful;
 * - size, owner's execute bit, the low 31 bits of the mtime's seconds, and the nanoseconds where both sides know them
 *   equal the recorded ones.
 */
export interface CleanRule {
  readonly mask: number;
  readonly value: number;
  /** The flag that stands for the execute bit; 0 where the file system has none. */
  readonly executable: number;
  /** Flags of which an entry has one at least; a node without is only a directory. */
  readonly entry: number;
  /** The flag that stands for a symbolic link; 0 if links and files count alike. Default: 0. */
  readonly symlink?: number | undefined;
  /** True if seconds have 32 bits instead of 31. Default: false. */
  readonly wholeSeconds?: boolean | undefined;
  /** The owner that a file must have; undefined if owners are not compared. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
}

/**
 * Names that directories had when they had a certain stat; native/listings.h has the layout. A directory that still
 * has its stat, and whose rules are the same, still has these names. Ignored names are not among them.
 */
export interface Listings {
  readonly bytes: Uint8Array;
  readonly directories: Uint32Array;
  /** By node of the stat cache. */
  readonly ofNode: Uint32Array;
  /** By directory; 0 if its rule file changed, so that no name in or below it can be believed. */
  readonly trusted: Uint8Array;
  /** Seconds since 1970 when all of this was written; later stats prove nothing. */
  readonly writtenAt: number;
  /** The name of the rule files in directories. */
  readonly ruleName: Uint8Array;
}

/** Which paths are ignored by their own name; the engine itself applies a directory's verdict to all below it. */
export interface IgnoreMatcher {
  /** True if nothing can match, so that nobody need ask. */
  readonly isEmpty: boolean;
  matches(path: BytePath, isDirectory: boolean): boolean;
}

/** One file of the base revision (a working copy's first parent). */
export interface BaseFile {
  /** With 'any' only the content is compared. */
  readonly kind: 'file' | 'executable' | 'symlink' | 'any';
  /** Names the content: the same string means the same bytes. */
  readonly revision: string;
  /** Names the content and the way of the comparison. Default: {@link revision}. */
  readonly comparedAs?: string | undefined;
  /** True if the working content is this revision's. Throws a QuicksilverError if the revision cannot be read. */
  matches(content: ContentSource): boolean;
  /** The content, where working files are compared with it as it is. Throws as {@link matches} does. */
  content?(): Buffer;
}

/** The files of the base revision. Nothing is read before it is asked for. */
export interface BaseTree {
  find(path: BytePath): BaseFile | undefined;
}

/** The properties that the working copy's file system can record. The stat cache supplies the others. */
export interface FileSystemTraits {
  readonly executableBit: boolean;
  readonly symlinks: boolean;
}

/** Decides which paths belong to a working copy that holds a part of its repository. */
export interface PathScope {
  /** @param isNamed true if the user named exactly this path */
  matches(path: BytePath, isNamed?: boolean): boolean;
}

/** Rules about which directories belong to the working copy. */
export interface TreeRules {
  /** '.hg': skipped at the root; a sub-directory that contains a directory of this name is another repository. */
  readonly controlDirectory: string;
  /** Directories that belong to somebody else whatever they contain (subrepositories). */
  readonly excluded: ReadonlySet<BytePath>;
  readonly traits: FileSystemTraits;
  /**
   * True if a directory that contains something named as the control directory is another repository. If given, the
   * scan skips that name in every directory, and a directory with recorded paths below it is never another
   * repository. Default: a directory with a control directory is one.
   */
  readonly isRepository?: ((directory: BytePath) => boolean) | undefined;
  /** True if a fifo, socket or device at a recorded path counts as a file of other content. Default: as nothing. */
  readonly countsSpecialFiles?: boolean | undefined;
  /**
   * True if directories are entries. Then an untracked directory has a status as a whole, and special files have one,
   * too. The scan does not enter such a directory, and asks no ignore rules about directories that are entries. A
   * removed path that is there is also reported as unknown, before it is reported as removed. Default: false.
   */
  readonly versionsDirectories?: boolean | undefined;
  /** False if a directory with a control directory is an ordinary one. Default: true. */
  readonly hasNested?: boolean | undefined;
  /** The paths that belong to the working copy; nothing else has a status. Default: all. */
  readonly scope?: PathScope | undefined;
  /** True if names that differ in case only are one file. */
  readonly foldsCase?: boolean;
  /** True if a listing may lack a name that a stat finds. Default: false. */
  readonly hidesNames?: boolean;
}

/** Everything a status needs that does not come from the working files. Immutable: a change makes a new one. */
export interface StatusInput {
  /** Absolute path of the working copy, as an ordinary string. */
  readonly root: string;
  readonly statCache: StatCache;
  readonly ignore: IgnoreMatcher;
  readonly base: BaseTree;
  readonly rules: TreeRules;
  /** Reads what is known of names from before; undefined, or returning undefined, if nothing is. */
  readonly listings?: (() => Listings | undefined) | undefined;
}

/** The work of a run. Tests assert exact numbers, so that a lost optimization fails a test. */
export interface WorkCounters {
  /** lstat calls. */
  stats: number;
  directoriesRead: number;
  /** Working files (and links) whose content was read. */
  filesRead: number;
  bytesRead: number;
  /** Files whose stat did not settle it. */
  unsure: number;
  /** The unsure files that a remembered verdict settled. */
  unsureRemembered: number;
}

export function newWorkCounters(): WorkCounters {
  return { stats: 0, directoriesRead: 0, filesRead: 0, bytesRead: 0, unsure: 0, unsureRemembered: 0 };
}

/** Receives the results of a run, path by path, in no particular order. */
export interface StatusSink {
  /** Called once for each path that has a status. 'clean' and 'ignored' only if they were asked for. */
  entry(path: BytePath, status: Status, node: NodeId): void;
  /** An ignored directory that was not descended into. Only if ignored paths were asked for as 'collapsed'. */
  ignoredDirectory?(path: BytePath): void;
  /** A directory below the root that is another repository. */
  nestedRepository?(path: BytePath): void;
  /**
   * A directory of the control directory's name, below which the parent may become a repository, or cease to be one.
   * Called before the parent is reported.
   */
  controlDirectory?(path: BytePath): void;
  /** A directory that belongs to the working copy and was read: whoever watches wants to watch it. */
  directory?(path: BytePath): void;
  /** A directory was queued: what is below it comes with a later step. */
  subdirectory?(path: BytePath): void;
  /** A tracked file whose content had to be compared: its status depends on the base revision. */
  unsure?(path: BytePath): void;
  /** A tracked file whose status is not known: it may be modified, or clean. */
  undecided?(path: BytePath, node: NodeId, why: QuicksilverError, stat: FileStat): void;
  /** A directory or file could not be read; what is below it is unknown to us as it is to `hg`. */
  unreadable?(path: BytePath, code: string): void;
}
