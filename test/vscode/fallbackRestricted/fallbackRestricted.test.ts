import assert from 'node:assert/strict';
import fs from 'node:fs';
import { commands, workspace } from 'vscode';
import type { QuicksilverRepository } from '../../../src/extension/api/api.ts';
import type { TestApi } from '../../../src/extension/api/testDoor.ts';
import { hasUi, hgCalls, scenario, ui, until } from '../harness.ts';
import { at, write } from '../outside.ts';
import { activeApi, repositoryAt } from '../shown.ts';

const reason =
  "The pattern 'include:.hg/none' is of a kind that is not supported. Trust the workspace to see its status.";

describe('a repository that only hg can answer for, in a workspace that is not trusted', () => {
  let api: TestApi;
  let repository: QuicksilverRepository;

  const problems = (): (string | undefined)[] =>
    api.view
      .groups(repository.rootUri)
      .filter(({ id }) => id === 'problem')
      .flatMap(({ resources }) => resources.map(({ decorations }) => decorations?.tooltip));

  before(async () => {
    api = await activeApi();
    repository = await repositoryAt(api, at());
  });

  it('shows why there is no status, and what to do about it', async () => {
    assert.equal(workspace.isTrusted, false);
    await until('it is refused', () => repository.state.kind === 'refused', repository.onDidChange);
    await repository.settle();
    assert.deepEqual([...repository.entries], []);
    assert.equal(problems()[0], reason);
    assert.equal(api.view.groups(repository.rootUri)[0]?.label, 'Status Unavailable');
    assert.equal(api.view.statusBar(repository.rootUri).tooltip, reason);
    assert.equal(api.view.badge(repository.rootUri), 0);
  });

  it('starts nothing, whatever happens and whoever asks', async () => {
    write('modified.txt', 'once more');
    await repository.refresh();
    await commands.executeCommand('quicksilver.refresh');
    assert.deepEqual(hgCalls(), []);
    assert.equal(fs.existsSync(scenario().data['trap'] ?? ''), false);
  });

  it('asks hg once it is trusted', async function () {
    if (!hasUi()) this.skip();
    // Not from the list of commands, which closes when something else takes the focus meanwhile.
    await commands.executeCommand('workbench.trust.manage');
    await ui.trustWorkspace();
    await until('hg has answered', () => repository.entries.size > 0, repository.onDidChange);
    await repository.settle();
    assert.equal(repository.state.kind, 'fallback');
    assert.equal(repository.entries.get('unknown.txt')?.status, 'unknown');
  });
});
