import { linesOf } from '../../base/lines.ts';
import { isNodeHex } from '../store/node.ts';
import type { Vfs } from '../../files/vfs.ts';

const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Bookmarks by name (a byte string), with hexadecimal nodes. Lines that are no bookmark are passed over, as Mercurial
 * does. Throws 'io' if the file cannot be read.
 *
 * @param file see `bookmarksFile` in names.ts
 */
export function readBookmarks(vfs: Vfs, file: string): Map<string, string> {
  const bookmarks = new Map<string, string>();
  for (const line of linesOf(vfs.read(file, MAX_BYTES)?.bytes.toString('latin1') ?? '')) {
    const node = line.slice(0, 40);
    const name = line.slice(41).trim();
    if (line[40] === ' ' && isNodeHex(node) && name !== '') bookmarks.set(name, node);
  }
  return bookmarks;
}
