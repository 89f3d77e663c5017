// Packs of remotefilelog, which `hg repack` makes of the files in its cache: texts by file node, histories by path.
// Verified with hg 6.3.2 and 7.2.4: docs/formats.md has the form.
import { createHash } from 'node:crypto';
import type { BytePath } from '../../base/bytePath.ts';
import { BoundedCache } from '../../base/boundedCache.ts';
import { ByteReader } from '../../base/byteReader.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { sameIdentity, type FileIdentity, type OpenFile, type Vfs } from '../../files/vfs.ts';
import { decodeChunk } from './chunk.ts';
import { PatchedText } from './delta.ts';
import { NODE_LENGTH, NULL_NODE_HEX } from './node.ts';

/** The facts of a file revision that remotefilelog keeps. Nodes are hexadecimal. */
export interface RemoteRevision {
  readonly node: string;
  /** The source's file node, if this is a copy. */
  readonly p1: string;
  readonly p2: string;
  /** The changeset that brought it, by its node. */
  readonly link: string;
  /** A byte string; undefined if it is no copy. */
  readonly copySource: string | undefined;
}

const VERSION = 2;
const LARGE_FANOUT = 0x80;
const DATA_ENTRY_BYTES = 40;
const HISTORY_ENTRY_BYTES = 44;
const ZLIB = 0x78;
const FLAGS_KEY = 0x66;
const REVISION_BYTES = 4 * NODE_LENGTH + 2;

/** Larger indexes are searched on disk. */
const MAX_KEPT_INDEX_BYTES = 8 << 20;
const MAX_KEPT_BYTES = 32 << 20;
const MAX_KEPT_INDEXES = 64;
/** Longer texts of packs are unsupported. */
const MAX_PACKED_TEXT_BYTES = 1 << 28;
const TEXTS_OF_WORK = 4;
const MAX_CHAIN = 10_000;
const MAX_HISTORY_BYTES = 1 << 26;

type Bytes = Pick<OpenFile, 'size' | 'read'>;

/** A folder of packs. Repacking replaces them at any time. */
export class RemotePacks {
  readonly #vfs: Vfs;
  readonly #directory: string;
  #listed: { readonly identity: FileIdentity; readonly names: readonly string[] } | undefined;
  /** Whole indexes by name. A pack's name is a hash, so it never gets another content. */
  readonly #indexes = new BoundedCache<Buffer>(MAX_KEPT_INDEXES, MAX_KEPT_BYTES, bytes => bytes.length);

  constructor(vfs: Vfs, directory: string) {
    this.#vfs = vfs;
    this.#directory = directory;
  }

  /**
   * Returns the text of a file node as a filelog would have it, metadata included; undefined if no pack has it. It is
   * not checked against the node, which takes its parents. Throws 'corrupt' for a damaged pack, and 'unsupported' for
   * one of another version or a text that is too large.
   */
  text(node: string): Buffer | undefined {
    const chunks: Chunk[] = [];
    const seen = new Set<string>();
    for (let next = node; next !== NULL_NODE_HEX; next = chunks.at(-1)!.base) {
      if (seen.has(next) || seen.size > MAX_CHAIN) throw corrupt(this.#directory, `deltas of ${node} have no end`);
      seen.add(next);
      const chunk = this.#chunk(next);
      if (chunk === undefined) return undefined;
      chunks.push(chunk);
    }
    let work = TEXTS_OF_WORK * MAX_PACKED_TEXT_BYTES;
    const spend = (bytes: number): void => {
      work -= bytes;
      if (work < 0) throw new QuicksilverError('unsupported', `${this.#directory}: ${node} takes too much work`);
    };
    const decoded = ({ bytes, file }: Chunk): Buffer => {
      if (bytes[0] !== ZLIB) throw corrupt(file, 'has an entry that is not compressed by zlib');
      const result = decodeChunk(
        Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
        MAX_PACKED_TEXT_BYTES,
        file,
      );
      spend(result.length);
      return result;
    };
    const full = chunks.pop();
    if (full === undefined) return undefined;
    const text = new PatchedText(decoded(full), MAX_PACKED_TEXT_BYTES, full.file, spend);
    for (let delta = chunks.pop(); delta !== undefined; delta = chunks.pop()) text.apply(decoded(delta));
    return text.toBuffer();
  }

  /** Yields the revisions of a path that packs know, newest first in each. Throws as {@link text} does. */
  *revisions(path: BytePath): Generator<RemoteRevision> {
    const key = createHash('sha1').update(path, 'latin1').digest();
    for (const { file, offset, size } of this.#find(key, 'hist')) {
      if (size > MAX_HISTORY_BYTES) throw new QuicksilverError('unsupported', `${file}: ${size} bytes of one history`);
      const section = this.#read(file, offset, size);
      if (section !== undefined) yield* parseHistorySection(section, path, file);
    }
  }

  #chunk(node: string): Chunk | undefined {
    for (const { file, offset, size } of this.#find(Buffer.from(node, 'hex'), 'data')) {
      if (size > MAX_PACKED_TEXT_BYTES) throw new QuicksilverError('unsupported', `${file}: ${size} bytes of one text`);
      const entry = this.#read(file, offset, size);
      if (entry !== undefined) return parseDataEntry(entry, node, file);
    }
    return undefined;
  }

  /** Yields the places of a key in all packs of a kind. */
  *#find(key: Buffer, kind: 'data' | 'hist'): Generator<Place> {
    for (const name of this.#names()) {
      if (!name.endsWith(`.${kind}idx`)) continue;
      const entry = this.#search(name, key, kind === 'data' ? DATA_ENTRY_BYTES : HISTORY_ENTRY_BYTES);
      if (entry === undefined) continue;
      const file = `${this.#directory}/${name.slice(0, -'idx'.length)}pack`;
      const numbers = entry.subarray(kind === 'data' ? NODE_LENGTH + 4 : NODE_LENGTH);
      const reader = new ByteReader(numbers, name);
      yield { file, offset: u64(reader, 0, name), size: u64(reader, 8, name) };
    }
  }

  #names(): readonly string[] {
    const identity = this.#vfs.targetIdentity(this.#directory);
    if (identity !== undefined && sameIdentity(identity, this.#listed?.identity)) return this.#listed!.names;
    const names = this.#vfs.list(this.#directory);
    this.#indexes.clear();
    this.#listed = identity && { identity, names };
    return names;
  }

  #search(name: string, key: Buffer, entryBytes: number): Buffer | undefined {
    const kept = this.#indexes.get(name);
    if (kept !== undefined) return searchIndex(inMemory(kept), name, key, entryBytes);
    const file = this.#vfs.open(`${this.#directory}/${name}`);
    if (file === undefined) return undefined;
    try {
      if (file.size > MAX_KEPT_INDEX_BYTES) return searchIndex(file, name, key, entryBytes);
      const bytes = file.read(0, file.size);
      this.#indexes.set(name, bytes);
      return searchIndex(inMemory(bytes), name, key, entryBytes);
    } finally {
      file.close();
    }
  }

  /** Returns undefined if there is no such file: repacking has removed it. */
  #read(name: string, offset: number, size: number): Buffer | undefined {
    const file = this.#vfs.open(name);
    if (file === undefined) return undefined;
    try {
      const version = file.read(0, 1)[0];
      if (version !== VERSION) throw unsupportedVersion(name, version);
      if (offset + size > file.size) throw corrupt(name, `has no bytes ${offset} to ${offset + size}`);
      return file.read(offset, size);
    } finally {
      file.close();
    }
  }
}

interface Place {
  readonly file: string;
  readonly offset: number;
  readonly size: number;
}

interface Chunk {
  readonly file: string;
  /** The file node that it is a delta to; the null node for a full text. */
  readonly base: string;
  readonly bytes: Uint8Array;
}

/** Returns the entry of a key, by bisection. */
function searchIndex(index: Bytes, name: string, key: Buffer, entryBytes: number): Buffer | undefined {
  const [version, config = 0] = index.read(0, 2);
  if (version !== VERSION) throw unsupportedVersion(name, version);
  const countAt = 2 + 4 * ((config & LARGE_FANOUT) === 0 ? 1 << 8 : 1 << 16);
  const count = u64(new ByteReader(index.read(countAt, 8), name), 0, name);
  const start = countAt + 8;
  if (start + count * entryBytes > index.size) throw corrupt(name, `is too short for ${count} entries`);
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const entry = index.read(start + middle * entryBytes, entryBytes);
    const order = entry.compare(key, 0, key.length, 0, key.length);
    if (order === 0) return entry;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return undefined;
}

function inMemory(bytes: Buffer): Bytes {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

/** Name, node, node of the base, length, the bytes, and metadata: a key of one byte, a length, a value. */
function parseDataEntry(entry: Buffer, node: string, file: string): Chunk {
  const reader = new ByteReader(entry, file);
  let at = 2 + reader.u16(0);
  if (reader.hex(at, NODE_LENGTH) !== node) throw corrupt(file, `has another entry where ${node} should be`);
  const base = reader.hex(at + NODE_LENGTH, NODE_LENGTH);
  at += 2 * NODE_LENGTH;
  const length = u64(reader, at, file);
  const bytes = reader.slice(at + 8, length);
  at += 8 + length;
  const end = at + 4 + reader.u32(at);
  for (at += 4; at < end;) {
    const size = reader.u16(at + 1);
    const value = reader.slice(at + 3, size);
    if (reader.u8(at) === FLAGS_KEY && value.some(byte => byte !== 0)) {
      throw new QuicksilverError('unsupported', `${file}: ${node} has flags`, { file });
    }
    at += 3 + size;
  }
  return { file, base, bytes };
}

/** Name, count, then the revisions: four nodes and the source of a copy. */
function* parseHistorySection(section: Buffer, path: BytePath, file: string): Generator<RemoteRevision> {
  const reader = new ByteReader(section, file);
  const nameLength = reader.u16(0);
  if (reader.byteString(2, nameLength) !== path) throw corrupt(file, 'has the history of another path');
  let at = 2 + nameLength;
  const count = reader.u32(at);
  at += 4;
  for (let i = 0; i < count; i++) {
    const node = (index: number): string => reader.hex(at + index * NODE_LENGTH, NODE_LENGTH);
    const sourceLength = reader.u16(at + REVISION_BYTES - 2);
    const copySource = sourceLength === 0 ? undefined : reader.byteString(at + REVISION_BYTES, sourceLength);
    yield { node: node(0), p1: node(1), p2: node(2), link: node(3), copySource };
    at += REVISION_BYTES + sourceLength;
  }
}

function u64(reader: ByteReader, at: number, file: string): number {
  if (reader.u16(at) !== 0) throw corrupt(file, 'has a number that is too large');
  return reader.u48(at + 2);
}

function unsupportedVersion(file: string, version: number | undefined): QuicksilverError {
  return new QuicksilverError('unsupported', `${file}: packs of version ${version ?? 'none'} are not supported`, {
    file,
  });
}

function corrupt(file: string, what: string): QuicksilverError {
  return new QuicksilverError('corrupt', `${file}: ${what}`, { file });
}
