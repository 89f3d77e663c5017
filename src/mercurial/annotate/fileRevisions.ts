// The file revisions that annotate and file history walk through, over renames and copies: their parents, and the
// changeset that brought each.
import { toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { RevisionGraph } from '../history/revisionGraph.ts';
import { RevisionHeap } from '../history/revisionHeap.ts';
import type { Filelog } from '../store/filelog.ts';
import type { Manifest } from '../store/manifest.ts';
import type { FollowedFilelog } from '../store/remoteFilelog.ts';

/** The parts of the store that the walk reads. */
export interface FileHistorySource {
  readonly graph: RevisionGraph;
  /** Throws 'unsupported' if the history is not kept in a filelog. */
  filelog(path: BytePath): Filelog | undefined;
  followedFilelog(path: BytePath): FollowedFilelog | undefined;
  /** Paths that the changeset names as changed. Takes a changelog revision. */
  changedFiles(revision: number): readonly BytePath[];
  manifest(revision: number): Manifest;
}

/** A revision of a file at one path. */
export interface FileRevision {
  readonly path: BytePath;
  readonly filelog: FollowedFilelog;
  /** The revision in the filelog. */
  readonly revision: number;
}

/** A file revision with the changeset that brought it, as seen from where the walk began. */
export interface IntroducedRevision extends FileRevision {
  /** The changelog revision. */
  readonly changeset: number;
}

/** Returns the file revision of `path` in a changeset; undefined if the changeset has no such file. */
export function fileRevisionAt(source: FileHistorySource, path: BytePath, changeset: number): FileRevision | undefined {
  const node = source.manifest(changeset).find(path)?.node;
  return node === undefined ? undefined : fileRevisionOf(source, path, node);
}

/** Throws 'corrupt' if the store lacks the revision, 'unsupported' if it is kept on another machine. */
export function fileRevisionOf(source: FileHistorySource, path: BytePath, node: string): FileRevision {
  const filelog = source.followedFilelog(path);
  const revision = filelog?.revlog.findNode(node) ?? -1;
  if (filelog === undefined || revision < 0) {
    throw new QuicksilverError('corrupt', `the store lacks revision ${node} of ${JSON.stringify(path)}`);
  }
  return { path, filelog, revision };
}

/** Equal for equal file revisions. */
export function keyOf({ path, revision }: FileRevision): string {
  return `${revision} ${path}`;
}

/**
 * Returns the parents of a file revision: the source of its copy, unless `followsCopies` is false, then those in its
 * own filelog. The later ones count more.
 */
export function parentsOf(source: FileHistorySource, file: FileRevision, followsCopies: boolean): FileRevision[] {
  const { path, filelog, revision } = file;
  const { p1, p2 } = filelog.revlog.entry(revision);
  const parents = [p1, p2].filter(parent => parent >= 0).map(parent => ({ path, filelog, revision: parent }));
  const copy = followsCopies && p1 < 0 ? filelog.copySource(revision) : undefined;
  if (copy === undefined) return parents;
  return [fileRevisionOf(source, copy.path as BytePath, copy.node), ...parents];
}

/**
 * Finds the changeset that introduced a file revision.
 *
 * A file node may come from several changesets, and the store records only the first: its linkrev. The linkrev counts
 * if it is an ancestor of the base. Otherwise the walk goes down from the descendant, newest first. It stops at the
 * first changeset that names the path as changed and has the node there.
 */
export class Introductions {
  readonly #source: FileHistorySource;
  readonly #base: Ancestors;

  /** @param bases the changesets whose ancestors (themselves included) count */
  constructor(source: FileHistorySource, bases: readonly number[]) {
    this.#source = source;
    this.#base = new Ancestors(source.graph, bases);
  }

  /** Returns the changeset as seen from a changeset made from the file revision, or from that of one. */
  below(file: FileRevision, descendant: number): number {
    return this.#find(file, this.#source.graph.parents(descendant));
  }

  /** Returns the changeset as seen from changesets that have the file revision, and may have introduced it. */
  atOrBelow(file: FileRevision, changesets: readonly number[]): number {
    return this.#find(file, changesets);
  }

  #find({ path, filelog, revision }: FileRevision, first: readonly number[]): number {
    const link = filelog.revlog.link(revision);
    if (this.#base.has(link)) return link;
    const { graph } = this.#source;
    const hex = filelog.revlog.entry(revision).node.toString('hex');
    const heap = new RevisionHeap();
    const seen = new Set<number>();
    const add = (next: number): void => {
      if (next < link || next < 0 || seen.has(next)) return;
      seen.add(next);
      heap.push(next);
    };
    for (const changeset of first) add(changeset);
    for (let next = heap.pop(); next !== undefined; next = heap.pop()) {
      if (this.#source.changedFiles(next).includes(path) && this.#source.manifest(next).find(path)?.node === hex) {
        return next;
      }
      for (const parent of graph.parents(next)) add(parent);
    }
    // Only remotefilelog may name a changeset that is not here.
    if (link < 0)
      throw new QuicksilverError('unsupported', `no changeset is known to have brought '${toDisplay(path)}'`);
    return link;
  }
}

/** The ancestors of changesets, found as far down as they are asked for. */
class Ancestors {
  readonly #graph: RevisionGraph;
  readonly #heap = new RevisionHeap();
  readonly #found = new Set<number>();
  /** Everything from here on was visited. */
  #visited: number;

  constructor(graph: RevisionGraph, heads: readonly number[]) {
    this.#graph = graph;
    this.#visited = Math.max(-1, ...heads) + 1;
    for (const head of heads) this.#add(head);
  }

  has(revision: number): boolean {
    if (this.#found.has(revision)) return true;
    while (this.#visited > revision) {
      const next = this.#heap.pop();
      if (next === undefined) {
        this.#visited = -1;
        break;
      }
      this.#visited = next;
      for (const parent of this.#graph.parents(next)) this.#add(parent);
    }
    return this.#found.has(revision);
  }

  #add(revision: number): void {
    if (revision < 0 || this.#found.has(revision)) return;
    this.#found.add(revision);
    this.#heap.push(revision);
  }
}
