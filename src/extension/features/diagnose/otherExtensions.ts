// Messages about other extensions that show the same repositories.
import { commands, l10n, type Extension } from 'vscode';
import { notify } from '../../common/display.ts';

/** Explains, with the first Git repository, what the built-in extension does besides. */
export function explainGit(): void {
  const hint = l10n.t(
    'Quicksilver shows the status of Git repositories. The built-in Git extension lists them, too, and has the commands to stage, commit, and push.',
  );
  void notify('info', hint);
}

/** Warns about another extension for Mercurial: both work beside each other, but everything appears twice. */
export async function warnAboutExtension({ id, packageJSON }: Extension<unknown>): Promise<void> {
  const { displayName } = packageJSON as { readonly displayName?: unknown };
  const message = l10n.t(
    "The extension '{0}' also shows Mercurial repositories. Each repository is listed twice.",
    typeof displayName === 'string' ? displayName : id,
  );
  const show = l10n.t('Show Extension');
  if ((await notify('info', message, show)) !== show) return;
  await commands.executeCommand('workbench.extensions.search', `@id:${id}`);
}
