// The directory that globs are relative to. Mercurial resolves such a glob as if it were a path, and checks that it
// stays in the working copy.
import * as path from 'node:path';
import { bytePath, fromDisplay, ROOT_PATH, toDisplay, toFsPath, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError, systemErrorCode } from '../../base/errors.ts';
import type { FileIdentity, Vfs } from '../../files/vfs.ts';
import { normalizePath } from './globPattern.ts';

/** The reason why a path lies outside of a working copy, although not by its text. */
export type AuditProblem =
  | { readonly kind: 'control' }
  | { readonly kind: 'link'; readonly at: BytePath }
  | { readonly kind: 'nested'; readonly at: BytePath };

export interface AuditOptions {
  /** False to check the names alone, and not the disk. */
  readonly checksDisk?: boolean;
  /** True for a directory that may be a repository: a subrepository. */
  readonly mayBeRepository?: (directory: BytePath) => boolean;
  /** Directories that need no look, because an earlier one found nothing wrong. Gets those that this one finds. */
  readonly known?: Set<BytePath>;
}

/** Bytes that HFS+ ignores in a name: characters without width, in UTF-8. */
const WITHOUT_WIDTH = /\xe2(?:\x80[\x8c-\x8f\xaa-\xae]|\x81[\xaa-\xaf])|\xef\xbb\xbf/g;
/** The short name that Windows makes for `.hg`. */
const SHORT_NAME = /^hg(?:8b6c)?~[0-9]+$/i;

/**
 * Returns why Mercurial does not follow `path` below `root`; undefined if it does. It does not enter `.hg`, by whatever
 * name a file system may know that, symbolic links, or other repositories. Throws 'io' where the system refuses a stat.
 */
export function auditPath(
  vfs: Vfs,
  root: string,
  path: BytePath,
  { checksDisk = true, mayBeRepository = () => false, known = new Set() }: AuditOptions = {},
): AuditProblem | undefined {
  if (path === ROOT_PATH) return undefined;
  const names = path.split('/');
  const above = (count: number): BytePath => bytePath(names.slice(0, count).join('/'));
  const isFirst = (name: string): boolean => name === '' || isControl(name);
  if (isFirst(plain(names[0]!)) || names.some(name => SHORT_NAME.test(name))) return { kind: 'control' };
  const control = names.findIndex(name => isControl(plain(name)));
  if (control > 0) return { kind: 'nested', at: above(control) };
  if (!checksDisk) return undefined;
  for (let count = 1; count < names.length; count++) {
    const at = above(count);
    if (known.has(at)) continue;
    const stat = vfs.lstat(toFsPath(root, at));
    if (stat?.isSymbolicLink() === true) return { kind: 'link', at };
    const isNested = stat?.isDirectory() === true && isRepository(vfs, root, at);
    if (isNested && !mayBeRepository(at)) return { kind: 'nested', at };
    known.add(at);
  }
  return undefined;
}

function plain(name: string): string {
  return name.replace(WITHOUT_WIDTH, '').toLowerCase();
}

function isControl(name: string): boolean {
  return name === '.hg' || name === '.hg.';
}

/** In a directory that may not be entered there is none, as far as Mercurial can see. */
function isRepository(vfs: Vfs, root: string, directory: BytePath): boolean {
  try {
    return vfs.isDirectory(toFsPath(root, bytePath(`${directory}/.hg`)));
  } catch (error) {
    if (error instanceof QuicksilverError && systemErrorCode(error.cause) !== undefined) return false;
    throw error;
  }
}

/** A directory with patterns that are relative to it. */
export class PatternRoot {
  /** Absolute. */
  readonly path: string;
  readonly #vfs: Vfs;
  readonly #known = new Set<BytePath>();

  constructor(vfs: Vfs, root: string) {
    this.#vfs = vfs;
    this.path = root;
  }

  /**
   * Returns the path from here that a glob, or another path with any dots, stands for. Throws a QuicksilverError:
   * - 'invalid-config' if it lies outside of the directory, in `.hg`, beyond a symbolic link, or in another repository;
   * - 'io' where the system refuses a stat.
   */
  canonical(text: string): BytePath {
    const found = this.#below(text);
    if (found === undefined) throw invalid(`${toDisplay(text)} not under root '${this.path}'`);
    // The disk knows no such name.
    if (found.slice(0, found.lastIndexOf('/') + 1).includes('\0')) throw invalid('embedded null byte in a pattern');
    const problem = auditPath(this.#vfs, this.path, found, { known: this.#known });
    if (problem === undefined) return found;
    const shown = `path '${toDisplay(found)}'`;
    switch (problem.kind) {
      case 'control':
        throw invalid(`${shown} contains illegal component`);
      case 'link':
        throw invalid(`${shown} traverses symbolic link '${toDisplay(problem.at)}'`);
      case 'nested':
        throw invalid(`${shown} is inside nested repo '${toDisplay(problem.at)}'`);
    }
  }

  /** Returns the path from here; undefined if there is none. Directories above may be reached by other names. */
  #below(text: string): BytePath | undefined {
    const root = fromDisplay(this.path.split(path.sep).join('/').replace(/\/$/, ''));
    const absolute = normalizePath(text.startsWith('/') ? text : `${root}/${text}`);
    if (absolute === root || (root === '' && absolute === '/')) return ROOT_PATH;
    if (absolute.startsWith(`${root}/`)) return bytePath(absolute.slice(root.length + 1));
    const own = this.#identity(root);
    if (own === undefined) return undefined;
    for (let slash = absolute.length; slash > 0; slash = absolute.lastIndexOf('/', slash - 1)) {
      const at = this.#identity(absolute.slice(0, slash));
      if (at?.device === own.device && at.inode === own.inode) return bytePath(absolute.slice(slash + 1));
    }
    return undefined;
  }

  /** Undefined for what is missing, or where the system refuses a stat. */
  #identity(absolute: string): FileIdentity | undefined {
    if (absolute.includes('\0')) return undefined;
    try {
      return this.#vfs.targetIdentity(absolute === '' ? '/' : Buffer.from(absolute, 'latin1'));
    } catch (error) {
      if (error instanceof QuicksilverError && systemErrorCode(error.cause) !== undefined) return undefined;
      throw error;
    }
  }
}

function invalid(message: string): QuicksilverError {
  return new QuicksilverError('invalid-config', message);
}
