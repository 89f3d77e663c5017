// Runs command lines: finds the command, parses its options, and shows help.
import { version } from '../../package.json';
import { QuicksilverError } from '../base/errors.ts';
import { parseArguments, nearest, splitCommand } from './arguments.ts';
import { ALIASES, COMMANDS, GLOBAL_OPTIONS, type Command } from './commandTable.ts';
import { EXIT_ERROR, EXIT_OK, usageError, utf8Bytes, type CommandIo } from './io.ts';
import { shellCommand } from './shellWords.ts';
import { systemOf } from './systems.ts';

/** Commands that take the options of the command of `hg` with their name, and print the same. */
const HG_COMMANDS: ReadonlySet<string> = new Set(['annotate', 'cat', 'log']);

/** Runs the command line `args` and returns the exit code. Throws QuicksilverErrors. */
export async function runCommandLine(args: readonly string[], io: CommandIo): Promise<number> {
  const { command: word, rest } = splitCommand(args, GLOBAL_OPTIONS);
  if (word === undefined) {
    const { flags } = parseArguments(
      rest,
      { ...GLOBAL_OPTIONS, version: { type: 'boolean', help: 'show the version' } },
      '',
    );
    if (flags.has('version')) {
      io.stdout.write(`quicksilver ${version}\n`);
      return EXIT_OK;
    }
    (flags.has('help') ? io.stdout : io.stderr).write(utf8Bytes(overview()));
    return flags.has('help') ? EXIT_OK : EXIT_ERROR;
  }
  if (word === 'help') {
    const topic = rest[0];
    io.stdout.write(utf8Bytes(topic === undefined ? overview() : help(commandNamed(topic))));
    return EXIT_OK;
  }
  const name = commandNamed(word);
  if (name === 'status') {
    const system = systemOf(rest, io);
    if (system === 'git') {
      const { gitStatusCommand } = await import('./git/gitStatus.ts');
      return gitStatusCommand(rest, io).catch(failureThatNames("'git status'"));
    }
    if (system === 'bzr') {
      const { bazaarStatusCommand } = await import('./bazaar/bazaarStatus.ts');
      return bazaarStatusCommand(rest, io, word).catch(failureThatNames(`'brz ${word}'`));
    }
  }
  const command = COMMANDS[name]!;
  try {
    return await runCommand({ name, word }, command, rest, io);
  } catch (error) {
    if (HG_COMMANDS.has(name) && systemOf(rest, io) === 'hg')
      failureThatNames(shellCommand(['hg', word, ...rest]))(error);
    throw error;
  }
}

async function runCommand(
  { name, word }: { readonly name: string; readonly word: string },
  command: Command,
  rest: readonly string[],
  io: CommandIo,
): Promise<number> {
  const parsed = parseArguments(rest, { ...command.options, ...GLOBAL_OPTIONS }, name, word);
  if (parsed.flags.has('help')) {
    io.stdout.write(utf8Bytes(help(name)));
    return EXIT_OK;
  }
  if (name === 'cat' && systemOf(rest, io) === 'bzr') {
    const { bazaarCat } = await import('./bazaar/bazaarCat.ts');
    const words = (await import('./bazaar/bazaarEnvironment.ts')).withAlias(name, word, rest, io);
    return bazaarCat(parseArguments(words, { ...command.options, ...GLOBAL_OPTIONS }, name, word), io);
  }
  const run = await command.load();
  return run(parsed, io);
}

/** Returns a function that throws what it gets. A failure at an unsupported repository names the program to run. */
function failureThatNames(program: string): (error: unknown) => never {
  return error => {
    if (!(error instanceof QuicksilverError) || error.code !== 'unsupported') throw error;
    throw new QuicksilverError(error.code, error.message, {
      file: error.file,
      line: error.line,
      warnings: error.warnings,
      cause: error,
      hint: error.hint ?? `run ${program}`,
    });
  };
}

/** The command that `word` is, or is the only possible beginning of. Throws a 'usage' error. */
function commandNamed(word: string): string {
  const alias = Object.hasOwn(ALIASES, word) ? ALIASES[word] : undefined;
  if (alias !== undefined) return alias;
  if (Object.hasOwn(COMMANDS, word)) return word;
  const names = Object.keys(COMMANDS);
  const beginning = names.filter(name => name.startsWith(word));
  if (word !== '' && beginning.length === 1) return beginning[0]!;
  if (word !== '' && beginning.length > 1) {
    throw usageError(`command '${word}' is ambiguous: ${beginning.join(', ')}`);
  }
  const meant = nearest(word, names);
  throw usageError(
    meant === undefined
      ? `unknown command '${word}'; there are: ${names.join(', ')}`
      : `unknown command '${word}'; did you mean '${meant}'?`,
  );
}

function overview(): string {
  const names = Object.keys(COMMANDS);
  const width = Math.max(...names.map(name => name.length));
  return [
    'Mercurial status without Mercurial: reads the repository itself and never writes to it.',
    '',
    'usage: quicksilver [-R ROOT] COMMAND [OPTION]... [PATH]...',
    '',
    ...names.map(name => `  ${name.padEnd(width)}  ${COMMANDS[name]!.summary}`),
    '',
    "'quicksilver COMMAND --help' shows its options; 'quicksilver --version' shows the version.",
    '',
  ].join('\n');
}

function help(name: string): string {
  const { summary, usage, notes, options } = COMMANDS[name]!;
  const lines = Object.entries({ ...options, ...GLOBAL_OPTIONS })
    .filter(([, spec]) => spec.unavailable !== true)
    .map(([long, spec]) => {
      const short = spec.short === undefined ? '  ' : `-${spec.short}`;
      return [` ${short} --${long}${spec.value === undefined ? '' : ` ${spec.value}`}`, spec.help] as const;
    });
  const width = Math.max(...lines.map(([left]) => left.length));
  return [
    `quicksilver ${name} ${usage}`,
    '',
    summary,
    ...(notes === undefined ? [] : ['', ...notes]),
    '',
    ...lines.map(([left, right]) => `${left.padEnd(width)}  ${right}`),
    '',
  ].join('\n');
}
