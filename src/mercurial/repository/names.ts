// The names of the working copy: its branch, the active bookmark, the topic.
import * as path from 'node:path';
import { toDisplay } from '../../base/bytePath.ts';
import type { RepositoryLayout } from './requirements.ts';
import type { Vfs } from '../../files/vfs.ts';

/** Texts for people. */
export interface WorkingCopyNames {
  /** The branch that the next commit will be on. */
  readonly branch: string;
  /** The active bookmark, which moves with the next commit. */
  readonly bookmark: string | undefined;
  readonly topic: string | undefined;
}

/** The working copy's files that {@link readNames} reads, beside the bookmarks. */
export const NAME_FILES: readonly string[] = ['branch', 'bookmarks.current', 'topic', 'shared'];

const DEFAULT_BRANCH = 'default';
const MAX_NAME_BYTES = 0x1_0000;
const MAX_BOOKMARKS_BYTES = 256 * 1024 * 1024;

/** Throws a QuicksilverError 'io' if one of the files cannot be read. */
export function readNames(vfs: Vfs, layout: RepositoryLayout): WorkingCopyNames {
  const { hgDirectory } = layout;
  return {
    branch: readName(vfs, path.join(hgDirectory, 'branch')) ?? DEFAULT_BRANCH,
    bookmark: activeBookmark(vfs, layout),
    topic: readName(vfs, path.join(hgDirectory, 'topic')),
  };
}

/**
 * Returns the file with the bookmarks, which need not exist. It is in the store if required, in the source of a share
 * that shares them, otherwise in the working copy's own `.hg`.
 */
export function bookmarksFile(vfs: Vfs, layout: RepositoryLayout): string {
  const source = layout.sharedSource ?? layout.hgDirectory;
  if (layout.requirements.has('bookmarksinstore')) return path.join(layout.storeDirectory, 'bookmarks');
  const shared = vfs.read(path.join(layout.hgDirectory, 'shared'), MAX_NAME_BYTES)?.bytes.toString('latin1') ?? '';
  const sharesBookmarks = shared.split('\n').some(line => line.trim() === 'bookmarks');
  return path.join(sharesBookmarks ? source : layout.hgDirectory, 'bookmarks');
}

/** A name that is active but no bookmark any more is, as for Mercurial, no active bookmark. */
function activeBookmark(vfs: Vfs, layout: RepositoryLayout): string | undefined {
  const content = vfs.read(path.join(layout.hgDirectory, 'bookmarks.current'), MAX_NAME_BYTES)?.bytes;
  const name = content?.toString('latin1').split('\n')[0] ?? '';
  if (name === '') return undefined;
  const bookmarks = vfs.read(bookmarksFile(vfs, layout), MAX_BOOKMARKS_BYTES)?.bytes;
  if (bookmarks === undefined) return undefined;
  return hasBookmark(bookmarks, name) ? toDisplay(name) : undefined;
}

/** True if there is a line `<40 hexadecimal digits> <name>`. */
function hasBookmark(bookmarks: Buffer, name: string): boolean {
  const wanted = Buffer.from(` ${name}`, 'latin1');
  for (let start = 0; start <= bookmarks.length;) {
    const newline = bookmarks.indexOf(0x0a, start);
    const end = newline < 0 ? bookmarks.length : newline;
    if (end - start === 40 + wanted.length && wanted.equals(bookmarks.subarray(start + 40, end))) return true;
    start = end + 1;
  }
  return false;
}

function readName(vfs: Vfs, file: string): string | undefined {
  const name = vfs.read(file, MAX_NAME_BYTES)?.bytes.toString('latin1').trim() ?? '';
  return name === '' ? undefined : toDisplay(name);
}
