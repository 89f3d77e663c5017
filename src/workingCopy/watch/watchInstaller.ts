// Watches the directories of a scan by several threads, a few at a time, after its result is published.
import { joinPath, ROOT_PATH, type BytePath } from '../../base/bytePath.ts';
import type { Directory, StatusTree } from '../statusTree.ts';
import type { Reconciler } from '../rescan/reconciler.ts';
import type { TreeWatcher } from './treeWatcher.ts';

/**
 * Watches directories in the background. A watch costs some ten microseconds, a quarter of a second for 25,000
 * directories. The status must not wait for that.
 *
 * No event reports a change between the scan of a directory and its watch. So the owner audits everything after the
 * last watch. Each change is then found by the audit or reported by a watch.
 */
export class WatchInstaller {
  readonly #tree: StatusTree;
  readonly #nestedRepositories: ReadonlySet<BytePath>;
  readonly #watcher: Pick<TreeWatcher, 'watch'>;
  readonly #pending: [BytePath, Directory][];

  constructor(tree: StatusTree, nestedRepositories: ReadonlySet<BytePath>, watcher: Pick<TreeWatcher, 'watch'>) {
    this.#tree = tree;
    this.#nestedRepositories = nestedRepositories;
    this.#watcher = watcher;
    this.#pending = [[ROOT_PATH, tree.directory(ROOT_PATH)!]];
  }

  /** Watches directories until `end`, a time of the steady clock. False when none is left. */
  slice(end: number): boolean {
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) {
      const [path, directory] = next;
      // Since it was found, it may have gone, or become somebody else's.
      if (this.#tree.directory(path) !== directory) continue;
      // Any of them may have been replaced since it was watched before, if it was.
      if (directory.listed || this.#nestedRepositories.has(path)) this.#watcher.watch(path, true);
      for (const [name, below] of directory.subdirectories ?? []) this.#pending.push([joinPath(path, name), below]);
      if (performance.now() >= end) return true;
    }
    return false;
  }
}

/** The work after a bulk scan: the watches, and the audit after them. */
export class CatchUp {
  readonly #reconciler: Reconciler;
  readonly #watcher: Pick<TreeWatcher, 'watch'>;
  #installer: WatchInstaller | undefined;
  #isAuditing = false;

  constructor(reconciler: Reconciler, watcher: Pick<TreeWatcher, 'watch'>) {
    this.#reconciler = reconciler;
    this.#watcher = watcher;
  }

  /** True if a change may exist that no event has reported and no audit has found. */
  get isPending(): boolean {
    return this.#reconciler.hasUnwatched || this.#installer !== undefined || this.#isAuditing;
  }

  /** True if the running audit is the one after the watches. */
  get isAuditing(): boolean {
    return this.#isAuditing;
  }

  /** Watches directories until `end`. False if there are none to be watched; then the audit is begun, if it is due. */
  slice(end: number): boolean {
    if (this.#reconciler.takeUnwatched()) {
      this.#installer = new WatchInstaller(this.#reconciler.tree, this.#reconciler.nestedRepositories, this.#watcher);
    }
    if (this.#installer === undefined) {
      // It may have been begun before: what is recorded was exchanged, and it has to begin anew.
      if (this.#isAuditing) this.#reconciler.auditInParallel();
      return false;
    }
    if (!this.#installer.slice(end)) {
      this.#installer = undefined;
      this.#isAuditing = true;
    }
    return true;
  }

  auditEnded(): void {
    this.#isAuditing = false;
  }

  reset(): void {
    this.#installer = undefined;
    this.#isAuditing = false;
  }
}
