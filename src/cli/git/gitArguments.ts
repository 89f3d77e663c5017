// The options of `quicksilver status` in a Git working tree: those of `git status`, whose values are optional.
import { QuicksilverError } from '../../base/errors.ts';
import { usageError } from '../io.ts';

export interface GitArguments {
  readonly form: 'short' | 'v1' | 'v2' | 'json';
  readonly branch: boolean | undefined;
  readonly stash: boolean | undefined;
  readonly nul: boolean;
  readonly untracked: 'no' | 'normal' | 'all' | undefined;
  readonly ignored: 'no' | 'traditional' | 'matching';
  readonly aheadBehind: boolean | undefined;
  /** Percent; undefined for the configured value. */
  readonly renames: { readonly enabled: boolean; readonly percent: number | undefined } | undefined;
  readonly ignoreSubmodules: 'none' | 'untracked' | 'dirty' | 'all' | undefined;
  readonly stats: boolean;
  readonly help: boolean;
  readonly repository: string | undefined;
  readonly cwd: string | undefined;
  readonly paths: readonly string[];
}

export const GIT_STATUS_HELP = `quicksilver status [OPTION]... [PATH]...

show what changed in a Git working tree

Output is that of 'git status' with the same options; without any, of 'git status --short'.

 -s --short                    show two letters and a path for each change (default)
    --porcelain[=v1|v2]        use the form for scripts
 -T --template json            write JSON
 -b --branch                   add the branch, and how far it is from its upstream
    --show-stash               add the number of stashes
 -z --null                     end names with NUL instead of a newline
 -u --untracked-files[=MODE]   show untracked files: no, normal or all (without MODE: all)
    --ignored[=MODE]           show ignored files: no, traditional or matching (without MODE: traditional)
    --no-ahead-behind          do not count the commits ahead and behind
    --no-renames               show renames as an added and a deleted file
 -M --find-renames[=PERCENT]   find renames of files that are at least this similar
    --ignore-submodules[=WHEN] ignore changes of submodules: none, untracked, dirty or all (without WHEN: all)
    --stats                    report the work done on stderr
 -R --repository ROOT          root of the working tree instead of the one around the current directory
    --cwd DIR                  change to this directory first
 -h --help                     show this help
`;

type Draft = { -readonly [Key in keyof GitArguments]: GitArguments[Key] } & {
  /** The value of --find-renames, which overrides --no-renames before or after it. */
  similarity?: { readonly percent: number | undefined };
};

const VALUES = {
  untracked: ['no', 'normal', 'all'],
  ignored: ['no', 'traditional', 'matching'],
  submodules: ['none', 'untracked', 'dirty', 'all'],
} as const;

/** The long options of `git status`. All but the last one can be negated. A part that fits one only stands for it. */
const GIT_OPTIONS = [
  'verbose',
  'short',
  'branch',
  'show-stash',
  'ahead-behind',
  'porcelain',
  'long',
  'null',
  'untracked-files',
  'ignored',
  'ignore-submodules',
  'column',
  'renames',
  'find-renames',
] as const;
const GIT_NAMES = [...GIT_OPTIONS, ...GIT_OPTIONS.slice(0, -1).map(name => `no-${name}`)].map(name => `--${name}`);
const OWN_NAMES: ReadonlySet<string> = new Set(['--json', '--template', '--stats', '--help', '--repository', '--cwd']);
const TAKE_VALUES: ReadonlySet<string> = new Set([
  '--porcelain',
  '--template',
  '--untracked-files',
  '--ignored',
  '--find-renames',
  '--ignore-submodules',
  '--repository',
  '--cwd',
]);

/**
 * Parses the arguments after `status`. Throws a 'usage' error for what is not known, and an 'unsupported' error for
 * what only `git status` has.
 */
export function parseGitArguments(args: readonly string[]): GitArguments {
  const draft: Draft = {
    form: 'short',
    branch: undefined,
    stash: undefined,
    nul: false,
    untracked: undefined,
    ignored: 'no',
    aheadBehind: undefined,
    renames: undefined,
    ignoreSubmodules: undefined,
    stats: false,
    help: false,
    repository: undefined,
    cwd: undefined,
    paths: [],
  };
  const paths: string[] = [];
  let form: GitArguments['form'] | undefined;
  for (let at = 0; at < args.length; at++) {
    const argument = args[at]!;
    if (argument === '--') {
      paths.push(...args.slice(at + 1));
      break;
    }
    if (!argument.startsWith('-') || argument === '-') {
      paths.push(argument);
      continue;
    }
    const next = (): string => {
      const value = args[++at];
      if (value === undefined) throw usageError(`option ${argument} needs a value`);
      return value;
    };
    form = argument.startsWith('--')
      ? longOption(argument, draft, form, next)
      : shortOptions(argument, draft, form, next);
  }
  const { similarity } = draft;
  draft.form = form ?? (draft.nul ? 'v1' : 'short');
  draft.paths = paths;
  if (similarity !== undefined) draft.renames = { enabled: true, ...similarity };
  return draft;
}

function longOption(
  argument: string,
  draft: Draft,
  form: GitArguments['form'] | undefined,
  next: () => string,
): GitArguments['form'] | undefined {
  const equals = argument.indexOf('=');
  const name = wholeName(equals < 0 ? argument : argument.slice(0, equals));
  const value = equals < 0 ? undefined : argument.slice(equals + 1);
  if (value !== undefined && GIT_NAMES.includes(name) && !TAKE_VALUES.has(name) && name !== '--column') {
    throw usageError(`option ${name} takes no value`);
  }
  switch (name) {
    case '--short':
      return 'short';
    case '--porcelain':
      if (value === undefined || value === 'v1' || value === '1') return 'v1';
      if (value === 'v2' || value === '2') return 'v2';
      throw usageError(`unsupported porcelain version '${value}'`);
    case '--json':
      return 'json';
    case '--template':
      return template(value ?? next());
    case '--branch':
    case '--no-branch':
      draft.branch = name === '--branch';
      return form;
    case '--show-stash':
    case '--no-show-stash':
      draft.stash = name === '--show-stash';
      return form;
    case '--null':
    case '--no-null':
      draft.nul = name === '--null';
      return form;
    case '--no-untracked-files':
      draft.untracked = undefined;
      return form;
    case '--no-ignored':
      draft.ignored = 'no';
      return form;
    case '--no-ignore-submodules':
      draft.ignoreSubmodules = undefined;
      return form;
    case '--untracked-files':
      draft.untracked = choice(VALUES.untracked, value ?? 'all', argument);
      return form;
    case '--ignored':
      draft.ignored = choice(VALUES.ignored, value ?? 'traditional', argument);
      return form;
    case '--ahead-behind':
    case '--no-ahead-behind':
      draft.aheadBehind = name === '--ahead-behind';
      return form;
    case '--renames':
    case '--no-renames':
      draft.renames = { enabled: name === '--renames', percent: undefined };
      return form;
    case '--find-renames':
      draft.similarity = { percent: value === undefined ? undefined : percentOf(value) };
      return form;
    case '--ignore-submodules':
      draft.ignoreSubmodules = choice(VALUES.submodules, value ?? 'all', argument);
      return form;
    case '--stats':
      draft.stats = true;
      return form;
    case '--help':
      draft.help = true;
      return form;
    case '--repository':
      draft.repository = value ?? next();
      return form;
    case '--cwd':
      draft.cwd = value ?? next();
      return form;
    default:
      throw unknownOption(name, argument, GIT_NAMES.includes(name));
  }
}

/** Returns the name of `git status` that a name is, or is the only possible beginning of; else the name itself. */
function wholeName(name: string): string {
  if (OWN_NAMES.has(name) || GIT_NAMES.includes(name)) return name;
  const beginning = GIT_NAMES.filter(each => each.startsWith(name));
  return beginning.length === 1 ? beginning[0]! : name;
}

/** @param argument where the option is */
function unknownOption(name: string, argument: string, isGits: boolean): QuicksilverError {
  if (!isGits) return usageError(`unknown option ${name} for quicksilver status in a Git working tree`);
  const hint = `run 'git status ${argument}'`;
  return new QuicksilverError('unsupported', `quicksilver status does not have the option ${name} of git status`, {
    hint,
  });
}

function shortOptions(
  argument: string,
  draft: Draft,
  given: GitArguments['form'] | undefined,
  next: () => string,
): GitArguments['form'] | undefined {
  let form = given;
  for (let at = 1; at < argument.length; at++) {
    const rest = argument.slice(at + 1);
    switch (argument.charAt(at)) {
      case 's':
        form = 'short';
        break;
      case 'b':
        draft.branch = true;
        break;
      case 'z':
        draft.nul = true;
        break;
      case 'h':
        draft.help = true;
        break;
      case 'M':
        draft.similarity = { percent: rest === '' ? undefined : percentOf(rest) };
        return form;
      case 'u':
        draft.untracked = choice(VALUES.untracked, rest === '' ? 'all' : rest, argument);
        return form;
      case 'R':
        draft.repository = rest === '' ? next() : rest;
        return form;
      case 'T':
        return template(rest === '' ? next() : rest);
      default:
        throw unknownOption(`-${argument[at]}`, argument, argument[at] === 'v');
    }
  }
  return form;
}

function template(value: string): 'json' {
  if (value !== 'json') throw usageError(`template '${value}' is not supported: there is 'json'`);
  return 'json';
}

function choice<T extends string>(values: readonly T[], value: string, argument: string): T {
  const found = values.find(each => each === value);
  if (found === undefined) throw usageError(`${argument}: there are ${values.join(', ')}`);
  return found;
}

/** `50`, `50%`, `5` (a fraction: 0.5) and `.5`, as Git reads them. Text after the number does not count. */
function percentOf(value: string): number {
  const [, whole = '', point, fraction = '', sign] = /^(\d*)(\.?)(\d*)(%?)/.exec(value)!;
  const number = Number(`${whole || '0'}.${fraction || '0'}`);
  if (sign === '%') return Math.min(100, number);
  return Math.min(100, (point === '.' ? number : Number(`0.${whole || '0'}`)) * 100);
}
