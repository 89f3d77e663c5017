// Blame and the graph in a window that is not trusted: both work, and no hg runs.
import assert from 'node:assert/strict';
import { commands, TabInputWebview, window, workspace, type TextEditor } from 'vscode';
import { hasUi, hgCalls, ui, until } from '../harness.ts';
import { at, uriAt } from '../outside.ts';
import { activeApi, repositoryAt } from '../shown.ts';

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

  it('opens the graph in an editor', async () => {
    await commands.executeCommand('quicksilver.graph.openInEditor');
    const isGraph = (): boolean => window.tabGroups.activeTabGroup.activeTab?.input instanceof TabInputWebview;
    await until('the graph is open', isGraph, window.tabGroups.onDidChangeTabs);
  });

  it('starts no hg', () => {
    assert.deepEqual(hgCalls(), []);
  });
});
