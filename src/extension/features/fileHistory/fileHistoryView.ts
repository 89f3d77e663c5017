// The view File History: the changesets of a file, of some of its lines, or of a folder. It opens with the first
// command that asks for a history, and then follows the active editor or stays.
import { EventEmitter, window, type TreeDataProvider, type TreeItem, type TreeView } from 'vscode';
import { errorMessage } from '../../../base/errors.ts';
import { DisposableStore, type Disposable } from '../../../base/lifecycle.ts';
import { workingFileOf } from '../../commands/commandArguments.ts';
import { shortNode } from '../../common/changesetIds.ts';
import { contextKeys } from '../../common/contextKeys.ts';
import { treeItem } from '../../common/display.ts';
import { setTreeTexts } from '../../common/displayInEditor.ts';
import { commandWith } from '../../common/typedCommands.ts';
import type { ViewId } from '../../contributions/window.ts';
import { HistoryUnavailable } from '../../engine/historyAnswers.ts';
import type { HgContext } from '../../hg/commandContext.ts';
import { authorName, authorTime } from '../../model/changesetLine.ts';
import { ago } from '../blame/blameTexts.ts';
import { historyTexts } from './fileHistoryTexts.ts';
import { readHistory, type HistoryEntry, type HistoryPage, type HistorySubject } from './historySubject.ts';

const VIEW = 'quicksilver.fileHistory' satisfies ViewId;

/** An element of the tree. Menus hand it to the commands. */
export class HistoryNode {
  readonly subject: HistorySubject;
  readonly entry: HistoryEntry;

  constructor(subject: HistorySubject, entry: HistoryEntry) {
    this.subject = subject;
    this.entry = entry;
  }
}

const MORE = 'more';

export class FileHistoryView implements TreeDataProvider<HistoryNode | typeof MORE>, Disposable {
  readonly #context: HgContext;
  readonly #store = new DisposableStore();
  readonly #didChange = this.#store.add(new EventEmitter<undefined>());
  readonly #tree: TreeView<HistoryNode | typeof MORE>;
  #subject: HistorySubject | undefined;
  #page: HistoryPage | undefined;
  #nodes: readonly HistoryNode[] = [];
  #isPinned = false;
  /** Counts the readings: the answer of an earlier one is of no use. */
  #readings = 0;
  /** The working copy's parent of the last reading. */
  #parent: string | undefined;

  readonly onDidChangeTreeData = this.#didChange.event;

  constructor(context: HgContext) {
    this.#context = context;
    this.#tree = this.#store.add(window.createTreeView(VIEW, { treeDataProvider: this, canSelectMany: true }));
    this.#store.add(window.onDidChangeActiveTextEditor(() => this.#follow()));
    const { repositories } = context;
    const follow = (repository: HistorySubject['repository']): void =>
      void this.#store.add(repository.onDidUpdate(() => this.#updated(repository)));
    repositories.all.forEach(follow);
    this.#store.add(repositories.onDidOpen(follow));
    this.#store.add(repositories.onDidClose(closed => this.#subject?.repository === closed && void this.hide()));
  }

  get selection(): readonly HistoryNode[] {
    return this.#tree.selection.filter(node => node !== MORE);
  }

  get subject(): HistorySubject | undefined {
    return this.#subject;
  }

  dispose(): void {
    this.#store.dispose();
  }

  getTreeItem(node: HistoryNode | typeof MORE): TreeItem {
    if (node !== MORE) return itemOf(node);
    const item = treeItem({ label: historyTexts.more(), icon: 'ellipsis' });
    item.command = commandWith('fileHistory.loadMore', '');
    return item;
  }

  getChildren(node?: HistoryNode | typeof MORE): (HistoryNode | typeof MORE)[] {
    if (node !== undefined) return [];
    return this.#page?.next === undefined ? [...this.#nodes] : [...this.#nodes, MORE];
  }

  /**
   * Lines and folders stay until another history is asked for; a file makes room for that of the next editor. Resolves
   * with what the view shows.
   */
  async show(subject: HistorySubject): Promise<readonly HistoryEntry[]> {
    await this.setPinned(subject.kind !== 'file' || this.#isPinned);
    this.#begin(subject);
    await this.#read();
    return this.#nodes.map(({ entry }) => entry);
  }

  async setPinned(isPinned: boolean): Promise<void> {
    this.#isPinned = isPinned;
    await contextKeys.set('fileHistory', isPinned ? 'pinned' : 'following');
  }

  async hide(): Promise<void> {
    this.#readings++;
    this.#subject = this.#page = undefined;
    this.#nodes = [];
    this.#isPinned = false;
    await contextKeys.set('fileHistory', undefined);
  }

  async loadMore(): Promise<void> {
    await this.#read(this.#page);
  }

  #begin(subject: HistorySubject): void {
    this.#subject = subject;
    this.#page = undefined;
    this.#nodes = [];
    setTreeTexts(this.#tree, { description: historyTexts.subject(subject), message: historyTexts.reading() });
    this.#didChange.fire(undefined);
  }

  #follow(): void {
    const uri = window.activeTextEditor?.document.uri;
    if (this.#isPinned || this.#subject === undefined || uri?.scheme !== 'file') return;
    const file = workingFileOf(this.#context.repositories, uri);
    if (file === undefined) return;
    const { repository, path } = this.#subject;
    if (file.repository === repository && file.path === path) return;
    this.#begin({ repository: file.repository, path: file.path, kind: 'file' });
    void this.#read();
  }

  /** The parent decides what the history of a working file is. */
  #updated(repository: HistorySubject['repository']): void {
    const subject = this.#subject;
    if (subject?.repository !== repository || subject.node !== undefined || subject.text !== undefined) return;
    if (repository.model.head?.firstParent !== this.#parent) void this.#read();
  }

  async #read(before?: HistoryPage): Promise<void> {
    const subject = this.#subject;
    if (subject === undefined) return;
    const reading = ++this.#readings;
    this.#parent = subject.repository.model.head?.firstParent;
    try {
      const page = await readHistory(this.#context.client, subject, before, part => this.#set(reading, part));
      this.#set(reading, page);
      if (page.entries.length === 0) this.#say(reading, historyTexts.none(subject));
    } catch (error) {
      if (!(error instanceof HistoryUnavailable)) this.#context.log.error(`file history: ${errorMessage(error)}`);
      this.#say(reading, errorMessage(error));
    }
  }

  #set(reading: number, page: HistoryPage): void {
    const subject = this.#subject;
    if (reading !== this.#readings || subject === undefined) return;
    this.#page = page;
    this.#nodes = page.entries.map(entry => new HistoryNode(subject, entry));
    this.#say(reading, undefined);
    this.#didChange.fire(undefined);
  }

  #say(reading: number, message: string | undefined): void {
    if (reading === this.#readings) setTreeTexts(this.#tree, { message });
  }
}

const ICONS = { changed: 'git-commit', folder: 'git-commit', added: 'add', removed: 'trash' } as const;

function itemOf(node: HistoryNode): TreeItem {
  const { subject, entry } = node;
  const { changeset, kind, path } = entry;
  const { user, time, revision, summary } = changeset;
  const facts = [authorName(user), ago(time)];
  if (path !== subject.path) facts.push(path);
  const isRemoved = kind === 'removed' ? [historyTexts.removed()] : [];
  const item = treeItem({
    label: summary,
    description: [...isRemoved, ...facts].join(' · '),
    hover: [summary, `${user} · ${authorTime(changeset)}`, `${revision}:${shortNode(changeset.node)}`, path],
    icon: ICONS[kind],
    spoken: [summary, ...isRemoved, ...facts].join(', '),
  });
  item.id = `${changeset.node} ${kind} ${path}`;
  item.contextValue = kind;
  item.command = commandWith('fileHistory.openChange', '', node);
  return item;
}
