// A Mercurial repository as the layers above see it: everything that is read from it goes through one object.
import * as path from 'node:path';
import type { Operation } from '../../base/repositoryState.ts';
import type { BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { onlyDecoders, type DecodeAccelerators } from '../../base/decodeAccelerators.ts';
import type { ProcessEnvironment } from '../../files/environment.ts';
import { loadConfig, type HgConfig } from '../config/hgConfig.ts';
import { HG_DIRECTORY } from './discovery.ts';
import { NULL_ID, type Dirstate } from '../dirstate/dirstate.ts';
import { readDirstate, type ReadDirstateOptions } from '../dirstate/readDirstate.ts';
import { readParents } from '../dirstate/readParents.ts';
import type { FileSystemTraits } from '../dirstate/statRule.ts';
import type { EncodeRules } from '../filters/encodeRules.ts';
import { EOL_CACHE, EOL_FILE, EolState } from '../filters/eolState.ts';
import { filteredTree } from '../filters/filteredTree.ts';
import { History } from '../history/history.ts';
import { HistoryModel } from '../history/historyModel.ts';
import { configuredIgnoreFiles } from '../ignore/configuredIgnoreFiles.ts';
import { loadIgnoreRules, type IgnoreRules } from '../ignore/ignoreRules.ts';
import { LOCK_FILE, storeLock, workingCopyLock, type WorkingCopyLock } from './lock.ts';
import { NAME_FILES, bookmarksFile, readNames, type WorkingCopyNames } from './names.ts';
import { readLayout, type RepositoryLayout } from './requirements.ts';
import { openStore, type Store, type StoreTree } from '../store/store.ts';
import {
  LARGEFILES_STATE,
  LargeContents,
  StandinsHidden,
  combinedIdentity,
  hasLargefiles,
  largefilesTree,
  mayHaveLargefiles,
  readLargefilesDirstate,
  standinOf,
  withLargefiles,
  type LargefilesTree,
} from './largefiles.ts';
import type { PathScope } from './pathScope.ts';
import { NARROW_FILE, SCOPE_FILES, ScopeReader } from './sparse.ts';
import { SUBREPOSITORY_FILES, subrepositoryPaths } from './subrepos.ts';
import { unsupportedConfiguration, unsupportedRequirements } from './unsupportedFeatures.ts';
import { fileSystemTraits, type WorkingCopyTraits } from './traits.ts';
import { remotefilelogCache, userCache } from './userCache.ts';
import { UNFINISHED_FILES, isUpdating, unfinishedOperation } from './unfinished.ts';
import type { FileIdentity, Vfs } from '../../files/vfs.ts';

export type { IgnoreRules } from '../ignore/ignoreRules.ts';

export interface OpenOptions {
  readonly vfs: Vfs;
  readonly environment: ProcessEnvironment;
  /**
   * Opens an unsupported repository as well; only {@link MercurialRepository.checkSupported} then reports the reason.
   */
  readonly allowUnsupported?: boolean;
  /** Optional accelerators for reading the dirstate. */
  readonly accelerators?: DecodeAccelerators | undefined;
}

/**
 * How a running command locks the working copy. 'updating' means that it is replacing working files. Until it is done,
 * the recorded state and the files do not match.
 */
export type LockState = 'free' | 'held' | 'updating';

/** Which directories belong to the working copy; the engine's TreeRules by its shape. */
export interface WorkingCopyRules {
  readonly controlDirectory: string;
  readonly excluded: ReadonlySet<BytePath>;
  readonly traits: FileSystemTraits;
  readonly foldsCase: boolean;
  readonly hidesNames: boolean;
  readonly scope: PathScope | undefined;
}

/**
 * A repository opened for reading. Layout, requirements and configuration are those of the moment at which it was
 * opened: when one of {@link definitionFiles} changes, open it again. Each call reads everything else anew.
 */
export class MercurialRepository {
  /** Absolute path of the working copy. */
  readonly root: string;
  readonly hgDirectory: string;
  /** The directory with the history. */
  readonly storeDirectory: string;
  /** The `.hg` that the history belongs to, if the repository is a share of it. */
  readonly sharedSource: string | undefined;
  readonly requirements: ReadonlySet<string>;
  readonly config: HgConfig;
  readonly traits: WorkingCopyTraits;
  /** True if names that differ in case only are one file: `.hg` is then found under another spelling, too. */
  readonly foldsCase: boolean;
  readonly #layout: RepositoryLayout;
  readonly #vfs: Vfs;
  readonly #environment: ProcessEnvironment;
  readonly #accelerators: DecodeAccelerators | undefined;
  #store: Store | undefined;
  #scopes: ScopeReader | undefined;
  readonly #standins = new StandinsHidden();
  /** True if a second dirstate may record large files. */
  readonly mayHaveLargefiles: boolean;
  readonly #options: OpenOptions;
  /** The dirstate that one with large files, or with void stats, was made from. */
  readonly #parts = new WeakMap<Dirstate, { readonly main: Dirstate; readonly hasLarge: boolean }>();
  readonly #eol: EolState;

  private constructor(
    root: string,
    layout: RepositoryLayout,
    config: HgConfig,
    options: OpenOptions,
    hasStandins = mayHaveLargefiles(layout.requirements, config),
  ) {
    this.root = root;
    this.hgDirectory = layout.hgDirectory;
    this.storeDirectory = layout.storeDirectory;
    this.sharedSource = layout.sharedSource;
    this.requirements = layout.requirements;
    this.config = config;
    this.traits = fileSystemTraits(options.vfs, layout.hgDirectory, options.environment.platform);
    this.foldsCase = foldsCase(options.vfs, layout.hgDirectory);
    this.#eol = new EolState({ vfs: options.vfs, root, hgDirectory: layout.hgDirectory, config });
    this.mayHaveLargefiles = hasStandins;
    this.#options = options;
    this.#layout = layout;
    this.#vfs = options.vfs;
    this.#environment = options.environment;
    this.#accelerators = options.accelerators;
  }

  /**
   * Opens the repository whose working copy has this root, an absolute path. Throws a QuicksilverError:
   * 'not-a-repository', 'unsupported', 'corrupt', 'invalid-config', 'io'.
   */
  static open(root: string, options: OpenOptions): MercurialRepository {
    const { vfs, environment } = options;
    const hgDirectory = path.join(root, HG_DIRECTORY);
    if (!vfs.isDirectory(hgDirectory)) {
      throw new QuicksilverError('not-a-repository', `${root}: there is no ${HG_DIRECTORY} directory`, { file: root });
    }
    const layout = readLayout(vfs, hgDirectory);
    if (options.allowUnsupported !== true) refuse(unsupportedRequirements(layout.requirements), root);
    const sharesConfig = layout.requirements.has('share-safe');
    const sharedSourceHgDirectory = sharesConfig ? layout.sharedSource : undefined;
    const config = loadConfig(vfs, environment, { hgDirectory, sharedSourceHgDirectory });
    const repository = new MercurialRepository(root, layout, config, options);
    if (options.allowUnsupported !== true) refuse(unsupportedConfiguration(repository.#question()), root);
    return repository;
  }

  /** The history. Throws 'unsupported' if it is kept in a form that is not read. */
  get store(): Store {
    const [config, environment] = [this.config, this.#environment];
    this.#store ??= openStore({
      vfs: this.#vfs,
      storeDirectory: this.storeDirectory,
      hgDirectory: this.hgDirectory,
      requirements: this.requirements,
      hasFile: path => this.#scopeReader().narrow()?.matches(path) ?? true,
      caches: {
        // Only for a file that is kept there: the shared server refuses answers that depend on further variables.
        get lfs() {
          return userCache('lfs', config, environment);
        },
        remotefilelog: remotefilelogCache(config, environment),
      },
    });
    return this.#store;
  }

  /** Returns every reason for which the repository is unsupported, one clear sentence each. */
  checkSupported(): readonly string[] {
    const question = this.#question();
    const reasons = [...unsupportedRequirements(this.requirements), ...unsupportedConfiguration(question)];
    return reasons;
  }

  /**
   * Reads the recorded state of the working copy. Throws a QuicksilverError: 'unsupported' if the tracked files make
   * the repository so, 'corrupt', 'changed-while-reading', 'io'.
   * @param previous the dirstate read before, if any: after few changes it saves most of the work
   */
  readDirstate(previous?: Dirstate): Dirstate {
    const before = previous && this.#parts.get(previous);
    const eolFiles = this.#eol.identities();
    const main = this.#readDirstate(previous === undefined ? undefined : (before?.main ?? previous));
    const hasLarge = this.mayHaveLargefiles && hasLargefiles(this.#vfs, this.hgDirectory, main);
    const large = hasLarge ? readLargefilesDirstate(this.#vfs, this.hgDirectory, this.#dirstateOptions()) : undefined;
    let dirstate = hasLarge ? withLargefiles(main, large) : main;
    if (eolFiles.some(file => file !== undefined)) {
      dirstate = this.#eol.withVoidStats(dirstate, [dirstate.identity, ...eolFiles].reduce(combinedIdentity));
    }
    if (dirstate !== main) this.#parts.set(dirstate, { main, hasLarge });
    return dirstate;
  }

  /** The state of the files that {@link readDirstate} would read; undefined if there are none. */
  dirstateIdentity(): FileIdentity | undefined {
    const identity = (name: string): FileIdentity | undefined =>
      this.#vfs.targetIdentity(path.join(this.hgDirectory, name));
    const large = this.mayHaveLargefiles ? identity(LARGEFILES_STATE) : undefined;
    return [identity('dirstate'), large, ...this.#eol.identities()].reduce(combinedIdentity);
  }

  /** The filters on working files; the same object as long as they are the same. */
  encodeRules(): EncodeRules | undefined {
    return this.#eol.encode();
  }

  /** The files of the first parent, as a status compares with them. */
  baseTree({ p1 }: Pick<Dirstate, 'p1'>): StoreTree | LargefilesTree {
    const tree = this.store.baseTree(p1);
    const whole = this.mayHaveLargefiles ? largefilesTree(tree, this.largeContents()) : tree;
    const encode = this.encodeRules();
    return encode === undefined ? whole : filteredTree(whole, encode);
  }

  /** Contents of large files: those of the repository, of a share's source, and of the user's cache. */
  largeContents(): LargeContents {
    const own = [this.sharedSource, this.hgDirectory].flatMap(each => (each === undefined ? [] : [each]));
    const cache = userCache('largefiles', this.config, this.#environment);
    return new LargeContents(this.#vfs, [
      ...own.map(directory => path.join(directory, 'largefiles')),
      ...(cache === undefined ? [] : [cache]),
    ]);
  }

  /** Returns the repository with the stand-ins of large files as ordinary files, as `hg` has it where one is named. */
  withStandins(): MercurialRepository {
    return new MercurialRepository(this.root, this.#layout, this.config, this.#options, false);
  }

  /** True if the path is a large file of the working copy. */
  isLargefile(dirstate: Dirstate, at: BytePath): boolean {
    const parts = this.#parts.get(dirstate);
    if (!parts?.hasLarge) return false;
    const { main } = parts;
    const isTracked = (name: BytePath): boolean => {
      const node = main.find(name);
      return node >= 0 && main.isTracked(node);
    };
    return !isTracked(at) && dirstate.find(at) >= 0 && (isTracked(standinOf(at)) || main.find(at) < 0);
  }

  /** True if one of the large files of the working copy is selected. */
  hasLargefile(dirstate: Dirstate, isSelected: (at: BytePath) => boolean): boolean {
    if (this.#parts.get(dirstate)?.hasLarge !== true) return false;
    for (const node of dirstate.entries()) {
      const at = dirstate.path(node);
      if (this.isLargefile(dirstate, at) && isSelected(at)) return true;
    }
    return false;
  }

  readIgnore(): IgnoreRules {
    return loadIgnoreRules(this.#vfs, { root: this.root, ignoreFiles: this.ignoreFiles });
  }

  /** Absolute paths of the ignore files that the rules start from: `.hgignore` and the configured ones. */
  get ignoreFiles(): string[] {
    return [path.join(this.root, '.hgignore'), ...configuredIgnoreFiles(this.root, this.config, this.#environment)];
  }

  treeRules(dirstate: Dirstate): WorkingCopyRules {
    const excluded = subrepositoryPaths(this.#vfs, this.root, dirstate);
    const { traits, foldsCase } = this;
    const own = this.#scope(dirstate);
    const scope = this.#parts.get(dirstate)?.hasLarge === true ? this.#standins.of(own) : own;
    return { controlDirectory: HG_DIRECTORY, excluded, traits, foldsCase, hidesNames: traits.hidesNames, scope };
  }

  /** The history as it is now, seen from the parents of the working copy. */
  history({ p1, p2 }: { readonly p1: string; readonly p2: string }): History {
    const scope = (): PathScope | undefined => this.#scopeReader().narrow();
    return new History({ vfs: this.#vfs, layout: this.#layout, store: this.store, parents: [p1, p2], scope });
  }

  /**
   * Returns the first parent of the working copy that the history lacks, 40 hexadecimal digits. `hg` warns of it alone.
   * None if the history or the dirstate cannot be read, which is reported elsewhere.
   */
  unknownParent(): string | undefined {
    try {
      const { p1, p2 } = readParents(this.#vfs, this.hgDirectory);
      return [p1, p2].find(parent => parent !== NULL_ID && this.store.changelog.findNode(parent) < 0);
    } catch (error) {
      if (!(error instanceof QuicksilverError)) throw error;
      return undefined;
    }
  }

  /** The model of all changesets; it reads nothing before it is loaded. */
  historyModel(showsHidden = false): HistoryModel {
    return new HistoryModel({ vfs: this.#vfs, layout: this.#layout, store: this.store, showsHidden });
  }

  names(): WorkingCopyNames {
    return readNames(this.#vfs, this.#layout);
  }

  /** Returns the unfinished operation. */
  unfinished(dirstate: Dirstate): Operation | undefined {
    return unfinishedOperation(this.#vfs, this.hgDirectory, dirstate);
  }

  lock(): LockState {
    if (!this.lockHolder().held) return 'free';
    return isUpdating(this.#vfs, this.hgDirectory) ? 'updating' : 'held';
  }

  /** True while a command holds the lock of the working copy or that of the history. */
  isBusy(): boolean {
    return this.lockHolder().held || storeLock(this.#vfs, this.storeDirectory).held;
  }

  /** Who has the lock, for a log. */
  lockHolder(): WorkingCopyLock {
    return workingCopyLock(this.#vfs, this.hgDirectory);
  }

  /** Absolute paths of the files that this object was made from: when one changes, open the repository again. */
  get definitionFiles(): readonly string[] {
    return [...this.#layout.files, ...this.config.files];
  }

  /** Absolute paths of Mercurial's own files whose change can change a status, the names or what is unfinished. */
  get stateFiles(): readonly string[] {
    const own = [
      'dirstate',
      'localtags',
      EOL_CACHE,
      LARGEFILES_STATE,
      LOCK_FILE,
      'merge/state',
      'merge/state2',
      ...SCOPE_FILES,
      ...NAME_FILES,
      ...UNFINISHED_FILES,
    ];
    return [
      ...own.map(name => path.join(this.hgDirectory, name)),
      bookmarksFile(this.#vfs, this.#layout),
      ...['00changelog.i', 'obsstore', NARROW_FILE].map(name => path.join(this.storeDirectory, name)),
    ];
  }

  /** Absolute paths of the working files that decide what belongs to the working copy and whether it is supported. */
  get controlFiles(): readonly string[] {
    return [...SUBREPOSITORY_FILES, EOL_FILE].map(name => path.join(this.root, name));
  }

  #scope({ p1, p2 }: Dirstate): PathScope | undefined {
    return this.#scopeReader().read(() =>
      [p1, p2].filter(parent => parent !== NULL_ID && this.store.changelog.findNode(parent) >= 0),
    );
  }

  #scopeReader(): ScopeReader {
    const { hgDirectory, storeDirectory, requirements } = this;
    this.#scopes ??= new ScopeReader({
      vfs: this.#vfs,
      root: this.root,
      hgDirectory,
      storeDirectory,
      requirements,
      store: () => this.store,
    });
    return this.#scopes;
  }

  #readDirstate(previous?: Dirstate): Dirstate {
    // Where names fold, one thread scans.
    const accelerators = this.foldsCase ? onlyDecoders(this.#accelerators) : this.#accelerators;
    return readDirstate(this.#vfs, this.hgDirectory, { ...this.#dirstateOptions(), previous, accelerators });
  }

  #dirstateOptions(): ReadDirstateOptions {
    return {
      traits: this.traits,
      windowsNames: this.#environment.platform === 'win32',
      parentExists: p1 => this.store.changelog.findNode(p1) >= 0,
    };
  }

  #question(): Parameters<typeof unsupportedConfiguration>[0] {
    const { root, hgDirectory, requirements, config } = this;
    return { vfs: this.#vfs, root, hgDirectory, requirements, config };
  }
}

function refuse(reasons: readonly string[], root: string): void {
  if (reasons.length > 0) throw new QuicksilverError('unsupported', reasons.join(' '), { file: root });
}

function foldsCase(vfs: Vfs, hgDirectory: string): boolean {
  const other = vfs.identity(path.join(path.dirname(hgDirectory), HG_DIRECTORY.toUpperCase()));
  return other !== undefined && other.inode === vfs.identity(hgDirectory)?.inode;
}
