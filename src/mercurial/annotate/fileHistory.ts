// The history of one file, as `hg log --follow FILE` lists it.
import type { BytePath } from '../../base/bytePath.ts';
import { RevisionHeap } from '../history/revisionHeap.ts';
import { fileRevisionAt, Introductions, keyOf, parentsOf } from './fileRevisions.ts';
import type { FileHistorySource, FileRevision, IntroducedRevision } from './fileRevisions.ts';

/** A file revision, and the revisions that it was made from. */
export interface FileHistoryEntry extends IntroducedRevision {
  /** At their own paths: the source of a copy, then the parents in the filelog. */
  readonly parents: readonly IntroducedRevision[];
}

/** The file revisions that a history begins with, and the changesets that have them. */
export interface HistoryStart {
  readonly files: readonly FileRevision[];
  readonly changesets: readonly number[];
}

/** The history of the file at `path` begins with its revision in a changeset, if the changeset has one. */
export function startAt(source: FileHistorySource, path: BytePath, changeset: number): HistoryStart {
  return { files: [fileRevisionAt(source, path, changeset) ?? []].flat(), changesets: [changeset] };
}

/**
 * Yields the revisions of the file at `path`, seen from a changeset: newest changeset first, over renames and copies.
 * Yields nothing if the changeset has no such file. A changeset has several entries where it made several files into
 * one.
 *
 * A merge that took one side as it was is not among them, and neither is a removal, as with `hg log --follow`.
 */
export function fileHistory(
  source: FileHistorySource,
  path: BytePath,
  changeset: number,
  followsCopies = true,
): Generator<FileHistoryEntry> {
  return historyFrom(source, startAt(source, path, changeset), followsCopies);
}

function* historyFrom(
  source: FileHistorySource,
  { files, changesets }: HistoryStart,
  followsCopies: boolean,
): Generator<FileHistoryEntry> {
  const first = new Introductions(source, changesets);
  const heap = new RevisionHeap();
  const waiting = new Map<number, Map<string, IntroducedRevision>>();
  const add = (revision: IntroducedRevision): void => {
    let of = waiting.get(revision.changeset);
    if (of === undefined) {
      waiting.set(revision.changeset, (of = new Map<string, IntroducedRevision>()));
      heap.push(revision.changeset);
    }
    of.set(keyOf(revision), revision);
  };
  for (const file of files) add({ ...file, changeset: first.atOrBelow(file, changesets) });
  for (let next = heap.pop(); next !== undefined; next = heap.pop()) {
    const revisions = [...waiting.get(next)!.values()];
    waiting.delete(next);
    // As in Mercurial, a linkrev counts if it is an ancestor of this changeset, not just of the first one.
    const introductions = new Introductions(source, [next]);
    for (const revision of revisions) {
      const parents = parentsOf(source, revision, followsCopies).map(parent => ({
        ...parent,
        changeset: introductions.below(parent, next),
      }));
      parents.forEach(add);
      yield { ...revision, parents };
    }
  }
}

/** A changeset that removed or renamed the file. */
export interface FileRemoval {
  readonly kind: 'removal';
  readonly path: BytePath;
  readonly changeset: number;
  /** The changeset before it, which has the file. */
  readonly before: number;
}

/**
 * Yields the revisions that {@link fileHistory} yields, and removals: of a file that the changesets lack, and of
 * earlier files at the path. Only removals by ancestors count.
 *
 * Yields undefined now and then during a long search, so that the caller can interrupt it.
 */
export function* fileHistoryWithRemovals(
  source: FileHistorySource,
  path: BytePath,
  start: HistoryStart,
): Generator<FileHistoryEntry | FileRemoval | undefined> {
  let from = start;
  let at = path;
  for (;;) {
    let last: FileHistoryEntry | undefined;
    for (const entry of historyFrom(source, from, true)) {
      yield entry;
      last = entry;
    }
    at = last?.path ?? at;
    const heads = last === undefined ? from.changesets : source.graph.parents(last.changeset);
    const removal = yield* findRemoval(source, at, heads);
    if (removal === undefined) return;
    yield removal;
    from = startAt(source, at, removal.before);
  }
}

/** Changesets that a search reads before it yields. */
const SEARCHED = 64;

/** The newest ancestor that removed the file. Returns undefined if none did. */
function* findRemoval(
  source: FileHistorySource,
  path: BytePath,
  heads: readonly number[],
): Generator<undefined, FileRemoval | undefined> {
  const { graph } = source;
  const revlog = source.filelog(path)?.revlog;
  if (revlog === undefined || revlog.length === 0) return undefined;
  let lowest = Infinity;
  for (let revision = 0; revision < revlog.length; revision++) {
    lowest = Math.min(lowest, revlog.link(revision));
  }
  const heap = new RevisionHeap();
  const seen = new Set<number>();
  const add = (revision: number): void => {
    // The file was not there before its first revision.
    if (revision <= lowest || seen.has(revision)) return;
    seen.add(revision);
    heap.push(revision);
  };
  heads.forEach(add);
  for (let next = heap.pop(); next !== undefined; next = heap.pop()) {
    if (seen.size % SEARCHED === 0) yield undefined;
    const parents = graph.parents(next);
    if (source.changedFiles(next).includes(path) && source.manifest(next).find(path) === undefined) {
      const before = parents.find(parent => source.manifest(parent).find(path) !== undefined);
      if (before !== undefined) return { kind: 'removal', path, changeset: next, before };
    }
    parents.forEach(add);
  }
  return undefined;
}
