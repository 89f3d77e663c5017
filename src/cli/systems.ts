// The version-control system of the working tree that a command is about.
import * as path from 'node:path';
import { Vfs } from '../files/vfs.ts';
import { GIT_DIRECTORY, gitDirectoriesAt } from '../git/repository/discovery.ts';
import { HG_DIRECTORY } from '../mercurial/repository/discovery.ts';
import type { CommandIo } from './io.ts';

export type System = 'hg' | 'git';

/**
 * Returns the system of the nearest working tree at or above the directory that the options name; 'hg' without one.
 * @param args the arguments of the command; only -R and --cwd count, and errors in them are reported elsewhere
 */
export function systemOf(args: readonly string[], io: CommandIo): System {
  const vfs = new Vfs();
  const { cwd, root } = namedDirectories(args);
  const start = path.resolve(io.cwd, cwd ?? '', root ?? '');
  for (let at = start; ; at = path.dirname(at)) {
    if (vfs.isDirectory(path.join(at, HG_DIRECTORY))) return 'hg';
    if (gitDirectoriesAt(vfs, path.join(at, GIT_DIRECTORY)) !== undefined) return 'git';
    if (root !== undefined || path.dirname(at) === at) return 'hg';
  }
}

function namedDirectories(args: readonly string[]): { cwd: string | undefined; root: string | undefined } {
  let cwd: string | undefined;
  let root: string | undefined;
  for (let at = 0; at < args.length && args[at] !== '--'; at++) {
    const argument = args[at]!;
    if (argument === '-R' || argument === '--repository') root = args[++at];
    else if (argument.startsWith('--repository=')) root = argument.slice('--repository='.length);
    else if (/^-R./.test(argument)) root = argument.slice(2);
    else if (argument === '--cwd') cwd = args[++at];
    else if (argument.startsWith('--cwd=')) cwd = argument.slice('--cwd='.length);
  }
  return { cwd, root };
}
