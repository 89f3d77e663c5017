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
  /** Revisions that will be needed, ascending, by filelog. */
  readonly #needed = new Map<FollowedFilelog, number[]>();

  /** @param files all file revisions that may be asked for */
  constructor(table: LineTable, whitespace: WhitespaceOptions, files: Iterable<FileRevision>) {
    this.#table = table;
    this.#whitespace = whitespace;
    for (const { filelog, revision } of files) {
      const revisions = this.#needed.get(filelog);
      if (revisions === undefined) this.#needed.set(filelog, [revision]);
      else revisions.push(revision);
    }
    for (const revisions of this.#needed.values()) revisions.sort((a, b) => a - b);
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
    const revisions = this.#needed.get(filelog) ?? [];
    const end = revisions.indexOf(revision) + 1;
    const read = (from: number): Int32Array => {
      let lines: Int32Array = new Int32Array(0);
      for (const next of revisions.slice(from, end)) {
        const key = keyOf({ path, filelog, revision: next });
        if (next !== revision && this.#lines.get(key) !== undefined) continue;
        lines = this.linesOf(filelog.content(next));
        this.#lines.set(key, lines);
      }
      return lines;
    };
    // Revisions that are read one by one may be on another machine: they wait until they are needed.
    if (filelog.readingMany === undefined) return read(end - 1);
    return filelog.readingMany(() => read(Math.max(0, end - WINDOW)));
  }
}
