// The store of a repository in format 2a: packs of compressed blocks, with an index for each kind of text.
import * as path from 'node:path';
import { BoundedCache } from '../../base/boundedCache.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { sameIdentity, type FileIdentity, type Vfs } from '../../files/vfs.ts';
import { BtreeIndex, type IndexEntry } from './btreeIndex.ts';
import { decodeBlock, recordContent, textOf } from './groupBlock.ts';

/** The kinds of texts, by the ends of their indices' names. */
export type TextKind = 'rix' | 'iix' | 'tix' | 'cix';

const MAX_BLOCK_FILE_BYTES = 512 * 1024 * 1024;
/** Bytes of decompressed blocks that are kept. */
const CACHED_BYTES = 32 * 1024 * 1024;

/** Reads from a repository's directory. Finds texts that commands add or repack meanwhile. */
export class PackStore {
  readonly directory: string;
  readonly #vfs: Vfs;
  readonly #blocks = new BoundedCache<Buffer>(Infinity, CACHED_BYTES, block => block.length);
  readonly #indices = new Map<string, BtreeIndex>();
  #packs: readonly string[] = [];
  #identity: FileIdentity | undefined;

  constructor(vfs: Vfs, directory: string) {
    this.#vfs = vfs;
    this.directory = directory;
  }

  /** The file that is replaced with every change of the store. */
  get namesFile(): string {
    return path.join(this.directory, 'pack-names');
  }

  /** Gives memory back that can be had again. */
  release(): void {
    this.#blocks.clear();
  }

  /** Returns the index entry of a text, and the pack it is in; undefined if the store does not have it. */
  find(kind: TextKind, key: string): { readonly pack: string; readonly entry: IndexEntry } | undefined {
    this.#refresh();
    for (const pack of this.#packs) {
      const entry = this.#index(pack, kind).find(key);
      if (entry !== undefined) return { pack, entry };
    }
    return undefined;
  }

  /** Returns a text; undefined if the store does not have it. Throws 'corrupt' or 'unsupported' as its parts do. */
  read(kind: TextKind, key: string): Buffer | undefined {
    const found = this.find(kind, key);
    if (found === undefined) return undefined;
    const match = /^(\d{1,15}) (\d{1,10}) (\d{1,10}) (\d{1,10})$/.exec(found.entry.value);
    const file = path.join(this.directory, 'packs', `${found.pack}.pack`);
    if (match === null) throw new QuicksilverError('corrupt', `${file}: a malformed place in its index`, { file });
    const [offset, length, start, end] = match.slice(1).map(Number) as [number, number, number, number];
    if (start === 0 && end === 0) return Buffer.alloc(0);
    return textOf(this.#block(file, offset, length), start, end, file);
  }

  #block(file: string, offset: number, length: number): Buffer {
    const key = `${file}\0${offset}`;
    const known = this.#blocks.get(key);
    if (known !== undefined) return known;
    if (length > MAX_BLOCK_FILE_BYTES) throw new QuicksilverError('corrupt', `${file}: a block is too large`, { file });
    const open = this.#vfs.open(file);
    if (open === undefined) throw new QuicksilverError('corrupt', `${file} is missing`, { file });
    let bytes: Buffer;
    try {
      bytes = open.read(offset, length);
    } finally {
      open.close();
    }
    const block = decodeBlock(recordContent(bytes, file), file);
    this.#blocks.set(key, block);
    return block;
  }

  #index(pack: string, kind: TextKind): BtreeIndex {
    const name = `${pack}.${kind}`;
    let index = this.#indices.get(name);
    if (index === undefined) {
      index = new BtreeIndex(this.#vfs, path.join(this.directory, 'indices', name));
      this.#indices.set(name, index);
    }
    return index;
  }

  #refresh(): void {
    const identity = this.#vfs.identity(this.namesFile);
    if (identity !== undefined && sameIdentity(identity, this.#identity)) return;
    const packs: string[] = [];
    for (const { key } of new BtreeIndex(this.#vfs, this.namesFile).all()) {
      if (!/^[0-9a-f]{1,64}$/.test(key)) {
        throw new QuicksilverError('corrupt', `${this.namesFile}: an impossible name of a pack`, {
          file: this.namesFile,
        });
      }
      packs.push(key);
    }
    this.#packs = packs;
    this.#identity = identity;
    this.#indices.clear();
  }
}
