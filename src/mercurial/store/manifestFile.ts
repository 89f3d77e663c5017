// Searches a manifest in Mercurial's cache of full texts, in the file. A large repository's manifest has tens of
// megabytes, of which a few lines are needed.
import { sameIdentity, type FileIdentity, type Vfs } from '../../files/vfs.ts';
import type { StoreCounters } from './counters.ts';
import { ManifestText, type ManifestLine } from './manifest.ts';

/** Where a text is, in which state of a file. */
export interface TextPlace {
  readonly file: string;
  readonly identity: FileIdentity;
  readonly start: number;
  readonly length: number;
}

const LINE_FEED = 0x0a;
/** Read around the middle of what is left; longer lines than this are not looked for. */
const PROBE_BYTES = 4096;
/** So much of the text is read and searched in memory. */
const LAST_BYTES = 1 << 16;
/** A whole text is gone through in pieces of this many bytes. */
const PIECE_BYTES = 1 << 20;

/** A manifest's text in a file. Nothing of it is kept in memory. */
export class ManifestFile {
  readonly #vfs: Vfs;
  readonly #place: TextPlace;
  readonly #counters: StoreCounters;

  constructor(vfs: Vfs, place: TextPlace, counters: StoreCounters) {
    this.#vfs = vfs;
    this.#place = place;
    this.#counters = counters;
  }

  /**
   * Returns the line of a path, undefined if there is none. Returns 'unknown' if the file is another one by now, or
   * has lines too long for the search. The text must have been verified. Reads some 100 KB, whatever its length.
   */
  find(path: string): ManifestLine | undefined | 'unknown' {
    const { file, identity, start, length } = this.#place;
    const wanted = Buffer.from(path, 'latin1');
    const open = this.#vfs.open(file);
    if (open === undefined) return 'unknown';
    try {
      if (!sameIdentity(open.identity, identity)) return 'unknown';
      let low = start;
      let high = start + length;
      // Both are beginnings of lines, or the end of the text.
      while (high - low > LAST_BYTES) {
        const middle = low + Math.floor((high - low) / 2);
        const probe = this.#counted(open.read(middle, PROBE_BYTES));
        const from = probe.indexOf(LINE_FEED) + 1;
        const nul = probe.indexOf(0, from);
        if (from === 0 || nul < 0) return 'unknown';
        if (wanted.compare(probe, from, nul) < 0) high = middle + from;
        else low = middle + from;
      }
      return new ManifestText(this.#counted(open.read(low, high - low)), file).find(path);
    } finally {
      open.close();
    }
  }

  /** The whole text; undefined if the file is another one by now. */
  text(): ManifestText | undefined {
    const { file, identity, start, length } = this.#place;
    const open = this.#vfs.open(file);
    if (open === undefined) return undefined;
    try {
      if (!sameIdentity(open.identity, identity)) return undefined;
      return new ManifestText(this.#counted(open.read(start, length)), file);
    } finally {
      open.close();
    }
  }

  /** The text in pieces, one after the other, for verifying it. Nothing if the file is another one by now. */
  *pieces(): Generator<Buffer> {
    const { file, identity, start, length } = this.#place;
    const open = this.#vfs.open(file);
    if (open === undefined) return;
    try {
      if (!sameIdentity(open.identity, identity)) return;
      const memory = Buffer.allocUnsafe(Math.min(PIECE_BYTES, length));
      for (let at = 0; at < length; at += PIECE_BYTES) {
        const count = Math.min(PIECE_BYTES, length - at);
        yield this.#counted(open.read(start + at, count, () => memory.subarray(0, count)));
      }
    } finally {
      open.close();
    }
  }

  #counted(bytes: Buffer): Buffer {
    this.#counters.bytesRead += bytes.length;
    return bytes;
  }
}
