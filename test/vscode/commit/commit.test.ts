import assert from 'node:assert/strict';
import fs from 'node:fs';
import {
  ConfigurationTarget,
  Position,
  Uri,
  ViewColumn,
  window,
  workspace,
  type SourceControlInputBox,
  type SourceControlResourceState,
  type TextEditor,
} from 'vscode';
import type { QuicksilverRepository } from '../../../src/extension/api/api.ts';
import { Bench, lines } from '../agreement.ts';
import { answerDialogs } from '../dialogs.ts';
import { hasUi, ui, until } from '../harness.ts';
import { answerInputs, keepMessages } from '../messages.ts';
import { at, hg, remove, uriAt, write } from '../outside.ts';

describe('commits from the Source Control view', () => {
  let bench: Bench;
  let repository: QuicksilverRepository;
  let box: SourceControlInputBox;

  before(async () => {
    bench = await Bench.at(at());
    repository = bench.repository;
    box = bench.inputBox;
    await until('the input box is there', () => box.visible, repository.onDidChange);
  });

  const asked: Bench['asked'] = (...args) => bench.asked(...args);
  const run: Bench['run'] = (...args) => bench.run(...args);
  const log = (): string[] => lines(asked('log', '--template', '{desc|firstline} [{join(files, " ")}]\n'));

  /** The rows by group, after the view was compared with what hg says of the same files. */
  async function rows(): Promise<Record<string, string[]>> {
    await repository.settle();
    bench.agrees('each step');
    return bench.rows();
  }

  function row(name: string): SourceControlResourceState {
    const all = bench.api.view.groups(repository.rootUri).flatMap(({ resources }) => [...resources]);
    const found = all.find(({ resourceUri }) => resourceUri.path === bench.uri(name).path);
    assert.ok(found, `${name} has a row`);
    return found;
  }

  it('says in the input box where a commit would go', () => {
    assert.equal(box.placeholder, "Message ({0} to commit on 'default')");
  });

  it('commits the included files, and leaves the others alone', async () => {
    for (const name of ['a', 'b', 'c']) write(`${name}.txt`, `${name}, changed\n`);
    assert.deepEqual(await rows(), { Changes: ['a.txt', 'b.txt', 'c.txt'] });
    await run('include', row('a.txt'), row('b.txt'));
    assert.deepEqual(await rows(), { Included: ['a.txt', 'b.txt'], Changes: ['c.txt'] });
    if (hasUi()) {
      await ui.commitByKey('Two files\n\nwith more to say');
      await until('it is committed', () => repository.entries.size === 1, repository.onDidChange);
      await until('the box is empty again', () => box.value === '', workspace.onDidChangeTextDocument);
    } else {
      box.value = 'Two files\n\nwith more to say';
      await run('commit');
    }
    assert.deepEqual(await rows(), { Changes: ['c.txt'] });
    assert.deepEqual(log(), ['Two files [a.txt b.txt]', 'First commit [a.txt b.txt c.txt folder/old.txt]']);
    assert.equal(asked('log', '--rev', '.', '--template', '{desc}'), 'Two files\n\nwith more to say');
    assert.equal(box.value, '');
  });

  it('amends, with a new message and with the old one', async () => {
    assert.equal(await run('commitAmendEditMessage', { message: 'Three files' }), true);
    assert.deepEqual(await rows(), {});
    assert.equal(log()[0], 'Three files [a.txt b.txt c.txt]');
    write('c.txt', 'c, changed again\n');
    box.value = 'typed meanwhile';
    assert.equal(await run('commitAmendKeepMessage'), true);
    assert.equal(log()[0], 'Three files [a.txt b.txt c.txt]');
    assert.equal(box.value, 'typed meanwhile');
    assert.equal(asked('cat', '--rev', '.', 'c.txt'), 'c, changed again\n');
  });

  it('undoes the commit: the changes are there again, and the message', async () => {
    box.value = '';
    await run('undoCommit');
    assert.deepEqual(await rows(), { Changes: ['a.txt', 'b.txt', 'c.txt'] });
    assert.equal(box.value, 'Three files');
    assert.deepEqual(log().length, 1);
  });

  it('keeps the message and what is included when a hook refuses', async () => {
    fs.appendFileSync(at('.hg', 'hgrc'), '[hooks]\npretxncommit.no = exit 1\n');
    await run('include', row('b.txt'));
    box.value = 'Refused';
    const messages = keepMessages();
    await run('commit');
    messages.dispose();
    assert.equal(messages.shown.length, 1);
    assert.match(messages.shown[0]!, /Rejected by a hook/);
    assert.equal(box.value, 'Refused');
    assert.equal(box.enabled, true);
    assert.deepEqual(await rows(), { Included: ['b.txt'], Changes: ['a.txt', 'c.txt'] });
    assert.equal(log().length, 1);
    fs.writeFileSync(at('.hg', 'hgrc'), '');
    assert.equal(await run('commit'), true);
    assert.deepEqual(await rows(), { Changes: ['a.txt', 'c.txt'] });
    assert.equal(log()[0], 'Refused [b.txt]');
  });

  it('keeps a message that was written outside of the box, too, when a hook refuses', async () => {
    fs.appendFileSync(at('.hg', 'hgrc'), '[hooks]\npretxncommit.no = exit 1\n');
    const messages = keepMessages();
    const inputs = answerInputs('Asked for');
    await run('commit');
    assert.equal(inputs.asked.length, 1);
    assert.equal(box.value, 'Asked for');
    await run('commitAmendEditMessage', { message: 'From an editor' });
    assert.equal(box.value, 'From an editor');
    inputs.dispose();
    messages.dispose();
    assert.equal(messages.shown.length, 2);
    fs.writeFileSync(at('.hg', 'hgrc'), '');
    box.value = '';
  });

  it('has both halves of a rename in one commit', async () => {
    await hg(at(), 'rename', 'folder/old.txt', 'folder/new.txt');
    await repository.settle();
    await run('include', row('folder/new.txt'));
    assert.deepEqual((await rows())['Included'], ['folder/new.txt']);
    box.value = 'Renamed';
    assert.equal(await run('commit'), true);
    assert.equal(log()[0], 'Renamed [folder/new.txt folder/old.txt]');
    assert.equal(
      asked('log', '--rev', '.', '--template', '{file_copies % "{name} < {source}"}'),
      'folder/new.txt < folder/old.txt',
    );
  });

  it('offers to add what is untracked and to record what is missing', async () => {
    write('new.txt', 'new\n');
    remove('c.txt');
    await repository.settle();
    box.value = 'All there is';
    write('c.txt.orig', 'a backup\n');
    const turnedAway = answerDialogs(undefined);
    assert.equal(await run('commit'), false);
    turnedAway.dispose();
    assert.equal(box.value, 'All there is');
    const dialogs = answerDialogs('Add, Remove and Commit');
    assert.equal(await run('commit'), true);
    dialogs.dispose();
    assert.deepEqual(
      dialogs.asked.map(({ message }) => message),
      ['Commit missing and untracked files, too?'],
    );
    remove('c.txt.orig');
    await repository.settle();
    assert.deepEqual(await rows(), {});
    assert.equal(log()[0], 'All there is [a.txt c.txt new.txt]');
    assert.equal(asked('log', '--rev', '.', '--template', '{file_adds}|{file_dels}'), 'new.txt|c.txt');
  });

  it('looks at everything before it says that there is nothing to commit: not every change has an event', async () => {
    // A file that is written by a name that it has elsewhere: nobody who watches its directory is told.
    const elsewhere = `${at()}-elsewhere`;
    fs.linkSync(at('a.txt'), elsewhere);
    await repository.settle();
    fs.writeFileSync(elsewhere, 'a, by another name\n');
    box.value = 'By another name';
    assert.equal(await run('commit'), true);
    fs.rmSync(elsewhere);
    assert.equal(log()[0], 'By another name [a.txt]');
    assert.deepEqual(await rows(), {});
  });

  it('says that there is nothing to commit', async () => {
    box.value = 'Nothing';
    assert.equal(await run('commit'), false);
    assert.equal(box.value, 'Nothing');
  });

  it('takes a message from an editor, without the help in it', async () => {
    write('a.txt', 'a, for the editor\n');
    await repository.settle();
    const done = run('editCommitMessage');
    const editor = await messageEditor();
    assert.match(
      editor.document.getText(),
      /^Nothing\n\nHG: Enter commit message[^]*HG: Branch: default\nHG: M a\.txt$/,
    );
    await editor.edit(edit => edit.replace(editor.document.lineAt(0).range, 'From the editor\n\nin two parts'));
    await run('commitMessageAccept');
    assert.equal(await done, true);
    assert.deepEqual(await rows(), {});
    assert.equal(asked('log', '--rev', '.', '--template', '{desc}'), 'From the editor\n\nin two parts');
    assert.equal(window.activeTextEditor, undefined);
  });

  it('lists in the editor what will be committed', async () => {
    const settings = workspace.getConfiguration('quicksilver');
    await settings.update('useEditorAsCommitInput', true, ConfigurationTarget.Global);
    write('a.txt', 'a, and another file is missing\n');
    remove('b.txt');
    await repository.settle();
    const help = /^HG: [MAR!?] .*$/gm;
    for (const [answer, expected] of [
      ['Remove and Commit', ['HG: M a.txt', 'HG: R b.txt']],
      ['Leave Out', ['HG: M a.txt']],
    ] as const) {
      const dialogs = answerDialogs(answer);
      const done = run('commit');
      const editor = await messageEditor();
      assert.deepEqual(editor.document.getText().match(help), expected);
      await run('commitMessageDiscard');
      assert.equal(await done, false);
      dialogs.dispose();
    }
    await settings.update('useEditorAsCommitInput', false, ConfigurationTarget.Global);
    await hg(at(), 'revert', '--no-backup', 'a.txt', 'b.txt');
    assert.deepEqual(await rows(), {});
  });

  it('leaves unsaved text in other editors alone', async () => {
    const settings = workspace.getConfiguration('files');
    await settings.update('autoSave', 'off', ConfigurationTarget.Global);
    const elsewhere = Uri.file(`${at()}-elsewhere`);
    await workspace.fs.writeFile(elsewhere, Buffer.from('saved'));
    const other = await workspace.openTextDocument(elsewhere);
    const shown = await window.showTextDocument(other, ViewColumn.Two);
    await shown.edit(edit => edit.insert(new Position(0, 0), 'un'));
    for (const text of ['one', 'two']) {
      await window.showTextDocument(other, ViewColumn.Two);
      const editing = run('editCommitMessage');
      const editor = await messageEditor();
      assert.match(editor.document.getText(), /^\n\nHG: /, 'nothing of the message before');
      await editor.edit(edit => edit.insert(new Position(0, 0), text));
      await window.showTextDocument(other, ViewColumn.One);
      await run('commitMessageDiscard', editor.document.uri);
      assert.equal(await editing, false);
      assert.deepEqual([other.getText(), other.isDirty], ['unsaved', true]);
    }
    await other.save();
    await window.tabGroups.close(window.tabGroups.all.flatMap(({ tabs }) => tabs));
    await workspace.fs.delete(elsewhere);
    await settings.update('autoSave', undefined, ConfigurationTarget.Global);
  });

  it('does not take back what is public', async () => {
    await hg(at(), 'phase', '--public', '.');
    await repository.refresh();
    const messages = keepMessages();
    await run('undoCommit');
    assert.equal(asked('log', '--rev', '.', '--template', '{desc|firstline}'), 'From the editor');
    assert.equal(await run('commitAmendKeepMessage'), false);
    messages.dispose();
    assert.equal(messages.shown.length, 2);
    for (const message of messages.shown) assert.match(message, /already been shared/);
  });

  it('commits a merge as a whole, and not with conflicts', async () => {
    write('a.txt', 'this side\n');
    write('b.txt', 'this side\n');
    await hg(at(), 'commit', '--message', 'This side');
    await hg(at(), 'update', '--quiet', '.^');
    write('a.txt', 'other side\n');
    await hg(at(), 'commit', '--message', 'Other side');
    await assert.rejects(hg(at(), 'merge', '--tool', ':merge'));
    await repository.settle();
    box.value = 'Merged';
    const messages = keepMessages();
    assert.equal(await run('commit'), false);
    messages.dispose();
    assert.match(messages.shown.join(), /Resolve the conflict before committing/);
    write('a.txt', 'both sides\n');
    await hg(at(), 'resolve', '--mark', 'a.txt');
    remove('a.txt.orig');
    await repository.settle();
    const editing = run('editCommitMessage');
    assert.match((await messageEditor()).document.getText(), /^HG: Branch merge$/m);
    await run('commitMessageDiscard');
    assert.equal(await editing, false);
    await run('include', uriAt('b.txt'));
    const dialogs = answerDialogs('Commit All Changes');
    assert.equal(await run('commit'), true);
    dialogs.dispose();
    assert.match(dialogs.asked[0]!.message, /cannot commit part of a merge/);
    assert.deepEqual(await rows(), {});
    assert.equal(
      asked('log', '--rev', '.', '--template', '{desc} {ifeq(p2rev, "-1", "alone", "merge")}'),
      'Merged merge',
    );
  });
});

/** Waits for the editor of a message. */
async function messageEditor(): Promise<TextEditor> {
  await until(
    'the editor is open',
    () => window.activeTextEditor?.document.languageId === 'hg-commit',
    window.onDidChangeActiveTextEditor,
    workspace.onDidOpenTextDocument,
  );
  return window.activeTextEditor ?? assert.fail();
}
