// The head and the conflicts of a Bazaar working tree, in the words of the model.
import { createHash } from 'node:crypto';
import { bytePath, toDisplay, type BytePath } from '../../base/bytePath.ts';
import type { BazaarDirstate } from '../../bazaar/dirstate/bazaarDirstate.ts';
import type { BazaarConflict } from '../../bazaar/repository/conflicts.ts';
import type { BazaarLayout } from '../../bazaar/repository/layout.ts';
import type { Conflict, Head, MergeState } from '../../workingCopy/backend.ts';

const NULL_ID = '0'.repeat(40);

/** Returns 40 hexadecimal digits that stand for a revision id: its SHA-1. All zeros without a revision. */
export function idOfRevision(revision: string | undefined): string {
  return revision === undefined ? NULL_ID : createHash('sha1').update(revision, 'latin1').digest('hex');
}

export function headOf(layout: BazaarLayout, dirstate: BazaarDirstate): Head {
  const [first, second] = dirstate.tree.parents;
  return {
    firstParent: idOfRevision(first),
    secondParent: idOfRevision(second),
    branch: toDisplay(bytePath(layout.branchName ?? '')),
    bookmark: undefined,
    topic: undefined,
    operation: second === undefined ? undefined : 'merge',
  };
}

/** Returns undefined if there are no conflicts. Each path has one, however many Breezy lists. */
export function mergeStateOf(conflicts: readonly BazaarConflict[], dirstate: BazaarDirstate): MergeState | undefined {
  if (conflicts.length === 0) return undefined;
  const byPath = new Map<BytePath, Conflict>();
  for (const { path, conflictPath, fileId } of conflicts) {
    const at = bytePath(path.replace(/\/$/, ''));
    const before = conflictPath === undefined ? at : bytePath(conflictPath);
    byPath.set(at, {
      kind: 'content',
      path: at,
      state: 'unresolved',
      localPath: at,
      localFlags: '',
      ancestorPath: before,
      ancestorNode: fileId === undefined ? NULL_ID : idOfRevision(fileId),
      otherPath: before,
    });
  }
  const [local, other] = dirstate.tree.parents;
  return {
    local: idOfRevision(local),
    other: other === undefined ? undefined : idOfRevision(other),
    labels: { local: 'THIS', other: 'OTHER', ancestor: 'BASE' },
    conflicts: [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
    problem: undefined,
  };
}
