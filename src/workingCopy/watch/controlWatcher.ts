// Watches the few directories that hold a repository's own state and its configuration.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { errorMessage } from '../../base/errors.ts';
import { Emitter, type Disposable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/log.ts';
import type { Backend } from '../backend.ts';
import { directoryIdentity } from './directoryWatches.ts';

/** The parts of a backend that decide what to watch. */
export type Watchable = Pick<Backend, 'root' | 'controlDirectories' | 'isRelevant'>;

export class ControlWatcher implements Disposable {
  readonly #backend: Watchable;
  readonly #logger: Logger;
  readonly #watchers = new Map<string, { watcher: fs.FSWatcher; identity: string }>();
  readonly #events = new Emitter<string>();
  /** Directories that could not be watched, as the log already shows; they are tried again and again. */
  readonly #refused = new Set<string>();
  /** Names of single files watched in directories that hold other things, too: configuration, ignore files. */
  #files = new Map<string, Set<string>>();

  /** A file that matters may have changed; the value names it, for the log. */
  readonly onEvent = this.#events.event;

  constructor(backend: Watchable, logger: Logger) {
    this.#backend = backend;
    this.#logger = logger;
  }

  /**
   * Watches the directories that exist now, anew those that were replaced, no longer those that are gone.
   * @param files absolute paths of further files that matter, wherever they are
   */
  arm(files: readonly string[]): void {
    const control = new Set(this.#backend.controlDirectories());
    this.#files = new Map();
    for (const file of files) {
      const directory = path.dirname(file);
      // The root is watched by somebody else; a directory below it may not be, if it is ignored.
      if (directory === this.#backend.root) continue;
      if (!this.#files.has(directory)) this.#files.set(directory, new Set());
      this.#files.get(directory)?.add(path.basename(file));
    }
    const wanted = new Set([...control, ...this.#files.keys()]);
    for (const [directory, { watcher }] of this.#watchers) {
      if (wanted.has(directory)) continue;
      watcher.close();
      this.#watchers.delete(directory);
    }
    for (const directory of this.#refused) if (!wanted.has(directory)) this.#refused.delete(directory);
    for (const directory of wanted) this.#watch(directory, control.has(directory));
  }

  dispose(): void {
    for (const { watcher } of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
    this.#events.dispose();
  }

  #watch(directory: string, isControl: boolean): void {
    const identity = directoryIdentity(directory);
    const old = this.#watchers.get(directory);
    if (old !== undefined && old.identity === identity) return;
    old?.watcher.close();
    this.#watchers.delete(directory);
    if (identity === undefined) {
      this.#refused.delete(directory);
      return;
    }
    let watcher: fs.FSWatcher;
    try {
      watcher = fs.watch(directory, { persistent: false });
    } catch (error) {
      if (!this.#refused.has(directory)) {
        this.#logger.warn(`${directory} cannot be watched (${errorMessage(error)}). Audits find changes.`);
      }
      this.#refused.add(directory);
      return;
    }
    this.#refused.delete(directory);
    watcher.on('change', (_kind, name) => {
      const file = typeof name === 'string' ? name : '';
      const matters =
        file === '' ||
        // The directory itself was removed or renamed.
        file === path.basename(directory) ||
        this.#files.get(directory)?.has(file) === true ||
        (isControl && this.#backend.isRelevant(directory, file));
      if (matters) this.#events.fire(path.join(directory, file));
    });
    watcher.on('error', error => {
      this.#logger.warn(`watching ${directory} failed: ${errorMessage(error)}`);
      watcher.close();
      this.#watchers.delete(directory);
      this.#events.fire(directory);
    });
    this.#watchers.set(directory, { watcher, identity });
  }
}
