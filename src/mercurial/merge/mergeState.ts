// Mercurial's notes on a merge with conflicts. Rebase, graft, unshelve, histedit, backout and updates with changed
// files make such merges, too. The notes exist until the result is committed or dropped.
import * as path from 'node:path';
import { bytePath, compareBytes, toDisplay, type BytePath } from '../../base/bytePath.ts';
import { ByteReader } from '../../base/byteReader.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { ConflictState, FileConflict, Merge, PathConflict } from '../../base/repositoryState.ts';
import { isNodeHex, NULL_NODE_HEX } from '../store/node.ts';
import type { FileBytes, Vfs } from '../../files/vfs.ts';

/** A file conflict as recorded: `backup` names the file in `.hg/merge` with the local side's content, if any. */
export type RecordedFileConflict = Omit<FileConflict<BytePath>, 'localFile'> & { readonly backup: string | undefined };

export type RecordedConflict = RecordedFileConflict | PathConflict<BytePath>;

export type RecordedMerge = Merge<RecordedConflict>;

/** The two files with the notes, as they are in `.hg/merge`. */
export interface MergeStateFiles {
  readonly v1: FileBytes | undefined;
  readonly v2: FileBytes | undefined;
}

/** The directory in `.hg`. */
export const MERGE_DIRECTORY = 'merge';

/** More than a hundred thousand conflicts. */
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_RECORDS = 1 << 19;

/** Reads both files without decoding them. Throws 'io', and 'changed-while-reading' for a short read. */
export function readMergeStateFiles(vfs: Vfs, hgDirectory: string): MergeStateFiles {
  const [v1File, v2File] = mergeStatePaths(hgDirectory);
  return { v1: readWhole(vfs, v1File), v2: readWhole(vfs, v2File) };
}

/** Absolute paths of the files in the old and in the present form. */
export function mergeStatePaths(hgDirectory: string): [v1: string, v2: string] {
  const directory = path.join(hgDirectory, MERGE_DIRECTORY);
  return [path.join(directory, 'state'), path.join(directory, 'state2')];
}

/**
 * Returns the notes in the files; undefined if there are none. As in Mercurial, the new form counts only if it has
 * every record of the old one. Otherwise a version that knows only the old form has continued the merge.
 *
 * @throws 'unsupported' for an unknown record that readers must understand, or an unknown state of a file
 * @throws 'changed-while-reading' if a file ends within a record: Mercurial rewrites both in place
 * @throws 'corrupt' for records that make no sense
 */
export function decodeMergeState(files: MergeStateFiles, hgDirectory: string): RecordedMerge | undefined {
  const [v1File, v2File] = mergeStatePaths(hgDirectory);
  const v1 = recordsV1(files.v1?.bytes ?? NOTHING, v1File);
  const v2 = recordsV2(files.v2?.bytes ?? NOTHING, v2File);
  const covered = coversAll(v2, v1);
  return interpret(covered ? v2 : v1, covered ? v2File : v1File, covered);
}

interface MergeRecord {
  readonly type: string;
  /** A byte string. */
  readonly data: string;
}

const NOTHING = Buffer.alloc(0);

/** Types of records about one file, with fields separated by NUL; 'D' is one of an extension that is no more. */
const FILE_RECORDS = new Set(['F', 'C', 'D', 'P']);
const STATES: Readonly<Record<string, ConflictState>> = {
  u: 'unresolved',
  r: 'resolved',
  pu: 'unresolved',
  pr: 'resolved',
};
const PATH_STATES = new Set(['pu', 'pr']);
/** Not a conflict: a note that the other side's file was taken, for the commit to know. */
const TAKEN_FROM_OTHER = 'o';

function readWhole(vfs: Vfs, file: string): FileBytes | undefined {
  const read = vfs.read(file, MAX_BYTES);
  if (read !== undefined && BigInt(read.bytes.length) !== read.identity.size) throw cutOff(file);
  return read;
}

/** A line with the local changeset, then one for each file. */
function recordsV1(bytes: Buffer, file: string): MergeRecord[] {
  if (bytes.length === 0) return [];
  if (bytes.at(-1) !== 0x0a) throw cutOff(file);
  const lines = bytes.toString('latin1', 0, bytes.length - 1).split('\n', MAX_RECORDS + 1);
  if (lines.length > MAX_RECORDS) throw tooMany(file);
  const [local = '', ...others] = lines;
  // A file with nothing in its first line is none.
  if (local === '' && others.length === 0) return [];
  return [{ type: 'L', data: local }, ...others.map(data => ({ type: 'F', data }))];
}

/** A byte for the type, four for the length, the data. The data of a 't' begins with the real type. */
function recordsV2(bytes: Buffer, file: string): MergeRecord[] {
  const reader = new ByteReader(bytes, file);
  const records: MergeRecord[] = [];
  for (let at = 0; at < reader.length;) {
    if (at + 5 > reader.length) throw cutOff(file);
    let type = reader.byteString(at, 1);
    const length = reader.u32(at + 1);
    if (at + 5 + length > reader.length) throw cutOff(file);
    let data = reader.byteString(at + 5, length);
    at += 5 + length;
    if (type === 't') {
      type = data.slice(0, 1);
      data = data.slice(1);
    }
    records.push({ type, data });
    if (records.length > MAX_RECORDS) throw tooMany(file);
  }
  return records;
}

/** True if the records of the old form are among those of the new one, which have one more field: the other node. */
function coversAll(v2: readonly MergeRecord[], v1: readonly MergeRecord[]): boolean {
  const known = new Set<string>();
  for (const { type, data } of v2) {
    if (type === 'L') known.add(`L${data}`);
    if (type !== 'F') continue;
    const fields = data.split('\0');
    fields.splice(-2, 1);
    known.add(`F${fields.join('\0')}`);
  }
  return v1.every(({ type, data }) => known.has(type + data));
}

function interpret(records: readonly MergeRecord[], file: string, hasOtherNodes: boolean): RecordedMerge | undefined {
  const conflicts = new Map<BytePath, RecordedConflict>();
  let local: string | undefined;
  let other: string | undefined;
  let labels: RecordedMerge['labels'] = {};
  for (const { type, data } of records) {
    if (type === 'L') local = changeset(data, file);
    else if (type === 'O') other = changeset(data, file);
    else if (type === 'l') labels = labelsOf(data);
    else if (FILE_RECORDS.has(type)) {
      const conflict = fileRecord(type, data, file, hasOtherNodes);
      if (conflict !== undefined) conflicts.set(conflict.path, conflict);
    } else if (!/^[a-z]$/.test(type)) {
      // Those in small letters, 'f' with notes on how to commit a file among them, may be passed over.
      throw new QuicksilverError(
        'unsupported',
        `${file}: the merge has a record of the type ${JSON.stringify(type)}, which is not supported`,
        { file },
      );
    }
  }
  if (local === undefined && conflicts.size === 0) return undefined;
  const ordered = [...conflicts.values()].sort((a, b) => compareBytes(a.path, b.path));
  return { local, other, labels, conflicts: ordered };
}

function changeset(data: string, file: string): string {
  if (!isNodeHex(data)) throw corrupt(file, `${JSON.stringify(data)} is not a changeset`);
  return data;
}

function labelsOf(data: string): RecordedMerge['labels'] {
  const [local, other, ancestor] = data.split('\0').map(toDisplay);
  return {
    ...(local !== undefined && local !== '' && { local }),
    ...(other !== undefined && other !== '' && { other }),
    ...(ancestor !== undefined && ancestor !== '' && { ancestor }),
  };
}

function fileRecord(type: string, data: string, file: string, hasOtherNode: boolean): RecordedConflict | undefined {
  const [name = '', code = '', ...fields] = data.split('\0');
  if (code === TAKEN_FROM_OTHER) return undefined;
  const state = Object.hasOwn(STATES, code) ? STATES[code] : undefined;
  if (state === undefined) {
    throw new QuicksilverError(
      'unsupported',
      `${file}: ${toDisplay(name)} is in the state ${JSON.stringify(code)}, which is not supported`,
      { file },
    );
  }
  const where = checkedPath(name, file);
  if (PATH_STATES.has(code)) {
    const [renamedTo = '', origin] = fields;
    if (origin !== 'l' && origin !== 'r') throw corrupt(file, `the conflict at ${toDisplay(name)} is incomplete`);
    return {
      kind: 'path',
      path: where,
      state,
      renamedTo: checkedPath(renamedTo, file),
      origin: origin === 'l' ? 'local' : 'other',
    };
  }
  if (type === 'P' || fields.length < (hasOtherNode ? 7 : 6)) {
    throw corrupt(file, `the record of ${toDisplay(name)} is incomplete`);
  }
  const [key, localPath, ancestorPath, ancestorNode, otherPath] = fields as [string, string, string, string, string];
  const otherNode = hasOtherNode ? fileNode(fields[5], file) : undefined;
  const isDeletedLocally = key === NULL_NODE_HEX;
  return {
    kind: type === 'C' ? 'change-delete' : 'content',
    path: where,
    state,
    deletedOn: type !== 'C' ? undefined : isDeletedLocally ? 'local' : 'other',
    localPath: checkedPath(localPath, file),
    localFlags: fields[hasOtherNode ? 6 : 5] ?? '',
    // Only what can be the name of such a file: it is going to be opened.
    backup: isDeletedLocally ? undefined : fileNode(key, file),
    ancestorPath: checkedPath(ancestorPath, file),
    ancestorNode: fileNode(ancestorNode, file),
    otherPath: checkedPath(otherPath, file),
    otherNode,
  };
}

function fileNode(text: string | undefined, file: string): string {
  if (text === undefined || !isNodeHex(text)) throw corrupt(file, `${JSON.stringify(text)} is not a node`);
  return text;
}

/** A path that stays in the working copy. */
function checkedPath(text: string, file: string): BytePath {
  for (const component of text.split('/')) {
    if (component === '' || component === '.' || component === '..' || component === '.hg') {
      throw corrupt(file, `${JSON.stringify(toDisplay(text))} is not the path of a file`);
    }
  }
  return bytePath(text);
}

function corrupt(file: string, what: string): QuicksilverError {
  return new QuicksilverError('corrupt', `${file}: ${what}`, { file });
}

function tooMany(file: string): QuicksilverError {
  return new QuicksilverError('unsupported', `${file}: more than ${MAX_RECORDS} records are not supported`, { file });
}

function cutOff(file: string): QuicksilverError {
  return new QuicksilverError('changed-while-reading', `${file} ends in the middle of a record`, { file });
}
