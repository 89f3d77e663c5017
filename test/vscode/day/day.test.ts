import assert from 'node:assert/strict';
import fs from 'node:fs';
import { window, workspace, WorkspaceEdit, type Tab } from 'vscode';
import { mergeResultOf } from '../../../src/extension/common/uris.ts';
import { answerLists, Bench, hgAt, serve, type Served } from '../agreement.ts';
import { hasUi, ui, until } from '../harness.ts';
import { keepMessages } from '../messages.ts';
import { at, write } from '../outside.ts';

describe("a day's work", () => {
  let bench: Bench;
  let served: Served | undefined;

  before(async () => {
    bench = await Bench.at(at('work'));
    bench.agrees('it was opened');
  });

  after(async () => served?.stop());

  /** In the editor, and saved if that is wanted. */
  async function edit(name: string, text: string, saves = true): Promise<void> {
    const document = await workspace.openTextDocument(bench.uri(name));
    const all = new WorkspaceEdit();
    const { range } = document.lineAt(document.lineCount - 1);
    all.replace(document.uri, range.with({ start: document.positionAt(0) }), text);
    await workspace.applyEdit(all);
    if (saves) await document.save();
  }

  const operation = (): string | undefined => bench.repository.head?.operation;

  async function commit(message: string): Promise<void> {
    bench.inputBox.value = message;
    assert.equal(await bench.does('commit'), true);
    assert.equal(bench.inputBox.value, '');
    assert.equal(bench.log()[0], message);
  }

  it('edits three files, and commits the two that are included', async () => {
    for (const name of ['a', 'b', 'c']) await edit(`${name}.txt`, `${name}, changed\n`);
    await bench.comesToAgree('three edits');
    assert.deepEqual(bench.rows(), { Changes: ['a.txt', 'b.txt', 'c.txt'] });
    await bench.does('include', bench.uri('a.txt'), [bench.uri('a.txt'), bench.uri('b.txt')]);
    assert.deepEqual(bench.rows(), { Included: ['a.txt', 'b.txt'], Changes: ['c.txt'] });
    await commit('Two of three');
    assert.deepEqual(bench.rows(), { Changes: ['c.txt'] });
    assert.equal(bench.asked('log', '--rev', '.', '--template', '{files}'), 'a.txt b.txt');
  });

  it('amends', async () => {
    assert.equal(await bench.does('commitAmendKeepMessage'), true);
    assert.deepEqual(bench.rows(), {});
    assert.equal(bench.asked('log', '--rev', '.', '--template', '{desc}: {files}'), 'Two of three: a.txt b.txt c.txt');
    assert.equal(bench.api.view.drafts(bench.repository.rootUri)?.text, '$(arrow-up) 1');
  });

  it('renames a file and a folder in VS Code, and that is recorded', async () => {
    const renames = new WorkspaceEdit();
    renames.renameFile(bench.uri('a.txt'), bench.uri('renamed.txt'));
    renames.renameFile(bench.uri('folder'), bench.uri('moved'));
    assert.equal(await workspace.applyEdit(renames), true);
    const isRecorded = (): boolean =>
      ['renamed.txt', 'moved/one.txt', 'moved/deep/two.txt'].every(
        name => bench.repository.entries.get(name)?.source !== undefined,
      );
    await until('the renames are recorded', isRecorded, bench.repository.onDidChange);
    await bench.comesToAgree('renames');
    assert.equal(
      bench.asked('status', '--copies', '--added'),
      'A moved/deep/two.txt\n  folder/deep/two.txt\nA moved/one.txt\n  folder/one.txt\nA renamed.txt\n  a.txt\n',
    );
    await commit('Renamed');
  });

  it('goes to another branch with local changes, and back again', async () => {
    await edit('b.txt', 'b, on the way\n');
    await bench.comesToAgree('an edit');
    await bench.does('update', { revision: 'stable', localChanges: 'keep' });
    assert.deepEqual(
      [bench.repository.head?.branch, bench.rows()],
      ['stable', { Conflicts: ['b.txt'], Untracked: ['b.txt.orig'] }],
    );
  });

  it('resolves what that has left, by saving it without markers', async () => {
    const document = await workspace.openTextDocument(bench.uri('b.txt'));
    const isRead = (): boolean => document.getText().includes('<<<<<<<');
    await until('VS Code has read the conflict', isRead, workspace.onDidChangeTextDocument);
    await edit('b.txt', 'b, on the way\n');
    await until('it is resolved', () => bench.rows()['Conflicts'] === undefined, bench.repository.onDidChange);
    await bench.comesToAgree('it was resolved');
    fs.rmSync(at('work', 'b.txt.orig'));
    await bench.comesToAgree('the backup was deleted');
    const lists = answerLists('default', 'Shelve');
    await bench.does('update');
    lists.dispose();
    assert.deepEqual([bench.repository.head?.branch, bench.rows()], ['default', {}]);
    await bench.does('deleteShelved', { name: 'stable', confirmed: true });
  });

  /** Opens the merge editor, writes this there and marks the file as resolved, which closes the editor. */
  async function resolveInMergeEditor(name: string, text: string): Promise<void> {
    const mergeTab = (): Tab | undefined =>
      window.tabGroups.all.flatMap(({ tabs }) => tabs).find(({ input }) => mergeResultOf(input) !== undefined);
    await bench.run('openConflict', bench.uri(name));
    await until('the merge editor is open', () => mergeTab() !== undefined, window.tabGroups.onDidChangeTabs);
    await edit(name, text, false);
    // VS Code opens the tab before the merge editor has read its files, and completes nothing until then.
    if (hasUi()) await ui.mergeEditor({ until: ['Manual Resolution'] });
    const messages = keepMessages();
    await bench.does('markResolved', bench.uri(name));
    messages.dispose();
    assert.deepEqual(messages.shown, []);
    await until('the merge editor is closed', () => mergeTab() === undefined, window.tabGroups.onDidChangeTabs);
    assert.equal(bench.rows()['Conflicts'], undefined);
    assert.equal(fs.readFileSync(at('work', name), 'utf8'), text);
  }

  it('merges with a conflict, resolves it, and commits', async () => {
    await edit('shared.txt', 'one\ndefault\nthree\n');
    await bench.comesToAgree('an edit');
    await commit('On default');
    await bench.does('mergeWith', { revision: 'stable' });
    assert.deepEqual(bench.rows()['Conflicts'], ['shared.txt']);
    assert.equal(operation(), 'merge');
    assert.equal(bench.inputBox.value, 'Merge with stable');
    assert.equal(await bench.does('commit'), false);
    write('work/shared.txt', 'one\nboth\nthree\n');
    await bench.does('markResolved', bench.uri('shared.txt'));
    assert.equal(bench.rows()['Conflicts'], undefined);
    await bench.does('markUnresolved', bench.uri('shared.txt'));
    await bench.does('mergeAgain', bench.uri('shared.txt'), { confirmed: true });
    assert.match(fs.readFileSync(at('work', 'shared.txt'), 'utf8'), /^<<<<<<< /m);
    await bench.does('abortOperation', { confirmed: true });
    assert.equal(operation(), undefined);
    await bench.does('mergeWith', { revision: 'stable' });
    await resolveInMergeEditor('shared.txt', 'one\nboth\nthree\n');
    const untracked = bench.rows()['Untracked'] ?? [];
    assert.deepEqual(untracked, ['shared.txt.orig']);
    await bench.does('deleteUntracked', ...untracked.map(name => bench.uri(name)), CONFIRMED);
    bench.inputBox.value = 'Merged';
    assert.equal(await bench.does('continueOperation'), undefined);
    assert.equal(bench.log()[0], 'Merged');
    assert.deepEqual(bench.rows(), {});
  });

  it('shelves and unshelves, with what is not tracked', async () => {
    await edit('b.txt', 'b, for later\n');
    write('work/new.txt', 'new\n');
    await bench.comesToAgree('an edit');
    await bench.does('shelve', { message: 'For later', name: 'later', untracked: true });
    assert.deepEqual(bench.rows(), {});
    await bench.does('showShelved', { name: 'later' });
    const shelf = window.activeTextEditor?.document;
    assert.match(shelf?.getText() ?? '', /^\+b, for later$/m);
    assert.equal(shelf?.languageId, 'diff');
    const lists = answerLists('later');
    await bench.does('unshelve');
    lists.dispose();
    assert.deepEqual(bench.rows(), { Changes: ['b.txt'], Untracked: ['new.txt'] });
    await bench.does('add', bench.uri('new.txt'));
    await commit('From the shelf');
  });

  it('pulls, and goes to what came', async () => {
    const remote = at('remote');
    hgAt(remote, 'update', '--quiet', 'default');
    write('remote/theirs.txt', 'theirs\n');
    hgAt(remote, 'commit', '--addremove', '--message', 'Theirs');
    const [theirs] = (await bench.run('incoming', CONFIRMED)) as readonly { readonly summary: string }[];
    assert.equal(theirs?.summary, 'Theirs');
    await bench.does('pull');
    assert.deepEqual(bench.log('head() and branch(default)'), ['Theirs', 'From the shelf']);
    await bench.does('mergeWith', { revision: 'desc("Theirs")' });
    await commit('Merge theirs');
    hgAt(remote, 'commit', '--config', 'ui.allowemptycommit=1', '--message', 'Nothing more');
  });

  it('pushes, and makes a new head there only if that is meant', async () => {
    const outgoing = (await bench.run('outgoing', CONFIRMED)) as readonly { readonly summary: string }[];
    assert.deepEqual(
      outgoing.map(({ summary }) => summary),
      ['Merge theirs', 'From the shelf', 'Merged', 'On default', 'Renamed', 'Two of three'],
    );
    assert.equal(bench.api.view.drafts(bench.repository.rootUri)?.text, '$(arrow-up) 6');
    const messages = keepMessages();
    assert.equal(await bench.does('push'), false);
    messages.dispose();
    assert.match(messages.shown[0] ?? '', /new head on the remote/);
    assert.equal(bench.api.view.drafts(bench.repository.rootUri)?.text, '$(arrow-up) 6');
    await bench.does('pullAndUpdate');
    await bench.does('mergeWith', { revision: 'desc("Nothing more")' });
    bench.inputBox.value = 'Merge once more';
    await bench.does('commitAndPush');
    assert.equal(bench.log()[0], 'Merge once more');
    assert.equal(bench.api.view.drafts(bench.repository.rootUri), undefined);
    assert.equal(hgAt(at('remote'), 'log', '--rev', 'tip', '--template', '{desc}'), 'Merge once more');
  });

  it('pulls from and pushes to a repository that is served', async () => {
    hgAt(at(), 'clone', '--quiet', 'remote', 'elsewhere');
    write('elsewhere/far.txt', 'far\n');
    hgAt(at('elsewhere'), 'commit', '--addremove', '--message', 'Far away');
    served = await serve(at('elsewhere'));
    await bench.does('pullFrom', { path: served.address });
    await bench.does('update', { revision: 'tip' });
    assert.equal(bench.log()[0], 'Far away');
    await edit('b.txt', 'b, to be sent far away\n');
    await bench.comesToAgree('an edit');
    await commit('To far away');
    await bench.does('createBookmark', { name: 'far' });
    assert.equal(await bench.does('pushBookmark', { name: 'far', path: served.address }), true);
    assert.equal(hgAt(at('elsewhere'), 'log', '--rev', 'far', '--template', '{desc}'), 'To far away');
  });

  it('takes a commit back', async () => {
    await edit('b.txt', 'b, too early\n');
    await bench.comesToAgree('an edit');
    await commit('Too early');
    await bench.does('undoCommit');
    assert.deepEqual(bench.rows(), { Changes: ['b.txt'] });
    assert.equal(bench.inputBox.value, 'Too early');
    await bench.does('revertAll', { confirmed: true });
    assert.deepEqual(bench.rows(), { Untracked: ['b.txt.orig'] });
    bench.inputBox.value = '';
  });
});

const CONFIRMED = { confirmed: true, permanently: true };
