// Pulls changesets from another repository and pushes them there. The network is used only if the user asks for it. All
// other facts are computed without it.
import { l10n } from 'vscode';
import { modal } from '../../common/display.ts';
import type { HgFlag, HgOption } from '../../../hgCommand/hgCall.ts';
import { isNullNode } from '../../common/changesetIds.ts';
import { setting } from '../../common/settings.ts';
import { answersOf, confirm, type Answers } from '../../hg/presetAnswers.ts';
import { chooseBookmark, inRepository } from '../../pickers/namePicker.ts';
import { HgFailure, type HgEnded } from '../../hg/hgClient.ts';
import { showConflicts } from '../update/updateCommands.ts';
import { choosePath } from '../../pickers/remotePicker.ts';
import { findGiven, hasMoved } from '../../pickers/namedRevisions.ts';
import { pickChangeset } from '../../pickers/revisionPicker.ts';
import type { HgCommandRun, HgContext } from '../../hg/commandContext.ts';
import { showInfo } from '../../hg/notifications.ts';
import { nothingToPush } from './exchangeTexts.ts';
import { incoming, outgoing, showDrafts, type Exchange } from './changesetLists.ts';

export const exchangeCommands = {
  pull: (context, args) => exchange(context, args, pull),
  pullAndUpdate: (context, args) => exchange(context, args, pullAndUpdate),
  pullFrom: (context, args) => exchange(context, args, pull, true),
  push: (context, args) => exchange(context, args, pushByScope),
  pushTo: (context, args) => exchange(context, args, pushByScope, true),
  pushAll: (context, args) => exchange(context, args, each => push(each, [])),
  pushBranch: (context, args) => exchange(context, args, pushBranch),
  pushBookmark: (context, args) => exchange(context, args, pushBookmark),
  pushRevision: (context, args) => exchange(context, args, pushRevision),
  incoming: (context, args) => exchange(context, args, each => incoming(each, pull)),
  outgoing: (context, args) => exchange(context, args, each => outgoing(each, pushSome)),
  showDrafts: inRepository((...given) => showDrafts(...given, pushSome)),
} satisfies Readonly<Record<string, HgCommandRun>>;

async function exchange<T>(
  context: HgContext,
  args: readonly unknown[],
  work: (exchange: Exchange) => Promise<T>,
  asksWhere = false,
): Promise<T | undefined> {
  const { answers, rest } = answersOf(args);
  const repository = await context.repository(rest[0]);
  const path = repository && (await choosePath(context, repository, answers, asksWhere));
  return repository && path && work({ context, repository, path, answers });
}

async function pull({ context, repository, path, answers }: Exchange): Promise<boolean> {
  const revision = answers.text('revision');
  const { notes } = await context.hg.change(repository, {
    verb: 'pull',
    options: revision === undefined ? [] : [['--rev', revision]],
    operands: path.operands,
    title: l10n.t('Pulling…'),
    kind: 'network',
    // 1: with an update that finds conflicts, which is not asked for here, or when there was nothing.
    codes: [0, 1],
  });
  const added = addedIn(notes);
  showInfo(added === undefined ? l10n.t('No new changesets.') : pulledText(added));
  return added !== undefined;
}

/** Stays where it is if nothing came, or if another head of the branch did that is no descendant. */
async function pullAndUpdate(exchange: Exchange): Promise<void> {
  const { context, repository } = exchange;
  if (!(await pull(exchange)) && repository.model.head?.isBranchTip !== false) return;
  await context.hg.change(repository, {
    verb: 'update',
    settings: ['ui.merge=internal:merge'],
    title: l10n.t('Updating…'),
    // 1: there are conflicts with local changes.
    codes: [0, 1],
  });
  showConflicts(repository);
}

async function pushByScope(exchange: Exchange): Promise<boolean> {
  const { repository } = exchange;
  const scope = setting('pushScope', repository.rootUri);
  if (scope === 'all') return push(exchange, []);
  if (isNullNode(repository.model.head?.firstParent ?? '')) {
    showInfo(l10n.t('This repository has no commits yet.'));
    return false;
  }
  return push(exchange, [['--rev', '.']]);
}

async function pushBranch(exchange: Exchange): Promise<boolean> {
  const branch = exchange.answers.text('branch') ?? exchange.repository.model.head?.branch;
  return branch !== undefined && push(exchange, [['--branch', branch]]);
}

async function pushBookmark(exchange: Exchange): Promise<boolean> {
  const { context, repository, answers } = exchange;
  const chosen = await chooseBookmark(context, repository, answers, l10n.t('Select a bookmark to push'));
  if (chosen === undefined) return false;
  const { name, shownAt } = chosen;
  if (await hasMoved(context, repository, { kind: 'bookmark', name }, shownAt)) return false;
  return push(exchange, [['--bookmark', name]]);
}

async function pushRevision(exchange: Exchange): Promise<boolean> {
  const { context, repository, answers } = exchange;
  const placeHolder = l10n.t('Select a revision to push (with its ancestors)');
  const given = answers.text('revision');
  if (given !== undefined) {
    const found = await findGiven(context, repository, given);
    return found !== undefined && push(exchange, [['--rev', found.revision]]);
  }
  const chosen = await pickChangeset(context, repository, { placeHolder });
  if (chosen === undefined) return false;
  const { name, revision } = chosen;
  if (name !== undefined && (await hasMoved(context, repository, name, revision))) return false;
  return push(exchange, [['--rev', revision]]);
}

interface Added {
  readonly changesets: number;
  readonly heads: number;
}

/**
 * The numbers in the line that hg writes after an exchange; undefined without such a line.
 * @param notes without the output, where hooks may write such a line
 */
function addedIn(notes: string): Added | undefined {
  const found = /^(?:remote: )?added (\d+) changesets? .*?(?:\(\+(\d+) heads?\))?$/m.exec(notes);
  return found === null ? undefined : { changesets: Number(found[1]), heads: Number(found[2] ?? 0) };
}

function pulledText({ changesets, heads }: Added): string {
  const pulled = changesets === 1 ? l10n.t('Pulled 1 changeset.') : l10n.t('Pulled {0} changesets.', changesets);
  if (heads === 0) return pulled;
  return `${pulled} ${heads === 1 ? l10n.t('There is 1 new head.') : l10n.t('There are {0} new heads.', heads)}`;
}

function pushedText(added: Added | undefined): string {
  if (added === undefined) return l10n.t('Pushed.');
  return added.changesets === 1 ? l10n.t('Pushed 1 changeset.') : l10n.t('Pushed {0} changesets.', added.changesets);
}

/**
 * Pushes. Creates new heads and branches on the other side only if the user wants them. Resolves with true if something
 * was pushed.
 */
async function push(exchange: Exchange, what: readonly HgOption[]): Promise<boolean> {
  const { context, repository, path, answers } = exchange;
  const run = async (more: readonly HgFlag[]): Promise<HgEnded> =>
    context.hg.change(repository, {
      verb: 'push',
      options: [...what, ...more],
      operands: path.operands,
      title: l10n.t('Pushing…'),
      kind: 'network',
      // 1: there was nothing to push.
      codes: [0, 1],
    });
  const allowed: HgFlag[] = [];
  for (;;) {
    try {
      const { code, notes } = await run(allowed);
      const added = addedIn(notes);
      const nothing = code === 1 && added === undefined;
      showInfo(nothing ? nothingToPush(notes, l10n.t('No changesets to push.')) : pushedText(added));
      return code === 0;
    } catch (error) {
      const option = await chooseForce(error, answers);
      if (option === '') return false;
      if (option === 'pull') {
        await pull({ ...exchange, answers: answersOf([]).answers });
        return false;
      }
      if (option === undefined || allowed.includes(option)) throw error;
      allowed.push(option);
    }
  }
}

/** The option with which it would be pushed; '' if that is not meant; undefined if it failed for another reason. */
async function chooseForce(
  error: unknown,
  answers: Answers,
): Promise<'--new-branch' | '--force' | 'pull' | '' | undefined> {
  if (!(error instanceof HgFailure) || error.kind !== 'new-heads') return undefined;
  if (error.message.includes('new remote branch')) {
    const message = l10n.t('Create a new branch on the remote?');
    return (await confirm(answers, message, l10n.t('Push New Branch'), error.reason.split('\n'))) ? '--new-branch' : '';
  }
  if (answers.flag('confirmed')) return '--force';
  const message = l10n.t('Create a new head on the remote?');
  const detail = [l10n.t('To avoid it, pull and merge first.'), ...error.reason.split('\n')];
  const [pullFirst, newHead] = [l10n.t('Pull'), l10n.t('Push New Head')];
  const choice = await modal('warning', message, detail, pullFirst, newHead);
  return choice === newHead ? '--force' : choice === pullFirst ? 'pull' : '';
}

/** Pushes a changeset with its ancestors; without a node, all. */
async function pushSome(exchange: Exchange, node: string | undefined): Promise<void> {
  if (node === undefined) await pushByScope(exchange);
  else await push(exchange, [['--rev', node]]);
}
