// Commands about the history. They run without hg; each loads with the first use of one.
import { and, hasRepository, is, isFile, never, off, on } from '../clauses.ts';
import { command, internalCommand } from '../commandEntry.ts';

/** A line of an open document, from 0. */
type LineArgument = [line?: { readonly uri: string; readonly line: number } | undefined];
type NodeArgument = [node?: string | undefined];

const inFile = and(hasRepository, on('quicksilver.activeFile'));

const inGraph = is('view', 'quicksilver.graph');
const onChangeset = and(is('webviewId', 'quicksilver.graph'), is('webviewSection', 'changeset'));

export const historyCommands = {
  'blame.toggleStatusBarItem': command({ title: 'Toggle Blame Status Bar Item', palette: hasRepository }),
  'blame.toggleEditorDecoration': command({ title: 'Toggle Blame Editor Decoration', palette: hasRepository }),
  'blame.toggleFileAnnotations': command({
    title: 'Toggle File Annotations',
    icon: 'person',
    palette: inFile,
    menus: [
      ['editor/title', '1_history@1', and(inFile, isFile)],
      ['quicksilver.explorer', '3_history@2', off('explorerResourceIsFolder')],
    ],
  }),
  'blame.openChanges': command<LineArgument>({ title: 'Open Changes of This Line', palette: inFile }),
  'blame.annotateBefore': command<LineArgument>({
    title: 'Annotate Before This Change',
    palette: hasRepository,
    menus: [
      ['editor/context', '5_history@1', inFile],
      ['editor/context', '5_history@1', and(hasRepository, is('resourceScheme', 'quicksilver'))],
    ],
  }),
  fileHistory: command({
    title: 'File History…',
    icon: 'history',
    palette: inFile,
    menus: [
      ['quicksilver.explorer', '3_history@1'],
      ['scm/resourceState/context', '5_history@1'],
      ['editor/title', '1_history@2', and(inFile, isFile)],
    ],
  }),
  'graph.open': command({ title: 'Show Graph', icon: 'git-commit', palette: hasRepository }),
  'graph.openInEditor': command({
    title: 'Open Graph in Editor',
    icon: 'go-to-file',
    palette: hasRepository,
    menus: [['view/title', 'navigation@4', inGraph]],
  }),
  'graph.filter': command({
    title: 'Filter Graph…',
    icon: 'filter',
    palette: hasRepository,
    menus: [['view/title', 'navigation@1', inGraph]],
  }),
  'graph.find': command({
    title: 'Find in Graph',
    icon: 'search',
    palette: hasRepository,
    menus: [['view/title', 'navigation@2', inGraph]],
  }),
  'graph.goToWorkingParent': command({
    title: 'Go to Current Changeset',
    icon: 'target',
    palette: hasRepository,
    menus: [['view/title', 'navigation@3', inGraph]],
  }),
  'graph.toggleHidden': command({
    title: 'Toggle Hidden Changesets',
    palette: hasRepository,
    menus: [['view/title', '1_show@1', inGraph]],
  }),
  'graph.openChanges': command({
    title: 'Open Changes of Changeset',
    palette: never,
    menus: [['webview/context', '1_open@1', onChangeset]],
  }),
  'graph.compareWithWorkingCopy': command({
    title: 'Compare with Working Copy',
    palette: never,
    menus: [['webview/context', '1_open@2', onChangeset]],
  }),
  'graph.compareSelected': command({
    title: 'Compare Selected Changesets',
    palette: never,
    menus: [['webview/context', '1_open@3', onChangeset]],
  }),
  'graph.copyNode': command<NodeArgument>({
    title: 'Copy Changeset ID',
    palette: never,
    menus: [['webview/context', '9_copy@1', onChangeset]],
  }),
  'graph.copyMessage': command({
    title: 'Copy Message',
    palette: never,
    menus: [['webview/context', '9_copy@2', onChangeset]],
  }),
  'graph.reveal': internalCommand<NodeArgument>(),
};
