// The copies that a changeset brought, as `hg log --copies` lists them.
import { bytePath, type BytePath } from '../../base/bytePath.ts';
import { fileRevisionAt, type FileHistorySource } from './fileRevisions.ts';

/**
 * Returns the files that a changeset names as changed and that it copied or renamed, with their sources. A copy that a
 * parent already has is none.
 */
export function copiesIn(
  source: FileHistorySource,
  changeset: number,
): readonly { readonly path: BytePath; readonly source: BytePath }[] {
  const copies: { path: BytePath; source: BytePath }[] = [];
  for (const path of source.changedFiles(changeset)) {
    const file = fileRevisionAt(source, path, changeset);
    const copy = file?.filelog.copySource(file.revision);
    if (file === undefined || copy === undefined) continue;
    const { link, node } = file.filelog.revlog.entry(file.revision);
    const hex = node.toString('hex');
    const isOlder =
      link !== changeset &&
      source.graph.parents(changeset).some(parent => source.manifest(parent).find(path)?.node === hex);
    if (!isOlder) copies.push({ path, source: bytePath(copy.path) });
  }
  return copies;
}
