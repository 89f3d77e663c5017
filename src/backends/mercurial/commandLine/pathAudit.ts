// Checks that a path of the command line stays in the working copy.
import { toDisplay, type BytePath } from '../../../base/bytePath.ts';
import { QuicksilverError } from '../../../base/errors.ts';
import { auditPath, type AuditOptions } from '../../../mercurial/ignore/patternRoot.ts';
import type { RepositoryPlace } from './open.ts';

/** Throws a 'usage' error for a path in `.hg`, beyond a symbolic link, or in another repository. */
export function checkPath({ vfs, root }: RepositoryPlace, path: BytePath, options: AuditOptions): void {
  const problem = auditPath(vfs, root, path, options);
  if (problem === undefined) return;
  const shown = `path '${toDisplay(path)}'`;
  switch (problem.kind) {
    case 'control':
      throw new QuicksilverError('usage', `${shown} lies in the repository's own .hg`);
    case 'link':
      throw new QuicksilverError('usage', `${shown} lies beyond the symbolic link '${toDisplay(problem.at)}'`);
    case 'nested':
      throw new QuicksilverError('usage', `${shown} belongs to the nested repository '${toDisplay(problem.at)}'`);
  }
}
