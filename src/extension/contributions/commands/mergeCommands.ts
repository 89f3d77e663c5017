// Commands that update and merge, and those about branches, bookmarks, tags and unfinished operations.
import type { Uri } from 'vscode';
import {
  activeFileIs,
  and,
  canChangeActiveFile,
  canChangeRepository,
  canRunHg,
  groupIs,
  hasRepository,
  is,
  isEnabled,
  isFile,
  isIn,
  never,
  off,
  on,
  or,
} from '../clauses.ts';
import { command, hgCommand, internalCommand, isIdle } from '../commandEntry.ts';

export const mergeCommands = {
  update: hgCommand({
    title: 'Update to…',
    icon: 'git-branch',
    palette: canChangeRepository,
    menus: [
      ['scm/title', '1_header@3', canRunHg],
      ['quicksilver.branches', '1_move@1'],
    ],
  }),
  mergeWith: hgCommand({
    title: 'Merge with…',
    icon: 'git-merge',
    palette: canChangeRepository,
    menus: [['quicksilver.branches', '1_move@2']],
  }),
  graft: hgCommand({
    title: 'Graft…',
    icon: 'git-commit',
    palette: canChangeRepository,
    menus: [['quicksilver.branches', '1_move@3']],
  }),
  newBranch: hgCommand({
    title: 'New Branch…',
    palette: canChangeRepository,
    menus: [['quicksilver.branches', '2_branch@1']],
  }),
  markResolved: hgCommand({
    title: 'Mark as Resolved',
    icon: 'pass',
    key: {
      key: 'ctrl+enter',
      mac: 'cmd+enter',
      when: or(
        and(on('isMergeEditor'), canRunHg, activeFileIs('conflict')),
        // A click on "Accept Incoming" and the like takes the focus from the merge editor, and gives it to nothing.
        and(is('activeEditor', 'mergeEditor'), off('inputFocus'), off('listFocus'), canRunHg, activeFileIs('conflict')),
      ),
    },
    palette: canChangeActiveFile('conflict'),
    menus: [
      ['scm/resourceState/context', 'inline@2', and(canRunHg, groupIs('conflicts'))],
      ['scm/resourceState/context', '1_modification@2', and(canRunHg, groupIs('conflicts'))],
      ['scm/resourceGroup/context', 'inline@2', and(canRunHg, groupIs('conflicts'))],
      ['scm/resourceGroup/context', '1_modification@2', and(canRunHg, groupIs('conflicts'))],
      ['editor/title', 'navigation@-0.8', and(isEnabled, canRunHg, isFile, activeFileIs('conflict'))],
      ['scm/resourceFolder/context', 'inline@2', and(canRunHg, groupIs('conflicts'))],
      ['scm/resourceFolder/context', '1_modification@2', and(canRunHg, groupIs('conflicts'))],
    ],
  }),
  markUnresolved: hgCommand({
    title: 'Mark as Unresolved',
    icon: 'circle-slash',
    palette: never,
    menus: [
      ['scm/resourceState/context', '1_modification@5', and(canRunHg, groupIs('resolved'))],
      ['scm/resourceGroup/context', '1_modification@5', and(canRunHg, groupIs('resolved'))],
      ['scm/resourceFolder/context', '1_modification@5', and(canRunHg, groupIs('resolved'))],
    ],
  }),
  mergeAgain: hgCommand({
    title: 'Restart File Merge',
    palette: and(canChangeRepository, on('quicksilver.operation'), on('quicksilver.activeFile')),
    menus: [
      ['scm/resourceState/context', '1_modification@4', and(canRunHg, groupIs('conflicts', 'resolved'))],
      ['scm/resourceGroup/context', '1_modification@4', and(canRunHg, groupIs('conflicts', 'resolved'))],
      ['scm/resourceFolder/context', '1_modification@4', and(canRunHg, groupIs('conflicts', 'resolved'))],
    ],
  }),
  continueOperation: hgCommand({
    title: 'Continue',
    icon: 'debug-continue',
    palette: and(canChangeRepository, on('quicksilver.operation')),
    menus: [
      ['view/title', 'navigation@1', and(is('view', 'quicksilver.merge'), canRunHg)],
      ['scm/title', 'navigation@-3', and(canRunHg, isIn('scmProviderRootUri', 'quicksilver.unfinishedRoots'))],
      ['quicksilver.branches', '3_operation@1', on('quicksilver.operation')],
    ],
  }),
  abortOperation: hgCommand({
    title: 'Abort',
    icon: 'close',
    palette: and(canChangeRepository, on('quicksilver.operation')),
    menus: [
      ['view/title', 'navigation@2', and(is('view', 'quicksilver.merge'), canRunHg)],
      ['scm/title', 'navigation@-2', and(canRunHg, isIn('scmProviderRootUri', 'quicksilver.unfinishedRoots'))],
      ['quicksilver.branches', '3_operation@2', on('quicksilver.operation')],
    ],
  }),
  operationActions: command({
    title: 'Continue or Abort…',
    enablement: isIdle,
    palette: and(hasRepository, on('quicksilver.operation')),
  }),
  createBookmark: hgCommand({
    title: 'New Bookmark…',
    icon: 'bookmark',
    palette: canChangeRepository,
    menus: [['quicksilver.names', '1_bookmarks@1']],
  }),
  moveBookmark: hgCommand({
    title: 'Move Bookmark…',
    palette: canChangeRepository,
    menus: [['quicksilver.names', '1_bookmarks@4']],
  }),
  renameBookmark: hgCommand({
    title: 'Rename Bookmark…',
    palette: canChangeRepository,
    menus: [['quicksilver.names', '1_bookmarks@5']],
  }),
  deleteBookmark: hgCommand({
    title: 'Delete Bookmark…',
    palette: canChangeRepository,
    menus: [['quicksilver.names', '1_bookmarks@6']],
  }),
  activateBookmark: hgCommand({
    title: 'Activate Bookmark…',
    palette: canChangeRepository,
    menus: [['quicksilver.names', '1_bookmarks@2']],
  }),
  deactivateBookmark: hgCommand({
    title: 'Deactivate Bookmark',
    palette: canChangeRepository,
    menus: [['quicksilver.names', '1_bookmarks@3']],
  }),
  createTag: hgCommand({
    title: 'New Tag…',
    icon: 'tag',
    palette: canChangeRepository,
    menus: [['quicksilver.names', '2_tags@1']],
  }),
  deleteTag: hgCommand({
    title: 'Delete Tag…',
    palette: canChangeRepository,
    menus: [['quicksilver.names', '2_tags@2']],
  }),

  /** A file with a conflict was saved. */
  offerToResolve: internalCommand<[file: Uri]>(),
};
