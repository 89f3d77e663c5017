// Commands about the history. They run without hg; each loads with the first use of one.
import { and, hasRepository, is, isFile, never, on } from '../clauses.ts';
import { command, internalCommand } from '../commandEntry.ts';

/** A line of an open document, from 0. */
type LineArgument = [line?: { readonly uri: string; readonly line: number } | undefined];
type NodeArgument = [node?: string | undefined];

const inFile = and(hasRepository, on('quicksilver.activeFile'));

export const historyCommands = {
  'blame.toggleStatusBarItem': command({ title: 'Toggle Blame Status Bar Item', palette: hasRepository }),
  'blame.toggleEditorDecoration': command({ title: 'Toggle Blame Editor Decoration', palette: hasRepository }),
  'blame.toggleFileAnnotations': command({
    title: 'Toggle File Annotations',
    icon: 'person',
    palette: inFile,
    menus: [
      ['editor/title', '1_history@1', and(inFile, isFile)],
      ['quicksilver.explorer', '3_history@2', never],
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
  'graph.reveal': internalCommand<NodeArgument>(),
  'graph.copyNode': internalCommand<NodeArgument>(),
};
