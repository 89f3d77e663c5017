import assert from 'node:assert/strict';
import fs from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { commands, TabInputTextDiff, window, workspace } from 'vscode';
import type { TestApi } from '../../../src/extension/api/testDoor.ts';
import { until } from '../harness.ts';
import { assertNoHgStarted, at, uriAt, write } from '../outside.ts';
import { activeApi, assertShows, openRoots, repositoryAt, type Marks } from '../shown.ts';
import { assertInWindow } from '../window.ts';

describe('a workspace of several folders', () => {
  let api: TestApi;

  const shows = async (name: string, marks: Marks): Promise<void> =>
    assertShows(api, await repositoryAt(api, at(name)), marks);
  const rootOf = (...names: string[]): string | undefined => api.getRepository(uriAt(...names))?.rootUri.fsPath;
  const all = ['alpha', 'beta', 'outer', 'outer/nested', 'outer/nested/deep/inmost'];

  before(async () => {
    api = await activeApi();
    const { onDidOpenRepository, onDidCloseRepository } = api;
    const areOpen = (): boolean => isDeepStrictEqual(openRoots(api, at()), all);
    try {
      await until('all repositories are open', areOpen, onDidOpenRepository, onDidCloseRepository);
    } catch (error) {
      assert.deepEqual(openRoots(api, at()), all);
      throw error;
    }
  });

  it('opens the repository of each folder that is not switched off, and the nested ones', () => {
    assert.deepEqual(openRoots(api, at()), all);
  });

  it('shows the files of each repository in that repository alone, also above the workspace folder', async () => {
    await shows('alpha', { 'a.txt': 'M' });
    await shows('beta', { 'b.txt': 'M', 'sub/s.txt': 'M' });
    await shows('outer', { 'sub/new.txt': '?' });
    await shows('outer/nested', { 'n.txt': 'M' });
    await shows('outer/nested/deep/inmost', { 'i.txt': 'M' });
    await assertInWindow({ badge: 6 });
  });

  it('finds the repositories that links lead to, each once, and colors their files at both paths', function () {
    if (process.platform === 'win32') this.skip();
    assert.equal(rootOf('site', 'new.txt'), at('outer'));
    assert.equal(rootOf('again', 'a.txt'), at('alpha'));
    assert.equal(api.view.decoration(uriAt('site', 'new.txt'))?.badge, '?');
    assert.equal(api.view.decoration(uriAt('again', 'a.txt'))?.badge, 'M');
    assert.equal(api.view.decoration(uriAt('again', 'latin.txt')), undefined);
  });

  it('stands in the order of the workspace', () => {
    const tops = api.repositories.map(({ rootUri }) => rootUri.fsPath).filter(root => !root.includes('nested'));
    assert.deepEqual(tops, [at('beta'), at('outer'), at('alpha')]);
  });

  it('gives a file to the deepest repository', () => {
    assert.equal(rootOf('outer', 'sub', 's.txt'), at('outer'));
    assert.equal(rootOf('outer', 'nested', 'n.txt'), at('outer', 'nested'));
    assert.equal(rootOf('outer', 'nested', 'deep', 'x.txt'), at('outer', 'nested'));
    assert.equal(rootOf('outer', 'nested', 'deep', 'inmost', 'i.txt'), at('outer', 'nested', 'deep', 'inmost'));
    assert.equal(rootOf('outer', 'nestedx'), at('outer'));
    assert.equal(rootOf('beta', 'b.txt'), at('beta'));
    assert.equal(rootOf('silent', 's.txt'), undefined);
    assert.equal(rootOf('elsewhere'), undefined);
    assert.equal(api.view.decoration(uriAt('silent', 's.txt')), undefined);
  });

  it('follows changes in each of them, also where no folder of the workspace is', async () => {
    write('beta/b.txt', 'b\n');
    write('beta/elsewhere/new.txt', 'new\n');
    await shows('beta', { 'elsewhere/new.txt': '?', 'sub/s.txt': 'M' });
    write('outer/nested/deep/inmost/new.txt', 'new\n');
    await shows('outer/nested/deep/inmost', { 'i.txt': 'M', 'new.txt': '?' });
    await shows('outer/nested', { 'n.txt': 'M' });
    await shows('outer', { 'sub/new.txt': '?' });
    write('alpha/a.txt', 'a\n');
    await shows('alpha', {});
  });

  it('decodes the versions of a file as its folder says, although they lie in no folder', async () => {
    fs.writeFileSync(at('alpha', 'latin.txt'), Buffer.from('caf\u00e9 cr\u00e8me\n', 'latin1'));
    await shows('alpha', { 'latin.txt': 'M' });
    await commands.executeCommand('quicksilver.openChanges', uriAt('alpha', 'latin.txt'));
    const input = window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(input instanceof TabInputTextDiff);
    const sides = [input.original, input.modified].map(uri => workspace.openTextDocument(uri));
    const shown = (await Promise.all(sides)).map(side => [side.encoding, side.getText()]);
    assert.deepEqual(shown, [
      ['iso88591', 'caf\u00e9\n'],
      ['iso88591', 'caf\u00e9 cr\u00e8me\n'],
    ]);
    await commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('closes the repositories of a folder that is taken out, and opens them when it is back', async () => {
    const index = workspace.workspaceFolders?.findIndex(({ uri }) => uri.fsPath === at('outer')) ?? -1;
    assert.equal(index, 1);
    workspace.updateWorkspaceFolders(index, 1);
    // The link to a folder of the outer one is still in the workspace.
    const left = process.platform === 'win32' ? ['alpha', 'beta'] : ['alpha', 'beta', 'outer'];
    const areClosed = (): boolean => api.repositories.length === left.length;
    await until('those of the folder are closed', areClosed, api.onDidCloseRepository);
    assert.deepEqual(openRoots(api, at()), left);
    workspace.updateWorkspaceFolders(index, 0, { uri: uriAt('outer') });
    await until('all are open again', () => api.repositories.length === 5, api.onDidOpenRepository);
    assert.deepEqual(openRoots(api, at()), all);
    await shows('outer', { 'sub/new.txt': '?' });
    await shows('outer/nested', { 'n.txt': 'M' });
  });

  it('follows the setting of a folder', async () => {
    const silent = uriAt('silent');
    write('silent/.vscode/settings.json', '{ "quicksilver.enabled": true }\n');
    const repository = await repositoryAt(api, silent.fsPath);
    await assertShows(api, repository, { '.vscode/settings.json': 'M', 's.txt': 'M' });
    write('silent/.vscode/settings.json', '{ "quicksilver.enabled": false }\n');
    await until('it is closed', () => api.repositories.length === 5, api.onDidCloseRepository);
    assert.deepEqual(openRoots(api, at()), all);
  });

  it('has started no hg for any of that', assertNoHgStarted);
});
