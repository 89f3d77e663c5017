// Watches the few directories that hold a repository's own state and its configuration.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { bytePath, toDisplay } from '../../base/bytePath.ts';
import { errorMessage, systemErrorCode } from '../../base/errors.ts';
import { Emitter, type Disposable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/log.ts';
import type { Backend } from '../backend.ts';
import { createDirectoryWatches, directoryIdentity, type DirectoryWatches } from './directoryWatches.ts';

/** The parts of a backend that decide what to watch. */
export type Watchable = Pick<Backend, 'root' | 'controlDirectories' | 'isRelevant'>;

/** A chain of links that is longer leads nowhere, as in the kernel. */
const MAX_LINKS = 40;

export class ControlWatcher implements Disposable {
  readonly #backend: Watchable;
  readonly #logger: Logger;
  readonly #system: DirectoryWatches;
  readonly #watched = new Map<string, { readonly watch: number; readonly identity: string }>();
  /** The directories of each watch: several names of one directory share a watch. */
  readonly #directories = new Map<number, readonly string[]>();
  readonly #events = new Emitter<string>();
  /** Directories that could not be watched, as the log already shows; they are tried again and again. */
  readonly #refused = new Set<string>();
  /** Names of single files watched in directories that hold other things, too: configuration, ignore files. */
  #files = new Map<string, Set<string>>();
  #control: ReadonlySet<string> = new Set();

  /** A file that matters may have changed; the value names it, for the log. */
  readonly onEvent = this.#events.event;

  constructor(backend: Watchable, logger: Logger) {
    this.#backend = backend;
    this.#logger = logger;
    this.#system = createDirectoryWatches(
      {
        held: this.#directories,
        changed: (watch, name) => {
          for (const directory of this.#directories.get(watch) ?? []) this.#changed(directory, name);
        },
        failed: (watch, error) => {
          for (const directory of this.#directories.get(watch) ?? []) this.#failed(directory, error);
        },
        // The system dropped events: any file may have changed.
        lost: () => this.#events.fire(this.#backend.root),
      },
      logger,
    );
  }

  /**
   * Watches the directories that exist now, anew those that were replaced, no longer those that are gone. Follows links
   * to a file, and waits in the nearest directory for one that does not exist yet.
   * @param files absolute paths of further files that matter, wherever they are
   */
  arm(files: readonly string[]): void {
    this.#control = new Set(this.#backend.controlDirectories());
    this.#files = new Map();
    for (const file of files) this.#addFile(file);
    const wanted = new Set([...this.#control, ...this.#files.keys()]);
    for (const directory of [...this.#watched.keys()]) if (!wanted.has(directory)) this.#unwatch(directory);
    for (const directory of this.#refused) if (!wanted.has(directory)) this.#refused.delete(directory);
    for (const directory of wanted) this.#watch(directory);
  }

  dispose(): void {
    this.#system.dispose();
    this.#watched.clear();
    this.#directories.clear();
    this.#events.dispose();
  }

  #addFile(file: string): void {
    let at = file;
    for (let links = 0; links < MAX_LINKS; links++) {
      this.#addName(at);
      const target = linkTarget(at);
      if (target === undefined) return;
      at = path.resolve(path.dirname(at), target);
    }
  }

  /** Adds a name in its directory, or in the nearest directory above that exists. */
  #addName(file: string): void {
    let name = file;
    let directory = path.dirname(file);
    while (directory !== path.dirname(directory) && directoryIdentity(directory) === undefined) {
      name = directory;
      directory = path.dirname(directory);
    }
    // The root is watched by somebody else; a directory below it may not be, if it is ignored.
    if (directory === this.#backend.root) return;
    if (!this.#files.has(directory)) this.#files.set(directory, new Set());
    this.#files.get(directory)?.add(path.basename(name));
  }

  #watch(directory: string): void {
    const identity = directoryIdentity(directory);
    const old = this.#watched.get(directory);
    if (old !== undefined && old.identity === identity) return;
    this.#unwatch(directory);
    if (identity === undefined) {
      this.#refused.delete(directory);
      return;
    }
    let watch: number;
    try {
      watch = this.#system.add(directory);
    } catch (error) {
      if (!this.#refused.has(directory)) {
        this.#logger.warn(`${directory} cannot be watched (${errorMessage(error)}). Audits find changes.`);
      }
      this.#refused.add(directory);
      return;
    }
    this.#refused.delete(directory);
    this.#watched.set(directory, { watch, identity });
    this.#directories.set(watch, [...(this.#directories.get(watch) ?? []), directory]);
  }

  #unwatch(directory: string): void {
    const watch = this.#watched.get(directory)?.watch;
    if (watch === undefined) return;
    this.#watched.delete(directory);
    const rest = (this.#directories.get(watch) ?? []).filter(other => other !== directory);
    if (rest.length > 0) {
      this.#directories.set(watch, rest);
      return;
    }
    this.#directories.delete(watch);
    this.#system.remove(watch);
  }

  /** @param name as bytes; '' if it is not known; undefined for the directory itself */
  #changed(directory: string, name: string | undefined): void {
    const file = name === undefined ? '' : toDisplay(bytePath(name));
    const isItself = name === undefined || file === path.basename(directory);
    // Removed or renamed: another directory of that name may have the same identity.
    if (name === undefined) this.#unwatch(directory);
    const matters =
      isItself ||
      file === '' ||
      this.#files.get(directory)?.has(file) === true ||
      (this.#control.has(directory) && this.#backend.isRelevant(directory, file));
    if (matters) this.#events.fire(path.join(directory, file));
  }

  #failed(directory: string, error: unknown): void {
    this.#logger.warn(`watching ${directory} failed: ${errorMessage(error)}`);
    this.#unwatch(directory);
    this.#events.fire(directory);
  }
}

function linkTarget(file: string): string | undefined {
  try {
    return fs.lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true ? fs.readlinkSync(file) : undefined;
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return undefined;
  }
}
