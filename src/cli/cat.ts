// `quicksilver cat`: the bytes of files as they are in a revision, as `hg cat` prints them.
import { RevisionFilesReader, type RevisionFiles } from '../backends/mercurial/commandLine/revisionFiles.ts';
import { selectionInside, type SelectedPaths } from '../backends/mercurial/commandLine/selectedPaths.ts';
import { compareBytes, isAtOrBelow, joinPath, ROOT_PATH, type BytePath } from '../base/bytePath.ts';
import type { ParsedArguments } from './arguments.ts';
import { configuredArguments } from './configuredArguments.ts';
import { EXIT_OK, nameShownIn, usageError, type CommandIo } from './io.ts';
import { locateRepository } from './open.ts';
import { warnOfUnknownParent } from './parentWarnings.ts';
import { relativeTo, withSeparator } from './pathNames.ts';
import { selectPaths } from './selection.ts';
import { displaySettings } from './settings.ts';
import { compileLater, restrictionsOf } from './status.ts';

/** No file was found. */
const EXIT_NOTHING = 1;

/** Exit code 0 if anything was found, else 1. Throws QuicksilverErrors, and then nothing of the file was written. */
export async function cat(given: ParsedArguments, io: CommandIo): Promise<number> {
  const place = locateRepository(given, io);
  const reader = new RevisionFilesReader(place);
  const args = configuredArguments(given, 'cat', reader.config, io);
  if (args.positionals.length === 0) throw usageError("'quicksilver cat' needs a path");
  const settings = displaySettings(reader.config, io);
  const named = args.values.get('rev') ?? '';
  const files = reader.of(named === '' ? '.' : named);
  if (files === 'working-copy') throw usageError('files of the working copy are not printed: look at them directly');
  warnOfUnknownParent(io, reader);
  const selection = await selectPaths(
    args.positionals,
    { ...place, statCache: undefined },
    compileLater,
    restrictionsOf(args),
  );
  const show = settings.relativeMessages
    ? relativeTo(place.root, place.cwd, settings.separator)
    : withSeparator(settings.separator);
  return catFiles(files, selection, ROOT_PATH, { io, show, quiet: settings.quiet }) ? EXIT_OK : EXIT_NOTHING;
}

interface CatOutput {
  readonly io: CommandIo;
  /** Returns the name of a path in messages. */
  readonly show: (path: BytePath) => string;
  readonly quiet: boolean;
}

/**
 * Prints the selected files, then those of subrepositories, and complains about names without a file. Returns true if
 * there was a file.
 * @param at the path of the repository from the root of the outermost one
 */
function catFiles(files: RevisionFiles, selection: SelectedPaths, at: BytePath, output: CatOutput): boolean {
  const { io, show } = output;
  const found = files.list(selection);
  for (const file of found) writeFile(files.content(file), io);
  // As for hg, subrepositories do not matter where one file is named, and found.
  if (selection.filter === undefined && selection.paths?.length === 1 && found[0]?.path === selection.paths[0]) {
    return true;
  }
  const shown = nameShownIn(io.stderr);
  const parts = files.subrepositories();
  const missing = [...new Set(selection.bases)].filter(
    path => path !== '' && !files.has(path) && !parts.some(part => isAtOrBelow(path, part.path)),
  );
  for (const path of missing.sort(compareBytes)) {
    io.stderr.write(`${shown(show(joinPath(at, path)))}: no such file in rev ${files.node.slice(0, 12)}\n`);
  }
  let isAny = found.length > 0;
  for (const part of parts) {
    files.requireAllowed(part);
    const inside = selectionInside(selection, part.path);
    if (inside === undefined) continue;
    const name = joinPath(at, part.path);
    const within = files.inside(part);
    if (within === undefined) {
      // On stdout, as hg does it.
      if (!output.quiet) io.stdout.write(`skipping missing subrepository: ${nameShownIn(io.stdout)(name)}\n`);
    } else if (catFiles(within, inside, name, output)) isAny = true;
  }
  return isAny;
}

/** Bytes that are handed on at once: a string of all of a big file would have to be made first. */
const PIECE_BYTES = 1 << 20;

function writeFile(content: Buffer, io: CommandIo): void {
  for (let at = 0; at < content.length; at += PIECE_BYTES) {
    io.stdout.write(content.toString('latin1', at, at + PIECE_BYTES));
  }
}
