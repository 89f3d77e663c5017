// Which repositories are unsupported, by name: a status of them could be wrong without notice.
import * as path from 'node:path';
import { QuicksilverError } from '../../base/errors.ts';
import type { Vfs } from '../../files/vfs.ts';
import { parseConfig } from '../config/configParser.ts';
import {
  booleanOf,
  expandHome,
  GitConfig,
  MAX_CONFIG_BYTES,
  textOf,
  type GitEnvironment,
} from '../config/gitConfig.ts';
import { GIT_DIRECTORY, type GitDirectories } from './discovery.ts';

/** Extensions that change nothing for a status, or that are implemented. Names in lower case. */
const EXTENSIONS = new Set([
  'noop',
  'noop-v1',
  'preciousobjects',
  'partialclone',
  'worktreeconfig',
  'objectformat',
  'relativeworktrees',
]);

/** Extensions with which Git fails in a repository of format version 0. */
const VERSION_1_ONLY = ['noop-v1', 'objectformat'];

/** Throws 'invalid-config' where Git fails, whatever it is asked. */
export function checkSettings(vfs: Vfs, root: string, config: GitConfig, environment: GitEnvironment): void {
  const order = config.get('diff.orderfile');
  if (order !== undefined) {
    const file = path.resolve(root, expandHome(textOf(order), environment));
    const isThere = order !== '' && vfs.lstat(file) !== undefined && !vfs.isDirectory(file);
    if (!isThere) throw new QuicksilverError('invalid-config', `diff.orderFile '${textOf(order)}' cannot be read`);
  }
  if (config.integer('core.repositoryformatversion') !== 0) return;
  const extension = VERSION_1_ONLY.find(name => config.has(`extensions.${name}`));
  if (extension !== undefined) {
    throw new QuicksilverError('invalid-config', `extension '${extension}' needs repository format version 1`);
  }
}

/** Throws 'unsupported' if the repository needs something that is not implemented. */
export function checkSupport(vfs: Vfs, root: string, directories: GitDirectories, config: GitConfig): void {
  const refuse = (why: string): QuicksilverError => new QuicksilverError('unsupported', why);
  const version = config.integer('core.repositoryformatversion') ?? 0;
  if (version > 1) throw refuse(`repository format version ${version} is not supported`);
  for (const name of config.namesUnder('extensions.')) {
    const extension = name.slice('extensions.'.length);
    if (EXTENSIONS.has(extension)) continue;
    if (version === 1 || extension === 'refstorage' || extension === 'compatobjectformat') {
      throw refuse(`extension '${extension}' is not supported`);
    }
  }
  const format = config.get('extensions.objectformat')?.toLowerCase();
  if (format !== undefined && format !== 'sha1' && format !== 'sha256') {
    throw refuse(`object format '${format}' is not supported`);
  }
  checkPlace(vfs, root, directories, config);
  if (config.boolean('core.ignorecase', false) && !foldsCase(vfs, root)) {
    throw refuse('core.ignoreCase is not supported where names that differ in case are different files');
  }
  if (config.boolean('core.precomposeunicode', false) && process.platform === 'darwin') {
    throw refuse('core.precomposeUnicode is not supported');
  }
  if (
    vfs.list(path.join(directories.commonDirectory, 'refs', 'replace')).length > 0 ||
    hasPackedReplacements(vfs, directories)
  ) {
    throw refuse('replace refs are not supported');
  }
  if ((vfs.lstat(path.join(directories.commonDirectory, 'info', 'grafts'))?.size ?? 0n) > 0n) {
    throw refuse('grafts are not supported');
  }
}

/** True if the file system takes names that differ in case for one file: then `.GIT` is the `.git` that is there. */
export function foldsCase(vfs: Vfs, root: string): boolean {
  return vfs.lstat(path.join(root, GIT_DIRECTORY.toUpperCase())) !== undefined;
}

function hasPackedReplacements(vfs: Vfs, { commonDirectory }: GitDirectories): boolean {
  const packed = vfs.read(path.join(commonDirectory, 'packed-refs'), 1024 * 1024 * 1024);
  return packed?.bytes.includes(' refs/replace/', 0, 'latin1') === true;
}

/**
 * Throws 'unsupported' for a bare repository, and for one whose working tree is elsewhere. Only its own file decides
 * that, without includes. One that linked working trees share does not count in them, unless each has settings of its
 * own.
 */
function checkPlace(vfs: Vfs, root: string, directories: GitDirectories, config: GitConfig): void {
  const { gitDirectory, commonDirectory } = directories;
  const hasOwn = config.boolean('extensions.worktreeconfig', false);
  if (gitDirectory !== commonDirectory && !hasOwn) return;
  const files = [path.join(commonDirectory, 'config')];
  if (hasOwn) files.push(path.join(gitDirectory, 'config.worktree'));
  const settings = new Map<string, string | undefined>();
  for (const file of files) {
    const text = vfs.read(file, MAX_CONFIG_BYTES)?.bytes.toString('latin1') ?? '';
    for (const { name, value } of parseConfig(text, file)) settings.set(name, value);
  }
  if (settings.has('core.bare') && booleanOf(settings.get('core.bare')) !== false) {
    throw new QuicksilverError('unsupported', 'the repository is bare');
  }
  const worktree = settings.get('core.worktree');
  if (worktree === undefined) return;
  const named = path.resolve(gitDirectory, textOf(worktree));
  if (vfs.realPath(named) !== vfs.realPath(root)) {
    throw new QuicksilverError('unsupported', 'core.worktree leads to another working tree');
  }
}

/**
 * Throws 'unsupported' if the working tree or its state belongs to another user and safe.directory does not name it.
 * Git rejects it, too. Only configuration of the system and the user counts.
 */
export function checkOwner(vfs: Vfs, root: string, directories: GitDirectories, environment: GitEnvironment): void {
  const own = process.getuid?.();
  if (own === undefined) return;
  const places = [root, directories.gitDirectory];
  const link = path.join(root, GIT_DIRECTORY);
  if (vfs.lstat(link)?.isFile() === true) places.push(link);
  // With sudo, what belongs to the user who called it is fine, too.
  const sudo = own === 0 ? process.env['SUDO_UID'] : undefined;
  const isOwn = places.every(place => {
    const uid = vfs.lstat(vfs.realPath(place))?.uid;
    return uid === undefined || Number(uid) === own || String(uid) === sudo;
  });
  if (isOwn) return;
  const nowhere = path.join(directories.gitDirectory, 'no such directory');
  const config = GitConfig.read(vfs, {
    environment,
    gitDirectory: nowhere,
    commonDirectory: nowhere,
    branch: undefined,
  });
  let isSafe = false;
  for (const value of config.all('safe.directory')) {
    if (value === '') isSafe = false;
    else if (value === '*' || isSafeDirectory(vfs, textOf(value), root, environment)) isSafe = true;
  }
  if (!isSafe) throw new QuicksilverError('unsupported', 'the repository belongs to another user (safe.directory)');
}

function isSafeDirectory(vfs: Vfs, value: string, root: string, environment: GitEnvironment): boolean {
  const named = expandHome(value, environment);
  const real = vfs.realPath(root);
  return named.endsWith('/*') ? real.startsWith(named.slice(0, -1)) : vfs.realPath(named) === real;
}
