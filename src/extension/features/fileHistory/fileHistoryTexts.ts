// The words of the view File History.
import { l10n } from 'vscode';
import type { HistorySubject } from './historySubject.ts';

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

export const historyTexts = {
  subject: ({ path, lines, repository }: HistorySubject): string => {
    const name = path === '' ? repository.name : nameOf(path);
    if (lines === undefined) return name;
    const [first, last] = [lines.first + 1, lines.end];
    return first === last ? l10n.t('{0}, line {1}', name, first) : l10n.t('{0}, lines {1}–{2}', name, first, last);
  },
  reading: () => l10n.t('Reading history…'),
  more: () => l10n.t('Load More'),
  removed: () => l10n.t('removed'),
  none: ({ path, lines }: HistorySubject) =>
    lines === undefined ? l10n.t("'{0}' has no history.", path) : l10n.t('These lines are not committed yet.'),
  noFile: () => l10n.t('Open a file of a repository to see its history.'),
  noFolder: () => l10n.t('Select a folder of a repository to see its history.'),
  twoVersions: () => l10n.t('Select two versions in the file history with Ctrl+click.'),
  compared: (name: string, from: string, to: string) => l10n.t('{0} ({1} ↔ {2})', nameOf(name), from, to),
  working: (name: string, node: string) => l10n.t('{0} ({1} ↔ Working Copy)', nameOf(name), node),
  version: (name: string, node: string) => l10n.t('{0} ({1})', nameOf(name), node),
  revertQuestion: (name: string, node: string) => l10n.t("Revert '{0}' to {1}?", nameOf(name), node),
  revertDetail: () => l10n.t("A backup of a modified file is kept as '.orig'."),
  revert: () => l10n.t('Revert'),
  reverting: () => l10n.t('Reverting file…'),
};
