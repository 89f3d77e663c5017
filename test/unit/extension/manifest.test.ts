// What package.json promises, compared with what there is: commands, their titles, and where they can be reached.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { HG_COMMAND_NAMES } from '../../../src/extension/hg/names.ts';

interface MenuItem {
  readonly command?: string;
  readonly submenu?: string;
  readonly when?: string;
}

interface Step {
  readonly id: string;
  readonly description: string;
  readonly media: { readonly svg: string };
  readonly completionEvents: readonly string[];
}

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly icon?: string }[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly submenus: readonly { readonly id: string }[];
    readonly walkthroughs: readonly { readonly steps: readonly Step[] }[];
    readonly viewsWelcome: readonly { readonly contents: string }[];
  };
}

const project = path.join(import.meta.dirname, '..', '..', '..');
const text = readFileSync(path.join(project, 'package.json'), 'utf8');
const { contributes } = JSON.parse(text) as Manifest;
const names = JSON.parse(readFileSync(path.join(project, 'package.nls.json'), 'utf8')) as Record<string, string>;
const commands = contributes.commands.map(({ command }) => command);

/** Run by the extension itself, when files were renamed or saved. */
const internal = ['recordRenames', 'offerToResolve'];

test('each command that runs hg has a title, and is in the palette once, if only to be hidden there', () => {
  for (const name of HG_COMMAND_NAMES) {
    if ((internal as readonly string[]).includes(name)) continue;
    const id = `quicksilver.${name}`;
    assert.ok(commands.includes(id), `${id} is contributed`);
    const entries = contributes.menus['commandPalette']!.filter(({ command }) => command === id);
    assert.equal(entries.length, 1, `${id} is in the palette`);
  }
});

test('no command, menu or text is there twice or is missing', () => {
  assert.equal(new Set(commands).size, commands.length);
  const submenus = contributes.submenus.map(({ id }) => id);
  for (const [menu, items] of Object.entries(contributes.menus)) {
    for (const { command, submenu } of items) {
      assert.ok(command === undefined || commands.includes(command), `${menu}: ${command}`);
      assert.ok(submenu === undefined || submenus.includes(submenu), `${menu}: ${submenu}`);
    }
  }
  for (const [, key] of text.matchAll(/"%([\w.]+)%"/g)) assert.ok(names[key!] !== undefined, `${key} has a text`);
  for (const key of Object.keys(names)) assert.ok(text.includes(`"%${key}%"`), `${key} is used`);
});

test('what is contributed cannot be mistaken for another extension for Mercurial', () => {
  for (const id of [...commands, ...contributes.submenus.map(each => each.id)]) assert.match(id, /^quicksilver\./);
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

test('the pictures of the walkthrough are there, and the commands that it names', () => {
  const steps = contributes.walkthroughs.flatMap(each => each.steps);
  for (const { id, media, description, completionEvents } of steps) {
    assert.ok(existsSync(path.join(project, media.svg)), media.svg);
    const events = completionEvents.flatMap(event => /^onCommand:(.*)$/.exec(event)?.[1] ?? []);
    assert.ok(completionEvents.length > 0, `${id} can be completed`);
    assertExist([...events, ...linked(textOf(description))], id);
  }
});

test('welcomes name commands that there are, and go by context keys that are set', () => {
  const keys = new Set(contextKeys());
  const whens = [...text.matchAll(/"when": "([^"]*)"/g)].map(([, when]) => when!);
  const used = new Set(whens.flatMap(when => [...when.matchAll(/(?<![\w.])quicksilver\.\w+/g)].map(([key]) => key)));
  // Compared by scmProvider, view and the like; these are no keys.
  for (const view of ['quicksilver.merge']) used.delete(view);
  assert.ok(used.has('quicksilver.hgMissing'));
  assert.deepEqual(
    [...used].filter(key => !keys.has(key)),
    [],
  );
  for (const { contents } of contributes.viewsWelcome) assertExist(linked(textOf(contents)), contents);
});

function textOf(placeholder: string): string {
  return names[placeholder.replaceAll('%', '')] ?? assert.fail(placeholder);
}

/** The commands that a text has links to. */
function linked(markdown: string): string[] {
  return [...markdown.matchAll(/\(command:([\w.]+)/g)].map(([, command]) => command!);
}

/** Those of VS Code itself are taken on trust. */
function assertExist(ids: readonly string[], where: string): void {
  for (const id of ids) {
    if (/^(?:workbench|vscode)\./.test(id)) continue;
    assert.ok(commands.includes(id), `${where}: ${id}`);
  }
}

/** What the sources set, by the one way in which they do. */
function contextKeys(): string[] {
  const folder = path.join(project, 'src', 'extension');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'));
  return sources.flatMap(name => {
    const source = readFileSync(path.join(folder, name), 'utf8');
    const direct = [...source.matchAll(/'setContext',\s*'([\w.]+)'/g)].map(([, key]) => key!);
    if (!source.includes("'setContext', `quicksilver.${name}`")) return direct;
    return [...direct, ...[...source.matchAll(/#set\(\s*'(\w+)'/g)].map(([, key]) => `quicksilver.${key!}`)];
  });
}
