// Rescans paths and directories in steps, and replaces their state in the status tree. A step reads the disk and stores
// the result before anything else runs. So steps of different jobs may mix in any order, and the later one is right.
import { baseName, joinPath, parentPath, ROOT_PATH, type BytePath } from '../../base/bytePath.ts';
import { recordedPath } from '../../status/caseFolding.ts';
import { controlDirectoryIn, isControlName } from '../../status/controlNames.ts';
import { PathLocator } from '../../status/pathLocator.ts';
import { TreeScan } from '../../status/treeScan.ts';
import { NO_NODE } from '../../status/types.ts';
import { WorkingTree } from '../../status/workingTree.ts';
import type { Directory } from '../statusTree.ts';
import { Findings, type RescanContext } from './findings.ts';

export class SteppedRescan {
  readonly #context: RescanContext;
  /** Directories that wait for their visit. A parallel rescan queues here what its threads leave. */
  readonly walk: TreeScan;
  readonly #files: WorkingTree;
  readonly #fresh: boolean;
  readonly #paths: BytePath[] = [];
  /**
   * The paths of the queue, to queue each once. After an update most are hinted too, and their contents must be read.
   */
  readonly #isQueued = new Set<BytePath>();
  readonly #done = new Set<BytePath>();
  /** The status tree's node for each queued directory, when it was queued. */
  readonly #queued = new Map<BytePath, Directory | undefined>();
  #locator: PathLocator;

  /** @param fresh whether directories met on the way may have been replaced by others since they were last read */
  constructor(context: RescanContext, fresh: boolean) {
    this.#context = context;
    this.#fresh = fresh;
    this.#files = new WorkingTree(context.input.root, context.outcome, context.onUnreadable);
    this.#locator = new PathLocator(context.input, this.#files);
    this.walk = new TreeScan(context.input, { ignored: 'collapsed', clean: false }, this.#files, context.verdicts);
  }

  /** Queues the whole working copy. */
  addEverything(): void {
    this.#context.onDirectory(ROOT_PATH, this.#fresh);
    this.walk.addDirectory(ROOT_PATH, false);
    this.remember(ROOT_PATH);
  }

  /** Queues paths at which something may have happened on disk. */
  addPaths(paths: Iterable<BytePath>): void {
    const { rules, statCache } = this.#context.input;
    for (const path of paths) this.#queuePath(rules.foldsCase ? recordedPath(statCache, path) : path);
  }

  /**
   * Queues paths whose recorded entry changed. Below an ignored directory this queues the whole directory, because its
   * recorded paths decide whether it is listed file by file. So it is below an excluded directory, where they decide
   * which directories are watched.
   */
  addRecorded(paths: Iterable<BytePath>): void {
    const { ignore, rules } = this.#context.input;
    for (const path of paths) {
      let scope = path;
      if (!ignore.isEmpty || rules.excluded.size > 0) {
        for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
          const directory = path.slice(0, slash) as BytePath;
          if (!rules.excluded.has(directory) && (ignore.isEmpty || !ignore.matches(directory, true))) continue;
          scope = directory;
          break;
        }
      }
      this.#queuePath(scope);
    }
  }

  /** The paths and directories that still wait. */
  get pending(): BytePath[] {
    return [...this.#paths, ...this.walk.pending];
  }

  /** To be called after a pause: what was learned of directories before it may no longer hold. */
  resume(): void {
    this.#locator = new PathLocator(this.#context.input, this.#files);
    this.#done.clear();
  }

  /** Does a piece of the work; false when there is none left. */
  step(): boolean {
    this.#skipReplaced();
    const findings = this.#newFindings();
    const directory = this.walk.step(findings);
    if (directory !== undefined) {
      this.#queued.delete(directory);
      this.#context.tree.replaceDirectory(directory, findings.entries, findings.entered, findings.listed);
      for (const name of findings.entered) this.remember(joinPath(directory, name));
      return true;
    }
    const path = this.#paths.pop();
    if (path === undefined) return false;
    this.#isQueued.delete(path);
    this.#path(path, findings);
    return true;
  }

  /** Notes what the status tree has for a directory that was queued in {@link walk}. */
  remember(directory: BytePath): void {
    this.#queued.set(directory, this.#context.tree.directory(directory));
  }

  /**
   * Skips queued directories that another job has replaced or removed: their nodes in the status tree have changed.
   * Reading them now might lead through a symbolic link.
   */
  #skipReplaced(): void {
    for (let next = this.walk.next; next !== undefined; next = this.walk.next) {
      const queued = this.#queued.get(next);
      if (queued !== undefined && queued === this.#context.tree.directory(next)) return;
      this.#queued.delete(next);
      this.walk.skip();
    }
  }

  #queuePath(path: BytePath): void {
    if (this.#isQueued.has(path)) return;
    this.#isQueued.add(path);
    this.#paths.push(path);
  }

  #path(hinted: BytePath, findings: Findings): void {
    if (hinted === '') {
      this.addEverything();
      return;
    }
    // The directory is listed as a whole until it is rescanned itself.
    if (this.#context.tree.ignoredDirectoryAbove(hinted) !== undefined) return;
    const control = controlDirectoryIn(hinted, this.#context.input.rules);
    // A directory may be in place of a file. It decides whether it is entered.
    let path = this.#context.tree.recordedAbove(hinted) ?? control ?? hinted;
    let location = this.#locator.locate(path);
    if (!location.inside) {
      const { input, tree, nestedRepositories } = this.#context;
      const isKnown = location.why === 'nested-repository' && nestedRepositories.has(location.at);
      const isPublished = tree.get(hinted) !== undefined || tree.directory(hinted) !== undefined;
      // Changes inside another repository do not matter, except at paths that are recorded here or were.
      if (isKnown && !isPublished && input.statCache.find(hinted) === NO_NODE) return;
      // An untracked directory has a status as a whole, which changes within it do not change.
      const isReported = location.why === 'untracked' && tree.get(location.at) !== undefined;
      if (isReported && !isPublished && input.statCache.find(hinted) === NO_NODE) return;
      // Rescan the uppermost directory that no longer belongs to the working copy.
      path = location.at;
      location = this.#locator.locate(path);
      if (!location.inside) return;
    } else {
      const nested = this.#nestedAbove(path);
      if (nested !== undefined) {
        // It was another repository, and is none any more: nothing in it is known.
        path = nested;
        location = this.#locator.locate(path);
        if (!location.inside) return;
      } else if (control !== undefined && path === control) {
        const parent = parentPath(control);
        if (control !== hinted || !this.#mayBeRepository(parent)) return;
        // The rescan of the directory finds out, and watches the control directory.
        path = parent;
        location = this.#locator.locate(path);
        if (!location.inside) return;
      }
    }
    if (this.#done.has(path)) return;
    this.#done.add(path);
    this.#context.unsure.delete(path);
    const stat = this.#files.lstat(path);
    if (location.inExcluded) this.walk.examineRecorded(path, stat, findings);
    else this.walk.examine(path, stat, location, findings);
    const entered = findings.entered.has(baseName(path));
    this.#context.tree.replacePath(path, findings.entries, entered);
    if (entered) this.remember(path);
    if (path !== hinted) this.#reconcileNames(parentPath(path));
  }

  /** True if something named as the control directory can make another repository of a directory. */
  #mayBeRepository(directory: BytePath): boolean {
    const { statCache } = this.#context.input;
    const node = statCache.find(directory);
    return directory !== ROOT_PATH && (node === NO_NODE || statCache.childCount(node) === 0);
  }

  #nestedAbove(path: BytePath): BytePath | undefined {
    const { nestedRepositories } = this.#context;
    if (nestedRepositories.size === 0) return undefined;
    for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      const directory = path.slice(0, slash) as BytePath;
      if (nestedRepositories.has(directory)) return directory;
    }
    return undefined;
  }

  /**
   * After a directory was renamed, a change inside of it may still be reported under its old name. So where a hinted
   * path's directory is missing, the names beside it are compared with those known, and new directories are read.
   */
  #reconcileNames(directory: BytePath): void {
    const { tree, input } = this.#context;
    const known = tree.directory(directory);
    if (known?.listed !== true || this.#done.has(joinPath(directory, '.'))) return;
    this.#done.add(joinPath(directory, '.'));
    for (const item of this.#files.readDirectory(directory) ?? []) {
      if (isControlName(item.name, directory === '', input.rules)) continue;
      if (item.kind !== 'directory' || known.subdirectories?.has(item.name) || known.entries?.has(item.name)) continue;
      this.#queuePath(joinPath(directory, item.name));
    }
  }

  #newFindings(): Findings {
    return new Findings(this.#context, this.#fresh);
  }
}
