// Compares the checked-in package.json, texts and settings page with the tables that they are written from.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { commands } from '../../../src/extension/contributions/commands.ts';
import { createManifest } from '../../../src/extension/contributions/manifest.ts';
import { createSettingsPage } from '../../../src/extension/contributions/settingsPage.ts';
import { viewCommands } from '../../../src/extension/contributions/commands/viewCommands.ts';
import { walkthrough, welcomes } from '../../../src/extension/contributions/window.ts';

const project = path.join(import.meta.dirname, '..', '..', '..');
const read = (name: string): string => readFileSync(path.join(project, name), 'utf8');
const text = read('package.json');
const { contributes, capabilities } = JSON.parse(text) as {
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly menus: Readonly<Record<string, readonly { readonly command?: string }[]>>;
    readonly keybindings: readonly { readonly command: string; readonly when?: string }[];
  };
};
const STALE = 'is stale: run "npm run generate"';

test('package.json, package.nls.json and docs/settings.md say what the tables say', () => {
  const manifest = createManifest();
  assert.deepEqual(contributes, JSON.parse(JSON.stringify(manifest.contributes)), `package.json ${STALE}`);
  assert.deepEqual(capabilities, manifest.capabilities, `package.json ${STALE}`);
  assert.deepEqual(JSON.parse(read('package.nls.json')), manifest.texts, `package.nls.json ${STALE}`);
  assert.equal(read('docs/settings.md'), createSettingsPage(), `docs/settings.md ${STALE}`);
});

test('an untrusted workspace cannot set what all windows share', () => {
  const restricted = ['quicksilver.auditInterval', 'quicksilver.watcherShare'];
  assert.deepEqual(capabilities.untrustedWorkspaces.restrictedConfigurations, restricted);
});

test('each text that package.json refers to exists, and each text is used', () => {
  const used = [...text.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key!);
  assert.deepEqual([...new Set(used)].sort(), Object.keys(createManifest().texts).sort());
});

test('the palette has no command of hg where there is no repository', () => {
  for (const [name, { entry }] of Object.entries(commands)) {
    if (name in viewCommands || entry === undefined) continue;
    assert.ok(entry.palette !== undefined, name);
  }
});

test('no command has the same place twice', () => {
  for (const [name, { entry }] of Object.entries(commands)) {
    const places = (entry?.menus ?? []).map(place => place.join(' '));
    assert.equal(new Set(places).size, places.length, name);
  }
});

test('folders of the tree and groups have the actions of the files in them', () => {
  const inMenu = (menu: string): Set<string> =>
    new Set(contributes.menus[menu]!.map(({ command }) => command!.replace('quicksilver.', '')));
  const folders = inMenu('scm/resourceFolder/context');
  const groups = inMenu('scm/resourceGroup/context');
  const shared = ['add', 'revert', 'deleteUntracked', 'markResolved', 'markUnresolved', 'mergeAgain', 'shelveFiles'];
  for (const name of [...shared, 'forget', 'remove', 'ignore', 'include', 'exclude']) {
    assert.ok(folders.has(name), `${name} on folders`);
  }
  for (const name of [...shared, 'includeAll', 'excludeAll']) assert.ok(groups.has(name), `${name} on groups`);
});

test('a row, folder or group has one inline button that looks like a plus', () => {
  const pluses = Object.entries(commands).flatMap(([name, { entry }]) =>
    (entry?.menus ?? []).flatMap(([menu, group]) =>
      group.startsWith('inline') && /^(?:diff-)?add(?:ed)?$/.test(entry?.icon ?? '') ? [`${menu} ${name}`] : [],
    ),
  );
  assert.deepEqual(pluses.sort(), [
    'scm/resourceFolder/context include',
    'scm/resourceGroup/context includeAll',
    'scm/resourceState/context include',
  ]);
});

test('the pictures of the walkthrough exist', () => {
  for (const { picture } of Object.values(walkthrough.steps)) {
    assert.ok(existsSync(path.join(project, 'media', 'walkthrough', `${picture}.svg`)), picture);
  }
});

test('welcome texts have no Markdown but links, and the walkthrough has bold text beside them', () => {
  const plain = (lines: readonly string[]): string => lines.join('\n').replaceAll(/\[[^\]]*\]\([^)]*\)/g, '');
  for (const [name, { lines }] of Object.entries(welcomes)) assert.doesNotMatch(plain(lines), /[*_`#]/, name);
  for (const [name, { lines }] of Object.entries(walkthrough.steps)) {
    assert.doesNotMatch(plain(lines).replaceAll(/\*\*[^*]+\*\*/g, ''), /[*_`#]/, name);
  }
});

test('the palette finds each command by "mercurial" and by "hg"', () => {
  const { commands: contributed } = createManifest().contributes as {
    readonly commands: readonly { readonly category: { readonly value: string; readonly original: string } }[];
  };
  for (const { category } of contributed) {
    assert.match(category.value, /mercurial/i);
    assert.match(category.original, /\bhg\b/i);
  }
});

test('the metadata is complete, and its addresses are of one repository', () => {
  const { displayName, description, repository, bugs, homepage, categories, license, icon } = JSON.parse(text) as {
    readonly [name: string]: unknown;
    readonly repository: { readonly url: string };
    readonly bugs: { readonly url: string };
    readonly homepage: string;
  };
  for (const value of [displayName, description, categories, license, icon]) assert.ok(value);
  const address = repository.url.replace(/^git\+|\.git$/g, '');
  assert.ok(bugs.url.startsWith(`${address}/`));
  assert.ok(homepage.startsWith(address));
  assert.doesNotMatch(String(displayName), /:/, 'a name, no slogan');
});

test('the extension sets each context key that a when-clause goes by', () => {
  const whens = [...text.matchAll(/"(?:when|enablement)": "([^"]*)"/g)].map(([, when]) => when!);
  const used = whens.flatMap(when => [...when.matchAll(/(?<![\w.])quicksilver\.(\w+)(?! ?==? ?quicksilver)/g)]);
  const names = new Set(used.map(([, name]) => name!));
  // The ids of views.
  names.delete('merge');
  names.delete('graph');
  assert.ok(names.has('fileHistory'), 'a view, and a key as well');
  assert.ok(names.has('hgMissing'));
  const set = new Set(sources().flatMap(source => [...source.matchAll(/\bset\(\s*'(\w+)'/g)].map(([, name]) => name!)));
  assert.deepEqual(
    [...names].filter(name => !set.has(name)),
    [],
  );
});

function sources(): string[] {
  const folder = path.join(project, 'src', 'extension');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'));
  return files.map(name => readFileSync(path.join(folder, name), 'utf8'));
}

test('the key that completes a merge works without any focus, and leaves inputs and lists alone', () => {
  const { when = '' } = contributes.keybindings.find(({ command }) => command === 'quicksilver.markResolved') ?? {};
  // A click on an action of the merge editor leaves the focus to nothing; only this key is known there.
  const [inEditor = '', withoutFocus = ''] = when.split(' || ');
  assert.match(inEditor, /^isMergeEditor && /);
  assert.match(withoutFocus, /^activeEditor == mergeEditor && !inputFocus && !listFocus && /);
  for (const each of [inEditor, withoutFocus]) {
    assert.match(each, / && quicksilver\.canRunHg && quicksilver\.activeFile == conflict$/);
  }
});
