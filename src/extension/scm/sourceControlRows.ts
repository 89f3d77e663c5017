// The rows of the Source Control view.
import {
  ThemeColor,
  ThemeIcon,
  Uri,
  workspace,
  type Command,
  type SourceControlResourceDecorations,
  type SourceControlResourceState,
} from 'vscode';
import type { Conflict, FileEntry, Problem, RepositoryState } from '../../server/protocol.ts';
import { fileColor } from '../common/fileColors.ts';
import { commandWith } from '../common/typedCommands.ts';
import { rowDecorations } from '../common/display.ts';
import { setting } from '../common/settings.ts';
import { statusPresentations, type ShownStatus } from '../model/statusPresentation.ts';
import { isDirty, type SubrepositoryStatus } from '../model/subrepositoryStatus.ts';
import { rowTooltip, subrepositoryTooltip, texts } from './scmStrings.ts';
import { fileUri, isReadableName } from '../common/uris.ts';

/** All that a row's look depends on beside its path. */
export function rowVersion(
  status: ShownStatus,
  entry: Pick<FileEntry, 'source' | 'undecided'> | undefined,
  conflict: Conflict | undefined,
): string {
  const hover = conflict === undefined ? (entry?.undecided ?? '') : conflictText(conflict);
  return [status, entry?.source ?? '', hover].join('\0');
}

export interface RowOptions {
  readonly rootUri: Uri;
  readonly path: string;
  /** From {@link rowVersion}. */
  readonly version: string;
  readonly showsIcons: boolean;
  /** The command's title. */
  readonly title: string;
}

/** One object per status and kind: thousands of rows share it. */
const usualDecorations = new Map<string, SourceControlResourceDecorations>();

/** To be called when colors have changed, before the rows are made anew. */
export function forgetRowDecorations(): void {
  usualDecorations.clear();
}

export function createRow({ rootUri, path, version, showsIcons, title }: RowOptions): SourceControlResourceState {
  const [status, source, conflict] = version.split('\0') as [ShownStatus, string, string];
  const resourceUri = fileUri(rootUri, path);
  const isReadable = isReadableName(path);
  const isUsual = isReadable && source === '' && conflict === '';
  const key = `${status} ${showsIcons}`;
  let decorations = isUsual ? usualDecorations.get(key) : undefined;
  if (decorations === undefined) {
    const { icon, color, strikeThrough } = statusPresentations[status];
    const hover = rowTooltip(status, source === '' ? undefined : source, path, isReadable);
    decorations = rowDecorations(conflict === '' ? hover : conflict, {
      strikeThrough,
      ...(showsIcons && { iconPath: new ThemeIcon(icon, fileColor(color)) }),
    });
    if (isUsual) usualDecorations.set(key, decorations);
  }
  return {
    resourceUri,
    command: commandWith('openResource', title, resourceUri),
    decorations,
    contextValue: statusPresentations[status].contextValue,
  };
}

/** As {@link createRow}, of a staged file. The click shows what is staged of it. */
export function createStagedRow(options: RowOptions): SourceControlResourceState {
  const row = createRow(options);
  return { ...row, command: commandWith('openStaged', options.title, row.resourceUri) };
}

/** As {@link createRow}, of a subrepository; the version is its status as JSON. The click shows where its files are. */
export function createSubrepositoryRow({ rootUri, path, version, showsIcons }: RowOptions): SourceControlResourceState {
  const status = JSON.parse(version) as SubrepositoryStatus;
  const resourceUri = fileUri(rootUri, path);
  const { icon, color, contextValue } = statusPresentations.subrepository;
  // An icon without a letter shows that this is no file.
  const iconPath = new ThemeIcon(icon, isDirty(status) ? fileColor(color) : undefined);
  return {
    resourceUri,
    command: commandWith('openSubrepository', texts.open(), resourceUri),
    decorations: rowDecorations(subrepositoryTooltip(status), {
      faded: !isDirty(status),
      ...((showsIcons || !isDirty(status)) && { iconPath }),
    }),
    contextValue,
  };
}

/** The text about a repository with a problem. */
export interface ShownProblem {
  readonly problem: Problem;
  readonly sentence: string;
  /** The program that gives a status all the same. */
  readonly program: string | undefined;
}

/** Returns undefined without a problem. */
export function shownProblem(state: RepositoryState): ShownProblem | undefined {
  if (state.kind !== 'fallback' && state.kind !== 'refused' && state.kind !== 'failed') return undefined;
  const { problem } = state;
  if (state.kind === 'fallback') {
    const { program } = state;
    return { problem, sentence: texts.statusBy(problem.message, program), program };
  }
  const needsTrust = state.kind === 'refused' && !workspace.isTrusted && setting('fallbackToHg');
  return { problem, sentence: needsTrust ? texts.needsTrust(problem.message) : problem.message, program: undefined };
}

/** A row about the repository instead of a file: a short label, and the whole sentence in the tooltip. */
export function createNoticeRow(
  label: string,
  tooltip: string,
  icon: ThemeIcon,
  command: Command,
): SourceControlResourceState {
  return {
    resourceUri: Uri.from({ scheme: 'quicksilver-problem', path: `/${label}` }),
    command,
    decorations: rowDecorations(tooltip, { iconPath: icon }),
    contextValue: 'problem',
  };
}

/** A click opens the file that the user can mend, or else explains the problem. */
export function createProblemRow({ problem, sentence, program }: ShownProblem, root: Uri): SourceControlResourceState {
  const { code, file, line } = problem;
  const canMend = code === 'invalid-config' && file !== undefined;
  const location = { root, sentence, ...(canMend && { file, ...(line !== undefined && { line }) }) };
  const hasStatus = program !== undefined;
  const icon = hasStatus
    ? new ThemeIcon('info', new ThemeColor('problemsInfoIcon.foreground'))
    : new ThemeIcon('error', new ThemeColor('problemsErrorIcon.foreground'));
  const label = hasStatus ? texts.statusFrom(program) : texts.problemLabel(code);
  return createNoticeRow(label, sentence, icon, commandWith('openProblem', texts.open(), location));
}

function conflictText(conflict: Conflict): string {
  if (conflict.kind === 'path') return texts.conflict.path(conflict.renamedTo);
  const { deletedOn } = conflict;
  return deletedOn === undefined ? texts.conflict.content() : texts.conflict.deletedOn(deletedOn);
}
