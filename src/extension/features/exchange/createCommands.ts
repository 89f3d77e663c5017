// Where repositories come from: made here, or cloned from elsewhere.
import * as nodePath from 'node:path';
import { commands, l10n, Uri, window, workspace } from 'vscode';
import { contextKeys } from '../../common/contextKeys.ts';
import { input, notify, pick } from '../../common/display.ts';
import { folderNameOf } from './folderName.ts';
import { answersOf } from '../../hg/presetAnswers.ts';
import { HgFailure, type HgChange } from '../../hg/hgClient.ts';
import type { HgCommandRun, HgContext } from '../../hg/commandContext.ts';

export const createCommands = {
  init: (context, args) => init(context, args),
  clone: (context, args) => clone(context, args),
} satisfies Readonly<Record<string, HgCommandRun>>;

/** Resolves with the folder, if there is a repository in it now. */
async function init(context: HgContext, args: readonly unknown[]): Promise<Uri | undefined> {
  const { answers, rest } = answersOf(args);
  const given = answers.text('folder');
  const named = rest[0] instanceof Uri ? rest[0] : undefined;
  const folder = given === undefined ? (named ?? (await chooseFolder())) : Uri.file(given);
  if (folder === undefined) return undefined;
  await change(context, { verb: 'init', operands: [folder.fsPath], title: l10n.t('Initializing repository…') });
  await context.discovery.discover();
  if (workspace.getWorkspaceFolder(folder) === undefined) await offerToOpen(folder, answers.flag('confirmed'));
  return folder;
}

/**
 * Runs a command without a repository. Nobody has checked for hg before, so the view also reports that it is missing.
 */
async function change({ hg }: HgContext, request: HgChange): Promise<void> {
  try {
    await hg.change(null, request);
  } catch (error) {
    const isMissing = error instanceof HgFailure && error.kind === 'unavailable' && workspace.isTrusted;
    if (isMissing) await contextKeys.set('hgMissing', true);
    throw error;
  }
}

async function chooseFolder(): Promise<Uri | undefined> {
  const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  if (folders.length === 1) return folders[0]!.uri;
  const items = folders.map(({ name, uri }) => ({ icon: 'folder', label: name, description: uri.fsPath, uri }));
  const other = { icon: 'folder-opened', label: l10n.t('Choose another folder…'), description: '', uri: undefined };
  const placeHolder = l10n.t('Select a folder to initialize a repository in');
  const chosen = items.length === 0 ? other : await pick([...items, other], { placeHolder });
  if (chosen === undefined || chosen.uri !== undefined) return chosen?.uri;
  return pickFolder(l10n.t('Initialize Repository'));
}

/** Resolves with the new repository's folder. */
async function clone(context: HgContext, args: readonly unknown[]): Promise<Uri | undefined> {
  const { answers } = answersOf(args);
  const source =
    answers.text('source') ??
    (await input({
      prompt: l10n.t('Repository URL or folder'),
      placeHolder: 'https://example.org/repository',
      ignoreFocusOut: true,
    }));
  if (source === undefined || source.trim() === '') return undefined;
  const destination = answers.text('destination') ?? (await chooseDestination(source.trim()));
  if (destination === undefined) return undefined;
  await change(context, {
    verb: 'clone',
    operands: [source.trim(), destination],
    title: l10n.t('Cloning…'),
    kind: 'network',
  });
  const folder = Uri.file(destination);
  await context.discovery.discover();
  if (workspace.getWorkspaceFolder(folder) === undefined) await offerToOpen(folder, answers.flag('confirmed'));
  return folder;
}

/** Below a folder that is chosen. */
async function chooseDestination(source: string): Promise<string | undefined> {
  const parent = await pickFolder(l10n.t('Clone into This Folder'));
  if (parent === undefined) return undefined;
  const answer = await input({
    prompt: l10n.t("Name of the new folder in '{0}'", parent.fsPath),
    value: folderNameOf(source),
    ignoreFocusOut: true,
    validateInput: value => (/[/\\]|^\.*$/.test(value.trim()) ? l10n.t('Enter a folder name.') : undefined),
  });
  return answer === undefined ? undefined : nodePath.join(parent.fsPath, answer.trim());
}

async function pickFolder(openLabel: string): Promise<Uri | undefined> {
  const chosen = await window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    canSelectMany: false,
    openLabel,
  });
  return chosen?.[0];
}

async function offerToOpen(folder: Uri, silent: boolean): Promise<void> {
  if (silent) return;
  const open = l10n.t('Open');
  const inNewWindow = l10n.t('Open in New Window');
  const message = l10n.t("Open the repository '{0}'?", folder.fsPath);
  const choice = await notify('info', message, open, inNewWindow);
  if (choice === undefined) return;
  await commands.executeCommand('vscode.openFolder', folder, { forceNewWindow: choice === inNewWindow });
}
