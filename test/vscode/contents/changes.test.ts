import assert from 'node:assert/strict';
import fs from 'node:fs';
import {
  commands,
  Selection,
  TabInputText,
  TabInputTextDiff,
  Uri,
  window,
  workspace,
  type SourceControlResourceState,
  type Tab,
} from 'vscode';
import type { QuicksilverRepository } from '../../../src/extension/api/api.ts';
import type { TestApi } from '../../../src/extension/api/testDoor.ts';
import { hasUi, scenario, ui, until } from '../harness.ts';
import { assertNoHgStarted, at, hg, uriAt, write } from '../outside.ts';
import { activeApi, repositoryAt } from '../shown.ts';
import { lines } from './lines.ts';

describe('what a change opens', () => {
  let api: TestApi;
  let repository: QuicksilverRepository;
  let parent: string;

  before(async () => {
    api = await activeApi();
    repository = await repositoryAt(api, at());
    await hg(at(), 'remove', 'src/removed.txt');
    write('src/new.txt', lines('old', { 5: 'changed' }));
    write('src/edited.txt', lines('line', { 3: 'changed' }));
    write('src/added.txt', 'added\n');
    fs.writeFileSync(at('pixel.gif'), Buffer.from(scenario().data['bluePixel'] ?? '', 'base64'));
    await hg(at(), 'add', 'src/added.txt');
    await workspace.fs.delete(uriAt('src', 'missing.txt'));
    await repository.settle();
    parent = repository.head?.firstParent.slice(0, 12) ?? '';
  });

  afterEach(async () => {
    await workspace.saveAll();
    await commands.executeCommand('workbench.action.closeAllEditors');
  });

  function row(path: string): SourceControlResourceState {
    const all = api.view.groups(repository.rootUri).flatMap(({ resources }) => [...resources]);
    const found = all.find(({ resourceUri }) => resourceUri.path === uriAt(path).path);
    assert.ok(found, `${path} has a row`);
    return found;
  }

  async function click(path: string): Promise<Tab> {
    const { command } = row(path);
    assert.ok(command);
    await commands.executeCommand(command.command, ...((command.arguments ?? []) as readonly unknown[]));
    return activeTab();
  }

  function activeTab(): Tab {
    const tab = window.tabGroups.activeTabGroup.activeTab;
    assert.ok(tab);
    return tab;
  }

  async function text(uri: Uri): Promise<string> {
    return (await workspace.openTextDocument(uri)).getText();
  }

  async function assertDiff(tab: Tab, title: string, original: string, path: string): Promise<void> {
    assert.equal(tab.label, title);
    assert.ok(tab.input instanceof TabInputTextDiff);
    assert.equal(tab.input.modified.toString(), uriAt(path).toString());
    assert.equal(tab.input.original.scheme, 'quicksilver');
    assert.equal(await text(tab.input.original), original);
  }

  async function assertVersion(tab: Tab, title: string, content: string): Promise<void> {
    assert.equal(tab.label, title);
    assert.ok(tab.input instanceof TabInputText);
    assert.equal(tab.input.uri.scheme, 'quicksilver');
    assert.equal(await text(tab.input.uri), content);
  }

  it('the gutter compares tracked files only, and those that have something to be compared with', async () => {
    const originalOf = async (path: string): Promise<string | undefined> => {
      const original = await api.view.originalOf(uriAt(path));
      return original && (JSON.parse(original.query) as { revision: string }).revision + original.path;
    };
    for (const path of ['src/edited.txt', 'src/other.txt', 'src/new.txt']) {
      assert.equal(await originalOf(path), `base${uriAt(path).path}`);
    }
    for (const path of ['src/added.txt', 'unknown.txt', 'x.log', 'src/absent.txt', '.hg/requires']) {
      assert.equal(await originalOf(path), undefined, path);
    }
    assert.equal(await api.view.originalOf(Uri.file('/elsewhere/a.txt')), undefined);
  });

  it('a modified file: the difference from the parent', async () => {
    const tab = await click('src/edited.txt');
    await assertDiff(tab, `edited.txt (${parent} ↔ Working Copy)`, lines('line'), 'src/edited.txt');
  });

  it('a renamed file: the difference from what it was', async () => {
    const tab = await click('src/new.txt');
    await assertDiff(tab, `old.txt → new.txt (${parent} ↔ Working Copy)`, lines('old'), 'src/new.txt');
  });

  it('an added and an untracked file: the file', async () => {
    for (const path of ['src/added.txt', 'unknown.txt']) {
      const { input } = await click(path);
      assert.ok(input instanceof TabInputText);
      assert.equal(input.uri.toString(), uriAt(path).toString());
    }
  });

  it('a removed and a missing file: what the parent has', async () => {
    await assertVersion(await click('src/removed.txt'), `removed.txt (${parent}, Removed)`, lines('removed'));
    await assertVersion(await click('src/missing.txt'), `missing.txt (${parent}, Missing)`, lines('missing'));
  });

  it('by the setting, the file', async () => {
    const settings = workspace.getConfiguration('quicksilver');
    await settings.update('openDiffOnClick', false, true);
    try {
      const { input } = await click('src/edited.txt');
      assert.ok(input instanceof TabInputText);
      assert.equal(input.uri.toString(), uriAt('src/edited.txt').toString());
      await assertVersion(await click('src/removed.txt'), `removed.txt (${parent}, Removed)`, lines('removed'));
    } finally {
      await settings.update('openDiffOnClick', undefined, true);
    }
  });

  it('the commands of a row, and back from the difference to the file', async () => {
    await commands.executeCommand('quicksilver.openParentVersion', row('src/new.txt'));
    await assertVersion(activeTab(), `old.txt (${parent})`, lines('old'));
    await commands.executeCommand('quicksilver.openChanges', row('src/edited.txt'));
    assert.ok(activeTab().input instanceof TabInputTextDiff);
    await commands.executeCommand('quicksilver.openFile');
    const { input } = activeTab();
    assert.ok(input instanceof TabInputText);
    assert.equal(input.uri.toString(), uriAt('src/edited.txt').toString());
    await commands.executeCommand('quicksilver.openChanges');
    assert.ok(activeTab().input instanceof TabInputTextDiff);
  });

  it('all changes of a group in one editor', async () => {
    const group = api.view.groups(repository.rootUri).find(({ id }) => id === 'changes');
    assert.ok(group);
    const resourceStates = [...group.resources];
    await commands.executeCommand('quicksilver.viewAllChanges', { ...group, resourceStates });
    assert.match(activeTab().label, /: Changes( \(\d+ files\))?$/);
  });

  it('an image: both pictures', async function () {
    if (!hasUi()) this.skip();
    await click('pixel.gif');
    await until('a tab has it', () => activeTab().label.startsWith('pixel.gif ('), window.tabGroups.onDidChangeTabs);
  });

  it('a block is reverted, and comes back with undo', async () => {
    const document = await workspace.openTextDocument(uriAt('src', 'edited.txt'));
    await window.showTextDocument(document);
    const change = {
      originalStartLineNumber: 3,
      originalEndLineNumber: 3,
      modifiedStartLineNumber: 3,
      modifiedEndLineNumber: 3,
    };
    await commands.executeCommand('quicksilver.revertBlock', document.uri, [change], 0);
    assert.equal(document.getText(), lines('line'));
    await commands.executeCommand('undo');
    assert.equal(document.getText(), lines('line', { 3: 'changed' }));
  });

  it('selected lines are reverted, and no others', async () => {
    write('src/other.txt', lines('other', { 2: 'two', 3: 'three', 8: 'eight' }));
    const document = await workspace.openTextDocument(uriAt('src', 'other.txt'));
    const editor = await window.showTextDocument(document);
    editor.selection = new Selection(2, 0, 2, 1);
    await commands.executeCommand('quicksilver.revertSelectedLines');
    assert.equal(document.getText(), lines('other', { 2: 'two', 8: 'eight' }));
    await commands.executeCommand('undo');
    assert.equal(document.getText(), lines('other', { 2: 'two', 3: 'three', 8: 'eight' }));
  });

  it('compares with any revision, named as Mercurial names them', async function () {
    if (!hasUi()) this.skip();
    const done = commands.executeCommand('quicksilver.compareWithRevision', uriAt('src/edited.txt'));
    await ui.answerInput('0', { until: 'First commit' });
    await done;
    const tab = activeTab();
    assert.match(tab.label, /^edited\.txt \([0-9a-f]{12} ↔ Working Copy\)$/);
    assert.ok(!tab.label.includes(parent));
  });

  it('compares two revisions, all files in one editor', async function () {
    if (!hasUi()) this.skip();
    const done = commands.executeCommand('quicksilver.compareRevisions');
    await ui.answerInput('nonsense', { until: 'No matching changesets', accept: false });
    await ui.answerInput('0', { until: 'First commit' });
    await ui.answerInput('tip', { until: 'A picture' });
    await done;
    assert.match(activeTab().label, new RegExp(`workspace \\([0-9a-f]{12} ↔ ${parent}\\) \\(1 file\\)`));
  });

  it('decodes both sides as the setting says', async () => {
    const latin = (text: string): void => fs.writeFileSync(at('latin.txt'), Buffer.from(text, 'latin1'));
    latin('caf\u00e9\n');
    await hg(at(), 'commit', '--addremove', '--message', 'In Latin-1', at('latin.txt'));
    latin('caf\u00e9 cr\u00e8me\n');
    await repository.settle();
    const settings = workspace.getConfiguration('files');
    await settings.update('encoding', 'iso88591', true);
    try {
      const { input } = await click('latin.txt');
      assert.ok(input instanceof TabInputTextDiff);
      const sides = [input.original, input.modified].map(uri => workspace.openTextDocument(uri));
      const shown = (await Promise.all(sides)).map(side => [side.encoding, side.getText()]);
      assert.deepEqual(shown, [
        ['iso88591', 'caf\u00e9\n'],
        ['iso88591', 'caf\u00e9 cr\u00e8me\n'],
      ]);
    } finally {
      await settings.update('encoding', undefined, true);
    }
  });

  it('a link shows its target, wherever it leads, and has no gutter', async function () {
    if (process.platform === 'win32') this.skip();
    fs.rmSync(at('src/other.txt'));
    fs.symlinkSync('edited.txt', at('src/other.txt'));
    fs.symlinkSync('src', at('folder-link'));
    fs.symlinkSync('nowhere', at('dangling'));
    const isKnown = (): boolean => repository.entries.has('dangling') && repository.entries.has('folder-link');
    await repository.refresh();
    await until('the links are known', isKnown, repository.onDidChange);
    const { input } = await click('src/other.txt');
    assert.ok(input instanceof TabInputTextDiff);
    assert.equal((await workspace.openTextDocument(input.modified)).getText(), 'edited.txt');
    assert.equal(await api.view.originalOf(uriAt('src', 'other.txt')), undefined);
    for (const [name, target] of [['folder-link', 'src'] as const, ['dangling', 'nowhere'] as const]) {
      await click(name);
      assert.equal(window.activeTextEditor?.document.getText(), target);
      fs.rmSync(at(name));
    }
    await hg(at(), 'revert', '--no-backup', at('src/other.txt'));
    await repository.refresh();
  });

  it('a version cannot be written', async () => {
    const { input } = await click('src/edited.txt');
    assert.ok(input instanceof TabInputTextDiff);
    await assert.rejects(async () => workspace.fs.writeFile(input.original, new Uint8Array()));
    assert.equal(workspace.fs.isWritableFileSystem('quicksilver'), false);
  });

  it('says why there is no content', async () => {
    const { input } = await click('src/edited.txt');
    assert.ok(input instanceof TabInputTextDiff);
    const query = JSON.stringify({ ...(JSON.parse(input.original.query) as object), revision: 'f'.repeat(40) });
    await assert.rejects(async () => workspace.fs.readFile(input.original.with({ query })), /no revision ffffffffffff/);
  });

  it('has started no hg for any of that', assertNoHgStarted);
});
