// Commands that read: they run without hg.
import type { Uri } from 'vscode';
import {
  activeFileIs,
  and,
  hasRepository,
  is,
  isEnabled,
  isFile,
  isIn,
  isNot,
  never,
  off,
  on,
  or,
  rowIs,
} from '../clauses.ts';
import { command, internalCommand } from '../commandEntry.ts';

/** A problem of a repository, as its row hands it over. */
export interface ProblemLocation {
  readonly root: Uri;
  readonly sentence: string;
  /** Absolute path of a file in which the user can mend the problem, and the line in it, from 1. */
  readonly file?: string;
  readonly line?: number;
}

export const viewCommands = {
  refresh: command({ title: 'Refresh', icon: 'refresh', palette: isEnabled, menus: [['scm/title', 'navigation']] }),
  showOutput: command({ title: 'Show Output', icon: 'output', menus: [['scm/title', '3_footer']] }),
  whyIgnored: command({
    title: 'Why Is This Ignored?',
    icon: 'question',
    palette: and(hasRepository, isFile, activeFileIs('ignored')),
    menus: [
      ['quicksilver.explorer', '4_ignored@1', isIn('resource', 'quicksilver.ignoredResources')],
      ['quicksilver.explorer', '4_ignored@1', on('quicksilver.manyIgnored')],
    ],
  }),
  revealInExplorer: command({
    title: 'Reveal in Explorer View',
    palette: never,
    menus: [
      [
        'scm/resourceState/context',
        '3_view@1',
        rowIs('modified', 'added', 'renamed', 'copied', 'untracked', 'conflict'),
      ],
    ],
  }),
  doctor: command({
    title: 'Diagnose Repository',
    icon: 'pulse',
    palette: hasRepository,
    menus: [['scm/title', '2_main@9']],
  }),
  openFile: command({
    title: 'Open File',
    icon: 'go-to-file',
    palette: or(
      and(hasRepository, on('quicksilver.activeFile'), isNot('resourceScheme', 'file')),
      and(on('isInDiffEditor'), on('quicksilver.activeFile')),
    ),
    menus: [
      [
        'scm/resourceState/context',
        'inline@1',
        and(
          on('config.quicksilver.openDiffOnClick'),
          rowIs('modified', 'added', 'renamed', 'copied', 'untracked', 'conflict'),
        ),
      ],
      [
        'scm/resourceState/context',
        'navigation@2',
        rowIs('modified', 'added', 'renamed', 'copied', 'untracked', 'conflict'),
      ],
      ['editor/title', 'navigation@-0.9', and(hasRepository, on('isInDiffEditor'), on('quicksilver.activeFile'))],
      [
        'editor/title',
        'navigation@-0.9',
        and(hasRepository, off('isInDiffEditor'), is('resourceScheme', 'quicksilver'), on('quicksilver.activeFile')),
      ],
    ],
  }),
  openChanges: command({
    title: 'Open Changes',
    icon: 'compare-changes',
    palette: and(hasRepository, activeFileIs('modified', 'renamed', 'copied', 'removed', 'missing', 'conflict')),
    menus: [
      [
        'scm/resourceState/context',
        'inline@1',
        and(
          off('config.quicksilver.openDiffOnClick'),
          rowIs('modified', 'renamed', 'copied', 'removed', 'missing', 'conflict'),
        ),
      ],
      [
        'scm/resourceState/context',
        'navigation@1',
        rowIs('modified', 'renamed', 'copied', 'removed', 'missing', 'conflict'),
      ],
      [
        'editor/title',
        'navigation@-0.9',
        and(
          hasRepository,
          off('isInDiffEditor'),
          off('isMergeEditor'),
          isFile,
          activeFileIs('modified', 'renamed', 'copied', 'conflict'),
        ),
      ],
      ['quicksilver.explorer', '1_open@1', off('explorerResourceIsFolder')],
    ],
  }),
  openParentVersion: command({
    title: 'Open File (Parent Revision)',
    icon: 'history',
    palette: and(
      hasRepository,
      activeFileIs('clean', 'modified', 'renamed', 'copied', 'removed', 'missing', 'conflict'),
    ),
    menus: [
      [
        'scm/resourceState/context',
        'navigation@3',
        rowIs('modified', 'renamed', 'copied', 'removed', 'missing', 'conflict'),
      ],
      ['quicksilver.explorer', '1_open@2', off('explorerResourceIsFolder')],
    ],
  }),
  viewAllChanges: command({
    title: 'View All Changes',
    icon: 'diff-multiple',
    palette: never,
    menus: [
      ['scm/resourceGroup/context', 'inline@1', isNot('scmResourceGroup', 'problem')],
      ['scm/resourceGroup/context', '1_view@1', isNot('scmResourceGroup', 'problem')],
    ],
  }),
  compareWithSecondParent: command({
    title: 'Compare with Second Parent',
    palette: and(hasRepository, on('quicksilver.merging'), on('quicksilver.activeFile')),
    menus: [
      [
        'scm/resourceState/context',
        'navigation@4',
        and(on('quicksilver.merging'), rowIs('modified', 'renamed', 'copied', 'removed', 'missing', 'conflict')),
      ],
      ['quicksilver.explorer', '2_compare@1', and(off('explorerResourceIsFolder'), on('quicksilver.merging'))],
    ],
  }),
  revertBlock: command({
    title: 'Revert Block',
    icon: 'discard',
    palette: never,
    menus: [['scm/change/title', 'navigation@1', is('originalResourceScheme', 'quicksilver')]],
  }),
  revertSelectedLines: command({
    title: 'Revert Selected Lines',
    icon: 'discard',
    palette: and(hasRepository, isFile, activeFileIs('modified', 'renamed', 'copied', 'conflict')),
    menus: [
      [
        'editor/context',
        '2_quicksilver@1',
        and(hasRepository, isFile, activeFileIs('modified', 'renamed', 'copied', 'conflict')),
      ],
    ],
    key: {
      key: 'ctrl+k ctrl+r',
      mac: 'cmd+k cmd+r',
      when: and(on('editorTextFocus'), isFile, activeFileIs('modified', 'renamed', 'copied', 'conflict')),
    },
  }),
  openConflict: command({
    title: 'Open in Merge Editor',
    icon: 'git-merge',
    palette: and(isEnabled, activeFileIs('conflict')),
    menus: [
      ['scm/resourceState/context', 'navigation@0', rowIs('conflict')],
      [
        'editor/title',
        'navigation@-1',
        and(isEnabled, off('isInDiffEditor'), off('isMergeEditor'), isFile, activeFileIs('conflict')),
      ],
    ],
  }),
  compareWithRevision: command({
    title: 'Compare with Revision…',
    palette: and(hasRepository, on('quicksilver.activeFile')),
    menus: [
      ['scm/resourceState/context', 'navigation@5', rowIs('modified', 'added', 'renamed', 'copied', 'conflict')],
      ['quicksilver.explorer', '2_compare@2', off('explorerResourceIsFolder')],
    ],
  }),
  compareRevisions: command({
    title: 'Compare Two Revisions…',
    icon: 'git-compare',
    palette: hasRepository,
    menus: [['scm/title', '2_main@8']],
  }),

  openResource: internalCommand<[file: Uri]>(),
  openStaged: internalCommand<[file: Uri]>(),
  openSubrepository: internalCommand<[folder: Uri]>(),
  /** Opens the file that the user can mend, or else explains the problem. */
  openProblem: internalCommand<[problem: ProblemLocation]>(),
  /** Opens the setting for the path of hg. */
  setHgPath: internalCommand<[]>(),
  trustWorkspace: internalCommand<[]>(),
  /** The URI is that of an open report of the doctor. */
  copyReport: internalCommand<[report: Uri]>(),
};
