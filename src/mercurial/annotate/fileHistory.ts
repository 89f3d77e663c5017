// The history of one file, as `hg log --follow FILE` lists it.
import type { BytePath } from '../../base/bytePath.ts';
import { RevisionHeap } from '../history/revisionHeap.ts';
import { fileRevisionAt, Introductions, keyOf, parentsOf } from './fileRevisions.ts';
import type { FileHistorySource, IntroducedRevision } from './fileRevisions.ts';

/** A file revision, and the revisions that it was made from. */
export interface FileHistoryEntry extends IntroducedRevision {
  /** At their own paths: the source of a copy, then the parents in the filelog. */
  readonly parents: readonly IntroducedRevision[];
}

/**
 * Yields the revisions of the file at `path`, seen from a changeset: newest changeset first, over renames and copies.
 * Yields nothing if the changeset has no such file. A changeset has several entries where it made several files into
 * one.
 *
 * A merge that took one side as it was is not among them, and neither is a removal, as with `hg log --follow`.
 */
export function* fileHistory(
  source: FileHistorySource,
  path: BytePath,
  changeset: number,
  followsCopies = true,
): Generator<FileHistoryEntry> {
  const file = fileRevisionAt(source, path, changeset);
  if (file === undefined) return;
  const first = new Introductions(source, [changeset]).atOrBelow(file, [changeset]);
  const introductions = new Introductions(source, [first]);
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
  add({ ...file, changeset: first });
  for (let next = heap.pop(); next !== undefined; next = heap.pop()) {
    const revisions = [...waiting.get(next)!.values()];
    waiting.delete(next);
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
