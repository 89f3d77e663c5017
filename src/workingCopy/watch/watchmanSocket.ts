// Where a Watchman that runs already listens. `watchman get-sockname` would start one, so the places of its
// documentation and its packages are looked up instead (https://facebook.github.io/watchman/docs/cli-options).
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** The folders for state that packages were built with. */
const BUILT_IN = ['/usr/local/var/run/watchman', '/run/watchman', '/var/run/watchman'];

/** Returns the path of a socket that belongs to the user and lies in a folder that nobody else may change. */
export function findWatchmanSocket(variables: Variables): string | undefined {
  return watchmanSockets(variables).find(isOwnSocket);
}

/** The paths at which a socket may be, the first one first. */
export function watchmanSockets(variables: Variables): string[] {
  const given = variables['WATCHMAN_SOCK'];
  if (given !== undefined && given !== '') return path.isAbsolute(given) ? [given] : [];
  const user = variables['USER'] ?? variables['LOGNAME'] ?? listedUser();
  if (user === undefined || !/^[^/\0]+$/.test(user)) return [];
  const home = variables['HOME'];
  const state = variables['XDG_STATE_HOME'] ?? (home === undefined ? undefined : path.join(home, '.local', 'state'));
  const temporary = variables['TMPDIR'] ?? variables['TMP'] ?? '/tmp';
  const folders = [...(state === undefined ? [] : [path.join(state, 'watchman')]), ...BUILT_IN, temporary];
  return folders.filter(folder => path.isAbsolute(folder)).map(folder => path.join(folder, `${user}-state`, 'sock'));
}

function listedUser(): string | undefined {
  try {
    return os.userInfo().username;
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return undefined;
  }
}

function isOwnSocket(file: string): boolean {
  const user = process.geteuid?.();
  try {
    const [socket, folder] = [fs.lstatSync(file), fs.lstatSync(path.dirname(file))];
    if (!socket.isSocket() || !folder.isDirectory()) return false;
    return socket.uid === user && folder.uid === user && (folder.mode & 0o022) === 0;
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return false;
  }
}
