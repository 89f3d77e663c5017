import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { promisify } from 'node:util';
import { commands, window, workspace } from 'vscode';
import type { QuicksilverRepository } from '../../../src/extension/api/api.ts';
import type { TestApi } from '../../../src/extension/api/testDoor.ts';
import { hasUi, hgCalls, scenario, ui, until } from '../harness.ts';
import { at, uriAt, write } from '../outside.ts';
import { activeApi, repositoryAt } from '../shown.ts';

describe('a Git repository', () => {
  let api: TestApi;
  let repository: QuicksilverRepository;

  /** Runs git as in a terminal; a merge with a conflict fails. */
  async function git(...args: readonly string[]): Promise<void> {
    await promisify(execFile)(scenario().data['git']!, args, { cwd: at('work') }).catch((error: unknown) => {
      if (args[0] !== 'merge') throw error;
    });
    await repository.settle();
  }

  const lines = (changed: Readonly<Record<number, string>> = {}): string =>
    Array.from({ length: 12 }, (_, i) => `${changed[i + 1] ?? `line ${i + 1}`}\n`).join('');

  /** The rows of all groups, as "group: path", sorted. */
  const rows = (): string[] =>
    api.view
      .groups(repository.rootUri)
      .flatMap(({ id, resources }) =>
        resources.map(({ resourceUri }) => `${id}: ${resourceUri.path.slice(repository.rootUri.path.length + 1)}`),
      )
      .sort();
  const letter = (...names: string[]): string | undefined => api.view.decoration(uriAt('work', ...names))?.badge;

  /** Waits until these are the rows. */
  async function shows(...list: readonly string[]): Promise<void> {
    const expected = [...list].sort();
    await repository.settle();
    const isShown = (): boolean => JSON.stringify(rows()) === JSON.stringify(expected);
    if (!isShown()) await until(`the rows are ${expected.join(', ')}`, isShown, repository.onDidChange);
    assert.deepEqual(rows(), expected);
  }

  before(async () => {
    api = await activeApi();
    repository = await repositoryAt(api, at('work'));
    await repository.settle();
  });

  it('is open and clean, with no commands of hg', async () => {
    assert.equal(repository.state.kind, 'ready');
    assert.equal(repository.head?.branch, 'main');
    assert.match(api.view.statusBar(repository.rootUri).text, /main/);
    assert.equal(api.view.inputBoxVisible(repository.rootUri), false);
    await shows();
  });

  it('shows an edit, in the gutter too, and what is staged of it in a terminal', async () => {
    write('work/a.txt', lines({ 5: 'edited' }));
    write('work/new.txt', 'new\n');
    await shows('changes: a.txt', 'untracked: new.txt');
    assert.deepEqual([letter('a.txt'), letter('new.txt')], ['M', 'U']);
    assert.equal(api.view.badge(repository.rootUri), 2);
    if (hasUi()) {
      await window.showTextDocument(await workspace.openTextDocument(uriAt('work', 'a.txt')));
      await ui.gutterMarks({ until: ['modified 5'] });
    }
    await git('add', 'a.txt', 'new.txt');
    await shows('staged: a.txt', 'staged: new.txt');
    assert.deepEqual([letter('a.txt'), letter('new.txt')], ['M', 'A']);
    if (hasUi()) await ui.gutterMarks({ until: [] });
    write('work/a.txt', lines({ 5: 'edited', 7: 'again' }));
    await shows('staged: a.txt', 'staged: new.txt', 'changes: a.txt');
    if (hasUi()) await ui.gutterMarks({ until: ['modified 7'] });
  });

  it('opens what is staged of a file', async () => {
    const group = api.view.groups(repository.rootUri).find(({ id }) => id === 'staged');
    const { command } = group!.resources[0]!;
    await commands.executeCommand(command!.command, ...(command!.arguments as readonly unknown[]));
    assert.equal(window.activeTextEditor?.document.getText(), lines({ 5: 'edited' }));
    await commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('follows a commit, a checkout and a merge with a conflict', async () => {
    await git('commit', '--quiet', '--all', '--message', 'second');
    await shows();
    write('work/a.txt', lines({ 3: 'ours', 5: 'edited', 7: 'again' }));
    await git('commit', '--quiet', '--all', '--message', 'third');
    await git('checkout', '--quiet', 'other');
    assert.equal(repository.head?.branch, 'other');
    await git('checkout', '--quiet', 'main');
    await git('merge', 'other');
    await shows('conflicts: a.txt');
    assert.equal(letter('a.txt'), '!');
    assert.equal(repository.head.operation, 'merge');
    assert.match(api.view.operation(repository.rootUri)?.text ?? '', /Merging/);
    await git('merge', '--abort');
    await shows();
    assert.equal(api.view.operation(repository.rootUri), undefined);
  });

  it('follows edits of its ignore rules', async () => {
    assert.equal(repository.entries.get('x.log')?.status, 'ignored');
    write('work/src/c.tmp', '');
    await shows('untracked: src/c.tmp');
    write('work/.gitignore', '*.tmp\n');
    await shows('changes: .gitignore', 'untracked: x.log');
    write('work/src/.gitignore', '!c.tmp\n');
    await shows('changes: .gitignore', 'untracked: src/.gitignore', 'untracked: src/c.tmp', 'untracked: x.log');
  });

  it('started no program', () => {
    assert.deepEqual(hgCalls(), []);
    assert.equal(fs.existsSync(scenario().data['log']!), false);
  });
});
