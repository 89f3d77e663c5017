// Watches the working files with the operating system's own means, as a source of hints. On Linux one watch per
// directory: events come within a millisecond, of new directories too, and ignored trees cost nothing. Elsewhere one
// recursive watch of the root.
import * as fs from 'node:fs';
import * as nodePath from 'node:path';
import { baseName, bytePath, fromDisplay, joinPath, ROOT_PATH, toFsPath, type BytePath } from '../../base/bytePath.ts';
import { errorMessage, systemErrorCode } from '../../base/errors.ts';
import { Emitter, type Disposable, type Event } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/log.ts';
import {
  createDirectoryWatches,
  directoryIdentity,
  type DirectoryWatches,
  type WatchUser,
} from './directoryWatches.ts';

export interface TreeWatcher extends Disposable {
  /** Something may have happened at this path. */
  readonly onHint: Event<BytePath>;
  /**
   * The watch of this directory has begun or ended, so that events of it may be missing. '' stands for those of many
   * directories. Never fires where the root's watch covers every directory.
   */
  readonly onWatchChange: Event<BytePath>;
  /** Directories watched, one by one or through the root; false for `complete` means that some are not. */
  readonly watched: number;
  readonly complete: boolean;
  /** To be called before a directory is read, so that nothing falls in between. */
  watch(path: BytePath, fresh: boolean): void;
  /** The directory is no longer there, or no longer one of ours. */
  unwatch(path: BytePath): void;
  /** Stops watching everything except the root. Changes there that are not reported yet still will be. */
  unwatchBelow(): void;
  /**
   * Delivers the hints so far now. Without native code they arrive by themselves before the next turn of the event
   * loop.
   */
  drain(): void;
}

export interface WatchOptions {
  readonly root: string;
  /** See Backend.controlName: hinted at when another directory has come to be the root. */
  readonly controlName: string;
  /** Part of the system's limit of watches that may be used, 0 to 1; it is shared by everything the user runs. */
  readonly share: number;
  /** Watches that this process has for other working copies: all of them share the limit. Not given: none. */
  readonly others?: () => number;
  readonly logger: Logger;
}

/** The system's limit of watches for one user. */
export function watchLimit(): number {
  try {
    return Number(fs.readFileSync('/proc/sys/fs/inotify/max_user_watches', 'latin1')) || 0;
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return 8192; // The kernel's default for the smallest machines.
  }
}

/** One watch for each directory. */
export class DirectoryWatcher implements TreeWatcher {
  readonly #options: WatchOptions;
  readonly #limit: number;
  readonly #system: DirectoryWatches;
  /** The root's own name as bytes, and which directory it was when it was watched last. */
  readonly #rootName: string;
  #rootIdentity: string | undefined;
  readonly #watches = new Map<BytePath, number>();
  /** The paths of each watch: several for a directory that is still known by an older name. */
  readonly #paths = new Map<number, BytePath | readonly BytePath[]>();
  readonly #hints = new Emitter<BytePath>();
  readonly #watchChanges = new Emitter<BytePath>();
  /** Directories that are there and that there was no watch for. They are asked for again by each audit. */
  readonly #refused = new Set<BytePath>();
  #told = false;
  #disposed = false;

  readonly onHint = this.#hints.event;
  readonly onWatchChange = this.#watchChanges.event;

  constructor(
    options: WatchOptions,
    systemLimit: number,
    system = (user: WatchUser): DirectoryWatches => createDirectoryWatches(user, options.logger),
  ) {
    this.#options = options;
    this.#limit = Math.floor(systemLimit * options.share);
    this.#rootName = fromDisplay(nodePath.basename(options.root));
    this.#system = system({
      held: this.#paths,
      changed: (watch, name) => {
        for (const path of this.#pathsOf(watch)) this.#changed(path, name);
      },
      failed: (watch, error) => {
        for (const path of this.#pathsOf(watch)) this.#failed(path, error);
      },
      lost: () => this.#hints.fire(ROOT_PATH),
    });
  }

  get watched(): number {
    return this.#watches.size;
  }

  get complete(): boolean {
    return this.#refused.size === 0;
  }

  watch(path: BytePath, fresh: boolean): void {
    if (this.#disposed) return;
    const old = this.#watches.get(path);
    if (old !== undefined && !fresh) return;
    if (old === undefined && this.#watches.size + (this.#options.others?.() ?? 0) >= this.#limit) {
      this.#refuse(path, `the limit of ${this.#limit} watches is reached`);
      return;
    }
    const watch = this.#start(path);
    if (watch === undefined) return;
    if (path === ROOT_PATH) this.#rootIdentity = directoryIdentity(this.#options.root);
    this.#accepted(path);
    const before = this.#watches.get(path);
    if (watch === before) return;
    this.#watches.set(path, watch);
    this.#paths.set(watch, this.#paths.has(watch) ? [...this.#pathsOf(watch), path] : path);
    // After the new one is there: both may stand for the same directory, which must not go unwatched in between.
    if (before !== undefined) this.#release(path, before);
    this.#watchChanges.fire(path);
  }

  unwatch(path: BytePath): void {
    const watch = this.#watches.get(path);
    this.#watches.delete(path);
    if (watch !== undefined) {
      this.#release(path, watch);
      this.#watchChanges.fire(path);
    }
    this.#accepted(path);
  }

  unwatchBelow(): void {
    const kept = this.#watches.get(ROOT_PATH);
    const ended = [...this.#paths.keys()].filter(watch => watch !== kept);
    this.#paths.clear();
    this.#watches.clear();
    if (kept !== undefined) {
      this.#paths.set(kept, ROOT_PATH);
      this.#watches.set(ROOT_PATH, kept);
    }
    for (const watch of ended) this.#system.remove(watch);
    this.#refused.clear();
    this.#watchChanges.fire(ROOT_PATH);
  }

  drain(): void {
    this.#system.drain();
  }

  dispose(): void {
    this.#disposed = true;
    this.#system.dispose();
    this.#paths.clear();
    this.#watches.clear();
    this.#refused.clear();
    this.#hints.dispose();
    this.#watchChanges.dispose();
  }

  #pathsOf(watch: number): readonly BytePath[] {
    const paths = this.#paths.get(watch);
    return paths === undefined ? [] : typeof paths === 'string' ? [paths] : paths;
  }

  /** Ends a watch, if the path is the only one that it was for. */
  #release(path: BytePath, watch: number): void {
    const rest = this.#pathsOf(watch).filter(other => other !== path);
    if (rest.length > 0) {
      this.#paths.set(watch, rest.length === 1 ? rest[0]! : rest);
      return;
    }
    this.#paths.delete(watch);
    this.#system.remove(watch);
  }

  /** A new watch; undefined if there is none to be had. Then the old one is gone, too. */
  #start(path: BytePath): number | undefined {
    try {
      return this.#system.add(toFsPath(this.#options.root, path));
    } catch (error) {
      const old = this.#watches.get(path);
      if (old !== undefined) {
        // Where there is no room for both, the old one makes room.
        this.#watches.delete(path);
        this.#release(path, old);
        return this.#start(path);
      }
      const code = systemErrorCode(error);
      // Gone again already: that comes as a hint of its own.
      if (code !== 'ENOENT' && code !== 'ENOTDIR') this.#refuse(path, errorMessage(error));
      return undefined;
    }
  }

  #changed(directory: BytePath, given: string | undefined): void {
    // A removed, renamed or unmounted directory is reported under its own name, and by its parent's watch. The root has
    // no parent's watch: another working copy may be there now, or nothing. Or it has a file of its own name.
    const name = given ?? (directory === ROOT_PATH ? this.#rootName : baseName(directory));
    if (
      directory === ROOT_PATH &&
      name === this.#rootName &&
      directoryIdentity(this.#options.root) !== this.#rootIdentity
    ) {
      this.#hints.fire(bytePath(this.#options.controlName));
      this.#hints.fire(ROOT_PATH);
    }
    this.#hints.fire(name === '' ? directory : joinPath(directory, name));
  }

  #failed(path: BytePath, error: unknown): void {
    this.#options.logger.warn(`watching ${path || 'the root'} failed: ${errorMessage(error)}`);
    this.unwatch(path);
    this.#hints.fire(path);
  }

  #accepted(path: BytePath): void {
    if (!this.#refused.delete(path) || this.#refused.size > 0) return;
    this.#told = false;
    this.#options.logger.info('Every directory is watched again.');
  }

  #refuse(path: BytePath, why: string): void {
    this.#refused.add(path);
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
  #told: string | undefined;
  #disposed = false;

  readonly onHint = this.#hints.event;
  readonly onWatchChange: Event<BytePath> = () => ({ dispose: () => undefined });

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#start();
  }

  get watched(): number {
    return this.#watcher === undefined ? 0 : 1;
  }

  get complete(): boolean {
    return this.#watcher !== undefined;
  }

  /** The root's watch covers every directory; one that failed is tried again whenever the root is read. */
  watch(path: BytePath): void {
    if (path === ROOT_PATH && this.#watcher === undefined && !this.#disposed) this.#start();
  }

  unwatch(): void {
    // The root's watch covers every directory.
  }

  unwatchBelow(): void {
    // The root's watch covers every directory.
  }

  drain(): void {
    // Node delivers them by itself.
  }

  dispose(): void {
    this.#disposed = true;
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#hints.dispose();
  }

  #start(): void {
    let watcher: fs.FSWatcher;
    try {
      watcher = fs.watch(this.#options.root, { recursive: true, persistent: false });
    } catch (error) {
      this.#logOnce(`The working copy cannot be watched (${errorMessage(error)}). Audits find changes.`);
      return;
    }
    this.#watcher = watcher;
    watcher.on('change', (_kind, name) => {
      const path = typeof name === 'string' ? fromDisplay(name.replaceAll('\\', '/')) : ROOT_PATH;
      this.#hints.fire(path);
    });
    watcher.on('error', error => {
      this.#logOnce(`Watching the working copy failed: ${errorMessage(error)}. Audits find changes.`);
      watcher.close();
      if (this.#watcher === watcher) this.#watcher = undefined;
    });
  }

  /** Logs a repeated message once: a watch is tried again and again. */
  #logOnce(message: string): void {
    if (message !== this.#told) this.#options.logger.warn(message);
    this.#told = message;
  }
}
