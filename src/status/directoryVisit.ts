// One visit of a directory or path. Merges the names on disk with the recorded names, both ordered, and gives each its
// status. A visit keeps its state to itself; the next visit starts with nothing.
import { joinPath, type BytePath } from '../base/bytePath.ts';
import type { FileKind, FileStat } from '../base/fileStat.ts';
import { asRecorded } from './caseFolding.ts';
import { isControlName } from './controlNames.ts';
import { compareContent, compareWithoutContent, type VerdictCache } from './contentComparison.ts';
import { isEnteredIfIgnored, type IgnoreVerdicts } from './ignoreVerdicts.ts';
import { NO_NODE, type NodeId, type StatCache, type Status, type StatusInput, type StatusSink } from './types.ts';
import type { DirectoryItem, WorkingTree } from './workingTree.ts';

/** Detail of ignored paths: none, each directory that is ignored as a whole, or every file. */
export type IgnoredDetail = 'none' | 'collapsed' | 'all';

export interface ScanOptions {
  readonly ignored: IgnoredDetail;
  /** Report clean files too. */
  readonly clean: boolean;
  /** Paths that the user named one by one. */
  readonly named?: ReadonlySet<BytePath> | undefined;
}

/** A name of a directory of which it is already known what is there. */
export interface ListedName {
  /** NO_NODE if it is not recorded. */
  readonly node: NodeId;
  /** Only of what is not recorded. */
  readonly name: string;
  /** Undefined: it is not there. */
  readonly kind: FileKind | undefined;
}

/** A directory that waits for its visit. */
export interface Frame {
  readonly path: BytePath;
  /** The node of the directory, or NO_NODE if nothing below it is recorded. */
  readonly node: NodeId;
  readonly ignored: boolean;
  /** The directory is excluded, or one above it is: it is not listed, and what is recorded in it is looked up. */
  readonly excluded?: true;
}

/** Shared by all visits of a scan. */
export interface ScanContext {
  readonly input: StatusInput;
  readonly options: ScanOptions;
  readonly tree: WorkingTree;
  readonly verdicts: VerdictCache;
  readonly ignored: IgnoreVerdicts;
  /** Has a directory visited later. */
  queue(frame: Frame): void;
}

/** True if the caller handles a recorded sub-directory that turns up. */
export type ClaimsDirectory = (directory: NodeId) => boolean;

export class DirectoryVisit {
  readonly #scan: ScanContext;
  readonly #input: StatusInput;
  readonly #tree: WorkingTree;
  readonly #sink: StatusSink;
  readonly #claims: ClaimsDirectory | undefined;
  /** Files whose content decides. */
  readonly #unsure: { readonly path: BytePath; readonly node: NodeId; readonly stat: FileStat }[] = [];
  /**
   * True if names of the directory can be looked up; undefined until that is known. A directory without permission to
   * enter still lists its names, but their stats fail.
   */
  #isEntered: boolean | undefined;
  /** True while missing paths are searched behind a symbolic link: see the kind 'optional'. */
  #isBehindLink = false;

  /** @param claims the sub-directories that the caller handles; all others are queued */
  constructor(scan: ScanContext, sink: StatusSink, claims?: ClaimsDirectory) {
    this.#scan = scan;
    this.#input = scan.input;
    this.#tree = scan.tree;
    this.#sink = sink;
    this.#claims = claims;
  }

  /** Lists a directory and reports the status of every name. */
  directory(frame: Frame): void {
    const { statCache: cache, rules } = this.#input;
    const { path, node } = frame;
    if (frame.excluded) {
      this.#sink.directory?.(path);
      this.#lookUpRecorded(path, node, this.#queueExcluded);
      return;
    }
    const listing = this.#tree.readDirectory(path);
    if (listing === undefined) {
      this.#withoutListing(path, node);
      return;
    }
    const items = rules.foldsCase ? asRecorded(listing, cache, node) : listing;
    const isRoot = path === '';
    if (!isRoot && this.#isNested(path, node, items)) {
      this.nested(path, node);
      return;
    }
    this.#isEntered = isKnownToBeEntered(path);
    this.#sink.directory?.(path);
    let child = node === NO_NODE ? 0 : cache.firstChild(node);
    const end = node === NO_NODE ? 0 : child + cache.childCount(node);
    let childName = child < end ? cache.name(child) : undefined;
    for (const item of items) {
      while (childName !== undefined && childName < item.name) {
        this.#unlisted(joinPath(path, childName), child);
        childName = ++child < end ? cache.name(child) : undefined;
      }
      let match = NO_NODE;
      if (childName === item.name) {
        match = child;
        childName = ++child < end ? cache.name(child) : undefined;
      }
      if (isControlName(item.name, isRoot, rules)) continue;
      this.#item(frame, item, match);
    }
    for (; child < end; child++) this.#unlisted(joinPath(path, cache.name(child)), child);
  }

  /**
   * Reports the status of the given names of a directory that another scan has listed.
   * @param ignored whether the directory, or one above it, is ignored; not asked where it does not matter
   */
  listed(path: BytePath, names: readonly ListedName[], ignored: () => boolean): void {
    this.#isEntered = isKnownToBeEntered(path);
    this.#sink.directory?.(path);
    let frame: Frame | undefined;
    for (const { node, name, kind } of names) {
      const own = node === NO_NODE ? name : this.#input.statCache.name(node);
      if (kind === undefined) {
        this.#unlisted(joinPath(path, own), node);
      } else if (!isControlName(own, path === '', this.#input.rules)) {
        frame ??= { path, node: NO_NODE, ignored: ignored() };
        this.#item(frame, { name: own, kind }, node);
      }
    }
  }

  /** The directory is another repository. */
  nested(path: BytePath, node: NodeId): void {
    this.#sink.nestedRepository?.(path);
    if (node !== NO_NODE && this.#input.statCache.kind(node) === 'directory') this.#sink.entry(path, 'modified', node);
    this.#absentBelow(path, node);
  }

  /**
   * Reports the status of one path, whatever it is now: a file, a directory (which is queued), or missing.
   *
   * @param above whether a directory above it is ignored; read only where it matters
   */
  examine(path: BytePath, stat: FileStat | undefined, above: { readonly inIgnored: boolean }): void {
    const node = this.#input.statCache.find(path);
    if (stat !== undefined && this.#isUnversioned(node)) {
      this.#unversioned(path, stat.kind, node, stat);
    } else if (stat?.kind === 'directory') {
      if (node !== NO_NODE) this.#tracked(path, node, 'directory');
      this.#subdirectory(path, node, this.#scan.options.ignored !== 'all' && above.inIgnored, stat);
    } else if (node === NO_NODE) {
      if (stat !== undefined) this.#untracked(path, stat.kind, above.inIgnored, stat);
    } else if (stat === undefined) {
      this.absent(path, node);
    } else {
      const isRecorded = this.#input.statCache.kind(node) !== 'none';
      this.#file(path, stat.kind, node, !isRecorded && above.inIgnored, stat);
    }
  }

  /** Reports the status of recorded paths at and below a path in an excluded directory. A directory there is queued. */
  examineRecorded(path: BytePath, stat: FileStat | undefined): void {
    const node = this.#input.statCache.find(path);
    if (node !== NO_NODE) this.#recorded(path, node, stat, this.#queueExcluded);
  }

  /** Handles a recorded name that a listing lacks. Mercurial looks such a name up before it counts as missing. */
  #unlisted(path: BytePath, node: NodeId): void {
    const stat = this.#input.rules.hidesNames === true ? this.#tree.lstat(path) : undefined;
    if (stat === undefined) this.absent(path, node);
    else this.#recorded(path, node, stat, this.#withoutListing);
  }

  /** Everything recorded at `node` and below it is not on disk as far as status is concerned. */
  absent(path: BytePath, node: NodeId): void {
    const cache = this.#input.statCache;
    this.#tracked(path, node, undefined);
    const pending = childrenOf(cache, node);
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (cache.kind(next) !== 'none') this.#tracked(cache.path(next), next, undefined);
      if (cache.childCount(next) > 0) for (const child of childrenOf(cache, next)) pending.push(child);
    }
  }

  /** Reports the status of one recorded path that is or was on disk. Reports nothing for a mere directory. */
  #tracked(path: BytePath, node: NodeId, kind: FileKind | undefined, stat?: FileStat): void {
    const recorded = this.#input.statCache.kind(node);
    if (recorded === 'none' || !this.#isInScope(path)) return;
    if (kind !== undefined && !this.#isEntry(kind) && this.#isOfOtherKind(path, node)) return;
    switch (recorded) {
      case 'assumed':
        return;
      case 'repository':
        if (kind !== 'directory') this.#sink.entry(path, kind === undefined ? 'deleted' : 'modified', node);
        return;
      case 'optional':
        if (kind === undefined && !(this.#isBehindLink && this.#tree.lstat(path) !== undefined)) return;
        this.#compare(path, node, this.#isEntry(kind) ? (stat ?? this.#lookUp(path)) : undefined);
        return;
      case 'removed':
        this.#sink.entry(path, 'removed', node);
        return;
      case 'added':
        this.#sink.entry(path, this.#isFileAt(path, kind, stat) ? 'added' : 'deleted', node);
        return;
      case 'changed':
        this.#sink.entry(path, this.#isFileAt(path, kind, stat) ? 'modified' : 'deleted', node);
        return;
      case 'directory':
        if (kind !== 'directory') this.#sink.entry(path, kind === undefined ? 'deleted' : 'modified', node);
        return;
      case 'addedDirectory':
        this.#sink.entry(path, kind === undefined ? 'deleted' : 'added', node);
        return;
      case 'changedDirectory':
        this.#sink.entry(path, kind === undefined ? 'deleted' : 'modified', node);
        return;
      case 'tracked':
        this.#compare(path, node, this.#isEntry(kind) ? (stat ?? this.#lookUp(path)) : undefined);
    }
  }

  #isInScope(path: BytePath): boolean {
    const { scope } = this.#input.rules;
    return scope === undefined || scope.matches(path, this.#scan.options.named?.has(path) === true);
  }

  #lookUp(path: BytePath): FileStat | undefined {
    const stat = this.#tree.lstat(path);
    if (stat !== undefined) this.#isEntered = true;
    return stat;
  }

  #isFileAt(path: BytePath, kind: FileKind | undefined, stat: FileStat | undefined): boolean {
    return this.#isEntry(kind) && (stat !== undefined || this.#isThere(path));
  }

  /** True if something of this kind can be what is recorded at a path. */
  #isEntry(kind: FileKind | undefined): boolean {
    return isFileLike(kind) || (kind === 'other' && this.#input.rules.countsSpecialFiles === true);
  }

  /**
   * True if a listed name that is reported without a stat counts.
   *
   * Mercurial stats every name. A directory that forbids it counts as one that cannot be listed. Then nothing in it is
   * unknown or ignored, and recorded names are missing. We try one name for all.
   */
  #isThere(path: BytePath): boolean {
    this.#isEntered ??= this.#tree.canLookUp(path);
    return this.#isEntered ?? true;
  }

  /** A directory or special file at a recorded file, where directories are entries, too: its kind changed. */
  #isOfOtherKind(path: BytePath, node: NodeId): boolean {
    const { rules, statCache } = this.#input;
    if (rules.versionsDirectories !== true) return false;
    const kind = statCache.kind(node);
    if (kind !== 'added' && kind !== 'changed' && kind !== 'tracked') return false;
    this.#sink.entry(path, kind === 'added' ? 'added' : 'modified', node);
    return true;
  }

  /** True if directories are entries and the node is not one of the working copy's. */
  #isUnversioned(node: NodeId): boolean {
    const { rules, statCache } = this.#input;
    if (rules.versionsDirectories !== true) return false;
    if (node === NO_NODE) return true;
    const kind = statCache.kind(node);
    return kind === 'none' || kind === 'removed';
  }

  /** A path on disk, directories included, that is no entry of the working copy: see `versionsDirectories`. */
  #unversioned(path: BytePath, kind: FileKind, node: NodeId, stat?: FileStat): void {
    this.#absentBelow(path, node);
    this.#untracked(path, kind, false, stat);
    if (node !== NO_NODE) this.#tracked(path, node, undefined);
  }

  /**
   * A path on disk of which nothing is recorded. Fifos, sockets and devices have no status, and directories only as
   * `versionsDirectories` has it.
   */
  #untracked(path: BytePath, kind: FileKind, inIgnored: boolean, stat?: FileStat): void {
    if (!isFileLike(kind) && this.#input.rules.versionsDirectories !== true) return;
    // As in Mercurial, a file in place of an excluded directory has no status of its own.
    if (this.#input.rules.excluded.has(path) || !this.#isInScope(path)) return;
    const status = this.#scan.ignored.isIgnored(path, inIgnored) ? 'ignored' : 'unknown';
    if (status === 'ignored' && this.#scan.options.ignored === 'none') return;
    if (stat !== undefined || this.#isThere(path)) this.#sink.entry(path, status, NO_NODE);
  }

  #isNested(path: BytePath, node: NodeId, items: readonly DirectoryItem[]): boolean {
    const { rules, statCache } = this.#input;
    if (rules.hasNested === false) return false;
    if (rules.isRepository === undefined) {
      return items.some(item => item.kind === 'directory' && item.name === rules.controlDirectory);
    }
    if (node !== NO_NODE && statCache.childCount(node) > 0) return false;
    const control = items.find(item => item.name === rules.controlDirectory);
    if (control === undefined) return false;
    // Before it is read: whoever watches it misses nothing.
    if (control.kind === 'directory') this.#sink.controlDirectory?.(joinPath(path, control.name));
    return rules.isRepository(path);
  }

  #item(parent: Frame, item: DirectoryItem, node: NodeId): void {
    const path = joinPath(parent.path, item.name);
    if (this.#isUnversioned(node)) {
      this.#unversioned(path, item.kind, node);
    } else if (item.kind === 'directory') {
      if (node !== NO_NODE) this.#tracked(path, node, 'directory');
      this.#subdirectory(path, node, parent.ignored);
    } else if (node === NO_NODE) {
      this.#untracked(path, item.kind, parent.ignored);
    } else {
      this.#file(path, item.kind, node, parent.ignored);
    }
  }

  #subdirectory(path: BytePath, node: NodeId, inIgnored: boolean, stat?: FileStat): void {
    const { rules } = this.#input;
    const hasRecorded = isEnteredIfIgnored(node, this.#input);
    if (rules.excluded.has(path)) {
      if (hasRecorded) this.#queueExcluded(path, node);
      return;
    }
    // If every ignored file is requested, only files need a verdict. As in Mercurial, the rules are not even read
    // before an unrecorded name turns up.
    const descends = this.#scan.options.ignored === 'all';
    const asks = !descends && rules.versionsDirectories !== true;
    const ignored = inIgnored || (asks && this.#scan.ignored.matches(path, true));
    if (!ignored || hasRecorded || descends) {
      this.#sink.subdirectory?.(path);
      if (!hasRecorded || this.#claims?.(node) !== true) this.#scan.queue({ path, node, ignored });
    } else if (this.#scan.options.ignored === 'collapsed' && (stat !== undefined || this.#isThere(path))) {
      this.#sink.ignoredDirectory?.(path);
    }
  }

  /** A file, link or special file at a path that is recorded as an entry, as a directory, or as both. */
  #file(path: BytePath, kind: FileKind, node: NodeId, inIgnored: boolean, stat?: FileStat): void {
    const { statCache: cache } = this.#input;
    this.#isBehindLink = kind === 'symlink';
    this.#absentBelow(path, node);
    this.#isBehindLink = false;
    if (cache.kind(node) === 'none') this.#untracked(path, kind, inIgnored, stat);
    else this.#tracked(path, node, kind, stat);
  }

  #absentBelow(path: BytePath, node: NodeId): void {
    if (node === NO_NODE) return;
    const { statCache: cache } = this.#input;
    const first = cache.firstChild(node);
    for (let i = 0, count = cache.childCount(node); i < count; i++) {
      this.absent(joinPath(path, cache.name(first + i)), first + i);
    }
  }

  /** In steps of its own, so that whoever watches directories knows of it. */
  readonly #queueExcluded = (path: BytePath, node: NodeId): void => {
    this.#sink.subdirectory?.(path);
    this.#scan.queue({ path, node, ignored: false, excluded: true });
  };

  /** Handles a directory that cannot be listed (no permission): stats its recorded paths one by one. */
  readonly #withoutListing = (directory: BytePath, node: NodeId): void => {
    this.#lookUpRecorded(directory, node, this.#withoutListing);
  };

  /** @param below called with the directories that are found */
  #lookUpRecorded(directory: BytePath, node: NodeId, below: (path: BytePath, node: NodeId) => void): void {
    if (node === NO_NODE) return;
    const { statCache: cache, rules } = this.#input;
    const isRoot = directory === '';
    const nests = rules.isRepository === undefined && rules.hasNested !== false;
    if (!isRoot && nests && this.#tree.lstat(joinPath(directory, rules.controlDirectory))?.kind === 'directory') {
      this.#absentBelow(directory, node);
      return;
    }
    const first = cache.firstChild(node);
    for (let child = first; child < first + cache.childCount(node); child++) {
      const path = joinPath(directory, cache.name(child));
      this.#recorded(path, child, this.#tree.lstat(path), below);
    }
  }

  #recorded(
    path: BytePath,
    node: NodeId,
    found: FileStat | undefined,
    below: (path: BytePath, node: NodeId) => void,
  ): void {
    const stat = namesControlDirectory(path, this.#input.rules.controlDirectory) ? undefined : found;
    if (stat === undefined || this.#isEntry(stat.kind)) this.#tracked(path, node, stat?.kind, stat);
    else this.#inPlaceOfFile(path, node, stat);
    if (this.#input.statCache.childCount(node) === 0) return;
    if (stat?.kind === 'directory') below(path, node);
    else this.#absentBelow(path, node);
  }

  /**
   * Handles a directory, fifo or device at a recorded path that was stat'ed, not listed. Mercurial treats its stat as
   * that of a file. It reports the path as missing only if it would have to read the content: see {@link finish}.
   */
  #inPlaceOfFile(path: BytePath, node: NodeId, stat: FileStat): void {
    const cache = this.#input.statCache;
    const kind = cache.kind(node);
    if (!this.#isInScope(path)) return;
    if (kind === 'added') {
      this.#sink.entry(path, 'added', node);
    } else if (kind === 'changed') {
      this.#sink.entry(path, 'modified', node);
    } else if (kind === 'tracked') {
      const verdict = cache.compareStat(node, stat);
      if (verdict === 'unsure') this.#unsure.push({ path, node, stat });
      else this.#compared(path, verdict, node);
    } else {
      this.#tracked(path, node, stat.kind);
    }
  }

  #compare(path: BytePath, node: NodeId, stat: FileStat | undefined): void {
    // Between the listing and the stat the file may have vanished, or become something else.
    if (stat === undefined || !this.#isEntry(stat.kind)) {
      this.#sink.entry(path, 'deleted', node);
      return;
    }
    const verdict = this.#input.statCache.compareStat(node, stat);
    if (verdict === 'unsure') this.#unsure.push({ path, node, stat });
    else this.#compared(path, verdict, node);
  }

  /**
   * Compares contents, at the end of a visit.
   *
   * All stats of a directory come before the first read of a content, which may take long. So the stats belong to one
   * moment. A file that is written during such a read does not become modified because of it.
   */
  finish(): void {
    for (const { path, node, stat } of this.#unsure) {
      const found = this.#isEntry(stat.kind)
        ? compareContent(this.#input, this.#tree, this.#scan.verdicts, path, stat)
        : compareWithoutContent(this.#input, this.#tree, path, stat);
      this.#sink.unsure?.(path);
      if (typeof found === 'string') this.#compared(path, found, node);
      else this.#sink.undecided?.(path, node, found.why, stat);
    }
  }

  #compared(path: BytePath, status: Status, node: NodeId): void {
    if (status !== 'clean' || this.#scan.options.clean) this.#sink.entry(path, status, node);
  }
}

/** The children of a node, the last one first. */
function childrenOf(cache: StatCache, node: NodeId): NodeId[] {
  const last = cache.firstChild(node) + cache.childCount(node) - 1;
  return Array.from({ length: cache.childCount(node) }, (_, i) => last - i);
}

/** Who has read the stat cache has entered the root. */
function isKnownToBeEntered(directory: BytePath): true | undefined {
  return directory === '' ? true : undefined;
}

function isFileLike(kind: FileKind | undefined): boolean {
  return kind === 'file' || kind === 'symlink';
}

/**
 * True if some file system could take one of the names for the control directory. Mercurial does not stat such a path;
 * it accepts one from a listing.
 */
function namesControlDirectory(path: BytePath, controlDirectory: string): boolean {
  const names = path.toLowerCase().split('/');
  return names.some(name => name === controlDirectory || name === `${controlDirectory}.`);
}
