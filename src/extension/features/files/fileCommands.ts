// Commands for files: add, forget, remove, rename, copy, revert.
import { l10n } from 'vscode';
import { input } from '../../common/display.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import { setting } from '../../common/settings.ts';
import { answersOf, confirm, type Answers } from '../../hg/presetAnswers.ts';
import { inRepository } from '../../pickers/namePicker.ts';
import { namesFiles } from '../../hg/selectedChanges.ts';
import type { HgCommandRun, HgContext } from '../../hg/commandContext.ts';
import { previewLines, showInfo } from '../../hg/notifications.ts';
import { flushPendingChanges, rescanAndShow } from '../../hg/pendingChanges.ts';
import { changedAmong, literalPath, targetsOf } from '../../hg/selectedPaths.ts';
import { toTrash } from './trash.ts';

export const fileCommands = {
  add: (context, args) => add(context, args),
  forget: (context, args) => forget(context, args),
  remove: (context, args) => remove(context, args),
  renameFile: (context, args) => renameOrCopy(context, args, 'rename'),
  copyFile: (context, args) => renameOrCopy(context, args, 'copy'),
  revert: (context, args) => revert(context, args),
  revertAll: inRepository(revertAll),
  deleteUntracked: (context, args) => deleteUntracked(context, args),
  addRemove: (context, args) => addRemove(context, args),
} satisfies Readonly<Record<string, HgCommandRun>>;

/** Untracked and, if they are named themselves, ignored files; a removed one is tracked again. */
async function add(context: HgContext, args: readonly unknown[]): Promise<void> {
  const { rest } = answersOf(args);
  for (const [repository, files] of changedAmong(context, rest, entry => isAddable(entry?.status))) {
    await context.hg.change(repository, { verb: 'add', files, title: l10n.t('Adding…') });
  }
}

/** They stay on the disk. */
async function forget(context: HgContext, args: readonly unknown[]): Promise<void> {
  const { rest } = answersOf(args);
  for (const [repository, files] of targetsOf(context, rest)) {
    await context.hg.change(repository, { verb: 'forget', files, title: l10n.t('Stopping tracking…') });
    await rescanAndShow(context, repository, files);
  }
}

/** Only forgets a file that was never committed. Deletes a file with changes only if the user confirms it. */
async function remove(context: HgContext, args: readonly unknown[]): Promise<void> {
  const { answers, rest } = answersOf(args);
  for (const [repository, targets] of targetsOf(context, rest)) {
    await flushPendingChanges(context, repository);
    const changed = [...repository.model.entries.values()].filter(
      ({ path, status }) => status === 'modified' && isAmong(path, targets),
    );
    const message =
      targets.length === 1
        ? l10n.t("Delete '{0}' from disk and stop tracking it?", targets[0]!)
        : l10n.t('Delete {0} files from disk and stop tracking them?', targets.length);
    const lost = [l10n.t('Changes in these files will be lost:'), ...previewLines(changed.map(({ path }) => path))];
    const detail = changed.length === 0 ? (targets.length === 1 ? '' : previewLines(targets)) : lost;
    if (!(await confirm(answers, message, l10n.t('Remove'), detail))) continue;
    await context.hg.change(repository, {
      verb: 'remove',
      options: changed.length > 0 ? ['--force'] : [],
      files: targets,
      title: l10n.t('Removing…'),
      // 1: some new files were not removed; the output names them.
      codes: [0, 1],
    });
    await rescanAndShow(context, repository, targets);
  }
}

async function renameOrCopy(context: HgContext, args: readonly unknown[], verb: 'rename' | 'copy'): Promise<void> {
  const { answers, rest } = answersOf(args);
  const [[repository, [path]] = [undefined, []]] = targetsOf(context, rest);
  if (repository === undefined || path === undefined) {
    showInfo(l10n.t('Select a file in a Mercurial repository first.'));
    return;
  }
  const to = answers.text('to') ?? (await askForName(path, verb));
  if (to === undefined || to === path) return;
  const title = verb === 'rename' ? l10n.t('Renaming…') : l10n.t('Copying…');
  await context.hg.change(repository, { verb, operands: [literalPath(path), literalPath(to)], title });
  await rescanAndShow(context, repository, [path, to]);
}

async function askForName(path: string, verb: 'rename' | 'copy'): Promise<string | undefined> {
  const name = path.lastIndexOf('/') + 1;
  const dot = path.lastIndexOf('.');
  const answer = await input({
    title: verb === 'rename' ? l10n.t("Rename '{0}'", path) : l10n.t("Copy '{0}'", path),
    prompt: l10n.t('Path relative to the repository root'),
    value: path,
    valueSelection: [name, dot > name ? dot : path.length],
    validateInput: value => (value.trim() === '' ? l10n.t('Enter a file name.') : undefined),
  });
  return answer?.trim();
}

async function revert(context: HgContext, args: readonly unknown[]): Promise<void> {
  const { answers, rest } = answersOf(args);
  const named = changedAmong(context, rest, entry => isRevertable(entry?.status));
  for (const [repository, paths] of named) {
    // A renamed file and what it was come back together.
    const files = repository.included.withPartners(paths);
    const what =
      paths.length === 1
        ? l10n.t("Discard changes in '{0}'?", paths[0]!)
        : l10n.t('Discard changes in {0} files?', paths.length);
    if (await confirmRevert(answers, repository, what, paths)) await revertFiles(context, repository, files);
  }
}

/** Reverts the whole repository; untracked files stay. */
async function revertAll(context: HgContext, repository: OpenRepository, answers: Answers): Promise<void> {
  await flushPendingChanges(context, repository);
  const { entries, renames } = repository.model;
  const files = [...entries.values()].filter(({ status }) => isRevertable(status));
  if (files.length === 0) {
    showInfo(l10n.t('No changes to discard.'));
    return;
  }
  const paths = files.map(({ path }) => path);
  const what = l10n.t("Discard all changes in '{0}' ({1} files)?", repository.name, paths.length - renames);
  if (await confirmRevert(answers, repository, what, paths)) await revertFiles(context, repository, paths);
}

async function confirmRevert(
  answers: Answers,
  repository: OpenRepository,
  message: string,
  paths: readonly string[],
): Promise<boolean> {
  const { entries } = repository.model;
  const sentences: string[] = [];
  if (paths.some(path => entries.get(path)?.status === 'modified')) {
    sentences.push(
      keepsBackups(repository)
        ? l10n.t("A backup of each modified file is kept as '.orig'.")
        : l10n.t('This cannot be undone.'),
    );
  }
  if (paths.some(path => entries.get(path)?.status === 'added')) {
    sentences.push(l10n.t('Added files stay on disk as untracked files.'));
  }
  if (paths.length > 1) sentences.push(...previewLines(paths.toSorted()));
  return confirm(answers, message, l10n.t('Discard Changes'), sentences);
}

async function revertFiles(context: HgContext, repository: OpenRepository, files: readonly string[]): Promise<void> {
  await context.hg.change(repository, {
    verb: 'revert',
    options: [['--rev', '.'], ...(keepsBackups(repository) ? [] : (['--no-backup'] as const))],
    files,
    title: l10n.t('Discarding changes…'),
  });
  await rescanAndShow(
    context,
    repository,
    files.map(path => `${path}.orig`),
  );
}

/** To the trash; where there is none, for good, if that is really meant. */
async function deleteUntracked(context: HgContext, args: readonly unknown[]): Promise<void> {
  const { answers, rest } = answersOf(args);
  for (const [repository, files] of changedAmong(context, rest, entry => entry?.status === 'unknown')) {
    await toTrash(context, repository, files, answers);
  }
}

/** Adds and removes the named files and folders, or those of the whole repository. */
async function addRemove(context: HgContext, args: readonly unknown[]): Promise<void> {
  const { rest } = answersOf(args);
  const named = namesFiles(rest);
  const targets = new Map(named ? targetsOf(context, rest) : []);
  const repository = named ? undefined : await context.repository(rest[0]);
  if (repository !== undefined) targets.set(repository, []);
  for (const [each, files] of targets) {
    const similarity = setting('renameSimilarity', each.rootUri);
    const { notes } = await context.hg.change(each, {
      verb: 'addremove',
      options: [`--similarity=${similarity}`],
      ...(files.length > 0 && { files }),
      title: l10n.t('Adding untracked and removing missing files…'),
    });
    // Without the output, where hooks write.
    const said = notes.trim();
    showInfo(said === '' ? l10n.t('No untracked or missing files.') : said.split('\n').slice(0, 3).join(' · '));
  }
}

function keepsBackups(repository: OpenRepository): boolean {
  return setting('revertBackups', repository.rootUri);
}

function isAddable(status: string | undefined): boolean {
  return status === 'unknown' || status === 'removed' || status === 'ignored';
}

function isRevertable(status: string | undefined): boolean {
  return status === 'modified' || status === 'added' || status === 'removed' || status === 'deleted';
}

function isAmong(path: string, targets: readonly string[]): boolean {
  return targets.some(target => path === target || path.startsWith(`${target}/`));
}
