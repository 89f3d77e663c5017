// Looks at paths and directories again, in steps, and replaces what the status tree knows of them. A step reads the disk
// and stores what it found without letting anything else run in between, so that steps of different jobs may be mixed in
// any order and the later one is right.
import { BulkScan, type BulkOptions } from '../../status/bulk/bulkScan.ts';
import { NO_DIRECTORY, type DirectoryIndex, type ScanPlan } from '../../status/bulk/plan.ts';
import { baseName, joinPath, parentPath, type BytePath } from '../../base/bytePath.ts';
import { recordedPath } from '../../status/caseFolding.ts';
import type { VerdictCache } from '../../status/contentComparison.ts';
import { PathLocator } from '../../status/pathLocator.ts';
import { TreeScan } from '../../status/treeScan.ts';
import { NO_NODE, type WorkCounters, type StatusInput, type StatusSink } from '../../status/types.ts';
import { WorkingTree } from '../../status/workingTree.ts';
import { IGNORED_DIRECTORY, plainEntry, type Directory, type Entry, type StatusTree } from '../statusTree.ts';

/** What a job works on and tells others about. */
export interface RescanContext {
  readonly input: StatusInput;
  readonly tree: StatusTree;
  readonly verdicts: VerdictCache;
  readonly outcome: WorkCounters;
  /** Tracked paths whose status came from their content: it depends on the base revision. May hold some too many. */
  readonly unsure: Set<BytePath>;
  readonly nestedRepositories: Set<BytePath>;
  /** A directory is about to be read. `fresh`: it may be another one than the last time, whatever its name. */
  readonly onDirectory: (path: BytePath, fresh: boolean) => void;
  readonly onUnreadable: (path: BytePath, code: string) => void;
}

export class RescanJob {
  readonly #context: RescanContext;
  readonly #scan: TreeScan;
  readonly #files: WorkingTree;
  readonly #fresh: boolean;
  readonly #paths: BytePath[] = [];
  /** The same, to queue a path once: after an update most were hinted at, too, and their contents have to be read. */
  readonly #isQueued = new Set<BytePath>();
  readonly #done = new Set<BytePath>();
  /** What the status tree had for each queued directory when it was queued. */
  readonly #queued = new Map<BytePath, Directory | undefined>();
  #locator: PathLocator;
  /** A scan of everything by several threads; what else is queued comes after it. */
  #bulk: BulkScan | undefined;
  /** What the status tree has for the directories of its plan. */
  #directories: (Directory | undefined)[] = [];
  // What the current step found.
  #found = new Map<BytePath, Entry>();
  #entered = new Set<string>();
  #listed = false;

  /** @param fresh whether directories met on the way may have been replaced by others since they were last read */
  constructor(context: RescanContext, fresh: boolean) {
    this.#context = context;
    this.#fresh = fresh;
    this.#files = new WorkingTree(context.input.root, context.outcome, context.onUnreadable);
    this.#locator = new PathLocator(context.input, this.#files);
    this.#scan = new TreeScan(
      context.input,
      { ignored: 'collapsed', clean: false },
      this.#sink(),
      this.#files,
      context.verdicts,
    );
  }

  /**
   * Queues the whole working copy.
   * @param bulk how several threads scan it. Then nothing else may look at paths until {@link isBulk} is false: what
   * the threads saw is older than what is seen here. Directories that they find are not told to be watched.
   */
  addEverything(bulk?: BulkOptions): void {
    if (bulk !== undefined) {
      const listener = {
        clean: (place: DirectoryIndex) => this.#cleanDirectory(place),
        begin: () => this.#clearFound(),
        end: (place: DirectoryIndex, path: BytePath) => this.#endDirectory(place, path),
      };
      this.#bulk = BulkScan.begin(this.#context.input, this.#scan, this.#context.outcome, listener, bulk);
      if (this.#bulk !== undefined) return;
    }
    this.#context.onDirectory('' as BytePath, this.#fresh);
    this.#scan.addDirectory('' as BytePath, false);
    this.#remember('' as BytePath);
  }

  /** Queues paths at which something may have happened on disk. */
  addPaths(paths: Iterable<BytePath>): void {
    const { rules, statCache } = this.#context.input;
    for (const path of paths) this.#queuePath(rules.foldsCase ? recordedPath(statCache, path) : path);
  }

  /**
   * Queues paths whose recorded entry changed. Below an ignored directory that takes the directory as a whole: whether
   * it is listed file by file depends on there being recorded paths in it. Below an excluded one, too: which directories
   * in it are watched depends on that.
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

  /** What is still to be looked at; not to be asked while several threads scan, see {@link isBulk}. */
  get pending(): BytePath[] {
    return [...this.#paths, ...this.#scan.pending];
  }

  /** Whether several threads are scanning. */
  get isBulk(): boolean {
    return this.#bulk !== undefined;
  }

  /** What the threads work by. */
  get plan(): ScanPlan | undefined {
    return this.#bulk?.plan;
  }

  /** Several threads are scanning and have told nothing that was not handled. */
  get isWaiting(): boolean {
    return this.#bulk?.isReady === false;
  }

  /** Resolves when {@link step} has something to do. */
  async wait(): Promise<void> {
    await this.#bulk?.wait();
  }

  /** Ends the work of other threads. */
  stop(): void {
    this.#bulk?.stop();
  }

  /** To be called after a pause: what was learned of directories before it may no longer hold. */
  resume(): void {
    this.#locator = new PathLocator(this.#context.input, this.#files);
    this.#done.clear();
  }

  /** Does a piece of the work; false when there is none left, or, if {@link isBulk}, none to be done now. */
  step(): boolean {
    if (this.#bulk !== undefined) {
      if (!this.#bulk.step()) return false;
      if (this.#bulk.isDone) {
        this.#bulk = undefined;
        this.#directories = [];
      }
      return true;
    }
    this.#clearFound();
    this.#skipReplaced();
    const directory = this.#scan.step();
    if (directory !== undefined) {
      this.#queued.delete(directory);
      this.#context.tree.replaceDirectory(directory, this.#found, this.#entered, this.#listed);
      for (const name of this.#entered) this.#remember(joinPath(directory, name));
      return true;
    }
    const path = this.#paths.pop();
    if (path === undefined) return false;
    this.#isQueued.delete(path);
    this.#path(path);
    return true;
  }

  #clearFound(): void {
    this.#found = new Map();
    this.#entered = new Set();
    this.#listed = false;
  }

  /** A directory of a bulk scan in which everything is clean: no path of it is built, unless something was known of it. */
  #cleanDirectory(place: DirectoryIndex): void {
    const { input, tree, nestedRepositories } = this.#context;
    const { nodes, parents } = this.#bulk!.plan;
    const node = nodes[place]!;
    const parent = this.#directories[parents[place]!];
    if (parent !== undefined && nestedRepositories.size === 0) {
      const directory = tree.enterClean(parent, input.statCache.name(node));
      if (directory !== undefined) {
        this.#directories[place] = directory;
        return;
      }
    }
    const path = input.statCache.path(node);
    nestedRepositories.delete(path);
    this.#clearFound();
    this.#listed = true;
    this.#endDirectory(place, path);
  }

  /** Takes over what was found of a directory of a bulk scan. */
  #endDirectory(place: DirectoryIndex, path: BytePath): void {
    const { tree, input } = this.#context;
    const { statCache } = input;
    const { plan } = this.#bulk!;
    const queued = [...this.#entered];
    const first = statCache.firstChild(plan.nodes[place]!);
    for (let child = first; child < first + statCache.childCount(plan.nodes[place]!); child++) {
      const at = plan.placeOf[child]!;
      if (at !== NO_DIRECTORY && this.#bulk!.belongsToWorkingCopy(at)) this.#entered.add(statCache.name(child));
    }
    tree.replaceDirectory(path, this.#found, this.#entered, this.#listed);
    this.#directories[place] = tree.directory(path);
    for (const name of queued) this.#remember(joinPath(path, name));
  }

  #remember(directory: BytePath): void {
    this.#queued.set(directory, this.#context.tree.directory(directory));
  }

  /**
   * A directory that was queued may be gone, or no longer one of ours, and another job may have found that out: then the
   * status tree no longer has what it had for it. Reading it now might lead through a symbolic link.
   */
  #skipReplaced(): void {
    for (let next = this.#scan.next; next !== undefined; next = this.#scan.next) {
      const queued = this.#queued.get(next);
      if (queued !== undefined && queued === this.#context.tree.directory(next)) return;
      this.#queued.delete(next);
      this.#scan.skip();
    }
  }

  #queuePath(path: BytePath): void {
    if (this.#isQueued.has(path)) return;
    this.#isQueued.add(path);
    this.#paths.push(path);
  }

  #path(hinted: BytePath): void {
    if (hinted === '') {
      this.addEverything();
      return;
    }
    // It is listed as a whole, and so it stays until it is looked at itself.
    if (this.#context.tree.ignoredDirectoryAbove(hinted) !== undefined) return;
    let path = hinted;
    let location = this.#locator.locate(path);
    if (!location.inside) {
      const { input, tree, nestedRepositories } = this.#context;
      const isKnown = location.why === 'nested-repository' && nestedRepositories.has(location.at);
      const told = tree.get(hinted) !== undefined || tree.directory(hinted) !== undefined;
      // What happens inside another repository is not ours, but for paths that are recorded here, or were.
      if (isKnown && !told && input.statCache.find(hinted) === NO_NODE) return;
      // Whatever happened there, it is the uppermost directory that is no longer one of ours that is to be looked at.
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
      }
    }
    if (this.#done.has(path)) return;
    this.#done.add(path);
    this.#context.unsure.delete(path);
    const stat = this.#files.lstat(path);
    if (location.inExcluded) this.#scan.examineRecorded(path, stat);
    else this.#scan.examine(path, stat, location);
    const entered = this.#entered.has(baseName(path));
    this.#context.tree.replacePath(path, this.#found, entered);
    if (entered) this.#remember(path);
    if (path !== hinted) this.#reconcileNames(parentPath(path));
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
      const isOwn = directory === '' || input.rules.isRepository !== undefined;
      if (isOwn && item.name === input.rules.controlDirectory) continue;
      if (item.kind !== 'directory' || known.subdirectories?.has(item.name) || known.entries?.has(item.name)) continue;
      this.#queuePath(joinPath(directory, item.name));
    }
  }

  #sink(): StatusSink {
    const { input, unsure, nestedRepositories, onDirectory } = this.#context;
    return {
      entry: (path, status, node) => {
        if (status === 'clean') return;
        const source = node === NO_NODE ? undefined : input.statCache.copySource(node);
        this.#found.set(path, source === undefined ? plainEntry(status) : { status, source });
      },
      ignoredDirectory: path => this.#found.set(path, IGNORED_DIRECTORY),
      directory: path => {
        this.#listed = true;
        nestedRepositories.delete(path);
      },
      subdirectory: path => {
        this.#entered.add(baseName(path));
        onDirectory(path, this.#fresh);
      },
      nestedRepository: path => nestedRepositories.add(path),
      unsure: path => unsure.add(path),
    };
  }
}
