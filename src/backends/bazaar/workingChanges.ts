// The changes of a working tree against its first parent: from what the dirstate knows and what the engine found.
import { joinPath, parentPath, toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { FileStat } from '../../base/fileStat.ts';
import type { BazaarDirstate, RecordedEntry } from '../../bazaar/dirstate/bazaarDirstate.ts';
import type { StatusEntry } from '../../status/status.ts';
import { NO_NODE, type WorkCounters } from '../../status/types.ts';
import { rethrowIfExhausted, WorkingTree } from '../../status/workingTree.ts';
import { sha1Of, type BazaarInput } from './bazaarInput.ts';
import type { BazaarChange, ChangeKind, ChangeSide } from './changes.ts';

/** A path on disk; its kind is undefined if nothing is there. */
interface Found {
  readonly kind: ChangeKind | undefined;
  readonly stat: FileStat | undefined;
}

const NOTHING: Found = { kind: undefined, stat: undefined };

/** Stats the paths of one moment, and each directory above them once. */
export class WorkingChanges {
  readonly #input: BazaarInput;
  readonly #dirstate: BazaarDirstate;
  readonly #tree: WorkingTree;
  readonly #reachable = new Map<BytePath, boolean>();

  constructor(input: BazaarInput, outcome: WorkCounters) {
    this.#input = input;
    this.#dirstate = input.statCache;
    this.#tree = new WorkingTree(input.root, outcome);
  }

  /**
   * Returns all changes, in no particular order.
   * @param entries what the engine found: all but clean paths
   * Throws 'unsupported' for a fifo, socket or device at a versioned path: Breezy fails, too.
   */
  all(entries: readonly StatusEntry[]): BazaarChange[] {
    const nodes = new Set<number>(this.#dirstate.shapedNodes());
    const changes: BazaarChange[] = [];
    for (const { path, status } of entries) {
      if (status === 'unknown') {
        changes.push(this.unknown(path));
      } else if (status !== 'removed' && status !== 'ignored') {
        const node = this.#dirstate.find(path);
        if (node !== NO_NODE) nodes.add(node);
      }
    }
    for (const node of nodes) {
      const change = this.ofNode(node);
      if (change !== undefined) changes.push(change);
    }
    for (const removed of this.#dirstate.removed()) changes.push(removedChange(removed));
    return changes;
  }

  unknown(path: BytePath): BazaarChange {
    const { kind } = this.#lookUp(path);
    return {
      fileId: undefined,
      before: undefined,
      after: { path, kind, executable: false },
      renamed: false,
      content: true,
    };
  }

  /** Returns what is at a path, wherever that is; undefined if nothing is. */
  kindAt(path: BytePath): ChangeKind | undefined {
    return this.#lookUp(path).kind;
  }

  /** Returns the names in a directory; none if it cannot be read. */
  namesIn(directory: BytePath): string[] {
    return (this.#tree.readDirectory(directory) ?? []).map(({ name }) => name);
  }

  /** Returns a node of the working tree as one side of a change. Throws as {@link all} does. */
  sideOf(node: number): ChangeSide {
    const path = this.#dirstate.path(node);
    const found = this.#find(path);
    return { path, kind: found.kind, executable: this.#isExecutable(node, found) };
  }

  /** True if the file or link at a node has another content than the one with this SHA-1, or target. */
  hasOtherContent(node: number, fingerprint: string): boolean {
    const path = this.#dirstate.path(node);
    const { kind, stat } = this.#find(path);
    if (stat === undefined || (kind !== 'file' && kind !== 'symlink')) return false;
    return this.#fingerprint(path, stat) !== fingerprint;
  }

  /** Returns the change of a node that the working tree has; undefined if there is none. */
  ofNode(node: number): BazaarChange | undefined {
    const dirstate = this.#dirstate;
    const path = dirstate.path(node);
    const found = this.#find(path);
    const base = dirstate.base(node);
    const fileId = dirstate.fileId(node);
    const after: ChangeSide = { path, kind: found.kind, executable: this.#isExecutable(node, found) };
    if (base === undefined) {
      return { fileId, before: undefined, after, renamed: false, content: found.kind !== undefined };
    }
    const before = sideOf(base, dirstate.oldPath(node)!);
    const renamed = dirstate.isRenamed(node);
    const content = found.kind !== base.kind || this.#hasOtherContent(node, path, found, base);
    if (!renamed && !content && before.executable === after.executable) return undefined;
    return { fileId, before, after, renamed, content };
  }

  #hasOtherContent(node: number, path: BytePath, found: Found, base: RecordedEntry): boolean {
    const { stat, kind } = found;
    if (stat === undefined || (kind !== 'file' && kind !== 'symlink')) return false;
    const working = this.#dirstate.working(node);
    if (working?.kind === kind) {
      const isSame = this.#dirstate.contentByStat(node, stat);
      if (isSame !== undefined) return !isSame;
    }
    return this.#fingerprint(path, stat) !== base.fingerprint;
  }

  #isExecutable(node: number, { kind, stat }: Found): boolean {
    return kind === 'file' && stat !== undefined && this.#dirstate.isExecutable(node, stat);
  }

  /** SHA-1 of a file, target of a link. */
  #fingerprint(path: BytePath, stat: FileStat): string {
    try {
      const content = this.#tree.content(path, stat);
      return stat.kind === 'symlink' ? Buffer.concat([...content.chunks()]).toString('latin1') : sha1Of(content);
    } catch (error) {
      if (error instanceof QuicksilverError) throw error;
      const code = rethrowIfExhausted(path, error);
      throw new QuicksilverError('io', `${toDisplay(path)}: cannot be read (${code})`, { cause: error });
    }
  }

  /** A versioned path; nothing is there if a directory above it is none of this working tree. */
  #find(path: BytePath): Found {
    const found = this.#isReachable(parentPath(path)) ? this.#lookUp(path) : NOTHING;
    checkKind(path, found.kind);
    return found;
  }

  #lookUp(path: BytePath): Found {
    const stat = this.#tree.lstat(path);
    if (stat === undefined) return NOTHING;
    if (stat.kind === 'directory') return { kind: this.#isNested(path) ? 'tree-reference' : 'directory', stat };
    if (stat.kind === 'other') return { kind: this.#tree.specialKind(path), stat };
    return { kind: stat.kind, stat };
  }

  #isNested(path: BytePath): boolean {
    const { rules } = this.#input;
    return (
      path !== '' &&
      rules.hasNested !== false &&
      this.#tree.lstat(joinPath(path, rules.controlDirectory))?.kind === 'directory'
    );
  }

  /** True if a path and all above it are directories of this working tree. */
  #isReachable(directory: BytePath): boolean {
    if (directory === '') return true;
    let known = this.#reachable.get(directory);
    if (known === undefined) {
      known =
        this.#isReachable(parentPath(directory)) &&
        this.#tree.lstat(directory)?.kind === 'directory' &&
        !this.#isNested(directory);
      this.#reachable.set(directory, known);
    }
    return known;
  }
}

function removedChange({ path, fileId, entry }: ReturnType<BazaarDirstate['removed']>[number]): BazaarChange {
  return { fileId, before: sideOf(entry, path), after: undefined, renamed: false, content: true };
}

function sideOf(entry: RecordedEntry, path: BytePath): ChangeSide {
  return { path, kind: entry.kind, executable: entry.kind === 'file' && entry.executable };
}

function checkKind(path: BytePath, kind: ChangeKind | undefined): void {
  if (kind === 'fifo' || kind === 'socket' || kind === 'device') {
    throw new QuicksilverError('unsupported', `${toDisplay(path)}: a ${kind} at a versioned path is not supported`);
  }
}
