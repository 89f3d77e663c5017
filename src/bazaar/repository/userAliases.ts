// Aliases of commands in the user's settings. `brz help alias` describes them.
import { linesOf } from '../../base/lines.ts';
import { toDisplay } from '../../base/bytePath.ts';
import type { Vfs } from '../../files/vfs.ts';
import { configFile, type BazaarEnvironment } from './configFiles.ts';

/** Bytes of a file of settings. */
const MAX_BYTES = 4 * 1024 * 1024;
const SECTION = /^\s*\[\s*([^\]]*?)\s*\]/;
const SETTING = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/;

/** Returns what the alias stands for; undefined if there is none. Throws 'unsupported' if the file is too large. */
export function userAlias(vfs: Vfs, environment: BazaarEnvironment, name: string): string | undefined {
  const bytes = vfs.read(configFile(vfs, environment, 'breezy.conf'), MAX_BYTES)?.bytes;
  let section = '';
  let value: string | undefined;
  for (const line of linesOf(bytes?.toString('latin1') ?? '')) {
    section = SECTION.exec(line)?.[1] ?? section;
    const setting = SETTING.exec(line);
    if (section === 'ALIASES' && setting?.[1] === name) value = setting[2]!;
  }
  return value === undefined ? undefined : toDisplay(value);
}
