// The settings, read where they are needed: VS Code keeps them in memory, and changes take effect by events.
import { ConfigurationTarget, workspace, type ConfigurationChangeEvent, type Uri } from 'vscode';
import type { HgPolicy } from '../server/protocol.ts';
import type { AutoRepositoryDetection } from './repositoryChoice.ts';
import type { CountBadge, UntrackedChanges } from './statusPresentation.ts';

const SECTION = 'quicksilver';
/** Levels of folders that a scan without limit goes down: no path that the system can open is deeper. */
const DEEPEST_SCAN = 2_048;

/** Settings that may differ from folder to folder. */
export interface FolderSettings {
  readonly untrackedChanges: UntrackedChanges;
  readonly countBadge: CountBadge;
  /** Rows per group. */
  readonly statusLimit: number;
}

export function isEnabled(scope: Uri | undefined): boolean {
  return workspace.getConfiguration(SECTION, scope ?? null).get('enabled', true);
}

export function folderSettings(scope: Uri): FolderSettings {
  const settings = workspace.getConfiguration(SECTION, scope);
  return {
    untrackedChanges: oneOf(settings.get('untrackedChanges'), ['mixed', 'separate', 'hidden'], 'separate'),
    countBadge: oneOf(settings.get('countBadge'), ['all', 'tracked', 'off'], 'all'),
    statusLimit: Math.trunc(within(settings.get('statusLimit'), 1, 1_000_000, 5_000)),
  };
}

export function areDecorationsEnabled(): boolean {
  return workspace.getConfiguration(SECTION).get('decorations.enabled', true);
}

export function opensDiffOnClick(): boolean {
  return workspace.getConfiguration(SECTION).get('openDiffOnClick', true);
}

/** Whether hg may answer for repositories that are refused, in a workspace that is trusted. */
export function fallsBackToHg(): boolean {
  return workspace.getConfiguration(SECTION).get<unknown>('fallbackToHg') !== false;
}

/**
 * Whether hg may be run, whether it may answer for repositories that are refused, and which hg. A program is taken only
 * from what the person has set, never from a workspace.
 */
export function hgPolicy(): HgPolicy {
  const settings = workspace.getConfiguration(SECTION);
  const path = settings.inspect<unknown>('path')?.globalValue;
  return {
    allow: workspace.isTrusted,
    fallback: fallsBackToHg(),
    path: typeof path === 'string' ? path : '',
  };
}

export type Offer = 'ask' | 'always' | 'never';

/** Whether messages are checked or begin with a template. */
export function hasMessageSettings(scope: Uri): boolean {
  const settings = workspace.getConfiguration(SECTION, scope);
  return settings.get<unknown>('inputValidation') === true || Boolean(settings.get<unknown>('commitTemplate'));
}

export interface CommitSettings {
  /** 'included': the included files if there are any, else all; 'all': all of them. */
  readonly scope: 'included' | 'all';
  /** Whether untracked files are added with a commit of all changes. */
  readonly untracked: Offer;
  /** Whether missing files are recorded as removed with it. */
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
  const settings = workspace.getConfiguration(SECTION, scope);
  const offers = ['ask', 'always', 'never'] as const;
  const template = settings.get<unknown>('commitTemplate');
  return {
    scope: oneOf(settings.get('commitScope'), ['included', 'all'], 'included'),
    untracked: oneOf(settings.get('commitUntrackedFiles'), offers, 'ask'),
    missing: oneOf(settings.get('commitMissingFiles'), offers, 'ask'),
    saveFiles: oneOf(settings.get('promptToSaveFilesBeforeCommit'), offers, 'ask'),
    usesEditor: settings.get<unknown>('useEditorAsCommitInput') !== false,
    template: typeof template === 'string' ? template : '',
    checksMessage: settings.get<unknown>('inputValidation') === true,
    subjectLength: Math.trunc(within(settings.get('inputValidationSubjectLength'), 0, 10_000, 72)),
    lineLength: Math.trunc(within(settings.get('inputValidationLength'), 0, 10_000, 72)),
  };
}

/** Remembers for good what a person does not want to be asked any more. */
export async function setCommitOffer(name: 'commitUntrackedFiles' | 'commitMissingFiles', offer: Offer): Promise<void> {
  await workspace.getConfiguration(SECTION).update(name, offer, ConfigurationTarget.Global);
}

export interface DetectionSettings {
  readonly detection: AutoRepositoryDetection;
  readonly maxDepth: number;
  readonly ignoredFolders: readonly string[];
  readonly parentFolders: 'always' | 'never';
}

export function detectionSettings(): DetectionSettings {
  const settings = workspace.getConfiguration(SECTION);
  const depth = Math.trunc(within(settings.get('repositoryScanMaxDepth'), -1, DEEPEST_SCAN, 1));
  const ignored = settings.get<unknown>('repositoryScanIgnoredFolders');
  return {
    detection: oneOf(settings.get('autoRepositoryDetection'), [true, false, 'subFolders', 'openEditors'], true),
    maxDepth: depth < 0 ? DEEPEST_SCAN : depth,
    ignoredFolders: Array.isArray(ignored) ? ignored.filter(name => typeof name === 'string') : [],
    parentFolders: oneOf(settings.get('openRepositoryInParentFolders'), ['always', 'never'], 'always'),
  };
}

/** How many subrepositories of a repository are opened with it. */
export function subrepositoryLimit(scope: Uri): number {
  const settings = workspace.getConfiguration(SECTION, scope);
  if (settings.get<unknown>('detectSubrepos') === false) return 0;
  return Math.trunc(within(settings.get('detectSubreposLimit'), 0, 1_000, 10));
}

export interface EngineSettings {
  readonly auditSeconds: number;
  readonly watchShare: number;
}

export function engineSettings(): EngineSettings {
  const settings = workspace.getConfiguration(SECTION);
  return {
    auditSeconds: within(settings.get('auditInterval'), 0, 86_400, 60),
    watchShare: within(settings.get('watcherShare'), 0, 1, 0.25),
  };
}

/** Whether the event is about one of the settings; the names are those of package.json without 'quicksilver.'. */
export function affects(event: ConfigurationChangeEvent, ...names: readonly string[]): boolean {
  return names.some(name => event.affectsConfiguration(`${SECTION}.${name}`));
}

/** One setting that may differ from folder to folder. */
export function choiceFor<T extends string>(scope: Uri, name: string, choices: readonly T[], otherwise: T): T {
  return oneOf(workspace.getConfiguration(SECTION, scope).get(name), choices, otherwise);
}

export function isSwitchedOn(scope: Uri, name: string, otherwise: boolean): boolean {
  const value = workspace.getConfiguration(SECTION, scope).get<unknown>(name);
  return typeof value === 'boolean' ? value : otherwise;
}

export function numberFor(scope: Uri, name: string, least: number, most: number, otherwise: number): number {
  return Math.trunc(within(workspace.getConfiguration(SECTION, scope).get(name), least, most, otherwise));
}

/** Settings are written by hand: what is not among the choices counts as not set. */
function oneOf<T>(value: unknown, choices: readonly T[], otherwise: T): T {
  return choices.find(choice => choice === value) ?? otherwise;
}

function within(value: unknown, least: number, most: number, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(Math.max(value, least), most) : otherwise;
}
