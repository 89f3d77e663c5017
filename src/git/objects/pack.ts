// One pack and its index: objects at offsets, whole or as deltas against others.
import { BoundedCache } from '../../base/boundedCache.ts';
import type { Inflate } from '../../base/decodeAccelerators.ts';
import { QuicksilverError, TooLargeError } from '../../base/errors.ts';
import type { OpenFile } from '../../files/vfs.ts';
import { applyDelta, resultSize } from './delta.ts';
import { inflateExactly, inflateStart } from './inflate.ts';
import type { ObjectFormat, ObjectType } from './objectFormat.ts';
import { PackIndex } from './packIndex.ts';

export interface GitObject {
  readonly type: ObjectType;
  readonly data: Buffer;
}

const TYPES: readonly (ObjectType | undefined)[] = [undefined, 'commit', 'tree', 'blob', 'tag'];
const OFFSET_DELTA = 6;
const NAME_DELTA = 7;
/** Git writes chains of 50 deltas by default and accepts 4,095. */
const MAX_CHAIN = 5000;
/** The work for one object: so many times the largest object that is wanted, and so many times the pack. */
const WORK = { objects: 4, packs: 64 };
const HEADER_BYTES = 64;
/** Compressed bytes of a delta that have the sizes at its start. */
const DELTA_START = 512;
/** Objects that others were deltas of, kept by offset. */
const CACHED_BASES = 256;
const CACHED_BYTES = 16 * 1024 * 1024;

interface Row {
  readonly code: number;
  /** Bytes of the object, or of the delta. */
  readonly size: number;
  readonly dataAt: number;
  readonly base: number | string | undefined;
}

export class Pack {
  readonly index: PackIndex;
  readonly #file: OpenFile;
  readonly #indexFile: OpenFile;
  readonly #path: string;
  readonly #format: ObjectFormat;
  readonly #native: Inflate | undefined;
  readonly #bases = new BoundedCache<GitObject>(CACHED_BASES, CACHED_BYTES, object => object.data.length);

  /** Throws a 'corrupt' or 'unsupported' error if the header is no pack's. Takes both files over. */
  constructor(file: OpenFile, indexFile: OpenFile, path: string, format: ObjectFormat, native?: Inflate) {
    this.#file = file;
    this.#indexFile = indexFile;
    this.#path = path;
    this.#format = format;
    this.#native = native;
    const header = file.read(0, 12);
    if (header.length < 12 || header.toString('latin1', 0, 4) !== 'PACK') throw this.#corrupt('is no pack');
    const version = header.readUInt32BE(4);
    if (version !== 2 && version !== 3) {
      throw new QuicksilverError('unsupported', `${path}: pack version ${version}`, { file: path });
    }
    this.index = new PackIndex(indexFile, path.replace(/\.pack$/, '.idx'), format);
  }

  /**
   * Returns the object at an offset.
   * Throws a 'corrupt' error for damaged data, and for a chain of deltas without end. Throws a {@link TooLargeError}
   * for more than `maxBytes`, if the deltas of a chain have more than that together, or take too much work.
   * @param elsewhere finds an object of another pack that a delta is based on
   */
  read(offset: number, maxBytes: number, elsewhere: (id: string) => GitObject): GitObject {
    const deltas: { readonly data: Buffer; readonly base: number | undefined }[] = [];
    const seen = new Set<number>();
    const spend = this.#limitedWork(maxBytes);
    let deltaBytes = 0;
    let object: GitObject | undefined;
    for (let at = offset; object === undefined;) {
      object = this.#bases.get(String(at));
      if (object !== undefined) break;
      if (seen.has(at) || seen.size > MAX_CHAIN) throw this.#corrupt('has deltas in a circle, or too many in a row');
      seen.add(at);
      const row = this.#row(at);
      if (row.size > maxBytes) throw this.#tooLarge(`has an object of ${row.size} bytes, more than ${maxBytes}`);
      const data = this.#inflate(row, spend);
      const type = TYPES[row.code];
      if (type !== undefined) {
        object = { type, data };
      } else {
        deltaBytes += row.size;
        if (deltaBytes > maxBytes) throw this.#tooLarge(`has a chain of deltas of more than ${maxBytes} bytes`);
        const base = typeof row.base === 'string' ? this.index.find(row.base) : row.base;
        deltas.push({ data, base });
        if (base === undefined) object = elsewhere(row.base as string);
        else at = base;
      }
    }
    for (let delta = deltas.pop(); delta !== undefined; delta = deltas.pop()) {
      if (delta.base !== undefined) this.#bases.set(String(delta.base), object);
      object = { type: object.type, data: applyDelta(object.data, delta.data, maxBytes, this.#path) };
      spend(object.data.length);
    }
    return object;
  }

  /** Returns the size of the object at an offset, which is not read. Throws a 'corrupt' error for damaged data. */
  sizeAt(offset: number): number {
    const { code, size, dataAt } = this.#row(offset);
    if (TYPES[code] !== undefined) return size;
    return resultSize(inflateStart(this.#file.read(dataAt, DELTA_START), this.#path), this.#path);
  }

  close(): void {
    this.#file.close();
    this.#indexFile.close();
  }

  #row(offset: number): Row {
    const bytes = this.#file.read(offset, HEADER_BYTES);
    let at = 0;
    const byte = (): number => {
      if (at >= bytes.length) throw this.#corrupt(`has no object at ${offset}`);
      return bytes[at++]!;
    };
    let next = byte();
    const code = (next >> 4) & 7;
    let size = next & 0x0f;
    for (let scale = 16; next >= 0x80; scale *= 128) {
      next = byte();
      size += (next & 0x7f) * scale;
    }
    if (!Number.isSafeInteger(size)) throw this.#corrupt(`has an impossible size at ${offset}`);
    let base: Row['base'];
    if (code === OFFSET_DELTA) {
      next = byte();
      let distance = next & 0x7f;
      while (next >= 0x80) {
        next = byte();
        distance = (distance + 1) * 128 + (next & 0x7f);
      }
      base = offset - distance;
      if (distance <= 0 || base < 12) throw this.#corrupt(`has a delta at ${offset} without base`);
    } else if (code === NAME_DELTA) {
      base = bytes.toString('hex', at, at + this.#format.length);
      at += this.#format.length;
    } else if (TYPES[code] === undefined) {
      throw this.#corrupt(`has an object of unknown type ${code} at ${offset}`);
    }
    return { code, size, dataAt: offset + at, base };
  }

  /** Returns a function that counts bytes, and throws when they are too many for one object. */
  #limitedWork(maxBytes: number): (bytes: number) => void {
    let left = WORK.objects * maxBytes + WORK.packs * this.#file.size;
    return bytes => {
      left -= bytes;
      if (left < 0) throw this.#tooLarge('has an object that takes too much work');
    };
  }

  #inflate({ size, dataAt }: Row, spend: (bytes: number) => void): Buffer {
    // Compressed data is hardly longer than what it becomes; if it is, a larger piece is read.
    for (let length = size + (size >>> 8) + 128; ; length *= 4) {
      const compressed = this.#file.read(dataAt, length);
      spend(compressed.length + size);
      const data = inflateExactly(compressed, size, this.#path, this.#native);
      if (data !== undefined) return data;
      if (compressed.length < length) throw this.#corrupt(`ends within the object at ${dataAt}`);
    }
  }

  #corrupt(why: string): QuicksilverError {
    return new QuicksilverError('corrupt', `${this.#path}: ${why}`, { file: this.#path });
  }

  #tooLarge(why: string): TooLargeError {
    return new TooLargeError(`${this.#path}: ${why}`, { file: this.#path });
  }
}
