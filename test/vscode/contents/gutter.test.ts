import assert from 'node:assert/strict';
import { commands, window, workspace, type TextDocument } from 'vscode';
import type { QuicksilverApi, QuicksilverRepository } from '../../../src/extension/api.ts';
import { hasUi, ui, until } from '../harness.ts';
import { assertNoHgStarted, at, hg, uriAt, write } from '../outside.ts';
import { activeApi, repositoryAt } from '../shown.ts';
import { lines } from './lines.ts';

describe('the gutter', () => {
  let api: QuicksilverApi;
  let repository: QuicksilverRepository;

  before(async function () {
    if (!hasUi()) this.skip();
    api = await activeApi();
    repository = await repositoryAt(api, at());
    await repository.settle();
  });

  afterEach(async () => {
    await commands.executeCommand('workbench.action.closeAllEditors');
  });

  async function open(...names: string[]): Promise<TextDocument> {
    const document = await workspace.openTextDocument(uriAt(...names));
    await window.showTextDocument(document);
    return document;
  }

  it('marks what was changed, and nothing any more when it was committed', async () => {
    write('src/edited.txt', lines('line', { 3: 'changed', 7: 'line 7\nadded' }));
    await open('src', 'edited.txt');
    await ui.gutterMarks({ until: ['modified 3', 'added 8'] });
    await hg(at(), 'commit', '--message', 'Edited', at('src', 'edited.txt'));
    await ui.gutterMarks({ until: [] });
    assert.equal(repository.entries.has('src/edited.txt'), false);
  });

  it('reads nothing again when another file was committed', async () => {
    write('src/edited.txt', lines('line', { 1: 'again', 3: 'changed', 7: 'line 7\nadded' }));
    await open('src', 'edited.txt');
    await ui.gutterMarks({ until: ['modified 1'] });
    const before = api.view.contentReads();
    const node = repository.head?.firstParent;
    write('src/unseen.txt', 'unseen\n');
    await hg(at(), 'commit', '--addremove', '--message', 'Another', at('src', 'unseen.txt'));
    await until('it is committed', () => repository.head?.firstParent !== node, repository.onDidChange);
    await repository.settle();
    assert.equal(api.view.contentReads(), before);
    await ui.gutterMarks({ until: ['modified 1'] });
  });

  it('follows what was committed while the engine was down', async () => {
    await open('src', 'edited.txt');
    await ui.gutterMarks({ until: ['modified 1'] });
    api.view.crashEngine();
    await hg(at(), 'commit', '--message', 'Edited again', at('src', 'edited.txt'));
    await ui.gutterMarks({ until: [] });
  });

  it('compares a renamed file with what it was renamed from', async () => {
    write('src/new.txt', lines('old', { 5: 'changed' }));
    await open('src', 'new.txt');
    await ui.gutterMarks({ until: ['modified 5'] });
  });

  it('has started no hg for any of that', assertNoHgStarted);
});
