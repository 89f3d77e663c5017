// Additions to the window beside commands and settings: colors, the merge view, welcome texts, the walkthrough.
// Welcome texts and walkthroughs show links, and no other Markdown.
import { and, hasRepository, is, isEnabled, isNot, off, on, type Clause } from './clauses.ts';
import type { CommandName } from './commands.ts';
import type { SettingName } from './settings.ts';

interface FileColor {
  /** The files that have the color. */
  readonly of: string;
  /** `gitDecoration.<git>ResourceForeground` is the color that a theme already has for such files. */
  readonly git: string;
  readonly values: ColorValues;
}

/** The values of Git's colors. They apply where VS Code's Git extension is disabled. */
export type ColorValues = Readonly<Record<'dark' | 'light' | 'highContrast' | 'highContrastLight', string>>;

const palette = (dark: string, light: string, highContrast = dark, highContrastLight = light): ColorValues => ({
  dark,
  light,
  highContrast,
  highContrastLight,
});
const red = palette('#c74e39', '#ad0707');
const green = palette('#73C991', '#007100');

export const colors = {
  modified: { of: 'modified files', git: 'modified', values: palette('#E2C08D', '#895503') },
  added: { of: 'added files', git: 'added', values: palette('#81b88b', '#587c0c', '#a1e3ad', '#374e06') },
  renamed: { of: 'renamed or copied files', git: 'renamed', values: green },
  removed: { of: 'files removed with Mercurial', git: 'deleted', values: red },
  missing: { of: 'tracked files that are missing on disk', git: 'deleted', values: red },
  untracked: { of: 'untracked files', git: 'untracked', values: green },
  ignored: { of: 'ignored files', git: 'ignored', values: palette('#8C8C8C', '#8E8E90', '#A7A8A9') },
  subrepository: {
    of: 'subrepositories with changes or at another revision than recorded',
    git: 'submodule',
    values: palette('#8db9e2', '#1258a7'),
  },
  conflict: {
    of: 'files with unresolved conflicts',
    git: 'conflicting',
    values: palette('#e4676b', '#ad0707', '#c74e39'),
  },
} as const satisfies Readonly<Record<string, FileColor>>;

export type ColorName = keyof typeof colors;

const warmth = [
  '#4a5a8c',
  '#4f6ca0',
  '#5580ad',
  '#5c96b0',
  '#6aa9a4',
  '#86b58a',
  '#aebb6c',
  '#d2b153',
  '#e59545',
  '#ee6f3e',
];

/** Colors beside the lines of an annotated file, from the oldest changes to the newest. */
export const heatColors: readonly ColorValues[] = warmth.map(value => palette(value, value));

/** A link that runs a command of ours. */
const command = (label: string, name: CommandName): string => `[${label}](command:quicksilver.${name})`;
const vscodeCommand = (label: string, id: string): string => `[${label}](command:${id})`;
/** A link to a setting of ours. */
const setting = (label: string, name: SettingName): string =>
  `[${label}](command:workbench.action.openSettings?${encodeURIComponent(JSON.stringify([`quicksilver.${name}`]))})`;

const hasFolder = isNot('workspaceFolderCount', 0);
const hasNoFolder = is('workspaceFolderCount', 0);
const isInitialized = is('quicksilver.state', 'initialized');
const isEmpty = is('quicksilver.repositoryCount', 0);
const foundNone = and(isInitialized, isEmpty);
const isTrusted = on('isWorkspaceTrusted');
const isUntrusted = off('isWorkspaceTrusted');
const isHgMissing = on('quicksilver.hgMissing');
const mayHaveHg = off('quicksilver.hgMissing');

interface Welcome {
  readonly when: Clause;
  /** Paragraphs; a line that is a single link becomes a button. */
  readonly lines: readonly string[];
}

/** Texts of the Source Control view while it has nothing else to show. */
export const welcomes: Readonly<Record<string, Welcome>> = {
  disabled: {
    when: off('config.quicksilver.enabled'),
    lines: ['Quicksilver is turned off in the settings.', setting('Open Settings', 'enabled')],
  },
  searching: {
    when: and(isEnabled, hasFolder, is('quicksilver.state', 'initializing')),
    lines: ['Looking for Mercurial repositories…'],
  },
  none: {
    when: and(isEnabled, hasFolder, foundNone),
    lines: [
      'The open folders contain no Mercurial repository. New repositories are detected automatically.',
      command('Scan Again', 'refresh'),
      `Change where Quicksilver looks in the ${setting('settings', 'autoRepositoryDetection')}.`,
    ],
  },
  create: {
    when: and(isEnabled, hasFolder, foundNone, isTrusted, mayHaveHg),
    lines: [command('Initialize Mercurial Repository', 'init'), command('Clone Mercurial Repository…', 'clone')],
  },
  noHg: {
    when: and(isEnabled, foundNone, isTrusted, isHgMissing),
    lines: [
      'Mercurial (hg) was not found. You can browse changes without it. To commit, clone or push, install [Mercurial](https://www.mercurial-scm.org/downloads) or set its path.',
      setting('Open Settings', 'path'),
    ],
  },
  untrusted: {
    when: and(isEnabled, hasFolder, foundNone, isUntrusted),
    lines: [
      'Changes are shown read-only. Trust the workspace to commit, clone or push.',
      vscodeCommand('Manage Workspace Trust', 'workbench.trust.manage'),
    ],
  },
  noFolder: {
    when: and(isEnabled, hasNoFolder, foundNone),
    lines: [
      'Open a folder with a Mercurial repository to see its status.',
      vscodeCommand('Open Folder', 'vscode.openFolder'),
    ],
  },
  clone: {
    when: and(isEnabled, hasNoFolder, isInitialized, isTrusted, mayHaveHg),
    lines: [command('Clone Mercurial Repository…', 'clone')],
  },
};

interface Step {
  readonly title: string;
  /** Paragraphs; a line that is a single link becomes a button. */
  readonly lines: readonly string[];
  /** Name of a picture in media/walkthrough, without `.svg`. */
  readonly picture: string;
  /** Describes the picture to those who do not see it. */
  readonly alt: string;
  /** The step is done when one of these ran, or, without any, when the Source Control view was opened. */
  readonly doneBy?: readonly CommandName[];
}

export const walkthrough: {
  readonly title: string;
  readonly description: string;
  readonly steps: Readonly<Record<string, Step>>;
} = {
  title: 'Work with Mercurial',
  description: 'Your first day with Quicksilver, from the first change to the push.',
  steps: {
    look: {
      title: 'See what has changed',
      lines: [
        'The Source Control view lists the changes of each repository, as hg status does, instantly and automatically. Select a file to see what changed.',
        vscodeCommand('Open Source Control', 'workbench.view.scm'),
      ],
      picture: 'changes',
      alt: 'A list of changed files with status letters',
    },
    include: {
      title: 'Choose files to commit',
      lines: [
        'Select **+** next to the files that belong together. The next commit contains the **Included** files, or all changes if you include none.',
        vscodeCommand('Open Source Control', 'workbench.view.scm'),
      ],
      picture: 'include',
      alt: 'Two of three files in the group Included',
      doneBy: ['include', 'includeAll'],
    },
    commit: {
      title: 'Commit',
      lines: [
        'Write a message and press Ctrl+Enter (Cmd+Enter). **Undo Last Commit** reverts a commit that is not shared yet. **Amend Last Commit** adds to it.',
        command('Commit', 'commit'),
      ],
      picture: 'commit',
      alt: 'A message in the input box above the list of changes',
      doneBy: ['commit'],
    },
    move: {
      title: 'Switch branches and merge',
      lines: [
        '**Update to…** switches to a branch, bookmark, tag or any revision, and lets you keep, shelve or discard your changes. **Merge with…** joins two lines of work. Conflicts open in the merge editor.',
        command('Update to…', 'update'),
      ],
      picture: 'move',
      alt: 'Two lines of changesets that join',
      doneBy: ['update'],
    },
    exchange: {
      title: 'Pull and push',
      lines: [
        'Quicksilver uses the network only when you ask it to. The arrow in the status bar counts your unpushed changesets, which Mercurial calls drafts.',
        command('Pull', 'pull'),
        command('Push', 'push'),
      ],
      picture: 'exchange',
      alt: 'An up arrow and a down arrow between two repositories',
      doneBy: ['pull', 'push'],
    },
  },
};

export const mergeView = {
  id: 'quicksilver.merge',
  name: 'Merge',
  icon: 'git-merge',
  when: and(isEnabled, on('quicksilver.merging')),
} as const;

/** The graph: a webview, in the Source Control view and in editors. */
export const graphView = {
  id: 'quicksilver.graph',
  name: 'Graph',
  icon: 'git-commit',
  when: hasRepository,
} as const;

/** The history of a file, its lines, or a folder: there once one was asked for. */
export const fileHistoryView = {
  id: 'quicksilver.fileHistory',
  name: 'File History',
  icon: 'history',
  when: and(hasRepository, on('quicksilver.fileHistory')),
} as const;

export type ViewId = typeof mergeView.id | typeof graphView.id | typeof fileHistoryView.id;

const laneColors = ['blue', 'orange', 'green', 'purple', 'red', 'yellow', 'foreground', 'lines'] as const;

/** Colors of the lanes in the graph: those of charts, which each theme has. */
export const lanes: readonly string[] = laneColors.map(name => `charts.${name}`);

/** The reason in package.json for not supporting virtual workspaces. */
export const virtualWorkspaces = 'Quicksilver reads repositories from disk, which a virtual workspace does not have.';
