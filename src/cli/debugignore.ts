// `quicksilver debugignore`: which rule ignores a path.
import { IgnoreExplainer, type IgnoreExplanation } from '../backends/mercurial/commandLine/ignoreExplainer.ts';
import { compareBytes, type BytePath } from '../base/bytePath.ts';
import type { ParsedArguments } from './arguments.ts';
import { complain, EXIT_OK, nameShownIn, usageError, utf8Bytes, type CommandIo } from './io.ts';
import { locateRepository } from './open.ts';
import { fromRoot } from './pathNames.ts';

/** Prints a sentence or two for each path, in the order of the paths. Exit code 0 in every case. */
export function debugignore(args: ParsedArguments, io: CommandIo): Promise<number> {
  if (args.positionals.length === 0) throw usageError('quicksilver debugignore needs a path to explain');
  const place = locateRepository(args, io);
  const ignore = new IgnoreExplainer(place);
  for (const warning of ignore.warnings) complain(io, warning);
  const shown = nameShownIn(io.stdout);
  const named = args.positionals.map(name => ({ name, path: fromRoot(place.vfs, place.root, place.cwd, name) }));
  for (const { name, path } of named.sort((a, b) => compareBytes(a.path, b.path))) {
    io.stdout.write(`${shown(`${utf8Bytes(name)} ${sentence(path, ignore.explain(path))}`)}\n`);
  }
  return Promise.resolve(EXIT_OK);
}

/** The rest of the sentence, as a byte string. */
function sentence(path: BytePath, { ignored, isTracked }: IgnoreExplanation): string {
  if (ignored === undefined) return 'is not ignored';
  const { rule } = ignored;
  const place = `${utf8Bytes(rule.file)}, line ${rule.line}: ${rule.text}`;
  const what = ignored.path === path ? 'matches' : `matches the directory ${ignored.path} that it is in,`;
  return isTracked
    ? `is tracked, and so not ignored, although a rule ${what} ${place}`
    : `is ignored: a rule ${what} ${place}`;
}
