// The commands there are: their options, and where their code is. The code of a command is loaded when it is run, because
// `status` is to answer before the others would have been read.
import { version } from '../../package.json';
import { parseArguments, nearest, splitCommand, type OptionSpecs, type ParsedArguments } from './arguments.ts';
import { EXIT_ERROR, EXIT_OK, usageError, utf8Bytes, type CommandIo } from './io.ts';
import { systemOf } from './systems.ts';

/** Runs a command and answers its exit code. Throws QuicksilverErrors. */
export type CommandRun = (args: ParsedArguments, io: CommandIo) => Promise<number>;

interface Command {
  readonly summary: string;
  /** What follows the command's name. */
  readonly usage: string;
  /** More for the help text. */
  readonly notes?: readonly string[];
  readonly options: OptionSpecs;
  readonly load: () => Promise<CommandRun>;
}

/** What may stand before the command as well as after it. */
const GLOBAL_OPTIONS: OptionSpecs = {
  repository: { type: 'string', short: 'R', value: 'ROOT', help: 'root of the repository, if not the one around here' },
  cwd: { type: 'string', value: 'DIR', help: 'go there first' },
  help: { type: 'boolean', short: 'h', help: 'show this' },
};

/** Options that restrict the paths of a command. */
const PATTERN_OPTIONS: OptionSpecs = {
  include: {
    type: 'string',
    short: 'I',
    value: 'PATTERN',
    repeats: true,
    help: 'only names that match the pattern, or lie below a match',
  },
  exclude: {
    type: 'string',
    short: 'X',
    value: 'PATTERN',
    repeats: true,
    help: 'no names that match the pattern, or lie below a match',
  },
};

const STATUS_OPTIONS: OptionSpecs = {
  all: { type: 'boolean', short: 'A', help: 'all files, clean and ignored ones too, with the sources of copies' },
  modified: { type: 'boolean', short: 'm', help: 'modified files' },
  added: { type: 'boolean', short: 'a', help: 'added files' },
  removed: { type: 'boolean', short: 'r', help: 'removed files' },
  deleted: { type: 'boolean', short: 'd', help: 'missing files: tracked, and not there' },
  clean: { type: 'boolean', short: 'c', help: 'files without changes' },
  unknown: { type: 'boolean', short: 'u', help: 'files that are not tracked' },
  ignored: { type: 'boolean', short: 'i', help: 'ignored files' },
  'no-status': { type: 'boolean', short: 'n', help: 'paths only, without the letter' },
  copies: { type: 'boolean', short: 'C', help: 'where copied and renamed files come from' },
  print0: { type: 'boolean', short: '0', help: 'end names with NUL instead of a newline' },
  template: { type: 'string', short: 'T', value: 'json', help: 'write JSON' },
  color: { type: 'string', value: 'WHEN', help: 'use colors: always, never, auto or debug; auto by default' },
  quiet: { type: 'boolean', short: 'q', help: 'leave out files that are not tracked' },
  stats: { type: 'boolean', help: 'tell on stderr what work it took' },
  verbose: { type: 'boolean', short: 'v', help: '', unavailable: true },
  rev: { type: 'string', value: 'REV', repeats: true, help: 'compare with this revision; given twice, these two' },
  change: { type: 'string', value: 'REV', help: 'what this revision changed, compared with its first parent' },
  terse: { type: 'string', short: 't', help: '', unavailable: true },
  ...PATTERN_OPTIONS,
  subrepos: { type: 'boolean', short: 'S', help: '', unavailable: true },
  config: { type: 'string', help: '', unavailable: true },
};

const COMMANDS: Readonly<Record<string, Command>> = {
  status: {
    summary: 'show what changed in the working copy',
    usage: '[OPTION]... [PATH]...',
    notes: [
      'Without options that choose, everything but clean and ignored files is shown. A PATH may be a pattern',
      "with its kind in front ('glob:**.c', 're:\\.h$'). Output is that of 'hg status'.",
    ],
    options: STATUS_OPTIONS,
    load: async () => (await import('./status.ts')).status,
  },
  cat: {
    summary: 'print files as they are in a revision',
    usage: '[OPTION]... PATH...',
    notes: ["Without --rev it is the working copy's first parent. Output is that of 'hg cat'."],
    options: {
      rev: { type: 'string', short: 'r', value: 'REV', help: 'print this revision' },
      decode: { type: 'boolean', help: '', unavailable: true },
      output: { type: 'string', short: 'o', help: '', unavailable: true },
      ...PATTERN_OPTIONS,
      template: { type: 'string', short: 'T', help: '', unavailable: true },
    },
    load: async () => (await import('./cat.ts')).cat,
  },
  annotate: {
    summary: 'show the changeset that brought each line of a file',
    usage: '[OPTION]... PATH...',
    notes: [
      "Without --rev it is the working copy's first parent; --rev 'wdir()' is the working file. Output is that of",
      "'hg annotate'.",
    ],
    options: {
      rev: { type: 'string', short: 'r', value: 'REV', help: 'annotate this revision' },
      'no-follow': { type: 'boolean', help: 'stop at copies and renames' },
      text: { type: 'boolean', short: 'a', help: 'annotate binary files, too' },
      user: { type: 'boolean', short: 'u', help: 'show the author (whole with -v)' },
      file: { type: 'boolean', short: 'f', help: 'show the file name' },
      date: { type: 'boolean', short: 'd', help: 'show the date (short with -q)' },
      number: { type: 'boolean', short: 'n', help: 'show the revision number (default)' },
      changeset: { type: 'boolean', short: 'c', help: 'show the changeset' },
      'line-number': { type: 'boolean', short: 'l', help: 'show where the line was when it was added' },
      skip: { type: 'string', value: 'REV', repeats: true, help: 'attribute changes of this revision to older ones' },
      'ignore-all-space': { type: 'boolean', short: 'w', help: 'ignore white space' },
      'ignore-space-change': { type: 'boolean', short: 'b', help: 'ignore changes in the amount of white space' },
      'ignore-blank-lines': { type: 'boolean', short: 'B', help: 'ignore changes that only add or remove blank lines' },
      'ignore-space-at-eol': { type: 'boolean', short: 'Z', help: 'ignore white space at line ends' },
      template: { type: 'string', short: 'T', value: 'json', help: 'write JSON' },
      verbose: { type: 'boolean', short: 'v', help: 'show authors whole' },
      quiet: { type: 'boolean', short: 'q', help: 'show short dates' },
      include: { type: 'string', short: 'I', help: '', unavailable: true },
      exclude: { type: 'string', short: 'X', help: '', unavailable: true },
    },
    load: async () => (await import('./annotate.ts')).annotate,
  },
  watch: {
    summary: 'print changes of the status as they happen, one JSON object a line',
    usage: '[-R ROOT]',
    options: {},
    load: async () => (await import('./watch.ts')).watch,
  },
  debugignore: {
    summary: 'tell by which rule, of which file and line, paths are ignored',
    usage: 'PATH...',
    options: {},
    load: async () => (await import('./debugignore.ts')).debugignore,
  },
  doctor: {
    summary: "tell what a repository is, whether it is supported, and compare with 'hg status' if hg is there",
    usage: '[-R ROOT] [--no-hg]',
    notes: [
      'Exit code: 0 if all is well, 1 if the answers differ, 3 if the repository is not supported, 255 if it cannot be',
      'read or hg fails.',
    ],
    options: {
      'no-hg': { type: 'boolean', help: 'start no hg: it executes what the configuration of a repository says' },
    },
    load: async () => (await import('./doctor.ts')).doctor,
  },
};

const ALIASES: Readonly<Record<string, string>> = { st: 'status', blame: 'annotate' };

/** Runs the command line `args` and answers the exit code. Throws QuicksilverErrors. */
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
  if (name === 'status' && systemOf(rest, io) === 'git') {
    return (await import('./git/gitStatus.ts')).gitStatusCommand(rest, io);
  }
  const command = COMMANDS[name]!;
  const parsed = parseArguments(rest, { ...command.options, ...GLOBAL_OPTIONS }, name);
  if (parsed.flags.has('help')) {
    io.stdout.write(utf8Bytes(help(name)));
    return EXIT_OK;
  }
  const run = await command.load();
  return run(parsed, io);
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
    "'quicksilver COMMAND --help' tells more; 'quicksilver --version' shows the version.",
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
