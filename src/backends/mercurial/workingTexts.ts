// Texts of working files as the history would have them: from disk, or from an unsaved editor.
import { toFsPath, type BytePath } from '../../base/bytePath.ts';
import { readWorkingFile } from '../../mercurial/annotate/workingFile.ts';
import type { Snapshot } from '../../workingCopy/backend.ts';
import type { AnnotateQuery } from '../../workingCopy/historyQueries.ts';
import type { MercurialBackend } from './mercurialBackend.ts';

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Returns the text of the working file at `path`. Throws 'io' if it cannot be read, and 'unsupported' if its filter is
 * a program.
 *
 * @param unsaved the text in an editor; without one, the file is read
 */
export function workingText(
  backend: MercurialBackend,
  snapshot: Snapshot,
  path: BytePath,
  { text, isEncoded }: Pick<AnnotateQuery, 'text' | 'isEncoded'>,
): Buffer {
  const filter = backend.filterFor(snapshot, path);
  if (text === undefined) return readWorkingFile(backend, path, filter);
  const bytes = Buffer.from(text, isEncoded === true ? 'latin1' : 'utf8');
  const saved = isEncoded !== true && hasBom(backend, path) ? Buffer.concat([BOM, bytes]) : bytes;
  return filter === undefined ? saved : filter(saved);
}

/** An editor leaves the mark at the beginning of a file out. */
function hasBom({ vfs, root }: MercurialBackend, path: BytePath): boolean {
  const file = vfs.open(toFsPath(root, path));
  try {
    return file !== undefined && file.size >= BOM.length && file.read(0, BOM.length).equals(BOM);
  } finally {
    file?.close();
  }
}
