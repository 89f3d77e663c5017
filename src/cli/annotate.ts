// `quicksilver annotate`: the changeset that brought each line of a file, as `hg annotate` prints it.
import { AnnotateReader, type AnnotateRequest } from '../backends/mercurial/commandLine/annotatedFiles.ts';
import { compareBytes, isAtOrBelow, ROOT_PATH } from '../base/bytePath.ts';
import type { AnnotateColumn, AnnotateFormat } from './annotateOutput.ts';
import { writeAnnotations } from './annotateOutput.ts';
import type { ParsedArguments } from './arguments.ts';
import { colorsFor } from './color.ts';
import type { Configuration } from './configuration.ts';
import { configuredArguments } from './configuredArguments.ts';
import { complain, EXIT_OK, usageError, type CommandIo } from './io.ts';
import { locateRepository } from './open.ts';
import { warnOfUnknownParent } from './parentWarnings.ts';
import { selectPaths } from './selection.ts';
import { displaySettings } from './settings.ts';
import { compileLater, restrictionsOf, templateOf } from './status.ts';

/** Exit code 0. Throws QuicksilverErrors. */
export async function annotate(given: ParsedArguments, io: CommandIo): Promise<number> {
  const place = locateRepository(given, io);
  const reader = new AnnotateReader(place);
  const args = configuredArguments(given, 'annotate', reader.config, io);
  if (args.positionals.length === 0) throw usageError('at least one filename or pattern is required');
  // Annotated lines have no labels. The configuration of colors is checked all the same.
  for (const warning of colorsFor(reader.config, io, args.values.get('color')).warnings) complain(io, warning);
  const view = reader.view(requestOf(args, reader.config));
  warnOfUnknownParent(io, reader);
  const format = formatOf(args, reader.config, io, view.isWorkingCopy);
  const { paths, filter, bases } = await selectPaths(
    args.positionals,
    { ...place, statCache: undefined },
    compileLater,
    restrictionsOf(args),
  );
  const found = view.files(paths).filter(path => filter?.(path, true) ?? true);
  const files = found.sort(compareBytes).map(path => view.annotate(path));
  writeAnnotations(files, format, revision => view.changeset(revision), io.stdout);
  // As with `hg annotate`, a name without a file is an error that comes after the others' lines. Restrictions do not
  // count, and a pattern counts as the directory or file that it begins with.
  const named = bases.filter(base => base !== ROOT_PATH);
  const present = filter === undefined || named.length === 0 ? found : view.files(named);
  const missing = named.filter(base => !present.some(path => isAtOrBelow(path, base)));
  const parts = missing.length > 0 ? view.subrepositories() : [];
  const [first] = missing.filter(base => !parts.some(part => isAtOrBelow(base, part)));
  if (first !== undefined) throw view.noSuchFile(first);
  return EXIT_OK;
}

const COLUMNS: readonly AnnotateColumn[] = ['user', 'number', 'changeset', 'date', 'file', 'line-number'];

function formatOf(args: ParsedArguments, config: Configuration, io: CommandIo, marksOwn: boolean): AnnotateFormat {
  const template = templateOf(args);
  const columns = new Set(COLUMNS.filter(column => args.flags.has(column)));
  const { quiet, verbose } = displaySettings(config, io, args.flags);
  // A line without any other column shows its number.
  if (!['user', 'changeset', 'date', 'file'].some(column => args.flags.has(column))) columns.add('number');
  if (columns.has('line-number') && !columns.has('number') && !columns.has('changeset')) {
    throw usageError('at least one of -n/-c is required for -l');
  }
  return { template, columns, marksOwn, verbose, quiet };
}

function requestOf(args: ParsedArguments, config: Configuration): AnnotateRequest {
  const asked = (flag: string, setting: string): boolean =>
    args.flags.has(flag) || config.boolean('annotate', setting, false);
  return {
    revision: args.values.get('rev') ?? '.',
    asText: args.flags.has('text'),
    followsCopies: !args.flags.has('no-follow'),
    whitespace: {
      all: asked('ignore-all-space', 'ignorews'),
      amount: asked('ignore-space-change', 'ignorewsamount'),
      endOfLine: asked('ignore-space-at-eol', 'ignorewseol'),
    },
    skipped: args.repeated.get('skip') ?? [],
  };
}
