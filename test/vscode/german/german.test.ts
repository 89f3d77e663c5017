import assert from 'node:assert/strict';
import { commands, env, extensions } from 'vscode';
import type { QuicksilverRepository } from '../../../src/extension/api/api.ts';
import type { TestApi } from '../../../src/extension/api/testDoor.ts';
import { hasUi, ui } from '../harness.ts';
import { keepMessages } from '../messages.ts';
import { at, uriAt } from '../outside.ts';
import { activeApi, repositoryAt } from '../shown.ts';

describe('a window in German', () => {
  let api: TestApi;
  let repository: QuicksilverRepository;

  before(async () => {
    api = await activeApi();
    repository = await repositoryAt(api, at());
    await repository.settle();
  });

  it('has the language that the scenario asks for', () => {
    assert.equal(env.language, 'de');
  });

  it('shows groups, rows and the status bar in German', async () => {
    const groups = api.view.groups(repository.rootUri).filter(({ resources }) => resources.length > 0);
    assert.deepEqual(
      groups.map(({ label, resources }) => [label, resources.map(({ decorations }) => decorations?.tooltip)]),
      [
        ['Änderungen', ['Geändert']],
        ['Nicht verfolgt', ['Nicht verfolgt']],
      ],
    );
    assert.match(api.view.statusBar(repository.rootUri).tooltip, /\n1 geändert, 0 hinzugefügt, 0 entfernt/);
    if (hasUi()) await ui.sourceControlRows({ until: ['a.txt, Geändert', 'new.txt, Nicht verfolgt'] });
  });

  it('tells in German', async () => {
    const messages = keepMessages();
    await commands.executeCommand('quicksilver.whyIgnored', uriAt('a.txt'));
    messages.dispose();
    assert.deepEqual(messages.shown, ['„a.txt“ wird nicht ignoriert.']);
  });

  it('names commands and settings in German', () => {
    const { contributes } = extensions.getExtension('quicksilver.quicksilver')!.packageJSON as {
      readonly contributes: {
        readonly commands: readonly { readonly command: string; readonly title: unknown }[];
        readonly configuration: {
          readonly properties: Readonly<Record<string, { readonly markdownDescription: string }>>;
        };
      };
    };
    const update = contributes.commands.find(({ command }) => command === 'quicksilver.update');
    assert.deepEqual(update?.title, { original: 'Update to…', value: 'Update auf…' });
    const { markdownDescription } = contributes.configuration.properties['quicksilver.untrackedChanges']!;
    assert.equal(markdownDescription, 'Legt fest, wie nicht verfolgte Dateien angezeigt werden.');
  });
});
