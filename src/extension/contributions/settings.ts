// Every setting: its type, default, values and description. A script writes package.json, package.nls.json and
// docs/settings.md from this table. `setting` in ../settings.ts reads a value with the type that stands here.
// A description is Markdown; `#quicksilver.<name>#` links to another setting.

/** `T` is the type of the value. */
export interface Setting<T> {
  readonly types: readonly ('boolean' | 'string' | 'integer' | 'number' | 'array')[];
  readonly default: T;
  readonly scope: Scope;
  readonly description: string;
  /** Every allowed value with its description, in the order in which VS Code lists them. */
  readonly choices?: readonly (readonly [value: T, description: string])[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly isMultiline?: true;
  /** An untrusted workspace cannot set it. */
  readonly needsTrust?: true;
}

/** `resource`: may differ from folder to folder. `machine`: only the user's settings count, never a workspace's. */
export type Scope = 'resource' | 'window' | 'machine' | 'machine-overridable';

interface Text {
  readonly scope: Scope;
  readonly needsTrust?: true;
  readonly description: string;
}

interface Range {
  readonly minimum?: number;
  readonly maximum?: number;
}

const flag = (value: boolean, text: Text): Setting<boolean> => ({ types: ['boolean'], default: value, ...text });
const integer = (value: number, text: Text & Range): Setting<number> => ({
  types: ['integer'],
  default: value,
  ...text,
});
const decimal = (value: number, text: Text & Range): Setting<number> => ({
  types: ['number'],
  default: value,
  ...text,
});
const string = (value: string, text: Text & { readonly isMultiline?: true }): Setting<string> => ({
  types: ['string'],
  default: value,
  ...text,
});
const strings = (value: readonly string[], text: Text): Setting<readonly string[]> => ({
  types: ['array'],
  default: value,
  ...text,
});

function choice<const Choices extends readonly (readonly [value: string | boolean, description: string])[]>(
  value: Choices[number][0],
  text: Text & { readonly choices: Choices },
): Setting<Choices[number][0]> {
  const hasBooleans = text.choices.some(([each]) => typeof each === 'boolean');
  return { types: hasBooleans ? ['boolean', 'string'] : ['string'], default: value, ...text };
}

const TEMPLATE_VARIABLES =
  'Variables: `hash`, `hashShort`, `revision`, `branch`, `subject`, `authorName`, `authorEmail`, `authorDate`, `authorDateAgo`.';

/** In the order of the settings editor. */
export const settings = {
  enabled: flag(true, {
    scope: 'resource',
    description: 'Controls whether Quicksilver is enabled. You can set this for each workspace folder.',
  }),
  systems: strings(['hg', 'bzr'], {
    scope: 'window',
    description:
      'Version control systems whose repositories Quicksilver opens: `hg` (Mercurial), `bzr` (Bazaar and Breezy), and `git` (Git). For Git, it shows only the status: staged, changed, untracked, and conflicting files.',
  }),
  untrackedChanges: choice('separate', {
    scope: 'resource',
    description: 'Controls how untracked files are displayed.',
    choices: [
      ['mixed', 'Show untracked files among the changes.'],
      ['separate', 'Show untracked files in a separate group.'],
      ['hidden', 'Hide untracked files.'],
    ],
  }),
  countBadge: choice('all', {
    scope: 'resource',
    description: 'Controls the number on the Source Control icon.',
    choices: [
      ['all', 'Count changed files and, unless hidden, untracked files.'],
      ['tracked', 'Count changes to tracked files only.'],
      ['off', 'Show no number.'],
    ],
  }),
  statusLimit: integer(5_000, {
    scope: 'resource',
    description:
      'Maximum number of files to list in a group. The number beside the group and the badge count all files. Large values slow down the view.',
    minimum: 1,
    maximum: 1_000_000,
  }),
  'decorations.enabled': flag(true, {
    scope: 'window',
    description:
      'Controls whether to show the status of files as colors and letters in the Explorer and in tabs. If turned off, the Source Control view shows icons instead.',
  }),
  autoRepositoryDetection: choice(true, {
    scope: 'window',
    description: 'Controls where to look for repositories besides the workspace folders.',
    choices: [
      [true, 'Also look in subfolders of the workspace and in the parent folders of open files.'],
      [false, 'Look in the workspace folders only.'],
      ['subFolders', 'Also look in subfolders of the workspace.'],
      ['openEditors', 'Also look in the parent folders of open files.'],
    ],
  }),
  repositoryScanMaxDepth: integer(1, {
    scope: 'window',
    description:
      'Number of subfolder levels to search for repositories when `#quicksilver.autoRepositoryDetection#` is `true` or `subFolders`. Use -1 for no limit. Repositories nested in other Mercurial repositories are found at any depth.',
    minimum: -1,
  }),
  repositoryScanIgnoredFolders: strings(['node_modules'], {
    scope: 'window',
    description:
      'Folders to skip when looking for repositories: glob patterns for folder names or for paths relative to the workspace folder.',
  }),
  detectSubrepos: flag(true, {
    scope: 'resource',
    description: 'Controls whether to open the Mercurial subrepositories of a repository together with it.',
  }),
  detectSubreposLimit: integer(10, {
    scope: 'resource',
    description: 'Maximum number of subrepositories to open with a repository.',
    minimum: 0,
    maximum: 1_000,
  }),
  openRepositoryInParentFolders: choice('always', {
    scope: 'window',
    description: 'Controls whether to open a repository when only one of its subfolders is in the workspace.',
    choices: [
      ['always', 'Open the repository with all its files.'],
      ['never', 'Do not open the repository.'],
    ],
  }),
  auditInterval: decimal(60, {
    scope: 'window',
    needsTrust: true,
    description:
      'Seconds between background checks for changes that no file watcher reported. Use 0 to turn the checks off. The shared process (see `#quicksilver.server#`) waits at least 10 seconds.',
    minimum: 0,
    maximum: 86_400,
  }),
  watcherShare: decimal(0.25, {
    scope: 'machine-overridable',
    needsTrust: true,
    description:
      "Share of the system's file watch limit that Quicksilver may use, from 0 to 1. On Linux, the limit is `fs.inotify.max_user_watches`. Folders without a watch are checked in the background. The shared process (see `#quicksilver.server#`) takes the value of the user settings when a window starts it.",
    minimum: 0,
    maximum: 1,
  }),
  server: choice('auto', {
    scope: 'machine',
    description:
      'Controls whether windows share one process that follows repositories. Memory and file watches are then used only once, and a second window shows its status at once. On Windows, `auto` means `off`.',
    choices: [
      [
        'auto',
        'Use the shared process if it runs. Start it for repositories of about 10,000 files or more, and for a repository that two windows have open.',
      ],
      ['on', 'Start the shared process if it does not run.'],
      ['off', 'Follow repositories in each window.'],
    ],
  }),
  serverIdleMinutes: decimal(10, {
    scope: 'machine',
    description:
      'Idle minutes after which the shared process exits. Applies when a window starts it (see `#quicksilver.server#`).',
    minimum: 0.1,
    maximum: 10_080,
  }),
  serverMemoryLimit: integer(512, {
    scope: 'machine',
    description:
      'Estimated memory, in megabytes, that repositories may use in the shared process. Above the limit, the process unloads the least recently used repositories, and each window follows further repositories itself.',
    minimum: 16,
    maximum: 65_536,
  }),
  openDiffOnClick: flag(true, {
    scope: 'window',
    description:
      'Controls whether clicking a file in the Source Control view opens its changes. If turned off, the click opens the file.',
  }),
  fallbackToHg: flag(true, {
    scope: 'window',
    description:
      'Controls whether `hg status`, `brz status` or `git status` provides the status of repositories that Quicksilver does not support. Examples are filters that run a program, views, and experimental formats. Requires a trusted workspace. The Source Control view shows why a repository is not supported.',
  }),
  path: string('', {
    scope: 'machine',
    description:
      'Absolute path of the `hg` executable. If empty, Quicksilver searches the `PATH` and the usual locations. Only commands need `hg`, in a trusted workspace. Status and file contents do not, except with `#quicksilver.fallbackToHg#`.',
  }),
  commitScope: choice('included', {
    scope: 'resource',
    description: 'Controls which files *Commit* includes by default.',
    choices: [
      ['included', 'The included files. If there are none, all changes to tracked files.'],
      ['all', 'All changes to tracked files.'],
    ],
  }),
  commitUntrackedFiles: choice('never', {
    scope: 'resource',
    description: 'Controls whether committing all changes adds untracked files. Backups (`.orig`) are never added.',
    choices: [
      ['ask', 'Ask each time.'],
      ['always', 'Add all untracked files.'],
      ['never', 'Never add untracked files, and do not ask.'],
    ],
  }),
  commitMissingFiles: choice('ask', {
    scope: 'resource',
    description: 'Controls whether *Commit* removes missing files when it commits all changes.',
    choices: [
      ['ask', 'Ask before the commit.'],
      ['always', 'Always.'],
      ['never', 'Never, without asking.'],
    ],
  }),
  promptToSaveFilesBeforeCommit: choice('ask', {
    scope: 'resource',
    description: 'Controls whether to save files with unsaved changes before a commit.',
    choices: [
      ['ask', 'Ask before the commit.'],
      ['always', 'Always.'],
      ['never', 'Never, without asking.'],
    ],
  }),
  useEditorAsCommitInput: flag(true, {
    scope: 'resource',
    description:
      'Controls whether an editor opens for the commit message when the input box is empty. If turned off, an input box opens.',
  }),
  commitTemplate: string('', {
    scope: 'resource',
    description:
      'Initial text of commit messages, in the input box and in the editor. Enter the text, or the path of a file that contains it, absolute or relative to the repository root. If empty, the editor uses the `[committemplate]` section of your Mercurial configuration.',
    isMultiline: true,
  }),
  inputValidation: flag(false, {
    scope: 'resource',
    description:
      'Controls whether to check commit messages for line lengths and for a blank second line. Problems are underlined while you type, and you are warned before the commit.',
  }),
  inputValidationSubjectLength: integer(72, {
    scope: 'resource',
    description:
      'Maximum length of the subject line of a commit message, for `#quicksilver.inputValidation#`. Use 0 for no limit.',
    minimum: 0,
  }),
  inputValidationLength: integer(72, {
    scope: 'resource',
    description:
      'Maximum length of the lines after the subject line of a commit message, for `#quicksilver.inputValidation#`. Use 0 for no limit.',
    minimum: 0,
  }),
  recordRenames: choice('always', {
    scope: 'resource',
    description:
      'Controls whether to record a rename in Mercurial when you rename or move files and folders in VS Code.',
    choices: [
      ['always', 'Record the rename.'],
      ['ask', 'Ask each time.'],
      ['never', 'Do not record the rename: the old file is missing and the new file is untracked.'],
    ],
  }),
  revertBackups: flag(true, {
    scope: 'resource',
    description: 'Controls whether discarding changes keeps a `.orig` backup of the file.',
  }),
  renameSimilarity: integer(90, {
    scope: 'resource',
    description:
      'Minimum similarity, in percent, at which *Add Untracked and Remove Missing Files* records a rename. 100 requires identical files; 0 turns the detection off.',
    minimum: 0,
    maximum: 100,
  }),
  resolveOnSave: choice('ask', {
    scope: 'resource',
    description: 'Controls what happens when you save a conflicted file after removing its last conflict marker.',
    choices: [
      ['ask', 'Ask whether to mark the file as resolved.'],
      ['always', 'Mark the file as resolved.'],
      ['never', 'Do nothing.'],
    ],
  }),
  pushScope: choice('current', {
    scope: 'resource',
    description: 'Controls which changesets *Push* pushes.',
    choices: [
      ['current', 'Push the current revision and its ancestors.'],
      ['all', 'Push all changesets, as `hg push` does.'],
    ],
  }),
  'graph.defaultFilter': choice('auto', {
    scope: 'window',
    description: 'Controls which changesets the graph shows at first.',
    choices: [
      ['auto', 'Show the current branch, drafts, and their ancestors.'],
      ['all', 'Show all changesets.'],
      ['drafts', 'Show drafts and their parents.'],
    ],
  }),
  'graph.showHidden': flag(false, {
    scope: 'window',
    description: 'Controls whether the graph shows hidden changesets at first.',
  }),
  'graph.openOnClick': choice('details', {
    scope: 'window',
    description: 'Controls what a click on a changeset in the graph opens.',
    choices: [
      ['details', 'Show the message and the files below the graph.'],
      ['changes', 'Open the changes in an editor.'],
      ['nothing', 'Only select the changeset.'],
    ],
  }),
  'blame.statusBarItem.enabled': flag(true, {
    scope: 'resource',
    description: 'Controls whether the status bar shows who last changed the current line.',
  }),
  'blame.statusBarItem.template': string('${authorName} (${authorDateAgo})', {
    scope: 'resource',
    description: `Template of the blame information in the status bar. ${TEMPLATE_VARIABLES}`,
  }),
  'blame.editorDecoration.enabled': flag(false, {
    scope: 'resource',
    description: 'Controls whether the end of the current line shows who last changed it.',
  }),
  'blame.editorDecoration.template': string('${subject}, ${authorName} (${authorDateAgo})', {
    scope: 'resource',
    description: `Template of the blame information at the end of a line. ${TEMPLATE_VARIABLES}`,
  }),
  'blame.ignoreWhitespace': flag(false, {
    scope: 'resource',
    description:
      'Controls whether blame ignores whitespace changes. If turned off, the `annotate` section of your Mercurial configuration decides.',
  }),
  'blame.ignoreRevisions': string('', {
    scope: 'resource',
    description:
      'Path of a file, relative to the repository root, that lists the IDs of changesets for blame to skip, one per line. If empty, `.hg-annotate-ignore-revs` is used if it exists.',
  }),
  'blame.dateFormat': choice('relative', {
    scope: 'resource',
    description: 'Controls how blame shows dates beside lines and in hovers.',
    choices: [
      ['relative', "Show the age, such as '3 days ago'."],
      ['iso', "Show date and time, such as '2026-03-01 14:05'."],
      ['local', 'Show the date in the format of your language.'],
    ],
  }),
  'blame.heat.enabled': flag(true, {
    scope: 'resource',
    description: 'Controls whether file annotations show the age of each line as a color.',
  }),
};

export type SettingName = keyof typeof settings;
/** As VS Code knows it. */
export type SettingId = `quicksilver.${SettingName}`;
export type SettingValue<K extends SettingName> = (typeof settings)[K] extends Setting<infer T> ? T : never;
