// The history of the hostile repository: blame, the file history and the graph show its names as they are written.
import assert from 'node:assert/strict';
import { commands, Selection, TabInputWebview, window, workspace, type Uri } from 'vscode';
import { hasUi, scenario, ui, until } from '../harness.ts';
import { activeApi, CONTROLS } from '../shown.ts';

const NAME = '[hostile](command:hostile.run)';

describe('the history of a repository in which every name is hostile', () => {
  const uriOf = (name: string): Uri => {
    const { uri } = workspace.workspaceFolders![0]!;
    return uri.with({ path: `${uri.path}/${name}` });
  };
  const setBlame = async (value: true | undefined): Promise<void> =>
    workspace.getConfiguration('quicksilver.blame').update('editorDecoration.enabled', value, true);

  before(async function () {
    if (!hasUi()) this.skip();
    const api = await activeApi();
    await until('it is open', () => api.repositories.length === 1, api.onDidOpenRepository);
    await api.repositories[0]!.settle();
  });

  after(async () => {
    await setBlame(undefined);
    await commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('has no icon in the status bar, and no link but ours in the hover', async () => {
    const editor = await window.showTextDocument(uriOf('c.txt'));
    editor.selection = new Selection(0, 0, 0, 0);
    const items = await ui.statusBarItems({ until: 'Eve [hostile]' });
    for (const { text, label } of items.filter(({ id }) => id.includes('quicksilver')))
      assert.doesNotMatch(text + label, CONTROLS);
    await setBlame(true);
    await commands.executeCommand('quicksilver.blame.toggleFileAnnotations');
    assert.doesNotMatch(await hoverWith(NAME, '$(flame)', 'Open Changes'), CONTROLS);
    assert.deepEqual(await ui.markup(), []);
  });

  it('has neither in the file history, of a hostile name too', async () => {
    const histories = [
      ['c.txt', 'parent [hostile]', 'summary [hostile]'],
      [scenario().data['file']!, 'summary [hostile]', 'parent [hostile]'],
    ] as const;
    for (const [name, own, other] of histories) {
      await commands.executeCommand('quicksilver.fileHistory', uriOf(name));
      // The rows of the file before may be there for a while.
      const rows = await ui.viewRows('File History', { until: [own, 'Eve [hostile]'], without: [other] });
      assert.doesNotMatch(rows.join(''), CONTROLS);
      assert.deepEqual(await ui.markup(), []);
    }
    await commands.executeCommand('quicksilver.fileHistory.hide');
  });

  it('is text alone in the page of the graph', async () => {
    await commands.executeCommand('quicksilver.graph.openInEditor');
    const isGraph = (): boolean => window.tabGroups.activeTabGroup.activeTab?.input instanceof TabInputWebview;
    await until('the graph is open', isGraph, window.tabGroups.onDidChangeTabs);
    const { texts, elements } = await ui.graphPage({ until: [`summary ${NAME}`, 'body [hostile]'] });
    assert.ok(texts.some(text => text.includes('branch $(flame) [hostile](name)\\u202e\\u200b')));
    for (const text of texts) assert.doesNotMatch(text, CONTROLS);
    assert.deepEqual(
      elements.filter(name => MARKUP.has(name)),
      [],
    );
  });
});

/** Milliseconds for one hover, and for all of them. */
const HOVER_MS = 10_000;
const HOVERS_MS = 120_000;

/** Shows the hover at the cursor, and again where it has closed before it had these texts. Returns its text. */
async function hoverWith(...texts: readonly string[]): Promise<string> {
  const end = performance.now() + HOVERS_MS;
  for (;;) {
    await commands.executeCommand('editor.action.showHover');
    try {
      return await ui.hover({ until: texts, timeout: HOVER_MS });
    } catch (error) {
      if (performance.now() > end) throw error;
    }
  }
}

/** Elements that the page has none of: only markup in a text could make one. */
const MARKUP = new Set(['a', 'b', 'code', 'em', 'i', 'img', 'strong']);
