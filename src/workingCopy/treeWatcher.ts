// Watches the working files with the operating system's own means, as a source of hints. On Linux one watch per
// directory: events come within a millisecond, of new directories too, and ignored trees cost nothing. Elsewhere one
// recursive watch of the root.
import * as fs from 'node:fs';
import { bytePath, fromDisplay, joinPath, toFsPath, type BytePath } from '../base/bytePath.ts';
import { errorMessage, systemErrorCode } from '../base/errors.ts';
import { Emitter, type Disposable, type Event } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';

export interface TreeWatcher extends Disposable {
  /** Something may have happened at this path. */
  readonly onHint: Event<BytePath>;
  /** Directories watched, one by one or through the root; false for `complete` means that some are not. */
  readonly watched: number;
  readonly complete: boolean;
  /** To be called before a directory is read, so that nothing falls in between. */
  watch(path: BytePath, fresh: boolean): void;
  /** The directory is no longer there, or no longer one of ours. */
  unwatch(path: BytePath): void;
  unwatchAll(): void;
}

export interface WatchOptions {
  readonly root: string;
  /** Part of the system's limit of watches that may be used, 0 to 1; it is shared by everything the user runs. */
  readonly share: number;
  readonly logger: Logger;
}

export function createTreeWatcher(options: WatchOptions): TreeWatcher {
  return process.platform === 'linux' ? new DirectoryWatcher(options, watchLimit()) : new RecursiveWatcher(options);
}

/** The system's limit of watches for one user. */
function watchLimit(): number {
  try {
    return Number(fs.readFileSync('/proc/sys/fs/inotify/max_user_watches', 'latin1')) || 0;
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return 8192; // The kernel's default for the smallest machines.
  }
}

export class DirectoryWatcher implements TreeWatcher {
  readonly #options: WatchOptions;
  readonly #limit: number;
  readonly #watchers = new Map<BytePath, fs.FSWatcher>();
  readonly #hints = new Emitter<BytePath>();
  #refused = 0;
  #told = false;
  #disposed = false;

  readonly onHint = this.#hints.event;

  constructor(options: WatchOptions, systemLimit: number) {
    this.#options = options;
    this.#limit = Math.floor(systemLimit * options.share);
  }

  get watched(): number {
    return this.#watchers.size;
  }

  get complete(): boolean {
    return this.#refused === 0;
  }

  watch(path: BytePath, fresh: boolean): void {
    if (this.#disposed) return;
    const old = this.#watchers.get(path);
    if (old !== undefined && !fresh) return;
    if (old === undefined && this.#watchers.size >= this.#limit) {
      this.#refuse(`the limit of ${this.#limit} watches is reached`);
      return;
    }
    let watcher: fs.FSWatcher;
    try {
      watcher = fs.watch(toFsPath(this.#options.root, path), { encoding: 'latin1', persistent: false });
    } catch (error) {
      this.unwatch(path);
      const code = systemErrorCode(error);
      // Gone again already: that comes as a hint of its own.
      if (code === 'ENOENT' || code === 'ENOTDIR') return;
      this.#refuse(errorMessage(error));
      return;
    }
    watcher.on('change', (_kind, name) => this.#hints.fire(typeof name === 'string' ? joinPath(path, name) : path));
    watcher.on('error', error => {
      this.#options.logger.warn(`watching ${path || 'the root'} failed: ${errorMessage(error)}`);
      this.unwatch(path);
      this.#hints.fire(path);
    });
    this.#watchers.set(path, watcher);
    // After the new one is there: both may stand for the same directory, which must not go unwatched in between.
    old?.close();
  }

  unwatch(path: BytePath): void {
    this.#watchers.get(path)?.close();
    this.#watchers.delete(path);
  }

  unwatchAll(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  dispose(): void {
    this.#disposed = true;
    this.unwatchAll();
    this.#hints.dispose();
  }

  #refuse(why: string): void {
    this.#refused++;
    if (this.#told) return;
    this.#told = true;
    this.#options.logger.warn(
      `Not every directory can be watched (${why}). Changes in the others are noticed through the editor's events and by audits.`,
    );
  }
}

/** One watch for all: macOS and Windows report what happens anywhere below a directory. */
export class RecursiveWatcher implements TreeWatcher {
  readonly #options: WatchOptions;
  readonly #hints = new Emitter<BytePath>();
  #watcher: fs.FSWatcher | undefined;

  readonly onHint = this.#hints.event;

  constructor(options: WatchOptions) {
    this.#options = options;
    try {
      this.#watcher = fs.watch(options.root, { recursive: true, persistent: false });
    } catch (error) {
      options.logger.warn(`The working copy cannot be watched (${errorMessage(error)}). Audits find changes.`);
      return;
    }
    this.#watcher.on('change', (_kind, name) => {
      const path = typeof name === 'string' ? fromDisplay(name.replaceAll('\\', '/')) : bytePath('');
      this.#hints.fire(path);
    });
    this.#watcher.on('error', error => {
      this.#options.logger.warn(`Watching the working copy failed: ${errorMessage(error)}. Audits find changes.`);
      this.#watcher?.close();
      this.#watcher = undefined;
    });
  }

  get watched(): number {
    return this.#watcher === undefined ? 0 : 1;
  }

  get complete(): boolean {
    return this.#watcher !== undefined;
  }

  watch(): void {
    // The root's watch covers every directory.
  }

  unwatch(): void {
    // As above.
  }

  unwatchAll(): void {
    // As above.
  }

  dispose(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#hints.dispose();
  }
}
