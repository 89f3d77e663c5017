// Reads objects by name: loose ones, packs, and those of other repositories that `info/alternates` names.
import * as path from 'node:path';
import type { Inflate } from '../../base/decodeAccelerators.ts';
import { QuicksilverError, TooLargeError } from '../../base/errors.ts';
import type { Vfs } from '../../files/vfs.ts';
import { inflateExactly, inflateStart, inflateUpTo } from './inflate.ts';
import type { ObjectFormat, ObjectType } from './objectFormat.ts';
import { Pack, type GitObject } from './pack.ts';

export type { GitObject } from './pack.ts';

const MAX_ALTERNATES_BYTES = 1024 * 1024;
/** Git follows alternates of alternates this deep. */
const MAX_DEPTH = 5;
/** Object directories that are looked in, and lines of a file that name some. */
const MAX_DIRECTORIES = 1000;
/** So often may the base of a delta be in another pack than the delta. Git writes packs with all bases. */
const MAX_PACKS_OF_CHAIN = 8;
/** Loose objects of this many compressed bytes, and of so many others, are inflated at once. */
const SMALL_BYTES = 8 * 1024;
const MAX_SMALL_DATA = 64 * 1024;
/** Compressed bytes of a loose object that have its header. */
const HEADER_BYTES = 256;
/** The largest commit or tree that is read. */
export const MAX_STRUCTURE_BYTES = 256 * 1024 * 1024;

export class ObjectStore {
  readonly format: ObjectFormat;
  readonly #vfs: Vfs;
  readonly #directory: string;
  readonly #isPartial: boolean;
  readonly #native: Inflate | undefined;
  #directories: readonly string[] | undefined;
  readonly #packs = new Map<string, Pack>();

  /**
   * @param directory absolute path of the `objects` directory
   * @param isPartial true if objects may be missing because they were never fetched
   * @param native inflates objects, where it can
   */
  constructor(vfs: Vfs, directory: string, format: ObjectFormat, isPartial: boolean, native?: Inflate) {
    this.#vfs = vfs;
    this.#directory = directory;
    this.format = format;
    this.#isPartial = isPartial;
    this.#native = native;
  }

  /**
   * Returns the object of this name.
   * Throws 'corrupt' if it is missing or damaged, 'unsupported' if it is missing from a partial clone.
   * @param maxBytes larger objects are a {@link TooLargeError}
   */
  read(id: string, maxBytes = MAX_STRUCTURE_BYTES): GitObject {
    const object = this.tryRead(id, maxBytes);
    if (object === undefined) throw this.#missing(id);
    return object;
  }

  /** Returns the size of an object, however large, from its header. Throws as {@link read}. */
  size(id: string): number {
    let size = this.#sizeOf(id);
    if (size === undefined) {
      this.release();
      size = this.#sizeOf(id);
    }
    if (size === undefined) throw this.#missing(id);
    return size;
  }

  /** As {@link read}; throws 'corrupt' for an object of another type. */
  readTyped(id: string, type: ObjectType, maxBytes = MAX_STRUCTURE_BYTES): Buffer {
    const object = this.read(id, maxBytes);
    if (object.type !== type) {
      throw new QuicksilverError('corrupt', `object ${id} is a ${object.type} instead of a ${type}`);
    }
    return object.data;
  }

  /** As {@link read}; returns undefined if there is no such object. */
  tryRead(id: string, maxBytes = MAX_STRUCTURE_BYTES): GitObject | undefined {
    const found = this.#find(id, maxBytes);
    if (found !== undefined) return found;
    // A repack replaces packs: what is known of them may be of before.
    this.release();
    return this.#find(id, maxBytes);
  }

  /** Closes all files and forgets which packs there are. */
  release(): void {
    for (const pack of this.#packs.values()) pack.close();
    this.#packs.clear();
    this.#directories = undefined;
  }

  #find(id: string, maxBytes: number, packsOfChain = 0): GitObject | undefined {
    this.#directories ??= this.#open();
    for (const directory of this.#directories) {
      const loose = this.#loose(directory, id, maxBytes);
      if (loose !== undefined) return loose;
    }
    for (const pack of this.#packs.values()) {
      const offset = pack.index.find(id);
      if (offset !== undefined)
        return pack.read(offset, maxBytes, base => this.#base(base, maxBytes, packsOfChain + 1));
    }
    return undefined;
  }

  #sizeOf(id: string): number | undefined {
    this.#directories ??= this.#open();
    for (const directory of this.#directories) {
      const place = looseFile(directory, id);
      const file = this.#vfs.open(place);
      if (file === undefined) continue;
      try {
        return looseHeader(inflateStart(file.read(0, HEADER_BYTES), place), place).size;
      } finally {
        file.close();
      }
    }
    for (const pack of this.#packs.values()) {
      const offset = pack.index.find(id);
      if (offset !== undefined) return pack.sizeAt(offset);
    }
    return undefined;
  }

  #missing(id: string): QuicksilverError {
    return this.#isPartial
      ? new QuicksilverError('unsupported', `object ${id} was not fetched (partial clone)`)
      : new QuicksilverError('corrupt', `object ${id} is missing`);
  }

  /** The base of a delta, from another place than the delta's pack. */
  #base(id: string, maxBytes: number, packsOfChain: number): GitObject {
    const object = packsOfChain > MAX_PACKS_OF_CHAIN ? undefined : this.#find(id, maxBytes, packsOfChain);
    if (object !== undefined) return object;
    const problem = packsOfChain > MAX_PACKS_OF_CHAIN ? 'ends a chain of deltas over too many packs' : 'is missing';
    throw new QuicksilverError('corrupt', `object ${id} ${problem}`);
  }

  #loose(directory: string, id: string, maxBytes: number): GitObject | undefined {
    const file = looseFile(directory, id);
    const bytes = this.#bytesOf(file, maxBytes + 1024 + maxBytes / 1024);
    if (bytes === undefined) return undefined;
    const small = bytes.length <= SMALL_BYTES ? inflateUpTo(bytes, MAX_SMALL_DATA, this.#native) : undefined;
    const { type, size, start } = looseHeader(small ?? inflateStart(bytes.subarray(0, HEADER_BYTES), file), file);
    if (size > maxBytes) throw new TooLargeError(`${file}: ${size} bytes are more than ${maxBytes}`, { file });
    const data = small?.length === start + size ? small : inflateExactly(bytes, start + size, file, this.#native);
    if (data === undefined) throw new QuicksilverError('corrupt', `${file}: is truncated`, { file });
    return { type, data: data.subarray(start) };
  }

  #bytesOf(place: string, maxBytes: number): Buffer | undefined {
    const file = this.#vfs.open(place);
    if (file === undefined) return undefined;
    try {
      if (file.size <= maxBytes) return file.read(0, file.size);
      throw new TooLargeError(`${place}: ${file.size} bytes are more than ${maxBytes}`, { file: place });
    } finally {
      file.close();
    }
  }

  #open(): string[] {
    const directories: string[] = [];
    this.#add(this.#directory, 0, directories);
    for (const directory of directories) this.#openPacks(path.join(directory, 'pack'));
    return directories;
  }

  #openPacks(directory: string): void {
    for (const name of this.#vfs.list(directory)) {
      if (!name.endsWith('.idx')) continue;
      const file = path.join(directory, `${name.slice(0, -4)}.pack`);
      if (this.#packs.has(file)) continue;
      const pack = this.#vfs.open(file);
      const index = this.#vfs.open(path.join(directory, name));
      // One without the other is being written or removed.
      if (pack === undefined || index === undefined) {
        pack?.close();
        index?.close();
        continue;
      }
      try {
        this.#packs.set(file, new Pack(pack, index, file, this.format, this.#native));
      } catch (error) {
        pack.close();
        index.close();
        throw error;
      }
    }
  }

  #add(directory: string, depth: number, directories: string[]): void {
    if (directories.includes(directory)) return;
    directories.push(directory);
    if (depth === MAX_DEPTH) return;
    const file = path.join(directory, 'info', 'alternates');
    const found = this.#vfs.read(file, MAX_ALTERNATES_BYTES);
    if (found === undefined) return;
    const lines = found.bytes.toString('utf8').split('\n');
    if (lines.length > MAX_DIRECTORIES || directories.length > MAX_DIRECTORIES) {
      throw new QuicksilverError('unsupported', `${file}: too many alternates`, { file });
    }
    for (const line of lines) {
      if (line === '' || line.startsWith('#')) continue;
      if (line.startsWith('"')) {
        throw new QuicksilverError('unsupported', `${file}: quoted paths are not supported`, { file });
      }
      const other = path.resolve(directory, line);
      if (this.#vfs.isDirectory(other)) this.#add(other, depth + 1, directories);
    }
  }
}

function looseFile(directory: string, id: string): string {
  return path.join(directory, id.slice(0, 2), id.slice(2));
}

const LOOSE_HEADER = /^(commit|tree|blob|tag) (\d{1,15})\0/;

/** Reads the header of a loose object: its type, and the size of what begins at `start` of the inflated data. */
function looseHeader(data: Buffer, file: string): { type: ObjectType; size: number; start: number } {
  const match = LOOSE_HEADER.exec(data.toString('latin1', 0, 32));
  if (match === null) throw new QuicksilverError('corrupt', `${file}: is no object`, { file });
  return { type: match[1] as ObjectType, size: Number(match[2]), start: match[0].length };
}
