// The color of a file: Git's where VS Code's Git extension is enabled, else one with a value of its own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extensions, settings } from './fakeVscode.ts';
import { createManifest } from '../../../src/extension/contributions/manifest.ts';
import { colors, type ColorName } from '../../../src/extension/contributions/window.ts';

const { fileColor, onDidChangeFileColors } = await import('../../../src/extension/common/fileColors.ts');

const names = Object.keys(colors) as ColorName[];
const contributed = createManifest().contributes['colors'] as readonly {
  readonly id: string;
  readonly defaults: Readonly<Record<string, string>>;
}[];
const idOf = (name: ColorName): string => fileColor(name).id;
const defaultsOf = (id: string): readonly string[] =>
  Object.values(contributed.find(color => color.id === id)?.defaults ?? assert.fail(id));

test('without the Git extension each file has a color that no other extension defines', () => {
  extensions.isGitEnabled = false;
  for (const name of names) {
    const values = defaultsOf(idOf(name));
    assert.equal(values.length, 4);
    for (const value of values) assert.match(value, /^#[0-9a-f]{6}$/i, name);
  }
});

test('with the Git extension each file follows the color that themes set for Git', () => {
  extensions.isGitEnabled = true;
  for (const name of names) {
    for (const value of defaultsOf(idOf(name))) assert.match(value, /^gitDecoration\.\w+$/, name);
  }
});

test('a color that the user sets holds without the Git extension, too', () => {
  extensions.isGitEnabled = false;
  const id = 'quicksilver.modifiedResourceForeground';
  settings.set('workbench.colorCustomizations', { '[Some Theme]': { [id]: '#123456' } });
  assert.equal(idOf('modified'), id);
  assert.notEqual(idOf('added'), 'quicksilver.addedResourceForeground');
  settings.clear();
});

test("a color that the user sets for Git's files holds without the Git extension, under the themes that it is set for", () => {
  extensions.isGitEnabled = false;
  const [own, without] = ['quicksilver.missingResourceForeground', 'quicksilver.withoutGit.missingResourceForeground'];
  const git = { 'gitDecoration.deletedResourceForeground': '#123456' };
  for (const [customizations, expected] of [
    [git, own],
    [{ '[Light][Dark]': git }, own],
    [{ '[Light]': git }, without],
    [{ 'gitDecoration.addedResourceForeground': '#123456' }, without],
    ['no object', without],
  ] as const) {
    settings.set('workbench.colorCustomizations', customizations).set('workbench.colorTheme', 'Dark');
    assert.equal(idOf('missing'), expected, JSON.stringify(customizations));
  }
  settings.clear();
});

test('colors change when the Git extension comes or goes, as when the workspace becomes trusted', () => {
  extensions.isGitEnabled = false;
  let changes = 0;
  const following = onDidChangeFileColors(() => changes++);
  extensions.didChange.fire();
  assert.equal(changes, 0);
  extensions.isGitEnabled = true;
  extensions.didChange.fire();
  assert.equal(changes, 1);
  following.dispose();
  assert.equal(extensions.didChange.size, 0);
});
