// The sentences of the commands that explain and report; loaded with them.
import { l10n } from 'vscode';

export const reportTexts = {
  diagnose: () => l10n.t('Diagnose Repository'),
  openRule: () => l10n.t('Open Rule'),
  whyIgnored: {
    noFile: () => l10n.t('Select a file to ask why it is ignored.'),
    outside: (name: string) => l10n.t('{0} is not in a Mercurial repository that Quicksilver shows.', name),
    notIgnored: (path: string) => l10n.t('{0} is not ignored.', path),
    byRule: (path: string, rule: string, file: string, line: number) =>
      l10n.t('{0} is ignored by "{1}" ({2}, line {3}).', path, rule, file, line),
    byFolder: (path: string, folder: string, rule: string, file: string, line: number) =>
      l10n.t('{0} is ignored because its folder {1} is, by "{2}" ({3}, line {4}).', path, folder, rule, file, line),
  },
  copyReport: () => l10n.t('Copy Report'),
  reportReady: (name: string) =>
    l10n.t('The report on {0} is open. It names files, and has nothing of what is in them.', name),
  doctorTitle: (name: string) => l10n.t('Doctor: {0}', name),
};
