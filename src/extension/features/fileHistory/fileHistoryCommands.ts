// The commands of file, line and folder histories.
import { env, window, type Uri } from 'vscode';
import type { HgCommandRun, HgContext } from '../../hg/commandContext.ts';
import { urisOfArguments, workingFileOf } from '../../commands/commandArguments.ts';
import { shortNode } from '../../common/changesetIds.ts';
import { notify, openDiff, openUri } from '../../common/display.ts';
import { focusView, rangeOfLine } from '../../common/displayInEditor.ts';
import { fileUri } from '../../common/uris.ts';
import { answersOf, confirm } from '../../hg/presetAnswers.ts';
import { addressOf, versionUri } from '../../providers/contentUris.ts';
import { fileTargetOf, unsavedText } from '../blame/fileTarget.ts';
import { blameOf } from '../blame/followBlame.ts';
import { currentGraph } from '../graph/graphViews.ts';
import { openChangeset, openFileChange } from '../graph/openChangeset.ts';
import { FileHistoryView, HistoryNode } from './fileHistoryView.ts';
import { historyTexts } from './fileHistoryTexts.ts';
import { selectedLines, type HistoryEntry, type HistorySubject } from './historySubject.ts';

let made: FileHistoryView | undefined;

function viewOf(context: HgContext): FileHistoryView {
  if (made === undefined) {
    made = new FileHistoryView(context);
    context.extension.subscriptions.push(made, { dispose: () => (made = undefined) });
  }
  return made;
}

export const fileHistoryCommands = {
  fileHistory: async (context, args) => {
    const [uri] = urisOfArguments(args);
    const file = uri && workingFileOf(context.repositories, uri);
    if (uri === undefined || file === undefined) {
      void notify('info', historyTexts.noFile());
      return undefined;
    }
    const revision = addressOf(uri)?.revision ?? '';
    const node = /^[0-9a-f]{40}$/.test(revision) ? revision : undefined;
    return show(context, { repository: file.repository, path: file.path, kind: 'file', node });
  },
  folderHistory: async (context, args) => {
    const [uri] = urisOfArguments(args);
    const folder = uri && workingFileOf(context.repositories, uri);
    if (folder !== undefined) {
      return show(context, { repository: folder.repository, path: folder.path, kind: 'folder' });
    }
    void notify('info', historyTexts.noFolder());
    return undefined;
  },
  lineHistory: async context => {
    const editor = window.activeTextEditor;
    const target = editor && fileTargetOf(context.repositories, editor.document.uri);
    if (editor === undefined || target === undefined) {
      void notify('info', historyTexts.noFile());
      return undefined;
    }
    const { document } = editor;
    const lines = selectedLines(editor);
    const unsaved = target.node === undefined ? await unsavedText(document) : {};
    return show(context, { ...target, kind: 'lines', lines, ...unsaved });
  },
  'fileHistory.pin': async context => viewOf(context).setPinned(true),
  'fileHistory.unpin': async context => viewOf(context).setPinned(false),
  'fileHistory.hide': async context => viewOf(context).hide(),
  'fileHistory.loadMore': async context => viewOf(context).loadMore(),
  'fileHistory.filterGraph': async context => {
    const { subject } = viewOf(context);
    if (subject === undefined) return;
    const graph = await currentGraph(context);
    graph.showPath(subject.repository, subject.path);
  },
  'fileHistory.openChange': async (context, args) => {
    const [node] = nodesOf(context, args);
    if (node !== undefined) await openChange(context, node);
  },
  'fileHistory.openChangeset': async (context, args) => {
    const [node] = nodesOf(context, args);
    if (node !== undefined) await openChangeset(context, node.subject.repository, node.entry.changeset.node);
  },
  'fileHistory.openVersion': async (context, args) => {
    const [node] = nodesOf(context, args);
    if (node !== undefined) await openVersion(node);
  },
  'fileHistory.annotate': async (context, args) => {
    const [node] = nodesOf(context, args);
    if (node === undefined) return;
    const uri = await openVersion(node);
    const editor = window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
    if (editor !== undefined) void blameOf(context).addColumn(editor.document);
  },
  'fileHistory.compareWithWorkingFile': async (context, args) => {
    const [node] = nodesOf(context, args);
    if (node === undefined) return;
    const { subject, entry } = node;
    const original = versionUri(subject.repository, entry.path, entry.changeset.node);
    const title = historyTexts.working(subject.path, shortNode(entry.changeset.node));
    await openDiff(original, fileUri(subject.repository.rootUri, subject.path), title, { preview: true });
  },
  'fileHistory.compareSelected': async (context, args) => {
    const [one, other, ...more] = nodesOf(context, args);
    if (one === undefined || other === undefined || more.length > 0) {
      void notify('info', historyTexts.twoVersions());
      return;
    }
    const [from, to] = one.entry.changeset.revision < other.entry.changeset.revision ? [one, other] : [other, one];
    const title = historyTexts.compared(
      to.entry.path,
      shortNode(from.entry.changeset.node),
      shortNode(to.entry.changeset.node),
    );
    await openDiff(uriOf(from), uriOf(to), title, { preview: true });
  },
  'fileHistory.reveal': async (context, args) => {
    const [node] = nodesOf(context, args);
    if (node === undefined) return;
    await (await currentGraph(context)).reveal(node.entry.changeset.node, node.subject.repository);
  },
  'fileHistory.copyNode': async (context, args) => {
    const [node] = nodesOf(context, args);
    if (node !== undefined) await env.clipboard.writeText(node.entry.changeset.node);
  },
  'fileHistory.revertTo': async (context, args) => {
    const { answers, rest } = answersOf(args);
    const [node] = nodesOf(context, rest);
    if (node === undefined) return;
    const { repository } = node.subject;
    const { path, changeset } = node.entry;
    const question = historyTexts.revertQuestion(path, shortNode(changeset.node));
    if (!(await confirm(answers, question, historyTexts.revert(), historyTexts.revertDetail()))) return;
    await context.hg.change(repository, {
      verb: 'revert',
      options: [['--rev', changeset.node]],
      files: [path],
      title: historyTexts.reverting(),
    });
  },
} satisfies Readonly<Record<string, HgCommandRun>>;

/** A menu hands over the clicked element and then all that are selected; a key binding nothing. */
function nodesOf(context: HgContext, args: readonly unknown[]): readonly HistoryNode[] {
  const [clicked, selected] = args;
  const all = Array.isArray(selected) ? (selected as readonly unknown[]) : [];
  const nodes = all.filter(node => node instanceof HistoryNode);
  if (clicked instanceof HistoryNode) return nodes.length > 1 && nodes.includes(clicked) ? nodes : [clicked];
  return viewOf(context).selection;
}

async function show(context: HgContext, subject: HistorySubject): Promise<readonly HistoryEntry[]> {
  const view = viewOf(context);
  const reading = view.show(subject);
  await focusView('quicksilver.fileHistory');
  return reading;
}

/** The file of an entry; of a removed one, that before the removal. */
function uriOf({ subject, entry }: HistoryNode): Uri {
  const { kind, path, changeset, previous } = entry;
  return versionUri(subject.repository, path, kind === 'removed' ? previous!.node : changeset.node);
}

async function openChange(context: HgContext, { subject, entry }: HistoryNode): Promise<void> {
  const { kind, path, changeset, previous, lines } = entry;
  if (kind === 'folder') await openChangeset(context, subject.repository, changeset.node, path);
  else {
    const selection = lines && rangeOfLine(lines.first);
    await openFileChange(subject.repository, { path, node: changeset.node, previous, selection });
  }
}

async function openVersion(node: HistoryNode): Promise<Uri> {
  const uri = uriOf(node);
  const { path, changeset, lines } = node.entry;
  const options = lines === undefined ? {} : { selection: rangeOfLine(lines.first) };
  await openUri(uri, options, historyTexts.version(path, shortNode(changeset.node)));
  return uri;
}
