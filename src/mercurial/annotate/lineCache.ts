// The lines of file revisions as numbers. Annotate goes from new to old, but a text is rebuilt from deltas against
// older ones. So revisions are read in windows, the oldest of a window first, and only the numbers are kept.
import { BoundedCache } from '../../base/boundedCache.ts';
import { keyOf, type FileRevision } from './fileRevisions.ts';
import type { FollowedFilelog } from '../store/remoteFilelog.ts';
import type { LineTable } from './lineTable.ts';
import { comparableText, type WhitespaceOptions } from './whitespace.ts';

/** Revisions that are read in one go. */
const WINDOW = 128;
const MAX_BYTES = 1 << 26;

export class LineCache {
  readonly #table: LineTable;
  readonly #whitespace: WhitespaceOptions;
  readonly #lines = new BoundedCache<Int32Array>(Infinity, MAX_BYTES, lines => lines.byteLength + 64);
  /** Revisions that will be needed, ascending, by filelog; undefined if that is not known. */
  readonly #needed: ReadonlyMap<FollowedFilelog, number[]> | undefined;

  /** @param files all file revisions that will be asked for; without it, those before one are expected after it */
  constructor(table: LineTable, whitespace: WhitespaceOptions, files?: Iterable<FileRevision>) {
    this.#table = table;
    this.#whitespace = whitespace;
    this.#needed = files && byFilelog(files);
  }

  /** Returns one number a line. */
  lines(file: FileRevision): Int32Array {
    return this.#lines.get(keyOf(file)) ?? this.#read(file);
  }

  /** Returns the numbers of a text that is no file revision. */
  linesOf(text: Buffer): Int32Array {
    return this.#table.number(comparableText(text, this.#whitespace));
  }

  #read({ path, filelog, revision }: FileRevision): Int32Array {
    const read = (others: readonly number[]): Int32Array => {
      for (const next of others) {
        const key = keyOf({ path, filelog, revision: next });
        if (this.#lines.get(key) === undefined) this.#lines.set(key, this.linesOf(filelog.content(next)));
      }
      const lines = this.linesOf(filelog.content(revision));
      this.#lines.set(keyOf({ path, filelog, revision }), lines);
      return lines;
    };
    // Revisions that are read one by one may be on another machine: they wait until they are needed.
    if (filelog.readingMany === undefined) return read([]);
    return filelog.readingMany(() => read(this.#othersInWindow(filelog, revision)));
  }

  /** Returns the revisions before this one that will be needed, too, as many as are read in one go; ascending. */
  #othersInWindow(filelog: FollowedFilelog, revision: number): readonly number[] {
    const most = WINDOW - 1;
    if (this.#needed === undefined) {
      const count = Math.min(most, revision);
      return Array.from({ length: count }, (_, at) => revision - count + at);
    }
    const revisions = this.#needed.get(filelog) ?? [];
    const at = revisions.indexOf(revision);
    return at < 0 ? [] : revisions.slice(Math.max(0, at - most), at);
  }
}

function byFilelog(files: Iterable<FileRevision>): ReadonlyMap<FollowedFilelog, number[]> {
  const needed = new Map<FollowedFilelog, number[]>();
  for (const { filelog, revision } of files) {
    const revisions = needed.get(filelog);
    if (revisions === undefined) needed.set(filelog, [revision]);
    else revisions.push(revision);
  }
  for (const revisions of needed.values()) revisions.sort((a, b) => a - b);
  return needed;
}
