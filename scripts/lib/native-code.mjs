// The check that packed native code is in use where it was installed: without it, everything answers the same, slower.
import fs from 'node:fs';
import path from 'node:path';
import { PlainError, outcomeOf } from './processes.mjs';

const parts = 'scan, decoders';

/**
 * Throws unless an installed command line uses the native code of its own folder.
 * @param command what starts it, and `args` what comes before its own arguments; `how` has a repository as `cwd`
 */
export async function checkNativeCode(command, args, how) {
  // From the environment, it could be switched off.
  const env = { ...(how.env ?? process.env), QUICKSILVER_NATIVE: undefined };
  const { stderr } = await outcomeOf(command, [...args, 'status', '--stats', '--no-server'], { ...how, env });
  const used = /^native code: (.*)$/m.exec(stderr)?.[1];
  if (used?.startsWith(parts) !== true) {
    throw new PlainError(`The installed command line uses other native code than "${parts}": ${used ?? stderr}`);
  }
}

/** Returns the command line in the extension that VS Code installed into a folder for extensions. */
export function installedCommandLine(extensions) {
  const found = fs
    .readdirSync(extensions)
    .map(name => path.join(extensions, name, 'dist', 'cli.cjs'))
    .filter(file => fs.existsSync(file));
  if (found.length !== 1) throw new PlainError(`${found.length} extensions in ${extensions} have a command line.`);
  return found[0];
}
