// The index of a pack, versions 1 and 2: which object is where. It is searched in the file: the index of a large
// repository is never read as a whole.
import { QuicksilverError } from '../../base/errors.ts';
import type { OpenFile } from '../../files/vfs.ts';
import type { ObjectFormat } from './objectFormat.ts';

const FAN_OUT_BYTES = 256 * 4;
const MAGIC = 0xff744f63;
/** Names that are read at once when the search has come so far. */
const WINDOW = 512;

export class PackIndex {
  readonly #file: OpenFile;
  readonly #path: string;
  readonly #format: ObjectFormat;
  readonly #version: 1 | 2;
  readonly #fanOut: Buffer;
  readonly #names: number;
  readonly #rowLength: number;
  readonly count: number;

  /** Throws a 'corrupt' or 'unsupported' error if the file is no index of version 1 or 2. */
  constructor(file: OpenFile, path: string, format: ObjectFormat) {
    this.#file = file;
    this.#path = path;
    this.#format = format;
    const header = file.read(0, 8);
    const isVersion1 = header.length < 8 || header.readUInt32BE(0) !== MAGIC;
    if (!isVersion1 && header.readUInt32BE(4) !== 2) {
      throw new QuicksilverError('unsupported', `${path}: pack index version ${header.readUInt32BE(4)}`, {
        file: path,
      });
    }
    this.#version = isVersion1 ? 1 : 2;
    const start = isVersion1 ? 0 : 8;
    this.#fanOut = file.read(start, FAN_OUT_BYTES);
    if (this.#fanOut.length !== FAN_OUT_BYTES) throw this.#corrupt('is truncated');
    for (let i = 1; i < 256; i++)
      if (this.#fan(i) < this.#fan(i - 1)) throw this.#corrupt('has a fan-out out of order');
    this.count = this.#fan(255);
    this.#names = start + FAN_OUT_BYTES;
    this.#rowLength = isVersion1 ? 4 + format.length : format.length;
    const bytes = this.count * (isVersion1 ? this.#rowLength : format.length + 8) + format.length * 2;
    if (this.#names + bytes > file.size) throw this.#corrupt('is truncated');
  }

  /** Returns the offset of an object in the pack; undefined if the pack does not have it. */
  find(id: string): number | undefined {
    const wanted = Buffer.from(id, 'hex');
    const first = wanted[0]!;
    let low = first === 0 ? 0 : this.#fan(first - 1);
    let high = this.#fan(first);
    while (high - low > WINDOW) {
      const middle = low + ((high - low) >>> 1);
      if (this.#name(this.#rows(middle, 1), 0).compare(wanted) <= 0) low = middle;
      else high = middle;
    }
    const rows = this.#rows(low, high - low);
    for (let at = low; at < high; at++) {
      if (this.#name(rows, at - low).equals(wanted)) return this.#offset(rows, at, at - low);
    }
    return undefined;
  }

  /** Returns the names that begin with `prefix` (hexadecimal, 4 characters or more), `limit` at most. */
  startingWith(prefix: string, limit: number): string[] {
    const first = Number.parseInt(prefix.slice(0, 2), 16);
    const found: string[] = [];
    for (let at = first === 0 ? 0 : this.#fan(first - 1); at < this.#fan(first) && found.length < limit; at += WINDOW) {
      const count = Math.min(WINDOW, this.#fan(first) - at);
      const rows = this.#rows(at, count);
      for (let i = 0; i < count && found.length < limit; i++) {
        const name = this.#name(rows, i).toString('hex');
        if (name.startsWith(prefix)) found.push(name);
      }
    }
    return found;
  }

  #fan(at: number): number {
    return this.#fanOut.readUInt32BE(at * 4);
  }

  #rows(from: number, count: number): Buffer {
    const rows = this.#file.read(this.#names + from * this.#rowLength, count * this.#rowLength);
    if (rows.length !== count * this.#rowLength) throw this.#corrupt('is truncated');
    return rows;
  }

  #name(rows: Buffer, row: number): Buffer {
    const end = (row + 1) * this.#rowLength;
    return rows.subarray(end - this.#format.length, end);
  }

  #offset(rows: Buffer, at: number, row: number): number {
    if (this.#version === 1) return rows.readUInt32BE(row * this.#rowLength);
    const offsets = this.#names + this.count * (this.#format.length + 4);
    const small = this.#file.read(offsets + at * 4, 4);
    if (small.length !== 4) throw this.#corrupt('is truncated');
    const value = small.readUInt32BE(0);
    if (value < 0x8000_0000) return value;
    const large = this.#file.read(offsets + this.count * 4 + (value - 0x8000_0000) * 8, 8);
    if (large.length !== 8) throw this.#corrupt('is truncated');
    const offset = large.readBigUInt64BE(0);
    if (offset > BigInt(Number.MAX_SAFE_INTEGER)) throw this.#corrupt('has an impossible offset');
    return Number(offset);
  }

  #corrupt(why: string): QuicksilverError {
    return new QuicksilverError('corrupt', `${this.#path}: ${why}`, { file: this.#path });
  }
}
