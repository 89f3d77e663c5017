// The user's directory of settings.
import * as path from 'node:path';
import type { Vfs } from '../../files/vfs.ts';

export interface BazaarEnvironment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
}

/**
 * Returns the absolute path of a file with settings. Breezy's directory is used unless it is missing and Bazaar's is
 * there.
 */
export function configFile(vfs: Vfs, environment: BazaarEnvironment, name: string): string {
  return path.join(configDirectory(vfs, environment), name);
}

function configDirectory(vfs: Vfs, { variables, homeDirectory }: BazaarEnvironment): string {
  const own = variables['BRZ_HOME'];
  const settings = variables['XDG_CONFIG_HOME'] ?? path.join(homeDirectory, '.config');
  const breezy = path.join(own ?? settings, 'breezy');
  if (vfs.isDirectory(breezy)) return breezy;
  const bazaars = [path.join(settings, 'bazaar'), path.join(homeDirectory, '.bazaar')];
  const named = variables['BZR_HOME'];
  if (named !== undefined) bazaars.unshift(path.join(named, '.bazaar'));
  return bazaars.find(directory => vfs.isDirectory(directory)) ?? breezy;
}
