// `quicksilver annotate`: the changeset that brought each line of a file, as `hg annotate` prints it.
import { compareBytes, toDisplay, type BytePath } from '../base/bytePath.ts';
import { QuicksilverError } from '../base/errors.ts';
import { annotateRevision, annotateText, type AnnotateOptions } from '../mercurial/annotate/annotate.ts';
import { fileRevisionAt } from '../mercurial/annotate/fileRevisions.ts';
import { finish } from '../mercurial/annotate/finish.ts';
import { readWorkingFile, workingParents } from '../mercurial/annotate/workingFile.ts';
import type { HgConfig } from '../mercurial/config/hgConfig.ts';
import type { Dirstate } from '../mercurial/dirstate/dirstate.ts';
import type { History } from '../mercurial/history/history.ts';
import type { MercurialRepository } from '../mercurial/repository/repository.ts';
import type { AnnotateColumn, AnnotatedFile, AnnotateFormat, ShownChangeset } from './annotateOutput.ts';
import { writeAnnotations } from './annotateOutput.ts';
import type { ParsedArguments } from './arguments.ts';
import { EXIT_OK, usageError, type CommandIo } from './io.ts';
import { locateRepository, openForRevisions, type LocatedRepository } from './open.ts';
import { selectPaths } from './selection.ts';
import { displaySettings } from './settings.ts';
import { compileLater, restrictionsOf, templateOf } from './status.ts';

/** Exit code 0. Throws QuicksilverErrors. */
export async function annotate(args: ParsedArguments, io: CommandIo): Promise<number> {
  if (args.positionals.length === 0) throw usageError('at least one filename or pattern is required');
  const place = locateRepository(args, io);
  const repository = openForRevisions(place);
  const dirstate = repository.readDirstate();
  const history = repository.history(dirstate);
  const view = new View(place, repository, dirstate, history, args);
  const format = formatOf(args, repository.config, io, view.isWorkingCopy);
  const { paths, filter, bases } = await selectPaths(
    args.positionals,
    { ...place, statCache: undefined, controlDirectory: '.hg' },
    compileLater,
    restrictionsOf(args),
  );
  const found = view.files(paths).filter(path => filter?.(path, true) ?? true);
  const files = found.sort(compareBytes).map(path => view.annotate(path));
  writeAnnotations(files, format, revision => view.changeset(revision), io.stdout);
  // As with `hg annotate`, a name without a file is an error that comes after the others' lines.
  if (filter === undefined) {
    const missing = bases.find(base => !found.some(path => path === base || path.startsWith(`${base}/`)));
    if (missing !== undefined && missing !== '') throw view.noSuchFile(missing);
  }
  return EXIT_OK;
}

/** The changeset or the working copy whose files the command annotates. */
class View {
  readonly #place: LocatedRepository;
  readonly #repository: MercurialRepository;
  readonly #dirstate: Dirstate;
  readonly #history: History;
  /** Undefined for the working copy. */
  readonly #revision: number | undefined;
  readonly #options: AnnotateOptions;
  readonly #asText: boolean;
  readonly #changesets = new Map<number, ShownChangeset>();

  constructor(
    place: LocatedRepository,
    repository: MercurialRepository,
    dirstate: Dirstate,
    history: History,
    args: ParsedArguments,
  ) {
    this.#place = place;
    this.#repository = repository;
    this.#dirstate = dirstate;
    this.#history = history;
    const resolved = history.resolve(args.values.get('rev') ?? '.');
    this.#revision = resolved === 'working-copy' ? undefined : resolved;
    this.#asText = args.flags.has('text');
    this.#options = optionsOf(args, repository.config, history);
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
        const text = readWorkingFile(this.#place.vfs, this.#place.root, path);
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

  #isBinary(text: Buffer): boolean {
    return !this.#asText && text.includes(0);
  }
}

const COLUMNS: readonly AnnotateColumn[] = ['user', 'number', 'changeset', 'date', 'file', 'line-number'];

function formatOf(args: ParsedArguments, config: HgConfig, io: CommandIo, marksOwn: boolean): AnnotateFormat {
  const template = templateOf(args);
  const columns = new Set(COLUMNS.filter(column => args.flags.has(column)));
  const { quiet } = displaySettings(config, io);
  // A line without any other column shows its number.
  if (!['user', 'changeset', 'date', 'file'].some(column => args.flags.has(column))) columns.add('number');
  if (columns.has('line-number') && !columns.has('number') && !columns.has('changeset')) {
    throw usageError('at least one of -n/-c is required for -l');
  }
  const verbose = args.flags.has('verbose');
  return { template, columns, marksOwn, verbose, quiet: args.flags.has('quiet') || quiet };
}

function optionsOf(args: ParsedArguments, config: HgConfig, history: History): AnnotateOptions {
  const asked = (flag: string, setting: string): boolean =>
    args.flags.has(flag) || config.boolean('annotate', setting, false);
  const skipped = new Set(
    (args.repeated.get('skip') ?? []).map(text => {
      const revision = history.resolve(text);
      if (revision === 'working-copy') throw usageError('the working copy cannot be skipped');
      return revision;
    }),
  );
  return {
    followsCopies: !args.flags.has('no-follow'),
    whitespace: {
      all: asked('ignore-all-space', 'ignorews'),
      amount: asked('ignore-space-change', 'ignorewsamount'),
      endOfLine: asked('ignore-space-at-eol', 'ignorewseol'),
    },
    skips: changeset => skipped.has(changeset),
  };
}
