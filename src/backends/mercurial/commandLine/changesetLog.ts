// The changesets of a repository, as `quicksilver log` reads them.
import { toDisplay, type BytePath } from '../../../base/bytePath.ts';
import { fileHistory } from '../../../mercurial/annotate/fileHistory.ts';
import { finish } from '../../../mercurial/annotate/finish.ts';
import type { HgConfig } from '../../../mercurial/config/hgConfig.ts';
import type { HistoryModel } from '../../../mercurial/history/historyModel.ts';
import { revisionSet } from '../../../mercurial/history/revisionSet.ts';
import { NULL_NODE_HEX } from '../../../mercurial/store/node.ts';
import type { HistoryRow } from '../../../workingCopy/historyQueries.ts';
import { openRepository, type RepositoryPlace } from './open.ts';

/** The recorded facts of a changeset. Texts are in display form, file names are not. */
export interface LoggedChangeset {
  readonly user: string;
  readonly branch: string;
  readonly description: string;
  readonly files: readonly BytePath[];
}

/** All changesets as they were when this was made. They are named by their revision numbers. */
export class ChangesetLog {
  readonly config: HgConfig;
  readonly #model: HistoryModel;

  /** Throws QuicksilverErrors. */
  constructor(place: RepositoryPlace) {
    const repository = openRepository(place);
    const { p1, p2 } = repository.readDirstate();
    this.config = repository.config;
    this.#model = repository.historyModel();
    finish(this.#model.load([p1, p2]));
  }

  get count(): number {
    return this.#model.count;
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

  changeset(revision: number): LoggedChangeset {
    return this.#model.changeset(revision);
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
    const model = this.#model;
    return revisionSet(text, {
      count: model.count,
      parents: model.parents,
      isHidden: revision => model.isHidden(revision),
      resolve: name => model.history.resolve(name),
      phaseOf: revision => model.phaseOf(revision),
      changeset: revision => model.changeset(revision),
      branchNames: () => this.branchNames(),
      tagged: () => [...model.history.tags(false).values()],
      bookmarked: () => [...model.bookmarks().keys()],
    });
  }

  /** Yields the changesets that changed a file, the newest first, across copies and renames. */
  *fileHistory(path: BytePath, start: number): Generator<number> {
    let last = -1;
    for (const { changeset } of fileHistory(this.#model.history.fileHistory(), path, start)) {
      if (changeset !== last) yield changeset;
      last = changeset;
    }
  }
}
