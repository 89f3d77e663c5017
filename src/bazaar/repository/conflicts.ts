// The conflicts of a merge, until they are resolved.
import * as path from 'node:path';
import { QuicksilverError } from '../../base/errors.ts';
import { linesOf } from '../../base/lines.ts';
import type { Vfs } from '../../files/vfs.ts';

const HEADER = 'BZR conflict list format 1';
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_CONFLICTS = 100_000;

/** All texts are byte strings. */
export interface BazaarConflict {
  readonly type: string;
  readonly path: string;
  readonly fileId: string | undefined;
  readonly conflictPath: string | undefined;
  readonly conflictFileId: string | undefined;
  /** As Breezy describes it. */
  readonly text: string;
}

export function conflictsFile(checkoutDirectory: string): string {
  return path.join(checkoutDirectory, 'conflicts');
}

/** Reads the conflicts in their order. Throws 'corrupt' for damage, 'unsupported' for an unknown type. */
export function readConflicts(vfs: Vfs, checkoutDirectory: string): BazaarConflict[] {
  const file = conflictsFile(checkoutDirectory);
  const read = vfs.read(file, MAX_BYTES);
  return read === undefined || read.bytes.length === 0 ? [] : parseConflicts(read.bytes, file);
}

/** Decodes the file: a header and stanzas of `tag: value` lines; a line that begins with a tab continues the value. */
export function parseConflicts(bytes: Buffer, file: string): BazaarConflict[] {
  const bad = (why: string): QuicksilverError => new QuicksilverError('corrupt', `${file}: ${why}`, { file });
  const found: BazaarConflict[] = [];
  let fields = new Map<string, string>();
  let last: string | undefined;
  let isFirst = true;
  const end = (): void => {
    if (fields.size > 0) found.push(conflictOf(fields, file));
    if (found.length > MAX_CONFLICTS) throw bad('has too many conflicts');
    fields = new Map();
    last = undefined;
  };
  for (const line of linesOf(bytes.toString('latin1'))) {
    if (isFirst) {
      if (line !== HEADER) throw bad('has an unknown format');
      isFirst = false;
    } else if (line === '') {
      end();
    } else if (line.startsWith('\t')) {
      if (last === undefined) throw bad('begins a stanza with a continued line');
      fields.set(last, `${fields.get(last)!}\n${line.slice(1)}`);
    } else {
      const match = /^([-_A-Za-z0-9]+): ([^]*)$/.exec(line);
      if (match === null) throw bad('has a malformed line');
      last = match[1]!;
      fields.set(last, match[2]!);
    }
  }
  end();
  return found;
}

function conflictOf(fields: ReadonlyMap<string, string>, file: string): BazaarConflict {
  const type = fields.get('type');
  const at = fields.get('path');
  if (type === undefined || at === undefined) {
    throw new QuicksilverError('corrupt', `${file}: a conflict without type or path`, { file });
  }
  const conflictPath = fields.get('conflict_path');
  const text = describe(type, at, conflictPath, fields.get('action'));
  if (text === undefined) {
    throw new QuicksilverError('unsupported', `${file}: conflicts of type '${type}' are not supported`, { file });
  }
  return {
    type,
    path: at,
    fileId: fields.get('file_id'),
    conflictPath,
    conflictFileId: fields.get('conflict_file_id'),
    text,
  };
}

function describe(type: string, at: string, other = '<deleted>', action = ''): string | undefined {
  switch (type) {
    case 'text conflict':
      return `Text conflict in ${at}`;
    case 'contents conflict':
      return `Contents conflict in ${at}`;
    case 'path conflict':
      return `Path conflict: ${at} / ${other}`;
    case 'duplicate':
      return `Conflict adding file ${other}.  ${action} ${at}.`;
    case 'duplicate id':
      return `Conflict adding id to ${other}.  ${action} ${at}.`;
    case 'parent loop':
      return `Conflict moving ${at} into ${other}. ${action}.`;
    case 'unversioned parent':
      return `Conflict because ${at} is not versioned, but has versioned children.  ${action}.`;
    case 'missing parent':
      return `Conflict adding files to ${at}.  ${action}.`;
    case 'deleting parent':
      return `Conflict: can't delete ${at} because it is not empty.  ${action}.`;
    case 'non-directory parent':
      return `Conflict: ${at} is not a directory, but has files in it.  ${action}.`;
    default:
      return undefined;
  }
}
