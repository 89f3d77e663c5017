// Files in memory, so that a hundred thousand inputs do not cost as many files.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { QuicksilverError } from '../../src/base/errors.ts';
import { Vfs, type FileBytes, type FileIdentity, type OpenFile } from '../../src/files/vfs.ts';

/** Stands for the stat of every file, and of every directory. */
const FILE_STAT = fs.statSync(process.execPath, { bigint: true });
const DIRECTORY_STAT = fs.statSync('/', { bigint: true });

export class MemoryVfs extends Vfs {
  readonly #files = new Map<string, Buffer>();
  #writes = 0n;

  constructor(files: Readonly<Record<string, Buffer | string>>) {
    super();
    for (const [file, content] of Object.entries(files)) this.#files.set(file, Buffer.from(content));
  }

  /** Replaces a file, or makes it. */
  write(file: string, content: Buffer): void {
    this.#files.set(file, content);
    this.#writes++;
  }

  override read(file: string, maxBytes: number): FileBytes | undefined {
    const bytes = this.#files.get(path.normalize(file));
    if (bytes === undefined) return undefined;
    if (bytes.length > maxBytes) throw new QuicksilverError('io', `${file}: too large`, { file });
    return { bytes, identity: this.#identityOf(bytes) };
  }

  override open(file: string): OpenFile | undefined {
    const bytes = this.#files.get(path.normalize(file));
    if (bytes === undefined) return undefined;
    return {
      size: bytes.length,
      identity: this.#identityOf(bytes),
      // As the real one: a copy, of what there is.
      read: (offset, length, allocate = size => Buffer.alloc(size)) => {
        const part = bytes.subarray(offset, offset + Math.max(0, length));
        const copy = allocate(part.length);
        part.copy(copy);
        return copy;
      },
      close: () => undefined,
    };
  }

  override identity(file: string): FileIdentity | undefined {
    const bytes = this.#files.get(path.normalize(file));
    return bytes && this.#identityOf(bytes);
  }

  override targetIdentity(file: string): FileIdentity | undefined {
    return this.identity(file);
  }

  override lstat(file: string): fs.BigIntStats | undefined {
    if (this.#files.has(path.normalize(file))) return FILE_STAT;
    return this.isDirectory(file) ? DIRECTORY_STAT : undefined;
  }

  override isFile(file: string): boolean {
    return this.#files.has(path.normalize(file));
  }

  override isDirectory(file: string): boolean {
    const prefix = `${path.normalize(file).replace(/\/$/, '')}/`;
    for (const name of this.#files.keys()) if (name.startsWith(prefix)) return true;
    return false;
  }

  override list(directory: string): string[] {
    const prefix = `${path.normalize(directory).replace(/\/$/, '')}/`;
    const below = [...this.#files.keys()].filter(name => name.startsWith(prefix));
    return [...new Set(below.map(name => name.slice(prefix.length).split('/')[0]!))].sort();
  }

  override readLink(): string | undefined {
    return undefined;
  }

  #identityOf(bytes: Buffer): FileIdentity {
    return { device: 1n, inode: 1n, size: BigInt(bytes.length), mtimeNs: this.#writes, ctimeNs: this.#writes };
  }
}
