// The files of one revision, as `quicksilver cat` reads them.
import { toDisplay, type BytePath } from '../../../base/bytePath.ts';
import { QuicksilverError } from '../../../base/errors.ts';
import type { HgConfig } from '../../../mercurial/config/hgConfig.ts';
import type { History } from '../../../mercurial/history/history.ts';
import type { MercurialRepository } from '../../../mercurial/repository/repository.ts';
import { openForRevisions, type RepositoryPlace } from './open.ts';

/** A repository whose revisions can be asked for their files. */
export class RevisionFilesReader {
  readonly #repository: MercurialRepository;

  /** Throws 'unsupported' for a repository that has no exact answer. */
  constructor(place: RepositoryPlace) {
    this.#repository = openForRevisions(place);
  }

  get config(): HgConfig {
    return this.#repository.config;
  }

  /** Returns the files of a revision, given its name. Throws a 'usage' error for an unknown one. */
  of(text: string): RevisionFiles | 'working-copy' {
    const history = this.#repository.history(this.#repository.readDirstate());
    const revision = history.resolve(text);
    return revision === 'working-copy' ? revision : new RevisionFiles(this.#repository, history, revision);
  }
}

export class RevisionFiles {
  readonly #repository: MercurialRepository;
  readonly #history: History;
  readonly #revision: number;
  /** The id of the changeset, 40 hexadecimal digits. */
  readonly node: string;

  constructor(repository: MercurialRepository, history: History, revision: number) {
    this.#repository = repository;
    this.#history = history;
    this.#revision = revision;
    this.node = history.node(revision);
  }

  /** Returns the files at or below `paths` (all, if undefined). */
  list(paths: readonly BytePath[] | undefined): BytePath[] {
    const found: BytePath[] = [];
    this.#repository.store.whileStable(() => {
      found.length = 0;
      this.#history.diff(-1, this.#revision, { paths }, path => void found.push(path));
    });
    return found;
  }

  /** Returns true if the path is a file or a directory of the revision. */
  has(path: BytePath): boolean {
    return this.#history.hasPath(this.#revision, path);
  }

  /** Returns the content, checked against the file node. Errors name the file and the revision. */
  content(path: BytePath): Buffer {
    const { store, config } = this.#repository;
    const name = `${toDisplay(path)} in ${this.node.slice(0, 12)}`;
    try {
      const file = store.baseTree(this.node).find(path);
      if (file === undefined) throw new QuicksilverError('changed-while-reading', 'it is not there any more');
      const log = store.filelog(path);
      const revision = log?.revlog.findNode(file.revision) ?? -1;
      const isCensored = log !== undefined && revision >= 0 && log.isCensored(revision);
      if (isCensored && config.get('censor', 'policy')?.value !== 'ignore') {
        throw new QuicksilverError(
          'unsupported',
          `its content was removed on purpose (censored node ${file.revision})`,
        );
      }
      return file.content();
    } catch (error) {
      if (!(error instanceof QuicksilverError)) throw error;
      throw new QuicksilverError(error.code, `${name}: ${error.message}`, { file: error.file, cause: error });
    }
  }
}
