// Git as the live model sees it. Each part of a snapshot is kept as long as the files behind it are unchanged.
import * as path from 'node:path';
import { baseName, isUtf8, joinPath, toDisplay, toFsPath, type BytePath } from '../../base/bytePath.ts';
import { readWithFiles, type FileSet } from '../../files/fileSet.ts';
import type { Vfs } from '../../files/vfs.ts';
import { ATTRIBUTES_FILE } from '../../git/attributes/attributes.ts';
import type { GitEnvironment } from '../../git/config/gitConfig.ts';
import { diffIndexes } from '../../git/index/diffIndexes.ts';
import type { GitIndex } from '../../git/index/gitIndex.ts';
import { IndexFiles } from '../../git/index/indexFiles.ts';
import { GITLINK } from '../../git/index/indexTree.ts';
import type { GitIgnore } from '../../git/ignore/gitIgnore.ts';
import type { GitHead } from '../../git/refs/refs.ts';
import { GIT_DIRECTORY, gitDirectoriesAt, gitPlacesAt } from '../../git/repository/discovery.ts';
import { GitRepository, type GitOptions } from '../../git/repository/repository.ts';
import type { Listings, TreeRules } from '../../status/types.ts';
import type {
  Backend,
  Head,
  Lock,
  MergeState,
  Snapshot,
  StagedFile,
  Subrepository,
} from '../../workingCopy/backend.ts';
import { treeRules, type GitInput } from './gitInput.ts';
import { readListings } from './listings.ts';
import { GitHeadReader, HEAD_FILES } from './gitHead.ts';
import { conflictsOf, stagedFiles } from './stagedFiles.ts';

const INDEX_FILE = 'index';
const LOCK_FILE = 'index.lock';
/** Submodules whose directory is watched for the repository to appear. */
const MAX_LOOKED_FOR = 1000;

export interface GitSnapshot extends Snapshot {
  readonly repository: GitRepository;
  readonly heads: GitHeadReader;
  readonly definition: FileSet;
  readonly index: GitIndex;
  readonly input: GitInput;
  /** The rule files that hold for all directories. */
  readonly commonRules: FileSet;
  readonly gitHead: GitHead;
}

export interface GitBackendOptions {
  readonly vfs: Vfs;
  readonly environment: GitEnvironment;
  readonly indexOptions?: GitOptions['indexOptions'];
  /** The release of Git whose similarities of renamed files count; undefined for the newest. */
  readonly release?: string | undefined;
}

export class GitBackend implements Backend {
  readonly root: string;
  readonly controlName = GIT_DIRECTORY;
  readonly #options: GitBackendOptions;
  /** The last snapshot: it knows which files matter. */
  #last: GitSnapshot | undefined;
  /** Where something happened that may have changed rules, since the last load. */
  #hinted: Set<BytePath> | 'everything' = new Set();
  /** The index in which rules are looked up that are not checked out. */
  #index: GitIndex | undefined;

  constructor(root: string, options: GitBackendOptions) {
    this.root = root;
    this.#options = options;
  }

  exists(): boolean {
    return gitDirectoriesAt(this.#options.vfs, path.join(this.root, GIT_DIRECTORY)) !== undefined;
  }

  load(previous: Snapshot | undefined): Snapshot {
    const old = previous as GitSnapshot | undefined;
    const opened = old !== undefined && !old.definition.hasChanged() ? old : this.#open(old?.definition);
    const { repository, heads, definition } = opened;
    // Most changes of the configuration leave the rest as it is.
    const kept = old !== undefined && (opened === old || isAlike(old.repository, repository)) ? old : undefined;
    const index = kept !== undefined && !repository.isStale(kept.index) ? kept.index : repository.readIndex();
    this.#index = index;
    const rules = sameRules(kept?.input.rules, treeRules(repository, index));
    const gitHead = sameHead(kept?.gitHead, repository.head());
    const subrepositories = this.#subrepositories(index, kept);
    const mergeState = sameData(kept?.mergeState, conflictsOf(index, gitHead.id, heads.otherHead()));
    // Last of what may fail and be tried again: it forgets where something happened.
    const { ignore, base, commonRules } = this.#rules(repository, index, kept);
    const listings = (): Listings | undefined => readListings(repository, index);
    const input = sameInput(kept?.input, { root: this.root, statCache: index, ignore, base, rules, listings });
    const isUnchanged = kept !== undefined && kept === old && index === kept.index && gitHead === kept.gitHead;
    let head = kept && heads.read(gitHead);
    let staged = isUnchanged ? kept.staged : undefined;
    const isSame =
      isUnchanged &&
      opened === old &&
      input === kept.input &&
      head === kept.head &&
      mergeState === kept.mergeState &&
      subrepositories === kept.subrepositories;
    if (isSame) return old;
    const readStaged = (): readonly StagedFile[] =>
      sameData(kept?.staged, stagedFiles(repository, index, gitHead.id, this.#options.release))!;
    const snapshot: GitSnapshot = {
      repository,
      heads,
      definition,
      index,
      input,
      commonRules,
      gitHead,
      // The first time, a whole scan waits for the snapshot, which needs neither this nor what is staged.
      get head(): Head {
        return (head ??= heads.read(gitHead));
      },
      get staged(): readonly StagedFile[] {
        return (staged ??= readStaged());
      },
      mergeState,
      subrepositories,
      warnings: [],
      files: this.#filesOf(repository, heads, gitHead, definition, commonRules, subrepositories ?? []),
    };
    this.#last = snapshot;
    return snapshot;
  }

  /** Each command that replaces working files replaces the index. */
  isCurrent(snapshot: Snapshot): boolean {
    const { repository, index } = snapshot as GitSnapshot;
    return !repository.isStale(index);
  }

  changedPaths(from: Snapshot, to: Snapshot): BytePath[] {
    const paths: BytePath[] = [];
    diffIndexes((from as GitSnapshot).index, (to as GitSnapshot).index, changed => paths.push(changed));
    return paths;
  }

  hinted(paths: ReadonlySet<BytePath> | 'everything'): boolean {
    if (paths === 'everything') this.#hinted = 'everything';
    if (this.#hinted === 'everything' || paths === 'everything') return true;
    const ignore = this.#last?.input.ignore;
    for (const at of paths) {
      if (ignore?.dependsOn(at) === true || baseName(at) === ATTRIBUTES_FILE) this.#hinted.add(at);
    }
    return this.#hinted.size > 0;
  }

  releaseCaches(snapshot: Snapshot): void {
    (snapshot as GitSnapshot).repository.store.release();
  }

  /** Git locks the index while it replaces working files. */
  lock(): Lock {
    const directory = this.#last?.repository.gitDirectory;
    if (directory === undefined) return 'free';
    return this.#options.vfs.lstat(path.join(directory, LOCK_FILE)) === undefined ? 'free' : 'held';
  }

  controlDirectories(): readonly string[] {
    const repository = this.#last?.repository;
    if (repository === undefined) return [path.join(this.root, GIT_DIRECTORY)];
    const { gitDirectory, commonDirectory } = repository;
    return [...new Set([gitDirectory, commonDirectory, ...this.#referenceDirectories()])];
  }

  isRelevant(directory: string, name: string): boolean {
    // Before a repository could be opened, anything may be what was missing.
    if (this.#last === undefined) return true;
    const { repository, files } = this.#last;
    if (directory === repository.gitDirectory && (name === INDEX_FILE || name === LOCK_FILE || HEAD_FILES.has(name))) {
      return true;
    }
    const file = path.join(directory, name);
    return files.includes(file) || this.controlDirectories().includes(file);
  }

  #open(old: FileSet | undefined): Pick<GitSnapshot, 'repository' | 'heads' | 'definition'> {
    const { vfs, environment, indexOptions } = this.#options;
    const open = (): GitRepository => GitRepository.open(this.root, { vfs, environment, indexOptions });
    const { value, files } = readWithFiles(vfs, old?.paths ?? [], open, repository => repository.definitionFiles);
    return { repository: value, heads: new GitHeadReader(value), definition: files };
  }

  #rules(
    repository: GitRepository,
    index: GitIndex,
    kept: GitSnapshot | undefined,
  ): { readonly ignore: GitIgnore; readonly base: IndexFiles; readonly commonRules: FileSet } {
    const hinted = this.#hinted;
    this.#hinted = new Set();
    try {
      if (kept === undefined || kept.commonRules.hasChanged() || !hasPaths(kept.commonRules, repository.ruleFiles)) {
        const { value, files } = readWithFiles(
          this.#options.vfs,
          repository.ruleFiles,
          () => repository.ignore(() => this.#index ?? index),
          () => repository.ruleFiles,
        );
        return { ignore: value, base: new IndexFiles(repository, index), commonRules: files };
      }
      const isSparse = index.header.settings.sparse && kept.index !== index;
      const { ignore, base } = kept.input;
      const changesAttributes = hinted === 'everything' || [...hinted].some(at => baseName(at) === ATTRIBUTES_FILE);
      const keepsBase = kept.index === index && kept.repository === repository && !changesAttributes;
      return {
        ignore:
          hinted !== 'everything' && hinted.size === 0 && !isSparse
            ? ignore
            : ignore.refreshed(isSparse ? 'everything' : hinted),
        base: keepsBase ? base : new IndexFiles(repository, index),
        commonRules: kept.commonRules,
      };
    } catch (error) {
      this.#hinted = 'everything';
      throw error;
    }
  }

  #subrepositories(index: GitIndex, kept: GitSnapshot | undefined): readonly Subrepository[] | undefined {
    const nodes = index.nodesWith(GITLINK);
    if (nodes.length === 0) return undefined;
    const { vfs } = this.#options;
    const found = nodes.map((node): Subrepository => {
      const at = index.path(node);
      const isPresent = gitPlacesAt(vfs, toFsPath(this.root, joinPath(at, GIT_DIRECTORY))) !== undefined;
      return { path: at, kind: 'git', source: '', revision: index.id(node), isPresent };
    });
    found.sort((a, b) => (a.path < b.path ? -1 : 1));
    return sameData(kept?.subrepositories, found);
  }

  #filesOf(
    repository: GitRepository,
    heads: GitHeadReader,
    head: GitHead,
    definition: FileSet,
    commonRules: FileSet,
    subrepositories: readonly Subrepository[],
  ): string[] {
    const upstream = heads.upstreamReference(head);
    const references = [head.branch, upstream].flatMap(name =>
      name === undefined ? [] : repository.refs.filesOf(name),
    );
    const submodules = subrepositories
      .slice(0, MAX_LOOKED_FOR)
      .filter(each => isUtf8(each.path))
      .map(each => path.join(this.root, toDisplay(each.path), GIT_DIRECTORY));
    return [...new Set([...definition.paths, ...commonRules.paths, ...references, ...submodules])];
  }

  /** The directories in which the files of references are, or will be: Git makes and removes them. */
  #referenceDirectories(): string[] {
    const { repository, gitHead, heads } = this.#last!;
    const names = [gitHead.branch, heads.upstreamReference(gitHead)];
    const directories: string[] = [];
    for (const name of names) {
      const file = name === undefined ? undefined : repository.refs.filesOf(name)[0];
      if (!file?.startsWith(repository.commonDirectory + path.sep)) continue;
      for (let at = path.dirname(file); at !== repository.commonDirectory; at = path.dirname(at)) directories.push(at);
    }
    return directories;
  }
}

/** True if the index and the rules that were read with one mean the same with the other. */
function isAlike(a: GitRepository, b: GitRepository): boolean {
  return (
    a.gitDirectory === b.gitDirectory &&
    a.commonDirectory === b.commonDirectory &&
    a.format === b.format &&
    a.foldsRules === b.foldsRules &&
    JSON.stringify(a.settings) === JSON.stringify(b.settings)
  );
}

function hasPaths(files: FileSet, paths: readonly string[]): boolean {
  return JSON.stringify(files.paths) === JSON.stringify(paths);
}

function sameRules(old: TreeRules | undefined, rules: TreeRules): TreeRules {
  if (old?.excluded.size !== rules.excluded.size || old.foldsCase !== rules.foldsCase) return rules;
  if (JSON.stringify(old.traits) !== JSON.stringify(rules.traits)) return rules;
  for (const excluded of rules.excluded) if (!old.excluded.has(excluded)) return rules;
  return old;
}

function sameInput(old: GitInput | undefined, input: GitInput): GitInput {
  const isSame =
    old?.statCache === input.statCache &&
    old.ignore === input.ignore &&
    old.base === input.base &&
    old.rules === input.rules;
  return isSame ? old : input;
}

function sameHead(old: GitHead | undefined, head: GitHead): GitHead {
  return old !== undefined && old.branch === head.branch && old.id === head.id ? old : head;
}

/** The older object if both are equal as data. */
function sameData<T extends readonly unknown[] | MergeState | undefined>(old: T, value: T): T {
  return JSON.stringify(old) === JSON.stringify(value) ? old : value;
}
