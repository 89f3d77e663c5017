import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { commands, window, workspace } from 'vscode';
import type { QuicksilverRepository } from '../../../src/extension/api/api.ts';
import type { TestApi } from '../../../src/extension/api/testDoor.ts';
import { answerDialogs } from '../dialogs.ts';
import { hasUi, scenario, ui, until } from '../harness.ts';
import { hg } from '../outside.ts';
import { activeApi, CONTROLS } from '../shown.ts';

/** A branch, a tag or a text as the window shows it: the joiner that breaks the markup is not seen. */
const ICON = '$\u2060(flame)';
const LINK = ']\u2060(command:hostile.run)';

describe('a repository in which every name is hostile', () => {
  let api: TestApi;
  let repository: QuicksilverRepository;

  const row = (name: string) => {
    const rows = api.view.groups(repository.rootUri).flatMap(({ resources }) => resources);
    const found = rows.find(({ resourceUri }) => resourceUri.path.endsWith(`/${name}`));
    assert.ok(found, name);
    return found;
  };

  /** Runs a command that shows a list or an input box, and checks the window when it shows these texts. */
  async function shows(command: string, args: readonly unknown[], texts: readonly string[]): Promise<void> {
    const ended = commands.executeCommand(`quicksilver.${command}`, ...args);
    const shown = await ui.quickInput({ until: texts });
    assert.doesNotMatch(shown, CONTROLS);
    assert.deepEqual(await ui.markup(), [], command);
    await commands.executeCommand('workbench.action.closeQuickOpen');
    await ended;
  }

  async function notifies(command: string, args: readonly unknown[], text: string): Promise<void> {
    await commands.executeCommand(`quicksilver.${command}`, ...args);
    // While tests run, VS Code shows notifications in their list only.
    await commands.executeCommand('notifications.showList');
    const shown = await ui.notifications({ until: text });
    assert.doesNotMatch(shown.join(''), CONTROLS);
    assert.deepEqual(await ui.markup(), [], command);
    await commands.executeCommand('notifications.clearAll');
  }

  before(async function () {
    if (!hasUi()) this.skip();
    api = await activeApi();
    await until('it is open', () => api.repositories.length === 1, api.onDidOpenRepository);
    repository = api.repositories[0]!;
    await repository.settle();
  });

  it('is found out by the check, where VS Code is given the same texts as they are', async () => {
    void window.showInformationMessage(`control ${scenario().data['link']}`);
    await commands.executeCommand('notifications.showList');
    await ui.notifications({ until: 'control' });
    const item = window.createStatusBarItem('control');
    item.text = `control ${scenario().data['icon']}`;
    item.show();
    await ui.statusBarItems({ until: 'control' });
    assert.deepEqual((await ui.markup()).sort(), ['icon: flame', 'link: command:hostile.run']);
    item.dispose();
    await commands.executeCommand('notifications.clearAll');
  });

  it('shows its names in the status bar and the Source Control view as they are written', async () => {
    const items = await ui.statusBarItems({ until: `branch ${ICON}` });
    const own = items.filter(({ id }) => id.startsWith('status.scm'));
    assert.match(own.map(({ text }) => text).join(), /branch \$\u2060\(flame\) \[hostile\]\(name\)\\u202e\\u200b/);
    for (const { text, label } of own) assert.doesNotMatch(text + label, CONTROLS);
    await ui.sourceControlRows({ until: ['[hostile](command:hostile.run)'] });
    assert.deepEqual(await ui.markup(), []);
    const { text, tooltip } = api.view.statusBar(repository.rootUri);
    assert.doesNotMatch(text + tooltip, CONTROLS);
  });

  it('has no link in the notification about the rule that ignores a file', async () => {
    const uri = workspace.workspaceFolders![0]!.uri;
    await notifies('whyIgnored', [uri.with({ path: `${uri.path}/x.txt` })], LINK);
  });

  const source = () => ({ rootUri: repository.rootUri, inputBox: api.view.inputBox(repository.rootUri) });
  const lists: readonly (readonly [command: string, subject: () => unknown, texts: readonly string[]])[] = [
    ['update', source, [`branch ${ICON}`, `bookmark ${ICON}`, `tag ${ICON}`, `Eve [hostile](command:hostile.run)`]],
    ['mergeWith', source, [`head [hostile](command:hostile.run) ${ICON}`]],
    ['deleteTag', source, [`tag ${ICON}`]],
    ['deleteBookmark', source, [`bookmark ${ICON}`]],
    ['recentCommitMessages', source, [`summary [hostile](command:hostile.run) ${ICON}`]],
    ['showDrafts', source, [ICON]],
    ['ignore', () => row(`new ${scenario().data['file']}`), [ICON]],
    ['renameFile', () => row(scenario().data['file']!), ['[hostile](command:hostile.run)']],
  ];
  for (const [command, subject, texts] of lists) {
    it(`has neither icon nor link in the list or prompt of ${command}`, () => shows(command, [subject()], texts));
  }

  it('has neither in what is found while a revision is typed', async () => {
    const ended = commands.executeCommand('quicksilver.compareWithRevision', row(scenario().data['file']!));
    await ui.answerInput('1', { until: 'summary [hostile](command:hostile.run)', accept: false });
    assert.deepEqual(await ui.markup(), []);
    await commands.executeCommand('workbench.action.closeQuickOpen');
    await ended;
  });

  it('has neither in the title of a diff', async () => {
    await commands.executeCommand('quicksilver.openChanges', row(scenario().data['file']!));
    assert.doesNotMatch(window.tabGroups.activeTabGroup.activeTab!.label, CONTROLS);
    assert.deepEqual(await ui.markup(), []);
    await commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('asks in a dialog that cannot pretend lines', async () => {
    const dialogs = answerDialogs(undefined);
    await commands.executeCommand('quicksilver.deleteUntracked', row(`new ${scenario().data['file']}`));
    dialogs.dispose();
    const [{ message, detail } = { message: '', detail: '' }] = dialogs.asked;
    assert.match(message, /\[hostile\]/);
    assert.doesNotMatch(message + detail, /[\x00-\x1f]/);
  });

  it('has no link in an error of hg', async () => {
    await notifies('pull', [source()], LINK);
  });

  it('has no link in the prompt for a password, whatever the realm', async () => {
    const server = createServer((_, response) => {
      response.writeHead(401, {
        'WWW-Authenticate': `Basic realm="${scenario().data['link']} ${scenario().data['icon']}"`,
      });
      response.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const path = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    try {
      await shows('incoming', [source(), { path }], [LINK, ICON]);
    } finally {
      server.close();
    }
  });

  it('has neither in the view of a merge', async () => {
    const root = repository.rootUri.fsPath;
    await hg(root, 'revert', '--all', '--no-backup');
    await hg(root, 'merge', '--tool', 'internal:local', '--rev', '2');
    const rows = await ui.viewRows('Merge', { until: ['head ['] });
    assert.match(rows.join('\n'), /\[hostile\]\(command:hostile\.run\) \$\(flame\)/);
    assert.doesNotMatch(rows.join('\n'), /[\x00-\x09\x0b-\x1f\u202e\u200b]/);
    assert.deepEqual(await ui.markup(), []);
  });
});
