// The history of some lines of a file: the file revisions that changed them, over renames and copies. The rules come
// from comparing answers with the set `followlines()` of the real program: test/differential/lineHistory.test.ts.
import type { BytePath } from '../../base/bytePath.ts';
import { RevisionHeap } from '../history/revisionHeap.ts';
import { fileRevisionAt, Introductions, parentsOf } from './fileRevisions.ts';
import type { FileHistorySource, FileRevision, IntroducedRevision } from './fileRevisions.ts';
import type { FileHistoryEntry } from './fileHistory.ts';
import { LineCache } from './lineCache.ts';
import { LineTable } from './lineTable.ts';
import { matchBlocks, MatchMemory, type Blocks } from './matchBlocks.ts';
import { KEEP_WHITESPACE } from './whitespace.ts';

/** Lines of a file: the first one from 0, and the one after the last. */
export interface LineRange {
  readonly first: number;
  readonly end: number;
}

/** A file revision that changed the lines, and where they are in it. */
export interface LineHistoryEntry extends FileHistoryEntry {
  readonly lines: LineRange;
}

interface FollowedLines {
  readonly lines: LineRange;
  readonly isChanged: boolean;
}

interface Waiting {
  readonly revision: IntroducedRevision;
  readonly lines: LineRange;
}

/**
 * Yields the revisions of a file that changed some of its lines. Yields nothing if the changeset has no such file. A
 * revision without parents is the last one: there the lines came from nowhere.
 *
 * The order is that of the linkrevs, the newest first. Where the same file revision came on several branches, a linkrev
 * may be older than the changeset that introduced the revision here.
 *
 * Yields undefined for a revision that left the lines as they were, so that the caller can interrupt the work.
 */
export function lineHistory(
  source: FileHistorySource,
  path: BytePath,
  changeset: number,
  lines: LineRange,
): Generator<LineHistoryEntry | undefined> {
  const file = fileRevisionAt(source, path, changeset);
  return lineHistoryFrom(source, file === undefined ? [] : [{ file, lines }], [changeset]);
}

/**
 * Yields what {@link lineHistory} yields, for lines of one or two file revisions that were merged.
 *
 * @param changesets those that have the file revisions
 */
export function* lineHistoryFrom(
  source: FileHistorySource,
  starts: readonly { readonly file: FileRevision; readonly lines: LineRange }[],
  changesets: readonly number[],
): Generator<LineHistoryEntry | undefined> {
  const texts = new Texts();
  const queue = new LinkrevQueue();
  const first = new Introductions(source, changesets);
  for (const { file, lines } of starts) {
    queue.add({ revision: { ...file, changeset: first.atOrBelow(file, changesets) }, lines });
  }
  for (let next = queue.takeNewest(); next !== undefined; next = queue.takeNewest()) {
    const { revision, lines: range } = next;
    // As in Mercurial, a linkrev counts if it is an ancestor of this revision's changeset, not just of the first one.
    const introductions = new Introductions(source, [revision.changeset]);
    const parents = parentsOf(source, revision, true).map(parent => ({
      ...parent,
      changeset: introductions.below(parent, revision.changeset),
    }));
    let isChanged = parents.length === 0;
    for (const parent of parents) {
      const before = texts.follow(parent, revision, range);
      isChanged ||= before.isChanged;
      if (before.lines.first < before.lines.end) queue.add({ revision: parent, lines: before.lines });
    }
    yield isChanged ? { ...revision, parents, lines: range } : undefined;
  }
}

/**
 * File revisions that wait, by their linkrevs and nodes. As in Mercurial, a revision replaces a waiting one with the
 * same linkrev and node: there is one range of lines for both.
 */
class LinkrevQueue {
  readonly #linkrevs = new RevisionHeap();
  readonly #waiting = new Map<number, Map<string, Waiting>>();

  add(waiting: Waiting): void {
    const { filelog, revision, changeset } = waiting.revision;
    // The linkrev is unknown where a server has the history; the changeset is known.
    const link = filelog.revlog.link(revision);
    const linkrev = link < 0 ? changeset : link;
    let of = this.#waiting.get(linkrev);
    if (of === undefined) {
      this.#waiting.set(linkrev, (of = new Map<string, Waiting>()));
      this.#linkrevs.push(linkrev);
    }
    of.set(filelog.revlog.entry(revision).node.toString('hex'), waiting);
  }

  /** Takes out the one with the largest linkrev; among those of one linkrev, the one with the largest node. */
  takeNewest(): Waiting | undefined {
    const linkrev = this.#linkrevs.pop();
    if (linkrev === undefined) return undefined;
    const of = this.#waiting.get(linkrev)!;
    const [node, newest] = [...of].reduce((a, b) => (a[0] < b[0] ? b : a));
    of.delete(node);
    if (of.size === 0) this.#waiting.delete(linkrev);
    else this.#linkrevs.push(linkrev);
    return newest;
  }
}

/** The texts of file revisions as numbers of lines. Each is read once, and mostly near others. */
class Texts {
  readonly #table = new LineTable();
  readonly #memory = new MatchMemory();
  readonly #cache = new LineCache(this.#table, KEEP_WHITESPACE);

  follow(parent: FileRevision, child: FileRevision, lines: LineRange): FollowedLines {
    const after = this.#cache.lines(child);
    const before = this.#cache.lines(parent);
    const blocks = matchBlocks(before, after, this.#table.size, this.#memory);
    return rangeBefore(blocks, before.length, after.length, lines);
  }
}

/** Returns where lines of a text were in the text before, and whether any of them changed. */
export function followLines(before: Buffer, text: Buffer, lines: LineRange): FollowedLines {
  const table = new LineTable();
  const parent = table.number(before);
  const child = table.number(text);
  return rangeBefore(matchBlocks(parent, child, table.size), parent.length, child.length, lines);
}

/**
 * A range that ends inside a changed region takes the whole region that was there before. Lines that were only removed
 * count if they stood between two lines of the range.
 */
function rangeBefore(
  blocks: Blocks,
  parentLength: number,
  childLength: number,
  { first, end }: LineRange,
): FollowedLines {
  let from = 0;
  let to = 0;
  let isChanged = false;
  let a = 0;
  let b = 0;
  for (let at = 0; at <= blocks.length; at += 4) {
    const [a1, a2, b1, b2] = [
      blocks[at] ?? parentLength,
      blocks[at + 1] ?? parentLength,
      blocks[at + 2] ?? childLength,
      blocks[at + 3] ?? childLength,
    ];
    // The changed region before the block, then the block.
    if (b < end && b1 > first) isChanged ||= b < b1 || a < a1;
    if (b <= first && first < b1) from = a;
    if (b < end && end <= b1) to = a1;
    if (b1 <= first && first < b2) from = a1 + first - b1;
    if (b1 < end && end <= b2) to = a1 + end - b1;
    a = a2;
    b = b2;
  }
  return { lines: { first: from, end: to }, isChanged };
}
