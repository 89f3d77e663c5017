// The one door through which repository files, configuration files and ignore files are read. It reads regular files
// only, never more than the caller allows, and never blocks on a fifo or a device.
import * as fs from 'node:fs';
import { QuicksilverError, errorMessage, systemErrorCode } from '../base/errors.ts';

/** Identifies one state of a file: after a replacement, rewrite or append at least one field differs. */
export interface FileIdentity {
  readonly device: bigint;
  readonly inode: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

export function sameIdentity(a: FileIdentity | undefined, b: FileIdentity | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.inode === b.inode &&
    a.size === b.size &&
    a.mtimeNs === b.mtimeNs &&
    a.ctimeNs === b.ctimeNs &&
    a.device === b.device
  );
}

export interface FileBytes {
  readonly bytes: Buffer;
  /** The identity of the file these bytes were read from. */
  readonly identity: FileIdentity;
}

/** A file kept open for reading at chosen places. Close it. */
export interface OpenFile {
  readonly size: number;
  readonly identity: FileIdentity;
  /**
   * Reads `length` bytes at `offset`, or fewer where the file ends.
   *
   * @param allocate makes the memory for that many bytes, if the caller needs a certain kind
   */
  read(offset: number, length: number, allocate?: (length: number) => Buffer): Buffer;
  close(): void;
}

// With O_NONBLOCK the open of a fifo returns at once and can be rejected. The flag has no effect on regular files.
const OPEN_FLAGS =
  fs.constants.O_RDONLY | (process.platform === 'win32' ? 0 : fs.constants.O_NONBLOCK | fs.constants.O_NOCTTY);

const MISSING = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

function identityOf(stat: fs.BigIntStats): FileIdentity {
  return { device: stat.dev, inode: stat.ino, size: stat.size, mtimeNs: stat.mtimeNs, ctimeNs: stat.ctimeNs };
}

/** A path as `fs` takes it: bytes where it is not UTF-8. */
export type FsPath = string | Buffer;

export class Vfs {
  /** Bytes read through this door so far. */
  bytesRead = 0;
  /** Files opened through this door so far. */
  filesOpened = 0;

  /**
   * The whole of a regular file; undefined if there is none (a symbolic link is followed, a dangling one is none).
   * Throws a QuicksilverError: 'io' if it is not a regular file, larger than `maxBytes`, or cannot be read.
   */
  read(path: FsPath, maxBytes: number): FileBytes | undefined {
    const file = this.open(path);
    if (file === undefined) return undefined;
    try {
      if (file.size > maxBytes) {
        throw new QuicksilverError(
          'io',
          `${path.toString()}: ${file.size} bytes are more than the ${maxBytes} allowed`,
          {
            file: path.toString(),
          },
        );
      }
      return { bytes: file.read(0, file.size), identity: file.identity };
    } finally {
      file.close();
    }
  }

  /** Opens a regular file; undefined if there is none. Throws as {@link read} does. */
  open(path: FsPath): OpenFile | undefined {
    let descriptor: number;
    try {
      // Opening a device can do something, so that it must not be opened to find out.
      if (fs.statSync(path, { throwIfNoEntry: false })?.isFile() === false) throw notRegular(path);
      descriptor = fs.openSync(path, OPEN_FLAGS);
    } catch (error) {
      if (error instanceof QuicksilverError) throw error;
      if (MISSING.has(systemErrorCode(error) ?? '')) return undefined;
      throw ioError(path, error);
    }
    let stat: fs.BigIntStats;
    try {
      stat = fs.fstatSync(descriptor, { bigint: true });
    } catch (error) {
      fs.closeSync(descriptor);
      throw ioError(path, error);
    }
    if (!stat.isFile()) {
      fs.closeSync(descriptor);
      throw notRegular(path);
    }
    this.filesOpened++;
    return {
      size: Number(stat.size),
      identity: identityOf(stat),
      read: (offset, length, allocate = size => Buffer.allocUnsafe(size)) => {
        const buffer = allocate(Math.max(0, Math.min(length, Number(stat.size) - offset)));
        let done = 0;
        try {
          while (done < buffer.length) {
            const count = fs.readSync(descriptor, buffer, done, buffer.length - done, offset + done);
            if (count === 0) break;
            done += count;
          }
        } catch (error) {
          throw ioError(path, error);
        }
        this.bytesRead += done;
        return done === buffer.length ? buffer : buffer.subarray(0, done);
      },
      close: () => fs.closeSync(descriptor),
    };
  }

  /** lstat's identity of whatever is at `path` (a symbolic link itself); undefined if there is nothing. */
  identity(path: FsPath): FileIdentity | undefined {
    const stat = this.lstat(path);
    return stat && identityOf(stat);
  }

  /** As {@link identity}, of what a symbolic link leads to. */
  targetIdentity(path: FsPath): FileIdentity | undefined {
    try {
      const stat = fs.statSync(path, { bigint: true, throwIfNoEntry: false });
      return stat && identityOf(stat);
    } catch (error) {
      if (MISSING.has(systemErrorCode(error) ?? '')) return undefined;
      throw ioError(path, error);
    }
  }

  lstat(path: FsPath): fs.BigIntStats | undefined {
    try {
      return fs.lstatSync(path, { bigint: true, throwIfNoEntry: false });
    } catch (error) {
      if (MISSING.has(systemErrorCode(error) ?? '')) return undefined;
      throw ioError(path, error);
    }
  }

  /** True for a directory, and for a symbolic link to one. */
  isDirectory(path: FsPath): boolean {
    return this.#target(path)?.isDirectory() ?? false;
  }

  /** True for a regular file, and for a symbolic link to one. */
  isFile(path: FsPath): boolean {
    return this.#target(path)?.isFile() ?? false;
  }

  #target(path: FsPath): fs.Stats | undefined {
    try {
      return fs.statSync(path, { throwIfNoEntry: false });
    } catch (error) {
      if (MISSING.has(systemErrorCode(error) ?? '')) return undefined;
      throw ioError(path, error);
    }
  }

  /** The system's number for the type of the file system that `path` is on; undefined if it is not known. */
  fileSystemType(path: FsPath): number | undefined {
    try {
      return fs.statfsSync(path).type;
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
      return undefined;
    }
  }

  /** True for a symbolic link that leads back to itself. Others that lead nowhere are as good as missing. */
  isLoop(path: FsPath): boolean {
    try {
      fs.statSync(path, { throwIfNoEntry: false });
      return false;
    } catch (error) {
      return systemErrorCode(error) === 'ELOOP';
    }
  }

  /** Names in a directory, ordered; none if there is no such directory. */
  list(path: string): string[] {
    try {
      return fs.readdirSync(path).sort();
    } catch (error) {
      if (MISSING.has(systemErrorCode(error) ?? '')) return [];
      throw ioError(path, error);
    }
  }

  /** As {@link list}, as byte strings. */
  listBytes(path: FsPath): string[] {
    try {
      return fs.readdirSync(path, 'latin1').sort();
    } catch (error) {
      if (MISSING.has(systemErrorCode(error) ?? '')) return [];
      throw ioError(path, error);
    }
  }

  /** The path without symbolic links; as it is if it leads nowhere. */
  realPath(path: string): string {
    try {
      return fs.realpathSync.native(path);
    } catch (error) {
      if (MISSING.has(systemErrorCode(error) ?? '')) return path;
      throw ioError(path, error);
    }
  }

  /** Target of a symbolic link; undefined if there is none or it is something else. */
  readLink(path: FsPath, encoding: 'utf8' | 'latin1' = 'utf8'): string | undefined {
    try {
      return fs.readlinkSync(path, encoding);
    } catch (error) {
      const code = systemErrorCode(error) ?? '';
      if (MISSING.has(code) || code === 'EINVAL' || code === 'UNKNOWN') return undefined;
      throw ioError(path, error);
    }
  }
}

function notRegular(path: FsPath): QuicksilverError {
  return new QuicksilverError('io', `${path.toString()}: not a regular file`, { file: path.toString() });
}

function ioError(path: FsPath, cause: unknown): QuicksilverError {
  const file = path.toString();
  return new QuicksilverError('io', `${file}: ${errorMessage(cause)}`, { file, cause });
}
