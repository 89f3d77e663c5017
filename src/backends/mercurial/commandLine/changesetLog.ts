// The changesets of a repository, as `quicksilver log` reads them.
import * as path from 'node:path';
import { fromDisplay, toDisplay, toFsPath, type BytePath } from '../../../base/bytePath.ts';
import { fileHistory } from '../../../mercurial/annotate/fileHistory.ts';
import { copiesIn } from '../../../mercurial/annotate/copiesIn.ts';
import { recordedChangesets } from '../../../mercurial/annotate/recordedChangesets.ts';
import { finish } from '../../../mercurial/annotate/finish.ts';
import type { HgConfig } from '../../../mercurial/config/hgConfig.ts';
import type { HistoryModel } from '../../../mercurial/history/historyModel.ts';
import { decodeMergeState, readMergeStateFiles, type RecordedMerge } from '../../../mercurial/merge/mergeState.ts';
import { dateFilter } from '../../../mercurial/history/dateFilter.ts';
import { revisionsIn } from '../../../mercurial/history/modelSets.ts';
import { subrepositoryPaths } from '../../../mercurial/repository/subrepos.ts';
import { NULL_NODE_HEX } from '../../../mercurial/store/node.ts';
import { REMOTEFILELOG } from '../../../mercurial/store/remoteFiles.ts';
import type { HistoryRow } from '../../../workingCopy/historyQueries.ts';
import { openRepository, type RepositoryPlace } from './open.ts';

/** The recorded facts of a changeset. Texts are in display form, file names are not. */
export interface LoggedChangeset {
  readonly user: string;
  readonly branch: string;
  /** Seconds since 1970. */
  readonly time: number;
  readonly description: string;
  readonly files: readonly BytePath[];
}

/** A changeset in the history of a file, and the file's paths there. */
export interface FollowedChangeset {
  readonly changeset: number;
  readonly paths: readonly BytePath[];
}

type MergeSides = Partial<Pick<RecordedMerge, 'local' | 'other'>>;

/** The sides of a merge with conflicts that are not resolved, as nodes. */
function unresolvedSides({ vfs, root }: RepositoryPlace): MergeSides {
  const hgDirectory = path.join(root, '.hg');
  const merge = decodeMergeState(readMergeStateFiles(vfs, hgDirectory), hgDirectory);
  return merge?.conflicts.some(({ state }) => state === 'unresolved') === true ? merge : {};
}

/** All changesets as they were when this was made. They are named by their revision numbers. */
export class ChangesetLog {
  readonly config: HgConfig;
  /** True if large files are recorded by stand-ins, under other names. */
  readonly hasLargefiles: boolean;
  readonly #showsTopics: boolean;
  readonly #isKeptElsewhere: (path: BytePath) => boolean;
  readonly #model: HistoryModel;
  readonly #place: RepositoryPlace;
  #merge: MergeSides | undefined;
  #children: ReadonlyMap<number, readonly number[]> | undefined;

  /**
   * Throws QuicksilverErrors.
   *
   * @param showsHidden true if hidden changesets are as the others are
   */
  constructor(place: RepositoryPlace, showsHidden: boolean) {
    this.#place = place;
    const repository = openRepository(place);
    const { p1, p2 } = repository.readDirstate();
    this.config = repository.config;
    this.#showsTopics = ['topic', 'hgext3rd.topic'].some(name => repository.config.isExtensionEnabled(name));
    this.hasLargefiles = repository.requirements.has('largefiles');
    const isRemote = repository.requirements.has(REMOTEFILELOG);
    this.#isKeptElsewhere = file => isRemote && repository.store.ownFilelog(file) === undefined;
    this.#model = repository.historyModel(showsHidden);
    finish(this.#model.load([p1, p2]));
  }

  get count(): number {
    return this.#model.count;
  }

  /** The first parent of the working copy that the history lacks, 40 hexadecimal digits. */
  unknownParent(): string | undefined {
    return openRepository(this.#place).unknownParent();
  }

  /** -1 for none. */
  get workingParents(): readonly [number, number] {
    return this.#model.workingParents;
  }

  /** Two for each changeset; -1 for none. */
  get parents(): Int32Array {
    return this.#model.parents;
  }

  /** Branches in display form. */
  branchNames(): readonly string[] {
    return this.#model.history.branchNames().map(toDisplay);
  }

  isHidden(revision: number): boolean {
    return this.#model.isHidden(revision);
  }

  row(revision: number): HistoryRow {
    return this.#model.row(revision);
  }

  /** Returns the topic of a changeset, in display form; '' without one, or without the extension that shows topics. */
  topic(revision: number): string {
    return this.#showsTopics ? (this.#model.row(revision).topic ?? '') : '';
  }

  /**
   * Returns the character of a changeset in a graph.
   *
   * '@' is a parent of the working copy, '%' a side of an unresolved merge, 'x' obsolete, '*' unstable. '_' closes its
   * branch. All others are 'o'.
   */
  graphSymbol(revision: number): string {
    if (this.workingParents.includes(revision)) return '@';
    const { local, other } = (this.#merge ??= unresolvedSides(this.#place));
    const node = this.#model.node(revision);
    if (node === local || node === other) return '%';
    const { isObsolete, instabilities } = this.#model.row(revision);
    if (isObsolete) return 'x';
    if (instabilities.length > 0) return '*';
    return this.#model.changeset(revision).closesBranch ? '_' : 'o';
  }

  changeset(revision: number): LoggedChangeset {
    return this.#model.changeset(revision);
  }

  /** Returns the name of the phase; 'public' for the null revision. */
  phase(revision: number): HistoryRow['phase'] {
    return revision < 0 ? 'public' : this.#model.phaseOf(revision);
  }

  /** Returns the id of a changeset, 40 hexadecimal digits; that of the null revision for -1. */
  node(revision: number): string {
    return revision < 0 ? NULL_NODE_HEX : this.#model.node(revision);
  }

  /** Returns the changeset that a text names; -1 for the null revision. Throws a 'usage' error for an unknown one. */
  resolve(name: string): number | 'working-copy' {
    return this.#model.history.resolve(name);
  }

  /** Returns the changesets of a set of revisions, in its order. Throws 'usage' for what only hg evaluates. */
  resolveSet(text: string): readonly number[] {
    return revisionsIn(text, this.#model);
  }

  /** Returns a function that is true of the times which a date selects: see `dateFilter`. Throws a 'usage' error. */
  dateFilter(date: string): (time: number) => boolean {
    return dateFilter(date, new Date());
  }

  /** Bookmarks in display form, with the changesets that they name. */
  bookmarks(): ReadonlyMap<string, number> {
    const all = new Map<string, number>();
    for (const [revision, names] of this.#model.bookmarks()) for (const name of names) all.set(name, revision);
    return all;
  }

  /** The heads of all branches, closed ones too. */
  branchHeads(): readonly number[] {
    return this.#model.history.allBranchHeads();
  }

  /** True if the changeset has a file at this path. */
  hasFile(revision: number, path: BytePath): boolean {
    return this.#model.history.manifest(revision).find(path) !== undefined;
  }

  /** True if the changeset has a file at this path, or files below it. */
  hasPath(revision: number, path: BytePath): boolean {
    return this.#model.history.hasPath(revision, path);
  }

  /** True if something is on disk at this path; a symbolic link has to lead to something. */
  isOnDisk(path: BytePath): boolean {
    const { vfs, root } = this.#place;
    return vfs.targetIdentity(toFsPath(root, path)) !== undefined;
  }

  /** Returns a function that is true of the files that are tracked in the working copy, also of missing ones. */
  trackedFiles(): (path: BytePath) => boolean {
    const dirstate = openRepository(this.#place).readDirstate();
    return path => {
      const node = dirstate.find(path);
      return node >= 0 && dirstate.isTracked(node);
    };
  }

  /** Paths of the subrepositories that the working copy records. */
  subrepositoryPaths(): ReadonlySet<BytePath> {
    const { vfs, root } = this.#place;
    return subrepositoryPaths(vfs, root, openRepository(this.#place).readDirstate());
  }

  /**
   * True if the store has the history of a file at this path. If not, the changesets that name the path count. So does
   * Mercurial for a file that remotefilelog keeps.
   */
  hasHistory(path: BytePath): boolean {
    if (this.#isKeptElsewhere(path)) return false;
    return (this.#model.history.fileHistory().filelog(path)?.revlog.length ?? 0) > 0;
  }

  /** True if the store has no revision of a file at this path, and no server can have one. */
  isWithoutHistory(path: BytePath): boolean {
    return !this.hasHistory(path) && !this.#isKeptElsewhere(path);
  }

  /** Returns the children that are not hidden, in ascending order. */
  children(revision: number): readonly number[] {
    this.#children ??= this.#readChildren();
    return this.#children.get(revision) ?? [];
  }

  /** Returns the extra facts of a changeset with their names, sorted. Byte strings. */
  extras(revision: number): readonly (readonly [name: string, value: string])[] {
    if (revision < 0) return [['branch', 'default']];
    const { extra, branch } = this.#model.changeset(revision);
    const all = new Map(
      [['branch', branch], ...extra].map(([name, value]) => [fromDisplay(name!), fromDisplay(value!)]),
    );
    return [...all].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /**
   * Returns the shortest beginning of a node that names no other changeset and is no revision number.
   *
   * @param node 40 hexadecimal digits
   * @param least digits, at least
   */
  shortestId(node: string, least: number): string {
    const isUnique = (length: number): boolean => {
      const prefix = node.slice(0, length);
      if (/^(?:f+|0+)$/.test(prefix) && !/^(?:f+|0+)$/.test(node)) return false;
      if (this.#model.countOfPrefix(prefix) > 1) return false;
      const isNumber = /^(?:0|[1-9]\d*)$/.test(prefix) && Number(prefix) < this.count;
      return !isNumber;
    };
    let length = Math.min(least, node.length);
    while (length < node.length && !isUnique(length)) length++;
    return node.slice(0, length);
  }

  #readChildren(): ReadonlyMap<number, readonly number[]> {
    const children = new Map<number, number[]>();
    for (let revision = 0; revision < this.count; revision++) {
      if (this.isHidden(revision)) continue;
      const [p1, p2] = [this.parents[revision * 2]!, this.parents[revision * 2 + 1]!];
      for (const parent of p1 === p2 ? [p1] : p2 < 0 ? [p1] : [p1, p2]) {
        const known = children.get(parent);
        if (known === undefined) children.set(parent, [revision]);
        else known.push(revision);
      }
    }
    return children;
  }

  /** Returns the files that the changeset copied or renamed, with their sources, in the order of its files. */
  copies(revision: number): readonly { readonly path: BytePath; readonly source: BytePath }[] {
    const source = this.#model.history.fileHistory();
    return copiesIn(source, revision);
  }

  /** Returns the changesets that the file's own history records: see {@link recordedChangesets}. */
  recordedChangesets(path: BytePath): readonly number[] {
    const source = this.#model.history.fileHistory();
    return recordedChangesets(source, path, this.#model.count, revision => this.#model.isHidden(revision));
  }

  /** Yields the changesets that changed a file, the newest first, across copies and renames, with its paths there. */
  *fileHistory(path: BytePath, start: number): Generator<FollowedChangeset> {
    let last: { changeset: number; paths: BytePath[] } | undefined;
    for (const { changeset, path: at } of fileHistory(this.#model.history.fileHistory(), path, start)) {
      if (last?.changeset === changeset) {
        last.paths.push(at);
        continue;
      }
      if (last !== undefined) yield last;
      last = { changeset, paths: [at] };
    }
    if (last !== undefined) yield last;
  }
}
