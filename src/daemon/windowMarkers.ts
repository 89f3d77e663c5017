// A window that follows a repository by itself leaves a marker in the runtime directory. So a second window on the same
// repository knows of it, and starts a server for both. A marker is an empty file whose name has the process of the
// window and a digest of the root. It proves nothing: at worst, a server starts that nobody needs.
import { createHash } from 'node:crypto';
import { systemErrorCode } from '../base/errors.ts';
import type { Disposable } from '../base/lifecycle.ts';
import { runtimeDirectory, type RuntimeDirectory, type Variables } from './runtimeDirectory.ts';

export class WindowMarkers implements Disposable {
  readonly #window: number;
  readonly #directory: RuntimeDirectory | undefined;
  readonly #onServer: () => void;
  readonly #roots = new Set<string>();
  #watch: Disposable | undefined;

  /**
   * @param window the process of this window
   * @param onServer called when a server may have begun to listen, while this window has markers
   */
  constructor(variables: Variables, window: number, onServer: () => void) {
    this.#directory = runtimeDirectory(variables);
    this.#window = window;
    this.#onServer = onServer;
  }

  /**
   * Leaves a marker for a root. Returns true if another window has one. If two windows do this at the same moment, at
   * least one knows of the other. Without a private directory there are no markers.
   */
  put(root: string): boolean {
    const directory = this.#directory;
    if (directory?.make() !== true) return false;
    try {
      directory.writeEmpty(nameOf(this.#window, root));
      this.#roots.add(root);
      const isNew = this.#watch === undefined;
      this.#watch ??= directory.watchAddress(this.#onServer);
      // It may have begun before the watch.
      if (isNew && directory.identity(directory.address) !== undefined) this.#onServer();
      return this.#othersHave(directory, root);
    } catch (error) {
      // A full or removed directory: this window stays alone.
      if (systemErrorCode(error) === undefined) throw error;
      return false;
    }
  }

  remove(root: string): void {
    if (!this.#roots.delete(root)) return;
    if (this.#directory?.isSafe() === true) this.#directory.removeName(nameOf(this.#window, root));
    if (this.#roots.size > 0) return;
    this.#watch?.dispose();
    this.#watch = undefined;
  }

  dispose(): void {
    for (const root of [...this.#roots]) this.remove(root);
  }

  /** Removes the markers of windows that have ended on the way. */
  #othersHave(directory: RuntimeDirectory, root: string): boolean {
    let isFound = false;
    for (const name of directory.names()) {
      const window = Number(/^w(\d{1,10})-[0-9a-f]{16}$/.exec(name)?.[1]);
      if (Number.isNaN(window) || window === this.#window) continue;
      if (!isRunning(window)) directory.removeName(name);
      else if (name === nameOf(window, root)) isFound = true;
    }
    return isFound;
  }
}

function nameOf(window: number, root: string): string {
  return `w${window}-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`;
}

/** A process of another container looks as if it had ended: it could not use the same server either. */
function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    return systemErrorCode(error) === 'EPERM';
  }
}
