// Edits a commit message in an editor: a temporary file with help at its end. Accepting it or closing its tab takes it.
import { commands, TabInputText, Uri, window, workspace, type CancellationToken, type TextDocument } from 'vscode';
import { errorMessage } from '../../../base/errors.ts';
import { DisposableStore } from '../../../base/lifecycle.ts';
import { activeUri } from '../../commands/commandArguments.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import { statusPresentations } from '../../model/statusPresentation.ts';
import { HELP_PREFIX } from './messageChecks.ts';
import { messageFolder } from './messageDiagnostics.ts';
import { editorTemplate, withoutHelp } from './messageTemplate.ts';
import type { HgContext } from '../../hg/commandContext.ts';
import { messageTexts } from './messageStrings.ts';

/** package.json gives files of this name the language 'hg-commit'. */
const FILE_NAME = 'HG_COMMIT_MESSAGE';
/** So many files are listed in the help. */
const FILES_LISTED = 100;

/** Editors that are open, by URI; called with whether the message is accepted. */
const open = new Map<string, (accepted: boolean) => void>();

/**
 * Lets the user write a message, beginning with `initial` or the template. Undefined if the user discards it or leaves
 * it empty.
 */
export async function writeInEditor(
  context: HgContext,
  repository: OpenRepository,
  initial?: string,
): Promise<string | undefined> {
  const text = [initial ?? (await editorTemplate(context, repository)), '', help(repository)].join('\n');
  const written = await editText(context, repository, text, { folder: 'commit' });
  return written === undefined || withoutHelp(written) === '' ? undefined : withoutHelp(written);
}

/**
 * Lets the user edit a text with its help. Undefined if the user discards it, or it is no longer needed.
 *
 * @param options `folder` names the purpose: another text for the same purpose replaces the first one
 */
export async function editText(
  { extension, log }: HgContext,
  repository: OpenRepository,
  text: string,
  options: { readonly folder: string; readonly token?: CancellationToken },
): Promise<string | undefined> {
  const storage = extension.storageUri ?? extension.globalStorageUri;
  const uri = Uri.joinPath(storage, options.folder, messageFolder(repository.root), FILE_NAME);
  // A second request for a message takes over from the first one.
  open.get(uri.toString())?.(false);
  await workspace.fs.writeFile(uri, Buffer.from(text, 'utf8'));
  const document = await workspace.openTextDocument(uri);
  if (document.getText() !== text) await commands.executeCommand('workbench.action.files.revert', uri);
  await window.showTextDocument(document, { preview: false });
  const accepted = await ended(document, options.token);
  try {
    if (!accepted) return undefined;
    if (document.isDirty) await document.save();
    return Buffer.from(await workspace.fs.readFile(uri)).toString('utf8');
  } finally {
    await closeTabs(uri);
    try {
      await workspace.fs.delete(uri);
    } catch (error) {
      log.debug(`${uri.fsPath} stays: ${errorMessage(error)}`);
    }
  }
}

/** Accepts or discards the message in the active editor, or in the given one. */
export function endEditor(argument: unknown, accepted: boolean): void {
  const uri = argument instanceof Uri ? argument : activeUri();
  if (uri !== undefined) open.get(uri.toString())?.(accepted);
}

/** Resolves when the message is accepted or discarded; a tab that is closed has what was saved accepted. */
async function ended(document: TextDocument, token?: CancellationToken): Promise<boolean> {
  const key = document.uri.toString();
  const store = new DisposableStore();
  try {
    return await new Promise<boolean>(resolve => {
      open.set(key, resolve);
      if (token?.isCancellationRequested === true) resolve(false);
      if (token !== undefined) store.add(token.onCancellationRequested(() => resolve(false)));
      store.add(
        window.tabGroups.onDidChangeTabs(({ closed }) => {
          const isClosed = closed.some(({ input }) => input instanceof TabInputText && input.uri.toString() === key);
          if (isClosed) resolve(true);
        }),
      );
    });
  } finally {
    open.delete(key);
    store.dispose();
  }
}

async function closeTabs(uri: Uri): Promise<void> {
  const tabs = window.tabGroups.all
    .flatMap(group => group.tabs)
    .filter(({ input }) => input instanceof TabInputText && input.uri.toString() === uri.toString());
  for (const { isDirty, isActive } of tabs) {
    // Discards changes first, so that VS Code does not ask about them.
    if (isDirty && isActive) await commands.executeCommand('workbench.action.files.revert');
  }
  await window.tabGroups.close(tabs);
}

function help({ model, included }: OpenRepository): string {
  const texts = messageTexts;
  const lines = [texts.help(), texts.helpEnd(), texts.branch(model.head?.branch ?? '')];
  if (model.head?.bookmark !== undefined) lines.push(texts.bookmark(model.head.bookmark));
  const chosen = included.paths;
  const paths = chosen.length > 0 ? chosen : [...model.entries.keys()].sort();
  let listed = 0;
  for (const path of paths) {
    const status = model.statusAt(path);
    if (status === undefined || status === 'ignored' || (chosen.length === 0 && status === 'unknown')) continue;
    if (listed++ === FILES_LISTED) break;
    lines.push(`${statusPresentations[status].letter} ${path}`);
  }
  if (listed > FILES_LISTED) lines.push('…');
  return lines.map(line => `${HELP_PREFIX} ${line}`).join('\n');
}
