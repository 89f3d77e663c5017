import assert from 'node:assert/strict';
import { commands, TabInputTextDiff, window, workspace, type Tab } from 'vscode';
import type { QuicksilverRepository } from '../../../src/extension/api/api.ts';
import type { TestApi } from '../../../src/extension/api/testDoor.ts';
import { hasUi, ui, until } from '../harness.ts';
import { assertNoHgStarted, at, hg, uriAt } from '../outside.ts';
import { activeApi, repositoryAt } from '../shown.ts';

describe('a merge', () => {
  let api: TestApi;
  let repository: QuicksilverRepository;

  before(async () => {
    api = await activeApi();
    repository = await repositoryAt(api, at());
    await repository.settle();
  });

  afterEach(async () => {
    await commands.executeCommand('workbench.action.closeAllEditors');
  });

  function rows(): Record<string, string[]> {
    const groups = api.view.groups(repository.rootUri).filter(({ resources }) => resources.length > 0);
    return Object.fromEntries(
      groups.map(({ label, resources }) => [
        label,
        resources.map(({ resourceUri, decorations }) => {
          const name = resourceUri.path.slice(repository.rootUri.path.length + 1);
          return `${name}: ${decorations?.tooltip ?? ''}`;
        }),
      ]),
    );
  }

  async function click(path: string): Promise<void> {
    const all = api.view.groups(repository.rootUri).flatMap(({ resources }) => [...resources]);
    const row = all.find(({ resourceUri }) => resourceUri.path === uriAt(path).path);
    assert.ok(row?.command);
    await commands.executeCommand(row.command.command, ...((row.command.arguments ?? []) as readonly unknown[]));
  }

  function activeTab(): Tab | undefined {
    return window.tabGroups.activeTabGroup.activeTab;
  }

  it('has its files in groups: conflicts, what is resolved, the rest', () => {
    assert.deepEqual(rows(), {
      Conflicts: [
        'both.txt: Conflict: changed on both sides',
        'deleted.txt: Conflict: deleted on one side (local), changed on the other',
      ],
      Resolved: ['merged.txt: Modified'],
      Changes: ['new.txt: Modified'],
      Untracked: ['both.txt.orig: Untracked'],
    });
  });

  it('says in the status bar that there is one, and what to do next', async function () {
    const { text, tooltip } = api.view.operation(repository.rootUri) ?? {};
    assert.equal(text, '$(git-merge) Merging $(warning) 2');
    assert.equal(tooltip, 'Merging\nUnresolved conflicts: 2\nClick to continue or abort.');
    if (!hasUi()) this.skip();
    await ui.statusBarItems({ until: 'Merging' });
  });

  it('shows the parents and what comes in', async function () {
    if (!hasUi()) this.skip();
    await ui.sourceControlRows({ until: ['both.txt'] });
    const [first = '', second = ''] = [repository.head?.firstParent, repository.head?.secondParent].map(node =>
      node?.slice(0, 12),
    );
    const shown = await ui.viewRows('Merge', { until: ['2 incoming changesets', 'Other side, first'] });
    assert.deepEqual(
      shown.map(row =>
        row.replace(/[0-9]{4}-[0-9-]+ [0-9:]+/, 'DATE').replace(/^[0-9a-f]{12} Other side, first/, 'NODE first'),
      ),
      [
        `${first} This side First parent · Ada Example, DATE`,
        `${second} Other side, second Second parent · Ada Example, DATE`,
        '2 incoming changesets',
        `${second} Other side, second Ada Example, DATE`,
        'NODE first Ada Example, DATE',
      ],
    );
  });

  it('offers to continue and to abort in the title of the merge', async function () {
    if (!hasUi()) this.skip();
    const offered = ['Continue', 'Abort'];
    const shown = await ui.viewActions('Merge', { until: offered });
    assert.deepEqual(shown.slice(0, 2), offered);
  });

  it('opens a conflict in the merge editor, with all three texts', async function () {
    if (!hasUi()) this.skip();
    await click('both.txt');
    await until('a tab is active', () => activeTab() !== undefined, window.tabGroups.onDidChangeTabs);
    await ui.mergeEditor({ until: ['local', 'other', 'Current: default', 'Incoming: default', 'This side'] });
    // The editor takes the conflict markers out of the file as soon as it opens, which here is not to be saved.
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('opens what one side deleted as a difference from the ancestor', async () => {
    await click('deleted.txt');
    const tab = activeTab();
    assert.ok(tab?.input instanceof TabInputTextDiff);
    assert.equal(tab.label, 'deleted.txt (common ancestor ↔ Working Copy)');
    const original = await workspace.openTextDocument(tab.input.original);
    assert.equal(original.lineAt(0).text, 'line 1');
    assert.equal((await workspace.openTextDocument(tab.input.modified)).lineAt(0).text, 'other');
  });

  it('compares with the second parent', async () => {
    await commands.executeCommand('quicksilver.compareWithSecondParent', uriAt('both.txt'));
    const tab = activeTab();
    assert.ok(tab?.input instanceof TabInputTextDiff);
    assert.equal(tab.label, `both.txt (${repository.head?.secondParent.slice(0, 12)} ↔ Working Copy)`);
    assert.equal((await workspace.openTextDocument(tab.input.original)).lineAt(0).text, 'other');
  });

  it('follows what is resolved, and that the merge is over', async function () {
    await hg(at(), 'resolve', '--mark', 'both.txt');
    await until('it is resolved', () => rows()['Resolved']?.length === 2, repository.onDidChange);
    assert.deepEqual(rows()['Conflicts'], ['deleted.txt: Conflict: deleted on one side (local), changed on the other']);
    await hg(at(), 'resolve', '--mark', '--all');
    await hg(at(), 'commit', '--message', 'Merge');
    await until('it is committed', () => repository.head?.operation === undefined, repository.onDidChange);
    await repository.settle();
    assert.deepEqual(rows(), { Untracked: ['both.txt.orig: Untracked'] });
    assert.equal(api.view.operation(repository.rootUri), undefined);
    if (!hasUi()) this.skip();
    await ui.viewRows('Merge', { gone: true });
  });

  it('has started no hg for any of that', assertNoHgStarted);
});
