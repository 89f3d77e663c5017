// The history of a repository: changelog, manifests and filelogs, and the files of one revision as a status compares
// working files with.
import { isUtf8, bytePath, toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { ContentSource } from '../../base/fileStat.ts';
import type { Vfs } from '../../files/vfs.ts';
import { hasBytes, matchesRevision } from './baseFile.ts';
import { BoundedCache } from '../../base/boundedCache.ts';
import { Changelog } from './changelog.ts';
import { emptyCounters, type StoreCounters } from './counters.ts';
import { Filelog, hasSha256, type LargeFilePointer } from './filelog.ts';
import {
  EMPTY_MANIFEST,
  fileOf,
  FlatManifest,
  ManifestText,
  TreeManifest,
  type FileFlag,
  type Manifest,
  type ManifestEntry,
} from './manifest.ts';
import { findInManifestCache, readManifestCache } from './manifestCache.ts';
import { ManifestFile } from './manifestFile.ts';
import { NULL_NODE_HEX, nodeBytes } from './node.ts';
import { RemoteFilelog, type FollowedFilelog } from './remoteFilelog.ts';
import { remoteFilesOf, type RemoteFiles } from './remoteFiles.ts';
import { MAX_TEXT_BYTES, Revlog } from './revlog.ts';
import { encodeStorePath, storeLayout, type StoreLayout } from './storePath.ts';

export interface StoreOptions {
  readonly vfs: Vfs;
  /** Absolute path of the directory with 00changelog.i: `.hg/store`, or `.hg` without the requirement 'store'. */
  readonly storeDirectory: string;
  /** Absolute path of the working copy's `.hg`, where Mercurial's caches of it are. */
  readonly hgDirectory: string;
  readonly requirements: ReadonlySet<string>;
  /** Returns false for a path outside of a narrow clone, whose history is not here. */
  readonly hasFile?: (path: BytePath) => boolean;
  /** Folders outside of the repository with contents that extensions fetched. */
  readonly caches?: { readonly lfs: string | undefined; readonly remotefilelog: string | undefined } | undefined;
}

/** The files of one changeset. Nothing is read before the first {@link find}. */
export interface StoreTree {
  find(path: BytePath): StoreFile | undefined;
  /** After the first find: why the tree is empty although a revision was asked for. As in Mercurial, it is no error. */
  readonly warning: string | undefined;
  /** Call it when idle: releases memory that can be filled again without much work. */
  release(): void;
}

/** A file of one changeset. Its filelog is read when it is first compared. */
export interface StoreFile {
  readonly kind: 'file' | 'executable' | 'symlink';
  /** The file node, hexadecimal: the hash of content and history, so the same node means the same bytes. */
  readonly revision: string;
  /** Names the content and how a working file is compared with it, where filters have a part in that. */
  readonly comparedAs?: string | undefined;
  /** True if the working content (of a symbolic link: its target) is this revision's. */
  matches(content: ContentSource): boolean;
  /** The content itself. Do not change it. */
  content(): Buffer;
}

/** The texts that a manifest consists of. */
export interface ManifestTexts {
  /** True if directories may have texts of their own. */
  readonly isTree: boolean;
  /** The node of the root. */
  readonly node: string;
  /** The text of a directory ('' is the root) with this node. */
  read(directory: string, node: string): ManifestText;
}

export interface Store {
  readonly counters: Readonly<StoreCounters>;
  readonly changelog: Changelog;
  /** The manifest with this node; 40 zeros is the empty one. Throws 'corrupt' if there is none. */
  manifest(node: string): Manifest;
  /** The manifest of a changeset as texts, for comparing two; undefined if it is empty. Takes a changelog revision. */
  manifestTexts(revision: number): ManifestTexts | undefined;
  /** The history of a path; undefined if it has none. Throws 'unsupported' if an extension keeps it elsewhere. */
  filelog(path: BytePath): Filelog | undefined;
  /** The history of a path as far as it is on this machine; undefined if it has none. */
  followedFilelog(path: BytePath): FollowedFilelog | undefined;
  /** As {@link filelog}, but undefined if it is kept elsewhere. */
  ownFilelog(path: BytePath): Filelog | undefined;
  /** The content of a file node. Throws 'unsupported' if it is not on this machine, 'corrupt' if there is none. */
  content(path: BytePath, node: string): Buffer;
  /** True if contents of files are in filelogs alone. */
  readonly hasFilelogs: boolean;
  /** The files of the changeset with this node; none for 40 zeros, and (with a warning) for one that does not exist. */
  baseTree(parent: string): StoreTree;
  /**
   * Checks everything in the caches and forgets files that have changed on disk. New revisions do not need it: a
   * missing one is searched on disk again.
   */
  refresh(): void;
  /** Does `work` once more if a revlog was replaced (stripped, split) in the middle of it. */
  whileStable<Result>(work: () => Result): Result;
}

/** Throws 'unsupported' for a requirement that keeps history in another form; reads nothing. */
export function openStore(options: StoreOptions): Store {
  if (options.requirements.has('git')) {
    throw new QuicksilverError('unsupported', 'the requirement git is not supported');
  }
  return new DiskStore(options);
}

const MAX_FILELOGS = 64;
const MAX_FILELOG_BYTES = 16 << 20;
/** Texts of manifests: two of a very big repository, or the directories of one that has a tree. */
const MAX_MANIFESTS = 512;
const MAX_MANIFEST_BYTES = 64 << 20;
const MAX_DIRECTORY_REVLOGS = 128;
/** A smaller manifest is kept in memory. */
const MIN_FILE_BYTES = 1 << 20;
/** When so many paths were looked for in a file, it is read as a whole. */
const MAX_FILE_FINDS = 64;

class DiskStore implements Store {
  readonly counters = emptyCounters();
  readonly changelog: Changelog;
  readonly #options: StoreOptions;
  readonly #layout: StoreLayout;
  readonly #isTree: boolean;
  readonly #isNarrow: boolean;
  readonly #remote: RemoteFiles | undefined;
  readonly #manifests: Revlog;
  readonly #directories = new BoundedCache<Revlog>(MAX_DIRECTORY_REVLOGS, MAX_FILELOG_BYTES, log => log.bytesHeld);
  readonly #filelogs = new BoundedCache<Filelog>(MAX_FILELOGS, MAX_FILELOG_BYTES, log => log.revlog.bytesHeld);
  readonly #remoteFilelogs = new BoundedCache<RemoteFilelog>(MAX_FILELOGS, MAX_FILELOG_BYTES, log => log.bytesHeld);
  readonly #texts = new BoundedCache<ManifestText>(MAX_MANIFESTS, MAX_MANIFEST_BYTES, text => text.byteLength);

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#layout = storeLayout(options.requirements);
    this.#isTree = options.requirements.has('treemanifest');
    this.#isNarrow = options.requirements.has('narrowhg-experimental');
    const { vfs, requirements, storeDirectory, caches } = options;
    this.#remote = remoteFilesOf(vfs, requirements, { storeDirectory, cache: caches?.remotefilelog });
    this.changelog = new Changelog(this.#revlog('00changelog', false));
    this.#manifests = this.#revlog('00manifest', true);
  }

  /** True if a directory has a manifest of its own, which may be unreadable alone. */
  get hasTree(): boolean {
    return this.#isTree;
  }

  manifest(node: string): Manifest {
    if (node === NULL_NODE_HEX) return EMPTY_MANIFEST;
    return this.#manifest(node, undefined);
  }

  manifestTexts(revision: number): ManifestTexts | undefined {
    const node = this.changelog.manifestNode(revision);
    if (node === NULL_NODE_HEX) return undefined;
    return {
      isTree: this.#isTree,
      node,
      read: (directory, directoryNode) => this.#manifestText(directory, directoryNode, revision),
    };
  }

  get hasFilelogs(): boolean {
    return this.#remote === undefined;
  }

  filelog(path: BytePath): Filelog | undefined {
    const filelog = this.ownFilelog(path);
    if (filelog !== undefined || this.#remote === undefined) return filelog;
    throw new QuicksilverError('unsupported', `the history of '${toDisplay(path)}' is not kept in a filelog`);
  }

  followedFilelog(path: BytePath): FollowedFilelog | undefined {
    const own = this.ownFilelog(path);
    if (own !== undefined || this.#remote === undefined) return own;
    let filelog = this.#remoteFilelogs.get(path);
    if (filelog === undefined) {
      filelog = new RemoteFilelog(path, this.#remote, node => this.changelog.findNode(node));
      this.#remoteFilelogs.set(path, filelog);
    } else {
      this.#remoteFilelogs.trim();
    }
    return filelog;
  }

  content(path: BytePath, node: string): Buffer {
    const file = this.locate(path, node);
    return 'filelog' in file ? file.filelog.content(file.revision) : file;
  }

  /** Returns a revision of a file, or its content if that is kept elsewhere. */
  locate(path: BytePath, node: string): Buffer | { readonly filelog: Filelog; readonly revision: number } {
    const filelog = this.ownFilelog(path);
    if (filelog === undefined && this.#remote !== undefined) return this.#remote.content(path, node);
    const revision = filelog?.revlog.findNode(node) ?? -1;
    if (filelog === undefined || revision < 0) {
      throw new QuicksilverError('corrupt', `the store lacks revision ${node} of ${JSON.stringify(path)}`);
    }
    return { filelog, revision };
  }

  ownFilelog(path: BytePath): Filelog | undefined {
    let filelog = this.#filelogs.get(path);
    if (filelog === undefined) {
      const { hasFile } = this.#options;
      filelog = new Filelog(this.#revlog(`data/${path}`, false), pointer => this.#largeFile(pointer), hasFile);
      if (!filelog.revlog.exists) return undefined;
      this.#filelogs.set(path, filelog);
    } else {
      this.#filelogs.trim();
    }
    return filelog;
  }

  baseTree(parent: string): StoreTree {
    return new LazyTree(this, nodeBytes(parent).toString('hex'));
  }

  refresh(): void {
    this.changelog.revlog.refresh();
    this.#manifests.refresh();
    for (const [directory, revlog] of this.#directories.entries()) {
      if (revlog.refresh()) this.#directories.delete(directory);
    }
    for (const [path, filelog] of this.#filelogs.entries()) {
      if (filelog.revlog.refresh()) this.#filelogs.delete(path);
    }
  }

  /** Does it once more if a revlog was replaced (stripped, split) in the middle of it. */
  whileStable<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof QuicksilverError) || error.code !== 'changed-while-reading') throw error;
      this.refresh();
      return work();
    }
  }

  /** The files of a changeset, by its node; undefined if there is no such changeset. */
  manifestOfChangeset(node: string): Manifest | undefined {
    const revision = this.changelog.findNode(node);
    if (revision < 0) return undefined;
    const manifest = this.changelog.manifestNode(revision);
    return manifest === NULL_NODE_HEX ? EMPTY_MANIFEST : this.#manifest(manifest, revision);
  }

  /**
   * Returns the manifest's place in Mercurial's cache, verified. Undefined if it is not there, or so small that its
   * text may be kept in memory.
   */
  manifestFileOfChangeset(node: string): ManifestFile | undefined {
    const link = this.#isTree ? -1 : this.changelog.findNode(node);
    if (link < 0) return undefined;
    const manifest = this.changelog.manifestNode(link);
    const revision = this.#manifests.findNode(manifest, link);
    if (revision < 0 || this.#manifests.entry(revision).fullLength < MIN_FILE_BYTES) return undefined;
    const { vfs } = this.#options;
    const place = findInManifestCache(vfs, this.#cacheFile, nodeBytes(manifest), MAX_TEXT_BYTES, this.counters);
    if (place === undefined) return undefined;
    const file = new ManifestFile(vfs, place, this.counters);
    if (!this.#manifests.verifyPieces(revision, file.pieces())) return undefined;
    this.counters.manifestCacheHits++;
    return file;
  }

  /** @param link the changelog revision it is read for: it came with that or an earlier one */
  #manifest(node: string, link: number | undefined): Manifest {
    if (!this.#isTree) return new FlatManifest(this.#manifestText('', node, link));
    return new TreeManifest(node, (directory, directoryNode) => this.#manifestText(directory, directoryNode, link));
  }

  #manifestText(directory: string, node: string, link: number | undefined): ManifestText {
    const key = `${node}/${directory}`;
    let text = this.#texts.get(key);
    if (text === undefined) {
      const revlog = this.#manifestRevlog(directory);
      const revision = revlog.findNode(node, link);
      if (revision < 0) {
        // A narrow clone has no manifests of directories outside of it, until it is widened.
        if (this.#isNarrow && directory !== '' && !revlog.exists) return new ManifestText(Buffer.alloc(0), revlog.file);
        throw new QuicksilverError('corrupt', `${revlog.file}: no manifest ${node}`, { file: revlog.file });
      }
      text = new ManifestText(
        this.#cachedManifest(directory, node, revlog, revision) ?? revlog.text(revision),
        `${revlog.file}: revision ${revision}`,
      );
      this.#texts.set(key, text);
    }
    return text;
  }

  #cachedManifest(directory: string, node: string, revlog: Revlog, revision: number): Buffer | undefined {
    if (directory !== '') return undefined;
    const { vfs } = this.#options;
    const { fullLength } = revlog.entry(revision);
    const most = fullLength < 0 ? MAX_TEXT_BYTES : Math.min(fullLength, MAX_TEXT_BYTES);
    const text = readManifestCache(vfs, this.#cacheFile, nodeBytes(node), most, this.counters);
    if (text === undefined || !revlog.verify(revision, text)) return undefined;
    this.counters.manifestCacheHits++;
    return text;
  }

  /** In which Mercurial keeps the full texts of manifests. */
  get #cacheFile(): string {
    return `${this.#options.hgDirectory}/wcache/manifestfulltextcache`;
  }

  #manifestRevlog(directory: string): Revlog {
    if (directory === '') return this.#manifests;
    let revlog = this.#directories.get(directory);
    if (revlog === undefined) {
      revlog = this.#revlog(`meta/${directory}/00manifest`, false);
      this.#directories.set(directory, revlog);
    }
    return revlog;
  }

  #revlog(name: string, keepLastText: boolean): Revlog {
    return new Revlog({
      vfs: this.#options.vfs,
      file: ending => this.#file(name + ending),
      counters: this.counters,
      keepLastText,
    });
  }

  #file(name: string): string {
    const encoded = bytePath(encodeStorePath(name, this.#layout));
    if (!isUtf8(encoded)) {
      throw new QuicksilverError(
        'unsupported',
        `the store has a file name that is not UTF-8: ${JSON.stringify(encoded)}`,
      );
    }
    return `${this.#options.storeDirectory}/${Buffer.from(encoded, 'latin1').toString('utf8')}`;
  }

  /** The content of a file kept on an LFS server, if it is in this repository or in the user's cache. */
  #largeFile({ sha256, size }: LargeFilePointer): Buffer | undefined {
    if (size > MAX_TEXT_BYTES) return undefined;
    const { storeDirectory, caches, vfs } = this.#options;
    for (const directory of [`${storeDirectory}/lfs/objects`, caches?.lfs]) {
      if (directory === undefined) continue;
      const bytes = vfs.read(`${directory}/${sha256.slice(0, 2)}/${sha256.slice(2)}`, MAX_TEXT_BYTES)?.bytes;
      this.counters.bytesRead += bytes?.length ?? 0;
      if (bytes !== undefined && hasSha256(bytes, sha256)) return bytes;
    }
    return undefined;
  }
}

class LazyTree implements StoreTree {
  warning: string | undefined;
  readonly #store: DiskStore;
  readonly #parent: string;
  #manifest: Manifest | undefined;
  /** Where the manifest can be looked up without reading it; undefined if that is not known, null if it can not. */
  #file: ManifestFile | null | undefined;
  #fileFinds = 0;
  /** Why the manifest cannot be read: each file of a status asks, and reading it may take long. */
  #damage: QuicksilverError | undefined;

  constructor(store: DiskStore, parent: string) {
    this.#store = store;
    this.#parent = parent;
    if (parent === NULL_NODE_HEX) this.#manifest = EMPTY_MANIFEST;
  }

  find(path: BytePath): StoreFile | undefined {
    if (this.#damage !== undefined) throw this.#damage;
    try {
      const entry = this.#store.whileStable(() => this.#find(path));
      return entry && new LazyFile(this.#store, path, entry);
    } catch (error) {
      if (error instanceof QuicksilverError && !this.#store.hasTree) this.#damage = error;
      throw error;
    }
  }

  release(): void {
    this.#damage = undefined;
    this.#fileFinds = 0;
    if (this.#file) this.#manifest = undefined;
  }

  #find(path: BytePath): ManifestEntry | undefined {
    if (this.#manifest === undefined) {
      if (this.#file === undefined) this.#file = this.#store.manifestFileOfChangeset(this.#parent) ?? null;
      if (this.#file !== null && this.#fileFinds < MAX_FILE_FINDS) {
        this.#fileFinds++;
        const line = this.#file.find(path);
        if (line !== 'unknown') return line && fileOf(line, path);
        this.#file = null;
      }
      this.#manifest = this.#load();
    }
    return this.#manifest.find(path);
  }

  #load(): Manifest {
    const text = this.#file?.text();
    if (text !== undefined) return new FlatManifest(text);
    this.#file = null;
    const manifest = this.#store.manifestOfChangeset(this.#parent);
    if (manifest === undefined) {
      this.warning = `the working copy's parent ${this.#parent} is unknown: compared with an empty revision`;
    }
    return manifest ?? EMPTY_MANIFEST;
  }
}

const KINDS: Readonly<Record<FileFlag, StoreFile['kind']>> = { '': 'file', x: 'executable', l: 'symlink' };

class LazyFile implements StoreFile {
  readonly kind: StoreFile['kind'];
  readonly revision: string;
  readonly #store: DiskStore;
  readonly #path: BytePath;

  constructor(store: DiskStore, path: BytePath, entry: ManifestEntry) {
    this.kind = KINDS[entry.flag];
    this.revision = entry.node;
    this.#store = store;
    this.#path = path;
  }

  matches(content: ContentSource): boolean {
    return this.#store.whileStable(() => {
      const file = this.#store.locate(this.#path, this.revision);
      if (!('filelog' in file)) return hasBytes(content, file);
      return matchesRevision(file.filelog, file.revision, content, this.#store.counters);
    });
  }

  content(): Buffer {
    return this.#store.whileStable(() => this.#store.content(this.#path, this.revision));
  }
}
