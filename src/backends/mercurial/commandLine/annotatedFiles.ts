// The lines of files with the changesets that brought them, as `quicksilver annotate` reads them.
import { toDisplay, type BytePath } from '../../../base/bytePath.ts';
import { QuicksilverError } from '../../../base/errors.ts';
import {
  annotateRevision,
  annotateText,
  type AnnotateOptions,
  type Annotation,
} from '../../../mercurial/annotate/annotate.ts';
import { fileRevisionAt } from '../../../mercurial/annotate/fileRevisions.ts';
import { finish } from '../../../mercurial/annotate/finish.ts';
import type { WhitespaceOptions } from '../../../mercurial/annotate/whitespace.ts';
import { readWorkingFile, workingParents } from '../../../mercurial/annotate/workingFile.ts';
import type { HgConfig } from '../../../mercurial/config/hgConfig.ts';
import type { Dirstate } from '../../../mercurial/dirstate/dirstate.ts';
import type { History } from '../../../mercurial/history/history.ts';
import type { MercurialRepository } from '../../../mercurial/repository/repository.ts';
import { subrepositories } from '../../../mercurial/repository/subrepos.ts';
import { lastOf, revisionsNamed } from './namedRevisions.ts';
import { openRepository, type RepositoryPlace } from './open.ts';
import { subrepositoriesOf } from './recordedSubrepositories.ts';

export interface AnnotatedFile {
  readonly path: BytePath;
  readonly text: Buffer;
  /** Undefined for a binary file. */
  readonly annotation: FileLines | undefined;
}

/** Where the lines of a file come from. */
export type FileLines = Pick<Annotation, 'sources' | 'lineNumbers' | 'skipped' | 'revisions'>;

/** The facts of a changeset that can be shown beside a line. */
export interface ShownChangeset {
  readonly revision: number;
  readonly node: string;
  readonly user: string;
  /** Seconds since 1970, and seconds west of UTC. */
  readonly time: number;
  readonly timezone: number;
  /** True for the working copy: `revision` and `node` are its first parent's. */
  readonly isWorkingCopy: boolean;
}

export interface AnnotateRequest {
  /** Names the changeset or the working copy, or is a set whose last changeset counts. */
  readonly revision: string;
  /** Treat every file as text. */
  readonly asText: boolean;
  readonly followsCopies: boolean;
  readonly whitespace: WhitespaceOptions;
  /** Names and sets of changesets that are passed over. */
  readonly skipped: readonly string[];
}

export class AnnotateReader {
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

  /** Throws a 'usage' error for an unknown revision. */
  view(request: AnnotateRequest): AnnotatedView {
    return new AnnotatedView(this.#place, this.#repository, request);
  }
}

/** The changeset or the working copy whose files a command annotates. */
export class AnnotatedView {
  readonly #place: RepositoryPlace;
  readonly #repository: MercurialRepository;
  readonly #dirstate: Dirstate;
  readonly #history: History;
  /** Undefined for the working copy. */
  readonly #revision: number | undefined;
  readonly #options: AnnotateOptions;
  readonly #asText: boolean;
  readonly #changesets = new Map<number, ShownChangeset>();

  constructor(place: RepositoryPlace, repository: MercurialRepository, request: AnnotateRequest) {
    const { revision, asText, followsCopies, whitespace, skipped } = request;
    this.#place = place;
    this.#repository = repository;
    this.#dirstate = repository.readDirstate();
    this.#history = repository.history(this.#dirstate);
    const resolved = lastOf(revisionsNamed(revision, repository, this.#dirstate, this.#history));
    this.#revision = resolved === 'working-copy' ? undefined : resolved;
    // In a revision, as for hg, stand-ins are ordinary files. In the working copy large files are beside them.
    if (this.#revision === undefined && repository.hasLargefile(this.#dirstate, () => true)) {
      throw new QuicksilverError('unsupported', 'Annotations of a working copy with large files are not supported.');
    }
    this.#asText = asText;
    const skips = new Set(skipped.flatMap(text => this.#skipped(text)));
    this.#options = { followsCopies, whitespace, skips: changeset => skips.has(changeset) };
  }

  get isWorkingCopy(): boolean {
    return this.#revision === undefined;
  }

  /** Paths of the files at or below `paths` (all, if undefined). */
  files(paths: readonly BytePath[] | undefined): BytePath[] {
    const found: BytePath[] = [];
    const revision = this.#revision;
    this.#repository.store.whileStable(() => {
      found.length = 0;
      this.#history.diff(-1, revision ?? this.#history.parents()[0], { paths }, path => void found.push(path));
    });
    if (revision !== undefined) return found;
    const isTracked = (path: BytePath): boolean => {
      const node = this.#dirstate.find(path);
      return node >= 0 && this.#dirstate.isTracked(node);
    };
    return [...new Set([...found, ...(paths ?? [])])].filter(isTracked);
  }

  annotate(path: BytePath): AnnotatedFile {
    const { store } = this.#repository;
    const source = this.#history.fileHistory();
    return store.whileStable(() => {
      const revision = this.#revision;
      if (revision === undefined) {
        const filter = this.#repository.encodeRules()?.filterKeepingKeywords(path);
        const text = readWorkingFile(this.#place, path, filter);
        if (this.#isBinary(text)) return { path, text, annotation: undefined };
        const parents = workingParents(source, this.#dirstate, this.#history.parents(), path);
        return { path, text, annotation: finish(annotateText(source, { text, ...parents }, this.#options)) };
      }
      const file = fileRevisionAt(source, path, revision);
      if (file === undefined) throw this.noSuchFile(path);
      const text = file.filelog.content(file.revision);
      if (this.#isBinary(text)) return { path, text, annotation: undefined };
      return { path, text, annotation: finish(annotateRevision(source, path, revision, this.#options)) };
    });
  }

  /** @param revision undefined for the working copy */
  changeset(revision: number | undefined): ShownChangeset {
    const key = revision ?? -1;
    let shown = this.#changesets.get(key);
    if (shown === undefined) this.#changesets.set(key, (shown = this.#read(revision)));
    return shown;
  }

  /** Returns the paths of the subrepositories: no command annotates files below them. */
  subrepositories(): BytePath[] {
    const { store } = this.#repository;
    const parts =
      this.#revision === undefined
        ? subrepositories(this.#place.vfs, this.#place.root, this.#dirstate)
        : subrepositoriesOf(store.baseTree(this.#history.node(this.#revision)), this.#place);
    return parts.map(part => part.path);
  }

  noSuchFile(path: BytePath): QuicksilverError {
    const revision = this.#revision;
    const place = revision === undefined ? 'the working copy' : `rev ${this.#history.node(revision).slice(0, 12)}`;
    return new QuicksilverError('usage', `${toDisplay(path)}: no such file in ${place}`);
  }

  #read(revision: number | undefined): ShownChangeset {
    if (revision !== undefined) {
      const { user, time, timezone } = this.#repository.store.changelog.read(revision);
      const node = this.#history.node(revision);
      return { revision, node, user, time, timezone, isWorkingCopy: false };
    }
    const parent = this.#history.parents()[0];
    const now = new Date();
    return {
      revision: parent,
      node: this.#history.node(parent),
      user: this.#repository.config.get('ui', 'username')?.value ?? '',
      time: Math.floor(now.getTime() / 1000),
      timezone: now.getTimezoneOffset() * 60,
      isWorkingCopy: true,
    };
  }

  #skipped(text: string): readonly number[] {
    return revisionsNamed(text, this.#repository, this.#dirstate, this.#history).map(revision => {
      if (revision === 'working-copy') throw new QuicksilverError('usage', 'the working copy cannot be skipped');
      return revision;
    });
  }

  #isBinary(text: Buffer): boolean {
    return !this.#asText && text.includes(0);
  }
}
