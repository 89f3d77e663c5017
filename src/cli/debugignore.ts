// `quicksilver debugignore`: which rule ignores a path.
import { IgnoreExplainer, type IgnoreExplanation } from '../backends/mercurial/commandLine/ignoreExplainer.ts';
import { compareBytes, type BytePath } from '../base/bytePath.ts';
import type { ParsedArguments } from './arguments.ts';
import { complain, EXIT_OK, nameShownIn, usageError, utf8Bytes, type CommandIo } from './io.ts';
import { locateRepository } from './open.ts';
import { fromRoot } from './pathNames.ts';

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
  const named = args.positionals.map(name => ({ name, path: fromRoot(place.vfs, place.root, place.cwd, name) }));
  for (const { name, path } of named.sort((a, b) => compareBytes(a.path, b.path))) {
    for (const line of explained(utf8Bytes(name), path, ignore.explain(path))) io.stdout.write(`${shown(line)}\n`);
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
