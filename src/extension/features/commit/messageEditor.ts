// Edits a commit message in an editor: a temporary file with help at its end. Accepting it or closing its tab takes it.
import { randomUUID } from 'node:crypto';
import { TabInputText, Uri, window, workspace, type CancellationToken, type Tab, type TextDocument } from 'vscode';
import { errorMessage } from '../../../base/errors.ts';
import { DisposableStore } from '../../../base/lifecycle.ts';
import { activeUri } from '../../commands/commandArguments.ts';
import { isMerging } from '../../commands/contextKeys.ts';
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

interface OpenEditor {
  readonly uri: string;
  readonly purpose: string;
  readonly end: (accepted: boolean) => void;
}

let open: OpenEditor[] = [];

/** The files of a commit, as far as the user has chosen them already. */
export interface ListedContent {
  /** Undefined for all changes of tracked files. */
  readonly files: readonly string[] | undefined;
  readonly toAdd: readonly string[];
  readonly toRemove: readonly string[];
}

/**
 * Lets the user write a message, beginning with `initial` or the template. Undefined if the user discards it or leaves
 * it empty.
 */
export async function writeInEditor(
  context: HgContext,
  repository: OpenRepository,
  initial?: string,
  content?: ListedContent,
): Promise<string | undefined> {
  const text = [initial ?? (await editorTemplate(context, repository)), '', help(repository, content)].join('\n');
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
  // A folder of its own: VS Code keeps the text of a closed file for minutes, and would show it again.
  const folder = Uri.joinPath(storage, options.folder, randomUUID());
  const uri = Uri.joinPath(folder, messageFolder(repository.root), FILE_NAME);
  await workspace.fs.writeFile(uri, Buffer.from(text, 'utf8'));
  const document = await workspace.openTextDocument(uri);
  await window.showTextDocument(document, { preview: false });
  const accepted = await ended(document, `${options.folder} ${repository.root}`, options.token);
  try {
    // A discarded one, too: VS Code would ask about the changes before it closes the tab.
    if (document.isDirty) await document.save();
    return accepted ? Buffer.from(await workspace.fs.readFile(uri)).toString('utf8') : undefined;
  } finally {
    await closeTabs(uri);
    try {
      await workspace.fs.delete(folder, { recursive: true });
    } catch (error) {
      log.trace(`${folder.fsPath} stays: ${errorMessage(error)}`);
    }
  }
}

/** Accepts or discards the message in the active editor, or in the given one. */
export function endEditor(argument: unknown, accepted: boolean): void {
  const uri = argument instanceof Uri ? argument : activeUri();
  open.find(editor => editor.uri === uri?.toString())?.end(accepted);
}

/**
 * Resolves when the message is accepted or discarded; a tab that is closed has what was saved accepted.
 * @param purpose a second editor for the same purpose takes over from the first one
 */
async function ended(document: TextDocument, purpose: string, token?: CancellationToken): Promise<boolean> {
  const uri = document.uri.toString();
  const store = new DisposableStore();
  open.find(editor => editor.purpose === purpose)?.end(false);
  try {
    return await new Promise<boolean>(resolve => {
      open.push({ uri, purpose, end: resolve });
      if (token?.isCancellationRequested === true) resolve(false);
      if (token !== undefined) store.add(token.onCancellationRequested(() => resolve(false)));
      store.add(
        window.tabGroups.onDidChangeTabs(({ closed }) => {
          if (closed.some(tab => isTabOf(tab, uri))) resolve(true);
        }),
      );
    });
  } finally {
    open = open.filter(editor => editor.uri !== uri);
    store.dispose();
  }
}

async function closeTabs(uri: Uri): Promise<void> {
  const tabs = window.tabGroups.all.flatMap(group => group.tabs);
  await window.tabGroups.close(tabs.filter(tab => isTabOf(tab, uri.toString())));
}

function isTabOf({ input }: Tab, uri: string): boolean {
  return input instanceof TabInputText && input.uri.toString() === uri;
}

function help(repository: OpenRepository, content: ListedContent | undefined): string {
  const { head } = repository.model;
  const texts = messageTexts;
  const lines = [texts.help(), texts.helpEnd(), texts.branch(head?.branch ?? '')];
  if (head?.bookmark !== undefined) lines.push(texts.bookmark(head.bookmark));
  if (isMerging(repository)) lines.push(texts.merge());
  const files = listedFiles(repository, content);
  lines.push(...files.slice(0, FILES_LISTED));
  if (files.length > FILES_LISTED) lines.push('…');
  return lines.map(line => `${HELP_PREFIX} ${line}`).join('\n');
}

/** Returns letters and paths of the files that will be committed, at most one more than the help lists. */
function listedFiles({ model, included }: OpenRepository, content: ListedContent | undefined): string[] {
  const toAdd = new Set(content?.toAdd);
  const toRemove = new Set(content?.toRemove);
  const chosen = content?.files ?? (content === undefined ? included.paths : []);
  const paths = chosen.length > 0 ? chosen : [...model.entries.keys()].sort();
  const lines: string[] = [];
  for (const path of paths) {
    const status = toAdd.has(path) ? 'added' : toRemove.has(path) ? 'removed' : model.statusAt(path);
    if (status === undefined || status === 'ignored') continue;
    // Left out, or not decided yet.
    if (chosen.length === 0 && (status === 'unknown' || status === 'deleted')) continue;
    lines.push(`${statusPresentations[status].letter} ${path}`);
    if (lines.length > FILES_LISTED) break;
  }
  return lines;
}
