// `quicksilver status`: the flags, the output and the exit code of `hg status`.
import { silentLogger } from '../base/log.ts';
import { toDisplay, type BytePath } from '../base/bytePath.ts';
import { onlyDecoders } from '../base/decodeAccelerators.ts';
import { createScanners } from '../status/bulk/createScanners.ts';
import { nativeParts } from '../status/bulk/native.ts';
import { newWorkCounters, type Status } from '../status/types.ts';
import { StatusReader, type ReadStatus } from '../backends/mercurial/commandLine/statusReader.ts';
import type { ParsedArguments } from './arguments.ts';
import { colorsFor } from './color.ts';
import { configuredArguments } from './configuredArguments.ts';
import { complain, EXIT_ERROR, EXIT_OK, EXIT_REFUSED, nameShownIn, usageError, type CommandIo } from './io.ts';
import { locateRepository } from './open.ts';
import { warnOfUnknownParent } from './parentWarnings.ts';
import { relativeTo, withSeparator } from './pathNames.ts';
import { selectPaths, type Restrictions, type RootedPattern, type Selection } from './selection.ts';
import { askForStatus, canBeServed, type NotServed, type ServedStatus } from './serverStatus.ts';
import type * as Subrepositories from './subrepositories.ts';
import { displaySettings } from './settings.ts';
import { inListingOrder, outcomeLine, writeStatus } from './statusOutput.ts';

const ALL: readonly Status[] = ['modified', 'added', 'removed', 'deleted', 'unknown', 'ignored', 'clean'];
const UNTRACKED: readonly Status[] = ['unknown', 'ignored'];

/**
 * Returns exit code 0, or 255 if the status of some files is not known. See commandTable.ts for the flags. Throws
 * QuicksilverErrors.
 */
export async function status(given: ParsedArguments, io: CommandIo): Promise<number> {
  if (isOfRevisions(given)) return (await import('./revisionStatus.ts')).revisionStatus(given, io);
  const started = performance.now();
  const place = locateRepository(given, io);
  const scanners = createScanners(silentLogger);
  const reader = new StatusReader(
    place,
    given.positionals.length > 0 ? onlyDecoders(scanners.accelerators) : scanners.accelerators,
  );
  const args = configuredArguments(given, 'status', reader.config, io);
  if (isOfRevisions(args)) {
    scanners.dispose();
    return (await import('./revisionStatus.ts')).revisionStatus(given, io);
  }
  const template = templateOf(args);
  const settings = displaySettings(reader.config, io, args.flags);
  const colors = colorsFor(reader.config, io, args.values.get('color'));
  for (const warning of colors.warnings) complain(io, warning);
  warnOfUnknownParent(io, reader);
  const wanted = wantedStatuses(args, settings.quiet);
  const terse = args.values.get('terse') ?? settings.terse;
  const considered = consideredStatuses(wanted, terse);
  const fromCwd = relativeTo(place.root, place.cwd, settings.separator);
  const fromRoot = withSeparator(settings.separator);
  let selected: Selection = { paths: undefined, filter: undefined, bases: [], complaints: [], inSubrepositories: [] };
  const withParts = args.flags.has('subrepos');
  const hasMore = settings.moreStatus || terse !== '' || withParts;
  const asked = await askServerFirst(args, { wanted: considered, hasMore }, () => askForStatus(place, reader, io));
  if (asked.kind === 'served') scanners.dispose();
  const rules = considered.has('ignored') ? 'when-needed' : considered.has('unknown') ? 'at-once' : 'never';
  const scan = (): Promise<ReadStatus> =>
    reader
      .read(rules, async input => {
        const { excluded: subrepositories } = input.rules;
        const isSubrepository =
          subrepositories.size > 0 ? (await loadSubrepositories()).subrepositoryTest(place) : undefined;
        selected = await selectPaths(
          args.positionals,
          { ...place, statCache: input.statCache, subrepositories, isSubrepository },
          compileLater,
          restrictionsOf(args),
        );
        const { paths, filter } = selected;
        return {
          filter,
          // The list of subrepositories must be unchanged.
          paths: paths && withParts ? [...paths, ...(await loadSubrepositories()).LIST_FILES] : paths,
          ignored: considered.has('ignored') ? 'all' : 'none',
          clean: considered.has('clean'),
          named: paths && new Set(paths),
          signal: io.signal,
          bulk: { scanners },
        };
      })
      .finally(() => scanners.dispose());
  const scanned = asked.kind === 'served' ? undefined : await scan();
  const own = asked.kind === 'served' ? asked.entries : (scanned?.result.entries ?? []);
  const parts = withParts ? await loadSubrepositories() : undefined;
  const inParts = await parts?.inSubrepositories(io, place, own, considered, selected);
  const all =
    parts === undefined || inParts === undefined
      ? own
      : [...own.filter(({ path }) => parts.isSelected(path, selected.paths)), ...inParts.entries];
  const warnings = asked.kind === 'served' && rules !== 'never' ? asked.warnings : scanned?.warnings;
  for (const warning of warnings ?? []) complain(io, warning);
  const shownInErrors = nameShownIn(io.stderr);
  for (const { path, reason } of [...selected.complaints, ...(inParts?.complaints ?? [])])
    io.stderr.write(`${shownInErrors((settings.relativeMessages ? fromCwd : fromRoot)(path))}: ${reason}\n`);
  for (const { path, code } of scanned?.result.unreadable ?? [])
    complain(io, `${toDisplay(path)}: cannot be read (${code})`);
  const accept = selected.filter;
  const undecided = (scanned?.result.undecided ?? []).filter(({ path }) => accept?.(path, true) ?? true);
  for (const { path, why } of undecided) complain(io, `${toDisplay(path)}: may be modified: ${why.message}`);
  const isRelative = settings.relative === 'legacy' ? args.positionals.length > 0 : settings.relative;
  const entries =
    accept === undefined ? all : all.filter(({ path, status: kind }) => accept(path, !UNTRACKED.includes(kind)));
  const shown = terse === '' ? entries : (await import('./terse.ts')).abbreviated(entries, terse);
  writeStatus(
    inListingOrder(shown, wanted),
    {
      template,
      noStatus: args.flags.has('no-status'),
      copies: settings.copies || args.flags.has('copies') || args.flags.has('all'),
      print0: args.flags.has('print0'),
      paint: colors.paint,
      more: settings.moreStatus ? scanned?.more() : undefined,
      pathFromCwd: fromCwd,
      displayPath: isRelative ? fromCwd : fromRoot,
    },
    io.stdout,
  );
  if (args.flags.has('stats')) {
    complain(io, asked.kind === 'served' ? 'server: answered' : `server: ${asked.why}`);
    complain(io, outcomeLine(scanned?.result.outcome ?? newWorkCounters(), performance.now() - started));
    complain(io, `native code: ${nativeParts()}`);
  }
  if (undecided.length === 0) return EXIT_OK;
  return undecided.every(({ why }) => why.code === 'unsupported') ? EXIT_REFUSED : EXIT_ERROR;
}

const loadSubrepositories = (): Promise<typeof Subrepositories> => import('./subrepositories.ts');

function isOfRevisions({ values }: ParsedArguments): boolean {
  return values.has('rev') || values.has('change');
}

/** Asks the shared server, unless it is forbidden or cannot know the answer. */
async function askServerFirst(
  args: ParsedArguments,
  { wanted, hasMore }: { readonly wanted: ReadonlySet<Status>; readonly hasMore: boolean },
  ask: () => Promise<ServedStatus | NotServed>,
): Promise<ServedStatus | NotServed> {
  if (args.flags.has('no-server')) return { kind: 'none', why: 'not asked' };
  const { include, exclude } = restrictionsOf(args);
  const isWhole = args.positionals.length + include.length + exclude.length === 0;
  if (!isWhole || hasMore || !canBeServed(wanted)) return { kind: 'none', why: 'it knows too little for this' };
  return ask();
}

/** Which statuses the flags ask for. Those of --all win over the others, as in Mercurial. */
export function wantedStatuses(args: ParsedArguments, quiet: boolean): ReadonlySet<Status> {
  if (args.flags.has('all')) return new Set(quiet ? ALL.filter(kind => !UNTRACKED.includes(kind)) : ALL);
  const chosen = ALL.filter(kind => args.flags.has(kind));
  if (chosen.length > 0) return new Set(chosen);
  const shown: Status[] = ['modified', 'added', 'removed', 'deleted'];
  return new Set(quiet ? shown : [...shown, 'unknown']);
}

/**
 * Returns the statuses of files that decide if directories are abbreviated, or `wanted` if none are. Clean and
 * untracked files always count, ignored ones only if they are shown or abbreviated.
 */
export function consideredStatuses(wanted: ReadonlySet<Status>, terse: string): ReadonlySet<Status> {
  if (terse === '') return wanted;
  const countsIgnored = wanted.has('ignored') || terse.includes('i');
  return new Set(ALL.filter(kind => kind !== 'ignored' || countsIgnored));
}

/** Returns the values of --include and --exclude. */
export function restrictionsOf({ repeated }: ParsedArguments): Restrictions {
  return { include: repeated.get('include') ?? [], exclude: repeated.get('exclude') ?? [] };
}

/** Returns the requested form of output. Throws a 'usage' error for an unknown one. */
export function templateOf(args: ParsedArguments): 'text' | 'json' {
  const template = args.values.get('template');
  if (template === undefined) return 'text';
  if (template === 'json') return 'json';
  throw usageError(`template '${template}' is not supported: there is 'json'`);
}

/** Compiles patterns, whose code is loaded only then. */
export async function compileLater(
  patterns: readonly RootedPattern[],
  reach: 'whole' | 'orParent',
): Promise<(path: BytePath) => boolean> {
  return (await import('../backends/mercurial/commandLine/pathPatterns.ts')).compilePathPatterns(patterns, reach);
}
