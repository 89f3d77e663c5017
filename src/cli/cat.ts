// `quicksilver cat`: the bytes of files as they are in a revision, as `hg cat` prints them.
import { compareBytes, toDisplay, type BytePath } from '../base/bytePath.ts';
import type { MercurialRepository } from '../mercurial/repository/repository.ts';
import { QuicksilverError } from '../base/errors.ts';
import type { ParsedArguments } from './arguments.ts';
import { EXIT_OK, nameShownIn, usageError, type CommandIo } from './io.ts';
import { locateRepository, openForRevisions } from './open.ts';
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
  const repository = openForRevisions(place);
  const settings = displaySettings(repository.config, io);
  const dirstate = repository.readDirstate();
  const named = args.values.get('rev') ?? '';
  const history = repository.history(dirstate);
  const revision = history.resolve(named === '' ? '.' : named);
  if (revision === 'working-copy') throw usageError('files of the working copy are not printed: look at them directly');
  const selection = await selectPaths(
    args.positionals,
    { ...place, statCache: undefined, controlDirectory: '.hg' },
    compileLater,
    restrictionsOf(args),
  );
  const { paths, filter } = selection;
  const found: BytePath[] = [];
  repository.store.whileStable(() => {
    found.length = 0;
    history.diff(-1, revision, { paths }, path => {
      if (filter?.(path, true) ?? true) found.push(path);
    });
  });
  const node = history.node(revision);
  found.sort(compareBytes);
  for (const path of found) writeFile(repository, node, path, io);
  const show = settings.relativeMessages
    ? relativeTo(place.root, place.cwd, settings.separator)
    : withSeparator(settings.separator);
  const shown = nameShownIn(io.stderr);
  const missing = [...new Set(selection.bases)].filter(path => path !== '' && !history.hasPath(revision, path));
  for (const path of missing.sort(compareBytes)) {
    io.stderr.write(`${shown(show(path))}: no such file in rev ${node.slice(0, 12)}\n`);
  }
  return found.length > 0 ? EXIT_OK : EXIT_NOTHING;
}

/** Bytes that are handed on at once: a string of all of a big file would have to be made first. */
const PIECE_BYTES = 1 << 20;

function writeFile(repository: MercurialRepository, node: string, path: BytePath, io: CommandIo): void {
  const content = readFile(repository, node, path);
  for (let at = 0; at < content.length; at += PIECE_BYTES) {
    io.stdout.write(content.toString('latin1', at, at + PIECE_BYTES));
  }
}

/** The content, checked against the file node. Errors name the file and the revision. */
function readFile({ store, config }: MercurialRepository, node: string, path: BytePath): Buffer {
  const name = `${toDisplay(path)} in ${node.slice(0, 12)}`;
  try {
    const file = store.baseTree(node).find(path);
    if (file === undefined) throw new QuicksilverError('changed-while-reading', 'it is not there any more');
    const log = store.filelog(path);
    const revision = log?.revlog.findNode(file.revision) ?? -1;
    const isCensored = log !== undefined && revision >= 0 && log.isCensored(revision);
    if (isCensored && config.get('censor', 'policy')?.value !== 'ignore') {
      throw new QuicksilverError('unsupported', `its content was removed on purpose (censored node ${file.revision})`);
    }
    return file.content();
  } catch (error) {
    if (!(error instanceof QuicksilverError)) throw error;
    throw new QuicksilverError(error.code, `${name}: ${error.message}`, { file: error.file, cause: error });
  }
}
