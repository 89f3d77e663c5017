// Opens a conflict: in VS Code's merge editor, or without three texts the versions that exist. Loaded on first use.
import { Uri } from 'vscode';
import { notify, openDiff, openInMergeEditor, openUri, type MergeSide } from '../../common/display.ts';
import { errorMessage } from '../../../base/errors.ts';
import type { ChangesetSummary, FileConflict } from '../../../server/protocol.ts';
import { changeTexts } from '../compare/changeTexts.ts';
import type { WorkingFile } from '../../commands/commandArguments.ts';
import { shortNode } from '../../common/changesetIds.ts';
import { fileVersionUri, versionUri } from '../../providers/contentUris.ts';
import type { ChangeContext } from '../compare/changeContext.ts';
import { exists, fileUri } from '../../common/uris.ts';

const NULL_NODE = '0'.repeat(40);

/** False if the file has no conflict. */
export async function openConflict(context: ChangeContext, file: WorkingFile): Promise<boolean> {
  const { repository, path } = file;
  const conflict = repository.model.conflicts.get(path);
  if (conflict?.state !== 'unresolved') return false;
  if (conflict.kind === 'path') {
    void notify('info', changeTexts.pathConflict(path, conflict.renamedTo));
    const renamed = fileUri(repository.rootUri, conflict.renamedTo);
    if (await exists(renamed)) await openUri(renamed, { preview: true });
    return true;
  }
  if (conflict.kind === 'content' && conflict.localFile !== undefined && (await exists(file.uri))) {
    try {
      await openMergeEditor(context, file, conflict, conflict.localFile);
      return true;
    } catch (error) {
      // The command is VS Code's own affair, and may be another or gone in any release.
      context.log.warn(`the merge editor does not open: ${errorMessage(error)}`);
    }
  }
  await openSides(file, conflict);
  return true;
}

async function openMergeEditor(
  { client }: ChangeContext,
  file: WorkingFile,
  conflict: FileConflict,
  localFile: string,
): Promise<void> {
  const { repository } = file;
  const { labels, local, other } = repository.model.mergeState ?? { labels: {} };
  const changesetOf = async (node: string | undefined): Promise<ChangesetSummary | undefined> => {
    const answer = node === undefined ? undefined : await client.resolveRevision(repository.root, node);
    return answer?.kind === 'changeset' ? answer.changeset : undefined;
  };
  const [current, incoming] = await Promise.all([changesetOf(local), changesetOf(other)]);
  const currentName = current?.branch ?? labels.local ?? changeTexts.local();
  const incomingName = incoming?.branch ?? labels.other ?? changeTexts.other();
  const description = (node: string | undefined, changeset: ChangesetSummary | undefined): string | undefined =>
    node && (changeset === undefined ? shortNode(node) : `${shortNode(node)} ${changeset.summary}`);
  const sides: [MergeSide, MergeSide] = [
    {
      uri: Uri.file(localFile),
      title: changeTexts.current(currentName),
      description: description(local, current),
    },
    {
      uri: otherUri(file, conflict),
      title: changeTexts.incoming(incomingName),
      description: description(other, incoming),
    },
  ];
  await openInMergeEditor(ancestorUri(file, conflict), sides, file.uri);
}

/** The working file beside what it was before one side changed it; without a working file, what the other side has. */
async function openSides(file: WorkingFile, conflict: FileConflict): Promise<void> {
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  const labels = file.repository.model.mergeState?.labels;
  const isDeletedOnOther = conflict.deletedOn === 'other';
  const [side, label] =
    conflict.kind === 'change-delete'
      ? [ancestorUri(file, conflict), labels?.ancestor ?? changeTexts.ancestor()]
      : [otherUri(file, conflict), labels?.other ?? changeTexts.other()];
  if (await exists(file.uri)) {
    await openDiff(side, file.uri, changeTexts.conflictDiff(name, label));
  } else {
    const shown = isDeletedOnOther ? side : otherUri(file, conflict);
    await openUri(shown, { preview: true });
  }
}

function ancestorUri({ repository }: WorkingFile, { ancestorPath, ancestorNode, path }: FileConflict): Uri {
  const name = ancestorPath === '' ? path : ancestorPath;
  return fileVersionUri(repository, name, ancestorNode, changeTexts.ancestor());
}

function otherUri({ repository }: WorkingFile, { otherPath, otherNode, path }: FileConflict): Uri {
  const name = otherPath === '' ? path : otherPath;
  const other = repository.model.mergeState?.other;
  if (otherNode === undefined && other !== undefined) return versionUri(repository, name, other);
  return fileVersionUri(repository, name, otherNode ?? NULL_NODE, other === undefined ? '' : shortNode(other));
}
