// A message that hg wants while an operation goes on (a histedit that folds or rewords, a rebase that collapses), in the
// same editor as that of a commit.
import { l10n, type CancellationToken } from 'vscode';
import { editText } from '../commit/messageEditor.ts';
import { withoutHelp } from '../commit/messageTemplate.ts';
import type { HgContext } from '../../hg/commandContext.ts';
import { inform } from '../../hg/selectedPaths.ts';

/**
 * The text as the person leaves it, with the lines of help, which hg takes out. Null where it stays as hg proposes it: it is
 * discarded, or left empty. To refuse it would cut hg off in the middle, see hgCommand/editorProgram.ts.
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
  if (!token.isCancellationRequested) inform(l10n.t("Mercurial's proposed message is kept."));
  return null;
}
