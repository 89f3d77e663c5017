// The files of one revision, as `quicksilver cat` reads them.
import * as path from 'node:path';
import { compareBytes, toDisplay, type BytePath } from '../../../base/bytePath.ts';
import { QuicksilverError } from '../../../base/errors.ts';
import type { Subrepository } from '../../../base/repositoryState.ts';
import type { HgConfig } from '../../../mercurial/config/hgConfig.ts';
import type { History } from '../../../mercurial/history/history.ts';
import { largefileOf, standinOf } from '../../../mercurial/repository/largefiles.ts';
import type { MercurialRepository } from '../../../mercurial/repository/repository.ts';
import type { StoreTree } from '../../../mercurial/store/store.ts';
import { requireAllowed } from '../../../mercurial/repository/subrepos.ts';
import { withStandinPaths } from './largefilesComparison.ts';
import { lastOf, revisionsNamed } from './namedRevisions.ts';
import { openRepository, type RepositoryPlace } from './open.ts';
import { subrepositoriesOf } from './recordedSubrepositories.ts';
import { inSelection, type SelectedPaths } from './selectedPaths.ts';

/** A deeper nesting is a loop, or made to be one. */
const MOST_LEVELS = 32;

/** A file of a revision. */
export interface ListedFile {
  readonly path: BytePath;
  /** The large file whose content is meant, if `path` is its stand-in. */
  readonly large: BytePath | undefined;
}

/** A repository whose revisions can be asked for their files. */
export class RevisionFilesReader {
  readonly #place: RepositoryPlace;
  readonly #repository: MercurialRepository;

  /** Throws 'unsupported' for a repository that has no exact answer. */
  constructor(place: RepositoryPlace) {
    this.#place = place;
    this.#repository = openRepository(place);
  }

  get config(): HgConfig {
    return this.#repository.config;
  }

  /** The first parent of the working copy that the history lacks, 40 hexadecimal digits. */
  unknownParent(): string | undefined {
    return this.#repository.unknownParent();
  }

  /**
   * Returns the files of a revision, given its name or a set, whose last revision counts. Throws a 'usage' error for an
   * unknown one.
   */
  of(text: string): RevisionFiles | 'working-copy' {
    const dirstate = this.#repository.readDirstate();
    const history = this.#repository.history(dirstate);
    const revision = lastOf(revisionsNamed(text, this.#repository, dirstate, history));
    return revision === 'working-copy' ? revision : new RevisionFiles(this.#place, this.#repository, history, revision);
  }
}

export class RevisionFiles {
  readonly #place: RepositoryPlace;
  readonly #repository: MercurialRepository;
  readonly #history: History;
  readonly #revision: number;
  /** Repositories around this one. */
  readonly #level: number;
  /** The id of the changeset, 40 hexadecimal digits. */
  readonly node: string;

  constructor(place: RepositoryPlace, repository: MercurialRepository, history: History, revision: number, level = 0) {
    this.#place = place;
    this.#level = level;
    this.#repository = repository;
    this.#history = history;
    this.#revision = revision;
    this.node = history.node(revision);
  }

  /**
   * Returns the selected files in the order of `hg cat`. A stand-in that is selected itself is a file like any other.
   * One whose large file is selected stands for that.
   */
  list(selection: SelectedPaths): ListedFile[] {
    const { store, mayHaveLargefiles } = this.#repository;
    const paths = mayHaveLargefiles ? withStandinPaths(selection.paths) : selection.paths;
    const isSelected = inSelection(selection) ?? (() => true);
    return store.whileStable(() => {
      const found: ListedFile[] = [];
      this.#history.diff(-1, this.#revision, { paths }, path => {
        const large = mayHaveLargefiles && !isSelected(path) ? largefileOf(path) : undefined;
        if (large === undefined ? isSelected(path) : isSelected(large)) found.push({ path, large });
      });
      return found.sort((a, b) => compareBytes(a.path, b.path));
    });
  }

  /** Returns true if the path is a file or a directory of the revision, or a large file. */
  has(path: BytePath): boolean {
    if (this.#history.hasPath(this.#revision, path)) return true;
    return this.#repository.mayHaveLargefiles && this.#tree().find(standinOf(path)) !== undefined;
  }

  /** Returns the content, checked against the file node or the hash. Errors name the file and the revision. */
  content({ path, large }: ListedFile): Buffer {
    const { store, config } = this.#repository;
    const name = `${toDisplay(large ?? path)} in ${this.node.slice(0, 12)}`;
    try {
      const file = this.#tree().find(path);
      if (file === undefined) throw new QuicksilverError('changed-while-reading', 'it is not there any more');
      const log = store.ownFilelog(path);
      const revision = log?.revlog.findNode(file.revision) ?? -1;
      const isCensored = log !== undefined && revision >= 0 && log.isCensored(revision);
      if (isCensored && config.get('censor', 'policy')?.value !== 'ignore') {
        throw new QuicksilverError(
          'unsupported',
          `its content was removed on purpose (censored node ${file.revision})`,
        );
      }
      const content = file.content();
      return large === undefined ? content : this.#repository.largeContents().of(content);
    } catch (error) {
      if (!(error instanceof QuicksilverError)) throw error;
      throw new QuicksilverError(error.code, `${name}: ${error.message}`, { file: error.file, cause: error });
    }
  }

  /** Throws a 'usage' error for a subrepository that the settings do not allow. */
  requireAllowed(part: Subrepository<BytePath>): void {
    requireAllowed(this.#repository.config, part);
  }

  /** Returns the subrepositories of the revision, in the order of their paths. */
  subrepositories(): Subrepository<BytePath>[] {
    return subrepositoriesOf(this.#tree(), this.#place);
  }

  /**
   * Returns the files of a subrepository at the revision that this one records. Undefined if the repository or the
   * revision is not on this machine. Throws 'unsupported' for another kind than Mercurial, and for too many levels.
   */
  inside({ path: at, kind, revision, isPresent }: Subrepository<BytePath>): RevisionFiles | undefined {
    const name = toDisplay(at);
    if (kind !== 'hg') {
      throw new QuicksilverError('unsupported', `The subrepository ${name} is of another kind than Mercurial.`);
    }
    if (this.#level === MOST_LEVELS) {
      throw new QuicksilverError('unsupported', 'Subrepositories are nested too deeply.');
    }
    if (!isPresent) return undefined;
    const place = { vfs: this.#place.vfs, root: path.join(this.#place.root, name) };
    const repository = openRepository(place);
    const history = repository.history(repository.readDirstate());
    // One without a recorded revision has no files.
    const found = revision === undefined ? -1 : repository.store.changelog.revlog.findNode(revision);
    if (found < 0 && revision !== undefined) return undefined;
    return new RevisionFiles(place, repository, history, found, this.#level + 1);
  }

  #tree(): StoreTree {
    return this.#repository.store.baseTree(this.node);
  }
}
