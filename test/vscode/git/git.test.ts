import assert from 'node:assert/strict';
import fs from 'node:fs';
import { commands, window, workspace } from 'vscode';
import type { QuicksilverRepository } from '../../../src/extension/api/api.ts';
import type { TestApi } from '../../../src/extension/api/testDoor.ts';
import { hasUi, hgCalls, scenario, ui } from '../harness.ts';
import { uriAt, write } from '../outside.ts';
import { lines, WorkingTree } from '../workingTree.ts';

describe('a Git repository', () => {
  let tree: WorkingTree;
  let api: TestApi;
  let repository: QuicksilverRepository;

  const git = async (...args: readonly string[]): Promise<void> => tree.run(scenario().data['git']!, args);
  const letter = (...names: readonly string[]): string | undefined => tree.letter(...names);
  const shows = async (...list: readonly string[]): Promise<void> => tree.shows(...list);

  before(async () => {
    tree = await WorkingTree.open();
    ({ api, repository } = tree);
  });

  it('is open and clean, with no commands of hg', async () => {
    assert.equal(repository.state.kind, 'ready');
    assert.equal(api.view.label(repository.rootUri), 'Git');
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

  it('shows names as they are written, whatever they mean to VS Code', async function () {
    if (!hasUi()) this.skip();
    await git('checkout', '--quiet', '-b', 'branch-$(flame)');
    await tree.showsNamesAsWritten('branch-$\u2060(flame)');
  });

  it('started no program', () => {
    assert.deepEqual(hgCalls(), []);
    assert.equal(fs.existsSync(scenario().data['log']!), false);
  });
});
