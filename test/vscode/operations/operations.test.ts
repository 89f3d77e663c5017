// Each operation that hg can be stopped in is gone on with in one repository and taken back in another, and what is shown and
// what hg says is compared after each command.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { commands, window, workspace } from 'vscode';
import type { ViewForTests } from '../../../src/extension/api/testDoor.ts';
import { answerLists, Bench, hgAt, lines } from '../agreement.ts';
import { answerDialogs } from '../dialogs.ts';
import { hasUi, ui, until } from '../harness.ts';
import { keepMessages } from '../messages.ts';
import { at, write } from '../outside.ts';

const CONFIRMED = { confirmed: true };
const FIRST = ['more', 'side', 'main', 'First commit'];
const CONFLICT = { Conflicts: ['a.txt'], Untracked: ['a.txt.orig'] };
const NOT_RESOLVED = "Resolve the conflict in 'a.txt' before continuing.";

/** The state of a repository that an operation left: what it stands on, and everything there is, in the order of revisions. */
function all(bench: Bench): string[] {
  return lines(bench.asked('log', '--rev', 'reverse(all())', '--template', '{desc|firstline}\n'));
}

function standsOn(bench: Bench): string {
  return bench.asked('log', '--rev', '.', '--template', '{desc}');
}

function shown(bench: Bench): ReturnType<ViewForTests['operation']> {
  return bench.api.view.operation(bench.repository.rootUri);
}

/** A repository that is stopped in an operation, and shown so. */
async function stopped(folder: string, operation: string, text: string): Promise<Bench> {
  const bench = await Bench.at(at(folder));
  bench.agrees(`${folder} was opened`);
  assert.equal(bench.repository.head?.operation, operation);
  assert.equal(shown(bench)?.text, `$(git-merge) ${text}`);
  return bench;
}

/** Runs a command on exactly this repository; what is said is returned, and answered. */
async function says(bench: Bench, command: string, ...answers: readonly string[]): Promise<readonly string[]> {
  const messages = keepMessages(...answers);
  try {
    await bench.does(command, bench.repository.rootUri);
  } finally {
    messages.dispose();
  }
  return messages.shown;
}

/** Goes on, which must be refused; then resolves the one conflict. */
async function resolves(bench: Bench, content: string): Promise<void> {
  assert.deepEqual(await says(bench, 'continueOperation'), [NOT_RESOLVED]);
  write(`${bench.root.slice(at().length + 1)}/a.txt`, content);
  await bench.comesToAgree('an edit');
  const messages = keepMessages('Not now');
  await bench.does('markResolved', bench.uri('a.txt'));
  messages.dispose();
  assert.deepEqual(bench.rows()['Conflicts'], undefined);
}

function ended(bench: Bench): void {
  assert.equal(bench.repository.head?.operation, undefined);
  assert.equal(shown(bench), undefined);
}

/** Waits until the message that contains `part` is in an editor, and accepts it: another one, or as it is. */
async function writesMessage(bench: Bench, part: string, message?: string): Promise<string> {
  const text = (): string => window.activeTextEditor?.document.getText() ?? '';
  await until(
    `a message with ${part} is in the editor`,
    () => window.activeTextEditor?.document.languageId === 'hg-commit' && text().includes(part),
    window.onDidChangeActiveTextEditor,
    workspace.onDidOpenTextDocument,
    workspace.onDidChangeTextDocument,
  );
  const editor = window.activeTextEditor!;
  const proposed = text();
  const help = proposed.indexOf('\nHG:');
  if (message !== undefined) {
    const before = editor.document.positionAt(0);
    const { lineCount } = editor.document;
    const end = help < 0 ? editor.document.lineAt(lineCount - 1).range.end : editor.document.positionAt(help);
    await editor.edit(edit => edit.replace(editor.selection.with(before, end), message));
  }
  await bench.run(message === undefined ? 'commitMessageDiscard' : 'commitMessageAccept');
  return proposed;
}

describe('the buttons in the title of a repository', () => {
  before(async function () {
    if (!hasUi()) this.skip();
    await ui.sourceControlRows();
    // Rows that are out of sight are not drawn.
    await commands.executeCommand('workbench.scm.action.collapseAllRepositories');
  });

  it('are there where something is unfinished, and nowhere else', async () => {
    await stopped('again', 'graft', 'Grafting $(warning) 1');
    await ui.repositoryActions('again', { until: ['Continue', 'Abort'] });
    const others = await ui.repositoryActions('first', { until: ['Commit'] });
    assert.deepEqual(
      others.filter(name => name === 'Continue' || name === 'Abort'),
      [],
    );
  });

  it('come with an operation and go with it', async () => {
    const bench = await Bench.at(at('first'));
    const messages = keepMessages();
    await bench.does('mergeWith', bench.repository.rootUri, { revision: 'desc("main")' });
    messages.dispose();
    await ui.repositoryActions('first', { until: ['Continue', 'Abort'] });
    await bench.does('abortOperation', bench.repository.rootUri, CONFIRMED);
    await ui.repositoryActions('first', { gone: ['Continue', 'Abort'] });
  });
});

describe('going on', () => {
  it('with a merge, which is a commit; and taking that back', async () => {
    const bench = await stopped('merge', 'merge', 'Merging $(warning) 1');
    assert.deepEqual(bench.rows(), { ...CONFLICT, Changes: ['z.txt'] });
    await resolves(bench, 'both\n');
    bench.inputBox.value = 'Merged';
    await bench.does('continueOperation', bench.repository.rootUri);
    ended(bench);
    assert.deepEqual(all(bench), ['Merged', ...FIRST]);
    const merged = bench.asked('log', '--rev', '.', '--template', '{p1node} {p2node} {manifest}');
    const log = lines(bench.asked('log', '--rev', '.', '--template', '{file_mods}\n{file_adds}'));

    write('merge/b.txt', 'mine\n');
    await bench.comesToAgree('an edit');
    assert.match((await says(bench, 'undoCommit'))[0] ?? '', /Cannot undo the merge with uncommitted changes/);
    write('merge/b.txt', 'b\n');
    await bench.comesToAgree('an edit');
    bench.inputBox.value = '';
    assert.deepEqual(await says(bench, 'undoCommit'), []);
    assert.equal(bench.repository.head?.operation, 'merge');
    assert.equal(bench.inputBox.value, 'Merged');
    assert.deepEqual(all(bench), FIRST);
    assert.deepEqual(bench.rows()['Conflicts'], undefined);
    assert.equal(fs.readFileSync(at('merge', 'a.txt'), 'utf8'), 'both\n');
    await bench.does('commit', bench.repository.rootUri);
    assert.equal(bench.asked('log', '--rev', '.', '--template', '{p1node} {p2node} {manifest}'), merged);
    assert.deepEqual(lines(bench.asked('log', '--rev', '.', '--template', '{file_mods}\n{file_adds}')), log);
  });

  it('with a rebase, whose message is written in an editor', async () => {
    const bench = await stopped('rebase', 'rebase', 'Rebasing $(warning) 1');
    assert.deepEqual(bench.rows(), CONFLICT);
    await resolves(bench, 'both\n');
    const done = says(bench, 'continueOperation');
    assert.match(await writesMessage(bench, 'Collapsed revision', 'Both in one'), /^HG: .*keeps Mercurial's proposal/m);
    assert.deepEqual(await done, []);
    ended(bench);
    assert.deepEqual(all(bench), ['Both in one', 'main', 'First commit']);
    assert.deepEqual(bench.rows(), { Untracked: ['a.txt.orig'] });
  });

  it('with a graft', async () => {
    const bench = await stopped('graft', 'graft', 'Grafting $(warning) 1');
    assert.deepEqual(bench.rows(), CONFLICT);
    await resolves(bench, 'both\n');
    assert.deepEqual(await says(bench, 'continueOperation'), []);
    ended(bench);
    assert.deepEqual(all(bench), ['side', ...FIRST]);
    assert.equal(standsOn(bench), 'side');
  });

  it('with what was shelved', async () => {
    const bench = await stopped('unshelve', 'unshelve', 'Unshelving $(warning) 1');
    assert.deepEqual(bench.rows(), CONFLICT);
    await resolves(bench, 'both\n');
    assert.deepEqual(await says(bench, 'continueOperation'), []);
    ended(bench);
    assert.deepEqual(all(bench), FIRST);
    assert.deepEqual(bench.rows(), { Changes: ['a.txt'], Untracked: ['a.txt.orig'] });
    assert.equal(bench.asked('shelve', '--config', 'extensions.shelve=', '--list'), '');
  });

  it('with a histedit: one message is written, one left as it is', async () => {
    const bench = await stopped('histedit', 'histedit', 'Editing History');
    assert.deepEqual(bench.rows(), { Changes: ['a.txt'] });
    write('histedit/a.txt', 'side, edited\n');
    await bench.comesToAgree('an edit');
    const done = says(bench, 'continueOperation');
    await writesMessage(bench, 'side', 'Side, edited');
    await writesMessage(bench, 'Side, edited\n***\nmore');
    assert.deepEqual(await done, ["Mercurial's proposed message is kept."]);
    ended(bench);
    // Neither a half of the fold is left nor what was before.
    assert.deepEqual(all(bench), ['Side, edited', 'main', 'First commit']);
    assert.equal(standsOn(bench), 'Side, edited\n***\nmore');
    assert.deepEqual(bench.rows(), {});
  });

  it('with a transplant, when it is known that some of it was not applied', async () => {
    const bench = await stopped('transplant', 'transplant', 'Transplanting');
    assert.deepEqual(bench.rows(), { Untracked: ['a.txt.rej'] });
    const turnedAway = answerDialogs(undefined);
    await bench.does('continueOperation', bench.repository.rootUri);
    turnedAway.dispose();
    assert.deepEqual(
      turnedAway.asked.map(({ detail, buttons }) => [detail, buttons]),
      [['a.txt.rej', ['Continue']]],
    );
    assert.equal(bench.repository.head?.operation, 'transplant');
    write('transplant/a.txt', 'main and side\n');
    fs.rmSync(at('transplant', 'a.txt.rej'));
    await bench.comesToAgree('an edit');
    assert.deepEqual(await says(bench, 'continueOperation'), []);
    ended(bench);
    assert.deepEqual(all(bench), ['side', ...FIRST]);
    assert.equal(standsOn(bench), 'side');
    assert.deepEqual(bench.rows(), {});
  });

  it('with a search for a fault, to its end', async () => {
    const bench = await stopped('bisect', 'bisect', 'Bisecting');
    assert.equal(standsOn(bench), 'side');
    const lists = answerLists('Good');
    const [found = ''] = await says(bench, 'continueOperation', 'End Bisect');
    lists.dispose();
    assert.match(found, /^The first bad revision is: 3:[0-9a-f]{12} more$/);
    await until(
      'the search is over',
      () => bench.repository.head?.operation === undefined,
      bench.repository.onDidChange,
    );
    await bench.comesToAgree('the end of the search');
    assert.deepEqual(all(bench), FIRST);
  });

  it('with an update that was cut off, and keeps what the person has changed', async () => {
    const bench = await stopped('update', 'update', 'Interrupted Update');
    assert.deepEqual(bench.rows(), { Changes: ['a.txt', 'c.txt'] });
    write('update/b.txt', 'mine\n');
    await bench.comesToAgree('an edit');
    assert.deepEqual(await says(bench, 'continueOperation'), []);
    ended(bench);
    assert.equal(standsOn(bench), 'main');
    assert.deepEqual(bench.rows(), { Changes: ['b.txt'] });
    assert.equal(bench.asked('status'), 'M b.txt\n');
  });
});

describe('taking back', () => {
  /** With everything as it was before, except for what hg leaves lying about. */
  async function takesBack(operation: string, text: string, parent: string, rows: unknown): Promise<Bench> {
    const bench = await stopped(`${operation}-back`, operation, text);
    await bench.does('abortOperation', bench.repository.rootUri, CONFIRMED);
    ended(bench);
    assert.deepEqual(all(bench), FIRST);
    assert.equal(standsOn(bench), parent);
    assert.deepEqual(bench.rows(), rows);
    return bench;
  }
  const ORIG = { Untracked: ['a.txt.orig'] };

  it('a merge', () => takesBack('merge', 'Merging $(warning) 1', 'more', ORIG));

  it('a graft', () => takesBack('graft', 'Grafting $(warning) 1', 'main', ORIG));

  it('what was shelved, which is still there', async () => {
    const bench = await takesBack('unshelve', 'Unshelving $(warning) 1', 'more', ORIG);
    assert.match(bench.asked('shelve', '--config', 'extensions.shelve=', '--list'), /^later /);
  });

  it('a histedit', () => takesBack('histedit', 'Editing History', 'more', {}));

  it('a transplant', () => takesBack('transplant', 'Transplanting', 'main', { Untracked: ['a.txt.rej'] }));

  it('a search for a fault, which stays where it is', () => takesBack('bisect', 'Bisecting', 'side', {}));

  it('an update that was cut off', () => takesBack('update', 'Interrupted Update', 'more', {}));

  it('a rebase, from the list that the status bar opens, when it is agreed to', async () => {
    const bench = await stopped('rebase-back', 'rebase', 'Rebasing $(warning) 1');
    assert.match(shown(bench)?.tooltip ?? '', /Click to continue or abort\.$/);
    const { rootUri } = bench.repository;
    const dialogs = answerDialogs(undefined, 'Abort');
    const lists = answerLists('$(close) Abort', '$(close) Abort');
    await bench.does('operationActions', rootUri);
    assert.equal(bench.repository.head?.operation, 'rebase');
    await bench.does('operationActions', rootUri);
    lists.dispose();
    dialogs.dispose();
    ended(bench);
    assert.deepEqual(all(bench), FIRST);
    assert.equal(standsOn(bench), 'more');
    assert.equal(hgAt(bench.root, 'diff'), '');
  });
});

describe('another command in the middle of an operation', () => {
  it('is refused, and the way on is offered', async () => {
    const bench = await stopped('again', 'graft', 'Grafting $(warning) 1');
    await resolves(bench, 'both\n');
    const lists = answerLists('$(close) Abort');
    const messages = keepMessages('Continue or Abort…', 'Abort');
    bench.inputBox.value = 'In the middle of it';
    await bench.does('commit', bench.repository.rootUri);
    await until('it is taken back', () => bench.repository.head?.operation === undefined, bench.repository.onDidChange);
    messages.dispose();
    lists.dispose();
    assert.match(messages.shown[0] ?? '', /^Mercurial: graft in progress/);
  });
});
