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
   * to a file and to the folders above it, and waits in the nearest directory for one that does not exist yet.
   * @param files absolute paths of further files that matter, wherever they are
   */
  arm(files: readonly string[]): void {
    this.#control = new Set(this.#backend.controlDirectories());
    this.#files = new Map();
    const roots = [this.#backend.root, realPath(this.#backend.root)];
    const look = kindsOnce();
    const names = [
      ...[...this.#control].flatMap(directory => namesOnTheWay(directory, look).filter(({ isLink }) => isLink)),
      ...files.flatMap(file => namesOnTheWay(file, look)),
    ];
    for (const { directory, name } of names) {
      // The root is watched by somebody else; a directory below it may not be, if it is ignored.
      if (roots.includes(directory)) continue;
      if (!this.#files.has(directory)) this.#files.set(directory, new Set());
      this.#files.get(directory)?.add(name);
    }
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

interface NameOnTheWay {
  /** Without symbolic links. */
  readonly directory: string;
  readonly name: string;
  readonly isLink: boolean;
}

/** A link has a target. */
type Kind = 'directory' | 'other' | { readonly target: string };

/**
 * Returns the names that decide the target of a path, as the kernel walks it. These are each link, and the last name or
 * the first that is missing. A relative link starts in the directory that it is really in.
 */
function namesOnTheWay(file: string, look: (path: string) => Kind): NameOnTheWay[] {
  const found: NameOnTheWay[] = [];
  let directory = path.parse(file).root;
  let rest = componentsOf(file);
  for (let links = 0; links <= MAX_LINKS;) {
    const name = rest.shift();
    if (name === undefined) break;
    if (name === '..') {
      directory = path.dirname(directory);
      continue;
    }
    const kind = look(path.join(directory, name));
    const isLink = typeof kind === 'object';
    if (isLink || rest.length === 0 || kind === 'other') found.push({ directory, name, isLink });
    if (kind === 'other') break;
    if (isLink) {
      links++;
      rest = [...componentsOf(kind.target), ...rest];
      if (path.isAbsolute(kind.target)) directory = path.parse(path.resolve(directory, kind.target)).root;
    } else {
      directory = path.join(directory, name);
    }
  }
  return found;
}

function componentsOf(file: string): string[] {
  const names = file.slice(path.parse(file).root.length).split(path.sep);
  return names.filter(name => name !== '' && name !== '.');
}

/** Anything that cannot be stat'ed leads nowhere. */
function kindOf(file: string): Kind {
  try {
    const stat = fs.lstatSync(file, { throwIfNoEntry: false });
    if (stat?.isSymbolicLink() === true) return { target: fs.readlinkSync(file) };
    return stat?.isDirectory() === true ? 'directory' : 'other';
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return 'other';
  }
}

function realPath(directory: string): string {
  try {
    return fs.realpathSync.native(directory);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return directory;
  }
}

/** Many files are below the same folders. */
function kindsOnce(): (file: string) => Kind {
  const known = new Map<string, Kind>();
  return file => {
    const kind = known.get(file) ?? kindOf(file);
    known.set(file, kind);
    return kind;
  };
}
