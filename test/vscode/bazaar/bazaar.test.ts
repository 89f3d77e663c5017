import assert from 'node:assert/strict';
import fs from 'node:fs';
import { commands, window, workspace } from 'vscode';
import type { QuicksilverRepository } from '../../../src/extension/api/api.ts';
import type { TestApi } from '../../../src/extension/api/testDoor.ts';
import { hasUi, hgCalls, scenario, ui, until } from '../harness.ts';
import { uriAt, write } from '../outside.ts';
import { lines, WorkingTree } from '../workingTree.ts';

describe('a Bazaar working tree', () => {
  let tree: WorkingTree;
  let api: TestApi;
  let repository: QuicksilverRepository;

  async function brz(...args: readonly string[]): Promise<void> {
    const { brz: program, BRZ_HOME, BRZ_EMAIL, BRZ_PLUGIN_PATH } = scenario().data;
    await tree.run(program!, args, { BRZ_HOME, BRZ_EMAIL, BRZ_PLUGIN_PATH });
  }
  const rows = (): string[] => tree.rows();
  const letter = (...names: readonly string[]): string | undefined => tree.letter(...names);
  const shows = async (...list: readonly string[]): Promise<void> => tree.shows(...list);

  before(async function () {
    if (scenario().data['brz'] === undefined) this.skip();
    tree = await WorkingTree.open();
    ({ api, repository } = tree);
  });

  it('is open and clean, with no commands of hg', async () => {
    assert.equal(repository.state.kind, 'ready');
    assert.equal(api.view.label(repository.rootUri), 'Bazaar');
    assert.equal(api.view.inputBoxVisible(repository.rootUri), false);
    await shows();
  });

  it('shows an edit, in the gutter too, and what is added in a terminal', async () => {
    write('work/a.txt', lines({ 5: 'edited' }));
    write('work/new.txt', 'new\n');
    await shows('changes: a.txt', 'untracked: new.txt');
    assert.deepEqual([letter('a.txt'), letter('new.txt')], ['M', '?']);
    assert.equal(api.view.badge(repository.rootUri), 2);
    if (hasUi()) {
      await window.showTextDocument(await workspace.openTextDocument(uriAt('work', 'a.txt')));
      await ui.gutterMarks({ until: ['modified 5'] });
      await commands.executeCommand('workbench.action.closeAllEditors');
    }
    await brz('add', 'new.txt');
    await shows('changes: a.txt', 'changes: new.txt');
    assert.equal(letter('new.txt'), 'A');
  });

  it('follows a commit, and a merge with a conflict', async () => {
    await brz('commit', '--quiet', '--message', 'second');
    await shows();
    write('work/a.txt', lines({ 3: 'ours', 5: 'edited' }));
    await brz('commit', '--quiet', '--message', 'third');
    await brz('merge', scenario().data['other']!);
    await until('there is a conflict', () => rows().includes('conflicts: a.txt'), repository.onDidChange);
    await brz('revert', '--no-backup');
    await until('the conflict is gone', () => !rows().includes('conflicts: a.txt'), repository.onDidChange);
  });

  it('follows edits of its ignore rules', async () => {
    assert.equal(repository.entries.get('x.log')?.status, 'ignored');
    write('work/.bzrignore', '*.tmp\n');
    await until('the log is untracked', () => rows().includes('untracked: x.log'), repository.onDidChange);
  });

  it('shows names as they are written, whatever they mean to VS Code', async function () {
    if (!hasUi()) this.skip();
    await tree.showsNamesAsWritten('work');
  });

  it('started no program', () => {
    assert.deepEqual(hgCalls(), []);
    assert.equal(fs.existsSync(scenario().data['log']!), false);
  });
});
