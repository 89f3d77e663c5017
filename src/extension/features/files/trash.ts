// Untracked files that are deleted: nothing of Mercurial's would bring them back.
import { l10n, workspace } from 'vscode';
import { modal } from '../../common/display.ts';
import { errorMessage } from '../../../base/errors.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import { fileUri, isReadableName } from '../../common/uris.ts';
import { confirm, type Answers } from '../../hg/presetAnswers.ts';
import type { HgContext } from '../../hg/commandContext.ts';
import { previewLines, showInfo } from '../../hg/notifications.ts';
import { rescanAndShow } from '../../hg/pendingChanges.ts';

/** Asks, and moves the files to the trash. If that fails, asks whether to delete them for good. */
export async function toTrash(
  context: HgContext,
  repository: OpenRepository,
  paths: readonly string[],
  answers: Answers,
): Promise<void> {
  const files = paths.filter(isReadableName);
  if (files.length < paths.length) showInfo(l10n.t('Files with names that are not valid UTF-8 were skipped.'));
  if (files.length === 0) return;
  const message =
    files.length === 1
      ? l10n.t("Delete the untracked file '{0}'?", files[0]!)
      : l10n.t('Delete {0} untracked files?', files.length);
  const detail = files.length === 1 ? '' : previewLines(files);
  if (!(await confirm(answers, message, l10n.t('Move to Trash'), detail))) return;
  const left: string[] = [];
  let reason = '';
  for (const path of files) {
    try {
      await workspace.fs.delete(fileUri(repository.rootUri, path), { useTrash: true });
    } catch (error) {
      reason = errorMessage(error);
      left.push(path);
    }
  }
  if (left.length > 0) {
    context.log.warn(`not moved to the trash: ${reason}`);
    const question =
      left.length === 1
        ? l10n.t("Cannot move '{0}' to the trash. Delete it permanently?", left[0]!)
        : l10n.t('Cannot move {0} files to the trash. Delete them permanently?', left.length);
    const action = l10n.t('Delete Permanently');
    const isMeant =
      answers.flag('permanently') ||
      (await modal('warning', question, l10n.t('This cannot be undone.'), action)) === action;
    if (isMeant) {
      for (const path of left) await workspace.fs.delete(fileUri(repository.rootUri, path), { useTrash: false });
    }
  }
  await rescanAndShow(context, repository, files);
}
