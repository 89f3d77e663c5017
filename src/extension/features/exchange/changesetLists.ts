// Lists of the changesets that a pull or a push would transfer. A list is made for looking: its first row shows a
// changeset. Transferring takes a button, or a row at the end.
import { l10n } from 'vscode';
import { openUri, pickOrPress, type PickButton, type PressableItem } from '../../common/display.ts';
import type { HgCall } from '../../../hgCommand/hgCall.ts';
import { shortNode } from '../../common/changesetIds.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import { answersOf, confirm, type Answers } from '../../hg/presetAnswers.ts';
import { framedTemplate, framedText, rowsOf, rowTemplate } from '../../../hgCommand/answerFrame.ts';
import { textUri } from '../compare/textDocument.ts';
import { showChangeset } from '../compare/revisionCommands.ts';
import { choosePath, type ChosenPath } from '../../pickers/remotePicker.ts';
import {
  CHANGESET_FIELDS,
  lineOf,
  logOf,
  toChangeset,
  type LoggedChangeset,
  type NamedChangeset,
} from '../../pickers/changesetSource.ts';
import { nothingToPush } from './exchangeTexts.ts';
import type { HgContext } from '../../hg/commandContext.ts';
import { showInfo } from '../../hg/notifications.ts';

/** A repository, and the other one that its changesets go to or come from. */
export interface Exchange {
  readonly context: HgContext;
  readonly repository: OpenRepository;
  readonly path: ChosenPath;
  readonly answers: Answers;
}

/** Pushes a changeset with its ancestors; without a node, all. */
export type Push = (exchange: Exchange, node: string | undefined) => Promise<unknown>;

/** Nothing of these changesets is here yet, so a row can only pull. It asks, for nobody expects that of a list. */
export async function incoming(
  exchange: Exchange,
  pull: (exchange: Exchange) => Promise<unknown>,
): Promise<readonly NamedChangeset[] | undefined> {
  const { context, repository, path, answers } = exchange;
  const title = l10n.t('Looking for incoming changesets…');
  const { changesets } = await listed(context, repository, { verb: 'incoming', operands: path.operands }, title);
  if (answers.flag('confirmed')) return changesets;
  const transfer = { icon: 'repo-pull', label: l10n.t('Pull with Ancestors') };
  const chosen = await pickListed(changesets, {
    placeHolder: l10n.t('Select a changeset to pull with its ancestors (newest first)'),
    none: l10n.t('No incoming changesets.'),
    buttons: [showChanges(), transfer],
    all: { icon: 'repo-pull', label: l10n.t('Pull All ({0})', changesets.length) },
  });
  if (chosen === undefined) return changesets;
  const { changeset, pressed } = chosen;
  if (changeset === 'all') await pull(exchange);
  else if (pressed !== undefined && pressed !== transfer) await showIncoming(exchange, changeset);
  else if (
    pressed === transfer ||
    (await confirm(answers, l10n.t('Pull {0}?', shortNode(changeset.node)), l10n.t('Pull')))
  )
    await pull({ ...exchange, answers: answersOf([{ revision: changeset.node }]).answers });
  return changesets;
}

export async function outgoing(exchange: Exchange, push: Push): Promise<readonly NamedChangeset[] | undefined> {
  const { context, repository, path, answers } = exchange;
  const title = l10n.t('Looking for outgoing changesets…');
  const { changesets, notes } = await listed(context, repository, { verb: 'outgoing', operands: path.operands }, title);
  if (answers.flag('confirmed')) return changesets;
  const none = nothingToPush(notes, l10n.t('No outgoing changesets.'));
  await showOrPush(context, repository, { changesets, none, answers }, node => push(exchange, node));
  return changesets;
}

/** Shows the drafts: the changesets to push, as far as they are known without the network. */
export async function showDrafts(
  context: HgContext,
  repository: OpenRepository,
  answers: Answers,
  push: Push,
): Promise<readonly NamedChangeset[]> {
  const changesets = await logOf(context, repository, 'reverse(draft() and ::.)');
  if (answers.flag('confirmed')) return changesets;
  const none = l10n.t('No unpushed changesets.');
  await showOrPush(context, repository, { changesets, none, answers }, async node => {
    const path = await choosePath(context, repository, answers, false);
    if (path !== undefined) await push({ context, repository, path, answers }, node);
  });
  return changesets;
}

interface Listed {
  readonly changesets: readonly NamedChangeset[];
  readonly none: string;
  readonly answers: Answers;
}

async function showOrPush(
  context: HgContext,
  repository: OpenRepository,
  { changesets, none, answers }: Listed,
  push: (node: string | undefined) => Promise<unknown>,
): Promise<void> {
  const transfer = { icon: 'repo-push', label: l10n.t('Push with Ancestors') };
  const chosen = await pickListed(changesets, {
    placeHolder: l10n.t('Select a changeset to show (newest first)'),
    none,
    buttons: [showChanges(), transfer],
    all: { icon: 'repo-push', label: l10n.t('Push All ({0})', changesets.length) },
  });
  if (chosen === undefined) return;
  const { changeset, pressed } = chosen;
  if (changeset !== 'all' && pressed !== transfer) {
    await show(context, repository, changeset);
    return;
  }
  const question = changeset === 'all' ? l10n.t('Push all?') : l10n.t('Push {0}?', shortNode(changeset.node));
  const detail = l10n.t('Published changesets cannot be taken back.');
  if (!(await confirm(answers, question, l10n.t('Push'), detail))) return;
  await push(changeset === 'all' ? undefined : changeset.node);
}

const showChanges = (): PickButton => ({ icon: 'diff-multiple', label: l10n.t('Open Changes') });

/** The changeset is not here yet, so its changes come as a patch from the other repository. */
async function showIncoming({ context, repository, path }: Exchange, { node, summary }: NamedChangeset): Promise<void> {
  const { output } = await context.hg.change(repository, {
    verb: 'incoming',
    operands: path.operands,
    options: ['--newest-first', '--limit=1', ['--rev', node], ['--template', framedTemplate('{desc}\n\n{diff()}')]],
    title: l10n.t('Reading changes…'),
    kind: 'network',
    codes: [0, 1],
  });
  const name = `${repository.root}/${shortNode(node)}.patch`;
  await openUri(
    textUri(context.extension, name, framedText(output)),
    { preview: true },
    `${shortNode(node)} ${summary}`,
  );
}

async function show(context: HgContext, repository: OpenRepository, { node, summary }: NamedChangeset): Promise<void> {
  const call: HgCall = { verb: 'log', options: [['--rev', node]] };
  const [row] = await context.hg.rows<{ readonly p1node: string }>(repository, call, 'p1node');
  if (row !== undefined) await showChangeset(context, repository, { node, parent: row.p1node, summary });
}

async function listed(
  { hg }: HgContext,
  repository: OpenRepository,
  call: Pick<HgCall, 'verb' | 'operands'>,
  title: string,
): Promise<{ readonly changesets: readonly NamedChangeset[]; readonly notes: string }> {
  // 1: there are none.
  const { output, notes } = await hg.change(repository, {
    ...call,
    options: ['--newest-first', ['--template', rowTemplate(CHANGESET_FIELDS)]],
    title,
    kind: 'network',
    codes: [0, 1],
  });
  const changesets = rowsOf(output).map(row => toChangeset(JSON.parse(row) as LoggedChangeset));
  return { changesets, notes };
}

interface ListQuestion {
  readonly placeHolder: string;
  /** Shown if there are no changesets. */
  readonly none: string;
  /** In each row. */
  readonly buttons: readonly PickButton[];
  /** The last row. */
  readonly all: PressableItem;
}

interface ListedItem extends PressableItem {
  readonly chosen?: NamedChangeset | 'all';
}

async function pickListed(
  changesets: readonly NamedChangeset[],
  { placeHolder, none, buttons, all }: ListQuestion,
): Promise<{ readonly changeset: NamedChangeset | 'all'; readonly pressed: PickButton | undefined } | undefined> {
  if (changesets.length === 0) {
    showInfo(none);
    return undefined;
  }
  const items: ListedItem[] = [
    ...changesets.map(changeset => ({
      icon: 'git-commit',
      label: changeset.summary,
      description: [shortNode(changeset.node), ...changeset.bookmarks].join(' · '),
      detail: lineOf(changeset, changeset.summary),
      buttons,
      chosen: changeset,
    })),
    { label: '', isSeparator: true },
    { ...all, chosen: 'all' },
  ];
  const picked = await pickOrPress(items, { placeHolder });
  return picked?.item.chosen && { changeset: picked.item.chosen, pressed: picked.pressed };
}
