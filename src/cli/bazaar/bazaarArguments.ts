// The options of `quicksilver status` in a Bazaar working tree: those of `brz status`.
import { usageError } from '../io.ts';

export interface BazaarArguments {
  readonly form: 'long' | 'short' | 'json';
  readonly versioned: boolean;
  readonly verbose: boolean;
  readonly showIds: boolean;
  readonly classify: boolean;
  readonly pending: boolean;
  readonly quiet: boolean;
  readonly revision: string | undefined;
  readonly change: string | undefined;
  readonly stats: boolean;
  readonly help: boolean;
  readonly repository: string | undefined;
  readonly cwd: string | undefined;
  readonly paths: readonly string[];
}

export const BAZAAR_STATUS_HELP = `quicksilver status [OPTION]... [PATH]...

show what changed in a Bazaar or Breezy working tree

Output is that of 'brz status' with the same options.

 -S --short            show three letters and a path for each change
 -T --template json    write JSON
 -V --versioned        hide unknown paths
 -v --verbose          show all revisions that pending merges bring in
    --show-ids         show file ids
    --no-classify      hide the marks of directories, links and execute bits
    --no-pending       hide pending merges
 -r --revision REV     compare with a revision, or two: A..B
 -c --change REV       show the changes of this revision
 -q --quiet            hide the changes in the short form
    --stats            report the work done on stderr
 -R --repository ROOT  root of the working tree instead of the one around the current directory
    --cwd DIR          change to this directory first
 -h --help             show this help
`;

type Draft = { -readonly [Key in keyof BazaarArguments]: BazaarArguments[Key] };

const SHORT: Readonly<Record<string, string | undefined>> = {
  S: 'short',
  V: 'versioned',
  v: 'verbose',
  q: 'quiet',
  r: 'revision',
  c: 'change',
  T: 'template',
  R: 'repository',
  h: 'help',
};

const WITH_VALUE = ['revision', 'change', 'template', 'repository', 'cwd'];
/** These are on without an option. */
const ON_BY_DEFAULT = ['classify', 'pending'];
/** Options that `no-` in front takes back. */
const SWITCHES = ['short', 'versioned', 'verbose', 'quiet', 'show-ids', ...ON_BY_DEFAULT];
const LONG = [...WITH_VALUE, ...SWITCHES, ...SWITCHES.map(name => `no-${name}`), 'stats', 'help'];

/** Parses the arguments after `status`. Throws a 'usage' error for what is not known. */
export function parseBazaarArguments(args: readonly string[]): BazaarArguments {
  const draft: Draft = {
    form: 'long',
    versioned: false,
    verbose: false,
    showIds: false,
    classify: true,
    pending: true,
    quiet: false,
    revision: undefined,
    change: undefined,
    stats: false,
    help: false,
    repository: undefined,
    cwd: undefined,
    paths: [],
  };
  const paths: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const argument = args[at]!;
    const next = (): string => {
      const value = args[++at];
      if (value === undefined) throw usageError(`option ${argument} needs a value`);
      return value;
    };
    if (argument === '--') {
      paths.push(...args.slice(at + 1));
      break;
    }
    if (argument.startsWith('--')) longOption(argument, draft, next);
    else if (argument.startsWith('-') && argument !== '-') shortOptions(argument, draft, next);
    else paths.push(argument);
  }
  return { ...draft, paths };
}

function longOption(argument: string, draft: Draft, next: () => string): void {
  const equals = argument.indexOf('=');
  const name = spelledOut(argument.slice(2, equals < 0 ? undefined : equals));
  const value = equals < 0 ? undefined : argument.slice(equals + 1);
  const takesValue = WITH_VALUE.includes(name);
  if (!takesValue && value !== undefined) throw usageError(`option --${name} takes no value`);
  apply(name, takesValue ? (value ?? next()) : '', draft, `--${name}`);
}

/** Returns the long option that a name is, or is the only possible beginning of; else the name. */
function spelledOut(name: string): string {
  if (LONG.includes(name)) return name;
  const meant = LONG.filter(option => option.startsWith(name));
  if (name === '' || meant.length === 0) return name;
  if (meant.length === 1) return meant[0]!;
  throw usageError(`option --${name} is ambiguous: ${meant.map(option => `--${option}`).join(', ')}`);
}

function shortOptions(argument: string, draft: Draft, next: () => string): void {
  for (let at = 1; at < argument.length; at++) {
    const letter = argument.charAt(at);
    const name = SHORT[letter] ?? '';
    const rest = argument.slice(at + 1);
    if (WITH_VALUE.includes(name)) {
      apply(name, rest === '' ? next() : rest, draft, `-${letter}`);
      return;
    }
    apply(name, '', draft, `-${letter}`);
  }
}

function apply(name: string, value: string, draft: Draft, shown: string): void {
  const isOn = !name.startsWith('no-');
  switch (isOn ? name : name.slice('no-'.length)) {
    case 'short':
      if (draft.form !== 'json') draft.form = isOn ? 'short' : 'long';
      return;
    case 'template':
      if (value !== 'json') throw usageError(`template '${value}' is not supported: there is 'json'`);
      draft.form = 'json';
      return;
    case 'versioned':
      draft.versioned = isOn;
      return;
    case 'verbose':
      draft.verbose = isOn;
      return;
    case 'quiet':
      draft.quiet = isOn;
      return;
    case 'show-ids':
      draft.showIds = isOn;
      return;
    case 'classify':
      draft.classify = isOn;
      return;
    case 'pending':
      draft.pending = isOn;
      return;
    case 'stats':
    case 'help':
      draft[name as 'stats' | 'help'] = true;
      return;
    // The later one of these two counts.
    case 'revision':
      [draft.revision, draft.change] = [value, undefined];
      return;
    case 'change':
      [draft.revision, draft.change] = [undefined, value];
      return;
    case 'repository':
    case 'cwd':
      draft[name as 'repository' | 'cwd'] = value;
      return;
    default:
      throw usageError(`unknown option ${shown} for quicksilver status in a Bazaar working tree`);
  }
}
