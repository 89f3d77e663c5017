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
}

/** `resource`: may differ from folder to folder. `machine`: only the user's settings count, never a workspace's. */
export type Scope = 'resource' | 'window' | 'machine' | 'machine-overridable';

interface Text {
  readonly scope: Scope;
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

/** In the order of the settings editor. */
export const settings = {
  enabled: flag(true, {
    scope: 'resource',
    description: 'Shows the status of Mercurial repositories. May be set for each folder of a workspace.',
  }),
  untrackedChanges: choice('separate', {
    scope: 'resource',
    description: 'How files that Mercurial does not track are shown.',
    choices: [
      ['mixed', 'Among the changes.'],
      ['separate', 'In a group of their own.'],
      ['hidden', 'Not at all: neither listed, nor colored, nor counted.'],
    ],
  }),
  countBadge: choice('all', {
    scope: 'resource',
    description: 'What the number on the Source Control icon counts.',
    choices: [
      ['all', 'All changed files and, unless hidden, untracked files.'],
      ['tracked', 'Changed files that Mercurial tracks.'],
      ['off', 'Nothing: there is no number.'],
    ],
  }),
  statusLimit: integer(5_000, {
    scope: 'resource',
    description:
      "How many files a group lists at most. When there are more, the group's label says how many, and numbers still count all of them. With each change of a list VS Code compares all of its rows.",
    minimum: 1,
    maximum: 1_000_000,
  }),
  'decorations.enabled': flag(true, {
    scope: 'window',
    description:
      'Colours files in the Explorer and in tabs by their status, greys ignored ones, and adds letters. When this is off, the rows of the Source Control view have icons instead.',
  }),
  autoRepositoryDetection: choice(true, {
    scope: 'window',
    description: 'Where repositories are looked for besides the folders of the workspace themselves.',
    choices: [
      [true, 'In sub-folders of the workspace, and in the folders above files in open editors.'],
      [false, 'Nowhere else.'],
      ['subFolders', 'In sub-folders of the workspace.'],
      ['openEditors', 'In the folders above files in open editors.'],
    ],
  }),
  repositoryScanMaxDepth: integer(1, {
    scope: 'window',
    description:
      'How many levels of sub-folders are searched for repositories when `#quicksilver.autoRepositoryDetection#` is `true` or `subFolders`; -1 for all. Repositories inside of other Mercurial repositories are found at any depth.',
    minimum: -1,
  }),
  repositoryScanIgnoredFolders: strings(['node_modules'], {
    scope: 'window',
    description:
      'Folders that are not searched for repositories: globs for their names, or for their paths from the workspace folder.',
  }),
  detectSubrepos: flag(true, {
    scope: 'resource',
    description: 'Opens the Mercurial subrepositories of a repository with it, wherever they lie in it.',
  }),
  detectSubreposLimit: integer(10, {
    scope: 'resource',
    description: 'How many subrepositories of a repository are opened with it at most.',
    minimum: 0,
    maximum: 1_000,
  }),
  openRepositoryInParentFolders: choice('always', {
    scope: 'window',
    description: 'Whether a repository is opened of which only a sub-folder is in the workspace.',
    choices: [
      ['always', 'Open it, with all its files.'],
      ['never', 'Do not open it.'],
    ],
  }),
  auditInterval: decimal(60, {
    scope: 'window',
    description:
      'Seconds between two background checks for changes that no file watcher reported. 0 switches them off.',
    minimum: 0,
    maximum: 86_400,
  }),
  watcherShare: decimal(0.25, {
    scope: 'machine-overridable',
    description:
      "Share of the system's limit of file watches (on Linux `fs.inotify.max_user_watches`) that may be used, from 0 to 1. Folders without a watch are checked in the background instead.",
    minimum: 0,
    maximum: 1,
  }),
  openDiffOnClick: flag(true, {
    scope: 'window',
    description:
      'Whether a click on a file in the Source Control view opens its changes. When this is off, it opens the file.',
  }),
  fallbackToHg: flag(true, {
    scope: 'window',
    description:
      'Ask `hg status` for repositories whose status Quicksilver cannot work out itself (converted line ends, filters, large files, keywords, narrow and sparse checkouts), in a trusted workspace. The Source Control view says so and why.',
  }),
  path: string('', {
    scope: 'machine',
    description:
      'Absolute path of `hg`. Empty: it is looked for on the `PATH` and in the usual places. It runs commands, in a trusted workspace; status and contents need it only where `#quicksilver.fallbackToHg#` asks for it.',
  }),
  commitScope: choice('included', {
    scope: 'resource',
    description: 'What Commit commits when nothing else is said.',
    choices: [
      ['included', 'The included files if there are any, else all changes of tracked files.'],
      ['all', 'All changes of tracked files.'],
    ],
  }),
  commitUntrackedFiles: choice('never', {
    scope: 'resource',
    description: 'Controls whether committing all changes adds untracked files. Backups (`.orig`) are never added.',
    choices: [
      ['ask', 'Ask each time.'],
      ['always', 'Add all untracked files.'],
      ['never', 'Add no untracked file, and do not ask.'],
    ],
  }),
  commitMissingFiles: choice('ask', {
    scope: 'resource',
    description: 'Whether files that are missing on the disk are recorded as removed when all changes are committed.',
    choices: [
      ['ask', 'Ask each time.'],
      ['always', 'Always.'],
      ['never', 'Never, and without asking.'],
    ],
  }),
  promptToSaveFilesBeforeCommit: choice('ask', {
    scope: 'resource',
    description: 'Whether files with unsaved changes are saved before a commit.',
    choices: [
      ['ask', 'Ask each time.'],
      ['always', 'Always.'],
      ['never', 'Never, and without asking.'],
    ],
  }),
  useEditorAsCommitInput: flag(true, {
    scope: 'resource',
    description:
      'Whether the message is written in an editor when the input box is empty; else a small box asks for it.',
  }),
  commitTemplate: string('', {
    scope: 'resource',
    description:
      "What a message begins with, in the editor and in the input box: the text itself, or the path of a file with it, absolute or from the root of the repository. Without it the editor begins with what the section `[committemplate]` of Mercurial's configuration says.",
    isMultiline: true,
  }),
  inputValidation: flag(false, {
    scope: 'resource',
    description:
      'Whether messages of commits are checked: the length of the first line, the empty second one, the length of the others. What is found is underlined while you write, in the input box and in the editor, and asked about before the commit.',
  }),
  inputValidationSubjectLength: integer(72, {
    scope: 'resource',
    description: 'How long the first line of a message may be for `#quicksilver.inputValidation#`; 0 for any length.',
    minimum: 0,
  }),
  inputValidationLength: integer(72, {
    scope: 'resource',
    description: 'How long the other lines of a message may be for `#quicksilver.inputValidation#`; 0 for any length.',
    minimum: 0,
  }),
  recordRenames: choice('always', {
    scope: 'resource',
    description: 'Whether files and folders that are renamed or moved in VS Code are recorded as renamed in Mercurial.',
    choices: [
      ['always', 'Record it.'],
      ['ask', 'Ask each time.'],
      ['never', 'Do not: the old file is missing then, and the new one untracked.'],
    ],
  }),
  revertBackups: flag(true, {
    scope: 'resource',
    description:
      'Whether discarding changes keeps what the file contained, in a file beside it that ends with `.orig`.',
  }),
  renameSimilarity: integer(90, {
    scope: 'resource',
    description:
      'How similar, in percent, a missing and a new file must be for *Add New and Remove Missing Files* to record a rename. 100: the same; 0: no renames are looked for.',
    minimum: 0,
    maximum: 100,
  }),
  resolveOnSave: choice('ask', {
    scope: 'resource',
    description: 'What to do when a file with a conflict is saved and has no conflict markers any more.',
    choices: [
      ['ask', 'Ask whether it is resolved.'],
      ['always', 'Mark it as resolved.'],
      ['never', 'Nothing.'],
    ],
  }),
  pushScope: choice('current', {
    scope: 'resource',
    description: 'What *Push* pushes.',
    choices: [
      ['current', 'The parent of the working copy, and what it is built on.'],
      ['all', 'Everything that the other repository does not have, as `hg push` does.'],
    ],
  }),
};

export type SettingName = keyof typeof settings;
/** As VS Code knows it. */
export type SettingId = `quicksilver.${SettingName}`;
export type SettingValue<K extends SettingName> = (typeof settings)[K] extends Setting<infer T> ? T : never;
