// The files that differ between two revisions, or between one and the working copy, as `quicksilver status --rev` reads
// them.
import type { BytePath } from '../../../base/bytePath.ts';
import { QuicksilverError } from '../../../base/errors.ts';
import type { HgConfig } from '../../../mercurial/config/hgConfig.ts';
import type { CopyRevision } from '../../../mercurial/history/copyTracing.ts';
import type { History } from '../../../mercurial/history/history.ts';
import type { ResolvedRevision } from '../../../mercurial/history/resolve.ts';
import type { Dirstate } from '../../../mercurial/dirstate/dirstate.ts';
import type { MercurialRepository } from '../../../mercurial/repository/repository.ts';
import { NULL_NODE_HEX } from '../../../mercurial/store/node.ts';
import { reversed, statusBetween, statusToWorkingCopy, type RevisionDiff } from '../../../status/revisionStatus.ts';
import { runStatus, type StatusEntry, type StatusResult } from '../../../status/status.ts';
import { newWorkCounters, type Status, type StatusInput, type WorkCounters } from '../../../status/types.ts';
import { settledStatus, type RepositorySnapshot } from '../snapshot.ts';
import { readMoreStatus, type MoreStatus } from './moreStatus.ts';
import {
  copiesWithLargeNames,
  largeComparison,
  showsStandins,
  StandinsShown,
  withLargeNames,
  withoutStandinSources,
  withStandinPaths,
} from './largefilesComparison.ts';
import { openRepository, type RepositoryPlace } from './open.ts';
import { inSelection, type SelectedPaths } from './selectedPaths.ts';

/** The two sides: a changeset and its first parent, or the first and the last of some revisions. */
export type ComparedSides = { readonly change: string } | { readonly revisions: readonly string[] };

export interface Comparison {
  readonly sides: ComparedSides;
  readonly wanted: ReadonlySet<Status>;
  /** True to find the sources of copies. */
  readonly copies: boolean;
  readonly signal: AbortSignal;
  /** @param input of the working copy; undefined if paths of revisions are selected */
  readonly select: (input: StatusInput | undefined) => Promise<SelectedPaths>;
}

/** A finished comparison: the entries and the messages about it. */
export interface ComparedStatus {
  readonly entries: readonly StatusEntry[];
  readonly outcome: WorkCounters;
  /** Warnings about ignore files. */
  readonly warnings: readonly string[];
  readonly unreadable: StatusResult['unreadable'];
  /** Returns true for a path of the other side, which need not be on disk. */
  isKnown(path: BytePath): boolean;
}

const NOTHING: ComparedStatus = {
  entries: [],
  outcome: newWorkCounters(),
  warnings: [],
  unreadable: [],
  isKnown: () => false,
};

export class RevisionComparer {
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

  /** Throws what reading the notes on a merge throws. */
  more(): MoreStatus {
    return readMoreStatus(this.#place.vfs, this.#repository, this.#repository.readDirstate());
  }

  /** Throws 'unsupported' if the configuration makes Mercurial read copies from another place than filelogs. */
  checkCopies(): void {
    const { config } = this;
    const source = config.get('experimental', 'copies.read-from')?.value ?? 'filelog-only';
    const tracing = config.get('experimental', 'copytrace')?.value ?? 'on';
    if (source !== 'filelog-only') {
      throw new QuicksilverError('unsupported', `copies read from '${source}' (experimental.copies.read-from)`);
    }
    if (tracing.toLowerCase() === 'off' || ['0', 'no', 'false', 'never'].includes(tracing.toLowerCase())) {
      throw new QuicksilverError('unsupported', `copytrace '${tracing}' (experimental.copytrace) is not supported`);
    }
  }

  /** Compares the two sides as they are at one moment. Throws QuicksilverErrors. */
  async compare(comparison: Comparison): Promise<ComparedStatus> {
    const dirstate = this.#repository.readDirstate();
    const [from, to] = pairOf(comparison.sides, this.#repository.history(dirstate));
    if (from !== 'working-copy' && to !== 'working-copy') {
      return compareRevisions(this.#repository, dirstate, [from, to], comparison);
    }
    if (from === to) return NOTHING;
    try {
      return await compareWorkingCopy(this.#repository, comparison);
    } catch (error) {
      if (!(error instanceof StandinsShown)) throw error;
      const compared = await compareWorkingCopy(this.#repository.withStandins(), comparison);
      return { ...compared, entries: withoutStandinSources(compared.entries) };
    }
  }
}

/** The two sides as revisions. */
function pairOf(sides: ComparedSides, history: History): [ResolvedRevision, ResolvedRevision] {
  if ('change' in sides) {
    const revision = history.resolve(sides.change);
    if (revision === 'working-copy') return [history.parents()[0], revision];
    return [history.firstParent(revision), revision];
  }
  // With more than two, Mercurial takes the first and the last distinct one.
  const given = sides.revisions;
  const revisions = [...new Set(given.map(text => history.resolve(text)))];
  const first = revisions[0]!;
  return [first, given.length === 1 ? 'working-copy' : revisions.at(-1)!];
}

async function compareRevisions(
  repository: MercurialRepository,
  dirstate: Dirstate,
  [from, to]: readonly [number, number],
  { wanted, copies, select }: Comparison,
): Promise<ComparedStatus> {
  const selection = await select(undefined);
  const isSelected = selectedBy(selection);
  const { paths } = selection;
  const asStandins = showsStandins(repository, dirstate, selection);
  const hasLarge = repository.mayHaveLargefiles && !asStandins;
  return repository.store.whileStable(() => {
    const history = repository.history(dirstate);
    const entries = statusBetween(
      (options, sink) => history.diff(from, to, { ...options, paths, hasPatterns: isSelected !== undefined }, sink),
      wanted.has('clean'),
      isSelected,
    );
    const traced = copies
      ? history.copies({ revision: from }, { revision: to }, inSelection(selection), paths)
      : undefined;
    const compared = withCopies(entries, traced);
    const named = hasLarge ? withLargeNames(compared) : asStandins ? withoutStandinSources(compared) : compared;
    return { ...NOTHING, entries: named, outcome: newWorkCounters() };
  });
}

async function compareWorkingCopy(
  repository: MercurialRepository,
  { sides, wanted, copies, signal, select }: Comparison,
): Promise<ComparedStatus> {
  const rules = wanted.has('ignored') ? 'when-needed' : wanted.has('unknown') ? 'at-once' : 'never';
  let selection: SelectedPaths = { paths: undefined, filter: undefined };
  const { result, snapshot } = await settledStatus(repository, { rules }, async ({ input, dirstate }) => {
    selection = await select(input);
    if (showsStandins(repository, dirstate, selection)) throw new StandinsShown();
    return {
      paths: selection.paths,
      ignored: wanted.has('ignored') ? 'all' : 'none',
      clean: wanted.has('clean'),
      named: selection.paths && new Set(selection.paths),
      signal,
    };
  });
  const [undecided] = result.undecided;
  if (undecided !== undefined) throw undecided.why;
  const history = repository.history(snapshot.dirstate);
  const [from, to] = pairOf(sides, history);
  const isReversed = from === 'working-copy';
  const other = isReversed ? to : from;
  if (other === 'working-copy') throw new QuicksilverError('changed-while-reading', 'the revisions changed meanwhile');
  const parent = history.parents()[0];
  const accept = selection.filter;
  const working = result.entries.filter(
    ({ path, status }) => accept?.(path, status !== 'unknown' && status !== 'ignored') ?? true,
  );
  const { outcome } = result;
  let entries: readonly StatusEntry[] = working.map(({ path, status }) => ({ path, status }));
  if (other !== parent) {
    const node = history.node(other);
    const base = repository.baseTree({ p1: node });
    const { paths } = selection;
    const hasPatterns = accept !== undefined;
    const large = repository.mayHaveLargefiles;
    const diff: RevisionDiff = (options, sink) =>
      history.diff(other, parent, { ...options, paths: large ? withStandinPaths(paths) : paths, hasPatterns }, sink);
    const comparison = large
      ? largeComparison(
          repository,
          snapshot.dirstate,
          { revision: node, base },
          { toParent: diff, named: selection.bases ?? [], outcome },
        )
      : { base, toParent: diff, settle: (all: readonly StatusEntry[]) => all };
    entries = comparison.settle(
      statusToWorkingCopy({
        input: { ...snapshot.input, base: comparison.base },
        working: working.filter(entry => entry.status !== 'clean'),
        toParent: comparison.toParent,
        clean: wanted.has('clean'),
        isSelected: selectedBy(selection),
        outcome,
      }),
      working,
    );
  }
  if (isReversed) entries = reversed(entries);
  if (copies) {
    // Only as the older side do the files of the working copy end a search.
    const isWhole = selection.paths === undefined && accept === undefined;
    const changed = isReversed
      ? changedPaths(isWhole ? working : await changesOf(snapshot, signal))
      : new Set<BytePath>();
    const files = { dirstate: snapshot.dirstate, changed };
    entries = withCopies(entries, copiesToWorkingCopy(repository, files, other, isReversed, selection));
  }
  return {
    entries,
    outcome,
    warnings: snapshot.ignore()?.warnings ?? [],
    unreadable: result.unreadable,
    isKnown: path => other !== parent && history.hasPath(other, path),
  };
}

/** The changes of all files that the dirstate records. Throws why the status of one is unknown. */
async function changesOf({ input }: RepositorySnapshot, signal: AbortSignal): Promise<readonly StatusEntry[]> {
  const { entries, undecided } = await runStatus(input, { ignored: 'none', clean: false, signal });
  if (undecided[0] !== undefined) throw undecided[0].why;
  return entries;
}

function changedPaths(entries: readonly StatusEntry[]): ReadonlySet<BytePath> {
  return new Set(entries.filter(({ status }) => status !== 'clean').map(({ path }) => path));
}

/** The dirstate, and the paths that are not in the working copy as they are in its first parent. */
interface WorkingFiles {
  readonly dirstate: Dirstate;
  readonly changed: ReadonlySet<BytePath>;
}

/** Large files are copied as their stand-ins are, and only if the stand-in is selected. */
function copiesToWorkingCopy(
  repository: MercurialRepository,
  { dirstate, changed }: WorkingFiles,
  other: number,
  isReversed: boolean,
  selection: SelectedPaths,
): ReadonlyMap<BytePath, BytePath> {
  const history = repository.history(dirstate);
  const [parent] = history.parents();
  const hasLarge = repository.mayHaveLargefiles;
  const recorded = hasLarge ? repository.withStandins().readDirstate() : dirstate;
  const compared: [CopyRevision, CopyRevision] = [
    { revision: other },
    workingCopyFiles({ dirstate: recorded, changed }, parent),
  ];
  if (isReversed) compared.reverse();
  const copies = history.copies(...compared, inSelection(selection), selection.paths);
  return hasLarge ? copiesWithLargeNames(copies) : copies;
}

function withCopies(
  entries: readonly StatusEntry[],
  copies: ReadonlyMap<BytePath, BytePath> | undefined,
): readonly StatusEntry[] {
  if (copies === undefined) return entries;
  return entries.map(entry => {
    const source = copies.get(entry.path);
    return source === undefined ? entry : { ...entry, source };
  });
}

/** Returns the selection by patterns; undefined if there are none, so that paths alone decide. */
function selectedBy({ filter }: SelectedPaths): ((path: BytePath) => boolean) | undefined {
  return filter && (path => filter(path, true));
}

/** The working copy as one side of a search for copies. */
function workingCopyFiles({ dirstate, changed }: WorkingFiles, parent: number): CopyRevision {
  const copies = new Map<BytePath, BytePath>();
  for (let node = 0; node < dirstate.nodeCount; node++) {
    const source = dirstate.isTracked(node) ? dirstate.copySource(node) : undefined;
    if (source !== undefined) copies.set(dirstate.path(node), source);
  }
  const has = (path: BytePath): boolean => {
    const node = dirstate.find(path);
    return node >= 0 && dirstate.isTracked(node);
  };
  const isUnchanged = (path: BytePath): boolean => !changed.has(path);
  return { revision: dirstate.p1 === NULL_NODE_HEX ? -1 : parent, workingCopy: { copies, has, isUnchanged } };
}
