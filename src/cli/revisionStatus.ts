// `quicksilver status --rev A [--rev B]` and `--change A`: as `hg status`, between two revisions, or from one to the
// working copy.
import { toDisplay, type BytePath } from '../base/bytePath.ts';
import { QuicksilverError } from '../base/errors.ts';
import type { CopyRevision } from '../mercurial/history/copyTracing.ts';
import type { History } from '../mercurial/history/history.ts';
import type { ResolvedRevision } from '../mercurial/history/resolve.ts';
import { NULL_NODE_HEX } from '../mercurial/store/node.ts';
import type { MercurialRepository } from '../mercurial/repository/repository.ts';
import { reversed, statusBetween, statusToWorkingCopy } from '../status/revisionStatus.ts';
import type { StatusEntry } from '../status/status.ts';
import { newWorkCounters, type WorkCounters, type Status } from '../status/types.ts';
import { settledStatus, type RepositorySnapshot } from '../backends/mercurial/snapshot.ts';
import type { ParsedArguments } from './arguments.ts';
import { colorsFor } from './color.ts';
import { complain, EXIT_OK, nameShownIn, usageError, type CommandIo } from './io.ts';
import { readMoreStatus } from './moreStatus.ts';
import { locateRepository, openForRevisions, type LocatedRepository } from './open.ts';
import { relativeTo, withSeparator } from './pathNames.ts';
import { selectPaths, type Selection } from './selection.ts';
import { displaySettings } from './settings.ts';
import { compileLater, restrictionsOf, templateOf, wantedStatuses } from './status.ts';
import { inListingOrder, outcomeLine, writeStatus } from './statusOutput.ts';

/** A finished comparison: the entries and the messages about it. */
interface Answer {
  readonly entries: readonly StatusEntry[];
  readonly outcome: WorkCounters;
  readonly complaints: Selection['complaints'];
  readonly warnings: readonly string[];
}

interface Request {
  readonly args: ParsedArguments;
  readonly io: CommandIo;
  readonly place: LocatedRepository;
  readonly repository: MercurialRepository;
  readonly wanted: ReadonlySet<Status>;
  readonly copies: boolean;
}

/** Exit code 0; see commands.ts for the flags. Throws QuicksilverErrors. */
export async function revisionStatus(args: ParsedArguments, io: CommandIo): Promise<number> {
  const started = performance.now();
  if (args.values.has('rev') && args.values.has('change')) {
    throw usageError('--rev and --change cannot be given together');
  }
  const template = templateOf(args);
  const place = locateRepository(args, io);
  const repository = openForRevisions(place);
  const settings = displaySettings(repository.config, io, args.flags);
  const colors = colorsFor(repository.config, io, args.values.get('color'));
  const noStatus = args.flags.has('no-status');
  const copies = (settings.copies || args.flags.has('copies') || args.flags.has('all')) && !noStatus;
  if (copies) refuseOtherCopies(repository);
  const wanted = wantedStatuses(args, settings.quiet);
  const answer = await compare({ args, io, place, repository, wanted, copies });
  const fromCwd = relativeTo(place.root, place.cwd, settings.separator);
  const fromRoot = withSeparator(settings.separator);
  for (const warning of [...colors.warnings, ...answer.warnings]) complain(io, warning);
  const shownInErrors = nameShownIn(io.stderr);
  for (const { path, reason } of answer.complaints)
    io.stderr.write(`${shownInErrors((settings.relativeMessages ? fromCwd : fromRoot)(path))}: ${reason}\n`);
  const isRelative = settings.relative === 'legacy' ? args.positionals.length > 0 : settings.relative;
  const print0 = args.flags.has('print0');
  const displayPath = isRelative ? fromCwd : fromRoot;
  const more = settings.moreStatus ? readMoreStatus(place, repository, repository.readDirstate()) : undefined;
  const format = { template, noStatus, copies, print0, displayPath, paint: colors.paint, more, pathFromCwd: fromCwd };
  writeStatus(inListingOrder(answer.entries, wanted), format, io.stdout);
  if (args.flags.has('stats')) complain(io, outcomeLine(answer.outcome, performance.now() - started));
  return EXIT_OK;
}

async function compare(request: Request): Promise<Answer> {
  const { repository } = request;
  const dirstate = repository.readDirstate();
  const [from, to] = pairOf(request.args, repository.history(dirstate));
  if (from !== 'working-copy' && to !== 'working-copy') return compareRevisions(request, dirstate, from, to);
  if (from === to) return { entries: [], outcome: newWorkCounters(), complaints: [], warnings: [] };
  return compareWorkingCopy(request);
}

/** The two sides that the options name. */
function pairOf(args: ParsedArguments, history: History): [ResolvedRevision, ResolvedRevision] {
  const change = args.values.get('change');
  if (change !== undefined) {
    const revision = history.resolve(change === '' ? '.' : change);
    if (revision === 'working-copy') return [history.parents()[0], revision];
    return [history.firstParent(revision), revision];
  }
  // With more than two, Mercurial takes the first and the last distinct one.
  const given = args.repeated.get('rev') ?? [];
  const revisions = [...new Set(given.map(text => history.resolve(text)))];
  const first = revisions[0]!;
  return [first, given.length === 1 ? 'working-copy' : revisions.at(-1)!];
}

async function compareRevisions(
  { args, place, repository, wanted, copies }: Request,
  parents: { readonly p1: string; readonly p2: string },
  from: number,
  to: number,
): Promise<Answer> {
  const selection = await selectPaths(
    args.positionals,
    { ...place, statCache: undefined, controlDirectory: '.hg' },
    compileLater,
    restrictionsOf(args),
  );
  const isSelected = selectedBy(selection);
  const { paths } = selection;
  return repository.store.whileStable(() => {
    const history = repository.history(parents);
    const entries = statusBetween(
      (options, sink) => history.diff(from, to, { ...options, paths, hasPatterns: isSelected !== undefined }, sink),
      wanted.has('clean'),
      isSelected,
    );
    const traced = copies
      ? history.copies({ revision: from }, { revision: to }, inSelection(selection), paths)
      : undefined;
    return {
      entries: withCopies(entries, traced),
      outcome: newWorkCounters(),
      complaints: [],
      warnings: [],
    };
  });
}

async function compareWorkingCopy(request: Request): Promise<Answer> {
  const { args, io, place, repository, wanted, copies } = request;
  const rules = wanted.has('ignored') ? 'when-needed' : wanted.has('unknown') ? 'at-once' : 'never';
  let selection: Selection = { paths: undefined, filter: undefined, bases: [], complaints: [] };
  const { result, snapshot } = await settledStatus(repository, { rules }, async ({ input }) => {
    selection = await selectPaths(
      args.positionals,
      { ...place, statCache: input.statCache, controlDirectory: input.rules.controlDirectory },
      compileLater,
      restrictionsOf(args),
    );
    return {
      paths: selection.paths,
      ignored: wanted.has('ignored') ? 'all' : 'none',
      clean: wanted.has('clean'),
      signal: io.signal,
    };
  });
  const [undecided] = result.undecided;
  if (undecided !== undefined) throw undecided.why;
  const history = repository.history(snapshot.dirstate);
  const [from, to] = pairOf(args, history);
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
  let { complaints } = selection;
  if (other !== parent) {
    const base = repository.store.baseTree(history.node(other));
    entries = statusToWorkingCopy({
      input: { ...snapshot.input, base },
      working: working.filter(entry => entry.status !== 'clean'),
      toParent: (options, sink) =>
        history.diff(other, parent, { ...options, paths: selection.paths, hasPatterns: accept !== undefined }, sink),
      clean: wanted.has('clean'),
      isSelected: selectedBy(selection),
      outcome,
    });
    complaints = complaints.filter(({ path }) => !history.hasPath(other, path));
  }
  const workingSide = workingCopyFiles(snapshot, parent);
  const sides: [CopyRevision, CopyRevision] = [{ revision: other }, workingSide];
  if (isReversed) {
    entries = reversed(entries);
    sides.reverse();
  }
  const traced = copies ? history.copies(...sides, inSelection(selection), selection.paths) : undefined;
  for (const { path, code } of result.unreadable) complain(io, `${toDisplay(path)}: cannot be read (${code})`);
  return { entries: withCopies(entries, traced), outcome, complaints, warnings: snapshot.ignore()?.warnings ?? [] };
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
function selectedBy({ filter }: Selection): ((path: BytePath) => boolean) | undefined {
  return filter && (path => filter(path, true));
}

/** Returns the selection by patterns and paths, for a caller that did not restrict the paths itself. */
function inSelection({ paths, filter }: Selection): ((path: BytePath) => boolean) | undefined {
  if (paths === undefined && filter === undefined) return undefined;
  const given = new Set<string>(paths);
  return path => {
    if (filter !== undefined && !filter(path, true)) return false;
    if (paths === undefined || given.has('') || given.has(path)) return true;
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      if (given.has(path.slice(0, slash))) return true;
    }
    return false;
  };
}

/** The working copy as one side of a search for copies. */
function workingCopyFiles({ dirstate }: RepositorySnapshot, parent: number): CopyRevision {
  const copies = new Map<BytePath, BytePath>();
  for (let node = 0; node < dirstate.nodeCount; node++) {
    const source = dirstate.isTracked(node) ? dirstate.copySource(node) : undefined;
    if (source !== undefined) copies.set(dirstate.path(node), source);
  }
  const has = (path: BytePath): boolean => {
    const node = dirstate.find(path);
    return node >= 0 && dirstate.isTracked(node);
  };
  return { revision: dirstate.p1 === NULL_NODE_HEX ? -1 : parent, workingCopy: { copies, has } };
}

/** Throws 'unsupported' if the configuration makes Mercurial read copies from another place than filelogs. */
function refuseOtherCopies({ config }: MercurialRepository): void {
  const source = config.get('experimental', 'copies.read-from')?.value ?? 'filelog-only';
  const tracing = config.get('experimental', 'copytrace')?.value ?? 'on';
  if (source !== 'filelog-only') {
    throw new QuicksilverError('unsupported', `copies read from '${source}' (experimental.copies.read-from)`);
  }
  if (tracing.toLowerCase() === 'off' || ['0', 'no', 'false', 'never'].includes(tracing.toLowerCase())) {
    throw new QuicksilverError('unsupported', `copytrace '${tracing}' (experimental.copytrace) is not supported`);
  }
}
