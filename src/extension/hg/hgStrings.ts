// Texts about commits, and texts that several commands of hg show. Other texts stay in the file that shows them.
// Messages of hg itself are shown unchanged.
import { l10n } from 'vscode';
import { shortNode } from '../common/changesetIds.ts';
import type { FailureKind } from '../../hgCommand/hgErrors.ts';

/** 'unavailable': there is no hg, or it may not run. 'cancelled': by the user. 'stopped': it died, or was killed. */
export type HgFailureKind = FailureKind | 'unavailable' | 'cancelled' | 'stopped';

/** Texts in front of hg's message, or in place of it. */
const failures: Partial<Readonly<Record<HgFailureKind, (message: string) => string>>> & {
  readonly other: (message: string) => string;
} = {
  hook: message => l10n.t('Rejected by a hook: {0}', message),
  'no-space': message => l10n.t('No space left on disk: {0}', message),
  'no-username': () => l10n.t('No user name configured. Mercurial needs one for each commit.'),
  authentication: message => l10n.t('Access denied: {0}', message),
  // These are whole sentences of our own.
  unavailable: message => message,
  stopped: message => message,
  other: message => l10n.t('Mercurial: {0}', message),
};

export const hgTexts = {
  notTrusted: () => l10n.t('Trust the workspace to run Mercurial commands.'),
  openSettings: () => l10n.t('Open Settings'),
  setUserName: () => l10n.t('Set User Name…'),
  showOutput: () => l10n.t('Show Output'),
  unfinished: () => l10n.t('Continue or Abort…'),
  more: (count: number) => l10n.t('… and {0} more', count),
  retry: () => l10n.t('Try Again'),
  exitCode: (code: number) => l10n.t('hg exited with code {0}.', code),
  locked: (name: string, holder: string | undefined) =>
    holder === undefined
      ? l10n.t("The repository '{0}' is locked by another program.", name)
      : l10n.t("The repository '{0}' is locked by process {1}.", name, holder.replace(/^.*:/, '')),
  failure: (kind: HgFailureKind, message: string) => (failures[kind] ?? failures.other)(message),
  recovery: {
    abandoned: (name: string) =>
      l10n.t("An interrupted command left an unfinished transaction in '{0}'. Recover the repository first.", name),
    recover: () => l10n.t('Recover'),
    recovering: () => l10n.t('Recovering…'),
  },
  ask: {
    password: () => l10n.t('Password'),
    choice: () => l10n.t('Question from Mercurial'),
    preset: () => l10n.t('default'),
  },
  undo: {
    title: () => l10n.t('Undoing last commit…'),
    public: (node: string) =>
      l10n.t(
        "Cannot undo {0}: the commit has already been shared (public phase). Use 'hg backout' instead.",
        shortNode(node),
      ),
    children: (node: string) => l10n.t('Cannot undo {0}: the commit has descendants.', shortNode(node)),
    which: () => l10n.t('The last commit was amended. Select what to undo'),
    amend: () => l10n.t('Undo Amend'),
    amendDetail: () => l10n.t('Restore the commit. The amended changes return to the working copy.'),
    commit: () => l10n.t('Undo Commit'),
    commitDetail: () => l10n.t('All changes return to the working copy.'),
  },
  commit: {
    title: () => l10n.t('Committing…'),
    amending: () => l10n.t('Amending…'),
    adding: () => l10n.t('Adding files…'),
    removing: () => l10n.t('Removing files…'),
    messagePrompt: (branch: string) => l10n.t("Commit message on '{0}'", branch),
    nothing: () => l10n.t('There are no changes to commit.'),
    nothingIncluded: () => l10n.t('No changes are included. Include files with +, or commit all.'),
    nothingToAmend: () => l10n.t('Nothing to amend: no changes, and the same message.'),
    unresolved: (count: number) =>
      count === 1
        ? l10n.t('Resolve the conflict before committing.')
        : l10n.t('Resolve {0} conflicts before committing.', count),
    showConflicts: () => l10n.t('Show Conflicts'),
    mergeIsWhole: () => l10n.t('Mercurial cannot commit part of a merge. Commit all changes?'),
    commitAll: () => l10n.t('Commit All Changes'),
    offer: (missing: readonly string[], untracked: readonly string[]) => {
      if (missing.length > 0 && untracked.length > 0) return l10n.t('Commit missing and untracked files, too?');
      if (missing.length === 1) return l10n.t("'{0}' no longer exists. Commit its removal?", missing[0]!);
      if (missing.length > 1) return l10n.t('{0} files no longer exist. Commit their removal?', missing.length);
      return untracked.length === 1
        ? l10n.t("Add the untracked file '{0}'?", untracked[0]!)
        : l10n.t('Add {0} untracked files?', untracked.length);
    },
    choices: {
      all: (hasMissing: boolean, hasUntracked: boolean) => {
        if (!hasMissing) return l10n.t('Add and Commit');
        return hasUntracked ? l10n.t('Add, Remove and Commit') : l10n.t('Remove and Commit');
      },
      tracked: () => l10n.t('Commit Tracked Only'),
      without: (hasMissing: boolean) => (hasMissing ? l10n.t('Leave Out') : l10n.t('Commit Tracked Only')),
      never: (hasMissing: boolean) =>
        hasMissing ? l10n.t("Never Remove (Don't Ask Again)") : l10n.t("Never Add (Don't Ask Again)"),
    },
    parts: () => l10n.t('Commit the subrepositories, too?'),
    partsDetail: (reason: string) => l10n.t('Mercurial: {0}. They are committed first, with the same message.', reason),
    commitParts: () => l10n.t('Commit with Subrepositories'),
    unsaved: (count: number, name: string) =>
      count === 1
        ? l10n.t("'{0}' has unsaved changes. Save before committing?", name)
        : l10n.t('{0} files have unsaved changes. Save before committing?', count),
    saveAndCommit: () => l10n.t('Save All and Commit'),
    commitSaved: () => l10n.t('Commit Saved Changes'),
    notAvailable: (name: string) => l10n.t("Cannot commit: the status of '{0}' is unavailable.", name),
    publicParent: () => l10n.t('Cannot amend: the last commit has already been shared (public phase).'),
    noParent: () => l10n.t('This repository has no commits yet.'),
  },
};
