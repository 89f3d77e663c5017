// The environment of a command in a Bazaar working tree, and the aliases of the user's settings.
import type { BazaarEnvironment } from '../../bazaar/repository/configFiles.ts';
import { userAlias } from '../../bazaar/repository/userAliases.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { homeDirectory } from '../../files/environment.ts';
import { Vfs } from '../../files/vfs.ts';
import { ALIASES } from '../commandTable.ts';
import type { CommandIo } from '../io.ts';
import { splitWords } from '../shellWords.ts';

/** Returns the variables and the home directory that Breezy would see. */
export function bazaarEnvironment(io: CommandIo): BazaarEnvironment {
  return { variables: io.environment, homeDirectory: io.environment['HOME'] ?? homeDirectory() };
}

/**
 * Returns the words after a command with those of its alias in front. As in Breezy, an alias counts for the word that
 * is typed, and an empty one for nothing. Throws 'unsupported' for an alias of another command.
 * @param word the command as it was typed
 */
export function withAlias(command: string, word: string, words: readonly string[], io: CommandIo): readonly string[] {
  const alias = userAlias(new Vfs(), bazaarEnvironment(io), word);
  const [first, ...options] = splitWords(alias ?? '') ?? [''];
  if (first === undefined) return words;
  const isSame = first === 'stat' ? command === 'status' : (ALIASES[first] ?? first) === command;
  if (isSame) return [...options, ...words];
  throw new QuicksilverError('unsupported', `The alias ${word} is not supported: '${alias ?? ''}'`);
}
