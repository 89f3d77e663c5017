// Going to another changeset, and merging with one.
import { l10n } from 'vscode';
import { modal, pick, type PickItem } from '../../common/display.ts';
import type { HgFlag, HgSetting } from '../../../hgCommand/hgCall.ts';
import { shortRevision } from '../../common/changesetIds.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import type { Answers } from '../../hg/presetAnswers.ts';
import { askForName, bookmarksOf, inRepository, takenBranches } from '../../pickers/namePicker.ts';
import { ASK_USERNAME, HgFailure } from '../../hg/hgClient.ts';
import { typedMessage } from '../commit/messageTemplate.ts';
import { findGiven, hasMoved } from '../../pickers/namedRevisions.ts';
import { pickChangeset, pickRevision, type ChosenRevision } from '../../pickers/revisionPicker.ts';
import { shelveAll } from './shelves.ts';
import type { HgCommandRun, HgContext } from '../../hg/commandContext.ts';
import { showInfo } from '../../hg/notifications.ts';
import { flushPendingChanges } from '../../hg/pendingChanges.ts';

export const updateCommands = {
  update: inRepository(update),
  mergeWith: inRepository(mergeWith),
  graft: inRepository(graft),
  newBranch: inRepository(newBranch),
} satisfies Readonly<Record<string, HgCommandRun>>;

/** Conflicts become markers in the files, for VS Code's merge editor: hg must not open a window of its own. */
const MARKERS: readonly HgSetting[] = ['ui.merge=internal:merge'];
const MERGE_TOOL: HgFlag = '--tool=internal:merge';

/** The choices for local changes at an update. */
const WAYS = ['keep', 'shelve', 'discard'] as const;
type Way = (typeof WAYS)[number];

async function update(context: HgContext, repository: OpenRepository, answers: Answers): Promise<boolean> {
  await flushPendingChanges(context, repository);
  const placeHolder = l10n.t('Select a branch, bookmark, tag or changeset to update to');
  const given = answers.text('revision');
  const action = { icon: 'add', label: l10n.t('New Branch…') };
  const target =
    given === undefined
      ? await pickRevision(context, repository, { placeHolder, action })
      : await findGiven(context, repository, given);
  if (target !== 'action') return target !== undefined && updateTo(context, repository, target, answers);
  await newBranch(context, repository, answers);
  return false;
}

export type Target = Pick<ChosenRevision, 'revision' | 'bookmark' | 'name'>;

/** Asks what is to become of local changes. Resolves with whether the working copy was moved. */
export async function updateTo(
  context: HgContext,
  repository: OpenRepository,
  { revision, bookmark, name }: Target,
  answers: Answers,
): Promise<boolean> {
  const move = async (...flags: readonly HgFlag[]): Promise<true> => {
    await runUpdate(context, repository, revision, ...flags);
    if (bookmark !== undefined) await activate(context, repository, bookmark, revision);
    else if (name !== undefined) await hasMoved(context, repository, name, revision);
    return true;
  };
  if (repository.model.changeCount === 0) return move();
  const way = answers.oneOf('localChanges', WAYS) ?? (await chooseWay(repository));
  switch (way) {
    case undefined:
      return false;
    case 'keep':
      await move('--merge', MERGE_TOOL);
      showConflicts(repository);
      return true;
    case 'shelve':
      return (await shelveAll(context, repository)) && move();
    case 'discard':
      return move('--clean');
  }
}

/** Only while the bookmark is where the list showed it: hg would move it here otherwise. */
async function activate(context: HgContext, repository: OpenRepository, name: string, node: string): Promise<void> {
  const bookmark = (await bookmarksOf(context.hg, repository)).find(each => each.bookmark === name);
  if (bookmark?.node !== node) {
    showInfo(l10n.t("The bookmark '{0}' was moved meanwhile. It is not active.", name));
    return;
  }
  await context.hg.change(repository, { verb: 'bookmark', operands: [name], title: l10n.t('Activating a bookmark…') });
}

async function runUpdate(
  context: HgContext,
  repository: OpenRepository,
  revision: string,
  ...flags: readonly HgFlag[]
): Promise<void> {
  // 1: some files have conflicts.
  await context.hg.change(repository, {
    verb: 'update',
    settings: flags.includes(MERGE_TOOL) ? MARKERS : [],
    options: [...flags, ['--rev', revision]],
    title: l10n.t('Updating…'),
    codes: [0, 1],
  });
}

async function chooseWay({ model }: OpenRepository): Promise<Way | undefined> {
  const count = model.changeCount;
  const items: readonly (PickItem & { readonly way: Way })[] = [
    {
      icon: 'git-merge',
      label: l10n.t('Keep Changes'),
      detail: l10n.t('Carry the changes over. Conflicts are possible.'),
      way: 'keep',
    },
    {
      icon: 'archive',
      label: l10n.t('Shelve Changes'),
      detail: l10n.t('Restore them later with Unshelve.'),
      way: 'shelve',
    },
    {
      icon: 'trash',
      label: l10n.t('Discard Changes'),
      detail: l10n.t('Cannot be undone. Untracked files are kept.'),
      way: 'discard',
    },
  ];
  const placeHolder =
    count === 1
      ? l10n.t('You have uncommitted changes in 1 file.')
      : l10n.t('You have uncommitted changes in {0} files.', count);
  const chosen = await pick(items, { placeHolder });
  if (chosen?.way !== 'discard') return chosen?.way;
  const action = l10n.t('Discard Changes');
  const message = count === 1 ? l10n.t('Discard changes in 1 file?') : l10n.t('Discard changes in {0} files?', count);
  const detail = l10n.t('This cannot be undone.');
  return (await modal('warning', message, detail, action)) === action ? 'discard' : undefined;
}

async function mergeWith(context: HgContext, repository: OpenRepository, answers: Answers): Promise<boolean> {
  await flushPendingChanges(context, repository);
  const given = answers.text('revision');
  const other: Target | undefined =
    given === undefined ? await chooseOther(context, repository) : await findGiven(context, repository, given);
  if (other === undefined) return false;
  const { revision } = other;
  const merge = async (): Promise<void> => {
    await context.hg.change(repository, {
      verb: 'merge',
      settings: MARKERS,
      options: [MERGE_TOOL, ['--rev', revision]],
      title: l10n.t('Merging…'),
      // 1: there are conflicts.
      codes: [0, 1],
    });
  };
  const question = {
    message: l10n.t('You have uncommitted changes. Shelve them before the merge?'),
    action: l10n.t('Shelve and Merge'),
  };
  if (!(await withoutChanges(context, repository, question, merge))) return false;
  const { inputBox } = repository.view.sourceControl;
  if (typedMessage(repository) === '')
    inputBox.value = l10n.t('Merge with {0}', shortRevision(given ?? other.name?.name ?? revision));
  showConflicts(repository);
  return true;
}

interface ShelveQuestion {
  readonly message: string;
  readonly action: string;
}

/**
 * Runs what hg does only without uncommitted changes; offers to shelve them where there are some. Resolves with false
 * if the user does not want that.
 */
async function withoutChanges(
  context: HgContext,
  repository: OpenRepository,
  { message, action }: ShelveQuestion,
  run: () => Promise<void>,
): Promise<boolean> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof HgFailure) || error.kind !== 'uncommitted-changes') throw error;
    if ((await modal('warning', message, '', action)) !== action) return false;
    if (!(await shelveAll(context, repository))) return false;
    await run();
  }
  return true;
}

/** Copies a changeset onto the working copy's parent, as a new commit. */
async function graft(context: HgContext, repository: OpenRepository, answers: Answers): Promise<boolean> {
  await flushPendingChanges(context, repository);
  const placeHolder = l10n.t("Select a changeset to copy onto '{0}'", repository.model.head?.branch ?? '');
  const given = answers.text('revision');
  const chosen: Target | undefined =
    given === undefined
      ? await pickChangeset(context, repository, { placeHolder })
      : await findGiven(context, repository, given);
  if (chosen === undefined) return false;
  const { name, revision } = chosen;
  if (name !== undefined && (await hasMoved(context, repository, name, revision))) return false;
  const question = {
    message: l10n.t('You have uncommitted changes. Shelve them before the graft?'),
    action: l10n.t('Shelve and Graft'),
  };
  const isDone = await withoutChanges(context, repository, question, async () => {
    await context.hg.change(repository, {
      verb: 'graft',
      settings: [...MARKERS, ...ASK_USERNAME],
      options: [MERGE_TOOL, ['--rev', revision]],
      title: l10n.t('Grafting…'),
      // 1: there are conflicts.
      codes: [0, 1],
    });
  });
  if (isDone) showConflicts(repository);
  return isDone;
}

/** Undefined as well if what was chosen has moved meanwhile: a merge is more work to take back than to begin again. */
async function chooseOther(context: HgContext, repository: OpenRepository): Promise<Target | undefined> {
  const placeHolder = l10n.t("Select a revision to merge into '{0}'", repository.model.head?.branch ?? '');
  const chosen = await pickChangeset(context, repository, { placeHolder, scope: 'mergeable' });
  if (chosen?.name === undefined) return chosen;
  return (await hasMoved(context, repository, chosen.name, chosen.revision)) ? undefined : chosen;
}

/** Shows the next step after a merge with conflicts. */
export function showConflicts({ model: { unresolved } }: OpenRepository): void {
  if (unresolved === 0) return;
  showInfo(
    unresolved === 1
      ? l10n.t('1 file has conflicts. Resolve them, then mark the file as resolved.')
      : l10n.t('{0} files have conflicts. Resolve them, then mark the files as resolved.', unresolved),
  );
}

async function newBranch(context: HgContext, repository: OpenRepository, answers: Answers): Promise<void> {
  const prompt = l10n.t('Branch name (the branch is created by your next commit)');
  const name = answers.text('name') ?? (await askForName(prompt, '', takenBranches(context, repository)));
  if (name === undefined) return;
  await context.hg.change(repository, { verb: 'branch', operands: [name], title: l10n.t('Creating branch…') });
}
