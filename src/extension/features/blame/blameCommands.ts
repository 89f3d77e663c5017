// The commands of blame.
import { Uri, window, workspace, type TextEditor } from 'vscode';
import { activeUri, uriOfArgument } from '../../commands/commandArguments.ts';
import { notify, openUri } from '../../common/display.ts';
import { rangeOfLine } from '../../common/displayInEditor.ts';
import { FindLineBefore } from '../../../server/historyProtocol.ts';
import { askHistory } from '../../engine/historyAnswers.ts';
import { shortNode } from '../../common/changesetIds.ts';
import { setting } from '../../common/settings.ts';
import { openDocument } from '../../common/uris.ts';
import type { SettingName } from '../../contributions/settings.ts';
import type { HgCommandRun, HgContext } from '../../hg/commandContext.ts';
import type { LineOrigin } from '../../model/lineAttributions.ts';
import { versionUri } from '../../providers/contentUris.ts';
import { openChangeset } from '../graph/openChangeset.ts';
import { blameOf } from './followBlame.ts';
import { blameTexts } from './blameTexts.ts';
import { fileTargetOf, type FileTarget } from './fileTarget.ts';

export const blameCommands = {
  'blame.toggleStatusBarItem': () => toggle('blame.statusBarItem.enabled'),
  'blame.toggleEditorDecoration': () => toggle('blame.editorDecoration.enabled'),
  'blame.toggleFileAnnotations': async (context, [argument]) => {
    const uri = uriOfArgument(argument) ?? window.activeTextEditor?.document.uri ?? activeUri();
    const target = uri && fileTargetOf(context.repositories, uri);
    if (uri === undefined || target === undefined) {
      void notify('info', blameTexts.noFile());
      return;
    }
    const blame = blameOf(context);
    // The Explorer names a file that may not be open.
    if (editorOf(uri) === undefined) await openUri(uri, {});
    const editor = editorOf(uri);
    if (editor !== undefined) await blame.toggleColumn(editor.document);
    else void notify('info', (await blame.documents.reasonFor(target)) ?? blameTexts.noFile());
  },
  'blame.openChanges': async (context, args) => {
    const found = await lineOf(context, args[0]);
    if (found === undefined) return;
    await openChangeset(context, found.target.repository, found.origin.changeset.changeset.node);
  },
  'blame.annotateBefore': async (context, args) => {
    const found = await lineOf(context, args[0]);
    if (found !== undefined) await annotateBefore(context, found);
  },
} satisfies Readonly<Record<string, HgCommandRun>>;

async function toggle(name: SettingName): Promise<void> {
  const configuration = workspace.getConfiguration('quicksilver');
  await configuration.update(name, setting(name) !== true, true);
}

interface Line {
  readonly target: FileTarget;
  readonly origin: LineOrigin;
  readonly editor: TextEditor | undefined;
}

function editorOf(uri: Uri): TextEditor | undefined {
  return window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
}

/**
 * Returns the line that a hover or the status bar names, or that with the cursor. Without an origin, a message names
 * the reason.
 */
async function lineOf(context: HgContext, argument: unknown): Promise<Line | undefined> {
  const blame = blameOf(context);
  const editor = window.activeTextEditor;
  const named = namedLine(argument);
  const document = named === undefined ? editor?.document : openDocument(named.uri);
  const line = named?.line ?? editor?.selection.active.line;
  const target = document && blame.documents.targetOf(document);
  if (document === undefined || line === undefined || target === undefined) {
    void notify('info', blameTexts.noFile());
    return undefined;
  }
  const reason = blame.originOf(document, line) === undefined ? await blame.documents.demand(document) : undefined;
  const origin = blame.originOf(document, line);
  if (origin === undefined) void notify('info', reason ?? blameTexts.uncommitted());
  return origin && { target, origin, editor };
}

function namedLine(argument: unknown): { readonly uri: Uri; readonly line: number } | undefined {
  if (typeof argument !== 'object' || argument === null || !('uri' in argument) || !('line' in argument))
    return undefined;
  const { uri, line } = argument;
  return typeof uri === 'string' && typeof line === 'number' ? { uri: Uri.parse(uri), line } : undefined;
}

/** Opens the version that the changeset of the line changed, annotated, at that line. *Go Back* leads back. */
async function annotateBefore(context: HgContext, { target, origin }: Line): Promise<void> {
  const { changeset, path, parents } = origin.changeset;
  const [parent] = parents;
  if (parent === undefined) {
    void notify('info', blameTexts.noParent(path));
    return;
  }
  const uri = versionUri(target.repository, parent.path, parent.node);
  const { root } = target.repository;
  const query = { node: changeset.node, path, line: Math.max(0, origin.lineNumber - 1), before: parent };
  const line = await askHistory(context.client, FindLineBefore, { root, ...query });
  const name = path.slice(path.lastIndexOf('/') + 1);
  await openUri(uri, { selection: rangeOfLine(line) }, blameTexts.title(name, shortNode(changeset.node)));
  const editor = editorOf(uri);
  if (editor !== undefined) await blameOf(context).addColumn(editor.document);
}
