// Converts between the paths that a user types and sees (from the current directory) and byte strings from the root.
import * as nodePath from 'node:path';
import { fromDisplay, toFsPath, type BytePath } from '../base/bytePath.ts';
import { QuicksilverError } from '../base/errors.ts';
import type { Vfs } from '../files/vfs.ts';
import { usageError, utf8Bytes } from './io.ts';

/** More links than this in one path are a loop, as operating systems have it. */
const MAX_LINKS = 40;

/** The path with every symbolic link in it resolved; what does not exist stays as it is. */
export function realPath(vfs: Vfs, path: string): string {
  let links = 0;
  const { root } = nodePath.parse(path);
  const pending = path.slice(root.length).split(nodePath.sep).reverse();
  let resolved = root;
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === '' || name === '.') continue;
    if (name === '..') {
      resolved = nodePath.dirname(resolved);
      continue;
    }
    const next = nodePath.join(resolved, name);
    const target = vfs.readLink(next);
    if (target === undefined) {
      resolved = next;
      continue;
    }
    if (++links > MAX_LINKS) throw new QuicksilverError('io', `${path}: too many symbolic links`, { file: path });
    const parts = nodePath.parse(target);
    if (nodePath.isAbsolute(target)) resolved = parts.root;
    pending.push(
      ...target
        .slice(nodePath.isAbsolute(target) ? parts.root.length : 0)
        .split(/[/\\]/)
        .reverse(),
    );
  }
  return resolved;
}

/**
 * Returns the path from the root of the repository for `name`, typed in `cwd`. Below the root only the text counts,
 * so that a symbolic link can be named. Throws a 'usage' error if it is not under the root.
 */
export function fromRoot(vfs: Vfs, root: string, cwd: string, name: string): BytePath {
  if (name.includes('\ufffd')) {
    throw usageError(`'${name}' cannot be named here unless it is UTF-8: give the directory that it is in`);
  }
  const absolute = nodePath.resolve(cwd, name);
  const inside = below(root, absolute);
  if (inside !== undefined) return inside;
  // The root may be reached by another name, through a symbolic link above it.
  for (let above = absolute; ; above = nodePath.dirname(above)) {
    if (realPath(vfs, above) === root) return below(above, absolute)!;
    if (nodePath.dirname(above) === above) throw usageError(`${name} not under root '${root}'`);
  }
}

/**
 * Shows paths as seen from `cwd`.
 * @param separator '\\' where people expect it
 */
export function relativeTo(root: string, cwd: string, separator: string): (path: BytePath) => string {
  const fromCwd = nodePath.relative(root, cwd).split(nodePath.sep);
  const steps = fromCwd.length === 1 && fromCwd[0] === '' ? [] : fromCwd.map(utf8Bytes);
  if (steps.length === 0) return withSeparator(separator);
  if (steps[0] === '..' || nodePath.isAbsolute(nodePath.relative(root, cwd))) {
    const toRoot = utf8Bytes(nodePath.relative(cwd, root));
    return path => (path === '' ? toRoot : `${toRoot}${separator}${localPath(path, separator)}`);
  }
  return path => {
    const parts = path === '' ? [] : path.split('/');
    let same = 0;
    while (same < steps.length && same < parts.length && steps[same] === parts[same]) same++;
    const up = Array<string>(steps.length - same).fill('..');
    return [...up, ...parts.slice(same)].join(separator) || '.';
  };
}

/** Shows paths as seen from the root. */
export function withSeparator(separator: string): (path: BytePath) => string {
  return path => (path === '' ? '.' : localPath(path, separator));
}

/** Returns the path that `Vfs` takes. Only for paths that a user typed, which are valid UTF-8. */
export function vfsPath(root: string, path: BytePath): string {
  return toFsPath(root, path).toString();
}

function localPath(path: BytePath, separator: string): string {
  return separator === '/' ? path : path.replaceAll('/', separator);
}

function below(root: string, absolute: string): BytePath | undefined {
  if (absolute === root) return fromDisplay('');
  const prefix = root.endsWith(nodePath.sep) ? root : root + nodePath.sep;
  return absolute.startsWith(prefix)
    ? fromDisplay(absolute.slice(prefix.length).replaceAll(nodePath.sep, '/'))
    : undefined;
}
