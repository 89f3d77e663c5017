// How submodules stand: which commit is checked out, and whether their own working trees are clean.
import * as path from 'node:path';
import { bytePath, isUtf8, joinPath, toDisplay, toFsPath, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { fileInTree } from '../../git/changes/stagedChanges.ts';
import { parseConfig, parseConfigBeforeErrors, type ConfigItem } from '../../git/config/configParser.ts';
import { textOf } from '../../git/config/gitConfig.ts';
import type { GitHead } from '../../git/refs/refs.ts';
import { GIT_DIRECTORY, gitPlacesAt, isNestedRepository } from '../../git/repository/discovery.ts';
import { GitRepository } from '../../git/repository/repository.ts';
import { Refs } from '../../git/refs/refs.ts';
import { MAX_RULE_BYTES } from '../../git/ignore/gitIgnore.ts';
import type { GitIndex } from '../../git/index/gitIndex.ts';
import { SHA1, SHA256 } from '../../git/objects/objectFormat.ts';
import type { SubmoduleState } from './statusTypes.ts';

/** The part of a submodule's state that does not count. */
export type IgnoredState = 'none' | 'untracked' | 'dirty' | 'all';

const MODULES_FILE = bytePath('.gitmodules');

const IGNORED: ReadonlySet<string> = new Set<IgnoredState>(['none', 'untracked', 'dirty', 'all']);

function isIgnoredState(value: string): value is IgnoredState {
  return IGNORED.has(value);
}

/** Throws 'invalid-config' for a value with which Git fails. */
function ignoredStateOf(setting: string, value: string): IgnoredState {
  if (isIgnoredState(value)) return value;
  throw new QuicksilverError('invalid-config', `bad value '${textOf(value)}' for ${setting}`);
}

/** Deeper submodules of submodules are unsupported: they may be in a circle. */
const MAX_DEPTH = 20;

/** Finds out whether a working tree has changes of tracked files, and untracked files. */
export type WorkingTreeCheck = (
  repository: GitRepository,
  ignored: IgnoredState,
  depth: number,
) => Promise<{ readonly modified: boolean; readonly untracked: boolean }>;

/** Returns the HEAD of the repository in a directory; undefined if there is none, or it has no commit. */
export function nestedHead(repository: GitRepository, directory: BytePath): GitHead | undefined {
  const { vfs } = repository;
  const directories = gitPlacesAt(vfs, toFsPath(repository.root, joinPath(directory, GIT_DIRECTORY)));
  if (directories === undefined) return undefined;
  for (const format of [SHA1, SHA256]) {
    try {
      const head = new Refs(vfs, { ...directories, format }).head();
      if (head.id !== undefined) return head;
    } catch (error) {
      if (!(error instanceof QuicksilverError)) throw error;
    }
  }
  return undefined;
}

export interface SubmoduleOptions {
  /** How deep in submodules of submodules the repository is. */
  readonly depth: number;
  /** The ignored state, instead of the configured one. */
  readonly override: IgnoredState | undefined;
  /** False: untracked files in submodules count only where a setting of the submodule itself asks for them. */
  readonly showsUntracked: boolean;
}

export class Submodules {
  readonly #repository: GitRepository;
  readonly #check: WorkingTreeCheck;
  readonly #depth: number;
  readonly #override: IgnoredState | undefined;
  readonly #showsUntracked: boolean;
  readonly #index: GitIndex;
  #settings: ReadonlyMap<BytePath, IgnoredState> | undefined;

  constructor(
    repository: GitRepository,
    index: GitIndex,
    check: WorkingTreeCheck,
    { depth, override, showsUntracked }: SubmoduleOptions,
  ) {
    this.#repository = repository;
    this.#index = index;
    this.#check = check;
    this.#depth = depth;
    this.#override = override;
    this.#showsUntracked = showsUntracked;
  }

  /**
   * Returns the state of the submodule in a directory; undefined if it is not checked out. A branch without commits
   * counts as the recorded commit; changes of the submodule's own files count all the same.
   * @param recorded the commit that the index has
   */
  async state(directory: BytePath, recorded: string): Promise<SubmoduleState | undefined> {
    if (!isNestedRepository(this.#repository.vfs, this.#repository.root, directory)) return undefined;
    const head = nestedHead(this.#repository, directory);
    const ignored = this.ignoredState(directory);
    const commit = head !== undefined && head.id !== recorded;
    if (ignored === 'all' || ignored === 'dirty') return { commit, modified: false, untracked: false };
    if (this.#depth >= MAX_DEPTH) {
      throw new QuicksilverError('unsupported', `${toDisplay(directory)}: submodules are nested too deeply`);
    }
    if (!isUtf8(directory)) {
      throw new QuicksilverError('unsupported', `${toDisplay(directory)}: the name of the submodule is not UTF-8`);
    }
    const { vfs, environment, root } = this.#repository;
    const inner = GitRepository.open(path.join(root, toDisplay(directory)), { vfs, environment });
    const { modified, untracked } = await this.#check(inner, ignored, this.#depth + 1);
    return { commit, modified, untracked: untracked && ignored !== 'untracked' };
  }

  /** Returns what to leave out: submodule.<name>.ignore of the configuration, of .gitmodules, diff.ignoreSubmodules. */
  ignoredState(directory: BytePath): IgnoredState {
    if (this.#override !== undefined) return this.#override;
    this.#settings ??= this.#readSettings();
    return this.#settings.get(directory) ?? this.#generalState();
  }

  #generalState(): IgnoredState {
    const state = ignoredStateOf(
      'diff.ignoreSubmodules',
      this.#repository.config.get('diff.ignoresubmodules') ?? 'none',
    );
    return state === 'none' && !this.#showsUntracked ? 'untracked' : state;
  }

  /**
   * The items of the file of the working tree; if nothing is there, of that of the index or else of HEAD. One with
   * conflicts does not count. Git follows a link in the working tree, and stops at an error there. It takes what comes
   * before an error in a recorded file.
   */
  #modulesFile(): readonly ConfigItem[] {
    const { vfs, root, store } = this.#repository;
    const node = this.#index.find(MODULES_FILE);
    if (node >= 0 && this.#index.isUnmerged(node)) return [];
    const place = toFsPath(root, MODULES_FILE);
    if (vfs.lstat(place) !== undefined) {
      const file = vfs.isFile(place) ? vfs.read(place, MAX_RULE_BYTES) : undefined;
      return file === undefined ? [] : parseConfig(file.bytes.toString('latin1'), '.gitmodules');
    }
    const isRecorded = node >= 0 && this.#index.kind(node) !== 'none';
    const id = isRecorded ? this.#index.id(node) : this.#modulesOfHead();
    if (id === undefined) return [];
    return parseConfigBeforeErrors(store.readTyped(id, 'blob').toString('latin1'), '.gitmodules');
  }

  #modulesOfHead(): string | undefined {
    const { id } = this.#repository.head();
    return id && fileInTree(this.#repository.store, this.#repository.commit(id).tree, MODULES_FILE)?.id;
  }

  #readSettings(): Map<BytePath, IgnoredState> {
    const { config } = this.#repository;
    const names = new Map<string, string>();
    const settings = new Map<string, string>();
    for (const { name, value } of this.#modulesFile()) {
      const match = /^submodule\.(.*)\.(path|ignore)$/s.exec(name);
      if (match === null || value === undefined) continue;
      if (match[2] === 'path') names.set(match[1]!, value);
      else settings.set(match[1]!, value);
    }
    const found = new Map<BytePath, IgnoredState>();
    for (const [name, place] of names) {
      const own = config.get(`submodule.${name}.ignore`);
      const recorded = settings.get(name);
      if (own !== undefined) found.set(place as BytePath, ignoredStateOf(`submodule.${textOf(name)}.ignore`, own));
      else if (recorded !== undefined && isIgnoredState(recorded)) found.set(place as BytePath, recorded);
    }
    return found;
  }
}
