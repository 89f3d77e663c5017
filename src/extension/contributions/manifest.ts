// Writes what package.json contributes, and the texts of package.nls.json, from the tables.
import { and, isQuicksilver, type Clause } from './clauses.ts';
import type { CommandEntry, MenuPlace } from './commandEntry.ts';
import { commands } from './commands.ts';
import { settings, type Setting } from './settings.ts';
import { submenus } from './submenus.ts';
import {
  colors,
  fileHistoryView,
  graphView,
  heatColors,
  lanes,
  mergeView,
  virtualWorkspaces,
  walkthrough,
  welcomes,
} from './window.ts';

type Json = Readonly<Record<string, unknown>>;

export interface Manifest {
  /** `contributes` of package.json. */
  readonly contributes: Json;
  /** `capabilities` of package.json. */
  readonly capabilities: Json;
  /** package.nls.json: the English texts by the names that package.json has for them. */
  readonly texts: Readonly<Record<string, string>>;
}

/** The palette searches the original as well: it finds each command by "mercurial" and by "hg". */
const CATEGORY = { value: 'Mercurial', original: 'hg' };

export function createManifest(): Manifest {
  const texts = new Map<string, string>();
  /** Keeps the text, and returns how package.json refers to it. */
  const text = (key: string, value: string): string => {
    texts.set(key, value);
    return `%${key}%`;
  };
  const contributes = {
    configuration: { title: 'Quicksilver', properties: configuration(text) },
    commands: entries().map(([name, entry]) => commandOf(name, entry, text)),
    menus: menus(),
    submenus: Object.entries(submenus).map(([name, { label }]) => ({
      id: idOf(name),
      label: text(`submenu.${name}`, label),
    })),
    keybindings: entries().flatMap(([name, { key }]) => (key === undefined ? [] : { command: idOf(name), ...key })),
    colors: [
      ...Object.entries(colors).flatMap(([name, color]) => colorsOf(name, color, text)),
      ...heatColors.map((defaults, index) => ({
        id: idOf(`blame.heat${index + 1}`),
        description: text(
          `colors.heat${index + 1}`,
          `Color ${index + 1} of 10 for the age of annotated lines, from old to new.`,
        ),
        defaults,
      })),
      ...lanes.map((value, index) => ({
        // In webviews, VS Code makes names of variables from names with one dot.
        id: idOf(`graphLane${index + 1}`),
        description: text(`colors.lane${index + 1}`, `Color ${index + 1} of 8 for lines in the graph.`),
        defaults: { dark: value, light: value, highContrast: value, highContrastLight: value },
      })),
    ],
    views: {
      scm: [
        viewOf('view.merge', mergeView, text),
        viewOf('view.fileHistory', fileHistoryView, text),
        { ...viewOf('view.graph', graphView, text), type: 'webview', visibility: 'collapsed' },
      ],
    },
    viewsWelcome: Object.entries(welcomes).map(([name, { when, lines }]) => ({
      view: 'scm',
      contents: text(`welcome.${name}`, lines.join('\n')),
      when,
    })),
    walkthroughs: [walkthroughOf(text)],
    languages: [{ id: 'hg-commit', aliases: ['Mercurial Commit Message'], filenames: ['HG_COMMIT_MESSAGE'] }],
    configurationDefaults: {
      '[hg-commit]': {
        'editor.rulers': [50, 72],
        'editor.wordWrap': 'off',
        'workbench.editor.restoreViewState': false,
      },
    },
    resourceLabelFormatters: [
      { scheme: 'quicksilver', formatting: { label: '${path} (${query.label})', separator: '/' } },
      // The rows about problems: their labels would begin with '/' in hovers and for screen readers.
      {
        scheme: 'quicksilver-problem',
        formatting: { label: '${path}', separator: '/', stripPathStartingSeparator: true },
      },
    ],
  };
  const capabilities = {
    untrustedWorkspaces: {
      supported: true,
      restrictedConfigurations: Object.entries<Setting<unknown>>(settings)
        .filter(([, { needsTrust }]) => needsTrust === true)
        .map(([name]) => idOf(name)),
    },
    virtualWorkspaces: { supported: false, description: text('capabilities.virtualWorkspaces', virtualWorkspaces) },
  };
  return { contributes, capabilities, texts: Object.fromEntries([...texts].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

type Text = (key: string, value: string) => string;

const idOf = (name: string): string => `quicksilver.${name}`;
const iconOf = (icon: string): string => `$(${icon})`;

/** The commands that package.json names. */
function entries(): (readonly [name: string, entry: CommandEntry])[] {
  return Object.entries(commands).flatMap(([name, { entry }]) => (entry === undefined ? [] : [[name, entry] as const]));
}

function commandOf(name: string, { title, icon, enablement }: CommandEntry, text: Text): Json {
  return {
    command: idOf(name),
    title: { value: text(`command.${name}`, title), original: title },
    category: CATEGORY,
    ...(icon !== undefined && { icon: iconOf(icon) }),
    ...(enablement !== undefined && { enablement }),
  };
}

function menus(): Readonly<Record<string, readonly Json[]>> {
  const found: Record<string, Json[]> = { commandPalette: [] };
  const add = (item: Json, [menu, group, when]: MenuPlace): void => {
    const condition = inScmMenu(menu, when);
    (found[menu] ??= []).push({ ...item, ...(condition !== undefined && { when: condition }), group });
  };
  for (const [name, { palette, menus: places = [] }] of entries()) {
    if (palette !== undefined) found['commandPalette']!.push({ command: idOf(name), when: palette });
    for (const place of places) add({ command: idOf(name) }, place);
  }
  for (const [name, { place }] of Object.entries(submenus)) add({ submenu: idOf(name) }, place);
  return found;
}

/** The menus of the Source Control view are also those of other source controls. */
function inScmMenu(menu: string, when: Clause | undefined): Clause | undefined {
  if (!/^scm\/(?:title|resource)/.test(menu)) return when;
  return when === undefined ? isQuicksilver : and(isQuicksilver, when as Parameters<typeof and>[0]);
}

function configuration(text: Text): Json {
  const properties = Object.entries<Setting<unknown>>(settings).map(([name, setting], index) => {
    const { types, choices, minimum, maximum, isMultiline } = setting;
    const key = `config.${name}`;
    const property = {
      type: types.length === 1 ? types[0] : types,
      ...(types.includes('array') && { items: { type: 'string' } }),
      ...(choices && {
        enum: choices.map(([value]) => value),
        enumDescriptions: choices.map(([value, description]) => text(`${key}.${String(value)}`, description)),
      }),
      default: setting.default,
      ...(minimum !== undefined && { minimum }),
      ...(maximum !== undefined && { maximum }),
      ...(isMultiline && { editPresentation: 'multilineText' }),
      scope: setting.scope,
      markdownDescription: text(key, setting.description),
      order: index + 1,
    };
    return [idOf(name), property] as const;
  });
  return Object.fromEntries(properties);
}

/** Returns the color that follows Git's, and the one with values of its own. */
function colorsOf(
  name: string,
  { of, git, values }: (typeof colors)[keyof typeof colors],
  text: Text,
): readonly Json[] {
  const id = `${name}ResourceForeground`;
  const value = `gitDecoration.${git}ResourceForeground`;
  return [
    {
      id: idOf(id),
      description: text(`colors.${name}`, `Color for ${of}.`),
      defaults: { dark: value, light: value, highContrast: value, highContrastLight: value },
    },
    {
      id: idOf(`withoutGit.${id}`),
      description: text(`colors.withoutGit.${name}`, `Color for ${of}, where the Git extension is disabled.`),
      defaults: values,
    },
  ];
}

function viewOf(
  key: string,
  { id, name, icon, when }: typeof mergeView | typeof graphView | typeof fileHistoryView,
  text: Text,
): Json {
  return { id, name: text(key, name), icon: iconOf(icon), when };
}

function walkthroughOf(text: Text): Json {
  return {
    id: 'start',
    title: text('walkthrough.title', walkthrough.title),
    description: text('walkthrough.description', walkthrough.description),
    when: 'config.quicksilver.enabled',
    steps: Object.entries(walkthrough.steps).map(([id, { title, lines, picture, alt, doneBy }]) => ({
      id,
      title: text(`walkthrough.${id}.title`, title),
      description: text(`walkthrough.${id}.description`, lines.join('\n')),
      media: { svg: `media/walkthrough/${picture}.svg`, altText: text(`walkthrough.${id}.alt`, alt) },
      completionEvents: doneBy?.map(name => `onCommand:${idOf(name)}`) ?? ['onView:workbench.scm'],
    })),
  };
}
