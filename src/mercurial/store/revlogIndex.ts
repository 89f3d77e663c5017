// The index of a revlog. A big repository's changelog and manifest have indices of tens of megabytes. A status needs
// a few entries near the end, so a large index is read in windows and a small one in one go.
import { ByteReader } from '../../base/byteReader.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { sameIdentity, type FileIdentity, type OpenFile, type Vfs } from '../../files/vfs.ts';
import { BoundedCache } from '../../base/boundedCache.ts';
import type { StoreCounters } from './counters.ts';
import { NODE_LENGTH } from './node.ts';
import {
  FORM_1,
  decodeRevlogDocket,
  fromVersion0,
  isDocket,
  isVersion0,
  type EntryForm,
  type RevlogDocket,
} from './revlogForm.ts';

export interface RevlogEntry {
  readonly revision: number;
  /** Where the data begins in the data file, or (inline) how much data comes before it. */
  readonly offset: number;
  readonly flags: number;
  /** Bytes of the stored chunk. */
  readonly compressedLength: number;
  /** Bytes of the full text, as stored before any flag is regarded; -1 if not recorded. */
  readonly fullLength: number;
  /**
   * With general delta, the revision that the chunk is a delta against; without, the first of its chain. The revision
   * itself: the chunk is a full text. -1: the chunk is a delta against the empty text of the null revision.
   */
  readonly base: number;
  /** The changelog revision that brought it. */
  readonly link: number;
  /** Parents as revisions, -1 for none. */
  readonly p1: number;
  readonly p2: number;
  readonly node: Buffer;
  /** True if the stored bytes are the text or delta itself. Otherwise their first byte shows the compression. */
  readonly isPlain: boolean;
}

/** The order of bytes in numbers of this machine; the file has the large end first. */
const IS_BIG_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0;
const FLAG_INLINE = 0x0001;
const FLAG_GENERAL_DELTA = 0x0002;
/**
 * Further flags: "flags show which file texts have metadata" and "entries show the kind of deltas". Neither is
 * needed.
 */
const KNOWN_FLAGS = FLAG_INLINE | FLAG_GENERAL_DELTA | 0x0004 | 0x0008;

/** The bits that state how data are compressed. */
const COMPRESSION = 0x03;

/** Indices up to this many bytes are read whole. */
const WHOLE_LIMIT = 1 << 20;
/** A multiple of an entry of version 1, so that no entry of a split revlog crosses a border. */
const WINDOW = 1 << 16;
const MAX_WINDOWS = 32;
const SEARCH_WINDOW = 1 << 18;
/** Entries in the first of these reads, and how many times more the next has. */
const FIRST_SEARCHED = 64;
const SEARCH_GROWTH = 8;
/** Ten times more revisions than the largest known repository has: an index of 1 GiB, which is searched in a second. */
const MAX_REVISIONS = 1 << 24;
/** Mercurial splits an inline revlog when its data have 128 KiB, at the latest when the transaction ends. */
const MAX_INLINE_BYTES = 1 << 28;

/** Where a revlog is. */
export interface RevlogFiles {
  readonly vfs: Vfs;
  /** Returns the absolute path of one of its files: '.i' is the index, '.d' the data. A docket names others. */
  readonly file: (ending: string) => string;
  readonly counters: StoreCounters;
}

/** The facts on disk about one revlog's index, as of one moment: see {@link RevlogIndex.isCurrent}. */
export class RevlogIndex {
  readonly file: string;
  /** Undefined if there is no such file; then there are no revisions. */
  readonly identity: FileIdentity | undefined;
  readonly isInline: boolean;
  readonly isGeneralDelta: boolean;
  /** Number of revisions. */
  readonly length: number;
  /** The file ends within an entry: Mercurial is appending to it, or it was cut off. The entries before are good. */
  readonly endsWithinEntry: boolean;
  /** Bytes of memory held, about. */
  get bytesHeld(): number {
    return (this.#whole?.length ?? 0) + this.#starts.length * 8 + this.#windows.size * WINDOW + 1024;
  }

  readonly #vfs: Vfs;
  readonly #counters: StoreCounters;
  /** Bytes of the file. */
  readonly size: number;
  readonly #whole: Buffer | undefined;
  readonly #form: EntryForm;
  readonly #fileEnding: (ending: string) => string;
  readonly #dataEnding: string = '.d';
  /** The file with the entries: another one if {@link file} is a docket. */
  readonly #entriesFile: string;
  readonly #entriesIdentity: FileIdentity | undefined;
  readonly #windows = new BoundedCache<Buffer>(MAX_WINDOWS, Infinity, window => window.length);
  /** Start of each entry, for an inline revlog. */
  #starts = new Float64Array(0);
  #open: OpenFile | undefined;

  /**
   * Reads the header, and all of a small index.
   *
   * @throws 'unsupported' for a version or flag that is not known, 'corrupt' if the beginning cannot be an index
   */
  constructor({ vfs, file: fileEnding, counters }: RevlogFiles) {
    this.#vfs = vfs;
    this.#counters = counters;
    this.#fileEnding = fileEnding;
    const file = fileEnding('.i');
    this.file = file;
    this.#entriesFile = file;
    let opened = vfs.open(file);
    counters.revlogsOpened++;
    this.identity = opened?.identity;
    let flags = 0;
    let entries: number;
    let partial: boolean;
    let size = opened?.size ?? 0;
    try {
      let whole = size <= WHOLE_LIMIT ? this.#readWhole(opened, size) : undefined;
      let docket: RevlogDocket | undefined;
      if (whole !== undefined && isDocket(whole)) {
        docket = decodeRevlogDocket(whole, file);
        opened?.close();
        this.#entriesFile = fileEnding(docket.indexEnding);
        this.#dataEnding = docket.dataEnding;
        opened = vfs.open(this.#entriesFile);
        size = docket.indexEnd;
        if (size > (opened?.size ?? 0)) throw this.#corrupt(`${this.#entriesFile} is missing or too short`);
        whole = size <= WHOLE_LIMIT ? this.#readWhole(opened, size) : undefined;
      }
      size = whole?.length ?? size;
      this.#form = docket?.form ?? FORM_1;
      this.#entriesIdentity = docket === undefined ? this.identity : opened?.identity;
      this.#open = opened;
      if (docket === undefined && isVersion0(whole ?? opened!.read(0, WINDOW))) {
        if (size > MAX_INLINE_BYTES) throw this.#tooLarge(size);
        whole = fromVersion0(whole ?? this.#readWhole(opened, size), file);
        size = whole.length;
        flags = 0;
      } else if (docket !== undefined) {
        flags = FLAG_GENERAL_DELTA;
      } else if (size > 0) {
        flags = this.#headerFlags(whole ?? opened!.read(0, 4));
      }
      this.#whole = whole;
      this.size = size;
      this.isInline = (flags & FLAG_INLINE) !== 0;
      this.isGeneralDelta = (flags & FLAG_GENERAL_DELTA) !== 0;
      if (this.isInline) {
        if (size > MAX_INLINE_BYTES) throw this.#tooLarge(size);
        const end = this.#scanInline();
        entries = this.#starts.length;
        partial = end !== size;
      } else {
        entries = Math.floor(size / this.#form.length);
        partial = size % this.#form.length !== 0;
      }
    } finally {
      this.#open = undefined;
      opened?.close();
    }
    if (entries > MAX_REVISIONS) throw this.#tooLarge(size);
    this.length = entries;
    this.endsWithinEntry = partial;
  }

  /** Absolute path of the file with the data of a revlog that is not inline. */
  get dataFile(): string {
    return this.#fileEnding(this.#dataEnding);
  }

  /** True if the file is still the one this was read from. */
  isCurrent(): boolean {
    const file = this.#vfs.open(this.file);
    try {
      return sameIdentity(file?.identity, this.identity);
    } finally {
      file?.close();
    }
  }

  /**
   * Keeps a large index open while `work` reads many parts of it. Throws 'changed-while-reading' if it was replaced.
   */
  whileOpen<Result>(work: () => Result): Result {
    if (this.#whole !== undefined || this.#open !== undefined) return work();
    const file = this.#vfs.open(this.#entriesFile);
    try {
      if (file === undefined || !sameIdentity(file.identity, this.#entriesIdentity)) throw this.changed();
      this.#open = file;
      return work();
    } finally {
      this.#open = undefined;
      file?.close();
    }
  }

  /** Checked: all numbers are in their ranges, parents and base come before the revision. */
  entry(revision: number): RevlogEntry {
    const form = this.#form;
    const reader = new ByteReader(this.#bytes(this.#entryStart(revision), form.length), this.file);
    const entry: RevlogEntry = {
      revision,
      // The first entry's offset is overlaid by the header of the file.
      offset: revision === 0 && form.hasHeader ? 0 : reader.u48(0),
      flags: reader.u16(6),
      compressedLength: reader.i32(8),
      fullLength: reader.i32(12),
      base: form.base === undefined ? revision : reader.i32(form.base),
      link: form.link === undefined ? revision : reader.i32(form.link),
      p1: reader.i32(form.parents),
      p2: reader.i32(form.parents + 4),
      node: Buffer.from(reader.slice(form.node, NODE_LENGTH)),
      isPlain: form.compression !== undefined && (reader.u8(form.compression) & COMPRESSION) === 0,
    };
    if (entry.compressedLength < 0 || entry.fullLength < -1) {
      throw this.#corrupt(`revision ${revision} has a length of ${entry.compressedLength} and ${entry.fullLength}`);
    }
    if (entry.base < -1 || entry.base > revision) {
      throw this.#corrupt(`revision ${revision} is based on ${entry.base}`);
    }
    if (entry.p1 < -1 || entry.p1 >= revision || entry.p2 < -1 || entry.p2 >= revision) {
      throw this.#corrupt(`revision ${revision} has the parents ${entry.p1} and ${entry.p2}`);
    }
    return entry;
  }

  /** Returns the node of a revision. Checks nothing else of its entry, which may be damaged. */
  node(revision: number): Buffer {
    return Buffer.from(this.#bytes(this.#entryStart(revision) + this.#form.node, NODE_LENGTH));
  }

  /** Returns the changelog revision that brought a revision. Checks nothing else of its entry. */
  link(revision: number): number {
    const { link } = this.#form;
    const start = this.#entryStart(revision);
    return link === undefined ? revision : this.#bytes(start + link, 4).readInt32BE(0);
  }

  /** Where the chunk of an entry begins: in the index itself if that is inline, else in the data file. */
  chunkPosition(entry: RevlogEntry): number {
    return this.isInline ? this.#entryStart(entry.revision) + this.#form.length : entry.offset;
  }

  /** A chunk of an inline revlog. The scan of the entries made sure that it lies within the file. */
  inlineChunk(entry: RevlogEntry): Buffer {
    return this.#bytes(this.chunkPosition(entry), entry.compressedLength);
  }

  /**
   * Returns the revision with this node, or -1. Searches from `hint` (or the last one) down to the first, then above
   * the hint. Reads a large index backwards in windows that are not kept.
   */
  find(node: Buffer, hint = this.length - 1): number {
    const from = Math.min(Math.max(hint, 0), this.length - 1);
    return this.whileOpen(() => {
      const below = this.#findDown(node, from, 0);
      return below >= 0 ? below : this.#findDown(node, this.length - 1, from + 1);
    });
  }

  /**
   * The parents (two numbers for each revision, -1 for none) of `count` revisions from `first` on. Checked as by
   * {@link entry}, and without an object for each.
   */
  parents(first: number, count: number): Int32Array {
    const parents = new Int32Array(count * 2);
    const offset = this.#form.parents;
    if (this.isInline || this.#whole !== undefined || count === 0 || IS_BIG_ENDIAN) {
      this.#eachEntry(first, count, (bytes, at, revision) => {
        parents[(revision - first) * 2] = bytes.readInt32BE(at + offset);
        parents[(revision - first) * 2 + 1] = bytes.readInt32BE(at + offset + 4);
      });
    } else {
      const entryNumbers = this.#form.length / 4;
      this.#eachWindow(first, count, (bytes, begin, entries) => {
        // Exchanging the bytes of a whole window and reading numbers is much faster than reading parts of it.
        const numbers = new Int32Array(bytes.swap32().buffer, bytes.byteOffset, bytes.length / 4);
        for (let at = 0; at < entries; at++) {
          const p1 = at * entryNumbers + offset / 4;
          parents[(begin - first + at) * 2] = numbers[p1]!;
          parents[(begin - first + at) * 2 + 1] = numbers[p1 + 1]!;
        }
      });
    }
    for (let at = 0; at < count * 2; at++) {
      if (parents[at]! >= -1 && parents[at]! < first + (at >> 1)) continue;
      const revision = at >> 1;
      throw this.#corrupt(
        `revision ${first + revision} has the parents ${parents[revision * 2]} and ${parents[revision * 2 + 1]}`,
      );
    }
    return parents;
  }

  /** Adds the nodes of `count` revisions from `first` on to a hash. */
  hashNodes(first: number, count: number, hash: { update(bytes: Buffer): unknown }): void {
    const nodes = Buffer.allocUnsafe(count * NODE_LENGTH);
    const offset = this.#form.node;
    this.#eachEntry(first, count, (bytes, at, revision) => {
      bytes.copy(nodes, (revision - first) * NODE_LENGTH, at + offset, at + offset + NODE_LENGTH);
    });
    hash.update(nodes);
  }

  /**
   * The revisions whose node, in hexadecimal, begins with `prefix` (lower-case hexadecimal digits), at most `limit` of
   * them, in order.
   */
  findPrefix(prefix: string, limit: number): number[] {
    const found: number[] = [];
    const whole = Buffer.from(prefix.slice(0, prefix.length - (prefix.length % 2)), 'hex');
    const half = prefix.length % 2 === 0 ? undefined : Number.parseInt(prefix.at(-1)!, 16);
    this.#eachEntry(0, this.length, (bytes, at, revision) => {
      const start = at + this.#form.node;
      if (found.length >= limit || (whole.length > 0 && bytes[start] !== whole[0])) return;
      if (whole.compare(bytes, start, start + whole.length) !== 0) return;
      if (half === undefined || bytes[start + whole.length]! >> 4 === half) found.push(revision);
    });
    return found;
  }

  /**
   * Which of many nodes (hexadecimal) are among `count` revisions from `first` on, in one pass; the revision of each.
   */
  findNodes(nodes: ReadonlySet<string>, first: number, count: number): Map<string, number> {
    const found = new Map<string, number>();
    const starts = new Set([...nodes].map(node => Number.parseInt(node.slice(0, 8), 16)));
    this.#eachEntry(first, count, (bytes, at, revision) => {
      if (!starts.has(bytes.readUInt32BE(at + this.#form.node))) return;
      const node = bytes.toString('hex', at + this.#form.node, at + this.#form.node + NODE_LENGTH);
      if (nodes.has(node)) found.set(node, revision);
    });
    return found;
  }

  changed(): QuicksilverError {
    return new QuicksilverError('changed-while-reading', `${this.file} changed while it was read`, { file: this.file });
  }

  #findDown(node: Buffer, from: number, to: number): number {
    const first = node.readUInt32BE(0);
    const matches = (bytes: Buffer, at: number): boolean =>
      bytes.readUInt32BE(at) === first && node.equals(bytes.subarray(at, at + NODE_LENGTH));
    if (this.isInline || this.#whole !== undefined) {
      for (let revision = from; revision >= to; revision--) {
        const start = this.#entryStart(revision);
        const found =
          this.#whole === undefined
            ? matches(this.#bytes(start, this.#form.length), this.#form.node)
            : matches(this.#whole, start + this.#form.node);
        if (found) return revision;
      }
      return -1;
    }
    const most = Math.floor(SEARCH_WINDOW / this.#form.length);
    // Most are found near the end.
    let count = FIRST_SEARCHED;
    for (let end = from; end >= to;) {
      const begin = Math.max(to, end - count + 1);
      const bytes = this.#read(begin * this.#form.length, (end - begin + 1) * this.#form.length);
      for (let revision = end; revision >= begin; revision--) {
        if (matches(bytes, (revision - begin) * this.#form.length + this.#form.node)) return revision;
      }
      end = begin - 1;
      count = Math.min(most, count * SEARCH_GROWTH);
    }
    return -1;
  }

  /** Calls `visit` with the place of each entry; a large index is read in windows that are not kept. */
  #eachEntry(first: number, count: number, visit: (bytes: Buffer, at: number, revision: number) => void): void {
    if (count === 0) return;
    this.#entryStart(first);
    this.#entryStart(first + count - 1);
    if (this.isInline || this.#whole !== undefined) {
      for (let revision = first; revision < first + count; revision++) {
        const start = this.#entryStart(revision);
        if (this.#whole === undefined) visit(this.#bytes(start, this.#form.length), 0, revision);
        else visit(this.#whole, start, revision);
      }
      return;
    }
    this.#eachWindow(first, count, (bytes, begin, entries) => {
      for (let at = 0; at < entries; at++) visit(bytes, at * this.#form.length, begin + at);
    });
  }

  /** Reads a large index in windows, all into the same memory. Calls `visit` with each, which may change the bytes. */
  #eachWindow(first: number, count: number, visit: (bytes: Buffer, begin: number, entries: number) => void): void {
    this.#entryStart(first);
    this.#entryStart(first + count - 1);
    // An array of its own is aligned for numbers.
    const memory = Buffer.from(new ArrayBuffer(Math.min(SEARCH_WINDOW, count * this.#form.length)));
    this.whileOpen(() => {
      const perWindow = Math.floor(SEARCH_WINDOW / this.#form.length);
      for (let begin = first; begin < first + count; begin += perWindow) {
        const entries = Math.min(perWindow, first + count - begin);
        visit(this.#read(begin * this.#form.length, entries * this.#form.length, memory), begin, entries);
      }
    });
  }

  #readWhole(file: OpenFile | undefined, size: number): Buffer {
    const bytes = file?.read(0, size) ?? Buffer.alloc(0);
    this.#counters.bytesRead += bytes.length;
    return bytes;
  }

  #headerFlags(beginning: Buffer): number {
    if (beginning.length < 4) throw this.#corrupt(`${beginning.length} bytes are too few`);
    const header = beginning.readUInt32BE(0);
    const version = header & 0xffff;
    const flags = header >>> 16;
    if (version !== 1 || (flags & ~KNOWN_FLAGS) !== 0) {
      throw new QuicksilverError(
        'unsupported',
        `${this.file}: revlog version ${version} with flags 0x${flags.toString(16)} is not supported`,
        { file: this.file },
      );
    }
    return flags;
  }

  /** Finds the entries among the chunks of an inline revlog; returns the end of the last complete one. */
  #scanInline(): number {
    let starts = new Float64Array(256);
    let count = 0;
    let at = 0;
    while (at + this.#form.length <= this.size) {
      const length = this.#bytes(at + 8, 4).readInt32BE(0);
      if (length < 0) throw this.#corrupt(`revision ${count} has a length of ${length}`);
      if (at + this.#form.length + length > this.size) break;
      if (count === starts.length) {
        const larger = new Float64Array(count * 2);
        larger.set(starts);
        starts = larger;
      }
      starts[count++] = at;
      at += this.#form.length + length;
    }
    this.#starts = starts.slice(0, count);
    return at;
  }

  #entryStart(revision: number): number {
    if (!Number.isInteger(revision) || revision < 0 || revision >= this.length) {
      throw this.#corrupt(`there is no revision ${revision}`);
    }
    return this.isInline ? this.#starts[revision]! : revision * this.#form.length;
  }

  /** Bytes that lie within the file. */
  #bytes(at: number, length: number): Buffer {
    if (this.#whole !== undefined) return this.#whole.subarray(at, at + length);
    const start = at - (at % WINDOW);
    // A long chunk is read by itself; keeping it would push out what is asked for again.
    if (at + length > start + WINDOW) return this.whileOpen(() => this.#read(at, length));
    let window = this.#windows.get(String(start));
    if (window === undefined) {
      window = this.whileOpen(() => this.#read(start, Math.min(WINDOW, this.size - start)));
      this.#windows.set(String(start), window);
    }
    return window.subarray(at - start, at - start + length);
  }

  /** @param memory takes the bytes; without it, they get memory of their own */
  #read(at: number, length: number, memory?: Buffer): Buffer {
    const bytes = this.#open!.read(at, length, memory && (size => memory.subarray(0, size)));
    this.#counters.bytesRead += bytes.length;
    if (bytes.length < length) throw this.changed();
    return bytes;
  }

  #tooLarge(size: number): QuicksilverError {
    return new QuicksilverError('unsupported', `${this.file}: an index of ${size} bytes is not supported`, {
      file: this.file,
    });
  }

  #corrupt(what: string): QuicksilverError {
    return new QuicksilverError('corrupt', `${this.file}: ${what}`, { file: this.file });
  }
}
