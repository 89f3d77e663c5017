// Taking back changed lines in an editor, as edits that can be undone. Loaded when first used.
import { Range, Uri, window, workspace, WorkspaceEdit, type TextDocument } from 'vscode';
import { notify } from '../../common/display.ts';
import { changeTexts } from '../compare/changeTexts.ts';
import { workingFileOf } from '../../commands/commandArguments.ts';
import { baseUri } from '../../providers/contentUris.ts';
import {
  compareLines,
  hunkOf,
  revertingEdit,
  selectedPart,
  toLines,
  type GutterChange,
  type Hunk,
  type SelectedLines,
} from './lineEdits.ts';
import type { ChangeContext } from '../compare/changeContext.ts';

/** Reverts a change from the gutter's peek: VS Code passes the file, all its changes, and the index of this one. */
export async function revertBlock(context: ChangeContext, args: readonly unknown[]): Promise<void> {
  const [uri, changes, index] = args;
  if (!(uri instanceof Uri) || !Array.isArray(changes) || typeof index !== 'number') return;
  const change = (changes as readonly GutterChange[])[index];
  if (change === undefined) return;
  const modified = await workspace.openTextDocument(uri);
  const original = await originalOf(context, modified);
  if (original !== undefined) await revert(original, modified, [hunkOf(change)]);
}

/** The changed lines that are selected, or the one with the cursor, in the active editor. */
export async function revertSelectedLines(context: ChangeContext): Promise<void> {
  const editor = window.activeTextEditor;
  const original = editor && (await originalOf(context, editor.document));
  if (editor === undefined || original === undefined) {
    void notify('info', changeTexts.noFile());
    return;
  }
  const hunks = compareLines(toLines(original.getText()), toLines(editor.document.getText()));
  if (hunks === undefined) {
    void notify('warning', changeTexts.tooDifferent(workspace.asRelativePath(editor.document.uri)));
    return;
  }
  const selected = editor.selections.map(linesOf);
  const parts = hunks.flatMap(hunk => distinct(selected.map(lines => selectedPart(hunk, lines))));
  if (parts.length === 0) void notify('info', changeTexts.noDifferenceHere());
  else await revert(original, editor.document, parts);
}

/** The version that the gutter compares with, decoded as the working file is; undefined if there is none. */
async function originalOf(context: ChangeContext, { uri, encoding }: TextDocument): Promise<TextDocument | undefined> {
  const file = uri.scheme === 'file' ? workingFileOf(context.repositories, uri) : undefined;
  if (file === undefined) return undefined;
  const { repository, path } = file;
  const answer = await context.client.content({ root: repository.root, path, revision: 'base', withBytes: false });
  if (answer.kind === 'none') return undefined;
  return workspace.openTextDocument(baseUri(repository, path), { encoding });
}

async function revert(original: TextDocument, modified: TextDocument, hunks: readonly Hunk[]): Promise<void> {
  const [before, after] = [toLines(original.getText()), toLines(modified.getText())];
  const edit = new WorkspaceEdit();
  for (const hunk of hunks) {
    const { start, end, text } = revertingEdit(before, after, hunk);
    edit.replace(modified.uri, new Range(start.line, start.character, end.line, end.character), text);
  }
  await workspace.applyEdit(edit);
}

/** A selection that ends before the first character of a line does not include that line. */
function linesOf({ start, end, isEmpty }: Range): SelectedLines {
  const endsBefore = !isEmpty && end.character === 0 && end.line > start.line;
  return { first: start.line, last: endsBefore ? end.line - 1 : end.line };
}

/** Several cursors may be in the same lines; edits must not overlap. */
function distinct(parts: readonly (Hunk | undefined)[]): Hunk[] {
  const found: Hunk[] = [];
  for (const part of parts) {
    if (part === undefined) continue;
    const overlaps = found.some(
      ({ modifiedStart, modifiedEnd, originalStart, originalEnd }) =>
        (part.modifiedStart < modifiedEnd && modifiedStart < part.modifiedEnd) ||
        (part.modifiedStart === modifiedStart && part.modifiedEnd === modifiedEnd) ||
        (part.originalStart < originalEnd && originalStart < part.originalEnd),
    );
    if (!overlaps) found.push(part);
  }
  return found;
}
