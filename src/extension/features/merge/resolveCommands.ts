// Conflicts: mark them as resolved, or not, or merge the file again.
import { commands, l10n, Uri, window, workspace, type Tab } from 'vscode';
import { notify } from '../../common/display.ts';
import { workingFileOf } from '../../commands/commandArguments.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import { errorMessage } from '../../../base/errors.ts';
import { fileUri, mergeResultOf, uriKey } from '../../common/uris.ts';
import { alwaysResolveOnSave, setting } from '../../common/settings.ts';
import { answersOf, confirm } from '../../hg/presetAnswers.ts';
import { continueOperation } from './unfinishedOperations.ts';
import { isResumable } from './operationSteps.ts';
import type { HgCommandRun, HgContext } from '../../hg/commandContext.ts';
import { previewLines, showInfo } from '../../hg/notifications.ts';
import { rescanAndShow } from '../../hg/pendingChanges.ts';
import { changedAmong } from '../../hg/selectedPaths.ts';
import { unsavedDocuments } from '../../hg/unsavedDocuments.ts';
import type { FilesByRepository } from '../../hg/selectedChanges.ts';

export const resolveCommands = {
  markResolved: (context, args) => markResolved(context, args),
  markUnresolved: (context, args) => markUnresolved(context, args),
  mergeAgain: (context, args) => mergeAgain(context, args),
  offerToResolve: (context, [uri]) => offerToResolve(context, uri),
} satisfies Readonly<Record<string, HgCommandRun>>;

/** The markers that `hg merge` puts before the sides of a conflict. The line between them may belong to a text. */
const MARKER = /^(?:<{7}|>{7})(?: |\r?$)/m;

async function markResolved(context: HgContext, args: readonly unknown[]): Promise<void> {
  const { answers, rest } = answersOf(args);
  for (const [repository, files] of conflictsAmong(context, rest, 'unresolved')) {
    const marked: string[] = [];
    for (const path of files) if (await hasMarkers(context, fileUri(repository.rootUri, path))) marked.push(path);
    const message =
      marked.length === 1
        ? l10n.t("'{0}' still contains conflict markers. Mark as resolved anyway?", marked[0]!)
        : l10n.t('{0} files still contain conflict markers. Mark as resolved anyway?', marked.length);
    const isMeant =
      marked.length === 0 || (await confirm(answers, message, l10n.t('Mark as Resolved'), previewLines(marked)));
    if (isMeant) await complete(context, repository, files);
  }
}

/** Files that are saved because they are marked as resolved: no question follows. */
const completing = new Set<string>();

/** Saves the files, closes their merge editors and marks them, unless the user declines VS Code's question. */
async function complete(context: HgContext, repository: OpenRepository, files: readonly string[]): Promise<void> {
  const uris = files.map(path => fileUri(repository.rootUri, path));
  const keys = uris.map(uri => fileKey(context, uri));
  for (const key of keys) completing.add(key);
  try {
    for (const uri of uris) if (!(await saveAndClose(context, uri))) return;
    await mark(context, repository, files);
  } finally {
    for (const key of keys) completing.delete(key);
  }
}

async function saveAndClose(context: HgContext, uri: Uri): Promise<boolean> {
  const { activeTab } = window.tabGroups.activeTabGroup;
  if (activeTab !== undefined && isMergeTabOf(context, uri)(activeTab)) {
    try {
      // Asks about conflicts that are not handled yet. The command is VS Code's own and may change in any release.
      const result = await commands.executeCommand('mergeEditor.acceptMerge');
      if (typeof result === 'object' && result !== null && 'successful' in result && result.successful === false)
        return false;
    } catch (error) {
      context.log.warn(`the merge editor was not completed: ${errorMessage(error)}`);
    }
  }
  for (const document of await unsavedDocuments(context, uri)) if (!(await document.save())) return false;
  const tabs = window.tabGroups.all.flatMap(group => group.tabs).filter(isMergeTabOf(context, uri));
  if (tabs.length > 0) await window.tabGroups.close(tabs, true);
  return true;
}

/** One key for the paths of a file that the window knows, through symbolic links too. */
function fileKey({ repositories }: HgContext, uri: Uri): string {
  return repositories.map.unaliased(uriKey(uri)) ?? uriKey(uri);
}

function isMergeTabOf(context: HgContext, uri: Uri): (tab: Tab) => boolean {
  const key = fileKey(context, uri);
  return ({ input }) => {
    const result = mergeResultOf(input);
    return result !== undefined && fileKey(context, result) === key;
  };
}

async function markUnresolved(context: HgContext, args: readonly unknown[]): Promise<void> {
  const { rest } = answersOf(args);
  for (const [repository, files] of conflictsAmong(context, rest, 'resolved')) {
    const title = l10n.t('Marking as unresolved…');
    await context.hg.change(repository, { verb: 'resolve', options: ['--unmark'], files, title });
  }
}

/** From the beginning: what was done about the conflicts is lost, except for the copy that hg keeps. */
async function mergeAgain(context: HgContext, args: readonly unknown[]): Promise<void> {
  const { answers, rest } = answersOf(args);
  for (const [repository, files] of conflictsAmong(context, rest, undefined)) {
    const message =
      files.length === 1
        ? l10n.t("Restart the merge of '{0}'? Your changes to the file will be lost.", files[0]!)
        : l10n.t('Restart the merge of {0} files? Your changes to them will be lost.', files.length);
    if (!(await confirm(answers, message, l10n.t('Restart Merge'), files.length === 1 ? '' : previewLines(files))))
      continue;
    // 1: there are conflicts again.
    await context.hg.change(repository, {
      verb: 'resolve',
      options: ['--tool=internal:merge'],
      files,
      title: l10n.t('Restarting merge…'),
      codes: [0, 1],
    });
    await rescanAndShow(
      context,
      repository,
      files.flatMap(path => [path, `${path}.orig`]),
    );
  }
}

/** A file with a conflict was saved: when its markers are gone, it may be resolved. */
async function offerToResolve(context: HgContext, uri: unknown): Promise<void> {
  const file = uri instanceof Uri ? workingFileOf(context.repositories, uri) : undefined;
  if (!(uri instanceof Uri) || file === undefined) return;
  const { repository, path } = file;
  // In the merge editor, text without markers may still have conflicts: it is asked about when that is closed.
  const isOpen = window.tabGroups.all.some(({ tabs }) => tabs.some(isMergeTabOf(context, uri)));
  if (isOpen || completing.has(fileKey(context, uri))) return;
  const wanted = setting('resolveOnSave', repository.rootUri);
  if (wanted === 'never' || (await hasMarkers(context, uri))) return;
  if (wanted === 'ask') {
    const message = l10n.t("All conflicts in '{0}' are gone. Mark it as resolved?", path);
    const always = l10n.t('Always');
    const choice = await notify('info', message, l10n.t('Yes'), always);
    if (choice === undefined) return;
    if (choice === always) await alwaysResolveOnSave();
  }
  // It may have been resolved, or changed again, while the question stood there.
  if (repository.model.conflicts.get(path)?.state !== 'unresolved') return;
  if (await hasMarkers(context, uri)) showInfo(l10n.t("'{0}' has conflict markers again.", path));
  else await mark(context, repository, [path]);
}

async function mark(context: HgContext, repository: OpenRepository, files: readonly string[]): Promise<void> {
  await context.hg.change(repository, {
    verb: 'resolve',
    options: ['--mark'],
    files,
    title: l10n.t('Marking as resolved…'),
  });
  const { head, unresolved } = repository.model;
  const operation = head?.operation;
  // A merge is committed, with a message.
  const goesOn = operation !== undefined && (isResumable(operation) || operation === 'update');
  if (unresolved > 0 || !goesOn) return;
  const choice = l10n.t('Continue');
  const answer = notify('info', l10n.t('All conflicts are resolved.'), choice);
  void answer.then(async chosen => {
    if (chosen !== choice) return;
    try {
      await continueOperation(context, repository);
    } catch (error) {
      if (!context.hg.showFailure(error)) throw error;
    }
  });
}

function conflictsAmong(
  context: HgContext,
  args: readonly unknown[],
  state: 'unresolved' | 'resolved' | undefined,
): FilesByRepository {
  return changedAmong(context, args, (_, path, { model }) => {
    const conflict = model.conflicts.get(path);
    return conflict !== undefined && (state === undefined || conflict.state === state);
  });
}

async function hasMarkers(context: HgContext, uri: Uri): Promise<boolean> {
  // Without changes of its own, a document may not know yet what another program has just written.
  const unsaved = await unsavedDocuments(context, uri);
  if (unsaved.length > 0) return unsaved.some(document => MARKER.test(document.getText()));
  try {
    return MARKER.test(new TextDecoder('latin1').decode(await workspace.fs.readFile(uri)));
  } catch {
    // There is no file: one side deleted it, and that has no markers.
    return false;
  }
}
