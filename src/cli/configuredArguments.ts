// The options that [defaults] and [alias] of Mercurial's configuration add to a command.
import { toDisplay } from '../base/bytePath.ts';
import { QuicksilverError } from '../base/errors.ts';
import { parseArguments, type ParsedArguments } from './arguments.ts';
import { ALIASES, COMMANDS, GLOBAL_OPTIONS } from './commandTable.ts';
import type { Configuration } from './configuration.ts';
import { usageError, type CommandIo } from './io.ts';
import { isPlain } from './plain.ts';
import { shellCommand, splitWords } from './shellWords.ts';

/**
 * Returns the arguments with the options of the configuration in front of them, as `hg` runs the same words.
 * Experiments with `hg` show these rules:
 *
 * - An alias counts for its own name and for abbreviations. So `alias.status` counts for `status` and `stat`, but not
 *   for `st`, which is another name. An abbreviation of two names is ambiguous.
 * - `defaults.status` counts for `status` and `st`. For an alias, the name of the alias counts.
 * - HGPLAIN switches both off. With HGPLAINEXCEPT=alias aliases count, and no defaults.
 *
 * @throws 'unsupported' for an alias of another command, and for options that are not known here; 'usage' for an
 *   ambiguous command
 */
export function configuredArguments(
  given: ParsedArguments,
  command: string,
  config: Configuration,
  io: CommandIo,
): ParsedArguments {
  const typed = given.typed.word;
  const isName =
    COMMANDS[typed] !== undefined || ALIASES[typed] !== undefined || config.get('alias', typed) !== undefined;
  if (!isName && !isPlain(io, 'alias')) checkAbbreviation(typed, command, config);
  const word = isName ? typed : command;
  const alias = isPlain(io, 'alias') ? undefined : settingOf(config, 'alias', word);
  const defaults = isPlain(io) ? undefined : settingOf(config, 'defaults', alias === undefined ? command : word);
  let args = given;
  let words = given.typed.words;
  if (alias !== undefined) {
    words = [...optionsOfAlias(alias, command, given.typed, config), ...words];
    args = parsed(given, command, words, alias);
  }
  if (defaults !== undefined) args = parsed(given, command, [...wordsOf(defaults, given.typed), ...words], defaults);
  return args;
}

/** Throws a 'usage' error for an abbreviation of the command that may mean an alias of another name, too. */
function checkAbbreviation(typed: string, command: string, config: Configuration): void {
  // A name with a colon belongs to the help text of an alias.
  const aliases = config.items('alias').flatMap(({ name }) => (/^[^:]*$/.test(name) ? toDisplay(name) : []));
  const meant = [...new Set([command, ...aliases])].filter(name => name.startsWith(typed));
  if (meant.length > 1) throw usageError(`command '${typed}' is ambiguous: ${meant.sort().join(', ')}`);
}

type Typed = ParsedArguments['typed'];

/** A setting, as an ordinary text. */
interface Setting {
  /** With its section, for messages. */
  readonly name: string;
  readonly value: string;
}

function settingOf(config: Configuration, section: string, name: string): Setting | undefined {
  const value = config.get(section, name)?.value;
  return value === undefined ? undefined : { name: `${section}.${name}`, value: toDisplay(value) };
}

/** Returns the words that an alias puts after the command. Throws 'unsupported' for an alias of another command. */
function optionsOfAlias(alias: Setting, command: string, typed: Typed, config: Configuration): string[] {
  const [first = '', ...options] = alias.value.startsWith('!') ? [] : wordsOf(alias, typed);
  const isSame = COMMANDS[first] === undefined ? ALIASES[first] === command : first === command;
  const isAliasAgain = `alias.${first}` !== alias.name && config.get('alias', first) !== undefined;
  if (!isSame || isAliasAgain) throw unsupported(alias, typed);
  return options;
}

/** Throws 'unsupported' if the setting makes invalid or unknown options of the words. */
function parsed(
  { typed, values }: ParsedArguments,
  command: string,
  words: readonly string[],
  setting: Setting,
): ParsedArguments {
  const specs = { ...COMMANDS[command]!.options, ...GLOBAL_OPTIONS };
  let all: ParsedArguments;
  try {
    all = parseArguments(words, specs, command, typed.word);
  } catch (error) {
    // The words that were typed are valid: they were parsed alone before.
    if (!(error instanceof QuicksilverError)) throw error;
    throw unsupported(setting, typed, error);
  }
  const isElsewhere = ['repository', 'cwd'].some(name => all.values.get(name) !== values.get(name));
  if (isElsewhere || all.flags.has('help')) throw unsupported(setting, typed);
  return all;
}

/** Returns the words of a setting. Throws 'unsupported' for what a shell would expand. */
function wordsOf(setting: Setting, typed: Typed): string[] {
  const words = /[$%~]/.test(setting.value) ? undefined : splitWords(setting.value);
  if (words === undefined) throw unsupported(setting, typed);
  return words;
}

function unsupported({ name, value }: Setting, { word, words }: Typed, cause?: QuicksilverError): QuicksilverError {
  const hint = `run ${shellCommand(['hg', word, ...words])}`;
  return new QuicksilverError('unsupported', `The setting ${name} is not supported: '${value}'`, { cause, hint });
}
