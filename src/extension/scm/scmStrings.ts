// The sentences that the extension shows without any command: of the view, the status bar and the rows.
import { l10n } from 'vscode';
import type { SystemKind } from '../../base/repositoryState.ts';
import { shortRevision } from '../common/changesetIds.ts';
import type { GroupId, ShownStatus } from '../model/statusPresentation.ts';
import type { SubrepositoryStatus } from '../model/subrepositoryStatus.ts';

/** Translated once each: rows are made by the thousand. */
const statusTexts = new Map<ShownStatus, string>();

/** The tooltip of a file, also for screen readers. */
export function statusText(status: ShownStatus): string {
  let text = statusTexts.get(status);
  if (text === undefined) {
    text = translatedStatus(status);
    statusTexts.set(status, text);
  }
  return text;
}

function translatedStatus(status: ShownStatus): string {
  switch (status) {
    case 'modified':
      return l10n.t('Modified');
    case 'added':
      return l10n.t('Added');
    case 'renamed':
      return l10n.t('Renamed');
    case 'copied':
      return l10n.t('Copied');
    case 'removed':
      return l10n.t('Removed');
    case 'deleted':
      return l10n.t('Missing');
    case 'unknown':
      return l10n.t('Untracked');
    case 'ignored':
      return l10n.t('Ignored');
    case 'conflict':
      return l10n.t('Conflict');
    case 'subrepository':
      return l10n.t('Subrepository with changes');
  }
}

/** Returns the tooltip of a row. `source` is the file that it was copied or renamed from. */
export function rowTooltip(
  status: ShownStatus,
  source: string | undefined,
  path: string,
  isNameReadable: boolean,
): string {
  const text =
    source === undefined || (status !== 'renamed' && status !== 'copied')
      ? statusText(status)
      : status === 'renamed'
        ? l10n.t('Renamed: {0} → {1}', source, path)
        : l10n.t('Copied: {0} → {1}', source, path);
  return isNameReadable ? text : l10n.t('{0} (file name is not valid UTF-8)', text);
}

/** The label of a group, with counts when it does not show everything. */
export function groupLabel(group: GroupId, shown: number, total: number): string {
  const label = groupName(group);
  return shown === total ? label : l10n.t('{0} ({1} of {2})', label, shown, total);
}

function groupName(group: GroupId): string {
  switch (group) {
    case 'conflicts':
      return l10n.t('Conflicts');
    case 'resolved':
      return l10n.t('Resolved');
    case 'staged':
      return l10n.t('Staged Changes');
    case 'included':
      return l10n.t('Included');
    case 'changes':
      return l10n.t('Changes');
    case 'subrepositories':
      return l10n.t('Subrepositories');
    case 'untracked':
      return l10n.t('Untracked');
  }
}

/** Tooltip of the row of a subrepository: how it stands. Revisions are shortened where they are Mercurial's. */
export function subrepositoryTooltip({ kind, state, hasChanges, recorded, current }: SubrepositoryStatus): string {
  const then = recorded === undefined ? undefined : shortRevision(recorded);
  if (state === 'unread') {
    const system = { hg: 'Mercurial', git: 'Git', svn: 'Subversion', other: undefined }[kind];
    const name = system === undefined ? l10n.t('Subrepository') : l10n.t('{0} subrepository', system);
    return then === undefined
      ? l10n.t('{0}, status not available', name)
      : l10n.t('{0}, recorded at {1}, status not available', name, then);
  }
  const parts: string[] = [];
  if (state === 'absent') parts.push(l10n.t('not cloned'));
  if (hasChanges) parts.push(l10n.t('uncommitted changes'));
  if (current !== undefined && current !== recorded) parts.push(l10n.t('at {0}', shortRevision(current)));
  if (current !== recorded)
    parts.push(then === undefined ? l10n.t('not recorded yet') : l10n.t('recorded at {0}', then));
  return l10n.t('Subrepository: {0}', parts.join(', '));
}

export const SYSTEM_NAMES: Readonly<Record<SystemKind, string>> = { hg: 'Mercurial', git: 'Git', bzr: 'Bazaar' };

export const texts = {
  /** The label of a repository; `outer` names the one that it is a part of. */
  sourceControlLabel: (system: SystemKind, outer: string | undefined) =>
    outer === undefined ? SYSTEM_NAMES[system] : l10n.t('{0}, part of {1}', SYSTEM_NAMES[system], outer),
  open: () => l10n.t('Open'),
  commit: () => l10n.t('Commit'),
  conflict: {
    content: () => l10n.t('Conflict: changed on both sides'),
    deletedOn: (side: string) => l10n.t('Conflict: deleted on one side ({0}), changed on the other', side),
    path: (renamedTo: string) =>
      l10n.t("Conflict: a file on one side, a folder on the other. The file was renamed to '{0}'", renamedTo),
  },
  parentLabel: () => l10n.t('parent revision'),
  problemGroup: () => l10n.t('Status Unavailable'),
  programGroup: (program: string) => l10n.t('Status Provided by {0}', program),
  noticeGroup: () => l10n.t('Commands Unavailable'),
  statusFrom: (program: string) => l10n.t('The status comes from {0}', program),
  /** Labels of rows: short, without '/', which would split them. */
  problemLabel: (code: string): string => {
    switch (code) {
      case 'unsupported':
        return l10n.t('This repository is not supported');
      case 'corrupt':
        return l10n.t('The repository is damaged');
      case 'invalid-config':
        return l10n.t('A configuration file has an error');
      default:
        return l10n.t('The status cannot be read');
    }
  },
  statusBy: (reason: string, program: string) => l10n.t('{0} The status comes from {1} (slower).', reason, program),
  needsTrust: (reason: string) => l10n.t('{0} Trust the workspace to see its status.', reason),
  leftOut: (name: string, shown: number, total: number) =>
    l10n.t(
      "{0}: showing the first {1} of {2} files in a group. Change the limit with 'quicksilver.statusLimit'.",
      name,
      shown,
      total,
    ),
  scanning: (name: string) => l10n.t("Scanning '{0}'", name),
  statusBar: {
    branch: (name: string) => l10n.t('Branch: {0}', name),
    bookmark: (name: string) => l10n.t('Bookmark: {0}', name),
    topic: (name: string) => l10n.t('Topic: {0}', name),
    parent: (node: string) => l10n.t('Parent: {0}', node),
    changes: (modified: number, added: number, removed: number, missing: number, untracked: number) =>
      l10n.t(
        '{0} modified, {1} added, {2} removed, {3} missing, {4} untracked',
        modified,
        added,
        removed,
        missing,
        untracked,
      ),
    renamed: (count: number) => l10n.t('{0} renamed', count),
    busy: () => l10n.t('Scanning…'),
    update: () => l10n.t('Click to update to another revision.'),
    unknownHead: () => l10n.t('Branch not available yet'),
  },
  engineDied: () => l10n.t("Quicksilver's engine stopped unexpectedly and was restarted."),
  engineDown: (reason: string) => l10n.t("Quicksilver's engine is not running: {0}", reason),
  showOutput: () => l10n.t('Show Output'),
  failed: (what: string) => l10n.t('Quicksilver: {0}', what),
};
