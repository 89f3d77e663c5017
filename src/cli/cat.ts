// `quicksilver cat`: the bytes of files as they are in a revision, as `hg cat` prints them.
import { RevisionFilesReader } from '../backends/mercurial/commandLine/revisionFiles.ts';
import { compareBytes } from '../base/bytePath.ts';
import type { ParsedArguments } from './arguments.ts';
import { EXIT_OK, nameShownIn, usageError, type CommandIo } from './io.ts';
import { locateRepository } from './open.ts';
import { relativeTo, withSeparator } from './pathNames.ts';
import { selectPaths } from './selection.ts';
import { displaySettings } from './settings.ts';
import { compileLater, restrictionsOf } from './status.ts';

/** No file was found. */
const EXIT_NOTHING = 1;

/** Exit code 0 if anything was found, else 1. Throws QuicksilverErrors, and then nothing of the file was written. */
export async function cat(args: ParsedArguments, io: CommandIo): Promise<number> {
  if (args.positionals.length === 0) throw usageError("'quicksilver cat' needs a path");
  const place = locateRepository(args, io);
  const reader = new RevisionFilesReader(place);
  const settings = displaySettings(reader.config, io);
  const named = args.values.get('rev') ?? '';
  const files = reader.of(named === '' ? '.' : named);
  if (files === 'working-copy') throw usageError('files of the working copy are not printed: look at them directly');
  const selection = await selectPaths(
    args.positionals,
    { ...place, statCache: undefined, controlDirectory: '.hg' },
    compileLater,
    restrictionsOf(args),
  );
  const found = files.list(selection);
  for (const file of found) writeFile(files.content(file), io);
  const show = settings.relativeMessages
    ? relativeTo(place.root, place.cwd, settings.separator)
    : withSeparator(settings.separator);
  const shown = nameShownIn(io.stderr);
  const missing = [...new Set(selection.bases)].filter(path => path !== '' && !files.has(path));
  for (const path of missing.sort(compareBytes)) {
    io.stderr.write(`${shown(show(path))}: no such file in rev ${files.node.slice(0, 12)}\n`);
  }
  return found.length > 0 ? EXIT_OK : EXIT_NOTHING;
}

/** Bytes that are handed on at once: a string of all of a big file would have to be made first. */
const PIECE_BYTES = 1 << 20;

function writeFile(content: Buffer, io: CommandIo): void {
  for (let at = 0; at < content.length; at += PIECE_BYTES) {
    io.stdout.write(content.toString('latin1', at, at + PIECE_BYTES));
  }
}
