// Which repository a command is about.
import * as nodePath from 'node:path';
import { QuicksilverError } from '../base/errors.ts';
import { ALL_KINDS, findRepository, systemsOf } from '../backends/systems.ts';
import type { SystemKind } from '../base/repositoryState.ts';
import { Vfs } from '../files/vfs.ts';
import type { ParsedArguments } from './arguments.ts';
import type { CommandIo } from './io.ts';
import { realPath } from './pathNames.ts';

export interface LocatedRepository {
  readonly vfs: Vfs;
  /** Absolute path of the repository's root, without symbolic links. */
  readonly root: string;
  /** Absolute path, without symbolic links, that relative paths start from. */
  readonly cwd: string;
}

/**
 * Returns the repository that -R names. Without it, the one around the current directory (or --cwd), or the one that
 * holds all given paths. Throws 'not-a-repository'.
 */
export function locateRepository(args: ParsedArguments, io: CommandIo): LocatedRepository {
  const vfs = new Vfs();
  const cwd = realPath(vfs, nodePath.resolve(io.cwd, args.values.get('cwd') ?? ''));
  if (!vfs.isDirectory(cwd)) throw new QuicksilverError('io', `${cwd}: no such directory`, { file: cwd });
  const named = args.values.get('repository');
  if (named !== undefined && named !== '') {
    const root = realPath(vfs, nodePath.resolve(cwd, named));
    if (!vfs.isDirectory(nodePath.join(root, '.hg'))) {
      throw notFound(vfs, root, `no repository at '${named}' (.hg not found)`);
    }
    return { vfs, root, cwd };
  }
  const root = rootAround(vfs, cwd) ?? commonRoot(vfs, cwd, args.positionals);
  if (root === undefined) throw notFound(vfs, cwd, `no repository found in '${cwd}' (.hg not found)`);
  return { vfs, root, cwd };
}

/** Returns the error, with a hint if the directory is in a working tree of another system. */
function notFound(vfs: Vfs, directory: string, message: string): QuicksilverError {
  const other = findRepository(vfs, directory, systemsOf(ALL_KINDS))?.system;
  return new QuicksilverError('not-a-repository', message, { hint: other && HINTS[other] });
}

const HINTS: Partial<Readonly<Record<SystemKind, string>>> = {
  git: "in a Git working tree, there is only 'quicksilver status'",
  bzr: "in a Bazaar working tree, there are only 'quicksilver status' and 'cat'",
};

function commonRoot(vfs: Vfs, cwd: string, paths: readonly string[]): string | undefined {
  const roots = new Set(paths.map(path => rootAround(vfs, nodePath.resolve(cwd, path))));
  const [root] = roots;
  return roots.size === 1 && root !== undefined ? realPath(vfs, root) : undefined;
}

const MERCURIAL = systemsOf(['hg']);

/** Returns the root of the nearest repository at or above `start`; undefined if there is none. */
export function rootAround(vfs: Vfs, start: string): string | undefined {
  return findRepository(vfs, start, MERCURIAL)?.root;
}
