import assert from 'node:assert/strict';
import fs from 'node:fs';
import { Uri, commands, extensions, workspace, type TextDocument } from 'vscode';
import type { QuicksilverRepository } from '../../../src/extension/api/api.ts';
import type { TestApi } from '../../../src/extension/api/testDoor.ts';
import { hasUi, hgCalls, scenario, ui, until } from '../harness.ts';
import { at, write } from '../outside.ts';
import { activeApi, assertShows, repositoryAt } from '../shown.ts';
import { assertInWindow } from '../window.ts';

describe('a workspace that is not trusted', () => {
  let api: TestApi;
  let repository: QuicksilverRepository;

  const wasExecuted = (): boolean => fs.existsSync(scenario().data['trap'] ?? '');

  async function doctor(): Promise<TextDocument> {
    const uri = await commands.executeCommand('quicksilver.doctor', repository.rootUri);
    assert.ok(uri instanceof Uri);
    return workspace.openTextDocument(uri);
  }

  before(async () => {
    api = await activeApi();
    repository = await repositoryAt(api, at());
  });

  it('is in Restricted Mode', async () => {
    assert.equal(workspace.isTrusted, false);
    if (hasUi()) await ui.statusBarItems({ until: 'Restricted Mode' });
  });

  it('shows the status and follows it', async () => {
    await assertShows(api, repository, { 'modified.txt': 'M', 'unknown.txt': '?', 'x.log': 'I' });
    await assertInWindow({
      sourceControl: [
        'Commands Unavailable',

        'Restricted Mode: read-only, Trust the workspace to commit, update, pull or push. Click to manage trust.',
        'Changes',
        'modified.txt, Modified',
        'Untracked',
        'unknown.txt, Untracked',
      ],
      badge: 2,
      statusBar: ['default', '1'],
    });
    write('clean.txt', 'no longer clean\n');
    await assertShows(api, repository, { 'clean.txt': 'M', 'modified.txt': 'M', 'unknown.txt': '?', 'x.log': 'I' });
    await repository.refresh();
  });

  it('has colors of its own, because the Git extension is disabled', () => {
    assert.equal(extensions.getExtension('vscode.git'), undefined);
    const color = api.view.decoration(Uri.joinPath(repository.rootUri, 'modified.txt'))?.color;
    assert.equal(color?.id, 'quicksilver.withoutGit.modifiedResourceForeground');
  });

  it('has the doctor look without hg', async () => {
    const report = (await doctor()).getText();
    assert.match(report, /^- Dirstate: version [12]$/m);
    assert.match(report, /^- 2 modified, /m);
    assert.doesNotMatch(report, /difference/);
  });

  it('has health in the report, and nothing of what is in files; one click copies it', async () => {
    const document = await doctor();
    const report = document.getText();
    for (const line of [
      /^## Health$/m,
      /^- state: ready$/m,
      /^- \d+ director(?:y|ies) watched/m,
      /^- \d+ audits? done, everything was looked at \d+ s ago$/m,
      /^- 0 changes found by the audit that no event had told of$/m,
      /^- no warnings or errors$/m,
    ]) {
      assert.match(report, line);
    }
    assert.doesNotMatch(report, /no longer clean/);
    // What is copied is the newest report; VS Code may still have the one before, whose times are others.
    const copied = await commands.executeCommand<string>('quicksilver.copyReport', document.uri);
    const withoutNumbers = (text: string): string => text.replaceAll(/\d+/g, 'N');
    assert.equal(withoutNumbers(copied), withoutNumbers(report));
  });

  it('has started nothing', () => {
    assert.deepEqual(hgCalls(), []);
    assert.equal(wasExecuted(), false);
  });

  it('has the doctor ask hg once it is trusted', async function () {
    if (!hasUi()) this.skip();
    // Not from the list of commands, which closes when something else takes the focus meanwhile.
    await commands.executeCommand('workbench.trust.manage');
    await ui.trustWorkspace();
    await until('the workspace is trusted', () => workspace.isTrusted, workspace.onDidGrantWorkspaceTrust);
    const followsGit = (): boolean => {
      const color = api.view.decoration(Uri.joinPath(repository.rootUri, 'modified.txt'))?.color;
      return color?.id === 'quicksilver.modifiedResourceForeground';
    };
    await until('colors follow those of Git', followsGit, extensions.onDidChange);
    // VS Code keeps a document it has shown, and has to be told that there is another report for it.
    const document = await doctor();
    const compared = (): boolean => /^No difference from `.*hg`\.$/m.test(document.getText());
    await until('the report has a comparison', compared, workspace.onDidChangeTextDocument);
    const calls = hgCalls();
    assert.ok(calls.length > 0);
    for (const { args, cwd } of calls) assert.deepEqual([args.includes('status'), cwd], [true, at()]);
  });
});
