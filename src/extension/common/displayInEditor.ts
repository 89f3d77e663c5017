// The door to texts in editors and beside them, like display.ts, for code that loads on demand: every text is taken for
// foreign.
import {
  commands,
  Hover,
  MarkdownString,
  Position,
  Range,
  StatusBarAlignment,
  ViewColumn,
  window,
  type Command,
  type DecorationOptions,
  type StatusBarItem,
  type TreeView,
  type ThemableDecorationAttachmentRenderOptions,
  type WebviewPanel,
  type WebviewView,
} from 'vscode';
import { inMarkdown, oneLine, withoutIcons } from '../../base/foreignText.ts';
import type { ViewId } from '../contributions/window.ts';
import type { Icon, Lines } from './display.ts';

const NO_BREAK_SPACE = '\u00a0';

/** An empty range at a position. */
export function lineRange(position: Position): Range {
  return new Range(position, position);
}

/** An empty range at the beginning of a line, from 0. */
export function rangeOfLine(line: number): Range {
  return lineRange(new Position(line, 0));
}

/** A text before or after a range. Spaces stay as they are. */
export function attachment(place: 'before' | 'after', range: Range, text: string): DecorationOptions {
  const shown = oneLine(text).replaceAll(' ', NO_BREAK_SPACE);
  const margin = place === 'after' ? { margin: '0 0 0 3ch' } : {};
  const options: ThemableDecorationAttachmentRenderOptions = { contentText: shown, ...margin };
  return { range, renderOptions: { [place]: options } };
}

export interface HoverLink {
  readonly label: string;
  readonly command: Command;
}

/** Paragraphs of text, of which each line stays a line, and below them links that run commands of ours. */
export function hoverWithLinks(paragraphs: readonly string[], links: readonly HoverLink[]): Hover {
  const inLines = (text: string): string =>
    text
      .split(/\r\n|\r|\n/)
      .map(inMarkdown)
      .join('  \n');
  const linked = links.map(({ label, command }) => {
    const given = encodeURIComponent(JSON.stringify(command.arguments ?? []));
    return `[${inMarkdown(label)}](command:${command.command}?${given.replace(/[()]/g, encodeURIComponent)})`;
  });
  const text = new MarkdownString([...paragraphs.map(inLines), linked.join(' &nbsp;|&nbsp; ')].join('\n\n'));
  text.isTrusted = { enabledCommands: links.map(({ command }) => command.command) };
  return new Hover(text);
}

/** An item at the right of the status bar; those with a higher priority stand further left. */
export function createRightItem(id: string, priority: number): StatusBarItem {
  return window.createStatusBarItem(id, StatusBarAlignment.Right, priority);
}

/** An editor that shows a page of ours. */
export function createPage(id: string, title: string): WebviewPanel {
  return window.createWebviewPanel(id, oneLine(title), ViewColumn.Active, { enableScripts: true });
}

/** Names what a page of ours shows: beside the title of its view, or in the title of its editor. */
export function setPageSubject(place: WebviewView | WebviewPanel, title: string, subject: string): void {
  const name = oneLine(subject);
  if ('reveal' in place) place.title = name === '' ? title : `${title}: ${name}`;
  else place.description = name;
}

/** Shows VS Code's progress in a view of ours until the work ends. */
export async function showViewProgress(id: ViewId, work: Promise<void>): Promise<void> {
  await window.withProgress({ location: { viewId: id } }, () => work);
}

/** Opens a view of ours and moves the focus to it. */
export function focusView(id: ViewId): Thenable<unknown> {
  return commands.executeCommand(`${id}.focus`);
}

/** Sets the texts beside the title of a tree and above its rows; a message that is undefined goes away. */
export function setTreeTexts(
  tree: TreeView<unknown>,
  texts: { readonly description?: string; readonly message: string | undefined },
): void {
  if (texts.description !== undefined) tree.description = oneLine(texts.description);
  tree.message = oneLine(texts.message ?? '');
}

/** @param parts shown with spaces between them */
export function setStatusBarItem(
  item: StatusBarItem,
  parts: readonly (string | Icon)[],
  hover: Lines,
  command: Command | undefined,
): void {
  const texts = parts.map(part => (typeof part === 'string' ? withoutIcons(oneLine(part)) : `$(${part.icon})`));
  item.text = texts.join(' ');
  item.tooltip = (typeof hover === 'string' ? [hover] : hover).map(oneLine).join('\n');
  item.command = command;
}
