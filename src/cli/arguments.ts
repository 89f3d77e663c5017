// Parses command lines as Mercurial does: options before and after the command, short ones in groups (-mard), long
// ones abbreviated or negated (--mod, --no-modified). For unknown words it suggests the nearest known one.
import { parseArgs } from 'node:util';
import { QuicksilverError } from '../base/errors.ts';
import { usageError } from './io.ts';

export interface OptionSpec {
  readonly type: 'boolean' | 'string';
  readonly short?: string;
  /** One line for the help text. */
  readonly help: string;
  /** True of a 'string' option if all its values count. */
  readonly repeats?: boolean;
  /** How the help text names the value of a 'string' option. */
  readonly value?: string;
  /** Values of a 'string' option, for completion. */
  readonly choices?: readonly string[];
  /** True if the value of a 'string' option is a directory. */
  readonly isDirectory?: boolean;
  /** A known option of `hg` that is not available here. Naming it so is better than calling it unknown. */
  readonly unavailable?: boolean;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

export interface ParsedArguments {
  /** True for boolean options that were given and not taken back; by long name. */
  readonly flags: ReadonlySet<string>;
  /** Values of the other options; the last one counts. */
  readonly values: ReadonlyMap<string, string>;
  /** All the values of options that may be given several times, in order. */
  readonly repeated: ReadonlyMap<string, readonly string[]>;
  readonly positionals: readonly string[];
  /** The command as it was typed, and the words after it. */
  readonly typed: { readonly word: string; readonly words: readonly string[] };
}

/**
 * Splits off the command: the first argument that is neither an option nor the value of one of `specs`. The other
 * arguments stay in their order.
 */
export function splitCommand(
  args: readonly string[],
  specs: OptionSpecs,
): { readonly command: string | undefined; readonly rest: readonly string[] } {
  for (let at = 0; at < args.length; at++) {
    const argument = args[at]!;
    if (argument === '--') break;
    if (!argument.startsWith('-') || argument === '-') {
      return { command: argument, rest: [...args.slice(0, at), ...args.slice(at + 1)] };
    }
    if (takesNextArgument(argument, specs)) at++;
  }
  return { command: undefined, rest: args };
}

/**
 * Parses the arguments of `command` (used in messages). Throws a 'usage' error for what is not known or not available,
 * with the nearest option there is.
 * @param word the command as it was typed
 */
export function parseArguments(
  args: readonly string[],
  specs: OptionSpecs,
  command: string,
  word = command,
): ParsedArguments {
  const { tokens } = parseArgs({
    args: spellOut(args, specs),
    options: Object.fromEntries(
      Object.entries(specs).map(([name, { type, short }]) => [name, short === undefined ? { type } : { type, short }]),
    ),
    strict: false,
    tokens: true,
  });
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const repeated = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const negated = !Object.hasOwn(specs, token.name);
    const name = negated ? opposite(token.name) : token.name;
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (spec === undefined || (negated && (spec.type !== 'boolean' || opposite(name) !== token.name))) {
      throw usageError(unknownOption(token.rawName, specs, command));
    }
    if (spec.unavailable === true) {
      throw new QuicksilverError('unsupported', `${token.rawName} is not supported by quicksilver ${command} yet`);
    }
    if (spec.type === 'string') {
      if (token.value === undefined) throw usageError(`option ${token.rawName} needs a value`);
      values.set(name, token.value);
      if (spec.repeats === true) repeated.set(name, [...(repeated.get(name) ?? []), token.value]);
    } else if (token.value !== undefined) {
      throw usageError(`option ${token.rawName} takes no value`);
    } else if (negated) {
      flags.delete(name);
    } else {
      flags.add(name);
    }
  }
  return { flags, values, repeated, positionals, typed: { word, words: args } };
}

/** The one of `candidates` that `word` is most likely a misspelling of, or undefined if none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  // A third of the letters may be wrong, but of a short word not most of them.
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function takesNextArgument(argument: string, specs: OptionSpecs): boolean {
  if (argument.startsWith('--')) {
    if (argument.includes('=')) return false;
    const name = complete(argument.slice(2), specs);
    return name !== undefined && specs[name]?.type === 'string';
  }
  // In a group like -mR only the last letter can take the next argument; earlier, the rest of the group is its value.
  for (let at = 1; at < argument.length; at++) {
    const letter = argument[at]!;
    const spec = Object.values(specs).find(candidate => candidate.short === letter);
    if (spec?.type === 'string') return at === argument.length - 1;
  }
  return false;
}

/** Replaces abbreviated long options by the names they stand for. */
function spellOut(args: readonly string[], specs: OptionSpecs): string[] {
  const out: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const argument = args[at]!;
    if (argument === '--') return [...out, ...args.slice(at)];
    if (argument.startsWith('--')) {
      const equals = argument.indexOf('=');
      const name = equals < 0 ? argument.slice(2) : argument.slice(2, equals);
      out.push(`--${complete(name, specs) ?? name}${equals < 0 ? '' : argument.slice(equals)}`);
    } else {
      out.push(argument);
    }
    const value = args[at + 1];
    if (argument.startsWith('-') && value !== undefined && takesNextArgument(argument, specs)) {
      out.push(value);
      at++;
    }
  }
  return out;
}

/** The long name, plain or with 'no-', that `name` is or is the beginning of; undefined if there is none or several. */
function complete(name: string, specs: OptionSpecs): string | undefined {
  const names = Object.keys(specs).flatMap(known =>
    specs[known]?.type === 'boolean' ? [known, opposite(known)] : [known],
  );
  if (names.includes(name)) return name;
  const matching = names.filter(known => known.startsWith(name));
  return name !== '' && matching.length === 1 ? matching[0] : undefined;
}

/** The name that takes a boolean option back: with 'no-' in front, or without it where it has that already. */
function opposite(name: string): string {
  return name.startsWith('no-') ? name.slice(3) : `no-${name}`;
}

function unknownOption(rawName: string, specs: OptionSpecs, command: string): string {
  const seeHelp = `'quicksilver ${command} --help' lists the options`;
  const available = Object.entries(specs).filter(([, spec]) => spec.unavailable !== true);
  if (!rawName.startsWith('--')) {
    const letter = rawName.slice(1);
    const other = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
    const meant = available.find(([, spec]) => spec.short === other)?.[0];
    return meant === undefined
      ? `unknown option ${rawName}; ${seeHelp}`
      : `unknown option ${rawName}; did you mean -${other} (--${meant})? ${seeHelp}`;
  }
  const word = rawName.slice(2);
  const beginning = available.map(([name]) => name).filter(name => word !== '' && name.startsWith(word));
  if (beginning.length > 1) {
    return `option ${rawName} is ambiguous: ${beginning.map(name => `--${name}`).join(', ')}`;
  }
  const meant = nearest(
    word,
    available.map(([name]) => name),
  );
  return meant === undefined
    ? `unknown option ${rawName}; ${seeHelp}`
    : `unknown option ${rawName}; did you mean --${meant}? ${seeHelp}`;
}

/** Returns the number of insertions, deletions, replacements and swaps of adjacent letters that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  // A word of many letters is no misspelt option.
  if (Math.max(a.length, b.length) > 64) return Number.POSITIVE_INFINITY;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, beforeLast[j - 2]! + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
