// `quicksilver log`: changesets, as `hg log` prints them.
import type { ChangesetDiff } from '../../backends/mercurial/commandLine/changesetDiff.ts';
import { ChangesetLog } from '../../backends/mercurial/commandLine/changesetLog.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { ParsedArguments } from '../arguments.ts';
import { colorsFor, NO_COLORS, type Paint } from '../color.ts';
import type { Configuration } from '../configuration.ts';
import { configuredArguments } from '../configuredArguments.ts';
import { longDate } from '../historyText.ts';
import { complain, EXIT_OK, nameShownIn, usageError, type CommandIo } from '../io.ts';
import { locateRepository, type LocatedRepository } from '../open.ts';
import { warnOfUnknownParent } from '../parentWarnings.ts';
import { relativeTo, withSeparator } from '../pathNames.ts';
import { isPlain } from '../plain.ts';
import { isPathKind, selectPaths, splitKind, type Selection } from '../selection.ts';
import { displaySettings } from '../settings.ts';
import { subrepositoryTest } from '../subrepositories.ts';
import { compileLater, restrictionsOf } from '../status.ts';
import { selectedChangesets, type Candidate, type WarnAboutFile } from './candidates.ts';
import { diffStat } from './diffStat.ts';
import { chosenForm, type ChosenForm } from './logForm.ts';
import { logJson, logText, type LogFormat, type ShownDiff } from './logWriter.ts';

/** Changesets after which others may have their turn. */
const TURN = 1000;

/** Exit code 0. Throws QuicksilverErrors. */
export async function log(given: ParsedArguments, io: CommandIo): Promise<number> {
  const place = locateRepository(given, io);
  const { args, model } = configured(given, place, io);
  const settings = displaySettings(model.config, io, args.flags);
  const { verbose: isVerbose, quiet: isQuiet, debug } = settings;
  const form = chosenForm(args, model.config, io);
  const isJson = form === 'json';
  if (debug && typeof form === 'string') {
    throw new QuicksilverError('unsupported', 'The setting ui.debug is not supported.');
  }
  if (isJson && args.flags.has('graph')) {
    throw new QuicksilverError('unsupported', 'a graph has no JSON form here');
  }
  const colors = colorsFor(model.config, io, args.values.get('color'));
  for (const warning of colors.warnings) complain(io, warning);
  const { paint } = isJson ? NO_COLORS : colors;
  const diffOf = await diffShower(args, io, place, model.config, paint, isJson);
  const format: LogFormat = { isVerbose, isQuiet, showsCopies: args.flags.has('copies'), paint, diffOf };
  if (
    model.hasLargefiles &&
    (args.positionals.length > 0 || ['include', 'exclude'].some(name => args.repeated.has(name)))
  ) {
    throw new QuicksilverError('unsupported', 'Names of files are not supported by log where there are large files.');
  }
  const warn: WarnAboutFile = (file, changeset) => {
    const rev = model.node(changeset).slice(0, 12);
    const show = settings.relativeMessages
      ? relativeTo(place.root, place.cwd, settings.separator)
      : withSeparator(settings.separator);
    io.stderr.write(`${nameShownIn(io.stderr)(show(file))}: no such file in rev ${rev}\n`);
  };
  const textOf = await textWriter(form, model, format, io);
  const limit = limitOf(args);
  // With hidden changesets Mercurial does not ask which of them the working copy needs.
  if (!args.flags.has('hidden') || ['graph', 'follow'].some(flag => args.flags.has(flag)))
    warnOfUnknownParent(io, model);
  const changesets = limited(selectedChangesets(args, model, await selected(args, place, model), warn), limit);
  if (args.flags.has('graph')) {
    const { writeGraph } = await import('./logGraph.ts');
    await writeGraph(changesets, model, textOf, io);
    return EXIT_OK;
  }
  let count = 0;
  if (isJson) io.stdout.write('[');
  for (const candidate of changesets) {
    const text = textOf(candidate);
    io.stdout.write(isJson && count > 0 ? `,${text}` : text);
    if (++count % TURN === 0) await Promise.resolve();
  }
  if (isJson) io.stdout.write('\n]\n');
  return EXIT_OK;
}

/** Returns the arguments with the configured ones, and the model for them. */
function configured(
  given: ParsedArguments,
  place: LocatedRepository,
  io: CommandIo,
): { readonly args: ParsedArguments; readonly model: ChangesetLog } {
  const wantsHidden = given.flags.has('hidden');
  const model = new ChangesetLog(place, wantsHidden);
  const args = configuredArguments(given, 'log', model.config, io);
  const isSame = args.flags.has('hidden') === wantsHidden;
  return { args, model: isSame ? model : new ChangesetLog(place, !wantsHidden) };
}

/** Returns what writes a changeset. Takes the columns that are beside the text. */
async function textWriter(
  form: ChosenForm,
  model: ChangesetLog,
  format: LogFormat,
  { stdout }: CommandIo,
): Promise<(candidate: Candidate, indent?: number) => string> {
  if (form === 'json') return candidate => logJson(model.row(candidate.changeset), model, format, candidate, stdout);
  if (form === 'text') {
    return (candidate, indent) => logText(model.row(candidate.changeset), model, format, candidate, stdout, indent);
  }
  const { LogTemplate } = await import('./logTemplate.ts');
  const template = new LogTemplate(form.template, model, format, stdout);
  return (candidate, indent) => template.text(candidate, indent);
}

function limitOf(args: ParsedArguments): number {
  const text = args.values.get('limit');
  if (text === undefined) return Infinity;
  const limit = /^[+-]?\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(limit)) throw usageError('limit must be a positive integer');
  if (limit <= 0) throw usageError('limit must be positive');
  return limit;
}

function* limited(changesets: Iterable<Candidate>, limit: number): Generator<Candidate> {
  let count = 0;
  for (const changeset of changesets) {
    yield changeset;
    if (++count === limit) return;
  }
}

function selected(args: ParsedArguments, place: LocatedRepository, model: ChangesetLog): Promise<Selection> {
  const where = {
    ...place,
    statCache: undefined,
    checksDisk: true,
    ...(followsOneFile(args) && {
      subrepositories: model.subrepositoryPaths(),
      isSubrepository: subrepositoryTest(place),
    }),
  };
  return selectPaths(args.positionals, where, compileLater, restrictionsOf(args));
}

/** As in Mercurial, the one file whose history is followed may lie in a subrepository: it has no changesets then. */
function followsOneFile({ flags, positionals, repeated }: ParsedArguments): boolean {
  if (!flags.has('follow') || flags.has('removed') || positionals.length !== 1) return false;
  const isRestricted = repeated.has('include') || repeated.has('exclude');
  return !isRestricted && isPathKind(splitKind(positionals[0]!).kind);
}

/** Columns of a line, unless the terminal has others. */
const DEFAULT_WIDTH = 80;

/** Returns what makes the patch and the summary of a changeset, as the options have them. */
async function diffShower(
  args: ParsedArguments,
  io: CommandIo,
  place: LocatedRepository,
  config: Configuration,
  paint: Paint,
  isData: boolean,
): Promise<LogFormat['diffOf']> {
  const [wantsPatch, wantsStat] = [args.flags.has('patch'), args.flags.has('stat')];
  if (!wantsPatch && !wantsStat) return () => NO_DIFF;
  // Colors within changed lines come from a comparison of words.
  const { isTweaked } = displaySettings(config, io);
  if (wantsPatch && paint !== NO_COLORS.paint && !isPlain(io, 'diff')) {
    for (const [section, name] of [
      ['diff', 'word-diff'],
      ['experimental', 'worddiff'],
    ] as const) {
      if (config.boolean(section, name, isTweaked && section === 'diff')) {
        throw new QuicksilverError('unsupported', `The setting ${section}.${name} is not supported with colors.`);
      }
    }
  }
  const { ChangesetDiff } = await import('../../backends/mercurial/commandLine/changesetDiff.ts');
  const { paintedDiff } = await import('./diffColors.ts');
  const isScript = isPlain(io, 'diff');
  const request = {
    git: args.flags.has('git'),
    isPlain: isScript,
    isTweaked,
    isData,
    date: longDate,
  };
  const painted = (text: string): string => (paint === NO_COLORS.paint ? text : paintedDiff(text, paint));
  const diff: ChangesetDiff = await ChangesetDiff.open(place, request);
  return ({ changeset, files }, indent) => {
    const changes = diff.of(changeset, files);
    const width = isScript ? DEFAULT_WIDTH : widthOf(io) - indent;
    return {
      patch: wantsPatch ? painted(changes.map(({ text }) => text).join('')) : undefined,
      stat: wantsStat ? diffStat(changes, width, paint) : undefined,
    };
  };
}

const NO_DIFF: ShownDiff = { patch: undefined, stat: undefined };

function widthOf({ environment, stdout }: CommandIo): number {
  const text = environment['COLUMNS'] ?? '';
  return /^\s*\d{1,6}\s*$/.test(text) ? Number(text) : (stdout.columns ?? DEFAULT_WIDTH);
}
