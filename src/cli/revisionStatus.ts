// `quicksilver status --rev A [--rev B]` and `--change A`: as `hg status`, between two revisions, or from one to the
// working copy.
import { RevisionComparer, type ComparedSides } from '../backends/mercurial/commandLine/revisionComparer.ts';
import { toDisplay } from '../base/bytePath.ts';
import type { ParsedArguments } from './arguments.ts';
import { colorsFor } from './color.ts';
import { configuredArguments } from './configuredArguments.ts';
import { complain, EXIT_OK, nameShownIn, usageError, type CommandIo } from './io.ts';
import { locateRepository } from './open.ts';
import { warnOfUnknownParent } from './parentWarnings.ts';
import { relativeTo, withSeparator } from './pathNames.ts';
import { selectPaths, type Selection } from './selection.ts';
import { displaySettings } from './settings.ts';
import { compileLater, consideredStatuses, restrictionsOf, templateOf, wantedStatuses } from './status.ts';
import { inListingOrder, outcomeLine, writeStatus } from './statusOutput.ts';

/** Exit code 0; see commandTable.ts for the flags. Throws QuicksilverErrors. */
export async function revisionStatus(given: ParsedArguments, io: CommandIo): Promise<number> {
  const started = performance.now();
  const place = locateRepository(given, io);
  const comparer = new RevisionComparer(place);
  const args = configuredArguments(given, 'status', comparer.config, io);
  if (args.values.has('rev') && (args.values.get('terse') ?? '') !== '') {
    throw usageError('cannot use --terse with --rev');
  }
  if (args.flags.has('subrepos')) throw usageError('--subrepos with revisions is not supported yet');
  if (args.values.has('rev') && args.values.has('change')) {
    throw usageError('--rev and --change cannot be given together');
  }
  const template = templateOf(args);
  const settings = displaySettings(comparer.config, io, args.flags);
  const colors = colorsFor(comparer.config, io, args.values.get('color'));
  const noStatus = args.flags.has('no-status');
  const copies = (settings.copies || args.flags.has('copies') || args.flags.has('all')) && !noStatus;
  if (copies) comparer.checkCopies();
  const wanted = wantedStatuses(args, settings.quiet);
  // As for `hg`, the configuration counts for --change, and not for --rev.
  const terse = args.values.has('rev') ? '' : (args.values.get('terse') ?? settings.terse);
  const considered = consideredStatuses(wanted, terse);
  let complaints: Selection['complaints'] = [];
  let hasWarned = false;
  const answer = await comparer.compare({
    sides: sidesOf(args),
    wanted: considered,
    copies,
    signal: io.signal,
    select: async input => {
      if (!hasWarned) warnOfUnknownParent(io, comparer);
      hasWarned = true;
      const selectionPlace = { ...place, statCache: input?.statCache };
      const selection = await selectPaths(args.positionals, selectionPlace, compileLater, restrictionsOf(args));
      complaints = selection.complaints;
      return selection;
    },
  });
  for (const { path, code } of answer.unreadable) complain(io, `${toDisplay(path)}: cannot be read (${code})`);
  const fromCwd = relativeTo(place.root, place.cwd, settings.separator);
  const fromRoot = withSeparator(settings.separator);
  for (const warning of [...colors.warnings, ...answer.warnings]) complain(io, warning);
  const shownInErrors = nameShownIn(io.stderr);
  for (const { path, reason } of complaints.filter(complaint => !answer.isKnown(complaint.path)))
    io.stderr.write(`${shownInErrors((settings.relativeMessages ? fromCwd : fromRoot)(path))}: ${reason}\n`);
  const isRelative = settings.relative === 'legacy' ? args.positionals.length > 0 : settings.relative;
  const print0 = args.flags.has('print0');
  const displayPath = isRelative ? fromCwd : fromRoot;
  const more = settings.moreStatus ? comparer.more() : undefined;
  const format = { template, noStatus, copies, print0, displayPath, paint: colors.paint, more, pathFromCwd: fromCwd };
  const entries = terse === '' ? answer.entries : (await import('./terse.ts')).abbreviated(answer.entries, terse);
  writeStatus(inListingOrder(entries, wanted), format, io.stdout);
  if (args.flags.has('stats')) complain(io, outcomeLine(answer.outcome, performance.now() - started));
  return EXIT_OK;
}

function sidesOf(args: ParsedArguments): ComparedSides {
  const change = args.values.get('change');
  if (change !== undefined) return { change: change === '' ? '.' : change };
  return { revisions: args.repeated.get('rev') ?? [] };
}
