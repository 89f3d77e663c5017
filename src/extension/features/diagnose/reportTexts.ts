// The sentences of the commands that explain and report; loaded with them.
import { l10n } from 'vscode';

export const reportTexts = {
  diagnose: () => l10n.t('Diagnose Repository'),
  openRule: () => l10n.t('Open Rule'),
  whyIgnored: {
    noFile: () => l10n.t('Select a file to see why it is ignored.'),
    outside: (name: string) => l10n.t("'{0}' is not in an open Mercurial repository.", name),
    notIgnored: (path: string) => l10n.t("'{0}' is not ignored.", path),
    byRule: (path: string, rule: string, file: string, line: number) =>
      l10n.t("'{0}' is ignored by '{1}' ({2}, line {3}).", path, rule, file, line),
    byFolder: (path: string, folder: string, rule: string, file: string, line: number) =>
      l10n.t(
        "'{0}' is ignored because its folder '{1}' is ignored by '{2}' ({3}, line {4}).",
        path,
        folder,
        rule,
        file,
        line,
      ),
  },
  copyReport: () => l10n.t('Copy Report'),
  reportReady: (name: string) =>
    l10n.t("Created a report on '{0}'. It contains file names but no file contents.", name),
  doctorTitle: (name: string) => l10n.t('Diagnosis of {0}', name),
};
