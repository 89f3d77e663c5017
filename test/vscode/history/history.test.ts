// Blame and the graph in a window that is not trusted: both work, and no hg runs.
import assert from 'node:assert/strict';
import { commands, Selection, TabInputTextDiff, TabInputWebview, window, workspace, type TextEditor } from 'vscode';
import { hasUi, hgCalls, ui, until } from '../harness.ts';
import { at, uriAt } from '../outside.ts';
import { activeApi, repositoryAt } from '../shown.ts';

interface Entry {
  readonly changeset: { readonly summary: string };
  readonly path: string;
  readonly kind: string;
}

describe('the history, in a window that is not trusted', () => {
  let editor: TextEditor;

  const line = async (number: number): Promise<void> => {
    await commands.executeCommand('cursorTop');
    // A value of 0 would count as 1.
    if (number > 0) await commands.executeCommand('cursorMove', { to: 'down', by: 'line', value: number });
  };
  const blame = async (text: string): Promise<void> => {
    // It waits until an item has the text, and fails otherwise. The window draws spaces in its own way.
    if (hasUi()) await ui.statusBarItems({ until: text });
  };

  before(async () => {
    await repositoryAt(await activeApi(), at());
    editor = await window.showTextDocument(await workspace.openTextDocument(uriAt('file.txt')));
  });

  it('shows in the status bar who changed the line, also while the user types', async () => {
    await line(1);
    await blame('Ann Lee');
    await editor.edit(edit => edit.insert(editor.document.lineAt(0).range.start, 'new\n'));
    await line(0);
    await blame('Not committed yet');
    await line(2);
    await blame('Ann Lee');
  });

  it('opens the changes of the line, and the version before it', async () => {
    await line(2);
    await commands.executeCommand('quicksilver.blame.openChanges');
    await until(
      'the changes are open',
      () => window.tabGroups.activeTabGroup.activeTab?.label.includes('Change the second line') === true,
      window.tabGroups.onDidChangeTabs,
    );
    await window.showTextDocument(editor.document);
    await line(2);
    await commands.executeCommand('quicksilver.blame.annotateBefore');
    const shown = window.activeTextEditor?.document;
    assert.equal(shown?.uri.scheme, 'quicksilver');
    assert.equal(shown.getText(), 'one\ntwo\nthree\n');
    assert.match(shown.uri.path, /old\.txt$/);
  });

  it('lists the versions of the file in a view, and opens each at its own path', async () => {
    await window.showTextDocument(editor.document);
    await commands.executeCommand('quicksilver.fileHistory');
    if (!hasUi()) return;
    const rows = await ui.viewRows('File History', {
      until: ['Rename the file', 'Change the second line', 'First commit'],
    });
    assert.equal(rows.length, 3, rows.join('\n'));
    assert.match(rows[1] ?? '', /Ann Lee.*old\.txt/);
    await ui.clickViewRow('File History', 'Change the second line');
    const isOpen = (): boolean => {
      const input = window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof TabInputTextDiff && input.modified.path.endsWith('old.txt');
    };
    await until('the change is open', isOpen, window.tabGroups.onDidChangeTabs);
  });

  it('annotates an older version, with dates in the form of the setting', async function () {
    if (!hasUi()) this.skip();
    const settings = workspace.getConfiguration('quicksilver.blame');
    await settings.update('dateFormat', 'iso', true);
    try {
      // The row is selected since it was clicked.
      await commands.executeCommand('quicksilver.fileHistory.annotate');
      const shown = window.activeTextEditor!;
      assert.equal(shown.document.uri.scheme, 'quicksilver');
      assert.match(shown.document.uri.path, /old\.txt$/);
      assert.equal(shown.document.getText(), 'one\nTWO\nthree\n');
      // At the beginning of a line, only an annotated document has a hover.
      shown.selection = new Selection(1, 0, 1, 0);
      await commands.executeCommand('editor.action.showHover');
      await ui.hover({ until: ['Ann Lee', '2024-05-06 07:08', 'Change the second line'] });
    } finally {
      await settings.update('dateFormat', undefined, true);
    }
  });

  it('opens all changes of a version by the button of its row', async function () {
    if (!hasUi()) this.skip();
    await commands.executeCommand('quicksilver.fileHistory.openChangeset');
    const isOpen = (): boolean =>
      window.tabGroups.activeTabGroup.activeTab?.label.includes('Change the second line') === true;
    await until('the changes are open', isOpen, window.tabGroups.onDidChangeTabs);
  });

  it('lists the changesets that changed the selected lines', async () => {
    const shown = await window.showTextDocument(editor.document);
    const isActive = (): boolean => window.activeTextEditor?.document === editor.document;
    await until('the file is active', isActive, window.onDidChangeActiveTextEditor);
    const changesets = async (selection: Selection): Promise<unknown> => {
      shown.selection = selection;
      const entries = await commands.executeCommand<readonly Entry[]>('quicksilver.lineHistory');
      return entries.map(({ changeset, path, kind }) => `${changeset.summary}: ${kind} ${path}`);
    };
    // The lines are those of the unsaved text.
    assert.deepEqual(await changesets(new Selection(1, 0, 1, 1)), ['First commit: added old.txt']);
    assert.deepEqual(await changesets(new Selection(2, 0, 3, 0)), [
      'Change the second line: changed old.txt',
      'First commit: added old.txt',
    ]);
    assert.deepEqual(await changesets(new Selection(0, 0, 0, 0)), []);
    const folder = await commands.executeCommand<readonly Entry[]>('quicksilver.folderHistory', uriAt());
    assert.equal(folder.length, 3);
    await commands.executeCommand('quicksilver.fileHistory.hide');
    if (hasUi()) await ui.viewRows('File History', { gone: true });
  });

  it('opens the graph in an editor', async () => {
    await commands.executeCommand('quicksilver.graph.openInEditor');
    const isGraph = (): boolean => window.tabGroups.activeTabGroup.activeTab?.input instanceof TabInputWebview;
    await until('the graph is open', isGraph, window.tabGroups.onDidChangeTabs);
  });

  it('starts no hg', () => {
    assert.deepEqual(hgCalls(), []);
  });
});
