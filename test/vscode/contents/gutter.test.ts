import assert from 'node:assert/strict';
import { commands, window, workspace, type Disposable, type TextDocument, type Uri } from 'vscode';
import type { QuicksilverRepository } from '../../../src/extension/api/api.ts';
import type { TestApi } from '../../../src/extension/api/testDoor.ts';
import { hasUi, ui, until } from '../harness.ts';
import { assertNoHgStarted, at, hg, uriAt, write } from '../outside.ts';
import { activeApi, repositoryAt } from '../shown.ts';
import { lines } from './lines.ts';

describe('the gutter', () => {
  let api: TestApi;
  let repository: QuicksilverRepository;

  before(async function () {
    if (!hasUi()) this.skip();
    api = await activeApi();
    repository = await repositoryAt(api, at());
    await repository.settle();
  });

  const listeners: Disposable[] = [];
  afterEach(async () => {
    for (const listener of listeners.splice(0)) listener.dispose();
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

  it('has the base read again in the update that tells of a commit, of that file only', async function () {
    write('src/edited.txt', lines('line', { 2: 'again', 3: 'changed', 7: 'line 7\nadded' }));
    write('src/other.txt', lines('other', { 2: 'again' }));
    await open('src', 'other.txt');
    await ui.gutterMarks({ until: ['modified 2'] });
    await open('src', 'edited.txt');
    await ui.gutterMarks({ until: ['modified 2'] });
    const before = repository.head?.firstParent;
    const told: string[] = [];
    const path = ({ path }: Uri): string => path.slice(uriAt().path.length + 1);
    const read = new Promise<number>(resolve => {
      listeners.push(
        repository.onDidChange(() => told.push(repository.head?.firstParent === before ? 'update' : 'commit')),
        api.view.onDidChangeContents(events => told.push(...events.map(({ uri }) => `changed ${path(uri)}`))),
        api.view.onDidReadContent(uri => {
          told.push(`read ${path(uri)}`);
          resolve(performance.now());
        }),
      );
    });
    await hg(at(), 'commit', '--message', 'Once more', at('src', 'edited.txt'));
    const end = performance.now();
    const milliseconds = Math.round((await read) - end);
    await ui.gutterMarks({ until: [] });
    const first = told.indexOf('commit');
    assert.deepEqual(told.slice(first, first + 2), ['commit', 'changed src/edited.txt']);
    const contents = told.filter(each => each !== 'commit' && each !== 'update');
    assert.deepEqual(contents, ['changed src/edited.txt', 'read src/edited.txt']);
    // Not an assertion: a machine may be busy. Where time is lost by waiting, a unit test says so.
    if (this.test) this.test.title += ` (base read ${milliseconds} ms after the end of hg commit)`;
  });

  it('reads nothing again when another file was committed', async () => {
    write('src/edited.txt', lines('line', { 1: 'again', 2: 'again', 3: 'changed', 7: 'line 7\nadded' }));
    await open('src', 'edited.txt');
    await ui.gutterMarks({ until: ['modified 1'] });
    const before = api.view.contentReads();
    let changes = 0;
    listeners.push(api.view.onDidChangeContents(() => changes++));
    const node = repository.head?.firstParent;
    write('src/unseen.txt', 'unseen\n');
    await hg(at(), 'commit', '--addremove', '--message', 'Another', at('src', 'unseen.txt'));
    await until('it is committed', () => repository.head?.firstParent !== node, repository.onDidChange);
    await repository.settle();
    assert.equal(api.view.contentReads(), before);
    assert.equal(changes, 0);
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
