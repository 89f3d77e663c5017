import assert from 'node:assert/strict';
import fs from 'node:fs';
import { RelativePattern, commands, window, workspace, type Uri } from 'vscode';
import type { QuicksilverRepository } from '../../../src/extension/api/api.ts';
import type { TestApi } from '../../../src/extension/api/testDoor.ts';
import { until } from '../harness.ts';
import { assertNoHgStarted, at, remove, shell, uriAt, write } from '../outside.ts';
import { activeApi, assertShows, beginRecord, repositoryAt, type Marks } from '../shown.ts';
import { assertInWindow, shownColors } from '../window.ts';

/** What is there before and after each test. */
const base: Marks = { 'x.log': 'I', build: 'I' };

describe('changes of files', () => {
  let api: TestApi;
  let repository: QuicksilverRepository;

  const shows = (marks: Marks): Promise<void> => assertShows(api, repository, { ...base, ...marks });

  before(async () => {
    api = await activeApi();
    repository = await repositoryAt(api, at());
    await shows({});
  });

  it('shows a file saved in the editor, in the window too, and that it was saved back', async () => {
    const record = beginRecord(api, repository);
    const editor = await window.showTextDocument(await workspace.openTextDocument(uriAt('src', 'saved.txt')));
    await editor.edit(edit => edit.insert(editor.document.lineAt(0).range.end, ' and changed'));
    await editor.document.save();
    await shows({ 'src/saved.txt': 'M' });
    const told = record.end();
    assert.deepEqual(told.statuses, { 'src/saved.txt': ['modified'] });
    assert.deepEqual(told.fired, ['src/saved.txt']);
    await assertInWindow({
      sourceControl: ['Changes', 'saved.txt, Modified, src'],
      badge: 1,
      statusBar: ['default', '1'],
      explorer: {
        src: `: ${shownColors.modified}`,
        'x.log': `: ${shownColors.ignored}`,
        build: `: ${shownColors.ignored}`,
      },
    });
    await editor.edit(edit => edit.replace(editor.document.lineAt(0).range, 'saved'));
    await editor.document.save();
    await shows({});
    await commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('shows a file changed, one removed and one made by a shell', async () => {
    const record = beginRecord(api, repository);
    await shell(at(), 'echo changed>> src/shell.txt');
    await shows({ 'src/shell.txt': 'M' });
    fs.rmSync(at('src', 'removed.txt'));
    write('src/made.txt', 'made\n');
    await shows({ 'src/shell.txt': 'M', 'src/removed.txt': '!', 'src/made.txt': '?' });
    write('src/shell.txt', 'shell\n');
    write('src/removed.txt', 'to be removed\n');
    remove('src/made.txt');
    await shows({});
    const told = record.end();
    assert.deepEqual(told.statuses, {
      'src/shell.txt': ['modified', 'clean'],
      'src/removed.txt': ['deleted', 'clean'],
      'src/made.txt': ['unknown', 'clean'],
    });
    assert.deepEqual(told.fired, ['src/made.txt', 'src/removed.txt', 'src/shell.txt']);
  });

  it('shows files in folders that are made with all above them, and those made there later', async () => {
    const record = beginRecord(api, repository);
    write('a/b/c/one.txt', 'one\n');
    write('a/b/two.txt', 'two\n');
    await shows({ 'a/b/c/one.txt': '?', 'a/b/two.txt': '?' });
    write('a/b/c/later.txt', 'later\n');
    await shows({ 'a/b/c/one.txt': '?', 'a/b/two.txt': '?', 'a/b/c/later.txt': '?' });
    remove('a');
    await shows({});
    assert.deepEqual(record.end().statuses, {
      'a/b/c/one.txt': ['unknown', 'clean'],
      'a/b/two.txt': ['unknown', 'clean'],
      'a/b/c/later.txt': ['unknown', 'clean'],
    });
  });

  it('shows a renamed folder, and what happens in it from then on', async () => {
    const record = beginRecord(api, repository);
    const missing: Marks = { 'folder/inner/one.txt': '!', 'folder/two.txt': '!' };
    fs.renameSync(at('folder'), at('moved'));
    await shows({ ...missing, 'moved/inner/one.txt': '?', 'moved/two.txt': '?' });
    write('moved/inner/later.txt', 'later\n');
    await shows({ ...missing, 'moved/inner/one.txt': '?', 'moved/two.txt': '?', 'moved/inner/later.txt': '?' });
    remove('moved/inner/later.txt');
    await shows({ ...missing, 'moved/inner/one.txt': '?', 'moved/two.txt': '?' });
    fs.renameSync(at('moved'), at('folder'));
    await shows({});
    write('folder/inner/one.txt', 'one, changed\n');
    await shows({ 'folder/inner/one.txt': 'M' });
    write('folder/inner/one.txt', 'one\n');
    await shows({});
    assert.deepEqual(record.end().statuses, {
      'folder/inner/one.txt': ['deleted', 'clean', 'modified', 'clean'],
      'folder/two.txt': ['deleted', 'clean'],
      'moved/inner/one.txt': ['unknown', 'clean'],
      'moved/two.txt': ['unknown', 'clean'],
      'moved/inner/later.txt': ['unknown', 'clean'],
    });
  });

  it('follows a folder that the settings hide from the file watcher of VS Code', async () => {
    const seen: string[] = [];
    const watcher = workspace.createFileSystemWatcher(new RelativePattern(uriAt(), '**/*.txt'));
    const note = (uri: Uri): unknown => seen.push(workspace.asRelativePath(uri));
    watcher.onDidChange(note);
    watcher.onDidCreate(note);
    try {
      write('hidden/tracked.txt', 'tracked, changed\n');
      await shows({ 'hidden/tracked.txt': 'M' });
      write('hidden/tracked.txt', 'tracked\n');
      await shows({});
      // What VS Code notices comes in order: when it tells of this file, it has kept silent about the other.
      write('src/shell.txt', 'shell, changed\n');
      await until(
        'VS Code tells of it',
        () => seen.includes('src/shell.txt'),
        watcher.onDidChange,
        watcher.onDidCreate,
      );
      assert.deepEqual(
        seen.filter(name => name.startsWith('hidden/')),
        [],
      );
      write('src/shell.txt', 'shell\n');
      await shows({});
    } finally {
      watcher.dispose();
    }
  });

  it('has started no hg for any of that', assertNoHgStarted);
});
