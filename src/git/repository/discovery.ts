// Where the state of a Git working tree is.
import * as path from 'node:path';
import { bytePath, isUtf8, joinPath, toFsPath, type BytePath } from '../../base/bytePath.ts';
import { withoutTrailing } from '../../base/lines.ts';
import type { FsPath, Vfs } from '../../files/vfs.ts';

export const GIT_DIRECTORY = '.git';

const MAX_LINK_BYTES = 64 * 1024;
const HEAD_NAMES = /^(?:ref:\s*refs\/|[0-9a-fA-F]{40})/;

export interface GitDirectories {
  /** Absolute path of what belongs to this working tree: HEAD, index, unfinished operations. */
  readonly gitDirectory: string;
  /**
   * Absolute path of what linked worktrees share: objects, references, configuration. Equal to `gitDirectory` in most
   * repositories.
   */
  readonly commonDirectory: string;
}

/** As {@link GitDirectories}; names that are not UTF-8 are bytes. */
export interface GitPlaces {
  readonly gitDirectory: FsPath;
  readonly commonDirectory: FsPath;
}

/**
 * Returns the state that a `.git` at `place` (an absolute path) leads to: a directory, or a file that names one.
 * Returns undefined if it leads to no repository: then `.git` is an ordinary name.
 */
export function gitDirectoriesAt(vfs: Vfs, place: string): GitDirectories | undefined {
  const found = gitPlacesAt(vfs, place);
  return found && { gitDirectory: found.gitDirectory.toString(), commonDirectory: found.commonDirectory.toString() };
}

/** As {@link gitDirectoriesAt}, of any name. */
export function gitPlacesAt(vfs: Vfs, place: FsPath): GitPlaces | undefined {
  const stat = vfs.lstat(place);
  if (stat === undefined) return undefined;
  let gitDirectory: FsPath;
  if (vfs.isDirectory(place)) {
    gitDirectory = place;
  } else {
    if (!stat.isFile()) return undefined;
    const text = vfs.read(place, MAX_LINK_BYTES)?.bytes.toString('latin1');
    const target = text === undefined ? undefined : /^gitdir: ([^]*?)[\r\n]*$/.exec(text)?.[1];
    if (target === undefined || target === '') return undefined;
    gitDirectory = resolveFrom(parentOf(place), target);
  }
  const commonDirectory = commonDirectoryOf(vfs, gitDirectory);
  const isRepository =
    hasHead(vfs, gitDirectory) &&
    vfs.isDirectory(joinFs(commonDirectory, 'objects')) &&
    vfs.isDirectory(joinFs(commonDirectory, 'refs'));
  return isRepository ? { gitDirectory, commonDirectory } : undefined;
}

function commonDirectoryOf(vfs: Vfs, gitDirectory: FsPath): FsPath {
  const found = vfs.read(joinFs(gitDirectory, 'commondir'), MAX_LINK_BYTES);
  if (found === undefined) return gitDirectory;
  return resolveFrom(gitDirectory, withoutTrailing(found.bytes.toString('latin1'), '\r\n'));
}

/** Joins a name of ASCII letters to a path. */
export function joinFs(directory: FsPath, name: string): FsPath {
  return typeof directory === 'string'
    ? path.join(directory, name)
    : Buffer.concat([directory, Buffer.from(`/${name}`, 'utf8')]);
}

/** Resolves a byte string against a directory. */
function resolveFrom(directory: FsPath, target: string): FsPath {
  const bytes = Buffer.from(target, 'latin1');
  if (typeof directory === 'string' && isUtf8(bytePath(target))) return path.resolve(directory, bytes.toString('utf8'));
  if (path.isAbsolute(target)) return bytes;
  return Buffer.concat([Buffer.from(directory), Buffer.from('/'), bytes]);
}

function parentOf(place: FsPath): FsPath {
  return typeof place === 'string' ? path.dirname(place) : place.subarray(0, place.lastIndexOf('/'));
}

function hasHead(vfs: Vfs, gitDirectory: FsPath): boolean {
  const file = joinFs(gitDirectory, 'HEAD');
  const link = vfs.readLink(file);
  if (link !== undefined) return link.startsWith('refs/');
  if (vfs.lstat(file)?.isFile() !== true) return false;
  const found = vfs.read(file, MAX_LINK_BYTES);
  return found !== undefined && HEAD_NAMES.test(found.bytes.toString('latin1'));
}

/** True if the directory at `directory` below `root` is the top of another working tree. */
export function isNestedRepository(vfs: Vfs, root: string, directory: BytePath): boolean {
  return gitPlacesAt(vfs, toFsPath(root, joinPath(directory, GIT_DIRECTORY))) !== undefined;
}

/** Returns the top of the working tree around a directory (absolute path); undefined if there is none. */
export function findGitRoot(vfs: Vfs, directory: string): string | undefined {
  for (let at = directory; ; at = path.dirname(at)) {
    if (gitDirectoriesAt(vfs, path.join(at, GIT_DIRECTORY)) !== undefined) return at;
    if (path.dirname(at) === at) return undefined;
  }
}
