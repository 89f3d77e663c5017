// The commands that open files, versions of files and diffs. Loaded when one of them is first used.
import { FileType, workspace, type SourceControlResourceGroup, type Uri } from 'vscode';
import { notify, openDiff, openDiffs, openUri, type DiffSides } from '../../common/display.ts';
import { ReadLink, type ContentAnswer } from '../../../server/protocol.ts';
import type { ChangeContext } from './changeContext.ts';
import { changeTexts } from './changeTexts.ts';
import { urisOfArguments, workingFileOf, type WorkingFile } from '../../commands/commandArguments.ts';
import { BASE } from '../../providers/contentAddress.ts';
import { fileVersionUri, versionUri } from '../../providers/contentUris.ts';
import { openConflict } from '../merge/mergeCommands.ts';
import { setting } from '../../common/settings.ts';
import type { ShownStatus } from '../../model/statusPresentation.ts';
import { isLink, openDocument, typeOf } from '../../common/uris.ts';
import { textUri } from './textDocument.ts';

/** VS Code loads both sides of every file of such an editor. */
export const MAX_FILES_IN_ONE_EDITOR = 300;

interface Change extends WorkingFile {
  readonly status: ShownStatus | undefined;
  /** False if the file is removed or missing. */
  readonly hasFile: boolean;
  /** The working file, or the document that shows the target of a link. */
  readonly modified: Uri;
  readonly base: ContentAnswer;
}

/** A click on a row: its diff, or by the setting the file. */
export async function openResource(context: ChangeContext, args: readonly unknown[]): Promise<void> {
  const [file] = workingFiles(context, args.slice(0, 1));
  if (file === undefined) return;
  if (setting('openDiffOnClick') && (await openConflict(context, file))) return;
  const change = await readChange(context, file);
  if (!setting('openDiffOnClick') && change.hasFile) await openWorkingFile(context, file, true);
  else await openChange(context, change, true);
}

/** The click on a staged file: the difference between its versions in HEAD and in the index. */
export async function openStaged(context: ChangeContext, uri: unknown): Promise<void> {
  const [file] = workingFiles(context, [uri]);
  const staged = file?.repository.model.staged.get(file.path);
  if (file === undefined || staged === undefined) return;
  const { path, source = path, before, after } = staged;
  const none = (before ?? after ?? '').replace(/./g, '0');
  if (none === '') return;
  const original = fileVersionUri(file.repository, source, before ?? none, 'HEAD');
  const modified = fileVersionUri(file.repository, path, after ?? none, changeTexts.index());
  await compare(original, modified, changeTexts.staged(nameOf(path)), true);
}

export async function openChanges(context: ChangeContext, args: readonly unknown[]): Promise<void> {
  const files = workingFiles(context, args);
  if (files.length > 1) return openTogether(context, changeTexts.selectedFiles(), files);
  const [file] = files;
  if (file === undefined) return;
  const change = await readChange(context, file);
  if (change.status === undefined) void notify('info', changeTexts.unchanged(file.path));
  else await openChange(context, change, args.length > 0);
}

/** The merge editor, or whatever shows the conflict. */
export async function openConflicts(context: ChangeContext, args: readonly unknown[]): Promise<void> {
  for (const file of workingFiles(context, args)) {
    if (!(await openConflict(context, file))) void notify('info', changeTexts.noConflict(file.path));
  }
}

export async function openFile(context: ChangeContext, args: readonly unknown[]): Promise<void> {
  const uris = urisOfArguments(args);
  for (const uri of uris) {
    const file = workingFileOf(context.repositories, uri);
    await openWorkingFile(context, { uri: file?.uri ?? uri, path: file?.path ?? uri.path }, uris.length === 1);
  }
}

export async function openParentVersion(context: ChangeContext, args: readonly unknown[]): Promise<void> {
  const files = workingFiles(context, args);
  for (const file of files) {
    const { base } = await readChange(context, file);
    if (base.kind === 'content') await openVersion(file, base, changeTexts.version, files.length === 1);
    else tellWhyNot(file, base);
  }
}

/** All rows of a group in one editor. */
export async function viewAllChanges(context: ChangeContext, group: SourceControlResourceGroup): Promise<void> {
  const files = workingFiles(
    context,
    group.resourceStates.map(({ resourceUri }) => resourceUri),
  );
  const [first] = files;
  if (first !== undefined) {
    await openTogether(context, changeTexts.allChanges(first.repository.name, group.label), files);
  }
}

export async function compareWithSecondParent(context: ChangeContext, args: readonly unknown[]): Promise<void> {
  for (const file of workingFiles(context, args)) {
    const { repository, path, uri } = file;
    const answer = await context.client.content({ root: repository.root, path, revision: 'p2', withBytes: false });
    if (answer.kind === 'none') {
      void notify('info', answer.message);
      continue;
    }
    const original = versionUri(repository, answer.path, answer.changeset);
    const title = changeTexts.diff(nameOf(path), nameOf(answer.path), answer.changeset);
    await compare(original, await workingUri(context, uri), title, true);
  }
}

/** Shows a change: as a diff if both sides exist, otherwise the one side. */
async function openChange(context: ChangeContext, change: Change, preview: boolean): Promise<void> {
  const { base, repository, path, modified, status, hasFile } = change;
  if (base.kind === 'none') {
    if (hasFile && base.reason === 'not-in-revision') return openWorkingFile(context, change, preview);
    tellWhyNot(change, base);
    return;
  }
  if (!hasFile) {
    const title = status === 'deleted' ? changeTexts.missingVersion : changeTexts.removedVersion;
    return openVersion(change, base, title, preview);
  }
  const original = versionUri(repository, base.path, base.changeset);
  await compare(original, modified, changeTexts.diff(nameOf(path), nameOf(base.path), base.changeset), preview);
}

async function openTogether(context: ChangeContext, title: string, files: readonly WorkingFile[]): Promise<void> {
  const shown = files.slice(0, MAX_FILES_IN_ONE_EDITOR);
  const changes = await Promise.all(shown.map(file => readChange(context, file)));
  const resources = changes.map(({ base, repository, uri, modified, hasFile }): DiffSides => [
    uri,
    base.kind === 'content' ? versionUri(repository, base.path, base.changeset) : undefined,
    hasFile ? modified : undefined,
  ]);
  await openDiffs(title, resources);
  if (shown.length < files.length) {
    void notify('info', changeTexts.firstOfMany(shown.length, files.length));
  }
}

async function compare(original: Uri, modified: Uri, title: string, preview: boolean): Promise<void> {
  await openDiff(original, modified, title, { preview });
  await decodeAlike(original, modified);
}

/**
 * Opens both sides in the same encoding. VS Code decodes a version of a file by the settings, but without those of a
 * folder, because it lies in none. It also ignores the encoding that the user has chosen for the file. The gutter needs
 * no such help.
 */
async function decodeAlike(original: Uri, modified: Uri): Promise<void> {
  // Pictures and the like are no documents: nothing of them is decoded.
  const [left, right] = [openDocument(original), openDocument(modified)];
  if (left === undefined || right === undefined || left.encoding === right.encoding) return;
  await workspace.openTextDocument(original, { encoding: right.encoding });
}

async function openVersion(
  { repository }: WorkingFile,
  { path, changeset }: Extract<ContentAnswer, { kind: 'content' }>,
  title: (name: string, changeset: string) => string,
  preview: boolean,
): Promise<void> {
  const uri = versionUri(repository, path, changeset);
  await openUri(uri, { preview }, title(nameOf(path), changeset));
}

/**
 * Opens a file, or the target of a symbolic link as a text. A folder or special file opens nothing, and where there is
 * no file, VS Code would offer to create one.
 */
async function openWorkingFile(
  context: ChangeContext,
  { uri, path }: Pick<WorkingFile, 'uri' | 'path'>,
  preview: boolean,
): Promise<void> {
  const type = await typeOf(uri);
  if (type === undefined) void notify('info', changeTexts.notOnDisk(path));
  else if ((type & FileType.SymbolicLink) !== 0) {
    await openUri(await linkUri(context, uri), { preview }, changeTexts.linkTarget(nameOf(path)));
  } else if (type === FileType.File) await openUri(uri, { preview });
  else void notify('info', changeTexts.noRegularFile(path));
}

/** Returns the URI of what a working file contains: itself, or a document with the target of a link. */
export async function workingUri(context: ChangeContext, uri: Uri): Promise<Uri> {
  return (await isLink(uri)) ? linkUri(context, uri) : uri;
}

/** Returns the URI of a document that shows a link as Mercurial has it: its content is its target. */
async function linkUri({ client, extension }: ChangeContext, uri: Uri): Promise<Uri> {
  return textUri(extension, uri.path, (await client.request(ReadLink, { path: uri.fsPath })) ?? '');
}

async function readChange(context: ChangeContext, file: WorkingFile): Promise<Change> {
  const { repository, path } = file;
  const status = repository.model.statusAt(path);
  const base = await context.client.content({ root: repository.root, path, revision: BASE, withBytes: false });
  const recorded = repository.model.entries.get(path)?.status;
  const hasFile = recorded !== 'removed' && recorded !== 'deleted';
  const modified = hasFile ? await workingUri(context, file.uri) : file.uri;
  return { ...file, status, hasFile, modified, base };
}

/** Returns the working files of a command's repository; shows a message about arguments that are none. */
export function workingFiles(context: ChangeContext, args: readonly unknown[]): WorkingFile[] {
  const uris = urisOfArguments(args);
  if (uris.length === 0) void notify('info', changeTexts.noFile());
  const files: WorkingFile[] = [];
  for (const uri of uris) {
    const file = workingFileOf(context.repositories, uri);
    if (file === undefined) void notify('info', changeTexts.outside(workspace.asRelativePath(uri)));
    // The URI of a name that is not UTF-8 is only a likeness of it.
    else if (file.path.includes('\ufffd')) void notify('info', changeTexts.notReadable(file.path));
    else files.push(file);
  }
  return files;
}

function tellWhyNot({ path }: WorkingFile, { reason, message }: Extract<ContentAnswer, { kind: 'none' }>): void {
  if (reason === 'not-in-revision') void notify('info', changeTexts.notInParent(path));
  else void notify('error', message);
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
