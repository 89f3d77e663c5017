// `quicksilver debugignore`: which rule ignores a path.
import { compareBytes, type BytePath } from '../base/bytePath.ts';
import type { IgnoreRules } from '../mercurial/ignore/ignoreRules.ts';
import { NO_NODE } from '../status/types.ts';
import type { ParsedArguments } from './arguments.ts';
import { complain, EXIT_OK, nameShownIn, usageError, utf8Bytes, type CommandIo } from './io.ts';
import { locateRepository, openRepository } from './open.ts';
import { fromRoot } from './pathNames.ts';

/** Prints a sentence or two for each path, in the order of the paths. Exit code 0 in every case. */
export function debugignore(args: ParsedArguments, io: CommandIo): Promise<number> {
  if (args.positionals.length === 0) throw usageError('quicksilver debugignore needs a path to explain');
  const place = locateRepository(args, io);
  const repository = openRepository(place);
  const dirstate = repository.readDirstate();
  const ignore = repository.readIgnore();
  for (const warning of ignore.warnings) complain(io, warning);
  const shown = nameShownIn(io.stdout);
  const named = args.positionals.map(name => ({ name, path: fromRoot(place.vfs, place.root, place.cwd, name) }));
  for (const { name, path } of named.sort((a, b) => compareBytes(a.path, b.path))) {
    const node = dirstate.find(path);
    const tracked = node !== NO_NODE && dirstate.kind(node) !== 'none';
    io.stdout.write(`${shown(`${utf8Bytes(name)} ${explain(path, ignore, tracked)}`)}\n`);
  }
  return Promise.resolve(EXIT_OK);
}

/** The rest of the sentence, as a byte string. */
function explain(path: BytePath, { matcher }: IgnoreRules, tracked: boolean): string {
  const found = path === '' ? undefined : matcher.explainIgnored(path);
  if (found === undefined) return 'is not ignored';
  const { rule } = found;
  const place = `${utf8Bytes(rule.file)}, line ${rule.line}: ${rule.text}`;
  const what = found.path === path ? 'matches' : `matches the directory ${found.path} that it is in,`;
  return tracked
    ? `is tracked, and so not ignored, although a rule ${what} ${place}`
    : `is ignored: a rule ${what} ${place}`;
}
