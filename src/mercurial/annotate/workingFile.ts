// The working file as annotate sees it: its text, and the file revisions that it was made from.
import { toFsPath, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { FsPath, Vfs } from '../../files/vfs.ts';
import type { Dirstate } from '../dirstate/dirstate.ts';
import type { Filter } from '../filters/lineEnds.ts';
import type { UncommittedText } from './annotate.ts';
import { startAt, type HistoryStart } from './fileHistory.ts';
import { fileRevisionAt, type FileHistorySource } from './fileRevisions.ts';

/** Bytes; larger files are not annotated. */
const MAX_BYTES = 1 << 28;

/**
 * Returns the parents of the working file at `path`. The first is the source of its recorded copy, or the same path
 * in the first parent. The other is the path in the second parent.
 *
 * @param parents changelog revisions of the working copy's parents, -1 for none
 */
export function workingParents(
  source: FileHistorySource,
  dirstate: Dirstate,
  parents: readonly [number, number],
  path: BytePath,
): Omit<UncommittedText, 'text'> {
  const copied = copySourceOf(dirstate, path);
  const files = [copied ?? path, path].flatMap((at, index) => {
    const changeset = parents[index]!;
    return changeset < 0 ? [] : (fileRevisionAt(source, at, changeset) ?? []);
  });
  return { path, parents: files, changesets: parents.filter(changeset => changeset >= 0) };
}

/**
 * Returns the revisions that the history of the working file at `path` begins with: those of which a commit would make
 * it. A file that came with a merge may be copied before the commit. Its source is then in the second parent alone,
 * where `hg annotate` does not look for it.
 */
export function workingStart(
  source: FileHistorySource,
  dirstate: Dirstate,
  parents: readonly [number, number],
  path: BytePath,
): HistoryStart {
  const { parents: files, changesets } = workingParents(source, dirstate, parents, path);
  const copied = copySourceOf(dirstate, path);
  if (files.length > 0 || copied === undefined || parents[1] < 0) return { files, changesets };
  return { files: startAt(source, copied, parents[1]).files, changesets };
}

/** The source of the copy that the dirstate records. */
export function copySourceOf(dirstate: Dirstate, path: BytePath): BytePath | undefined {
  const node = dirstate.find(path);
  return node < 0 ? undefined : dirstate.copySource(node);
}

/**
 * Reads the working file at `path` as the history would have it; a symbolic link's text is its target. Throws 'io' if
 * there is none, and what the filter throws.
 *
 * @param filter undefined if the content stays as it is
 */
export function readWorkingFile(
  { vfs, root }: { readonly vfs: Vfs; readonly root: string },
  path: BytePath,
  filter: Filter | undefined,
): Buffer {
  const text = readBytes(vfs, toFsPath(root, path));
  return filter === undefined ? text : filter(text);
}

function readBytes(vfs: Vfs, file: FsPath): Buffer {
  const target = vfs.readLink(file);
  if (target !== undefined) return Buffer.from(target, 'utf8');
  const read = vfs.read(file, MAX_BYTES);
  if (read !== undefined) return read.bytes;
  const shown = file.toString();
  throw new QuicksilverError('io', `${shown}: No such file or directory`, { file: shown });
}
