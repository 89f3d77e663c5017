// Blame: who last changed the line with the cursor (status bar, end of the line, hover), and each line of a file. It is
// loaded with the first file of a repository.
import {
  languages,
  OverviewRulerLane,
  ThemeColor,
  window,
  workspace,
  type Hover,
  type Position,
  type StatusBarItem,
  type TextDocument,
  type TextEditor,
  type TextEditorDecorationType,
} from 'vscode';
import { DisposableStore, type Disposable } from '../../../base/lifecycle.ts';
import type { AnnotatedChangeset } from '../../../server/historyProtocol.ts';
import type { CommandContext } from '../../commands/commands.ts';
import {
  attachment,
  createRightItem,
  hoverWithLinks,
  lineRange,
  rangeOfLine,
  setStatusBarItem,
  type HoverLink,
} from '../../common/displayInEditor.ts';
import { notify } from '../../common/display.ts';
import { contextKeys } from '../../common/contextKeys.ts';
import { setting } from '../../common/settings.ts';
import { commandWith } from '../../common/typedCommands.ts';
import type { LineAttributions, LineEdit, LineOrigin } from '../../model/lineAttributions.ts';
import { ShownColumn, type ColumnCell, type ColumnChanges } from '../../model/shownColumn.ts';
import { CONTENT_SCHEME } from '../../providers/contentAddress.ts';
import { BlamedDocuments } from './blamedDocuments.ts';
import { blameTexts, COLUMN_WIDTH, columnText, factsOf, fromTemplate, shownDate } from './blameTexts.ts';

const HEATS = 10;
const PRIORITY = 100;
/** Files whose lines each have an annotation, at most; beyond that the column costs too much. */
const MAX_ANNOTATED_LINES = 50_000;

/** The commands of the hover and of menus find the line by these. */
export interface LineTarget {
  readonly uri: string;
  /** From 0. */
  readonly line: number;
}

export class Blame implements Disposable {
  readonly documents: BlamedDocuments;
  readonly #store = new DisposableStore();
  readonly #item: StatusBarItem;
  readonly #endOfLine: TextEditorDecorationType;
  readonly #columns: readonly TextEditorDecorationType[];
  readonly #shownColumns = new WeakMap<TextEditor, ShownColumn>();
  #shownLines = new WeakMap<TextEditor, ShownLine>();
  /** Documents with an annotation beside each line. */
  readonly #annotated = new Set<TextDocument>();

  constructor(context: CommandContext) {
    this.documents = this.#store.add(new BlamedDocuments(context));
    this.#item = this.#store.add(createRightItem('quicksilver.blame', PRIORITY));
    this.#endOfLine = this.#store.add(
      window.createTextEditorDecorationType({ after: { color: new ThemeColor('editorCodeLens.foreground') } }),
    );
    this.#columns = Array.from({ length: HEATS + 1 }, (_, heat) => this.#store.add(columnDecoration(heat)));
    const store = this.#store;
    store.add(this.documents.onDidChange(({ document, edits }) => this.#changed(document, edits)));
    store.add(window.onDidChangeActiveTextEditor(() => this.#followActive()));
    store.add(window.onDidChangeTextEditorSelection(({ textEditor }) => this.#showLine(textEditor)));
    store.add(window.onDidChangeVisibleTextEditors(editors => editors.forEach(editor => this.showColumn(editor))));
    store.add(workspace.onDidCloseTextDocument(document => this.#annotated.delete(document)));
    store.add(workspace.onDidSaveTextDocument(document => this.#refresh(document)));
    store.add(
      workspace.onDidChangeConfiguration(event => {
        if (event.affectsConfiguration('quicksilver.blame')) this.#reconfigured();
      }),
    );
    for (const repository of context.repositories.all) this.#follow(repository.onDidUpdate);
    store.add(context.repositories.onDidOpen(repository => this.#follow(repository.onDidUpdate)));
    store.add(
      languages.registerHoverProvider([{ scheme: 'file' }, { scheme: CONTENT_SCHEME }], {
        provideHover: (document, position) => this.#hover(document, position),
      }),
    );
    this.#followActive();
  }

  dispose(): void {
    this.#store.dispose();
  }

  /** The origin of a line; undefined if it is not committed, or not known yet. */
  originOf(document: TextDocument, line: number): LineOrigin | undefined {
    return this.documents.get(document)?.originOf(line);
  }

  async toggleColumn(document: TextDocument): Promise<void> {
    if (this.#annotated.delete(document)) this.#changed(document, undefined);
    else await this.addColumn(document);
  }

  /** Annotates each line. If that is not possible, a message names the reason. */
  async addColumn(document: TextDocument): Promise<void> {
    this.#annotated.add(document);
    this.#changed(document, undefined);
    const reason = await this.documents.demand(document);
    // The user may have toggled again.
    if (reason !== undefined && this.#annotated.delete(document)) void notify('info', reason);
  }

  #follow(onDidUpdate: (listener: () => void) => Disposable): void {
    this.#store.add(onDidUpdate(() => window.visibleTextEditors.forEach(({ document }) => this.#refresh(document))));
  }

  #refresh(document: TextDocument): void {
    const isActive = window.activeTextEditor?.document === document;
    if (isActive || this.#annotated.has(document)) this.documents.want(document);
  }

  #followActive(): void {
    const editor = window.activeTextEditor;
    if (editor !== undefined) this.documents.want(editor.document);
    window.visibleTextEditors.forEach(each => this.#showLine(each));
    if (editor === undefined || this.documents.targetOf(editor.document) === undefined) this.#item.hide();
  }

  #reconfigured(): void {
    this.#shownLines = new WeakMap();
    this.#followActive();
    for (const editor of window.visibleTextEditors) {
      this.#refresh(editor.document);
      this.showColumn(editor);
    }
  }

  /** @param edits undefined if the attributions are new, not moved */
  #changed(document: TextDocument, edits: readonly LineEdit[] | undefined): void {
    for (const editor of window.visibleTextEditors) {
      if (editor.document !== document) continue;
      this.#showLine(editor);
      if (edits === undefined) this.showColumn(editor);
      else this.#moveColumn(editor, edits);
    }
  }

  /** The status bar, and the end of the line. */
  #showLine(editor: TextEditor): void {
    const { document, selection } = editor;
    const isActive = window.activeTextEditor === editor;
    const known = this.documents.get(document);
    const origin = known?.originOf(selection.active.line);
    const state = { isActive, isKnown: known !== undefined, line: selection.active.line, shown: origin?.changeset };
    // A key reports its change and the new place of the cursor. Most keys change nothing that is shown.
    if (sameLine(this.#shownLines.get(editor), state)) return;
    this.#shownLines.set(editor, state);
    const showsEnd = isActive && origin !== undefined && setting('blame.editorDecoration.enabled', document.uri);
    const text = showsEnd
      ? fromTemplate(setting('blame.editorDecoration.template', document.uri), origin.changeset.changeset)
      : '';
    const line = document.lineAt(Math.min(selection.active.line, document.lineCount - 1));
    editor.setDecorations(this.#endOfLine, showsEnd ? [attachment('after', lineRange(line.range.end), text)] : []);
    if (!isActive) return;
    if (known === undefined || !setting('blame.statusBarItem.enabled', document.uri)) {
      this.#item.hide();
      return;
    }
    const template = setting('blame.statusBarItem.template', document.uri);
    const said = origin === undefined ? blameTexts.uncommitted() : fromTemplate(template, origin.changeset.changeset);
    const hover = origin === undefined ? said : [origin.changeset.changeset.summary, factsOf(origin.changeset)];
    const target = { uri: document.uri.toString(), line: selection.active.line };
    const command = origin === undefined ? undefined : commandWith('blame.openChanges', '', target);
    setStatusBarItem(this.#item, [{ icon: 'git-commit' }, said], hover, command);
    this.#item.show();
  }

  /** VS Code moves the annotations with their lines. Lines that are new get one at once. */
  #moveColumn(editor: TextEditor, edits: readonly LineEdit[]): void {
    const column = this.#shownColumns.get(editor);
    if (column === undefined) return;
    for (const edit of edits) column.apply(edit);
    const { document } = editor;
    const count = Math.min(document.lineCount, MAX_ANNOTATED_LINES);
    const endsEmpty = document.lineAt(document.lineCount - 1).text === '';
    this.#setColumn(editor, column, column.fill(count, { color: 0, text: blameTexts.uncommitted() }, endsEmpty));
  }

  #setColumn(editor: TextEditor, column: ShownColumn, changes: ColumnChanges): void {
    if (changes.size === 0) return;
    for (const [color, cells] of changes) {
      const options = cells.map(([line, text]) => attachment('before', rangeOfLine(line), text.padEnd(COLUMN_WIDTH)));
      editor.setDecorations(this.#columns[color]!, options);
    }
    const list = column.lists;
    // The window answers in order: an edit that arrives before this answer may have come before the texts.
    void contextKeys.set('showsAnnotations', this.#annotated.size > 0).then(() => {
      if (this.#shownColumns.get(editor) === column) this.#setColumn(editor, column, column.settle(list));
    });
  }

  /** Shows the annotation beside each line, in an editor whose document has one. */
  showColumn(editor: TextEditor): void {
    const { document } = editor;
    const known = this.#annotated.has(document) ? this.documents.get(document) : undefined;
    // The old annotations stay until there are better ones.
    if (this.#annotated.has(document) && known === undefined) return;
    const column = this.#shownColumns.get(editor) ?? new ShownColumn();
    if (known === undefined) this.#shownColumns.delete(editor);
    else this.#shownColumns.set(editor, column);
    this.#setColumn(editor, column, column.update(known === undefined ? [] : columnOf(document, known)));
  }

  #hover(document: TextDocument, position: Position): Hover | undefined {
    const origin = this.originOf(document, position.line);
    if (origin === undefined) return undefined;
    const { range } = document.lineAt(position.line);
    const isAtEnd =
      position.character >= range.end.character &&
      window.activeTextEditor?.selection.active.line === position.line &&
      setting('blame.editorDecoration.enabled', document.uri);
    const isAtColumn = position.character === 0 && this.#annotated.has(document);
    if (!isAtEnd && !isAtColumn) return undefined;
    const root = this.documents.targetOf(document)?.repository.root;
    return root === undefined ? undefined : hoverOf(document, root, position.line, origin);
  }
}

/** The line with the cursor, as an editor shows it. */
interface ShownLine {
  readonly isActive: boolean;
  readonly isKnown: boolean;
  readonly line: number;
  readonly shown: AnnotatedChangeset | undefined;
}

function sameLine(before: ShownLine | undefined, { isActive, isKnown, line, shown }: ShownLine): boolean {
  return before?.isActive === isActive && before.isKnown === isKnown && before.line === line && before.shown === shown;
}

function columnOf(document: TextDocument, known: LineAttributions): ColumnCell[] {
  const heats = setting('blame.heat.enabled', document.uri) ? heatsOf(known) : undefined;
  const format = setting('blame.dateFormat', document.uri);
  const cells = known.changesets.map(({ changeset }, source) => {
    return { color: heats?.[source] ?? 0, text: columnText(changeset, format) };
  });
  const continued = cells.map(({ color }) => ({ color, text: '' }));
  const uncommitted = { color: 0, text: blameTexts.uncommitted() };
  const empty = { color: 0, text: '' };
  const count = Math.min(document.lineCount, MAX_ANNOTATED_LINES);
  return Array.from({ length: count }, (_, line) => {
    const source = known.sourceOf(line);
    // A run of lines of one changeset has its text once.
    const isContinued = line > 0 && source === known.sourceOf(line - 1);
    // After the last line break there is no line yet.
    const isEnd = line >= known.count && document.lineAt(line).text === '';
    if (source < 0) return isContinued || isEnd ? empty : uncommitted;
    return isContinued ? continued[source]! : cells[source]!;
  });
}

function hoverOf(document: TextDocument, root: string, line: number, { changeset: annotated }: LineOrigin): Hover {
  const { changeset, description, path } = annotated;
  const target: LineTarget = { uri: document.uri.toString(), line };
  const links: HoverLink[] = [
    { label: blameTexts.openChanges(), command: commandWith('blame.openChanges', '', target) },
    { label: blameTexts.annotateBefore(), command: commandWith('blame.annotateBefore', '', target) },
    { label: blameTexts.showInGraph(), command: commandWith('graph.reveal', '', changeset.node, root) },
    { label: blameTexts.copyId(), command: commandWith('graph.copyNode', '', changeset.node) },
  ];
  const date = shownDate(changeset, setting('blame.dateFormat', document.uri));
  const paragraphs = [`${changeset.user} · ${date}`, factsOf(annotated), blameTexts.from(path)];
  return hoverWithLinks([...paragraphs, description], links);
}

/** For each changeset from 1 (oldest) to 10 (newest), by rank: few old lines must not make all others look new. */
function heatsOf({ changesets }: LineAttributions): number[] {
  const times = [...new Set(changesets.map(({ changeset }) => changeset.time))].sort((a, b) => a - b);
  const ranks = new Map(times.map((time, rank) => [time, rank]));
  const last = Math.max(1, times.length - 1);
  return changesets.map(({ changeset }) => 1 + Math.round((ranks.get(changeset.time)! / last) * (HEATS - 1)));
}

/** @param heat 0 for none */
function columnDecoration(heat: number): TextEditorDecorationType {
  const color = heat === 0 ? undefined : new ThemeColor(`quicksilver.blame.heat${heat}`);
  return window.createTextEditorDecorationType({
    before: {
      color: new ThemeColor('editorCodeLens.foreground'),
      width: `${COLUMN_WIDTH + 1}ch`,
      margin: '0 1ch 0 0',
      ...(color !== undefined && {
        border: '0 solid',
        borderColor: color,
        textDecoration: 'none; border-left-width: 3px',
      }),
    },
    ...(color !== undefined && { overviewRulerColor: color, overviewRulerLane: OverviewRulerLane.Left }),
  });
}
