// Finds the subject of a command. Depending on the menu, VS Code passes rows, groups, source controls, URIs, or
// nothing.
import {
  l10n,
  TabInputCustom,
  TabInputNotebook,
  TabInputText,
  TabInputTextDiff,
  Uri,
  window,
  type SourceControl,
  type SourceControlResourceGroup,
} from 'vscode';
import { notify, pick } from '../common/display.ts';
import { addressOf } from '../providers/contentUris.ts';
import type { OpenRepository } from '../repositories/openRepository.ts';
import type { RepositoryLookup } from '../repositories/repositories.ts';
import { fileUri, mergeResultOf } from '../common/uris.ts';

/** A row of the Source Control view, or a URI. */
export function uriOfArgument(argument: unknown): Uri | undefined {
  if (argument instanceof Uri) return argument;
  if (typeof argument !== 'object' || argument === null || !('resourceUri' in argument)) return undefined;
  return argument.resourceUri instanceof Uri ? argument.resourceUri : undefined;
}

/** A source control comes from its title, a row from its menu, a URI from the tree. */
export function repositoryOfArgument(repositories: RepositoryLookup, argument: unknown): OpenRepository | undefined {
  if (isSourceControl(argument)) return argument.rootUri === undefined ? undefined : repositories.of(argument.rootUri);
  const uri = uriOfArgument(argument);
  return uri === undefined ? undefined : repositories.of(uri);
}

/** Returns the repository of the argument, else the only one or the picked one. Undefined if there is none. */
export async function chosenRepository(
  repositories: RepositoryLookup,
  argument: unknown,
): Promise<OpenRepository | undefined> {
  const named = repositoryOfArgument(repositories, argument);
  if (named !== undefined) return named;
  const { all } = repositories;
  if (all.length === 0) void notify('info', l10n.t('No Mercurial repository is open.'));
  if (all.length <= 1) return all[0];
  // The selected one in the Source Control view cannot be known; that of the active file comes first.
  const active = window.activeTextEditor && repositories.of(window.activeTextEditor.document.uri);
  const sorted = [...all].sort((a, b) => Number(b === active) - Number(a === active));
  const items = sorted.map(repository => ({ label: repository.name, description: repository.root, repository }));
  return (await pick(items, { placeHolder: l10n.t('Select a repository') }))?.repository;
}

export function isGroup(argument: unknown): argument is SourceControlResourceGroup {
  return typeof argument === 'object' && argument !== null && 'resourceStates' in argument;
}

/** All that is selected: the rows come one after the other, the tree sends the one clicked, and then a list of all. */
export function urisOfArguments(args: readonly unknown[]): Uri[] {
  const all = Array.isArray(args[1]) ? (args[1] as readonly unknown[]) : args;
  const uris = all.map(uriOfArgument).filter(uri => uri !== undefined);
  if (uris.length > 0) return uris;
  const active = activeUri();
  return active === undefined ? [] : [active];
}

/**
 * Returns the file in the active tab, for a diff its right side. Covers editors for images and the like, which are no
 * text editors.
 */
export function activeUri(): Uri | undefined {
  const input = window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof TabInputTextDiff) return input.modified;
  if (input instanceof TabInputText || input instanceof TabInputCustom || input instanceof TabInputNotebook)
    return input.uri;
  return mergeResultOf(input) ?? window.activeTextEditor?.document.uri;
}

export interface WorkingFile {
  readonly repository: OpenRepository;
  readonly path: string;
  readonly uri: Uri;
}

/** The working file that a URI is about: itself, or the one that it is a version of. */
export function workingFileOf(repositories: RepositoryLookup, uri: Uri): WorkingFile | undefined {
  const address = addressOf(uri);
  if (address !== undefined) {
    const repository = repositories.get(address.root);
    if (repository === undefined) return undefined;
    return { repository, path: address.path, uri: fileUri(repository.rootUri, address.path) };
  }
  const found = repositories.locate(uri);
  return found && { repository: found.value, path: found.path, uri };
}

function isSourceControl(argument: unknown): argument is SourceControl {
  return typeof argument === 'object' && argument !== null && 'rootUri' in argument && 'inputBox' in argument;
}
