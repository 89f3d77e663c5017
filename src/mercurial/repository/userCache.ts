// The user's caches of contents, which Mercurial's extensions largefiles and lfs share between repositories.
import * as path from 'node:path';
import { isUtf8, toDisplay, type BytePath } from '../../base/bytePath.ts';
import type { ProcessEnvironment } from '../../files/environment.ts';
import { expandPath } from '../config/expandPath.ts';
import type { HgConfig } from '../config/hgConfig.ts';

/**
 * Returns the absolute path of an extension's cache: `usercache` of its section, else the system's usual place.
 * Undefined if that is not known, or no absolute path. Verified with hg 6.3.2 on Linux; elsewhere by its documentation.
 */
export function userCache(
  extension: 'largefiles' | 'lfs',
  config: HgConfig,
  environment: ProcessEnvironment,
): string | undefined {
  const configured = config.get(extension, 'usercache')?.value;
  if (configured !== undefined && configured !== '') return absolutePath(configured, environment);
  const base = usualPlace(environment);
  return base === undefined || !path.isAbsolute(base) ? undefined : path.join(base, extension);
}

/** Returns the folder with what remotefilelog fetched of a repository; undefined if none is configured. */
export function remotefilelogCache(config: HgConfig, environment: ProcessEnvironment): string | undefined {
  const name = config.get('remotefilelog', 'reponame')?.value ?? '';
  const directory = absolutePath(config.get('remotefilelog', 'cachepath')?.value ?? '', environment);
  return directory === undefined || !isUtf8(name as BytePath) ? undefined : path.join(directory, toDisplay(name));
}

function absolutePath(configured: BytePath | string, environment: ProcessEnvironment): string | undefined {
  if (!isUtf8(configured as BytePath)) return undefined;
  const expanded = expandPath(toDisplay(configured), environment);
  return path.isAbsolute(expanded) ? expanded : undefined;
}

function usualPlace({ platform, variables, homeDirectory }: ProcessEnvironment): string | undefined {
  const home = (...names: string[]): string | undefined =>
    homeDirectory === '' ? undefined : path.join(homeDirectory, ...names);
  if (platform === 'win32') return variables['LOCALAPPDATA'] ?? variables['APPDATA'];
  if (platform === 'darwin') return home('Library', 'Caches');
  const own = variables['XDG_CACHE_HOME'];
  return own === undefined || own === '' ? home('.cache') : own;
}
