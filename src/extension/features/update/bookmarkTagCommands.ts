// Bookmarks and tags: names that people give to changesets.
import { l10n } from 'vscode';
import { pick } from '../../common/display.ts';
import { shortNode } from '../../common/changesetIds.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import { confirm, type Answers } from '../../hg/presetAnswers.ts';
import {
  askForName,
  branchNames,
  chooseBookmark,
  chooseName,
  inRepository,
  type ChosenName,
} from '../../pickers/namePicker.ts';
import { ASK_USERNAME, HgFailure, type HgChange } from '../../hg/hgClient.ts';
import { updateTo, type Target } from './updateCommands.ts';
import { findGiven, hasMoved, nodeOf } from '../../pickers/namedRevisions.ts';
import { pickChangeset } from '../../pickers/revisionPicker.ts';
import type { HgCommandRun, HgContext } from '../../hg/commandContext.ts';
import { showInfo } from '../../hg/notifications.ts';
import { flushPendingChanges } from '../../hg/pendingChanges.ts';

export const bookmarkTagCommands = {
  createBookmark: inRepository(createBookmark),
  moveBookmark: inRepository(moveBookmark),
  renameBookmark: inRepository(renameBookmark),
  deleteBookmark: inRepository(deleteBookmark),
  activateBookmark: inRepository(activateBookmark),
  deactivateBookmark: inRepository(deactivateBookmark),
  createTag: inRepository(createTag),
  deleteTag: inRepository(deleteTag),
} satisfies Readonly<Record<string, HgCommandRun>>;

/** At the parent of the working copy, and active; at a given changeset without becoming active. */
async function createBookmark(context: HgContext, repository: OpenRepository, answers: Answers): Promise<void> {
  const name =
    answers.text('name') ?? (await askForName(l10n.t('Bookmark name'), '', branchNames(context, repository)));
  if (name === undefined) return;
  const given = answers.text('revision');
  const target = given === undefined ? undefined : await findGiven(context, repository, given);
  if (given !== undefined && target === undefined) return;
  const change: HgChange = {
    verb: 'bookmark',
    options: target === undefined ? [] : [['--rev', target.revision]],
    operands: [name],
    title: l10n.t('Creating bookmark…'),
  };
  await changeOrForce(
    context,
    repository,
    change,
    answers,
    l10n.t("The bookmark '{0}' already exists. Move it here?", name),
    l10n.t('Move'),
  );
}

async function moveBookmark(context: HgContext, repository: OpenRepository, answers: Answers): Promise<void> {
  const chosen = await chooseBookmark(context, repository, answers, l10n.t('Select a bookmark to move'));
  if (chosen === undefined) return;
  const { name } = chosen;
  const placeHolder = l10n.t("Select a revision for '{0}'", name);
  const given = answers.text('revision');
  const target: Target | undefined =
    given === undefined
      ? await pickChangeset(context, repository, { placeHolder })
      : await findGiven(context, repository, given);
  if (target === undefined || (await bookmarkMoved(context, repository, chosen))) return;
  if (target.name !== undefined && (await hasMoved(context, repository, target.name, target.revision))) return;
  // Without --force a bookmark only moves forward. The user has already chosen the target in two steps.
  await context.hg.change(repository, {
    verb: 'bookmark',
    options: ['--force', ['--rev', target.revision]],
    operands: [name],
    title: l10n.t('Moving bookmark…'),
  });
}

async function renameBookmark(context: HgContext, repository: OpenRepository, answers: Answers): Promise<void> {
  const chosen = await chooseBookmark(context, repository, answers, l10n.t('Select a bookmark to rename'));
  if (chosen === undefined) return;
  const { name } = chosen;
  const to =
    answers.text('to') ?? (await askForName(l10n.t("New name of '{0}'", name), name, branchNames(context, repository)));
  if (to === undefined || to === name || (await bookmarkMoved(context, repository, chosen))) return;
  const title = l10n.t('Renaming bookmark…');
  await context.hg.change(repository, { verb: 'bookmark', options: [['--rename', name]], operands: [to], title });
}

async function deleteBookmark(context: HgContext, repository: OpenRepository, answers: Answers): Promise<void> {
  const chosen = await chooseBookmark(context, repository, answers, l10n.t('Select a bookmark to delete'));
  if (chosen === undefined) return;
  const { name } = chosen;
  const message = l10n.t("Delete the bookmark '{0}'? Its changeset is kept.", name);
  if (!(await confirm(answers, message, l10n.t('Delete'))) || (await bookmarkMoved(context, repository, chosen)))
    return;
  const title = l10n.t('Deleting bookmark…');
  await context.hg.change(repository, { verb: 'bookmark', options: ['--delete'], operands: [name], title });
}

/** Goes to it, if it is elsewhere. */
async function activateBookmark(context: HgContext, repository: OpenRepository, answers: Answers): Promise<void> {
  await flushPendingChanges(context, repository);
  const chosen = await chooseBookmark(context, repository, answers, l10n.t('Select a bookmark to activate'));
  if (chosen === undefined || (await bookmarkMoved(context, repository, chosen))) return;
  const { name, shownAt } = chosen;
  const node = shownAt ?? (await nodeOf(context, repository, { kind: 'bookmark', name }));
  if (node === undefined) showInfo(l10n.t("There is no bookmark '{0}'.", name));
  else await updateTo(context, repository, { revision: node, bookmark: name }, answers);
}

async function bookmarkMoved(
  context: HgContext,
  repository: OpenRepository,
  { name, shownAt }: ChosenName,
): Promise<boolean> {
  return hasMoved(context, repository, { kind: 'bookmark', name }, shownAt);
}

/** No bookmark moves along with commits any more. */
async function deactivateBookmark({ hg }: HgContext, repository: OpenRepository): Promise<void> {
  const name = repository.model.head?.bookmark;
  if (name === undefined) showInfo(l10n.t('No bookmark is active.'));
  else {
    const title = l10n.t('Deactivating bookmark…');
    await hg.change(repository, { verb: 'bookmark', options: ['--inactive'], operands: [name], title });
  }
}

/** A tag is a commit of its own, unless it is local. */
async function createTag(context: HgContext, repository: OpenRepository, answers: Answers): Promise<void> {
  const name = answers.text('name') ?? (await askForName(l10n.t('Tag name')));
  if (name === undefined) return;
  const isLocal = answers.flag('local') || (!answers.flag('confirmed') && (await chooseLocal()));
  if (isLocal === undefined) return;
  const target = await findGiven(context, repository, answers.text('revision') ?? '.');
  if (target === undefined) return;
  const change: HgChange = {
    verb: 'tag',
    settings: ASK_USERNAME,
    options: [...(isLocal ? (['--local'] as const) : []), ['--rev', target.revision]],
    operands: [name],
    title: l10n.t('Creating tag…'),
  };
  const question = l10n.t("The tag '{0}' already exists. Move it here?", name);
  await changeOrForce(context, repository, change, answers, question, l10n.t('Move'));
}

async function deleteTag(context: HgContext, repository: OpenRepository, answers: Answers): Promise<void> {
  interface Tag {
    readonly tag: string;
    readonly node: string;
    readonly type: string;
  }
  const tags = await context.hg.rows<Tag>(repository, { verb: 'tags' }, 'tag, node, type');
  const items = tags
    .filter(({ tag }) => tag !== 'tip')
    .map(({ tag, node, type }) => ({ icon: 'tag', label: tag, description: shortNode(node), name: tag, type }));
  const placeHolder = l10n.t('Select a tag to delete');
  const wanted = await chooseName(answers, () => Promise.resolve(items), {
    placeHolder,
    none: l10n.t('This repository has no tags.'),
  });
  const chosen = items.find(({ name }) => name === wanted);
  if (chosen === undefined) return;
  const message =
    chosen.type === 'local'
      ? l10n.t("Delete the local tag '{0}'?", chosen.name)
      : l10n.t("Delete the tag '{0}'? This creates a commit.", chosen.name);
  if (!(await confirm(answers, message, l10n.t('Delete')))) return;
  const shownAt = answers.text('name') === undefined ? tags.find(({ tag }) => tag === wanted)?.node : undefined;
  if (await hasMoved(context, repository, { kind: 'tag', name: chosen.name }, shownAt)) return;
  const title = l10n.t('Deleting tag…');
  await context.hg.change(repository, {
    verb: 'tag',
    settings: ASK_USERNAME,
    options: ['--remove', ...(chosen.type === 'local' ? (['--local'] as const) : [])],
    operands: [chosen.name],
    title,
  });
}

/** Runs the command; asks before it moves an existing name. */
async function changeOrForce(
  context: HgContext,
  repository: OpenRepository,
  change: HgChange,
  answers: Answers,
  question: string,
  action: string,
): Promise<void> {
  try {
    await context.hg.change(repository, change);
  } catch (error) {
    if (!(error instanceof HgFailure) || !/already exists|use -f|--force/.test(error.message)) throw error;
    if (!(await confirm(answers, question, action))) return;
    await context.hg.change(repository, { ...change, options: ['--force', ...(change.options ?? [])] });
  }
}

/** Asks for the kind of tag; undefined if the user cancels. */
async function chooseLocal(): Promise<boolean | undefined> {
  const items = [
    { label: l10n.t('Everyone'), detail: l10n.t('The tag is committed to .hgtags.'), isLocal: false },
    { label: l10n.t('Only Me'), detail: l10n.t('The tag stays in this repository.'), isLocal: true },
  ];
  return (await pick(items, { placeHolder: l10n.t('Who should see the tag?') }))?.isLocal;
}
