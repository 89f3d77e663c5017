// The colors of files. Each follows Git's color for such files, which themes set. VS Code's Git extension defines those
// colors and is disabled in Restricted Mode, among others: there, own colors with the same values take their place.
import { extensions, ThemeColor, workspace } from 'vscode';
import { DisposableStore, type Disposable } from '../../base/lifecycle.ts';
import type { ColorName } from '../contributions/window.ts';
import { ownManifest } from './manifest.ts';

const CUSTOMIZATIONS = 'workbench.colorCustomizations';

export function fileColor(name: ColorName): ThemeColor {
  const id = `quicksilver.${name}ResourceForeground`;
  const hasColor = isGitEnabled() || isCustomized(id) || isGitColorSet(id);
  return new ThemeColor(hasColor ? id : `quicksilver.withoutGit.${name}ResourceForeground`);
}

/** Calls back when a color made by {@link fileColor} may be outdated. */
export function onDidChangeFileColors(listener: () => void): Disposable {
  const store = new DisposableStore();
  let wasEnabled = isGitEnabled();
  store.add(
    extensions.onDidChange(() => {
      if (wasEnabled === isGitEnabled()) return;
      wasEnabled = !wasEnabled;
      listener();
    }),
  );
  store.add(
    workspace.onDidChangeConfiguration(event => {
      if (event.affectsConfiguration(CUSTOMIZATIONS)) listener();
    }),
  );
  return store;
}

const isGitEnabled = (): boolean => extensions.getExtension('vscode.git') !== undefined;

/** True if the user set the color, for all themes or for some. */
function isCustomized(id: string): boolean {
  return JSON.stringify(workspace.getConfiguration().get(CUSTOMIZATIONS) ?? {}).includes(`"${id}"`);
}

/** True if the user set the color of Git that a color follows. VS Code uses that even where nobody defines it. */
function isGitColorSet(id: string): boolean {
  const git = ownManifest().contributes.colors.find(color => color.id === id)?.defaults.dark;
  const configuration = workspace.getConfiguration();
  const all = configuration.get<Readonly<Record<string, unknown>>>(CUSTOMIZATIONS) ?? {};
  const theme = configuration.get<string>('workbench.colorTheme');
  // Under another theme the file would have no color at all.
  const blocks = Object.entries(all).filter(([key]) => key.includes(`[${theme}]`));
  return git !== undefined && [all, ...blocks.map(([, block]) => block)].some(each => has(each, git));
}

function has(block: unknown, id: string): boolean {
  return typeof block === 'object' && block !== null && id in block;
}
