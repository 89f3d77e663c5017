// Commands about the next commit and the last one.
import { and, canChangeRepository, canRunHg, groupIs, is, isFile, isNot, on } from '../clauses.ts';
import { command, hgCommand, isIdle } from '../commandEntry.ts';

export const commitCommands = {
  commit: hgCommand({
    title: 'Commit',
    icon: 'check',
    palette: canChangeRepository,
    menus: [
      ['scm/title', 'navigation@-1', canRunHg],
      ['quicksilver.commit', '1_commit@1'],
    ],
  }),
  commitAll: hgCommand({
    title: 'Commit All',
    palette: canChangeRepository,
    menus: [['quicksilver.commit', '1_commit@3']],
  }),
  commitIncluded: hgCommand({
    title: 'Commit Included',
    palette: canChangeRepository,
    menus: [['quicksilver.commit', '1_commit@2']],
  }),
  commitAmendKeepMessage: hgCommand({
    title: 'Amend Last Commit (Keep Message)',
    palette: canChangeRepository,
    menus: [['quicksilver.commit', '2_amend@2']],
  }),
  commitAmendEditMessage: hgCommand({
    title: 'Amend Last Commit (Edit Message…)',
    palette: canChangeRepository,
    menus: [['quicksilver.commit', '2_amend@3']],
  }),
  commitCloseBranch: hgCommand({
    title: 'Commit and Close Branch',
    palette: canChangeRepository,
    menus: [
      ['quicksilver.commit', '1_commit@4'],
      ['quicksilver.branches', '2_branch@2'],
    ],
  }),
  commitAndPush: hgCommand({
    title: 'Commit and Push',
    palette: canChangeRepository,
    menus: [['quicksilver.commit', '1_commit@5']],
  }),
  editCommitMessage: hgCommand({
    title: 'Edit Commit Message in Editor',
    icon: 'edit',
    palette: canChangeRepository,
    menus: [['quicksilver.commit', '3_message@1']],
  }),
  commitMessageAccept: command({
    title: 'Commit',
    icon: 'check',
    palette: is('editorLangId', 'hg-commit'),
    menus: [['editor/title', 'navigation@1', is('editorLangId', 'hg-commit')]],
  }),
  commitMessageDiscard: command({
    title: 'Cancel Commit',
    icon: 'discard',
    palette: is('editorLangId', 'hg-commit'),
    menus: [['editor/title', 'navigation@2', is('editorLangId', 'hg-commit')]],
  }),
  recentCommitMessages: command({
    title: 'Recent Commit Messages…',
    icon: 'history',
    palette: canChangeRepository,
    menus: [['quicksilver.commit', '3_message@2']],
  }),
  undoCommit: hgCommand({
    title: 'Undo Last Commit',
    icon: 'discard',
    palette: canChangeRepository,
    menus: [['quicksilver.commit', '2_amend@4']],
  }),
  include: command({
    title: 'Include in Commit',
    icon: 'add',
    enablement: isIdle,
    palette: and(canChangeRepository, isFile, on('quicksilver.activeFile'), isNot('quicksilver.activeFile', 'clean')),
    menus: [
      ['scm/resourceState/context', 'inline@3', and(canRunHg, groupIs('changes', 'untracked', 'resolved'))],
      ['scm/resourceState/context', '1_modification@1', and(canRunHg, groupIs('changes', 'untracked', 'resolved'))],
      ['scm/resourceFolder/context', 'inline@3', and(canRunHg, groupIs('changes', 'untracked', 'resolved'))],
      ['scm/resourceFolder/context', '1_modification@1', and(canRunHg, groupIs('changes', 'untracked', 'resolved'))],
      ['quicksilver.explorer', '3_files@0', canRunHg],
    ],
  }),
  includeAll: command({
    title: 'Include All Changes',
    icon: 'add',
    enablement: isIdle,
    palette: canChangeRepository,
    menus: [
      ['scm/resourceGroup/context', 'inline@3', and(canRunHg, groupIs('changes', 'untracked', 'resolved'))],
      ['scm/resourceGroup/context', '1_modification@1', and(canRunHg, groupIs('changes', 'untracked', 'resolved'))],
      ['quicksilver.commit', '4_include@1'],
    ],
  }),
  exclude: command({
    title: 'Exclude from Commit',
    icon: 'remove',
    enablement: isIdle,
    palette: and(canChangeRepository, isFile, on('quicksilver.activeFile'), isNot('quicksilver.activeFile', 'clean')),
    menus: [
      ['scm/resourceState/context', 'inline@3', groupIs('included')],
      ['scm/resourceState/context', '1_modification@1', groupIs('included')],
      ['scm/resourceFolder/context', 'inline@3', groupIs('included')],
      ['scm/resourceFolder/context', '1_modification@1', groupIs('included')],
    ],
  }),
  excludeAll: command({
    title: 'Exclude All Changes',
    icon: 'remove',
    enablement: isIdle,
    palette: canChangeRepository,
    menus: [
      ['scm/resourceGroup/context', 'inline@3', groupIs('included')],
      ['scm/resourceGroup/context', '1_modification@1', groupIs('included')],
      ['quicksilver.commit', '4_include@2'],
    ],
  }),
};
