// Looks once for other extensions that show the same repositories.
import { extensions, type ExtensionContext } from 'vscode';
import type { SystemKind } from '../../base/repositoryState.ts';
import { lazy } from '../common/lazy.ts';
import { isForMercurial } from './isForMercurial.ts';

const TOLD = { hg: 'quicksilver.toldOfOtherExtension', git: 'quicksilver.toldOfGit' };

/** To be called when a repository is open: nobody else needs to know. */
export async function tellOfOtherExtension(
  { extension, globalState }: ExtensionContext,
  system: SystemKind,
): Promise<void> {
  if (system === 'bzr' || globalState.get<boolean>(TOLD[system]) === true) return;
  const isOther = ({ id, packageJSON }: { readonly id: string; readonly packageJSON: unknown }): boolean =>
    id !== extension.id && isForMercurial(packageJSON);
  const other = system === 'hg' ? extensions.all.find(isOther) : undefined;
  if (system === 'hg' && other === undefined) return;
  await globalState.update(TOLD[system], true);
  const { explainGit, warnAboutExtension } = await lazy();
  if (other === undefined) explainGit();
  else await warnAboutExtension(other);
}
