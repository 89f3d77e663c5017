import assert from 'node:assert/strict';
import { commands } from 'vscode';
import type { QuicksilverRepository } from '../../../src/extension/api/api.ts';
import type { TestApi } from '../../../src/extension/api/testDoor.ts';
import { hasUi, ui, until } from '../harness.ts';
import { assertNoHgStarted, at, remove, write } from '../outside.ts';
import { activeApi, assertShows, repositoryAt, type Marks } from '../shown.ts';

const base: Marks = { 'x.log': 'I', build: 'I' };
const warning = "Quicksilver's engine stopped unexpectedly and was restarted.";

describe('the engine that dies', () => {
  let api: TestApi;
  let repository: QuicksilverRepository;

  const shows = (marks: Marks): Promise<void> => assertShows(api, repository, { ...base, ...marks });

  /** Ends the engine, does something while it is down, and waits until it tells of everything anew. */
  async function crashed(meanwhile: () => void): Promise<void> {
    let resets = 0;
    const listener = repository.onDidChange(({ reset }) => (resets += reset ? 1 : 0));
    try {
      api.view.crashEngine();
      meanwhile();
      await until('the engine tells of everything anew', () => resets > 0, repository.onDidChange);
    } finally {
      listener.dispose();
    }
  }

  before(async () => {
    api = await activeApi();
    repository = await repositoryAt(api, at());
    await shows({});
    write('src/saved.txt', 'saved, changed\n');
    write('before.txt', 'before\n');
    await shows({ 'src/saved.txt': 'M', 'before.txt': '?' });
  });

  it('is started again, finds what changed while it was down, and that is said in one message', async () => {
    await crashed(() => {
      write('src/saved.txt', 'saved\n');
      remove('before.txt');
      write('meanwhile.txt', 'meanwhile\n');
    });
    await shows({ 'meanwhile.txt': '?' });
    write('later.txt', 'later\n');
    await shows({ 'meanwhile.txt': '?', 'later.txt': '?' });
    if (!hasUi()) return;
    await commands.executeCommand('notifications.showList');
    assert.deepEqual(await ui.notifications({ until: warning }), [warning]);
    await commands.executeCommand('notifications.clearAll');
  });

  it('is started again after a second death, of which nobody is told', async () => {
    await crashed(() => remove('later.txt'));
    await shows({ 'meanwhile.txt': '?' });
    if (hasUi()) {
      await commands.executeCommand('notifications.showList');
      assert.deepEqual(await ui.notifications(), []);
      await commands.executeCommand('notifications.hideList');
    }
    remove('meanwhile.txt');
    await shows({});
  });

  it('has started no hg for any of that', assertNoHgStarted);
});
