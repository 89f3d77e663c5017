// Changes that are put aside, and brought back.
import { l10n, Uri, workspace } from 'vscode';
import { exists } from '../../common/uris.ts';
import { input, openUri } from '../../common/display.ts';
import type { HgFlag, HgOption, HgSetting } from '../../../hgCommand/hgCall.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import { answersOf, confirm, type Answers } from '../../hg/presetAnswers.ts';
import { chooseName, inRepository, type NamedItem } from '../../pickers/namePicker.ts';
import { HgFailure } from '../../hg/hgClient.ts';
import { textUri } from '../compare/textDocument.ts';
import { shelvedIn } from './shelfList.ts';
import type { HgCommandRun, HgContext } from '../../hg/commandContext.ts';
import { showInfo } from '../../hg/notifications.ts';
import { flushPendingChanges } from '../../hg/pendingChanges.ts';
import { changedAmong } from '../../hg/selectedPaths.ts';

export const shelfCommands = {
  shelve: (context, args) => shelve(context, args, 'all'),
  shelveFiles: (context, args) => shelve(context, args, 'files'),
  shelveIncluded: (context, args) => shelve(context, args, 'included'),
  unshelve: inRepository((context, repository, answers) => unshelve(context, repository, answers, false)),
  unshelveKeep: inRepository((context, repository, answers) => unshelve(context, repository, answers, true)),
  showShelved: inRepository(showShelved),
  deleteShelved: inRepository(deleteShelved),
} satisfies Readonly<Record<string, HgCommandRun>>;

/** It comes with Mercurial; from 5.3 on it is no extension any more, and the option does nothing. */
const SHELVE: readonly HgSetting[] = ['extensions.shelve='];

/** Everything, under a name that Mercurial finds. Resolves with whether there was something. */
export async function shelveAll(context: HgContext, repository: OpenRepository): Promise<boolean> {
  return run(context, repository, [], undefined);
}

async function shelve(context: HgContext, args: readonly unknown[], what: 'all' | 'files' | 'included'): Promise<void> {
  const { answers, rest } = answersOf(args);
  if (what === 'files') {
    const named = changedAmong(context, rest, entry => entry !== undefined && entry.status !== 'ignored');
    for (const [repository, paths] of named) {
      // A renamed file and what it was are put aside together.
      await shelveSome(context, repository, answers, repository.included.withPartners(paths));
    }
    return;
  }
  const repository = await context.repository(rest[0]);
  if (repository === undefined) return;
  await flushPendingChanges(context, repository);
  const files = what === 'included' ? repository.included.withPartners(repository.included.paths) : undefined;
  const isEmpty = files === undefined ? repository.model.changeCount === 0 : files.length === 0;
  if (isEmpty && !answers.flag('untracked')) {
    const none = l10n.t('No changes to shelve.');
    showInfo(what === 'included' ? l10n.t('No changes are included.') : none);
    return;
  }
  await shelveSome(context, repository, answers, files);
}

async function shelveSome(
  context: HgContext,
  repository: OpenRepository,
  answers: Answers,
  files: readonly string[] | undefined,
): Promise<void> {
  // An empty message is one that Mercurial finds.
  const message =
    answers.text('message') ??
    (answers.flag('confirmed')
      ? ''
      : await input({
          prompt: l10n.t('Shelve message (optional)'),
          placeHolder: l10n.t('Leave empty to use a generated message'),
        }));
  if (message === undefined) return;
  const name = answers.text('name');
  const { entries } = repository.model;
  const hasUnknown = files?.some(path => entries.get(path)?.status === 'unknown') === true;
  const options: HgOption[] = [];
  if (name !== undefined) options.push(['--name', name]);
  if (message.trim() !== '') options.push(['--message', message.trim()]);
  if (answers.flag('keep')) options.push('--keep');
  if (answers.flag('untracked') || hasUnknown) options.push('--unknown');
  if (!(await run(context, repository, options, files))) showInfo(l10n.t('No changes to shelve.'));
}

async function run(
  context: HgContext,
  repository: OpenRepository,
  options: readonly HgOption[],
  files: readonly string[] | undefined,
): Promise<boolean> {
  try {
    await context.hg.change(repository, {
      verb: 'shelve',
      settings: SHELVE,
      options,
      ...(files && { files }),
      title: l10n.t('Shelving…'),
      // With --unknown, files that were not tracked are taken away.
      rescansAll: options.includes('--unknown'),
    });
    return true;
  } catch (error) {
    if (!(error instanceof HgFailure) || error.kind !== 'nothing-changed') throw error;
    return false;
  }
}

async function unshelve(
  context: HgContext,
  repository: OpenRepository,
  answers: Answers,
  keeps: boolean,
): Promise<boolean> {
  const name = await chooseShelved(context, repository, answers, l10n.t('Select a shelf to restore'));
  if (name === undefined) return false;
  await flushPendingChanges(context, repository);
  await context.hg.change(repository, {
    verb: 'unshelve',
    settings: SHELVE,
    options: [...(keeps ? (['--keep'] as const) : []), '--tool=internal:merge', ['--name', name]],
    title: l10n.t('Unshelving…'),
    // 1, or 240 with detailed exit codes: there are conflicts.
    codes: [0, 1, 240],
    // Files that it brings back may be untracked.
    rescansAll: true,
  });
  const { unresolved } = repository.model;
  if (unresolved > 0) {
    showInfo(l10n.t('There are conflicts. Resolve them and continue, or abort.'));
  }
  return true;
}

/** Shows the changes of a shelf as a patch, which cannot be edited. */
async function showShelved(context: HgContext, repository: OpenRepository, answers: Answers): Promise<void> {
  const name = await chooseShelved(context, repository, answers, l10n.t('Select a shelf to show'));
  if (name === undefined) return;
  const patch = await patchOf(context, repository, name);
  await openUri(textUri(context.extension, `${repository.root}/${name}.patch`, patch), { preview: true });
}

/** Reads the patch that hg keeps with each shelf. hg has no template for it, so hooks may write around its answer. */
async function patchOf({ hg }: HgContext, repository: OpenRepository, name: string): Promise<string> {
  const file = `${name}.patch`;
  if (!(await shelfFiles(repository)).includes(file))
    return hg.read(repository, { verb: 'shelve', settings: SHELVE, options: ['--patch'], operands: [name] });
  const bytes = await workspace.fs.readFile(Uri.joinPath(shelfFolder(repository), file));
  return Buffer.from(bytes).toString('utf8');
}

async function deleteShelved(context: HgContext, repository: OpenRepository, answers: Answers): Promise<void> {
  const name = await chooseShelved(context, repository, answers, l10n.t('Select a shelf to delete'));
  if (name === undefined) return;
  const message = l10n.t("Delete the shelf '{0}'?", name);
  if (!(await confirm(answers, message, l10n.t('Delete'), l10n.t('This cannot be undone.')))) return;
  await context.hg.change(repository, {
    verb: 'shelve',
    settings: SHELVE,
    options: ['--delete'],
    operands: [name],
    title: l10n.t('Deleting shelf…'),
  });
}

async function chooseShelved(
  { hg }: HgContext,
  repository: OpenRepository,
  answers: Answers,
  placeHolder: string,
): Promise<string | undefined> {
  const list = async (): Promise<NamedItem[]> => {
    const read = async (...more: readonly HgFlag[]): Promise<string> =>
      hg.read(repository, { verb: 'shelve', settings: SHELVE, options: ['--list', ...more] });
    const all = shelvedIn(await read('--quiet'), await read(), await shelfNames(repository));
    return all.map(({ name, age, summary }) => ({
      icon: 'archive',
      label: name,
      description: age,
      detail: summary,
      name,
    }));
  };
  return chooseName(answers, list, { placeHolder, none: l10n.t('This repository has no shelved changes.') });
}

/** The names of the shelves by their files. Lists of shelves have no template, so hooks may write into them. */
async function shelfNames(repository: OpenRepository): Promise<ReadonlySet<string>> {
  return new Set((await shelfFiles(repository)).map(name => name.replace(/\.\w+$/, '')));
}

async function shelfFiles(repository: OpenRepository): Promise<readonly string[]> {
  const folder = shelfFolder(repository);
  if (!(await exists(folder))) return [];
  const files = await workspace.fs.readDirectory(folder);
  return files.map(([name]) => name);
}

function shelfFolder({ rootUri }: OpenRepository): Uri {
  return Uri.joinPath(rootUri, '.hg', 'shelved');
}
