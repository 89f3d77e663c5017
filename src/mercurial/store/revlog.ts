// A revlog: all revisions of one file, of the manifest or of the changelog, as full texts and deltas.
import { QuicksilverError } from '../../base/errors.ts';
import type { OpenFile } from '../../files/vfs.ts';
import { CHUNK_BEGINNING, decodeBeginning, decodeChunk, needsWholeChunk } from './chunk.ts';
import { PatchedText } from './delta.ts';
import { NULL_NODE, nodeBytes, nodeHash } from './node.ts';
import { nearbyReads } from './nearbyReads.ts';
import { RevlogIndex, type RevlogEntry, type RevlogFiles } from './revlogIndex.ts';

export type { RevlogEntry } from './revlogIndex.ts';

/** Content removed on purpose; the text gives the reason. The node does not match it. */
export const FLAG_CENSORED = 0x8000;
/** History left out on purpose; the node does not match text and parents. */
export const FLAG_ELLIPSIS = 0x4000;
/** The text is a pointer to content kept elsewhere (Mercurial's lfs extension); the node is the content's. */
export const FLAG_EXTERNAL = 0x2000;

/** The rest are notes on copies, metadata and deltas that a reader of texts does not need. */
const KNOWN_FLAGS = FLAG_CENSORED | FLAG_ELLIPSIS | FLAG_EXTERNAL | 0x1fc0;
const NOT_HASHED = FLAG_CENSORED | FLAG_ELLIPSIS | FLAG_EXTERNAL;

/** Longer texts are never built. Larger files are compared by size and hash alone. */
export const MAX_TEXT_BYTES = 1 << 30;

/**
 * A text may have this many bytes, and beyond that {@link EXPANSION} times those that the revlog has on disk. A crafted
 * revlog of a few kilobytes can stand for texts of any length.
 */
const FREE_TEXT_BYTES = 1 << 28;
const EXPANSION = 64;
/** A text may take the work of this many texts of the greatest length. A chain may decompress one chunk many times. */
const TEXTS_OF_WORK = 4;

/** A hundred times more deltas than Mercurial lets follow each other. */
const MAX_CHAIN = 1 << 18;

export interface RevlogOptions extends RevlogFiles {
  /** Keep the last text, so that a following revision costs its own deltas only. For manifests. */
  readonly keepLastText?: boolean;
}

/** Nothing is read before something is asked for. */
export class Revlog {
  readonly #options: RevlogOptions;
  readonly #file: string;
  /** Another number after each time the index was read: revision numbers of an earlier one may mean others now. */
  generation = 0;
  #index: RevlogIndex | undefined;
  /** The data file while it is kept open, and the index that it belongs to. */
  #data: { readonly index: RevlogIndex; readonly file: OpenFile | undefined } | undefined;
  #keepsLastText: boolean;
  #last: { readonly revision: number; readonly node: Buffer; readonly text: Buffer } | undefined;

  constructor(options: RevlogOptions) {
    this.#options = options;
    this.#file = options.file('.i');
    this.#keepsLastText = options.keepLastText ?? false;
  }

  get file(): string {
    return this.#file;
  }

  /** False if there is no such revlog, which Mercurial takes for one without revisions. */
  get exists(): boolean {
    return this.#loaded().identity !== undefined;
  }

  /** Number of revisions. */
  get length(): number {
    return this.#loaded().length;
  }

  /** Bytes of memory held, about. */
  get bytesHeld(): number {
    return (this.#index?.bytesHeld ?? 0) + (this.#last?.text.length ?? 0);
  }

  /** The node of a revision, hexadecimal, without the rest of its entry. Throws 'corrupt' if there is none. */
  node(revision: number): string {
    return this.#loaded().node(revision).toString('hex');
  }

  /**
   * Throws 'corrupt' if there is no such revision or its entry is invalid. Throws 'changed-while-reading' if the
   * index was replaced since it was read: then numbers may mean other revisions, and the caller must find the
   * revision again.
   */
  entry(revision: number): RevlogEntry {
    const entry = this.#loaded().entry(revision);
    if ((entry.flags & ~KNOWN_FLAGS) !== 0) {
      throw new QuicksilverError(
        'unsupported',
        `${this.file}: revision ${revision} has flags 0x${entry.flags.toString(16)}, which are not known`,
        { file: this.file },
      );
    }
    return entry;
  }

  /**
   * Returns the revision with this node; -1 if there is none, and for the null node. If the node is missing and the
   * index on disk has changed, the new one is searched, too.
   *
   * @param hint the revision from which to search downwards first. The changelog revision that brought a manifest is
   * a good one, because there are no more manifests than changesets
   */
  findNode(node: Uint8Array | string, hint?: number): number {
    const wanted = nodeBytes(node);
    if (wanted.equals(NULL_NODE)) return -1;
    const found = this.#retrying(() => this.#loaded().find(wanted, hint));
    if (found >= 0) return found;
    if (this.refresh()) {
      const again = this.#retrying(() => this.#loaded().find(wanted, hint));
      if (again >= 0) return again;
    }
    if (this.#loaded().endsWithinEntry) throw this.#corrupt('it ends within an entry');
    return -1;
  }

  /**
   * Returns the full text of a revision, checked against its node, except where flags mark the node as another
   * text's. Do not change it: it may be shared.
   *
   * @throws 'corrupt' if the revlog is damaged, 'unsupported' for unknown flags or compressions,
   * 'changed-while-reading' if it was replaced twice meanwhile
   */
  text(revision: number): Buffer {
    return this.#following(revision, at => this.#text(at));
  }

  /** Runs `work`, which reads many texts: each that follows another on its chain then costs its own deltas only. */
  keepingLastText<Result>(work: () => Result): Result {
    const before = this.#keepsLastText;
    this.#keepsLastText = true;
    try {
      return work();
    } finally {
      this.#keepsLastText = before;
      if (!before) this.#last = undefined;
    }
  }

  /** Runs `work`, which reads many texts: the files are opened once, and neighbors are read together. */
  keepingOpen<Result>(work: () => Result): Result {
    const index = this.#loaded();
    if (index.isInline || this.#data !== undefined) return work();
    return index.whileOpen(() => {
      const file = this.#options.vfs.open(index.dataFile);
      this.#data = { index, file: file && nearbyReads(file) };
      try {
        return work();
      } finally {
        this.#data = undefined;
        file?.close();
      }
    });
  }

  /**
   * Returns the first `count` bytes of a text, or all of a shorter one; `count` must be some dozens. For a text
   * stored as a whole, only its beginning is read and decompressed. It is NOT checked against the node then, so a
   * damaged beginning must not resemble anything else. Throws as {@link text} does.
   */
  beginning(revision: number, count: number): Buffer {
    return this.#following(revision, at => (this.#storedBeginning(at, count) ?? this.#text(at)).subarray(0, count));
  }

  /** The changelog revision that brought a revision: see {@link RevlogIndex.link}. */
  link(revision: number): number {
    return this.#loaded().link(revision);
  }

  /** Adds the nodes of many revisions to a hash: see {@link RevlogIndex.hashNodes}. */
  hashNodes(first: number, count: number, hash: { update(bytes: Buffer): unknown }): void {
    this.#loaded().hashNodes(first, count, hash);
  }

  /** Parents of many revisions at once: see {@link RevlogIndex.parents}. */
  parents(first: number, count: number): Int32Array {
    return this.#loaded().parents(first, count);
  }

  /** The revisions of many nodes, among some: see {@link RevlogIndex.findNodes}. */
  findNodes(nodes: ReadonlySet<string>, first: number, count: number): Map<string, number> {
    return this.#loaded().findNodes(nodes, first, count);
  }

  /** Revisions whose node begins with these lower-case hexadecimal digits, at most `limit`. */
  findPrefix(prefix: string, limit: number): number[] {
    return this.#retrying(() => this.#loaded().findPrefix(prefix, limit));
  }

  /** True if the node of the revision is that of this text. */
  verify(revision: number, text: Uint8Array): boolean {
    return this.verifyPieces(revision, [text]);
  }

  /** Joins the beginning of a text that comes in pieces. */
  verifyPieces(revision: number, pieces: Iterable<Uint8Array>): boolean {
    const entry = this.entry(revision);
    const hash = nodeHash(...this.parentNodes(entry));
    for (const piece of pieces) hash.update(piece);
    return hash.digest().equals(entry.node);
  }

  parentNodes(entry: RevlogEntry): [Buffer, Buffer] {
    const node = (revision: number): Buffer => (revision < 0 ? NULL_NODE : this.#loaded().node(revision));
    return [node(entry.p1), node(entry.p2)];
  }

  /** Forgets the index if the one on disk has changed; returns true if so. The next question reads it again. */
  refresh(): boolean {
    if (this.#index === undefined || this.#index.isCurrent()) return false;
    this.#index = undefined;
    return true;
  }

  #loaded(): RevlogIndex {
    if (this.#index === undefined) {
      this.#index = new RevlogIndex(this.#options);
      this.generation++;
    }
    return this.#index;
  }

  /**
   * Mercurial appends to revlogs, splits and strips them while we read. If a part is damaged or missing, it is read
   * once more after a change of the index.
   */
  #retrying<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      if (!this.#mayHaveChanged(error)) throw error;
      this.#index = undefined;
      try {
        return work();
      } catch (second) {
        if (!this.#mayHaveChanged(second)) throw second;
        throw new QuicksilverError('changed-while-reading', `${this.file} changed again and again while it was read`, {
          file: this.file,
          cause: second,
        });
      }
    }
  }

  /** Runs the work again after a change of the index, for a revision that must not be mistaken for another. */
  #following<Result>(revision: number, work: (at: number) => Result): Result {
    const { node } = this.entry(revision);
    const index = this.#loaded();
    return this.#retrying(() => {
      if (this.#loaded() === index) return work(revision);
      // After a reload the revision may have another number, or be gone.
      const at = this.#loaded().find(node, revision);
      if (at < 0) throw this.#loaded().changed();
      return work(at);
    });
  }

  #mayHaveChanged(error: unknown): boolean {
    if (!(error instanceof QuicksilverError)) return false;
    if (error.code === 'changed-while-reading') return true;
    return error.code === 'corrupt' && this.#index !== undefined && !this.#index.isCurrent();
  }

  #text(revision: number): Buffer {
    const index = this.#loaded();
    return index.whileOpen(() => {
      const entry = this.entry(revision);
      if (this.#last?.node.equals(entry.node)) return this.#last.text;
      const text = this.#rebuild(index, entry);
      if ((entry.flags & NOT_HASHED) === 0) {
        const node = nodeHash(...this.parentNodes(entry))
          .update(text)
          .digest();
        if (!node.equals(entry.node)) throw this.#corrupt(`revision ${revision} does not have the text its node names`);
      }
      this.#options.counters.textsRebuilt++;
      if (this.#keepsLastText) this.#last = { revision, node: entry.node, text };
      return text;
    });
  }

  #rebuild(index: RevlogIndex, entry: RevlogEntry): Buffer {
    if (this.#data?.index === index) return this.#rebuildFrom(index, entry, this.#data.file);
    const data = index.isInline ? undefined : this.#options.vfs.open(index.dataFile);
    try {
      return this.#rebuildFrom(index, entry, data);
    } finally {
      data?.close();
    }
  }

  #rebuildFrom(index: RevlogIndex, entry: RevlogEntry, data: OpenFile | undefined): Buffer {
    const stored = data?.size ?? index.size;
    const maxText = Math.min(MAX_TEXT_BYTES, FREE_TEXT_BYTES + EXPANSION * stored);
    this.#checkLength(entry, maxText);
    let work = TEXTS_OF_WORK * maxText + EXPANSION * stored;
    const spend = (bytes: number): void => {
      work -= bytes;
      if (work < 0)
        throw this.#unsupported(`revision ${entry.revision} takes too much work for ${stored} bytes on disk`);
    };
    const last = this.#usableLast();
    const chain: RevlogEntry[] = [];
    let current: RevlogEntry | undefined = entry;
    // Every step leads to a smaller revision, so this ends: at a full text, the text kept last, or the null revision.
    while (current !== undefined && current.revision !== last?.revision && current.base !== current.revision) {
      chain.push(current);
      if (chain.length > MAX_CHAIN) throw this.#corrupt(`revision ${entry.revision} has a chain of too many deltas`);
      const next: number = index.isGeneralDelta ? current.base : current.revision - 1;
      current = next < 0 ? undefined : this.entry(next);
    }
    const limitOf = (of: RevlogEntry): number => (of.fullLength < 0 ? maxText : Math.min(of.fullLength, maxText));
    const read = (of: RevlogEntry, maxBytes: number, isExact = false): Buffer => {
      if (of.compressedLength === 0) return Buffer.alloc(0);
      const name = `${this.file}: revision ${of.revision}`;
      const stored = this.#chunk(index, of, data);
      const bytes = of.isPlain ? stored : decodeChunk(stored, maxBytes, name, isExact);
      spend(bytes.length);
      return bytes;
    };
    let start: Buffer = Buffer.alloc(0);
    if (current !== undefined) {
      start =
        last?.revision === current.revision ? last.text : read(current, limitOf(current), current.fullLength >= 0);
    }
    const text = new PatchedText(start, maxText, `${this.file}: revision ${entry.revision}`, spend);
    for (let link = chain.pop(); link !== undefined; link = chain.pop()) {
      // Every byte inserted is in the text that results, and hunks are not empty: that bounds a delta.
      const before = text.length;
      const delta = read(link, Math.min(maxText, 13 * limitOf(link) + 12 * before + 1024));
      text.apply(delta);
      if (link.fullLength >= 0 && text.length !== link.fullLength) throw this.#wrongLength(link, text.length);
      this.#options.counters.deltasApplied++;
    }
    const result = text.toBuffer();
    if (entry.fullLength >= 0 && result.length !== entry.fullLength) throw this.#wrongLength(entry, result.length);
    return result;
  }

  /** Undefined if the text is not stored as a whole, or if its first bytes do not have so much. */
  #storedBeginning(revision: number, count: number): Buffer | undefined {
    const index = this.#loaded();
    const entry = this.entry(revision);
    if (entry.base !== revision || (entry.flags & NOT_HASHED) !== 0) return undefined;
    this.#checkLength(entry, MAX_TEXT_BYTES);
    const wanted = Math.min(count, entry.fullLength < 0 ? count : entry.fullLength);
    const data = index.isInline ? undefined : this.#options.vfs.open(index.dataFile);
    try {
      const part = { ...entry, compressedLength: Math.min(entry.compressedLength, CHUNK_BEGINNING) };
      if (part.compressedLength === 0) return undefined;
      let chunk = this.#chunk(index, part, data);
      if (entry.isPlain) return chunk.length < wanted ? undefined : chunk;
      if (needsWholeChunk(chunk) && part.compressedLength < entry.compressedLength) {
        chunk = this.#chunk(index, entry, data);
      }
      const text = decodeBeginning(chunk, wanted, `${this.file}: revision ${revision}`);
      return text.length < wanted ? undefined : text;
    } finally {
      data?.close();
    }
  }

  /** The kept text, if it is still that of its revision. */
  #usableLast(): { readonly revision: number; readonly text: Buffer } | undefined {
    const last = this.#last;
    if (last === undefined || last.revision >= this.#loaded().length) return undefined;
    return this.entry(last.revision).node.equals(last.node) ? last : undefined;
  }

  #chunk(index: RevlogIndex, entry: RevlogEntry, data: OpenFile | undefined): Buffer {
    if (entry.compressedLength > MAX_TEXT_BYTES) throw this.#corrupt(`a chunk of ${entry.compressedLength} bytes`);
    if (index.isInline) return index.inlineChunk(entry);
    // The data file is written before the index, so it can only be too short if one of them was replaced.
    const missing = `revision ${entry.revision} needs ${entry.compressedLength} bytes at ${entry.offset}`;
    if (data === undefined) throw this.#corrupt(`${missing} of ${index.dataFile}, which does not exist`);
    const bytes =
      entry.offset + entry.compressedLength <= data.size ? data.read(entry.offset, entry.compressedLength) : undefined;
    this.#options.counters.bytesRead += bytes?.length ?? 0;
    if (bytes?.length !== entry.compressedLength) {
      throw this.#corrupt(`${missing} of ${index.dataFile}, which has ${data.size}`);
    }
    return bytes;
  }

  #checkLength({ revision, fullLength }: RevlogEntry, maxText: number): void {
    if (fullLength <= maxText) return;
    throw this.#unsupported(`revision ${revision} has ${fullLength} bytes, more than the ${maxText} supported`);
  }

  #unsupported(what: string): QuicksilverError {
    return new QuicksilverError('unsupported', `${this.file}: ${what}`, { file: this.file });
  }

  #wrongLength(entry: RevlogEntry, length: number): QuicksilverError {
    return this.#corrupt(`revision ${entry.revision} has ${length} bytes instead of ${entry.fullLength}`);
  }

  #corrupt(what: string): QuicksilverError {
    return new QuicksilverError('corrupt', `${this.file}: ${what}`, { file: this.file });
  }
}
