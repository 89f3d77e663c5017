import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { Uri, extensions, workspace } from 'vscode';
import { hasUi, hgCalls, scenario, ui } from '../harness.ts';

interface Color {
  readonly id: string;
  readonly defaults: Readonly<Record<string, string>>;
}

describe('the extension in a window with one repository', () => {
  it('opens the folder of the scenario', () => {
    assert.equal(workspace.workspaceFolders?.[0]?.uri.fsPath, Uri.file(scenario().directory).fsPath);
  });

  it('activates by itself or when asked', async () => {
    const extension = extensions.getExtension('quicksilver.quicksilver');
    assert.ok(extension, 'the extension is installed');
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('has the values of the colors of the Git extension', () => {
    const colors = (id: string): readonly Color[] =>
      (extensions.getExtension(id)?.packageJSON as { readonly contributes: { readonly colors: readonly Color[] } })
        .contributes.colors;
    const find = (all: readonly Color[], id: string): Readonly<Record<string, string>> =>
      Object.fromEntries(
        Object.entries(all.find(color => color.id === id)?.defaults ?? assert.fail(id)).map(([theme, value]) => [
          theme,
          value.toLowerCase(),
        ]),
      );
    const own = colors('quicksilver.quicksilver');
    const following = own.filter(({ id }) => /^quicksilver\.\w+ResourceForeground$/.test(id));
    assert.equal(following.length, 9);
    for (const { id, defaults } of following) {
      const values = find(own, id.replace('quicksilver.', 'quicksilver.withoutGit.'));
      assert.deepEqual(values, find(colors('vscode.git'), defaults['dark'] ?? ''), id);
    }
  });

  it('shows the changed files in the Source Control view', async function () {
    if (!hasUi()) this.skip();
    const changed = ['modified.txt', 'added.txt', 'removed.txt', 'missing.txt', 'unknown.txt'];
    const rows = await ui.sourceControlRows({ until: changed });
    const shown = changed.filter(name => rows.some(row => row.includes(name)));
    assert.deepEqual(shown, changed);
    assert.deepEqual(
      rows.filter(row => /clean\.txt|ignored\.log/.test(row)),
      [],
    );
  });

  it('has not started hg for that', () => {
    assert.deepEqual(hgCalls(), []);
  });

  it('would have been caught starting hg', () => {
    const cwd = scenario().directory;
    assert.throws(() => execFileSync('hg', ['root'], { cwd, stdio: 'pipe', shell: process.platform === 'win32' }));
    assert.deepEqual(hgCalls(), [{ args: ['root'], cwd }]);
  });
});
