// The one door to everything in VS Code that shows text. Every text is taken for foreign: no function here has a way to
// pass markup in a string. Icons, links and lines are arguments of their own. ESLint refuses the functions of VS Code
// that stand behind these, see eslint.config.mjs. The facts are in base/foreignText.ts.
import {
  commands,
  Diagnostic,
  FileDecoration,
  FileSystemError,
  InputBoxValidationSeverity,
  MarkdownString,
  QuickPickItemKind,
  scm,
  ThemeIcon,
  TreeItem,
  window,
  CancellationTokenSource,
  type CancellationToken,
  type Command,
  type DiagnosticSeverity,
  type LogOutputChannel,
  type MessageOptions,
  type ProgressLocation,
  type Range,
  type SourceControl,
  type SourceControlInputBox,
  type SourceControlResourceDecorations,
  type SourceControlResourceGroup,
  type TextDocumentShowOptions,
  type ThemeColor,
  type TreeItemCollapsibleState,
  type Uri,
} from 'vscode';
import { inMarkdown, oneLine, withoutIcons, withoutLinks } from '../../base/foreignText.ts';

/** One line, or several: a line break inside of one of them never begins another. */
export type Lines = string | readonly string[];

type Level = 'info' | 'warning' | 'error';

type Show = (message: string, options: MessageOptions, ...titles: string[]) => Thenable<string | undefined>;

const SHOW: Readonly<Record<Level, Show>> = {
  info: (...given) => window.showInformationMessage(...given),
  warning: (...given) => window.showWarningMessage(...given),
  error: (...given) => window.showErrorMessage(...given),
};

/** Resolves with the action that was chosen, as it was given. */
export async function notify(
  level: Level,
  message: string,
  ...actions: readonly string[]
): Promise<string | undefined> {
  const titles = actions.map(action => withoutLinks(oneLine(action)));
  const chosen = await SHOW[level](withoutLinks(oneLine(message)), {}, ...titles);
  return chosen === undefined ? undefined : actions[titles.indexOf(chosen)];
}

/** A modal question. Resolves with the action that was chosen, as it was given. */
export async function modal(
  level: Level,
  question: string,
  detail: Lines,
  ...actions: readonly string[]
): Promise<string | undefined> {
  const titles = actions.map(oneLine);
  const chosen = await SHOW[level](oneLine(question), { modal: true, detail: linesOf(detail) }, ...titles);
  return chosen === undefined ? undefined : actions[titles.indexOf(chosen)];
}

export interface Validation {
  readonly message: string;
  readonly severity: InputBoxValidationSeverity;
}

export interface InputOptions {
  readonly title?: string;
  readonly prompt?: string;
  readonly placeHolder?: string;
  /** Shown as it is, for it is what comes back. */
  readonly value?: string;
  readonly valueSelection?: readonly [start: number, end: number];
  readonly password?: boolean;
  readonly ignoreFocusOut?: boolean;
  readonly validateInput?: (value: string) => Validation | string | undefined | Promise<Validation | undefined>;
}

/** Undefined if the user cancels. */
export async function input(options: InputOptions, token?: CancellationToken): Promise<string | undefined> {
  const { title, prompt, placeHolder, valueSelection, validateInput, ...rest } = options;
  return window.showInputBox(
    {
      ...rest,
      ...(title !== undefined && { title: oneLine(title) }),
      ...(prompt !== undefined && { prompt: inPrompt(prompt) }),
      ...(placeHolder !== undefined && { placeHolder: oneLine(placeHolder) }),
      ...(valueSelection && { valueSelection: [...valueSelection] }),
      ...(validateInput && {
        validateInput: async (value: string) => {
          const found = await validateInput(value);
          if (found === undefined) return undefined;
          const { message, severity } =
            typeof found === 'string' ? { message: found, severity: InputBoxValidationSeverity.Error } : found;
          return { message: inPrompt(message), severity };
        },
      }),
    },
    token,
  );
}

export interface PickItem {
  /** Name of a codicon. */
  readonly icon?: string;
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  /** Begins a section that is called by the label. */
  readonly isSeparator?: boolean;
  /** Only shows something, in a list of {@link pickFound}: Enter does not take it. */
  readonly isHint?: boolean;
}

export interface PickOptions {
  readonly title?: string;
  readonly placeHolder: string;
  readonly ignoreFocusOut?: boolean;
  readonly matchOnDescription?: boolean;
  readonly matchOnDetail?: boolean;
}

/** Resolves with the item that was chosen, as it was given; undefined if the user cancels. */
export async function pick<T extends PickItem>(
  items: readonly T[] | Promise<readonly T[]>,
  options: PickOptions,
  token?: CancellationToken,
): Promise<T | undefined> {
  const { title, placeHolder, ...rest } = options;
  const shownItems = async () => (await items).map(item => pickItem(item));
  const chosen = await window.showQuickPick(
    shownItems(),
    { ...rest, ...(title !== undefined && { title: oneLine(title) }), placeHolder: oneLine(placeHolder) },
    token,
  );
  return chosen?.item;
}

export interface Found<T> {
  /** In the order in which they are shown, whatever VS Code would match. */
  readonly items: readonly T[];
  /** The one that the text names: Enter takes it. */
  readonly exact?: T | undefined;
}

/**
 * Finds the items for a text, '' at first. It may show items more than once; after a cancellation nothing is shown.
 * If it fails, the question fails too.
 */
export type Find<T> = (text: string, show: (found: Found<T>) => void, token: CancellationToken) => Promise<void>;

/**
 * A list that is searched while the user types. Enter waits for the first items, and then takes only the exact one:
 * nothing is chosen unseen. Resolves with the chosen item; undefined if the user cancels.
 */
export async function pickFound<T extends PickItem>(
  { title, placeHolder }: PickOptions,
  find: Find<T>,
): Promise<T | undefined> {
  const box = window.createQuickPick<ReturnType<typeof pickItem<T>> & { readonly alwaysShow: true }>();
  if (title !== undefined) box.title = oneLine(title);
  box.placeholder = oneLine(placeHolder);
  box.matchOnDescription = true;
  box.matchOnDetail = true;
  let search = new CancellationTokenSource();
  try {
    return await new Promise<T | undefined>((resolve, reject) => {
      let isShown = false;
      let isAccepted = false;
      const accept = (): void => {
        const [chosen] = box.selectedItems;
        isAccepted = !isShown;
        if (isShown && chosen !== undefined && chosen.item.isHint !== true) resolve(chosen.item);
      };
      const show = ({ items, exact }: Found<T>): void => {
        const active = exact ?? box.activeItems[0]?.item;
        box.items = items.map(item => ({ ...pickItem(item), alwaysShow: true }));
        const found = box.items.find(({ item }) => item === active);
        if (found !== undefined) box.activeItems = [found];
        isShown = true;
        if (isAccepted && exact !== undefined) resolve(exact);
        isAccepted = false;
      };
      const look = (text: string): void => {
        search.cancel();
        search.dispose();
        const own = (search = new CancellationTokenSource());
        const { token } = own;
        isShown = false;
        box.busy = true;
        find(text, found => token.isCancellationRequested || show(found), token).then(
          () => {
            if (!token.isCancellationRequested) box.busy = false;
          },
          (error: unknown) => {
            if (!token.isCancellationRequested) reject(error instanceof Error ? error : new Error(String(error)));
          },
        );
      };
      box.onDidChangeValue(look);
      box.onDidAccept(accept);
      box.onDidHide(() => resolve(undefined));
      box.show();
      look('');
    });
  } finally {
    search.cancel();
    search.dispose();
    box.dispose();
  }
}

export interface PickButton {
  readonly icon: string;
  readonly label: string;
}

export interface PressableItem extends PickItem {
  /** Buttons in the row: the name of a codicon, and its hover. */
  readonly buttons?: readonly PickButton[];
}

/** Resolves with the item, and the button of it that was pressed; undefined if the user cancels. */
export async function pickOrPress<T extends PressableItem>(
  items: readonly T[],
  { placeHolder }: Pick<PickOptions, 'placeHolder'>,
): Promise<{ readonly item: T; readonly pressed: PickButton | undefined } | undefined> {
  const box = window.createQuickPick<ReturnType<typeof pickItem<T>>>();
  box.placeholder = oneLine(placeHolder);
  box.matchOnDescription = true;
  box.matchOnDetail = true;
  box.items = items.map(item => ({
    ...pickItem(item),
    buttons: (item.buttons ?? []).map(button => ({
      iconPath: new ThemeIcon(button.icon),
      tooltip: oneLine(button.label),
      button,
    })),
  }));
  try {
    return await new Promise(resolve => {
      box.onDidAccept(() => {
        const [chosen] = box.selectedItems;
        if (chosen !== undefined) resolve({ item: chosen.item, pressed: undefined });
      });
      box.onDidTriggerItemButton(({ item: { item }, button }) =>
        resolve({ item, pressed: 'button' in button ? (button.button as PickButton) : undefined }),
      );
      box.onDidHide(() => resolve(undefined));
      box.show();
    });
  } finally {
    box.dispose();
  }
}

function pickItem<T extends PickItem>(item: T) {
  const { icon, label, description, detail, isSeparator } = item;
  if (isSeparator === true) return { label: oneLine(label), kind: QuickPickItemKind.Separator, item };
  return {
    label: `${icon === undefined ? '' : `$(${icon}) `}${inLabel(label)}`,
    ...(description !== undefined && { description: inLabel(description) }),
    ...(detail !== undefined && { detail: inLabel(detail) }),
    item,
  };
}

export interface Icon {
  /** Name of a codicon, also with an animation: `sync~spin`. */
  readonly icon: string;
}

declare const made: unique symbol;

/** An item of a source control in the status bar. Only {@link statusBarCommand} makes one. */
export type StatusBarCommand = Command & { readonly [made]: true };

/**
 * @param command whose title is replaced
 * @param parts shown with spaces between them
 */
export function statusBarCommand(command: Command, parts: readonly (string | Icon)[], hover: Lines): StatusBarCommand {
  const texts = parts.map(part => (typeof part === 'string' ? inLabel(part) : `$(${part.icon})`));
  return { ...command, title: texts.join(' '), tooltip: linesOf(hover) } as StatusBarCommand;
}

export function setStatusBarCommands(sourceControl: SourceControl, items: readonly StatusBarCommand[]): void {
  const old = sourceControl.statusBarCommands;
  if (JSON.stringify(old) !== JSON.stringify(items)) sourceControl.statusBarCommands = [...items];
}

export function createSourceControl(id: string, label: string, root: Uri): SourceControl {
  return scm.createSourceControl(id, oneLine(label), root);
}

export function createGroup(sourceControl: SourceControl, id: string, label: string): SourceControlResourceGroup {
  return sourceControl.createResourceGroup(id, oneLine(label));
}

export function setGroupLabel(group: SourceControlResourceGroup, label: string): void {
  const text = oneLine(label);
  if (group.label !== text) group.label = text;
}

export function setPlaceholder(box: SourceControlInputBox, text: string): void {
  const placeholder = oneLine(text);
  if (box.placeholder !== placeholder) box.placeholder = placeholder;
}

export function rowDecorations(
  hover: Lines,
  looks: Omit<SourceControlResourceDecorations, 'tooltip'>,
): SourceControlResourceDecorations {
  return { ...looks, tooltip: linesOf(hover) };
}

export function fileDecoration(letter: string | undefined, hover: string, color: ThemeColor): FileDecoration {
  return new FileDecoration(letter, oneLine(hover), color);
}

export interface TreeItemLooks {
  readonly label: string;
  readonly description?: string;
  readonly hover?: Lines;
  /** Name of a codicon. */
  readonly icon?: string;
  readonly state?: TreeItemCollapsibleState;
  /** For screen readers, instead of the label. */
  readonly spoken?: string;
}

export function treeItem({ label, description, hover, icon, state, spoken }: TreeItemLooks): TreeItem {
  const item = new TreeItem(oneLine(label), state);
  if (description !== undefined) item.description = oneLine(description);
  if (hover !== undefined) item.tooltip = linesOf(hover);
  if (icon !== undefined) item.iconPath = new ThemeIcon(icon);
  if (spoken !== undefined) item.accessibilityInformation = { label: oneLine(spoken) };
  return item;
}

/** A hover, as a template: `markdown`**${name}** …``. Its own words are Markdown, and what is put in is text. */
export function markdown(own: TemplateStringsArray, ...texts: readonly string[]): MarkdownString {
  return new MarkdownString(own.map((words, at) => words + inMarkdown(texts[at] ?? '')).join(''));
}

export function diagnostic(range: Range, message: string, severity: DiagnosticSeverity): Diagnostic {
  return new Diagnostic(range, oneLine(message), severity);
}

interface ProgressOptions {
  readonly location: ProgressLocation.SourceControl | ProgressLocation.Notification;
  readonly title: string;
  readonly cancellable?: boolean;
}

export async function progress<T>(
  { title, ...options }: ProgressOptions,
  work: (report: (message: string) => void, token: CancellationToken) => Promise<T>,
): Promise<T> {
  return window.withProgress({ ...options, title: withoutLinks(oneLine(title)) }, async (shownProgress, token) =>
    work(message => shownProgress.report({ message: withoutLinks(oneLine(message)) }), token),
  );
}

export async function openDiff(
  original: Uri,
  modified: Uri,
  title: string,
  options?: TextDocumentShowOptions,
): Promise<void> {
  await commands.executeCommand('vscode.diff', original, modified, oneLine(title), options);
}

export type DiffSides = [label: Uri, original: Uri | undefined, modified: Uri | undefined];

export async function openDiffs(title: string, sides: readonly DiffSides[]): Promise<void> {
  await commands.executeCommand('vscode.changes', oneLine(title), sides);
}

/** @param title in place of the name of the file */
export async function openUri(uri: Uri, options: TextDocumentShowOptions, title?: string): Promise<void> {
  await commands.executeCommand('vscode.open', uri, options, ...(title === undefined ? [] : [oneLine(title)]));
}

export interface MergeSide {
  readonly uri: Uri;
  readonly title: string;
  readonly description: string | undefined;
}

/** The command is VS Code's own: it may be another, or gone, in any release. */
export async function openInMergeEditor(base: Uri, sides: readonly [MergeSide, MergeSide], output: Uri): Promise<void> {
  const [input1, input2] = sides.map(({ uri, title, description }) => ({
    uri,
    title: inLabel(title),
    ...(description !== undefined && { description: inLabel(description) }),
  }));
  await commands.executeCommand('_open.mergeEditor', { base, input1, input2, output });
}

export function fileNotFound(message: string): FileSystemError {
  return FileSystemError.FileNotFound(withoutLinks(oneLine(message)));
}

export function fileUnavailable(message: string): FileSystemError {
  return FileSystemError.Unavailable(withoutLinks(oneLine(message)));
}

export type Log = Pick<LogOutputChannel, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'logLevel' | 'dispose'> & {
  show(): void;
};

/** A log in which no message can pretend to be another one: its further lines are indented. */
export function createLog(name: string): Log {
  const channel = window.createOutputChannel(name, { log: true });
  const line = (message: string): string => message.split(/\r?\n/).map(oneLine).join('\n    ');
  return {
    trace: message => channel.trace(line(message)),
    debug: message => channel.debug(line(message)),
    info: message => channel.info(line(message)),
    warn: message => channel.warn(line(message)),
    error: message => channel.error(line(String(message))),
    show: () => channel.show(),
    get logLevel() {
      return channel.logLevel;
    },
    dispose: () => channel.dispose(),
  };
}

function linesOf(lines: Lines): string {
  return typeof lines === 'string' ? oneLine(lines) : lines.map(oneLine).join('\n');
}

function inLabel(text: string): string {
  return withoutIcons(oneLine(text));
}

function inPrompt(text: string): string {
  return withoutIcons(withoutLinks(oneLine(text)));
}
