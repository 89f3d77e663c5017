// Watches single directories with the system: one descriptor of inotify where there is native code, else `fs.watch`.
import * as fs from 'node:fs';
import { getSystemErrorName } from 'node:util';
import { errorMessage, systemErrorCode } from '../../base/errors.ts';
import type { Disposable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/log.ts';
import { loadNative } from '../../status/bulk/native.ts';

/** Watches of directories. Each is a number. */
export interface DirectoryWatches extends Disposable {
  /**
   * Watches a directory. Where the system has one watch for a directory under all its names, equal directories get
   * equal numbers.
   *
   * @param path absolute
   * @throws an error with the system's code: ENOSPC if no watches are left, ENOENT, EACCES and others
   */
  add(path: string | Buffer): number;
  /** Delivers the events so far, as far as they are available at once. */
  drain(): void;
  /** Ends a watch, unless another user of the same descriptor holds it. To be called when `held` no longer has it. */
  remove(watch: number): void;
}

/** Receives the events. */
export interface WatchUser {
  /** The watches that were answered and are still of use. */
  readonly held: ReadonlyMap<number, unknown>;
  /**
   * Something happened in a watched directory.
   * @param name what it happened to, as bytes; '' if that is not known; undefined if it is the directory itself
   */
  changed(watch: number, name: string | undefined): void;
  /** The watch will report no more events. */
  failed(watch: number, error: unknown): void;
  /** Events were dropped: anything may have happened anywhere. */
  lost(): void;
}

/** The best there is. */
export function createDirectoryWatches(
  user: WatchUser,
  logger: Logger,
  module: InotifyModule | undefined = inotifyModule(),
): DirectoryWatches {
  if (module === undefined) return new NodeWatches(user);
  try {
    return new InotifyWatches(module, user);
  } catch (error) {
    // The user may have no descriptors left. Node already has one.
    logger.info(`Directories are watched by Node (${errorMessage(error)}).`);
    return new NodeWatches(user);
  }
}

/** The native code for {@link InotifyWatches}; undefined where there is none. */
export function inotifyModule(): InotifyModule | undefined {
  const module = loadNative().module as Partial<InotifyModule> | undefined;
  return module?.watchDrain === undefined ? undefined : (module as InotifyModule);
}

/**
 * Returns a text that differs between two directories of one moment; undefined if the path is no directory or cannot be
 * stat'ed.
 */
export function directoryIdentity(directory: string): string | undefined {
  try {
    const stat = fs.statSync(directory, { bigint: true, throwIfNoEntry: false });
    return stat?.isDirectory() ? `${stat.dev} ${stat.ino}` : undefined;
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return undefined;
  }
}

/** How `fs.watch` is called, of which tests have their own. */
export type WatchDirectory = (
  path: string | Buffer,
  options: { readonly encoding: 'latin1'; readonly persistent: false },
) => fs.FSWatcher;

/** `fs.watch`: some kilobyte of objects for each directory. */
export class NodeWatches implements DirectoryWatches {
  readonly #user: WatchUser;
  readonly #watchDirectory: WatchDirectory;
  readonly #watchers = new Map<number, fs.FSWatcher>();
  #next = 1;

  constructor(user: WatchUser, watchDirectory: WatchDirectory = (path, how) => fs.watch(path, how)) {
    this.#user = user;
    this.#watchDirectory = watchDirectory;
  }

  add(path: string | Buffer): number {
    const watcher = this.#watchDirectory(path, { encoding: 'latin1', persistent: false });
    const watch = this.#next++;
    watcher.on('change', (_kind, name) => this.#user.changed(watch, typeof name === 'string' ? name : ''));
    watcher.on('error', error => this.#user.failed(watch, error));
    this.#watchers.set(watch, watcher);
    return watch;
  }

  drain(): void {
    // Node reads what there is in each turn of its loop.
  }

  remove(watch: number): void {
    this.#watchers.get(watch)?.close();
    this.#watchers.delete(watch);
  }

  dispose(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }
}

/** The exports of `native/watch.c`. */
export interface InotifyModule {
  watchOpen(deliver: (events: ArrayBuffer, lost: boolean) => void): object;
  watchAdd(handle: object, path: string | Buffer): number;
  watchRemove(handle: object, watch: number): void;
  watchDrain(handle: object, deliver: (events: ArrayBuffer, lost: boolean) => void): void;
  watchClose(handle: object): void;
}

/** The native form: a number of the kernel's for each directory. */
export class InotifyWatches implements DirectoryWatches {
  readonly #inotify: Inotify;
  readonly #user: WatchUser;

  /** Throws if there is no descriptor to be had. */
  constructor(module: InotifyModule, user: WatchUser) {
    this.#user = user;
    this.#inotify = Inotify.join(module, user);
  }

  add(path: string | Buffer): number {
    return this.#inotify.add(path);
  }

  drain(): void {
    this.#inotify.drain();
  }

  remove(watch: number): void {
    this.#inotify.remove(watch);
  }

  dispose(): void {
    this.#inotify.leave(this.#user);
  }
}

const EVENT_HEADER = 16;
const IN_Q_OVERFLOW = 0x4000;
/** The kernel has removed a watch, after an event with the reason. */
const IN_IGNORED = 0x8000;

/** A user has 128 descriptors of this kind for all programs, so that all repositories of this thread share one. */
class Inotify {
  static readonly #shared = new Map<InotifyModule, Inotify>();
  readonly #module: InotifyModule;
  readonly #handle: object;
  readonly #users = new Set<WatchUser>();
  readonly #take = (events: ArrayBuffer, lost: boolean): void => this.#deliver(Buffer.from(events), lost);

  private constructor(module: InotifyModule) {
    this.#module = module;
    this.#handle = module.watchOpen(this.#take);
  }

  drain(): void {
    this.#module.watchDrain(this.#handle, this.#take);
  }

  static join(module: InotifyModule, user: WatchUser): Inotify {
    let shared = Inotify.#shared.get(module);
    if (shared === undefined) Inotify.#shared.set(module, (shared = new Inotify(module)));
    shared.#users.add(user);
    return shared;
  }

  leave(user: WatchUser): void {
    if (!this.#users.delete(user)) return;
    if (this.#users.size > 0) {
      for (const watch of user.held.keys()) this.remove(watch);
      return;
    }
    Inotify.#shared.delete(this.#module);
    this.#module.watchClose(this.#handle);
  }

  add(path: string | Buffer): number {
    const added = this.#module.watchAdd(this.#handle, path);
    if (added >= 0) return added;
    const code = getSystemErrorName(added);
    const why = code === 'ENOSPC' ? 'System limit for number of file watchers reached' : 'no watch';
    throw Object.assign(new Error(`${code}: ${why}, watch '${path.toString()}'`), { code, errno: added });
  }

  /** A working copy inside of another has its root watched for both. */
  remove(watch: number): void {
    for (const { held } of this.#users) if (held.has(watch)) return;
    this.#module.watchRemove(this.#handle, watch);
  }

  /** @param events structs inotify_event, one after the other, in the machine's byte order, which is little-endian */
  #deliver(events: Buffer, lost: boolean): void {
    let anyLost = lost;
    for (let at = 0; at + EVENT_HEADER <= events.length;) {
      const watch = events.readInt32LE(at);
      const mask = events.readUInt32LE(at + 4);
      const length = events.readUInt32LE(at + 12);
      const start = at + EVENT_HEADER;
      at = start + length;
      if ((mask & IN_Q_OVERFLOW) !== 0) anyLost = true;
      else if ((mask & IN_IGNORED) === 0) this.#changed(watch, length === 0 ? undefined : nameAt(events, start, at));
    }
    if (!anyLost) return;
    for (const user of [...this.#users]) user.lost();
  }

  #changed(watch: number, name: string | undefined): void {
    for (const user of [...this.#users]) if (user.held.has(watch)) user.changed(watch, name);
  }
}

/** The name is padded with zeros. */
function nameAt(events: Buffer, start: number, end: number): string {
  const nul = events.indexOf(0, start);
  return events.toString('latin1', start, nul < 0 || nul > end ? end : nul);
}
