// The last revision of a branch.
import * as path from 'node:path';
import { QuicksilverError } from '../../base/errors.ts';
import type { Vfs } from '../../files/vfs.ts';

const MAX_BYTES = 64 * 1024;

export interface LastRevision {
  readonly number: number;
  /** A byte string; 'null:' in an empty branch. */
  readonly id: string;
}

/** Returns the last revision of a branch; undefined if the branch is missing. Throws 'corrupt' for damage. */
export function lastRevision(vfs: Vfs, branchDirectory: string): LastRevision | undefined {
  const file = path.join(branchDirectory, 'last-revision');
  const text = vfs.read(file, MAX_BYTES)?.bytes.toString('latin1');
  if (text === undefined) return undefined;
  const match = /^(\d{1,10}) ([^\n]+)\n?$/.exec(text);
  if (match === null) throw new QuicksilverError('corrupt', `${file}: malformed`, { file });
  return { number: Number(match[1]), id: match[2]! };
}
