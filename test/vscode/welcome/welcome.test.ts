// What the Source Control view says where there is nothing to show: by the conditions of package.json and the context keys
// that the extension sets, and as it is drawn.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { commands, ConfigurationTarget, EventEmitter, extensions, workspace } from 'vscode';
import type { TestApi } from '../../../src/extension/api/testDoor.ts';
import { hasUi, ui, until } from '../harness.ts';
import { keepMessages } from '../messages.ts';
import { at, hg, realHg } from '../outside.ts';
import { activeApi, repositoryAt } from '../shown.ts';

interface Welcome {
  readonly contents: string;
  readonly when: string;
}

type ExecuteCommand = (command: string, ...rest: readonly unknown[]) => Thenable<unknown>;

describe('the welcome of the Source Control view', () => {
  let api: TestApi;
  // What was set before the tests began: everything was looked through, and nothing found.
  const keys = new Map<string, unknown>([
    ['quicksilver.state', 'initialized'],
    ['quicksilver.repositoryCount', 0],
  ]);
  const didSetKey = new EventEmitter<void>();
  const host = commands as unknown as { executeCommand: ExecuteCommand };
  const original = host.executeCommand;

  before(async () => {
    api = await activeApi();
    await original('workbench.view.scm');
    host.executeCommand = (command, ...rest) => {
      if (command !== 'setContext') return original(command, ...rest);
      keys.set(String(rest[0]), rest[1]);
      didSetKey.fire();
      return original(command, ...rest);
    };
  });

  after(() => {
    host.executeCommand = original;
    didSetKey.dispose();
  });

  function valueOf(key: string): unknown {
    if (key === 'workspaceFolderCount') return workspace.workspaceFolders?.length ?? 0;
    if (key === 'isWorkspaceTrusted') return workspace.isTrusted;
    if (key.startsWith('config.')) return workspace.getConfiguration().get(key.slice('config.'.length));
    return keys.get(key);
  }

  function holds(when: string): boolean {
    return when.split(' && ').every(term => {
      const [, not, key, operator, value] = /^(!?)([\w.]+)(?: (==|!=) (\w+))?$/.exec(term) ?? assert.fail(term);
      if (operator === undefined) return Boolean(valueOf(key!)) === (not === '');
      return (String(valueOf(key!)) === value) === (operator === '==');
    });
  }

  /** The texts of package.json that are to be shown now, by the names of their keys; also as they are drawn. */
  async function shown(): Promise<string[]> {
    const manifest = extensions.getExtension('quicksilver.quicksilver')!.packageJSON as {
      readonly contributes: { readonly viewsWelcome: readonly Welcome[] };
    };
    const texts = JSON.parse(
      fs.readFileSync(`${extensions.getExtension('quicksilver.quicksilver')!.extensionPath}/package.nls.json`, 'utf8'),
    ) as Record<string, string>;
    const names = new Map(Object.entries(texts).map(([name, text]) => [text, name]));
    const current = manifest.contributes.viewsWelcome.filter(({ when }) => holds(when)).map(({ contents }) => contents);
    for (const text of hasUi() ? current : []) {
      // As far as its first line has no markup.
      const begin = /^[^[`\n]*/.exec(text)![0].trim();
      if (begin !== '') await ui.welcomeTexts({ until: begin });
    }
    return current.map(text => names.get(text)!.replace('welcome.', '')).sort();
  }

  async function set(name: string, value: unknown): Promise<void> {
    await workspace.getConfiguration('quicksilver').update(name, value, ConfigurationTarget.Global);
  }

  async function untilKey(key: string, value: unknown): Promise<void> {
    await until(`${key} is ${String(value)}`, () => keys.get(key) === value, didSetKey.event);
  }

  it('offers to make a repository where there is none; nobody has looked for hg yet', async () => {
    assert.deepEqual(await shown(), ['create', 'none']);
  });

  it('tells that there is no hg when one is needed', async () => {
    const messages = keepMessages();
    await commands.executeCommand('quicksilver.init', { folder: at('one'), confirmed: true });
    messages.dispose();
    assert.equal(fs.existsSync(at('one', '.hg')), false, 'an hg that is not in the settings has made a repository');
    assert.match(messages.shown.join(), /'\/nowhere\/hg' \(quicksilver\.path\)/);
    assert.equal(keys.get('quicksilver.hgMissing'), true);
    assert.deepEqual(await shown(), ['noHg', 'none']);
  });

  it('says nothing when a repository is there, hg or not', async () => {
    fs.mkdirSync(at('one'), { recursive: true });
    await hg(at('one'), 'init');
    await repositoryAt(api, at('one'));
    await untilKey('quicksilver.repositoryCount', 1);
    await untilKey('quicksilver.canRunHg', false);
    assert.deepEqual(await shown(), []);
    await set('path', realHg());
    await untilKey('quicksilver.canRunHg', true);
    assert.equal(keys.get('quicksilver.hgMissing'), false);
    assert.deepEqual(await shown(), []);
  });

  it('leaves it to the view of the repository to say why one is refused', async () => {
    fs.appendFileSync(at('one', '.hg', 'requires'), 'exp-unheard-of\n');
    const repository = await repositoryAt(api, at('one'));
    await repository.refresh();
    await until('it is not ready', () => repository.state.kind !== 'ready', repository.onDidChange);
    assert.deepEqual(await shown(), []);
  });

  it('tells once of another extension for Mercurial, which both can be beside each other', async () => {
    const other = {
      id: 'somebody.else',
      packageJSON: { displayName: 'Else', contributes: { commands: [{ command: 'hg.commit', title: 'Commit' }] } },
    };
    const all = Object.getOwnPropertyDescriptor(extensions, 'all')!;
    Object.defineProperty(extensions, 'all', { configurable: true, get: () => [other] });
    const messages = keepMessages();
    try {
      for (const name of ['two', 'three']) {
        fs.mkdirSync(at(name));
        await hg(at(name), 'init');
        await repositoryAt(api, at(name));
      }
      await untilKey('quicksilver.repositoryCount', 3);
      await until('it is told', () => messages.shown.length > 0, messages.onDidShow);
    } finally {
      Object.defineProperty(extensions, 'all', all);
      messages.dispose();
    }
    assert.deepEqual(messages.shown, [
      "The extension 'Else' also shows Mercurial repositories. Each repository is listed twice.",
    ]);
  });

  it('says that it is switched off', async () => {
    await set('enabled', false);
    await untilKey('quicksilver.repositoryCount', 0);
    assert.deepEqual(await shown(), ['disabled']);
    await set('enabled', undefined);
    await untilKey('quicksilver.repositoryCount', 3);
    assert.deepEqual(await shown(), []);
  });
});
