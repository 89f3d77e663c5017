// The changesets that a file's own history records, as `hg log FILE` lists them.
import type { BytePath } from '../../base/bytePath.ts';
import type { FileHistorySource } from './fileRevisions.ts';

/**
 * Returns the changesets that brought the file revisions at a path. Removals are not among them. Only one of several
 * changesets that brought the same revision is, the first that is not hidden.
 *
 * @param count number of changesets
 */
export function recordedChangesets(
  source: FileHistorySource,
  path: BytePath,
  count: number,
  isHidden: (changeset: number) => boolean,
): number[] {
  const revlog = source.filelog(path)?.revlog;
  const found = new Set<number>();
  const missing = new Map<string, number>();
  for (let revision = 0; revision < (revlog?.length ?? 0); revision++) {
    const { link, node } = revlog!.entry(revision);
    if (isHidden(link)) missing.set(node.toString('hex'), link);
    else found.add(link);
  }
  if (missing.size === 0) return [...found];
  for (let changeset = Math.min(...missing.values()) + 1; changeset < count && missing.size > 0; changeset++) {
    if (isHidden(changeset) || !source.changedFiles(changeset).includes(path)) continue;
    const node = source.manifest(changeset).find(path)?.node;
    const link = node === undefined ? undefined : missing.get(node);
    if (link === undefined || changeset <= link) continue;
    missing.delete(node!);
    found.add(changeset);
  }
  return [...found];
}
