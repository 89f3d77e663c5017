// One Git working tree: where its state is, its configuration, and the readers of its parts.
import * as path from 'node:path';
import { QuicksilverError } from '../../base/errors.ts';
import type { BytePath } from '../../base/bytePath.ts';
import type { Vfs } from '../../files/vfs.ts';
import { expandHome, GitConfig, textOf, userFile, type GitEnvironment } from '../config/gitConfig.ts';
import { GitIgnore } from '../ignore/gitIgnore.ts';
import type { GitIndex, StatSettings } from '../index/gitIndex.ts';
import { SKIPPED } from '../index/indexTree.ts';
import { isIndexStale, readIndex, type IndexOptions } from '../index/readIndex.ts';
import { isObjectId, SHA1, SHA256, type ObjectFormat } from '../objects/objectFormat.ts';
import { ObjectStore } from '../objects/objectStore.ts';
import { parseCommit, type Commit } from '../objects/structures.ts';
import { Refs, type GitHead } from '../refs/refs.ts';
import { GIT_DIRECTORY, gitDirectoriesAt, type GitDirectories } from './discovery.ts';
import { checkOwner, checkSettings, checkSupport, foldsCase } from './support.ts';

/** Some 400,000 commits at the end of a shallow history. */
const MAX_SHALLOW_BYTES = 16 * 1024 * 1024;

export interface GitOptions {
  readonly vfs: Vfs;
  readonly environment: GitEnvironment;
  /** How columns of the index are made. */
  readonly indexOptions?: Pick<IndexOptions, 'shared' | 'decoders' | 'expect'> | undefined;
}

export class GitRepository implements GitDirectories {
  /** Absolute path of the top of the working tree. */
  readonly root: string;
  readonly gitDirectory: string;
  readonly commonDirectory: string;
  readonly vfs: Vfs;
  readonly environment: GitEnvironment;
  readonly config: GitConfig;
  readonly format: ObjectFormat;
  readonly refs: Refs;
  readonly store: ObjectStore;
  readonly settings: StatSettings;
  /** True if objects may be missing because they were never fetched. */
  readonly isPartial: boolean;
  readonly #indexOptions: GitOptions['indexOptions'];

  private constructor(root: string, directories: GitDirectories, config: GitConfig, options: GitOptions) {
    const { vfs, environment, indexOptions } = options;
    this.root = root;
    this.gitDirectory = directories.gitDirectory;
    this.commonDirectory = directories.commonDirectory;
    this.vfs = vfs;
    this.environment = environment;
    this.config = config;
    this.#indexOptions = indexOptions;
    this.format = formatOf(config);
    this.refs = new Refs(vfs, { ...directories, format: this.format });
    this.isPartial = config.has('extensions.partialclone');
    const objects = path.join(this.commonDirectory, 'objects');
    this.store = new ObjectStore(vfs, objects, this.format, this.isPartial, indexOptions?.decoders?.inflate);
    const isMinimal = config.get('core.checkstat') === 'minimal';
    this.settings = {
      executableBit: config.boolean('core.filemode', true),
      symlinks: config.boolean('core.symlinks', true),
      ctime: !isMinimal && config.boolean('core.trustctime', true),
      inode: !isMinimal,
      sparse:
        config.boolean('core.sparsecheckout', false) && !config.boolean('sparse.expectfilesoutsideofpatterns', false),
    };
  }

  /**
   * Opens the working tree at `root`. Throws 'not-a-repository' if there is none, 'unsupported' if it needs more than
   * is implemented, 'invalid-config' where Git fails.
   */
  static open(root: string, options: GitOptions): GitRepository {
    const { vfs, environment } = options;
    const place = path.join(root, GIT_DIRECTORY);
    const directories = gitDirectoriesAt(vfs, place);
    if (directories === undefined) {
      throw new QuicksilverError('not-a-repository', `no Git repository at '${root}' (.git not found)`);
    }
    // The branch decides about includes of the configuration, which decides about the format of names: read as it is.
    const branch = new Refs(vfs, { ...directories, format: SHA1 }).branchName();
    const config = GitConfig.read(vfs, { environment, ...directories, branch });
    checkOwner(vfs, root, directories, environment);
    checkSettings(vfs, root, config, environment);
    checkSupport(vfs, root, directories, config);
    return new GitRepository(root, directories, config, options);
  }

  /** True if the file system takes names that differ in case for one file. */
  get foldsCase(): boolean {
    return foldsCase(this.vfs, this.root);
  }

  /** core.ignoreCase: patterns match without regard to the case of ASCII letters. */
  get foldsRules(): boolean {
    return this.config.boolean('core.ignorecase', false);
  }

  /** Absolute paths of the files that decide how the repository is read. A change means that it is opened anew. */
  get definitionFiles(): string[] {
    const link = path.join(this.root, GIT_DIRECTORY);
    const files = [...this.config.files, path.join(this.commonDirectory, 'info', 'grafts')];
    if (this.vfs.lstat(link)?.isFile() === true) files.push(link);
    if (this.config.namesUnder('includeif.onbranch:').length > 0) files.push(path.join(this.gitDirectory, 'HEAD'));
    return files;
  }

  /** Absolute paths of the rule files that hold for all directories: for ignored paths and for attributes. */
  get ruleFiles(): string[] {
    const { own, user } = this.attributeFiles;
    return [...this.commonIgnoreFiles, own, ...(user === undefined ? [] : [user])];
  }

  get indexFile(): string {
    return path.join(this.gitDirectory, 'index');
  }

  readIndex(): GitIndex {
    return readIndex(this.vfs, this.store, { file: this.indexFile, settings: this.settings, ...this.#indexOptions });
  }

  isStale(index: GitIndex): boolean {
    return isIndexStale(this.vfs, index);
  }

  head(): GitHead {
    return this.refs.head();
  }

  commit(id: string): Commit {
    return parseCommit(this.store.readTyped(id, 'commit'), this.format, id);
  }

  /**
   * Returns a function that reads commits for a walk through their ancestors. Those at the end of a shallow history
   * have no parents. Throws 'corrupt' if the file that names these is damaged.
   */
  ancestry(): (id: string) => Commit {
    const file = path.join(this.commonDirectory, 'shallow');
    const lines = this.vfs.read(file, MAX_SHALLOW_BYTES)?.bytes.toString('latin1').split('\n') ?? [];
    if (lines.at(-1) === '') lines.pop();
    const last = new Set<string>();
    for (const line of lines) {
      const id = line.slice(0, this.format.length * 2).toLowerCase();
      if (!isObjectId(this.format, id))
        throw new QuicksilverError('corrupt', 'a line of the file names no commit', { file });
      last.add(id);
    }
    return id => (last.has(id) ? { ...this.commit(id), parents: [] } : this.commit(id));
  }

  /** Absolute paths of the rule files that hold for all directories, the ones that decide first first. */
  get commonIgnoreFiles(): string[] {
    const own = path.join(this.commonDirectory, 'info', 'exclude');
    const users = this.#userRules('core.excludesfile', 'ignore');
    return users === undefined ? [own] : [own, users];
  }

  /** As {@link commonIgnoreFiles}, for attributes: `info/attributes` and those of the user. */
  get attributeFiles(): { readonly own: string; readonly user: string | undefined } {
    const own = path.join(this.commonDirectory, 'info', 'attributes');
    return { own, user: this.#userRules('core.attributesfile', 'attributes') };
  }

  /** @param index answers the index in which a rule file is looked up that is not checked out */
  ignore(index: () => GitIndex): GitIgnore {
    return GitIgnore.read(this.vfs, {
      root: this.root,
      files: this.commonIgnoreFiles,
      fold: this.foldsRules,
      recorded: at => this.recordedRules(index(), at),
    });
  }

  /** Returns a rule file as it is recorded, if it is not checked out. */
  recordedRules(index: GitIndex, at: BytePath): Buffer | undefined {
    if ((index.tree.allFlags & SKIPPED) === 0) return undefined;
    const node = index.find(at);
    if (node < 0 || (index.tree.flags[node]! & SKIPPED) === 0) return undefined;
    return this.store.readTyped(index.id(node), 'blob');
  }

  #userRules(setting: string, name: string): string | undefined {
    const named = this.config.get(setting);
    if (named === undefined) return userFile(this.environment, name);
    return named === '' ? undefined : path.resolve(this.root, expandHome(textOf(named), this.environment));
  }
}

function formatOf(config: GitConfig): ObjectFormat {
  return config.get('extensions.objectformat')?.toLowerCase() === 'sha256' ? SHA256 : SHA1;
}
