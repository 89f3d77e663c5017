// The version-control system of the working tree that a command is about.
import * as path from 'node:path';
import { Vfs } from '../files/vfs.ts';
import { ALL_KINDS, systemAt, systemsOf } from '../backends/systems.ts';
import type { SystemKind } from '../base/repositoryState.ts';
import type { CommandIo } from './io.ts';

/**
 * Returns the system of the nearest working tree at or above the directory that the options name; 'hg' without one.
 * @param args the arguments of the command; only -R and --cwd count, and errors in them are reported elsewhere
 */
export function systemOf(args: readonly string[], io: CommandIo): SystemKind {
  const vfs = new Vfs();
  const { cwd, root } = namedDirectories(args);
  const start = path.resolve(io.cwd, cwd ?? '', root ?? '');
  for (let at = start; ; at = path.dirname(at)) {
    const system = systemAt(vfs, at, systemsOf(ALL_KINDS));
    if (system !== undefined) return system;
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
