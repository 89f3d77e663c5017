// The commands: their options, and where their code is. A command's code is loaded when it runs, because `status` has
// to answer before the other commands would be loaded.
import type { OptionSpecs, ParsedArguments } from './arguments.ts';
import type { CommandIo } from './io.ts';

/** Runs a command and returns its exit code. Throws QuicksilverErrors. */
export type CommandRun = (args: ParsedArguments, io: CommandIo) => Promise<number>;

export interface Command {
  /** One line, as an imperative. */
  readonly summary: string;
  /** The options and operands after the command's name. */
  readonly usage: string;
  /** More sentences for the help text and the manual page, wrapped where they are shown. */
  readonly notes?: readonly string[];
  readonly options: OptionSpecs;
  /** Completion of operands: paths, or some words. */
  readonly operands?: 'paths' | readonly string[];
  readonly load: () => Promise<CommandRun>;
}

/** Options that are accepted before the command and after it. */
export const GLOBAL_OPTIONS: OptionSpecs = {
  repository: {
    type: 'string',
    short: 'R',
    value: 'ROOT',
    help: 'root of the repository instead of the one around the current directory',
    isDirectory: true,
  },
  cwd: { type: 'string', value: 'DIR', help: 'change to this directory first', isDirectory: true },
  help: { type: 'boolean', short: 'h', help: 'show this help' },
};

/** Options that restrict the paths of a command. */
const PATTERN_OPTIONS: OptionSpecs = {
  include: {
    type: 'string',
    short: 'I',
    value: 'PATTERN',
    repeats: true,
    help: 'include names that match the pattern, or lie below a match',
  },
  exclude: {
    type: 'string',
    short: 'X',
    value: 'PATTERN',
    repeats: true,
    help: 'exclude names that match the pattern, or lie below a match',
  },
};

const COLOR_OPTION: OptionSpecs = {
  color: {
    type: 'string',
    value: 'WHEN',
    help: 'use colors: auto (default), always, never or debug',
    choices: ['auto', 'always', 'never', 'debug'],
  },
};

const STATUS_OPTIONS: OptionSpecs = {
  all: { type: 'boolean', short: 'A', help: 'all files, including clean and ignored ones, with the sources of copies' },
  modified: { type: 'boolean', short: 'm', help: 'modified files' },
  added: { type: 'boolean', short: 'a', help: 'added files' },
  removed: { type: 'boolean', short: 'r', help: 'removed files' },
  deleted: { type: 'boolean', short: 'd', help: 'missing files: tracked, but not on disk' },
  clean: { type: 'boolean', short: 'c', help: 'clean files' },
  unknown: { type: 'boolean', short: 'u', help: 'untracked files' },
  ignored: { type: 'boolean', short: 'i', help: 'ignored files' },
  'no-status': { type: 'boolean', short: 'n', help: 'hide the status letter' },
  copies: { type: 'boolean', short: 'C', help: 'show the sources of copied and renamed files' },
  print0: { type: 'boolean', short: '0', help: 'end names with NUL instead of a newline' },
  template: { type: 'string', short: 'T', value: 'json', help: 'write JSON', choices: ['json'] },
  ...COLOR_OPTION,
  quiet: { type: 'boolean', short: 'q', help: 'hide untracked files' },
  stats: { type: 'boolean', help: 'report the work done on stderr' },
  'no-server': { type: 'boolean', help: 'scan, even if a server could answer' },
  verbose: { type: 'boolean', short: 'v', help: 'add the state of an unfinished operation' },
  rev: {
    type: 'string',
    value: 'REV',
    repeats: true,
    help: 'compare with this revision; given twice, compare these two',
  },
  change: { type: 'string', value: 'REV', help: 'show the changes of this revision against its first parent' },
  terse: {
    type: 'string',
    short: 't',
    value: 'LETTERS',
    help: "show one line for a directory of files with one status, of those named ('mardu')",
  },
  ...PATTERN_OPTIONS,
  subrepos: { type: 'boolean', short: 'S', help: 'add the files of subrepositories' },
  config: { type: 'string', help: '', unavailable: true },
};

export const COMMANDS: Readonly<Record<string, Command>> = {
  status: {
    summary: 'show what changed in the working copy',
    usage: '[OPTION]... [PATH]...',
    notes: [
      'Without a choice of statuses, all except clean and ignored files are shown.',
      "A PATH may be a pattern with its kind in front ('glob:**.c', 're:\\.h$').",
      "The output is that of 'hg status'. In a Git or Bazaar working tree, output and options are those of",
      "'git status' or 'brz status'; 'quicksilver status --help' lists them there.",
    ],
    options: STATUS_OPTIONS,
    operands: 'paths',
    load: async () => (await import('./status.ts')).status,
  },
  cat: {
    summary: 'print files as of a revision',
    usage: '[OPTION]... PATH...',
    notes: ["Without --rev, the revision is the working copy's first parent.", "The output is that of 'hg cat'."],
    options: {
      rev: { type: 'string', short: 'r', value: 'REV', help: 'print this revision' },
      decode: { type: 'boolean', help: '', unavailable: true },
      output: { type: 'string', short: 'o', help: '', unavailable: true },
      ...PATTERN_OPTIONS,
      template: { type: 'string', short: 'T', help: '', unavailable: true },
    },
    operands: 'paths',
    load: async () => (await import('./cat.ts')).cat,
  },
  annotate: {
    summary: 'show the changeset that brought each line of a file',
    usage: '[OPTION]... PATH...',
    notes: [
      "Without --rev, the revision is the working copy's first parent; --rev 'wdir()' is the working file.",
      "The output is that of 'hg annotate'.",
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
      template: { type: 'string', short: 'T', value: 'json', help: 'write JSON', choices: ['json'] },
      verbose: { type: 'boolean', short: 'v', help: 'show authors whole' },
      quiet: { type: 'boolean', short: 'q', help: 'show short dates' },
      ...COLOR_OPTION,
      ...PATTERN_OPTIONS,
    },
    operands: 'paths',
    load: async () => (await import('./annotate.ts')).annotate,
  },
  log: {
    summary: 'show changesets',
    usage: '[OPTION]... [FILE]...',
    notes: [
      'Without options, all changesets are shown, the newest first.',
      'A REV is a name or a set: ranges (a:b, a::b), and, or, not, -, x^, x~n, and these functions:',
      'all, ancestors, author, bookmark, branch, branchpoint, children, closed, commonancestors, date, desc,',
      'descendants, draft, first, follow(), head, heads, id, keyword, last, limit, max, merge, min, none, only, p1, p2,',
      "parents, present, public, rev, reverse, roots, secret, tag, user. Others need 'hg log'.",
      "The output is that of 'hg log'.",
    ],
    options: {
      follow: { type: 'boolean', short: 'f', help: 'show ancestors only, or the history of FILE across renames' },
      rev: {
        type: 'string',
        short: 'r',
        value: 'REV',
        repeats: true,
        help: 'show this changeset or set, or follow from it',
      },
      keyword: {
        type: 'string',
        short: 'k',
        value: 'TEXT',
        repeats: true,
        help: 'search in messages, users and files',
      },
      user: { type: 'string', short: 'u', value: 'USER', repeats: true, help: 'changesets of users with this text' },
      branch: { type: 'string', short: 'b', value: 'BRANCH', repeats: true, help: 'changesets on this branch' },
      'no-merges': { type: 'boolean', short: 'M', help: 'leave merges out' },
      limit: { type: 'string', short: 'l', value: 'NUM', help: 'show at most so many' },
      template: { type: 'string', short: 'T', value: 'TEMPLATE', help: "write by a template, or 'json'" },
      verbose: { type: 'boolean', short: 'v', help: 'show files and whole messages' },
      quiet: { type: 'boolean', short: 'q', help: 'show numbers and IDs only' },
      date: { type: 'string', short: 'd', value: 'DATE', help: 'changesets of this date, or range of dates' },
      graph: { type: 'boolean', short: 'G', help: 'draw the graph of the changesets beside them' },
      patch: { type: 'boolean', short: 'p', help: 'show the differences' },
      git: { type: 'boolean', short: 'g', help: 'show differences in the format of Git' },
      stat: { type: 'boolean', help: 'summarize the differences' },
      removed: { type: 'boolean', help: 'include changesets that removed the files' },
      copies: { type: 'boolean', short: 'C', help: 'show copied and renamed files (with -v)' },
      ...COLOR_OPTION,
      hidden: { type: 'boolean', help: 'include hidden changesets' },
      debug: { type: 'boolean', help: '', unavailable: true },
      style: { type: 'string', value: 'STYLE', help: "'default', which is the form without a template" },
      'line-range': { type: 'string', short: 'L', help: '', unavailable: true },
      'follow-first': { type: 'boolean', help: 'show what first parents lead to' },
      'only-merges': { type: 'boolean', short: 'm', help: 'show merges only' },
      'only-branch': { type: 'string', value: 'BRANCH', repeats: true, help: 'the same as --branch' },
      prune: {
        type: 'string',
        short: 'P',
        value: 'REV',
        repeats: true,
        help: 'leave out this changeset and its ancestors',
      },
      bookmark: {
        type: 'string',
        short: 'B',
        value: 'BOOKMARK',
        repeats: true,
        help: 'changesets that only this bookmark leads to',
      },
      ...PATTERN_OPTIONS,
    },
    operands: 'paths',
    load: async () => (await import('./log/log.ts')).log,
  },
  watch: {
    summary: 'print changes of the status as they happen, one JSON object per line',
    usage: '[-R ROOT]',
    options: {},
    load: async () => (await import('./watch.ts')).watch,
  },
  daemon: {
    summary: 'start, stop and examine the server that windows and terminals share',
    usage: 'start|run|stop|status|list|log|hg-setup|git-setup [--json]',
    notes: [
      "'start' starts it in the background, 'run' in the foreground; one server per user runs.",
      "'status' and 'list' show the server and its repositories; 'log' shows the end of its log.",
      "'hg-setup' prints the lines for your hgrc with which 'hg status' itself asks the server.",
      "'git-setup' runs 'git version' and prints the settings with which 'git status' is fast.",
      'It only reads, and ends when nothing has used it for some minutes.',
    ],
    options: {
      json: { type: 'boolean', help: 'write JSON, one object per line' },
      'idle-seconds': { type: 'string', value: 'N', help: 'end after N seconds without use (default 600)' },
      'unload-seconds': { type: 'string', value: 'N', help: 'unload a repository after N seconds (default 300)' },
      'memory-megabytes': { type: 'string', value: 'N', help: 'keep repositories up to N megabytes (default 512)' },
    },
    operands: ['start', 'run', 'stop', 'status', 'list', 'log', 'hg-setup', 'git-setup'],
    load: async () => (await import('./daemon.ts')).daemon,
  },
  prompt: {
    summary: "print the repository's state in one line, for a shell's prompt",
    usage: '[--shell SHELL] [--format TEXT] | --init SHELL',
    notes: [
      'It asks the shared server, starts it if needed, and prints nothing where there is no answer in time.',
      '--format: %b branch, %m bookmark, %t topic, %o operation, %M %A %R %! %? %C counts, %s state.',
      "The state is 'exact', or '~' for what was known last. C counts unresolved conflicts.",
    ],
    options: {
      shell: {
        type: 'string',
        value: 'SHELL',
        help: 'print a text that this shell expands no further',
        choices: ['bash', 'zsh', 'fish', 'starship'],
      },
      format: { type: 'string', value: 'TEXT', help: 'print this text' },
      init: {
        type: 'string',
        value: 'SHELL',
        help: 'print what to put into the configuration of this shell',
        choices: ['bash', 'zsh', 'fish', 'starship'],
      },
    },
    load: async () => (await import('./prompt.ts')).prompt,
  },
  debugignore: {
    summary: 'show the rule, file and line that ignores each path',
    usage: 'PATH...',
    options: {},
    operands: 'paths',
    load: async () => (await import('./debugignore.ts')).debugignore,
  },
  doctor: {
    summary: "report on a repository, and compare with 'hg status' if hg is installed",
    usage: '[-R ROOT] [--no-hg]',
    notes: ['Exit code: 0 if the answers agree, 1 if they differ, 3 if the repository is unsupported, 255 on errors.'],
    options: {
      'no-hg': { type: 'boolean', help: 'do not start hg, which executes hooks of the configuration' },
    },
    load: async () => (await import('./doctor.ts')).doctor,
  },
  completion: {
    summary: 'print a completion script for a shell',
    usage: 'bash|zsh|fish',
    notes: [
      'bash: source <(quicksilver completion bash)',
      'zsh: source <(quicksilver completion zsh)',
      'fish: quicksilver completion fish | source',
    ],
    options: {},
    operands: ['bash', 'zsh', 'fish'],
    load: async () => (await import('./completion.ts')).completion,
  },
  manpage: {
    summary: 'print the manual page, in the format of man',
    usage: '',
    options: {},
    load: async () => (await import('./manPage.ts')).manPage,
  },
};

export const ALIASES: Readonly<Record<string, string>> = { st: 'status', blame: 'annotate', history: 'log' };
