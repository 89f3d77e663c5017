// Mercurial's backend for the live model. Each part of a snapshot is kept while the files it was read from stay the
// same. A second snapshot then costs a few stats.
import * as path from 'node:path';
import type { BytePath } from '../../base/bytePath.ts';
import type { DecodeAccelerators } from '../../base/decodeAccelerators.ts';
import { Emitter, type Event } from '../../base/lifecycle.ts';
import type { ProcessEnvironment } from '../../files/environment.ts';
import { HG_DIRECTORY } from '../../mercurial/repository/discovery.ts';
import { diffDirstates } from '../../mercurial/dirstate/diffDirstates.ts';
import type { Dirstate } from '../../mercurial/dirstate/dirstate.ts';
import { readWithFiles, type FileSet } from '../../files/fileSet.ts';
import type { HgConfig } from '../../mercurial/config/hgConfig.ts';
import type { History } from '../../mercurial/history/history.ts';
import type { HistoryModel } from '../../mercurial/history/historyModel.ts';
import type { IgnoreRules } from '../../mercurial/ignore/ignoreRules.ts';
import { MercurialRepository } from '../../mercurial/repository/repository.ts';
import type { EncodeRules } from '../../mercurial/filters/encodeRules.ts';
import type { Filter } from '../../mercurial/filters/lineEnds.ts';
import type { LargefilesTree } from '../../mercurial/repository/largefiles.ts';
import type { Store, StoreTree } from '../../mercurial/store/store.ts';
import { subrepositories, subrepositoryDirectories } from '../../mercurial/repository/subrepos.ts';
import { sameIdentity, type Vfs } from '../../files/vfs.ts';
import type { StatusInput, TreeRules } from '../../status/types.ts';
import type { Backend, Lock, Snapshot, SnapshotIdentity, Subrepository } from '../../workingCopy/backend.ts';
import { HeadReader } from './mercurialHead.ts';
import { MergeStateReader } from './mercurialMergeState.ts';

interface MercurialSnapshot extends Snapshot {
  readonly repository: MercurialRepository;
  readonly heads: HeadReader;
  /** Requirements and configuration. */
  readonly definition: FileSet;
  readonly dirstate: Dirstate;
  readonly ignore: IgnoreRules;
  readonly ignoreFiles: FileSet;
  readonly base: StoreTree | LargefilesTree;
  readonly encode: EncodeRules | undefined;
}

/** Why a path is ignored, for the user. */
export interface IgnoreReason {
  readonly matchedPath: BytePath;
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

export class MercurialBackend implements Backend {
  readonly root: string;
  readonly controlName = HG_DIRECTORY;
  readonly vfs: Vfs;
  readonly #environment: ProcessEnvironment;
  readonly #hgDirectory: string;
  /** The last repository that could be opened: it knows which files matter. */
  #repository: MercurialRepository | undefined;
  #stateFiles: ReadonlySet<string> = new Set();
  #history: { readonly of: MercurialRepository; readonly model: HistoryModel } | undefined;
  readonly #loaded = new Emitter<void>();
  /** Fires when one of the files with the recorded state may have changed. */
  readonly onDidLoad: Event<void> = this.#loaded.event;
  readonly #mergeState: MergeStateReader;
  readonly #means: DecodeAccelerators | undefined;

  /** @param means quicker means of reading the dirstate */
  constructor(root: string, vfs: Vfs, environment: ProcessEnvironment, means?: DecodeAccelerators) {
    this.root = root;
    this.vfs = vfs;
    this.#environment = environment;
    this.#means = means;
    this.#hgDirectory = path.join(root, HG_DIRECTORY);
    this.#mergeState = new MergeStateReader(vfs, this.#hgDirectory);
  }

  exists(): boolean {
    return this.vfs.isDirectory(this.#hgDirectory);
  }

  load(previous: Snapshot | undefined): Snapshot {
    const loaded = this.#load(previous);
    this.#loaded.fire();
    return loaded;
  }

  #load(previous: Snapshot | undefined): Snapshot {
    let old = previous as MercurialSnapshot | undefined;
    if (old?.definition.hasChanged()) old = undefined;
    const { repository, definition } = old ?? this.#open((previous as MercurialSnapshot | undefined)?.definition);
    const heads = old?.heads ?? this.#watchHead(repository);
    const dirstate = this.#dirstate(repository, old);
    const { ignore, ignoreFiles } = this.#ignore(repository, old);
    // A tree with a warning stands for a parent that did not exist when it was looked for: it may exist by now.
    const encode = repository.encodeRules();
    const keepsBase =
      old?.dirstate.p1 === dirstate.p1 &&
      old.encode === encode &&
      (old.base.warning === undefined || repository.store.changelog.findNode(dirstate.p1) < 0);
    const base = keepsBase ? old!.base : repository.baseTree(dirstate);
    const rules = sameRules(old?.input.rules, repository.treeRules(dirstate));
    const input = sameInput(old?.input, { root: this.root, statCache: dirstate, ignore: ignore.matcher, base, rules });
    let head = old && heads.read(dirstate);
    const mergeState = this.#mergeState.read(() => this.lock() !== 'free');
    const subrepositories = this.#subrepositories(repository, dirstate, rules, old);
    const isSame =
      input === old?.input &&
      head === old.head &&
      ignore === old.ignore &&
      mergeState === old.mergeState &&
      subrepositories === old.subrepositories;
    if (isSame) return old!;
    return {
      repository,
      heads,
      definition,
      dirstate,
      ignore,
      ignoreFiles,
      base,
      encode,
      input,
      // The first time, a whole scan waits for the snapshot, which needs nothing of this.
      get head() {
        return (head ??= heads.read(dirstate));
      },
      mergeState,
      subrepositories,
      warnings: ignore.warnings,
      files: [
        ...new Set([...definition.paths, ...ignore.files, ...repository.controlFiles]),
        ...subrepositoryDirectories(this.root, subrepositories ?? []),
      ],
    } satisfies MercurialSnapshot as Snapshot;
  }

  /** Each command that replaces working files, or the parents, replaces the dirstate. */
  isCurrent(snapshot: Snapshot): boolean {
    const { repository, dirstate } = snapshot as MercurialSnapshot;
    return sameIdentity(repository.dirstateIdentity(), dirstate.identity);
  }

  identityOf(snapshot: Snapshot): SnapshotIdentity {
    const { repository, dirstate } = snapshot as MercurialSnapshot;
    const { inode, size, mtimeNs, ctimeNs } = dirstate.identity ?? {};
    return {
      statCache: dirstate.identity === undefined ? 'none' : `${inode} ${size} ${mtimeNs} ${ctimeNs}`,
      ignoreFiles: repository.ignoreFiles,
    };
  }

  changedPaths(from: Snapshot, to: Snapshot): BytePath[] {
    const paths: BytePath[] = [];
    diffDirstates((from as MercurialSnapshot).dirstate, (to as MercurialSnapshot).dirstate, path => paths.push(path));
    return paths;
  }

  releaseCaches(snapshot: Snapshot): void {
    (snapshot as MercurialSnapshot).base.release();
  }

  lock(): Lock {
    return this.#repository?.lock() ?? 'free';
  }

  isBusy(): boolean {
    return this.#repository?.isBusy() ?? false;
  }

  controlDirectories(): readonly string[] {
    return [...new Set([this.#hgDirectory, ...[...this.#stateFiles].map(file => path.dirname(file))])];
  }

  isRelevant(directory: string, name: string): boolean {
    // Before a repository could be opened, anything may be what was missing.
    if (this.#repository === undefined) return true;
    const file = path.join(directory, name);
    // A directory with such files comes and goes with them.
    if (this.controlDirectories().includes(file)) return true;
    return this.#stateFiles.has(file) || this.#repository.definitionFiles.includes(file);
  }

  /** The model of all changesets; it is the same one while the repository is the same. */
  historyModel(snapshot: Snapshot): HistoryModel {
    const { repository } = snapshot as MercurialSnapshot;
    if (this.#history?.of !== repository) this.#history = { of: repository, model: repository.historyModel() };
    return this.#history.model;
  }

  dirstate(snapshot: Snapshot): Dirstate {
    return (snapshot as MercurialSnapshot).dirstate;
  }

  /** The filter from a working file to the history; undefined if the content stays as it is. */
  filterFor(snapshot: Snapshot, at: BytePath): Filter | undefined {
    return (snapshot as MercurialSnapshot).encode?.filterFor(at);
  }

  config(snapshot: Snapshot): HgConfig {
    return (snapshot as MercurialSnapshot).repository.config;
  }

  /** The history that belongs to a snapshot of this backend. */
  store(snapshot: Snapshot): Store {
    return (snapshot as MercurialSnapshot).repository.store;
  }

  /** The files of a changeset, by the names that a status has for them. */
  tree(snapshot: Snapshot, changeset: string): StoreTree | LargefilesTree {
    return (snapshot as MercurialSnapshot).repository.baseTree({ p1: changeset });
  }

  /** Returns the history of the snapshot's repository: names of revisions, differences between them. */
  history(snapshot: Snapshot): History {
    const { repository, dirstate } = snapshot as MercurialSnapshot;
    return repository.history(dirstate);
  }

  /** The rule by which a path is ignored; undefined if it is not, tracked or not. */
  explainIgnored(snapshot: Snapshot, at: BytePath): IgnoreReason | undefined {
    const found = (snapshot as MercurialSnapshot).ignore.matcher.explainIgnored(at);
    if (found === undefined) return undefined;
    const { file, line, text } = found.rule;
    return { matchedPath: found.path, file: path.resolve(this.root, file), line, text };
  }

  #open(old: FileSet | undefined): Pick<MercurialSnapshot, 'repository' | 'definition'> {
    const open = (): MercurialRepository =>
      MercurialRepository.open(this.root, { vfs: this.vfs, environment: this.#environment, accelerators: this.#means });
    const opened = readWithFiles(this.vfs, old?.paths ?? [], open, repository => repository.definitionFiles);
    this.#repository = opened.value;
    return { repository: opened.value, definition: opened.files };
  }

  #ignore(
    repository: MercurialRepository,
    old: MercurialSnapshot | undefined,
  ): Pick<MercurialSnapshot, 'ignore' | 'ignoreFiles'> {
    if (old?.ignoreFiles.hasChanged() === false) return old;
    // Mostly these are all, so that they are read once.
    const known = old?.ignoreFiles.paths ?? repository.ignoreFiles;
    const { value, files } = readWithFiles(
      this.vfs,
      known,
      () => repository.readIgnore(),
      ignore => ignore.files,
    );
    return { ignore: value, ignoreFiles: files };
  }

  #dirstate(repository: MercurialRepository, old: MercurialSnapshot | undefined): Dirstate {
    const same = old !== undefined && sameIdentity(repository.dirstateIdentity(), old.dirstate.identity);
    return same ? old.dirstate : repository.readDirstate(old?.dirstate);
  }

  #watchHead(repository: MercurialRepository): HeadReader {
    const heads = new HeadReader(this.vfs, repository);
    this.#stateFiles = new Set([...repository.stateFiles, ...heads.stateFiles]);
    return heads;
  }

  /** Undefined if there are none, which is found out without reading anything. */
  #subrepositories(
    repository: MercurialRepository,
    dirstate: Dirstate,
    rules: TreeRules,
    old: MercurialSnapshot | undefined,
  ): readonly Subrepository[] | undefined {
    if (rules.excluded.size === 0) return undefined;
    const found = subrepositories(this.vfs, repository.root, dirstate);
    return JSON.stringify(found) === JSON.stringify(old?.subrepositories) ? old!.subrepositories : found;
  }
}

function sameRules(old: TreeRules | undefined, rules: TreeRules): TreeRules {
  if (old?.traits !== rules.traits || old.scope !== rules.scope || old.excluded.size !== rules.excluded.size)
    return rules;
  for (const excluded of rules.excluded) if (!old.excluded.has(excluded)) return rules;
  return old;
}

function sameInput(old: StatusInput | undefined, input: StatusInput): StatusInput {
  const same =
    old?.statCache === input.statCache &&
    old.ignore === input.ignore &&
    old.base === input.base &&
    old.rules === input.rules;
  return same ? old : input;
}
