// Texts about the working copy's parent and an unfinished operation, for the status bar and the input box.
import { l10n, type Uri } from 'vscode';
import { statusBarCommand, type Icon, type StatusBarCommand } from '../common/display.ts';
import type { Operation, Phase } from '../../base/repositoryState.ts';
import type { RepositoryHead } from '../../server/protocol.ts';
import { commandWith } from '../common/typedCommands.ts';
import { isNullNode, shortNode } from '../common/changesetIds.ts';
import type { RepositoryModel } from '../model/repositoryModel.ts';
import { texts } from './scmStrings.ts';

/** Lines, the repository's name first. */
export function statusBarTooltip(name: string, model: RepositoryModel, busy: boolean): string[] {
  const { head } = model;
  const say = texts.statusBar;
  if (head === undefined) return [say.unknownHead()];
  const lines = [say.branch(head.branch)];
  if (head.bookmark !== undefined) lines.push(say.bookmark(head.bookmark));
  if (head.topic !== undefined) lines.push(say.topic(head.topic));
  if (head.upstream !== undefined) lines.push(l10n.t('Upstream: {0}', head.upstream.name));
  lines.push(parentText(head));
  if (head.isObsolete) lines.push(l10n.t('The parent revision is obsolete'));
  if (head.isBranchTip === false) lines.push(l10n.t('Not at the tip of the branch'));
  if (head.closesBranch === true) lines.push(l10n.t('The parent revision closes its branch'));
  lines.push(changesText(model));
  if (busy) lines.push(say.busy());
  return [name, ...lines];
}

/**
 * The status bar's item about what is unfinished; undefined if nothing is.
 * @param root undefined if there is no command for it
 */
export function operationCommand(
  { head, unresolved, mergeState }: RepositoryModel,
  root: Uri | undefined,
): StatusBarCommand | undefined {
  if (head?.operation === undefined) return undefined;
  const conflicts: (string | Icon)[] = unresolved === 0 ? [] : [{ icon: 'warning' }, String(unresolved)];
  const tooltip = [operationName(head.operation)];
  if (mergeState?.problem !== undefined) tooltip.push(mergeState.problem.message);
  if (unresolved > 0) tooltip.push(l10n.t('Unresolved conflicts: {0}', unresolved));
  if (root !== undefined) tooltip.push(l10n.t('Click to continue or abort.'));
  return statusBarCommand(
    root === undefined ? SHOW_VIEW : commandWith('operationActions', '', root),
    [{ icon: 'git-merge' }, operationName(head.operation), ...conflicts],
    tooltip,
  );
}

export const SHOW_VIEW = { command: 'workbench.view.scm', title: '' };

/** The status bar's item for the number of changed files; undefined if there are none. */
export function changesCommand(model: RepositoryModel): StatusBarCommand | undefined {
  const count = model.changeCount;
  if (count === 0) return undefined;
  return statusBarCommand(SHOW_VIEW, [{ icon: 'edit' }, String(count)], changesText(model));
}

/** The status bar's item about what was not pushed; undefined if there is nothing, or nowhere to push to. */
export function draftsCommand({ head }: RepositoryModel, root: Uri): StatusBarCommand | undefined {
  const drafts = head?.drafts ?? 0;
  if (drafts === 0) return undefined;
  const said =
    drafts === 1
      ? l10n.t('1 unpushed changeset (draft). Click to show.')
      : l10n.t('{0} unpushed changesets (drafts). Click to show.', drafts);
  const parts = [{ icon: 'arrow-up' }, String(drafts)];
  return statusBarCommand(commandWith('showDrafts', '', root), parts, said);
}

/** Where a commit would go. VS Code puts the key in place of {0} by itself. */
export function inputPlaceholder(head: RepositoryHead | undefined): string {
  if (head === undefined) return '';
  const where = [head.branch, head.bookmark, head.topic].filter(name => name !== undefined).join(', ');
  return l10n.t("Message ({0} to commit on '{1}')", '{0}', where);
}

export function operationName(operation: Operation): string {
  switch (operation) {
    case 'histedit':
      return l10n.t('Editing History');
    case 'rebase':
      return l10n.t('Rebasing');
    case 'graft':
      return l10n.t('Grafting');
    case 'unshelve':
      return l10n.t('Unshelving');
    case 'transplant':
      return l10n.t('Transplanting');
    case 'bisect':
      return l10n.t('Bisecting');
    case 'update':
      return l10n.t('Interrupted Update');
    case 'merge':
      return l10n.t('Merging');
    case 'cherryPick':
      return l10n.t('Cherry-Picking');
    case 'revert':
      return l10n.t('Reverting');
    case 'applyPatches':
      return l10n.t('Applying Patches');
  }
}

function changesText({ counts, renames }: RepositoryModel): string {
  const { modified, added, removed, deleted, unknown } = counts;
  const text = texts.statusBar.changes(modified, added - renames, removed - renames, deleted, unknown);
  return renames === 0 ? text : `${text}, ${texts.statusBar.renamed(renames)}`;
}

function parentText({ firstParent, secondParent, phase }: RepositoryHead): string {
  const parent = isNullNode(firstParent) ? l10n.t('no revision') : shortNode(firstParent);
  const both = isNullNode(secondParent) ? parent : `${parent} + ${shortNode(secondParent)}`;
  return phase === undefined ? texts.statusBar.parent(both) : l10n.t('Parent: {0} ({1})', both, phaseName(phase));
}

function phaseName(phase: Phase): string {
  switch (phase) {
    case 'public':
      return l10n.t('public');
    case 'draft':
      return l10n.t('draft');
    case 'secret':
      return l10n.t('secret');
    case 'archived':
      return l10n.t('archived');
    case 'internal':
      return l10n.t('internal');
  }
}
