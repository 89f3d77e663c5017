// Additions to the window beside commands and settings: colors, the merge view, welcome texts, the walkthrough.
// Welcome texts and walkthroughs show links, and no other Markdown.
import { and, is, isEnabled, isNot, off, on, type Clause } from './clauses.ts';
import type { CommandName } from './commands.ts';
import type { SettingName } from './settings.ts';

/** `follows` is the color that a theme already has for such files. */
export const colors = {
  modified: { description: 'Color for modified files.', follows: 'modified' },
  added: { description: 'Color for added files.', follows: 'added' },
  renamed: { description: 'Color for renamed or copied files.', follows: 'renamed' },
  removed: { description: 'Color for files removed with Mercurial.', follows: 'deleted' },
  missing: { description: 'Color for tracked files that are missing on the disk.', follows: 'deleted' },
  untracked: { description: 'Color for untracked files.', follows: 'untracked' },
  ignored: { description: 'Color for ignored files.', follows: 'ignored' },
  subrepository: { description: 'Color for subrepositories that are not as they are recorded.', follows: 'submodule' },
  conflict: { description: 'Color for files with unresolved conflicts.', follows: 'conflicting' },
} as const satisfies Readonly<Record<string, { readonly description: string; readonly follows: string }>>;

export type ColorId = `quicksilver.${keyof typeof colors}ResourceForeground`;

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
    lines: [
      'Quicksilver is switched off, so the status of Mercurial repositories is not shown.',
      setting('Open Settings', 'enabled'),
    ],
  },
  searching: {
    when: and(isEnabled, hasFolder, is('quicksilver.state', 'initializing')),
    lines: ['Looking for Mercurial repositories…'],
  },
  none: {
    when: and(isEnabled, hasFolder, foundNone),
    lines: [
      'There is no Mercurial repository in the open folders. One that is made or cloned here appears by itself.',
      command('Look Again', 'refresh'),
      `Where Quicksilver looks is up to the ${setting('settings', 'autoRepositoryDetection')}.`,
    ],
  },
  create: {
    when: and(isEnabled, hasFolder, foundNone, isTrusted, mayHaveHg),
    lines: [command('Make a Repository Here', 'init'), command('Clone…', 'clone')],
  },
  noHg: {
    when: and(isEnabled, foundNone, isTrusted, isHgMissing),
    lines: [
      'There is no `hg` that can be run. Reading repositories works without it; to make, clone or change one, install [Mercurial](https://www.mercurial-scm.org/downloads), or name your `hg` in the settings.',
      setting('Open Settings', 'path'),
    ],
  },
  untrusted: {
    when: and(isEnabled, hasFolder, foundNone, isUntrusted),
    lines: [
      'In Restricted Mode, repositories are shown, and `hg` is not run: nothing can be made, cloned or changed.',
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
    lines: [command('Clone a Mercurial Repository…', 'clone')],
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
  description: 'An ordinary day with Quicksilver, from the first change to the push.',
  steps: {
    look: {
      title: 'See what has changed',
      lines: [
        'Open the Source Control view: each repository has its changes there, as `hg status` lists them, at once and without being asked. A click shows what changed in a file.',
        vscodeCommand('Open Source Control', 'workbench.view.scm'),
      ],
      picture: 'changes',
      alt: 'A list of changed files with their letters',
    },
    include: {
      title: 'Choose what goes in',
      lines: [
        'Press **+** beside the files that belong together. They are *Included* in the next commit; without any, all changes are. Mercurial itself has no such list: it is kept for you here.',
        vscodeCommand('Open Source Control', 'workbench.view.scm'),
      ],
      picture: 'include',
      alt: 'Two of three files in a group Included',
      doneBy: ['include', 'includeAll'],
    },
    commit: {
      title: 'Commit',
      lines: [
        'Write a message and press Ctrl+Enter (Cmd+Enter). *Undo Last Commit* takes a commit back as long as nobody else can have it; *Amend* adds to it.',
        command('Commit', 'commit'),
      ],
      picture: 'commit',
      alt: 'A message in the input box above the changes',
      doneBy: ['commit'],
    },
    move: {
      title: 'Go elsewhere',
      lines: [
        '*Update To…* goes to a branch, bookmark, tag or any revision, and asks what is to become of your changes: keep, shelve or discard them. *Merge With…* brings two lines of work together; conflicts open in the merge editor.',
        command('Update To…', 'update'),
      ],
      picture: 'move',
      alt: 'Two lines of changesets that come together',
      doneBy: ['update'],
    },
    exchange: {
      title: 'Pull and push',
      lines: [
        'The network is used only when you ask for it. The arrow in the status bar counts the drafts that were not pushed yet, which Mercurial knows without asking anybody.',
        command('Pull', 'pull'),
        command('Push', 'push'),
      ],
      picture: 'exchange',
      alt: 'An arrow up and an arrow down between two repositories',
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

export type ViewId = typeof mergeView.id;

/** The reason in package.json for not supporting virtual workspaces. */
export const virtualWorkspaces = 'Quicksilver reads the repository from the disk, and a virtual workspace has none.';
