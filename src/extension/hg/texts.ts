// Sentences about commits, and those that more than one command of hg shows; others stand where they are said. What hg itself says is
// shown as it says it.
import { l10n } from 'vscode';
import { shortNode } from '../contentAddress.ts';
import type { HgFailure } from './hg.ts';
import type { MessageProblem } from './messageChecks.ts';

/** What is said before what hg says, or instead of it. */
const failures: Partial<Readonly<Record<HgFailure['kind'], (message: string) => string>>> & {
  readonly other: (message: string) => string;
} = {
  hook: message => l10n.t('A hook has refused this: {0}', message),
  'no-space': message => l10n.t('There is no space left on the disk: {0}', message),
  'no-username': () =>
    l10n.t('Mercurial does not know your name: set "username" in the section [ui] of your configuration file.'),
  authentication: message => l10n.t('The other side has refused you: {0}', message),
  // These are whole sentences of our own.
  unavailable: message => message,
  stopped: message => message,
  other: message => l10n.t('Mercurial: {0}', message),
};

export const hgTexts = {
  notTrusted: () => l10n.t('Mercurial commands run only in a workspace that you trust.'),
  openSettings: () => l10n.t('Open Settings'),
  showOutput: () => l10n.t('Show Output'),
  unfinished: () => l10n.t('Continue or Abort…'),
  more: (count: number) => l10n.t('… and {0} more', count),
  retry: () => l10n.t('Try Again'),
  exitCode: (code: number) => l10n.t('hg ended with exit code {0}.', code),
  locked: (name: string, holder: string | undefined) =>
    holder === undefined
      ? l10n.t('Another program is changing the repository {0}. Nothing was done.', name)
      : l10n.t(
          'Another program (process {1}) is changing the repository {0}. Nothing was done.',
          name,
          holder.replace(/^.*:/, ''),
        ),
  failure: (kind: HgFailure['kind'], message: string) => (failures[kind] ?? failures.other)(message),
  recovery: {
    abandoned: (name: string) =>
      l10n.t(
        'A command was cut off in the middle of writing to the repository {0}. What it wrote has to be taken back first.',
        name,
      ),
    recover: () => l10n.t('Recover'),
    recovering: () => l10n.t('Recovering…'),
  },
  ask: {
    password: () => l10n.t('Password'),
    choice: () => l10n.t('Mercurial asks'),
    preset: () => l10n.t('default'),
  },
  message: {
    doubts: () => l10n.t('Commit with this message?'),
    anyway: () => l10n.t('Commit Anyway'),
    problem: ({ kind, number, length, limit }: MessageProblem) => {
      switch (kind) {
        case 'second-line':
          return l10n.t('The second line of the message is not empty.');
        case 'subject':
          return l10n.t('The first line of the message has {0} characters, and {1} are the limit.', length, limit);
        case 'line':
          return l10n.t('Line {0} of the message has {1} characters, and {2} are the limit.', number, length, limit);
      }
    },
    help: () => l10n.t('Write a message for the commit. Lines that begin with "HG:" are left out.'),
    helpEnd: () =>
      l10n.t('Accept it with the button above, or save it and close the editor. An empty message ends it.'),
    branch: (name: string) => l10n.t('Branch: {0}', name),
    bookmark: (name: string) => l10n.t('Bookmark: {0}', name),
    pick: () => l10n.t('Choose a message to use again'),
  },
  undo: {
    title: () => l10n.t('Undoing the last commit…'),
    public: (node: string) =>
      l10n.t(
        'The last commit ({0}) is public: others may have it already. It is not taken back; "hg backout" makes a commit that undoes it.',
        shortNode(node),
      ),
    children: (node: string) =>
      l10n.t('Other changesets are built on the last commit ({0}). It is not taken back.', shortNode(node)),
    which: () => l10n.t('The last commit was amended. What is to be undone?'),
    amend: () => l10n.t('The Amend'),
    amendDetail: () => l10n.t('The commit is as it was before; what was added to it is in the working copy again.'),
    commit: () => l10n.t('The Commit'),
    commitDetail: () => l10n.t('All its changes are in the working copy again.'),
  },
  commit: {
    title: () => l10n.t('Committing…'),
    amending: () => l10n.t('Amending…'),
    adding: () => l10n.t('Adding files…'),
    removing: () => l10n.t('Removing files…'),
    messagePrompt: (branch: string) => l10n.t('Message of the commit on “{0}”', branch),
    nothing: () => l10n.t('There are no changes to commit.'),
    nothingIncluded: () => l10n.t('No changes are included. Include some with the + beside them, or commit all.'),
    nothingToAmend: () => l10n.t('There is nothing to amend: no changes, and the message is the same.'),
    unresolved: (count: number) =>
      count === 1
        ? l10n.t('A conflict is not resolved yet. Resolve it, then commit.')
        : l10n.t('{0} conflicts are not resolved yet. Resolve them, then commit.', count),
    showConflicts: () => l10n.t('Show Conflicts'),
    mergeIsWhole: () =>
      l10n.t('Mercurial commits a merge as a whole: not only the included files, but all changes would be committed.'),
    commitAll: () => l10n.t('Commit All Changes'),
    offer: (missing: readonly string[], untracked: readonly string[]) => {
      if (missing.length > 0 && untracked.length > 0) return l10n.t('Commit missing and untracked files, too?');
      if (missing.length === 1) return l10n.t('{0} no longer exists. Commit its removal?', missing[0]!);
      if (missing.length > 1) return l10n.t('{0} files no longer exist. Commit their removal?', missing.length);
      return untracked.length === 1
        ? l10n.t('Add the untracked file {0}?', untracked[0]!)
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
    unsaved: (count: number, name: string) =>
      count === 1
        ? l10n.t('{0} has changes that are not saved. Save them before committing?', name)
        : l10n.t('{0} files have changes that are not saved. Save them before committing?', count),
    saveAndCommit: () => l10n.t('Save All and Commit'),
    commitSaved: () => l10n.t('Commit What Is Saved'),
    notAvailable: (name: string) => l10n.t('The state of {0} is not known: nothing can be committed.', name),
    publicParent: () => l10n.t('The last commit is public: others may have it already, so it is not changed any more.'),
    noParent: () => l10n.t('There is no commit yet.'),
  },
};
