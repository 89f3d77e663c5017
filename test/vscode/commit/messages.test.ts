import assert from 'node:assert/strict';
import {
  ConfigurationTarget,
  commands,
  languages,
  window,
  workspace,
  type SourceControlInputBox,
  type TextDocument,
  type Uri,
} from 'vscode';
import { Bench } from '../agreement.ts';
import { answerDialogs } from '../dialogs.ts';
import { until } from '../harness.ts';
import { answerInputs } from '../messages.ts';
import { at, write } from '../outside.ts';

describe('messages of commits', () => {
  let box: SourceControlInputBox;
  let written: TextDocument;

  before(async () => {
    const { inputBox, repository } = await Bench.at(at());
    box = inputBox;
    await until('the input box is there', () => box.visible, repository.onDidChange);
    write('a.txt', 'a, with a message\n');
    await repository.settle();
    written = await inputDocument();
  });

  afterEach(async () => {
    for (const name of ['inputValidation', 'inputValidationSubjectLength', 'commitTemplate'])
      await set(name, undefined);
    box.value = '';
  });

  async function set(name: string, value: unknown): Promise<void> {
    await workspace.getConfiguration('quicksilver').update(name, value, ConfigurationTarget.Global);
  }

  const marksOf = (uri: Uri): string[] =>
    languages
      .getDiagnostics(uri)
      .map(({ range: { start, end }, message }) => `${start.line}:${start.character}-${end.character} ${message}`);

  async function untilMarked(uri: Uri, expected: readonly string[]): Promise<void> {
    const isMarked = (): boolean => marksOf(uri).join('\n') === expected.join('\n');
    await until(`marks are ${expected.join()}`, isMarked, languages.onDidChangeDiagnostics);
  }

  /** What VS Code tells of the text in the input box; it does so while the Source Control view is open. */
  async function inputDocument(): Promise<TextDocument> {
    const find = (): TextDocument | undefined =>
      workspace.textDocuments.find(({ uri }) => uri.toString().startsWith('vscode-scm:quicksilver/'));
    await commands.executeCommand('workbench.view.scm');
    await until(
      `there is a document for the input box: ${workspace.textDocuments.map(({ uri }) => uri.toString()).join(' ')}`,
      () => find() !== undefined,
      workspace.onDidOpenTextDocument,
    );
    return find()!;
  }

  /** The editor that was open before may be the active one for a moment yet. */
  async function untilEditorHas(begin: string): Promise<void> {
    const isOpen = (): boolean =>
      window.activeTextEditor?.document.languageId === 'hg-commit' &&
      window.activeTextEditor.document.getText().startsWith(begin);
    const { onDidOpenTextDocument, onDidChangeTextDocument } = workspace;
    await until(
      `the editor has ${begin}`,
      isOpen,
      window.onDidChangeActiveTextEditor,
      onDidOpenTextDocument,
      onDidChangeTextDocument,
    );
  }

  it('are marked in the input box while they are written, and asked about', async () => {
    const { uri } = written;
    box.value = 'A first line that is too long';
    assert.deepEqual(marksOf(uri), []);
    await set('inputValidationSubjectLength', 12);
    await set('inputValidation', true);
    const [tooLong, notEmpty] = [
      '0:12-29 The subject line has 29 characters (limit: 12).',
      '1:0-6 The second line of the message must be blank.',
    ];
    await untilMarked(uri, [tooLong]);
    box.value = 'A first line that is too long\nsecond';
    await untilMarked(uri, [tooLong, notEmpty]);
    const dialogs = answerDialogs(undefined);
    assert.equal(await commands.executeCommand('quicksilver.commit'), false);
    dialogs.dispose();
    assert.deepEqual(dialogs.asked, [
      {
        message: 'Commit with this message?',
        detail: `${tooLong.replace(/^\S+ /, '')}\n${notEmpty.replace(/^\S+ /, '')}`,
        buttons: ['Commit Anyway'],
      },
    ]);
    box.value = 'Short';
    await untilMarked(uri, []);
    box.value = 'Not so short';
    box.value = 'Not so short!';
    await untilMarked(uri, ['0:12-13 The subject line has 13 characters (limit: 12).']);
    await set('inputValidation', false);
    await untilMarked(uri, []);
  });

  it('are marked in the editor, help left out', async () => {
    await set('inputValidation', true);
    box.value = '\nSubject\nsecond';
    const done = commands.executeCommand('quicksilver.editCommitMessage');
    await untilEditorHas('\nSubject\nsecond\n\nHG: ');
    const { document } = window.activeTextEditor!;
    await untilMarked(document.uri, ['2:0-6 The second line of the message must be blank.']);
    await window.activeTextEditor!.edit(edit => edit.replace(document.lineAt(2).range, ''));
    await untilMarked(document.uri, []);
    await commands.executeCommand('quicksilver.commitMessageDiscard');
    assert.equal(await done, false);
  });

  it('begin with the template, in the input box, too; it alone is no message', async () => {
    await set('commitTemplate', 'Bug: \nReviewed by: ');
    await until('the template is there', () => box.value.startsWith('Bug:'), workspace.onDidChangeTextDocument);
    const done = commands.executeCommand('quicksilver.editCommitMessage');
    await untilEditorHas('Bug: \nReviewed by: \n\nHG: ');
    await commands.executeCommand('quicksilver.commitMessageDiscard');
    assert.equal(await done, false);
    // The box alone: nothing was typed, so that the message is asked for.
    const inputs = answerInputs();
    assert.equal(await commands.executeCommand('quicksilver.commit'), false);
    inputs.dispose();
    assert.deepEqual(
      inputs.asked.map(({ prompt }) => prompt),
      ["Commit message on 'default'"],
    );
    box.value = 'Bug: 1\nReviewed by: me';
    assert.equal(await commands.executeCommand('quicksilver.commit'), true);
    assert.equal(box.value, 'Bug: \nReviewed by: ');
    await set('commitTemplate', undefined);
    await until('the template is gone', () => box.value === '', workspace.onDidChangeTextDocument);
  });
});
