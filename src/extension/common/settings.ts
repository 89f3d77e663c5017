// The settings, read where they are needed: VS Code keeps them in memory, and changes take effect by events.
import { ConfigurationTarget, workspace, type ConfigurationChangeEvent, type Uri } from 'vscode';
import type { HgPolicy, ServerLimits } from '../../server/protocol.ts';
import { ownManifest } from './manifest.ts';
import { allowedValue } from './settingSchema.ts';
import type { SettingName, SettingValue } from '../contributions/settings.ts';

const SECTION = 'quicksilver';
/** Levels of folders that a scan without limit goes down: no path that the system can open is deeper. */
const DEEPEST_SCAN = 2_048;

/**
 * Returns the value of a setting. A value that package.json does not allow counts as not set.
 * @param scope a file or folder, for settings that may differ from folder to folder
 */
export function setting<K extends SettingName>(name: K, scope?: Uri): SettingValue<K> {
  const schema = ownManifest().contributes.configuration.properties[`${SECTION}.${name}`]!;
  const value = workspace.getConfiguration(SECTION, scope ?? null).get<unknown>(name);
  return allowedValue(schema, value) as SettingValue<K>;
}

/** As {@link setting}, but of the user alone: for what all windows share. */
function userSetting<K extends SettingName>(name: K): SettingValue<K> {
  const schema = ownManifest().contributes.configuration.properties[`${SECTION}.${name}`]!;
  return allowedValue(
    schema,
    workspace.getConfiguration(SECTION).inspect<unknown>(name)?.globalValue,
  ) as SettingValue<K>;
}

/** Settings that may differ from folder to folder. */
export interface FolderSettings {
  readonly untrackedChanges: SettingValue<'untrackedChanges'>;
  readonly countBadge: SettingValue<'countBadge'>;
  /** Rows per group. */
  readonly statusLimit: number;
}

export function folderSettings(scope: Uri): FolderSettings {
  return {
    untrackedChanges: setting('untrackedChanges', scope),
    countBadge: setting('countBadge', scope),
    statusLimit: setting('statusLimit', scope),
  };
}

/**
 * Decides if hg may run, if it may answer for unsupported repositories, and which hg. The program's path comes only
 * from the user's settings, never from a workspace.
 */
export function hgPolicy(): HgPolicy {
  const path = workspace.getConfiguration(SECTION).inspect<unknown>('path' satisfies SettingName)?.globalValue;
  return {
    allow: workspace.isTrusted,
    fallback: setting('fallbackToHg'),
    path: typeof path === 'string' ? path : '',
  };
}

export type Offer = SettingValue<'commitUntrackedFiles'>;

/** True if messages are checked or begin with a template. */
export function hasMessageSettings(scope: Uri): boolean {
  return setting('inputValidation', scope) || setting('commitTemplate', scope) !== '';
}

export interface CommitSettings {
  /** 'included': the included files if there are any, else all; 'all': all of them. */
  readonly scope: SettingValue<'commitScope'>;
  /** Decides if a commit of all changes adds untracked files. */
  readonly untracked: Offer;
  /** Decides if a commit of all changes removes missing files. */
  readonly missing: Offer;
  readonly saveFiles: Offer;
  /** Where a message is written if the input box is empty. */
  readonly usesEditor: boolean;
  /** Path of a file, or the text itself. */
  readonly template: string;
  readonly checksMessage: boolean;
  readonly subjectLength: number;
  readonly lineLength: number;
}

export function commitSettings(scope: Uri): CommitSettings {
  return {
    scope: setting('commitScope', scope),
    untracked: setting('commitUntrackedFiles', scope),
    missing: setting('commitMissingFiles', scope),
    saveFiles: setting('promptToSaveFilesBeforeCommit', scope),
    usesEditor: setting('useEditorAsCommitInput', scope),
    template: setting('commitTemplate', scope),
    checksMessage: setting('inputValidation', scope),
    subjectLength: setting('inputValidationSubjectLength', scope),
    lineLength: setting('inputValidationLength', scope),
  };
}

/** Remembers the user's answer for good, so that no prompt appears again. */
export async function setCommitOffer(name: 'commitUntrackedFiles' | 'commitMissingFiles', offer: Offer): Promise<void> {
  await workspace.getConfiguration(SECTION).update(name, offer, ConfigurationTarget.Global);
}

/** From now on, a file whose last conflict marker is gone is marked as resolved when it is saved. */
export async function alwaysResolveOnSave(): Promise<void> {
  await workspace.getConfiguration(SECTION).update('resolveOnSave', 'always', ConfigurationTarget.Global);
}

export interface DetectionSettings {
  readonly detection: SettingValue<'autoRepositoryDetection'>;
  readonly maxDepth: number;
  readonly ignoredFolders: readonly string[];
  readonly parentFolders: SettingValue<'openRepositoryInParentFolders'>;
  /** Kinds of version-control systems. */
  readonly systems: readonly string[];
}

export function detectionSettings(): DetectionSettings {
  const depth = setting('repositoryScanMaxDepth');
  return {
    detection: setting('autoRepositoryDetection'),
    maxDepth: depth < 0 ? DEEPEST_SCAN : Math.min(depth, DEEPEST_SCAN),
    ignoredFolders: setting('repositoryScanIgnoredFolders'),
    parentFolders: setting('openRepositoryInParentFolders'),
    systems: setting('systems'),
  };
}

/** How many subrepositories of a repository are opened with it. */
export function subrepositoryLimit(scope: Uri): number {
  return setting('detectSubrepos', scope) ? setting('detectSubreposLimit', scope) : 0;
}

export interface EngineSettings {
  readonly auditSeconds: number;
  readonly watchShare: number;
  readonly sharing: 'auto' | 'on' | 'off';
  readonly serverLimits: ServerLimits;
}

export function engineSettings(): EngineSettings {
  return {
    auditSeconds: setting('auditInterval'),
    watchShare: setting('watcherShare'),
    sharing: setting('server'),
    serverLimits: {
      idleMinutes: setting('serverIdleMinutes'),
      memoryMegabytes: setting('serverMemoryLimit'),
      watchShare: userSetting('watcherShare'),
    },
  };
}

/** True if the event is about one of the settings. */
export function affects(event: ConfigurationChangeEvent, ...names: readonly SettingName[]): boolean {
  return names.some(name => event.affectsConfiguration(`${SECTION}.${name}`));
}
