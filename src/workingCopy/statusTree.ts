// The known state of a working copy: a tree of directories with only the entries that are not clean. A rescan of a
// directory or path replaces exactly its part. The tree remembers the changes since the last publication.
import { bytePath, joinPath, type BytePath } from '../base/bytePath.ts';
import type { Status } from '../status/types.ts';

export interface Entry {
  readonly status: Exclude<Status, 'clean'>;
  /** Where a tracked file was copied or renamed from. */
  readonly source?: BytePath;
  /** An ignored directory: everything below it is ignored, and not listed. */
  readonly directory?: true;
  /** The file may be modified, or clean: a sentence with the reason why that is not known. */
  readonly undecided?: string;
}

export interface Directory {
  /** False if it is only known from recorded paths below it that are missing. */
  listed: boolean;
  subdirectories: Map<string, Directory> | undefined;
  entries: Map<string, Entry> | undefined;
}

export type EntryCounts = Record<Entry['status'], number>;

export interface Change {
  readonly path: BytePath;
  readonly entry: Entry | undefined;
}

const PLAIN = new Map<Entry['status'], Entry>();

/** The entry of a status without further attributes; one object for all paths. */
export function plainEntry(status: Entry['status']): Entry {
  let entry = PLAIN.get(status);
  if (entry === undefined) PLAIN.set(status, (entry = { status }));
  return entry;
}

export const IGNORED_DIRECTORY: Entry = { status: 'ignored', directory: true };

export class StatusTree {
  readonly #root = emptyDirectory();
  readonly #counts: EntryCounts = { modified: 0, added: 0, removed: 0, deleted: 0, unknown: 0, ignored: 0 };
  /** For each path that differs from what was published last: what had been published. */
  readonly #unpublished = new Map<BytePath, Entry | undefined>();

  readonly #onDirectoryGone: (path: BytePath) => void;

  /** @param onDirectoryGone called for each directory that is no longer known */
  constructor(onDirectoryGone: (path: BytePath) => void = () => undefined) {
    this.#onDirectoryGone = onDirectoryGone;
  }

  get counts(): Readonly<EntryCounts> {
    return this.#counts;
  }

  /** Paths that differ from what was published last; one that went and came back does not. */
  get unpublishedCount(): number {
    return this.#unpublished.size;
  }

  get(path: BytePath): Entry | undefined {
    const { parent, name } = split(path);
    return this.directory(parent)?.entries?.get(name);
  }

  directory(path: BytePath): Directory | undefined {
    let at: Directory | undefined = this.#root;
    if (path === '') return at;
    for (const name of path.split('/')) {
      at = at.subdirectories?.get(name);
      if (at === undefined) return undefined;
    }
    return at;
  }

  /** The ignored directory that `path` lies below (strictly), if one is listed as a whole. */
  ignoredDirectoryAbove(path: BytePath): BytePath | undefined {
    let at: Directory | undefined = this.#root;
    for (let slash = path.indexOf('/'), from = 0; slash >= 0; from = slash + 1, slash = path.indexOf('/', from)) {
      const name = path.slice(from, slash);
      if (at.entries?.get(name)?.directory) return bytePath(path.slice(0, slash));
      at = at.subdirectories?.get(name);
      if (at === undefined) return undefined;
    }
    return undefined;
  }

  /** Returns the recorded path above `path` (strictly) that has an entry, and no directory that was entered. */
  recordedAbove(path: BytePath): BytePath | undefined {
    let at: Directory | undefined = this.#root;
    for (let slash = path.indexOf('/'), from = 0; slash >= 0; from = slash + 1, slash = path.indexOf('/', from)) {
      const name = path.slice(from, slash);
      const below: Directory | undefined = at.subdirectories?.get(name);
      if (below === undefined) {
        const status = at.entries?.get(name)?.status;
        const isRecorded = status !== undefined && status !== 'unknown' && status !== 'ignored';
        return isRecorded ? bytePath(path.slice(0, slash)) : undefined;
      }
      at = below;
    }
    return undefined;
  }

  /**
   * Replaces the state of one directory: its own entries and its sub-directories. Those in `entered` stay, because they
   * are queued and later steps replace them.
   *
   * @param found everything found at or below the directory's names, by full path
   * @param listed true if the directory is part of the working copy and was read
   */
  replaceDirectory(
    path: BytePath,
    found: ReadonlyMap<BytePath, Entry>,
    entered: ReadonlySet<string>,
    listed: boolean,
  ): void {
    const directory = listed || found.size > 0 || entered.size > 0 ? this.#make(path) : this.directory(path);
    if (directory === undefined) return;
    directory.listed = listed;
    for (const [name, entry] of directory.entries ?? []) {
      const child = joinPath(path, name);
      if (!found.has(child)) this.#clear(directory, child, name, entry);
    }
    for (const [name, child] of directory.subdirectories ?? []) {
      if (!entered.has(name)) this.#prune(directory, joinPath(path, name), name, child);
    }
    for (const name of entered) this.#child(directory, name);
    for (const [at, entry] of found) this.#set(at, entry);
  }

  /**
   * Returns the node of a directory that a scan found clean, in a known parent. It was read, and only later steps
   * replace its sub-directories. Undefined if the tree has more than those for it; then replace it.
   */
  enterClean(parent: Directory, name: string): Directory | undefined {
    const directory = this.#child(parent, name);
    if ((directory.entries?.size ?? 0) > 0 || (directory.subdirectories?.size ?? 0) > 0) return undefined;
    directory.listed = true;
    return directory;
  }

  /**
   * Replaces what is known of one path and, unless it was queued as a directory, of everything below it.
   */
  replacePath(path: BytePath, found: ReadonlyMap<BytePath, Entry>, entered: boolean): void {
    const { parent, name } = split(path);
    const directory = this.directory(parent);
    if (directory !== undefined) {
      const old = directory.entries?.get(name);
      if (old !== undefined && !found.has(path)) this.#clear(directory, path, name, old);
      const below = directory.subdirectories?.get(name);
      if (below !== undefined && !entered) this.#prune(directory, path, name, below);
    }
    if (entered) this.#make(path);
    for (const [at, entry] of found) this.#set(at, entry);
  }

  /** Every entry at or below a path, parents before children. The tree must not be changed meanwhile. */
  *entries(from: BytePath = bytePath('')): Generator<[BytePath, Entry]> {
    const own = from === '' ? undefined : this.get(from);
    if (own !== undefined) yield [from, own];
    const start = this.directory(from);
    if (start === undefined) return;
    const pending: [BytePath, Directory][] = [[from, start]];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [path, directory] = next;
      for (const [name, entry] of directory.entries ?? []) yield [joinPath(path, name), entry];
      for (const [name, child] of directory.subdirectories ?? []) pending.push([joinPath(path, name), child]);
    }
  }

  /** Every directory that was read, the root included. The tree must not be changed meanwhile. */
  *directories(): Generator<BytePath> {
    const pending: [BytePath, Directory][] = [[bytePath(''), this.#root]];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [path, { listed, subdirectories }] = next;
      if (listed) yield path;
      for (const [name, child] of subdirectories ?? []) pending.push([joinPath(path, name), child]);
    }
  }

  /** Sets one entry, leaving all else as it is. */
  setEntry(path: BytePath, entry: Entry): void {
    this.#set(path, entry);
  }

  /** Returns the changes since the last publication, and counts them as published. */
  takeChanges(): Change[] {
    const changes: Change[] = [];
    for (const path of this.#unpublished.keys()) changes.push({ path, entry: this.get(path) });
    this.#unpublished.clear();
    return changes;
  }

  #set(path: BytePath, entry: Entry): void {
    const { parent, name } = split(path);
    const directory = this.#make(parent);
    const old = directory.entries?.get(name);
    if (sameEntry(old, entry)) return;
    this.#note(path, old, entry);
    if (old !== undefined) this.#counts[old.status]--;
    this.#counts[entry.status]++;
    (directory.entries ??= new Map<string, Entry>()).set(name, entry);
  }

  #clear(directory: Directory, path: BytePath, name: string, old: Entry): void {
    this.#note(path, old, undefined);
    this.#counts[old.status]--;
    directory.entries?.delete(name);
  }

  /** Forgets a sub-directory and all below it. The caller sets again what it found there. */
  #prune(parent: Directory, path: BytePath, name: string, top: Directory): void {
    const pending: [BytePath, Directory][] = [[path, top]];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [at, directory] = next;
      for (const [child, entry] of directory.entries ?? []) {
        this.#note(joinPath(at, child), entry, undefined);
        this.#counts[entry.status]--;
      }
      for (const [child, below] of directory.subdirectories ?? []) pending.push([joinPath(at, child), below]);
      this.#onDirectoryGone(at);
    }
    parent.subdirectories?.delete(name);
  }

  #note(path: BytePath, from: Entry | undefined, to: Entry | undefined): void {
    if (!this.#unpublished.has(path)) this.#unpublished.set(path, from);
    else if (sameEntry(this.#unpublished.get(path), to)) this.#unpublished.delete(path);
  }

  #make(path: BytePath): Directory {
    let at = this.#root;
    if (path === '') return at;
    for (const name of path.split('/')) at = this.#child(at, name);
    return at;
  }

  #child(directory: Directory, name: string): Directory {
    const children = (directory.subdirectories ??= new Map<string, Directory>());
    let child = children.get(name);
    if (child === undefined) children.set(name, (child = emptyDirectory()));
    return child;
  }
}

function emptyDirectory(): Directory {
  return { listed: false, subdirectories: undefined, entries: undefined };
}

function split(path: BytePath): { parent: BytePath; name: string } {
  const slash = path.lastIndexOf('/');
  return slash < 0
    ? { parent: bytePath(''), name: path }
    : { parent: bytePath(path.slice(0, slash)), name: path.slice(slash + 1) };
}

function sameEntry(a: Entry | undefined, b: Entry | undefined): boolean {
  if (a === b) return true;
  const same = a?.status === b?.status && a?.source === b?.source && a?.directory === b?.directory;
  return same && a?.undecided === b?.undecided;
}
