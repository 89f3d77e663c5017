// The working files: lstat, directory listings, contents. Synchronous, because the engine runs in a thread of its own
// and asynchronous file access costs several times as much per call. Counts everything it does.
import * as fs from 'node:fs';
import { compareBytes, parentPath, toDisplay, toFsPath, type BytePath } from '../base/bytePath.ts';
import { errorMessage, QuicksilverError, systemErrorCode } from '../base/errors.ts';
import type { ContentSource, FileKind, FileStat } from '../base/fileStat.ts';
import type { WorkCounters } from './types.ts';

export interface DirectoryItem {
  readonly name: string;
  readonly kind: FileKind;
}

const SECOND_NS = 1_000_000_000n;
const CHUNK_BYTES = 256 * 1024;
// Without O_NONBLOCK, opening a fifo that took the place of a file since its lstat would block for ever.
const OPEN_FLAGS =
  fs.constants.O_RDONLY | (process.platform === 'win32' ? 0 : fs.constants.O_NONBLOCK | fs.constants.O_NOFOLLOW);
/** Nothing is there: an ordinary answer, not a failure. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR']);
/** These errors concern us or the machine, not the file: continuing would produce a wrong answer. */
const EXHAUSTED = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EIO']);

/** Throws an 'io' error if `error` does not concern the file it came from. Rethrows anything but a system error. */
export function rethrowIfExhausted(path: BytePath, error: unknown): string {
  const code = systemErrorCode(error);
  if (code === undefined) throw error;
  if (EXHAUSTED.has(code)) {
    throw new QuicksilverError('io', `${toDisplay(path)}: ${errorMessage(error)}`, { cause: error });
  }
  return code;
}

export class WorkingTree {
  readonly root: string;
  readonly outcome: WorkCounters;
  readonly #onUnreadable: (path: BytePath, code: string) => void;

  /**
   * @param root absolute path of the working copy
   * @param outcome the counters to add to
   * @param onUnreadable called with every path that exists but cannot be read
   */
  constructor(
    root: string,
    outcome: WorkCounters,
    onUnreadable: (path: BytePath, code: string) => void = () => undefined,
  ) {
    this.root = root;
    this.outcome = outcome;
    this.#onUnreadable = onUnreadable;
  }

  /** The stat of what is at `path`, not following a symbolic link; undefined if nothing is, or it cannot be known. */
  lstat(path: BytePath): FileStat | undefined {
    this.outcome.stats++;
    let stat: fs.BigIntStats | undefined;
    try {
      stat = fs.lstatSync(toFsPath(this.root, path), { bigint: true, throwIfNoEntry: false });
    } catch (error) {
      this.#report(path, error);
      return undefined;
    }
    if (stat === undefined) return undefined;
    let seconds = stat.mtimeNs / SECOND_NS;
    let nanoseconds = stat.mtimeNs % SECOND_NS;
    if (nanoseconds < 0n) {
      // BigInt division rounds towards zero, but times before 1970 must be rounded down.
      seconds -= 1n;
      nanoseconds += SECOND_NS;
    }
    return {
      kind: stat.isFile() ? 'file' : stat.isSymbolicLink() ? 'symlink' : stat.isDirectory() ? 'directory' : 'other',
      size: Number(stat.size),
      executable: (stat.mode & 0o100n) !== 0n,
      mtimeSeconds: Number(seconds),
      mtimeNanoseconds: Number(nanoseconds),
      ctimeNs: stat.ctimeNs,
      inode: stat.ino,
      device: stat.dev,
      uid: Number(stat.uid),
      gid: Number(stat.gid),
    };
  }

  /** True if what is at `path`, or what a symbolic link there leads to, is executable by owner, group and others. */
  isExecutableByAll(path: BytePath): boolean {
    this.outcome.stats++;
    try {
      const mode = fs.statSync(toFsPath(this.root, path), { throwIfNoEntry: false })?.mode ?? 0;
      return (mode & 0o111) === 0o111;
    } catch (error) {
      this.#report(path, error);
      return false;
    }
  }

  /** Which kind of special file is at `path`. Throws as `fs` does. */
  specialKind(path: BytePath): 'fifo' | 'socket' | 'device' {
    this.outcome.stats++;
    const stat = fs.lstatSync(toFsPath(this.root, path));
    return stat.isFIFO() ? 'fifo' : stat.isSocket() ? 'socket' : 'device';
  }

  /**
   * True if names of the path's directory can be stat'ed; undefined if the path is gone, which proves nothing. If
   * false, the directory is reported as unreadable.
   */
  canLookUp(path: BytePath): boolean | undefined {
    this.outcome.stats++;
    try {
      const stat = fs.lstatSync(toFsPath(this.root, path), { throwIfNoEntry: false });
      return stat === undefined ? undefined : true;
    } catch (error) {
      this.#report(parentPath(path), error);
      return false;
    }
  }

  /** Returns the contents of a directory, ordered by the bytes of the names; undefined if it cannot be read. */
  readDirectory(path: BytePath): readonly DirectoryItem[] | undefined {
    this.outcome.directoriesRead++;
    const where = toFsPath(this.root, path);
    let items: DirectoryItem[];
    try {
      items = fs.readdirSync(where, { withFileTypes: true, encoding: 'latin1' }).map(item => ({
        name: item.name,
        kind: item.isFile() ? 'file' : item.isDirectory() ? 'directory' : item.isSymbolicLink() ? 'symlink' : 'other',
      }));
    } catch (error) {
      // Some file systems list names without kinds. Node then stats each name itself, and fails for names that are not
      // UTF-8.
      const names = systemErrorCode(error) === 'ENOENT' ? this.#readNames(where) : undefined;
      if (names === undefined) {
        this.#report(path, error);
        return undefined;
      }
      items = names.map(name => ({
        name,
        kind: this.lstat((path === '' ? name : `${path}/${name}`) as BytePath)?.kind ?? 'other',
      }));
    }
    return items.sort((a, b) => compareBytes(a.name, b.name));
  }

  /** The content of a file, or the target of a symbolic link, as bytes. */
  content(path: BytePath, stat: FileStat): ContentSource {
    this.outcome.filesRead++;
    const where = toFsPath(this.root, path);
    const outcome = this.outcome;
    return {
      size: stat.size,
      *chunks() {
        if (stat.kind === 'symlink') {
          const target = fs.readlinkSync(where, { encoding: 'buffer' });
          outcome.bytesRead += target.length;
          yield target;
          return;
        }
        const descriptor = fs.openSync(where, OPEN_FLAGS);
        try {
          const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(CHUNK_BYTES, stat.size + 1)));
          for (;;) {
            const count = fs.readSync(descriptor, buffer, 0, buffer.length, null);
            if (count === 0) return;
            outcome.bytesRead += count;
            yield buffer.subarray(0, count);
          }
        } finally {
          fs.closeSync(descriptor);
        }
      },
    };
  }

  #readNames(where: string | Buffer): string[] | undefined {
    try {
      return fs.readdirSync(where, { encoding: 'latin1' });
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
      return undefined;
    }
  }

  #report(path: BytePath, error: unknown): void {
    const code = rethrowIfExhausted(path, error);
    if (!ABSENT.has(code)) this.#onUnreadable(path, code);
  }
}
