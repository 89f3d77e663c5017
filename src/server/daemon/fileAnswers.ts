// Answers about files: changes since a token, one directory, and everything that is not clean with its stat. A client
// that follows a working copy takes a token with one of these answers, and then asks for changes. All are bounded.
import {
  bytePath,
  fromDisplay,
  isAtOrBelow,
  isWithinRoot,
  joinPath,
  toFsPath,
  type BytePath,
} from '../../base/bytePath.ts';
import { encodeAnswer } from '../../daemon/shortForm.ts';
import type { Vfs } from '../../files/vfs.ts';
import type { SharedRepository } from '../hub.ts';
import { STATUS_LETTERS } from '../statusLetters.ts';
import type { ChangeRing } from './changeRing.ts';
import type { Exactness, PathExactness } from './exactStatus.ts';
import { identityFields, MOST_ENTRIES, refusal } from './answerFields.ts';

/** Each entry of these answers costs an lstat on the thread that serves everybody. */
export const MOST_STATS = 10_000;

type Stat = NonNullable<ReturnType<Vfs['lstat']>>;

/** A directory entry's type, as `find -printf %y` has it; 'o' for pipes, sockets and devices. */
type EntryType = 'f' | 'd' | 'l' | 'o';

/** The answers are made from it. */
export interface FileQuestion {
  readonly repository: SharedRepository;
  readonly exactness: Exactness | PathExactness;
  readonly changes: ChangeRing;
  readonly vfs: Vfs;
}

/** Answers about the status are made from it. */
export interface ExactQuestion extends FileQuestion {
  readonly exactness: Exactness;
}

/**
 * Fields: the token of this moment, `fresh=yes` if everything may have changed, the directories that are not followed,
 * then the paths. A path stands for everything below it, too.
 */
export function changesAnswer({ repository, exactness, changes }: FileQuestion, since: string): string {
  if (exactness.kind === 'refused') return refusal(exactness.why);
  const unfollowed = unfollowedDirectories(repository);
  if (unfollowed.length > MOST_ENTRIES) return refusal('there are too many ignored directories');
  const paths = changes.since(since);
  return encodeAnswer('changes', [
    `token=${changes.takeToken()}`,
    `fresh=${paths === undefined ? 'yes' : 'no'}`,
    ...unfollowed.map(path => `incomplete=${path}`),
    'paths=',
    ...(paths ?? []),
  ]);
}

/**
 * Fields: the token of this moment, `followed=yes` if {@link changesAnswer} reports what happens in the directory, and
 * the entries. Each is its type, mode, size, mtime in nanoseconds and name, as they are now.
 * @param directory relative to the root, in display form; '' for the root
 */
export function directoryAnswer({ repository, exactness, changes, vfs }: FileQuestion, directory: string): string {
  const path = bytePath(fromDisplay(directory));
  if (path !== '' && !isWithinRoot(path)) return refusal('the path is not below the root');
  if (!isPlainDirectory(vfs, repository.root, path)) return refusal('there is no such directory');
  const names = vfs.listBytes(toFsPath(repository.root, path));
  if (names.length > MOST_STATS) return refusal('the directory has too many entries');
  const entries: string[] = [];
  for (const name of names) {
    const stat = vfs.lstat(toFsPath(repository.root, joinPath(path, name)));
    // It may have gone since.
    if (stat !== undefined) entries.push(`${statText(stat)} ${name}`);
  }
  const isFollowed =
    exactness.kind !== 'refused' && !unfollowedDirectories(repository).some(other => isAtOrBelow(path, other));
  return encodeAnswer('directory', [
    `token=${changes.takeToken()}`,
    `followed=${isFollowed ? 'yes' : 'no'}`,
    'entries=',
    ...entries,
  ]);
}

/**
 * Fields: the facts of an exact status, the token of its moment, the directories that are not followed, and the
 * entries. Each is a letter, type, mode, size, mtime in nanoseconds and path, with `- 0 0 0` where there is no file.
 */
export function everythingAnswer({ repository, exactness, changes, vfs }: ExactQuestion, serverId: string): string {
  if (exactness.kind === 'refused') return refusal(exactness.why);
  const { model, root } = repository;
  const unfollowed = unfollowedDirectories(repository);
  const { modified, added, removed, deleted, unknown } = model.tree.counts;
  if (modified + added + removed + deleted + unknown > MOST_STATS || unfollowed.length > MOST_ENTRIES) {
    return refusal('there are too many entries');
  }
  const token = changes.takeToken();
  const entries: string[] = [];
  for (const [path, { status, undecided }] of model.tree.entries()) {
    if (undecided !== undefined) return refusal('a file could not be compared');
    if (status === 'ignored') continue;
    // A later change than the token's moment is among the changes since.
    const stat = vfs.lstat(toFsPath(root, path));
    entries.push(`${STATUS_LETTERS[status]} ${stat === undefined ? '- 0 0 0' : statText(stat)} ${path}`);
  }
  return encodeAnswer('everything', [
    ...identityFields(exactness, serverId),
    `token=${token}`,
    ...unfollowed.map(path => `incomplete=${path}`),
    'entries=',
    ...entries,
  ]);
}

/** Ignored directories as a whole, and repositories inside of this one. */
function unfollowedDirectories({ model }: SharedRepository): BytePath[] {
  const found = [...model.nestedRepositories];
  for (const [path, { directory }] of model.tree.entries()) if (directory === true) found.push(path);
  return found;
}

/** True if the path is a directory and none of its parents is a symbolic link. */
function isPlainDirectory(vfs: Vfs, root: string, path: BytePath): boolean {
  for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
    if (vfs.lstat(toFsPath(root, bytePath(path.slice(0, end))))?.isDirectory() !== true) return false;
  }
  return path === '' || vfs.lstat(toFsPath(root, path))?.isDirectory() === true;
}

function statText(stat: Stat): string {
  return `${typeOf(stat)} ${(Number(stat.mode) & 0o7777).toString(8)} ${stat.size} ${stat.mtimeNs}`;
}

function typeOf(stat: Stat): EntryType {
  if (stat.isFile()) return 'f';
  if (stat.isDirectory()) return 'd';
  return stat.isSymbolicLink() ? 'l' : 'o';
}
