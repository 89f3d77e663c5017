// The row that explains why commands cannot run. Loaded when there is such a reason.
import { l10n, ThemeColor, ThemeIcon, type SourceControlResourceState } from 'vscode';
import { commandWith } from '../common/typedCommands.ts';
import { createNoticeRow } from '../scm/sourceControlRows.ts';

export type HgObstacle = 'missing' | 'untrusted';

/** A click leads to where the user can change that. */
export function createHgNotice(obstacle: HgObstacle): SourceControlResourceState {
  if (obstacle === 'untrusted') {
    return createNoticeRow(
      l10n.t('Restricted Mode: read-only'),
      l10n.t('Trust the workspace to commit, update, pull or push. Click to manage trust.'),
      new ThemeIcon('shield'),
      commandWith('trustWorkspace', l10n.t('Trust')),
    );
  }
  return createNoticeRow(
    l10n.t('Mercurial (hg) was not found'),
    l10n.t('Install Mercurial or set its path to commit, update, pull or push. Click to set the path.'),
    new ThemeIcon('warning', new ThemeColor('problemsWarningIcon.foreground')),
    commandWith('setHgPath', l10n.t('Open Settings')),
  );
}
