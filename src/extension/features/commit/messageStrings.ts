// Texts about commit messages.
import { l10n } from 'vscode';
import type { MessageProblem } from './messageChecks.ts';

export const messageTexts = {
  doubts: () => l10n.t('Commit with this message?'),
  anyway: () => l10n.t('Commit Anyway'),
  problem: ({ kind, number, length, limit }: MessageProblem) => {
    switch (kind) {
      case 'second-line':
        return l10n.t('The second line of the message must be blank.');
      case 'subject':
        return l10n.t('The subject line has {0} characters (limit: {1}).', length, limit);
      case 'line':
        return l10n.t('Line {0} has {1} characters (limit: {2}).', number, length, limit);
    }
  },
  help: () => l10n.t("Enter commit message. Lines beginning with 'HG:' are removed."),
  helpEnd: () => l10n.t('Use the buttons above, or save and close the editor. An empty message aborts the commit.'),
  branch: (name: string) => l10n.t('Branch: {0}', name),
  merge: () => l10n.t('Branch merge'),
  bookmark: (name: string) => l10n.t('Bookmark: {0}', name),
  pick: () => l10n.t('Select a message to reuse'),
};
