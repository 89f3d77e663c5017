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
import type { Vfs } from '../../files/vfs.ts';
import type { SharedRepository } from '../hub.ts';
import { refused, type Refused } from './exactStatus.ts';
import type { ExactQuestion, FileQuestion } from './questions.ts';
import { identityOf, listed, MOST_ENTRIES, type Identity, type ListedEntry } from './statusAnswers.ts';

/** Each entry of these answers costs an lstat on the thread that serves everybody. */
export const MOST_STATS = 10_000;
/** The most paths of one answer about changes. */
export const MOST_CHANGES = 10_000;
/** The most followed directories of one answer: some 10 MB. */
const MOST_DIRECTORIES = 200_000;

type Stat = NonNullable<ReturnType<Vfs['lstat']>>;

/** A directory entry's type, as `find -printf %y` has it; 'o' for pipes, sockets and devices. */
type EntryType = 'f' | 'd' | 'l' | 'o';

export interface FileStat {
  readonly type: EntryType;
  /** Permissions. */
  readonly mode: number;
  readonly size: bigint;
  readonly mtimeNs: bigint;
}

export interface ChangesAnswer {
  readonly kind: 'changes';
  /** Names the moment after the last of the paths. */
  readonly token: string;
  /** True if everything may have changed; then there are no paths. */
  readonly isFresh: boolean;
  /** True if there are more paths, since the token. */
  readonly hasMore: boolean;
  /** Directories that are not followed. */
  readonly unfollowed: readonly BytePath[];
  /** Those of them that are repositories. */
  readonly nested: readonly BytePath[];
  /** All directories that are followed, if the client has asked for them. */
  readonly followed?: readonly BytePath[];
  /**
   * A path stands for everything below it, too. A directory that was not followed all the time since the token is among
   * them, unless it was not followed at all.
   */
  readonly paths: readonly BytePath[];
}

export interface DirectoryAnswer {
  readonly kind: 'directory';
  readonly token: string;
  /** True if {@link changesAnswer} reports what happens in the directory. */
  readonly isFollowed: boolean;
  /** As they are now. */
  readonly entries: readonly { readonly name: string; readonly stat: FileStat }[];
}

export interface EverythingAnswer {
  readonly kind: 'everything';
  readonly identity: Identity;
  readonly token: string;
  readonly unfollowed: readonly BytePath[];
  /** The stat is undefined where there is no file. */
  readonly entries: readonly (ListedEntry & { readonly stat: FileStat | undefined })[];
}

/** Returns the directories that are followed, '' for the root. */
export function followedDirectories({ repository }: FileQuestion): readonly BytePath[] | Refused {
  const found: BytePath[] = [];
  for (const path of repository.model.tree.directories()) {
    if (found.push(path) > MOST_DIRECTORIES) return refused('there are too many directories');
  }
  return found;
}

/** @param most the number of paths of one answer */
export function changesAnswer(
  { repository, exactness, changes }: FileQuestion,
  since: string,
  most = MOST_CHANGES,
): ChangesAnswer | Refused {
  if (exactness.kind === 'refused') return exactness;
  const unfollowed = unfollowedDirectories(repository);
  if (unfollowed.length > MOST_ENTRIES) return refused('there are too many ignored directories');
  const nested = [...repository.model.nestedRepositories];
  const found = changes.since(since, most);
  return found === undefined
    ? { kind: 'changes', token: changes.takeToken(), isFresh: true, hasMore: false, unfollowed, nested, paths: [] }
    : { kind: 'changes', isFresh: false, unfollowed, nested, ...found };
}

/** @param directory relative to the root, in display form; '' for the root */
export function directoryAnswer(
  { repository, exactness, changes, vfs }: FileQuestion,
  directory: string,
): DirectoryAnswer | Refused {
  const path = bytePath(fromDisplay(directory));
  if (path !== '' && !isWithinRoot(path)) return refused('the path is not below the root');
  if (!isPlainDirectory(vfs, repository.root, path)) return refused('there is no such directory');
  const names = vfs.listBytes(toFsPath(repository.root, path));
  if (names.length > MOST_STATS) return refused('the directory has too many entries');
  const entries: { name: string; stat: FileStat }[] = [];
  for (const name of names) {
    const stat = vfs.lstat(toFsPath(repository.root, joinPath(path, name)));
    // It may have gone since.
    if (stat !== undefined) entries.push({ name, stat: fileStat(stat) });
  }
  const isFollowed =
    exactness.kind !== 'refused' && !unfollowedDirectories(repository).some(other => isAtOrBelow(path, other));
  return { kind: 'directory', token: changes.takeToken(), isFollowed, entries };
}

export function everythingAnswer({ repository, exactness, changes, vfs }: ExactQuestion): EverythingAnswer | Refused {
  if (exactness.kind === 'refused') return exactness;
  const unfollowed = unfollowedDirectories(repository);
  const entries =
    unfollowed.length > MOST_ENTRIES ? refused('there are too many entries') : listed(repository, MOST_STATS);
  if ('kind' in entries) return entries;
  return {
    kind: 'everything',
    identity: identityOf(exactness),
    // A change after this moment is among the changes since.
    token: changes.takeToken(),
    unfollowed,
    entries: entries.map(entry => {
      const stat = vfs.lstat(toFsPath(repository.root, entry.path));
      return { ...entry, stat: stat && fileStat(stat) };
    }),
  };
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

function fileStat(stat: Stat): FileStat {
  return { type: typeOf(stat), mode: Number(stat.mode) & 0o7777, size: stat.size, mtimeNs: stat.mtimeNs };
}

function typeOf(stat: Stat): EntryType {
  if (stat.isFile()) return 'f';
  if (stat.isDirectory()) return 'd';
  return stat.isSymbolicLink() ? 'l' : 'o';
}
