// Where the state of a Git working tree is.
import * as path from 'node:path';
import { joinPath, toFsPath, type BytePath } from '../../base/bytePath.ts';
import type { Vfs } from '../../files/vfs.ts';

export const GIT_DIRECTORY = '.git';

const MAX_LINK_BYTES = 64 * 1024;
const HEAD_NAMES = /^(?:ref:\s*refs\/|[0-9a-f]{40}(?:[0-9a-f]{24})?\s*$)/;

export interface GitDirectories {
  /** Absolute path of what belongs to this working tree: HEAD, index, unfinished operations. */
  readonly gitDirectory: string;
  /**
   * Absolute path of what linked worktrees share: objects, references, configuration. Equal to `gitDirectory` in most
   * repositories.
   */
  readonly commonDirectory: string;
}

/**
 * Returns the state that a `.git` at `place` (an absolute path) leads to: a directory, or a file that names one.
 * Returns undefined if it leads to no repository: then `.git` is an ordinary name.
 */
export function gitDirectoriesAt(vfs: Vfs, place: string | Buffer): GitDirectories | undefined {
  const stat = vfs.lstat(place);
  if (stat === undefined) return undefined;
  let gitDirectory: string;
  if (vfs.isDirectory(place)) {
    gitDirectory = place.toString();
  } else {
    if (!stat.isFile()) return undefined;
    const text = vfs.read(place, MAX_LINK_BYTES)?.bytes.toString('utf8');
    const target = text === undefined ? undefined : /^gitdir: ([^]*?)[\r\n]*$/.exec(text)?.[1];
    if (target === undefined || target === '') return undefined;
    gitDirectory = path.resolve(path.dirname(place.toString()), target);
  }
  const commonDirectory = commonDirectoryOf(vfs, gitDirectory);
  const isRepository =
    hasHead(vfs, gitDirectory) &&
    vfs.isDirectory(path.join(commonDirectory, 'objects')) &&
    vfs.isDirectory(path.join(commonDirectory, 'refs'));
  return isRepository ? { gitDirectory, commonDirectory } : undefined;
}

function commonDirectoryOf(vfs: Vfs, gitDirectory: string): string {
  const found = vfs.read(path.join(gitDirectory, 'commondir'), MAX_LINK_BYTES);
  if (found === undefined) return gitDirectory;
  return path.resolve(gitDirectory, found.bytes.toString('utf8').replace(/[\r\n]+$/, ''));
}

function hasHead(vfs: Vfs, gitDirectory: string): boolean {
  const file = path.join(gitDirectory, 'HEAD');
  const link = vfs.readLink(file);
  if (link !== undefined) return link.startsWith('refs/');
  if (vfs.lstat(file)?.isFile() !== true) return false;
  const found = vfs.read(file, MAX_LINK_BYTES);
  return found !== undefined && HEAD_NAMES.test(found.bytes.toString('latin1'));
}

/** True if the directory at `directory` below `root` is the top of another working tree. */
export function isNestedRepository(vfs: Vfs, root: string, directory: BytePath): boolean {
  return gitDirectoriesAt(vfs, toFsPath(root, joinPath(directory, GIT_DIRECTORY))) !== undefined;
}

/** Returns the top of the working tree around a directory (absolute path); undefined if there is none. */
export function findGitRoot(vfs: Vfs, directory: string): string | undefined {
  for (let at = directory; ; at = path.dirname(at)) {
    if (gitDirectoriesAt(vfs, path.join(at, GIT_DIRECTORY)) !== undefined) return at;
    if (path.dirname(at) === at) return undefined;
  }
}
