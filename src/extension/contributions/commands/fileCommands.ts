// Commands about files and shelves.
import type { Uri } from 'vscode';
import { and, canChangeActiveFile, canChangeRepository, canRunHg, groupIs, never, off, rowIs } from '../clauses.ts';
import { hgCommand, internalCommand } from '../commandEntry.ts';

interface RenamedFile {
  readonly oldUri: Uri;
  readonly newUri: Uri;
}

export const fileCommands = {
  add: hgCommand({
    title: 'Add',
    icon: 'diff-added',
    palette: canChangeActiveFile('untracked', 'ignored', 'removed'),
    menus: [
      [
        'scm/resourceState/context',
        '1_modification@2',
        and(canRunHg, groupIs('untracked', 'changes', 'included'), rowIs('untracked', 'removed')),
      ],
      ['scm/resourceGroup/context', '1_modification@2', and(canRunHg, groupIs('untracked'))],
      ['quicksilver.explorer', '3_files@1', canRunHg],
      ['scm/resourceFolder/context', '1_modification@2', and(canRunHg, groupIs('untracked'))],
    ],
  }),
  forget: hgCommand({
    title: 'Stop Tracking (hg forget)',
    palette: canChangeActiveFile('clean', 'modified', 'added', 'renamed', 'copied', 'missing', 'conflict'),
    menus: [
      [
        'scm/resourceState/context',
        '2_files@1',
        and(
          canRunHg,
          groupIs('changes', 'included', 'resolved'),
          rowIs('modified', 'added', 'renamed', 'copied', 'missing'),
        ),
      ],
      ['quicksilver.explorer', '3_files@3', canRunHg],
      ['scm/resourceFolder/context', '2_files@1', and(canRunHg, groupIs('changes', 'included', 'resolved'))],
    ],
  }),
  remove: hgCommand({
    title: 'Remove…',
    palette: canChangeActiveFile('clean', 'modified', 'added', 'renamed', 'copied', 'missing', 'conflict'),
    menus: [
      [
        'scm/resourceState/context',
        '2_files@2',
        and(canRunHg, groupIs('changes', 'included', 'resolved'), rowIs('modified', 'missing')),
      ],
      ['quicksilver.explorer', '3_files@4', canRunHg],
      ['scm/resourceFolder/context', '2_files@2', and(canRunHg, groupIs('changes', 'included', 'resolved'))],
    ],
  }),
  renameFile: hgCommand({
    title: 'Rename File…',
    palette: canChangeActiveFile('clean', 'modified', 'added', 'renamed', 'copied', 'conflict'),
    menus: [
      [
        'scm/resourceState/context',
        '2_files@3',
        and(canRunHg, groupIs('changes', 'included', 'resolved'), rowIs('modified', 'added', 'renamed', 'copied')),
      ],
      ['quicksilver.explorer', '3_files@5', and(canRunHg, off('explorerResourceIsFolder'))],
    ],
  }),
  copyFile: hgCommand({
    title: 'Copy File…',
    palette: canChangeActiveFile('clean', 'modified', 'added', 'renamed', 'copied', 'conflict'),
    menus: [
      [
        'scm/resourceState/context',
        '2_files@4',
        and(canRunHg, groupIs('changes', 'included', 'resolved'), rowIs('modified', 'added', 'renamed', 'copied')),
      ],
      ['quicksilver.explorer', '3_files@6', and(canRunHg, off('explorerResourceIsFolder'))],
    ],
  }),
  revert: hgCommand({
    title: 'Discard Changes',
    icon: 'discard',
    palette: canChangeActiveFile('modified', 'added', 'renamed', 'copied', 'removed', 'missing', 'conflict'),
    menus: [
      [
        'scm/resourceState/context',
        'inline@2',
        and(
          canRunHg,
          groupIs('changes', 'included', 'resolved'),
          rowIs('modified', 'added', 'renamed', 'copied', 'removed', 'missing'),
        ),
      ],
      [
        'scm/resourceState/context',
        '1_modification@3',
        and(
          canRunHg,
          groupIs('changes', 'included', 'resolved'),
          rowIs('modified', 'added', 'renamed', 'copied', 'removed', 'missing'),
        ),
      ],
      ['scm/resourceGroup/context', 'inline@2', and(canRunHg, groupIs('changes', 'included', 'resolved'))],
      ['scm/resourceGroup/context', '1_modification@3', and(canRunHg, groupIs('changes', 'included', 'resolved'))],
      ['quicksilver.explorer', '3_files@2', canRunHg],
      ['scm/resourceFolder/context', 'inline@2', and(canRunHg, groupIs('changes', 'included', 'resolved'))],
      ['scm/resourceFolder/context', '1_modification@3', and(canRunHg, groupIs('changes', 'included', 'resolved'))],
    ],
  }),
  revertAll: hgCommand({
    title: 'Discard All Changes',
    icon: 'discard',
    palette: canChangeRepository,
    menus: [['quicksilver.changes', '1@1']],
  }),
  deleteUntracked: hgCommand({
    title: 'Delete Untracked Files',
    icon: 'trash',
    palette: canChangeActiveFile('untracked'),
    menus: [
      ['scm/resourceState/context', '2_files@6', and(canRunHg, groupIs('untracked'), rowIs('untracked'))],
      ['scm/resourceGroup/context', '2_files@6', and(canRunHg, groupIs('untracked'))],
      ['scm/resourceFolder/context', '2_files@6', and(canRunHg, groupIs('untracked'))],
    ],
  }),
  addRemove: hgCommand({
    title: 'Add Untracked and Remove Missing Files',
    palette: canChangeRepository,
    menus: [['quicksilver.changes', '1@2']],
  }),
  ignore: hgCommand({
    title: 'Add to .hgignore…',
    palette: canChangeActiveFile('untracked'),
    menus: [
      [
        'scm/resourceState/context',
        '2_files@5',
        and(canRunHg, groupIs('changes', 'untracked', 'included'), rowIs('untracked')),
      ],
      ['quicksilver.explorer', '3_files@7', canRunHg],
      ['scm/resourceFolder/context', '2_files@5', and(canRunHg, groupIs('untracked'))],
    ],
  }),
  shelve: hgCommand({
    title: 'Shelve…',
    icon: 'archive',
    palette: canChangeRepository,
    menus: [['quicksilver.shelves', '1_shelve@1']],
  }),
  shelveFiles: hgCommand({
    title: 'Shelve Files…',
    icon: 'archive',
    palette: never,
    menus: [
      ['scm/resourceState/context', '1_modification@6', and(canRunHg, groupIs('changes', 'included', 'untracked'))],
      ['scm/resourceGroup/context', '1_modification@6', and(canRunHg, groupIs('changes', 'included', 'untracked'))],
      ['quicksilver.explorer', '3_files@8', canRunHg],
      ['scm/resourceFolder/context', '1_modification@6', and(canRunHg, groupIs('changes', 'included', 'untracked'))],
    ],
  }),
  shelveIncluded: hgCommand({
    title: 'Shelve Included Files…',
    palette: canChangeRepository,
    menus: [['quicksilver.shelves', '1_shelve@2']],
  }),
  unshelve: hgCommand({
    title: 'Unshelve…',
    palette: canChangeRepository,
    menus: [['quicksilver.shelves', '2_unshelve@1']],
  }),
  unshelveKeep: hgCommand({
    title: 'Unshelve and Keep…',
    palette: canChangeRepository,
    menus: [['quicksilver.shelves', '2_unshelve@2']],
  }),
  showShelved: hgCommand({
    title: 'Show Shelved Changes…',
    palette: canChangeRepository,
    menus: [['quicksilver.shelves', '2_unshelve@0']],
  }),
  deleteShelved: hgCommand({
    title: 'Delete Shelved Changes…',
    palette: canChangeRepository,
    menus: [['quicksilver.shelves', '2_unshelve@3']],
  }),

  /** The files were renamed in VS Code. */
  recordRenames: internalCommand<[files: readonly RenamedFile[], wanted: 'always' | 'ask']>(),
};
