// Commands about the history. They run without hg; each loads with the first use of one.
import { and, canRunHg, hasRepository, is, isAny, isFile, isNot, never, off, on } from '../clauses.ts';
import { command, hgCommand, internalCommand } from '../commandEntry.ts';

/** A line of an open document, from 0. */
type LineArgument = [line?: { readonly uri: string; readonly line: number } | undefined];
/** An element of the view File History. */
type EntryArgument = [entry?: object | undefined];
type NodeArgument = [node?: string | undefined];
/** The root is that of the changeset's repository. */
type RevealArgument = [node?: string | undefined, root?: string | undefined];

const hasSeveral = and(hasRepository, isNot('quicksilver.repositoryCount', 1));
const inFile = and(hasRepository, on('quicksilver.activeFile'));

const inFileHistory = is('view', 'quicksilver.fileHistory');
const ofFile = and(inFileHistory, isAny('viewItem', 'changed', 'added', 'removed'));
const inGraph = is('view', 'quicksilver.graph');
const onChangeset = and(is('webviewId', 'quicksilver.graph'), is('webviewSection', 'changeset'));

/** A command of the graph's menu that runs hg about the changeset. */
const changesetCommand = (title: string, place: string): ReturnType<typeof hgCommand> =>
  hgCommand({ title, palette: never, menus: [['webview/context', place, and(onChangeset, canRunHg)]] });

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
    title: 'Show File History',
    icon: 'history',
    palette: inFile,
    menus: [
      ['quicksilver.explorer', '3_history@1', off('explorerResourceIsFolder')],
      ['scm/resourceState/context', '5_history@1'],
      ['editor/title', '1_history@2', and(inFile, isFile)],
    ],
  }),
  folderHistory: command({
    title: 'Show Folder History',
    palette: never,
    menus: [['quicksilver.explorer', '3_history@1', on('explorerResourceIsFolder')]],
  }),
  lineHistory: command({
    title: 'Show History of Selected Lines',
    palette: inFile,
    menus: [
      ['editor/context', '5_history@2', inFile],
      ['editor/context', '5_history@2', and(hasRepository, is('resourceScheme', 'quicksilver'))],
    ],
  }),
  'fileHistory.pin': command({
    title: 'Keep This History',
    icon: 'pin',
    palette: never,
    menus: [['view/title', 'navigation@2', and(inFileHistory, is('quicksilver.fileHistory', 'following'))]],
  }),
  'fileHistory.unpin': command({
    title: 'Follow the Active Editor',
    icon: 'pinned',
    palette: never,
    menus: [['view/title', 'navigation@2', and(inFileHistory, is('quicksilver.fileHistory', 'pinned'))]],
  }),
  'fileHistory.filterGraph': command({
    title: 'Show in Graph',
    icon: 'git-commit',
    palette: never,
    menus: [['view/title', 'navigation@1', inFileHistory]],
  }),
  'fileHistory.hide': command({
    title: 'Hide File History',
    icon: 'close',
    palette: on('quicksilver.fileHistory'),
    menus: [['view/title', 'navigation@3', inFileHistory]],
  }),
  'fileHistory.openChange': command<EntryArgument>({
    title: 'Open Changes',
    palette: never,
    menus: [['view/item/context', '1_open@1', inFileHistory]],
  }),
  'fileHistory.openChangeset': command<EntryArgument>({
    title: 'Open All Changes of Changeset',
    icon: 'diff-multiple',
    palette: never,
    menus: [
      ['view/item/context', 'inline@1', inFileHistory],
      ['view/item/context', '1_open@2', inFileHistory],
    ],
  }),
  'fileHistory.openVersion': command<EntryArgument>({
    title: 'Open This Version',
    palette: never,
    menus: [['view/item/context', '1_open@3', ofFile]],
  }),
  'fileHistory.annotate': command<EntryArgument>({
    title: 'Annotate This Version',
    palette: never,
    menus: [['view/item/context', '1_open@4', ofFile]],
  }),
  'fileHistory.compareWithWorkingFile': command<EntryArgument>({
    title: 'Compare with Working File',
    palette: never,
    menus: [['view/item/context', '2_compare@1', and(inFileHistory, isAny('viewItem', 'changed', 'added'))]],
  }),
  'fileHistory.compareSelected': command<EntryArgument>({
    title: 'Compare Selected Versions',
    palette: never,
    menus: [['view/item/context', '2_compare@2', ofFile]],
  }),
  'fileHistory.reveal': command<EntryArgument>({
    title: 'Show Changeset in Graph',
    palette: never,
    menus: [['view/item/context', '3_show@1', inFileHistory]],
  }),
  'fileHistory.revertTo': hgCommand<EntryArgument>({
    title: 'Revert File to This Version…',
    palette: never,
    menus: [['view/item/context', '4_change@1', and(inFileHistory, isAny('viewItem', 'changed', 'added'))]],
  }),
  'fileHistory.copyNode': command<EntryArgument>({
    title: 'Copy Changeset ID',
    palette: never,
    menus: [['view/item/context', '9_copy@1', inFileHistory]],
  }),
  'fileHistory.loadMore': internalCommand<[]>(),
  'graph.open': command({ title: 'Show Graph', icon: 'git-commit', palette: hasRepository }),
  'graph.openInEditor': command({
    title: 'Open Graph in Editor',
    icon: 'go-to-file',
    palette: hasRepository,
    menus: [['view/title', 'navigation@4', inGraph]],
  }),
  'graph.selectRepository': command({
    title: 'Select Repository for Graph…',
    icon: 'repo',
    palette: hasSeveral,
    menus: [['view/title', 'navigation@0', and(inGraph, hasSeveral)]],
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
  'graph.update': changesetCommand('Update to This Changeset', '2_move@1'),
  'graph.mergeWith': changesetCommand('Merge with This Changeset', '2_move@2'),
  'graph.graft': changesetCommand('Graft This Changeset', '2_move@3'),
  'graph.createBookmark': changesetCommand('New Bookmark on This Changeset…', '3_name@1'),
  'graph.createTag': changesetCommand('New Tag on This Changeset…', '3_name@2'),
  'graph.push': changesetCommand('Push This Changeset and Its Ancestors…', '4_push@1'),
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
  'graph.reveal': internalCommand<RevealArgument>(),
};
