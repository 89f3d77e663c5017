// Warns once about another extension for Mercurial: it works beside this one, but everything appears twice.
import { commands, extensions, l10n, type ExtensionContext } from 'vscode';
import { notify } from '../common/display.ts';
import { isForMercurial } from './isForMercurial.ts';

const TOLD = 'quicksilver.toldOfOtherExtension';

/** To be called when a repository is open: nobody else needs to know. */
export async function tellOfOtherExtension({ extension, globalState }: ExtensionContext): Promise<void> {
  if (globalState.get<boolean>(TOLD) === true) return;
  const other = extensions.all.find(({ id, packageJSON }) => id !== extension.id && isForMercurial(packageJSON));
  if (other === undefined) return;
  await globalState.update(TOLD, true);
  const { displayName } = other.packageJSON as { readonly displayName?: unknown };
  const name = typeof displayName === 'string' ? displayName : other.id;
  const message = l10n.t(
    'The extension “{0}” also shows Mercurial repositories. Each repository is listed twice.',
    name,
  );
  const show = l10n.t('Show Extension');
  if ((await notify('info', message, show)) !== show) return;
  await commands.executeCommand('workbench.extensions.search', `@id:${other.id}`);
}
