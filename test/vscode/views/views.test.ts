import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { commands, ConfigurationTarget, extensions, Uri, window, workspace, type ThemeColor } from 'vscode';
import type { QuicksilverExports, QuicksilverRepository } from '../../../src/extension/api/api.ts';
import type { TestApi } from '../../../src/extension/api/testDoor.ts';
import { hgCalls, scenario, until } from '../harness.ts';

const at = (...names: string[]): string => path.join(scenario().directory, ...names);
const uriAt = (...names: string[]): Uri => Uri.file(at(...names));

describe('what is shown of several repositories', () => {
  let api: TestApi;

  before(async () => {
    const extension = extensions.getExtension<QuicksilverExports>('quicksilver.quicksilver');
    assert.ok(extension);
    api = (await extension.activate()).getAPI(1) as TestApi;
    await api.initialized;
    await until('three repositories are open', () => api.repositories.length === 3, api.onDidOpenRepository);
    for (const repository of api.repositories) await repository.settle();
  });

  function repository(...names: string[]): QuicksilverRepository {
    const root = uriAt(...names).toString();
    const found = api.repositories.find(({ rootUri }) => rootUri.toString() === root);
    assert.ok(found, `${root} is open`);
    return found;
  }

  /** The rows of a group, as "letter path". */
  function rows(root: Uri, id: string): string[] {
    const group = api.view.groups(root).find(each => each.id === id);
    return (group?.resources ?? []).map(({ resourceUri, decorations }) => {
      const badge = api.view.decoration(resourceUri)?.badge ?? ' ';
      const struck = decorations?.strikeThrough === true ? ' struck' : '';
      return `${badge} ${path.posix.relative(root.path, resourceUri.path)}: ${decorations?.tooltip ?? ''}${struck}`;
    });
  }

  async function set(name: string, value: unknown): Promise<void> {
    await workspace.getConfiguration('quicksilver').update(name, value, ConfigurationTarget.Workspace);
  }

  const color = (...names: string[]): unknown => {
    const decoration = api.view.decoration(uriAt(...names));
    return (decoration?.color as (ThemeColor & { id: string }) | undefined)?.id;
  };

  it('lists changes and untracked files in groups of their own', () => {
    const root = uriAt('one');
    assert.deepEqual(rows(root, 'changes'), [
      '! src/missing.txt: Missing struck',
      'M src/modified.txt: Modified',
      'A src/new.txt: Renamed: src/old.txt → src/new.txt',
      'R src/removed.txt: Removed struck',
    ]);
    assert.deepEqual(rows(root, 'untracked'), ['? unknown.txt: Untracked']);
    assert.equal(api.view.badge(root), 5);
    assert.equal(api.view.statusBar(root).text, '$(git-branch) default');
    assert.equal(api.view.changes(root)?.text, '$(edit) 4');
    assert.equal(api.view.inputBoxVisible(root), true);
  });

  it('colours files by our own colours, and greys what is ignored however deep', () => {
    assert.equal(color('one', 'src', 'modified.txt'), 'quicksilver.modifiedResourceForeground');
    assert.equal(color('one', 'src', 'clean.txt'), undefined);
    assert.equal(color('one', 'x.log'), 'quicksilver.ignoredResourceForeground');
    assert.equal(color('one', 'build'), 'quicksilver.ignoredResourceForeground');
    assert.equal(color('one', 'build', 'deep', 'out.o'), 'quicksilver.ignoredResourceForeground');
    assert.equal(api.view.decoration(uriAt('one', 'src', 'modified.txt'))?.propagate, true);
    assert.equal(api.view.decoration(uriAt('one', 'build'))?.propagate, false);
  });

  it('gives a file to the deepest repository', () => {
    assert.equal(api.getRepository(uriAt('one', 'nested', 'inner.txt')), repository('one', 'nested'));
    assert.deepEqual(rows(uriAt('one', 'nested'), 'changes'), ['M inner.txt: Modified']);
  });

  it('says why there is no status, and shows nothing instead', () => {
    const { state, rootUri } = repository('refused');
    assert.equal(state.kind, 'refused');
    const [row] = api.view.groups(rootUri).find(({ id }) => id === 'problem')?.resources ?? [];
    assert.match(String(row?.decorations?.tooltip), /exp-unheard-of/);
    assert.equal(api.view.badge(rootUri), 0);
    assert.match(api.view.statusBar(rootUri).text, /^\$\(warning\)/);
  });

  it('recovers when the reason is gone', async () => {
    const refused = repository('refused');
    const requires = at('refused', '.hg', 'requires');
    const known = fs.readFileSync(requires, 'utf8').replace('exp-unheard-of\n', '');
    fs.writeFileSync(requires, known);
    await until('it is ready', () => refused.state.kind === 'ready', refused.onDidChange);
    await refused.settle();
    assert.deepEqual(
      api.view.groups(refused.rootUri).map(({ id, resources }) => [id, resources.length]),
      [
        ['problem', 0],
        ['conflicts', 0],
        ['resolved', 0],
        ['staged', 0],
        ['included', 0],
        ['changes', 0],
        ['subrepositories', 0],
        ['untracked', 0],
      ],
    );
  });

  it('follows a file changed from outside, and has VS Code ask about that file alone', async () => {
    const one = repository('one');
    const fired: string[] = [];
    const listener = api.view.onDidChangeDecorations(uris => fired.push(...(uris ?? []).map(uri => uri.path)));
    fs.writeFileSync(at('one', 'src', 'clean.txt'), 'no longer clean\n');
    await until('it is modified', () => one.entries.get('src/clean.txt')?.status === 'modified', one.onDidChange);
    await one.settle();
    listener.dispose();
    assert.ok(rows(one.rootUri, 'changes').includes('M src/clean.txt: Modified'));
    assert.deepEqual(fired, [uriAt('one', 'src', 'clean.txt').path]);
  });

  it('follows a save at once', async () => {
    const one = repository('one');
    const document = await workspace.openTextDocument(uriAt('one', 'src', 'clean.txt'));
    const editor = await window.showTextDocument(document);
    await editor.edit(edit => edit.replace(document.validateRange(document.lineAt(0).range), 'clean'));
    await document.save();
    await one.settle();
    assert.equal(one.entries.has('src/clean.txt'), false);
  });

  it('finds a repository that is made, and closes one that is removed', async () => {
    const root = uriAt('made').toString();
    const isOpen = (): boolean => api.repositories.some(({ rootUri }) => rootUri.toString() === root);
    execFileSync('hg', ['init', at('made')]);
    await until('it is open', isOpen, api.onDidOpenRepository);
    fs.rmSync(at('made'), { recursive: true });
    await until('it is closed', () => !isOpen(), api.onDidCloseRepository);
  });

  it('finds a repository made inside of another', async () => {
    const root = uriAt('one', 'deep', 'down', 'made').toString();
    const isOpen = (): boolean => api.repositories.some(({ rootUri }) => rootUri.toString() === root);
    execFileSync('hg', ['init', at('one', 'deep', 'down', 'made')]);
    await until('it is open', isOpen, api.onDidOpenRepository);
    fs.rmSync(at('one', 'deep'), { recursive: true });
    await until('it is closed', () => !isOpen(), api.onDidCloseRepository);
  });

  it('opens the repository of a file outside of the workspace', async () => {
    const outside = fs.realpathSync.native(fs.mkdtempSync(path.join(path.dirname(scenario().directory), 'outside-')));
    execFileSync('hg', ['init', outside]);
    fs.writeFileSync(path.join(outside, 'a.txt'), 'a\n');
    const isOpen = (): boolean => api.repositories.some(({ rootUri }) => rootUri.fsPath === outside);
    await window.showTextDocument(Uri.file(path.join(outside, 'a.txt')));
    await until('it is open', isOpen, api.onDidOpenRepository);
    const opened = api.repositories.find(({ rootUri }) => rootUri.fsPath === outside);
    assert.ok(opened);
    await opened.settle();
    assert.equal(opened.entries.get('a.txt')?.status, 'unknown');
    fs.writeFileSync(path.join(outside, 'b.txt'), 'b\n');
    await until('its changes are followed', () => opened.entries.has('b.txt'), opened.onDidChange);
    await commands.executeCommand('workbench.action.closeAllEditors');
    fs.rmSync(outside, { recursive: true });
    await until('it is closed', () => !isOpen(), api.onDidCloseRepository);
  });

  it('names the rule that ignores a file', async () => {
    const why = await commands.executeCommand('quicksilver.whyIgnored', uriAt('one', 'build', 'deep', 'out.o'));
    assert.deepEqual(why, { matchedPath: 'build/deep/out.o', file: at('one', '.hgignore'), line: 2, text: 'build' });
    assert.equal(await commands.executeCommand('quicksilver.whyIgnored', uriAt('one', 'src', 'modified.txt')), null);
  });

  it('takes on changed settings', async () => {
    const one = repository('one');
    const { rootUri } = one;
    await set('untrackedChanges', 'mixed');
    await one.settle();
    assert.equal(rows(rootUri, 'changes').length, 5);
    assert.deepEqual(rows(rootUri, 'untracked'), []);
    await set('untrackedChanges', 'hidden');
    await one.settle();
    assert.equal(rows(rootUri, 'changes').length, 4);
    assert.equal(color('one', 'unknown.txt'), undefined);
    assert.equal(api.view.badge(rootUri), 4);
    await set('untrackedChanges', undefined);
    await set('countBadge', 'tracked');
    assert.equal(api.view.badge(rootUri), 4);
    await set('countBadge', 'off');
    assert.equal(api.view.badge(rootUri), 0);
    await set('countBadge', undefined);
    await set('statusLimit', 2);
    const changes = api.view.groups(rootUri).find(({ id }) => id === 'changes');
    assert.deepEqual([changes?.label, changes?.resources.length], ['Changes (2 of 4)', 2]);
    assert.equal(api.view.badge(rootUri), 5);
    await set('statusLimit', undefined);
    assert.equal(rows(rootUri, 'changes').length, 4);
    await set('decorations.enabled', false);
    assert.equal(color('one', 'src', 'modified.txt'), undefined);
    const [row] = api.view.groups(rootUri).find(({ id }) => id === 'untracked')?.resources ?? [];
    assert.ok(row?.decorations?.iconPath);
    await set('decorations.enabled', undefined);
    assert.equal(color('one', 'src', 'modified.txt'), 'quicksilver.modifiedResourceForeground');
  });

  it('closes everything when it is disabled, and opens it again', async () => {
    await set('enabled', false);
    await until('nothing is open', () => api.repositories.length === 0, api.onDidCloseRepository);
    await set('enabled', undefined);
    await until('all are open', () => api.repositories.length === 3, api.onDidOpenRepository);
    await repository('one').settle();
    assert.equal(rows(uriAt('one'), 'changes').length, 4);
  });

  it('lists as many of 12,000 new files as the limit allows, counts all, and forgets them again', async () => {
    const one = repository('one');
    for (let folder = 0; folder < 40; folder++) {
      fs.mkdirSync(at('one', 'many', String(folder)), { recursive: true });
      for (let file = 0; file < 300; file++) fs.writeFileSync(at('one', 'many', String(folder), `f${file}`), '');
    }
    await until('all are known', () => one.counts.unknown === 12_001, one.onDidChange);
    await one.settle();
    const untracked = api.view.groups(one.rootUri).find(({ id }) => id === 'untracked');
    assert.deepEqual([untracked?.label, untracked?.resources.length], ['Untracked (5000 of 12001)', 5_000]);
    assert.equal(api.view.badge(one.rootUri), 12_005);
    fs.rmSync(at('one', 'many'), { recursive: true });
    await until('none is left', () => one.counts.unknown === 1, one.onDidChange);
    await one.settle();
    assert.deepEqual(rows(one.rootUri, 'untracked'), ['? unknown.txt: Untracked']);
  });

  it('has not started hg for any of that', () => {
    assert.deepEqual(
      hgCalls().map(({ args }) => args[0]),
      ['init', 'init', 'init'],
    );
  });
});
