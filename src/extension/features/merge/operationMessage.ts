// Edits a message for an operation that continues, in the same editor as a commit's message. A histedit that folds or
// rewords needs one, and a rebase that collapses.
import { l10n, type CancellationToken } from 'vscode';
import { editText } from '../commit/messageEditor.ts';
import { withoutHelp } from '../commit/messageTemplate.ts';
import type { HgContext } from '../../hg/commandContext.ts';
import { showInfo } from '../../hg/notifications.ts';

/**
 * Returns the text as the user leaves it, with the lines of help, which hg removes. Null keeps hg's proposal: the user
 * discarded the text or emptied it. A failure would stop hg halfway, see hgCommand/editorProgram.ts.
 *
 * @param root of the repository
 */
export async function editMessage(
  context: HgContext,
  root: string,
  text: string,
  token: CancellationToken,
): Promise<string | null> {
  const repository = context.repositories.get(root);
  if (repository === undefined) return null;
  const help = l10n.t(
    "Use the buttons above to accept or cancel. A canceled or empty message keeps Mercurial's proposal.",
  );
  const written = await editText(context, repository, `${text.trimEnd()}\nHG: ${help}\n`, {
    folder: 'operation',
    token,
  });
  if (written !== undefined && withoutHelp(written) !== '') return written;
  if (!token.isCancellationRequested) showInfo(l10n.t("Mercurial's proposed message is kept."));
  return null;
}
