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

describe('a Bazaar working tree', () => {
  let api: TestApi;
  let repository: QuicksilverRepository;

  /** Runs brz as in a terminal; a merge with a conflict fails. */
  async function brz(...args: readonly string[]): Promise<void> {
    const { brz: program, BRZ_HOME, BRZ_EMAIL, BRZ_PLUGIN_PATH } = scenario().data;
    const env = { ...process.env, BRZ_HOME, BRZ_EMAIL, BRZ_PLUGIN_PATH };
    await promisify(execFile)(program!, args, { cwd: at('work'), env }).catch((error: unknown) => {
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

  before(async function () {
    if (scenario().data['brz'] === undefined) this.skip();
    api = await activeApi();
    repository = await repositoryAt(api, at('work'));
    await repository.settle();
  });

  it('is open and clean, with no commands of hg', async () => {
    assert.equal(repository.state.kind, 'ready');
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

  it('started no program', () => {
    assert.deepEqual(hgCalls(), []);
    assert.equal(fs.existsSync(scenario().data['log']!), false);
  });
});
