// The options of a script. Built-ins of Node only: this runs before `npm ci`.
import { parseArgs } from 'node:util';

/** As of other command lines: the arguments are wrong, and nothing was done. */
const WRONG_USAGE = 2;

/**
 * Returns what `parseArgs` of Node returns. For arguments that it does not know, prints one sentence and the usage, and
 * ends the process with exit code 2.
 *
 * @param command how the script is called: `npm run bench --`
 * @param options as for `parseArgs`
 * @param positionals the arguments that are no options, for the usage: `[FOLDER]`
 */
export function readOptions(command, options, positionals = '') {
  try {
    return parseArgs({ options, allowPositionals: positionals !== '' });
  } catch (error) {
    if (!String(error.code).startsWith('ERR_PARSE_ARGS_')) throw error;
    // Node adds advice after the first sentence.
    console.error(`${error.message.split('. ')[0].replace(/\.$/, '')}.`);
    console.error(`Usage: ${usageOf(command, options, positionals)}`);
    process.exit(WRONG_USAGE);
  }
}

/** Returns one line with every option. */
export function usageOf(command, options, positionals = '') {
  const words = Object.entries(options).map(([name, { type, multiple }]) => {
    const word = type === 'boolean' ? `[--${name}]` : `[--${name} ${name.toUpperCase()}]`;
    return multiple === true ? `${word}...` : word;
  });
  return [command, positionals, ...words].filter(word => word !== '').join(' ');
}
