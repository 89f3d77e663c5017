// Which operation was begun in the working copy and neither finished nor aborted.
import * as path from 'node:path';
import type { Operation } from '../../base/repositoryState.ts';
import type { Dirstate } from '../dirstate/dirstate.ts';
import type { Vfs } from '../../files/vfs.ts';

/** The files in `.hg` that exist while an operation is unfinished, the most specific first. */
const STATE_FILES: readonly (readonly [string, Operation])[] = [
  ['histedit-state', 'histedit'],
  ['rebasestate', 'rebase'],
  ['graftstate', 'graft'],
  ['shelvedstate', 'unshelve'],
  ['transplant/journal', 'transplant'],
  ['bisect.state', 'bisect'],
  ['updatestate', 'update'],
];

/** The state files alone, for watching; relative to `.hg`. */
export const UNFINISHED_FILES: readonly string[] = STATE_FILES.map(([file]) => file);

/**
 * Returns the unfinished operation, the most specific of several: a rebase or graft that stopped at a conflict may also
 * be a merge. `updatestate` also exists while a running update writes files.
 *
 * @param isKnown false for operations to skip
 */
export function unfinishedOperation(
  vfs: Vfs,
  hgDirectory: string,
  dirstate: Pick<Dirstate, 'isMerge'>,
  isKnown: (operation: Operation) => boolean = () => true,
): Operation | undefined {
  for (const [file, operation] of STATE_FILES) {
    if (isKnown(operation) && vfs.lstat(path.join(hgDirectory, file)) !== undefined) return operation;
  }
  return dirstate.isMerge ? 'merge' : undefined;
}

/** True while an update or merge is writing working files, or was killed while it did. */
export function isUpdating(vfs: Vfs, hgDirectory: string): boolean {
  return vfs.lstat(path.join(hgDirectory, 'updatestate')) !== undefined;
}
