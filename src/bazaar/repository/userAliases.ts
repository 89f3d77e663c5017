// Aliases of commands in the user's settings. `brz help alias` describes them.
import { linesOf } from '../../base/lines.ts';
import { toDisplay } from '../../base/bytePath.ts';
import type { Vfs } from '../../files/vfs.ts';
import { configFile, type BazaarEnvironment } from './configFiles.ts';

/** Bytes of a file of settings. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Returns what the alias stands for; undefined if there is none. Throws 'unsupported' if the file is too large. */
export function userAlias(vfs: Vfs, environment: BazaarEnvironment, name: string): string | undefined {
  const bytes = vfs.read(configFile(vfs, environment, 'breezy.conf'), MAX_BYTES)?.bytes;
  let section = '';
  let value: string | undefined;
  for (const line of linesOf(bytes?.toString('latin1') ?? '')) {
    const text = line.trim();
    const equals = text.indexOf('=');
    if (text.startsWith('[') && text.includes(']')) section = text.slice(1, text.indexOf(']')).trim();
    else if (section === 'ALIASES' && equals >= 0 && text.slice(0, equals).trim() === name) {
      value = text.slice(equals + 1).trim();
    }
  }
  return value === undefined ? undefined : toDisplay(value);
}
