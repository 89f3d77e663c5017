// Short messages that several commands show.
import { commands } from 'vscode';
import { notify } from '../common/display.ts';
import { hgTexts } from './hgStrings.ts';

export function showInfo(sentence: string): void {
  void notify('info', sentence);
}

/** Warns about conflicts in the way, and offers to show them. */
export function warnOfConflicts(sentence: string): void {
  void notify('warning', sentence, hgTexts.commit.showConflicts()).then(async choice => {
    if (choice !== undefined) await commands.executeCommand('workbench.view.scm');
  });
}

const MOST_NAMES = 12;

/** A few of the names, or other lines, for the detail of a question. */
export function previewLines(lines: readonly string[]): readonly string[] {
  const shown = lines.slice(0, MOST_NAMES);
  if (shown.length < lines.length) shown.push(hgTexts.more(lines.length - shown.length));
  return shown;
}
