// The sentences and titles of the commands that compare, open and revert; see texts.ts for all others.
import { l10n } from 'vscode';
import { shortNode } from '../../common/changesetIds.ts';

export const changeTexts = {
  /** The title of a diff with the working file. */
  diff: (name: string, original: string, changeset: string) =>
    original === name
      ? l10n.t('{0} ({1} ↔ Working Copy)', name, shortNode(changeset))
      : l10n.t('{0} → {1} ({2} ↔ Working Copy)', original, name, shortNode(changeset)),
  /** The title of a diff between two revisions. */
  revisions: (name: string, from: string, to: string) => l10n.t('{0} ({1} ↔ {2})', name, from, to),
  index: () => l10n.t('Index'),
  staged: (name: string) => l10n.t('{0} (Staged)', name),
  version: (name: string, changeset: string) => l10n.t('{0} ({1})', name, shortNode(changeset)),
  removedVersion: (name: string, changeset: string) => l10n.t('{0} ({1}, Removed)', name, shortNode(changeset)),
  missingVersion: (name: string, changeset: string) => l10n.t('{0} ({1}, Missing)', name, shortNode(changeset)),
  allChanges: (repository: string, what: string) => l10n.t('{0}: {1}', repository, what),
  whichRevision: () => l10n.t('Compare with revision'),
  firstRevision: () => l10n.t('Base revision'),
  secondRevision: (first: string) => l10n.t("Revision to compare with '{0}'", first),
  sameFiles: (from: string, to: string) => l10n.t("No differences between '{0}' and '{1}'.", from, to),
  changeset: (node: string, summary: string) => l10n.t('{0}: {1}', node, summary),
  noFiles: (node: string) => l10n.t('{0} changes no files.', node),
  selectedFiles: () => l10n.t('Selected Files'),
  firstOfMany: (shown: number, total: number) => l10n.t('Opened the first {0} of {1} files.', shown, total),
  noFile: () => l10n.t('Select a file first.'),
  outside: (name: string) => l10n.t("'{0}' is not in an open Mercurial repository.", name),
  unchanged: (path: string) => l10n.t("'{0}' has no changes.", path),
  local: () => l10n.t('Local'),
  other: () => l10n.t('Other'),
  current: (name: string) => l10n.t('Current: {0}', name),
  incoming: (name: string) => l10n.t('Incoming: {0}', name),
  ancestor: () => l10n.t('ancestor'),
  conflictDiff: (name: string, side: string) => l10n.t('{0} ({1} ↔ Working Copy)', name, side),
  pathConflict: (path: string, renamedTo: string) =>
    l10n.t(
      "'{0}' is a file on one side of the merge and a folder on the other. The file was renamed to '{1}'.",
      path,
      renamedTo,
    ),
  bringsIn: (count: number, isComplete: boolean) =>
    isComplete ? l10n.t('{0} incoming changesets', count) : l10n.t('More than {0} incoming changesets', count),
  bringsInOne: () => l10n.t('1 incoming changeset'),
  firstParent: () => l10n.t('First parent'),
  secondParent: () => l10n.t('Second parent'),
  moreChangesets: (count: number) => l10n.t('… and {0} more', count),
  noConflict: (path: string) => l10n.t("'{0}' has no unresolved conflict.", path),
  notInParent: (path: string) => l10n.t("'{0}' does not exist in the parent revision.", path),
  linkTarget: (name: string) => l10n.t('{0} (Link Target)', name),
  noRegularFile: (path: string) => l10n.t("'{0}' is not a regular file.", path),
  notOnDisk: (path: string) => l10n.t("'{0}' does not exist in the working copy.", path),
  notReadable: (path: string) => l10n.t("Cannot open '{0}': the file name is not valid UTF-8.", path),
  noDifferenceHere: () => l10n.t('The selection contains no changed lines.'),
  tooDifferent: (path: string) => l10n.t("'{0}' has too many changed lines to revert a selection.", path),
};
