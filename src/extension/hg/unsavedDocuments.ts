// Open documents with unsaved changes, whichever path a file is open by. The engine follows the symbolic links: the
// paths that the window knows already are those of its folders and of visible editors.
import { Uri, workspace, type TextDocument } from 'vscode';
import { isAtOrBelowKey } from '../common/rootMap.ts';
import { detectionSettings } from '../common/settings.ts';
import { isOnDisk, uriKey } from '../common/uris.ts';
import type { OpenRepository } from '../repositories/openRepository.ts';
import { LocateFiles, type LocatedFile } from '../../server/protocol.ts';
import type { HgContext } from './commandContext.ts';

/** Returns those of the files below the root of a repository. */
export async function unsavedBelow(context: HgContext, { rootUri }: OpenRepository): Promise<TextDocument[]> {
  return unsavedOf(
    context,
    rootUri,
    (file, root) => isSameRepository(file, root) || isAtOrBelowKey(realKey(file), realKey(root)),
  );
}

/** Returns those of a file: more than one if it is open by several paths. */
export async function unsavedDocuments(context: HgContext, uri: Uri): Promise<TextDocument[]> {
  return unsavedOf(
    context,
    uri,
    (file, wanted) =>
      realKey(file) === realKey(wanted) || (isSameRepository(file, wanted) && file.path === wanted.path),
  );
}

/** Asks nothing of the engine if no document has unsaved changes. */
async function unsavedOf(
  { client }: HgContext,
  place: Uri,
  isThere: (file: LocatedFile, place: LocatedFile) => boolean,
): Promise<TextDocument[]> {
  const unsaved = workspace.textDocuments.filter(document => document.isDirty && isOnDisk(document));
  if (unsaved.length === 0) return [];
  const paths = [place, ...unsaved.map(({ uri }) => uri)].map(({ fsPath }) => fsPath);
  const [there, ...files] = await client.request(LocateFiles, { paths, systems: detectionSettings().systems });
  return unsaved.filter((_, at) => there !== undefined && isThere(files[at]!, there));
}

/** Also through a mount, which no real path shows. */
function isSameRepository(one: LocatedFile, other: LocatedFile): boolean {
  return one.id !== undefined && one.id === other.id;
}

function realKey({ realPath }: LocatedFile): string {
  return uriKey(Uri.file(realPath));
}
