// `quicksilver debugignore`: which rule ignores a path.
import { IgnoreExplainer, type IgnoreExplanation } from '../backends/mercurial/commandLine/ignoreExplainer.ts';
import { checkPath } from '../backends/mercurial/commandLine/pathAudit.ts';
import { isSubrepository } from '../backends/mercurial/commandLine/subrepositoryStatus.ts';
import { compareBytes, ROOT_PATH, type BytePath } from '../base/bytePath.ts';
import type { ParsedArguments } from './arguments.ts';
import { complain, EXIT_OK, nameShownIn, usageError, utf8Bytes, type CommandIo } from './io.ts';
import { locateRepository } from './open.ts';
import { fromRoot, relativeTo, withSeparator } from './pathNames.ts';
import { displaySettings } from './settings.ts';

/**
 * Prints for each path, in the order of the paths, what `hg debugignore` prints. It deliberately differs for a tracked
 * file: no rule ignores it. Exit code 0 in every case.
 */
export function debugignore(args: ParsedArguments, io: CommandIo): Promise<number> {
  if (args.positionals.length === 0) throw usageError('quicksilver debugignore needs a path to explain');
  const place = locateRepository(args, io);
  const ignore = new IgnoreExplainer(place);
  for (const warning of ignore.warnings) complain(io, warning);
  const shown = nameShownIn(io.stdout);
  const paths = args.positionals.map(name => fromRoot(place.vfs, place.root, place.cwd, name));
  const { relative, separator } = displaySettings(ignore.config, io);
  const nameOf = relative === false ? withSeparator(separator) : relativeTo(place.root, place.cwd, separator);
  for (const path of paths) checkPath(place, path, { mayBeRepository: at => isSubrepository(place, at) });
  // The root alone is everything, of which Mercurial reports nothing.
  if (paths.every(path => path === ROOT_PATH)) return Promise.resolve(EXIT_OK);
  for (const path of paths.sort(compareBytes)) {
    // Mercurial has no name for the root, seen from there.
    const name = path === ROOT_PATH && place.cwd === place.root ? '' : nameOf(path);
    for (const line of explained(name, path, ignore.explain(path))) io.stdout.write(`${shown(line)}\n`);
  }
  return Promise.resolve(EXIT_OK);
}

/** Returns the lines about one path, as byte strings. */
function explained(name: string, path: BytePath, { ignored, isTracked }: IgnoreExplanation): string[] {
  if (ignored === undefined) return [`${name} is not ignored`];
  const { file, line, text } = ignored.rule;
  const rule = `(ignore rule in ${utf8Bytes(file)}, line ${line}: '${text}')`;
  if (isTracked) return [`${name} is tracked, and so not ignored`, rule];
  const because = ignored.path === path ? '' : ` because of containing directory ${ignored.path}`;
  return [`${name} is ignored${because}`, rule];
}
