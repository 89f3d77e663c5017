// Finds which files of one revision are copies of files in another: the copies that Mercurial's status shows. It
// follows the history of each new file back to a file of the older revision.
import type { BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { Filelog } from '../store/filelog.ts';
import type { Manifest } from '../store/manifest.ts';
import type { RevisionGraph } from './revisionGraph.ts';

/** A file of the changelog's revisions, or the working copy. */
export interface CopyRevision {
  /** A number in the changelog; -1 is the empty revision. For the working copy it is the first parent. */
  readonly revision: number;
  /** Only of the working copy. */
  readonly workingCopy?: WorkingCopyCopies | undefined;
}

/** The changes of the working copy against its first parent. */
export interface WorkingCopyCopies {
  /** Recorded copies: path to source. Only of files that are tracked. */
  readonly copies: ReadonlyMap<BytePath, BytePath>;
  /** True if the path is a file of the working copy, as a manifest made of it would have it. */
  has(path: BytePath): boolean;
  /** True if the file of the first parent is unchanged in the working copy. */
  isUnchanged(path: BytePath): boolean;
}

/** The parts of a repository that tracing needs. */
export interface CopyHistory {
  readonly graph: RevisionGraph;
  manifest(revision: number): Manifest;
  filelog(path: BytePath): Filelog | undefined;
  /** Paths at `to` that are not at `from`, of those that may be selected. */
  addedPaths(from: number, to: number, isSelected: Selected | undefined): BytePath[];
}

/** Which files are asked for. */
export type Selected = (path: BytePath) => boolean;

type Copies = Map<BytePath, BytePath>;

/**
 * Path to source, for files that `to` has and that come from another one which `from` has: what `hg status -C` shows
 * between the two. Going back, a file that was renamed is shown as a copy of what it became.
 */
export function traceCopies(
  history: CopyHistory,
  from: CopyRevision,
  to: CopyRevision,
  isSelected: Selected | undefined,
): ReadonlyMap<BytePath, BytePath> {
  const isSame = from.revision === to.revision && from.workingCopy === to.workingCopy;
  // The working copy is something even where its parent is empty.
  if (isSame || isEmpty(from) || isEmpty(to)) return new Map();
  const trace = new CopyTrace(history);
  if (from.revision === to.revision && to.workingCopy !== undefined) {
    return trace.recorded(to.workingCopy, isSelected);
  }
  const common = history.graph.commonAncestor(from.revision, to.revision);
  let copies: Copies;
  if (common === from.revision && from.workingCopy === undefined) {
    copies = trace.forward(from.revision, to, undefined, isSelected);
  } else if (common === to.revision && to.workingCopy === undefined) {
    copies = trace.backward(trace.forward(to.revision, from, undefined, undefined), from, isSelected);
  } else {
    const base = common >= 0 ? from : undefined;
    const ofFrom = trace.forward(common, from, undefined, undefined);
    const ofTo = trace.forward(common, to, base, isSelected);
    // If both sides copied the same file to this path, nothing was copied between them.
    for (const [path, source] of ofFrom) {
      if (ofTo.get(path) !== source) continue;
      ofFrom.delete(path);
      ofTo.delete(path);
    }
    copies = chain(trace.backward(ofFrom, from, isSelected), ofTo);
  }
  for (const [path, source] of copies) {
    if (path === source || !trace.has(from, source) || !trace.has(to, path)) copies.delete(path);
  }
  return copies;
}

function isEmpty({ revision, workingCopy }: CopyRevision): boolean {
  return revision < 0 && workingCopy === undefined;
}

/** First `first`, then `second`. */
function chain(first: Copies, second: Copies): Copies {
  const result = new Map(first);
  for (const [path, source] of second) result.set(path, first.get(source) ?? source);
  return result;
}

interface FileRevision {
  readonly path: BytePath;
  readonly log: Filelog;
  readonly revision: number;
  readonly node: string;
  readonly link: number;
}

class CopyTrace {
  readonly #history: CopyHistory;
  readonly #manifests = new Map<number, Manifest>();

  constructor(history: CopyHistory) {
    this.#history = history;
  }

  has(side: CopyRevision, path: BytePath): boolean {
    if (side.workingCopy !== undefined) return side.workingCopy.has(path);
    return this.#manifest(side.revision).find(path) !== undefined;
  }

  recorded({ copies }: WorkingCopyCopies, isSelected: Selected | undefined): Copies {
    return new Map([...copies].filter(([path]) => isSelected?.(path) ?? true));
  }

  /** Traces from an ancestor to a descendant. The search also ends at a file that `base` has. */
  forward(from: number, to: CopyRevision, base: CopyRevision | undefined, isSelected: Selected | undefined): Copies {
    const ends: readonly CopyRevision[] = base === undefined ? [{ revision: from }] : [{ revision: from }, base];
    const committed: Copies = new Map();
    for (const path of this.#history.addedPaths(from, to.revision, isSelected)) {
      const node = this.#manifest(to.revision).find(path)?.node;
      const source = node === undefined ? undefined : this.#origin(path, node, ends);
      if (source !== undefined) committed.set(path, source);
    }
    if (to.workingCopy === undefined) return committed;
    return chain(committed, this.recorded(to.workingCopy, isSelected));
  }

  /** Turns copies around: source to path, of sources that `at` does not have any more. */
  backward(copies: Copies, at: CopyRevision, isSelected: Selected | undefined): Copies {
    const result: Copies = new Map();
    for (const [path, source] of [...copies].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if ((isSelected?.(source) ?? true) && !this.has(at, source)) result.set(source, path);
    }
    return result;
  }

  /** The path at which an ancestor of this file revision is found on one of some sides, the newest first. */
  #origin(path: BytePath, node: string, ends: readonly CopyRevision[]): BytePath | undefined {
    // As in Mercurial, only one of several revisions with the same changeset and node counts.
    const waiting = new Map<string, FileRevision>();
    const done = new Set<string>();
    for (let current = this.#fileRevision(path, node); ;) {
      for (const parent of this.#parents(current)) {
        if (!done.has(`${parent.node}/${parent.path}`)) waiting.set(`${parent.link}/${parent.node}`, parent);
      }
      const newest = newestOf(waiting.values());
      if (newest === undefined) return undefined;
      current = newest;
      waiting.delete(`${current.link}/${current.node}`);
      done.add(`${current.node}/${current.path}`);
      if (ends.some(side => this.#holds(side, current))) return current.path;
    }
  }

  /** True if a side has this file revision. A file that is changed in the working copy is a revision of its own. */
  #holds({ revision, workingCopy }: CopyRevision, { path, node }: FileRevision): boolean {
    return this.#manifest(revision).find(path)?.node === node && (workingCopy?.isUnchanged(path) ?? true);
  }

  /** Parents in the history of the file; the source of a copy stands for the first one. */
  #parents({ path, log, revision }: FileRevision): FileRevision[] {
    const entry = log.revlog.entry(revision);
    const parents = [entry.p1, entry.p2].filter(parent => parent >= 0).map(parent => this.#describe(path, log, parent));
    const copy = log.copySource(revision);
    return copy === undefined ? parents : [this.#fileRevision(copy.path as BytePath, copy.node), ...parents];
  }

  #fileRevision(path: BytePath, node: string): FileRevision {
    const log = this.#history.filelog(path);
    const revision = log?.revlog.findNode(node) ?? -1;
    if (log === undefined || revision < 0) {
      throw new QuicksilverError('corrupt', `the store lacks revision ${node} of ${JSON.stringify(path)}`);
    }
    return this.#describe(path, log, revision);
  }

  #describe(path: BytePath, log: Filelog, revision: number): FileRevision {
    const entry = log.revlog.entry(revision);
    return { path, log, revision, node: entry.node.toString('hex'), link: entry.link };
  }

  #manifest(revision: number): Manifest {
    let manifest = this.#manifests.get(revision);
    if (manifest === undefined) {
      manifest = this.#history.manifest(revision);
      this.#manifests.set(revision, manifest);
    }
    return manifest;
  }
}

/** The one whose changeset came last; among those of one changeset, the one with the largest node. */
function newestOf(revisions: Iterable<FileRevision>): FileRevision | undefined {
  let newest: FileRevision | undefined;
  for (const revision of revisions) {
    const isNewer =
      newest === undefined ||
      revision.link > newest.link ||
      (revision.link === newest.link && revision.node > newest.node);
    if (isNewer) newest = revision;
  }
  return newest;
}
