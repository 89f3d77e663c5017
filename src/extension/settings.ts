// The settings, read where they are needed: VS Code keeps them in memory, and changes take effect by events.
import { workspace, type ConfigurationChangeEvent, type Uri } from 'vscode';
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
    statusLimit: Math.trunc(within(settings.get('statusLimit'), 1, 1_000_000, 10_000)),
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
 * Whether hg may answer for repositories that are refused, and which hg. A program is taken only from what the person has
 * set, never from a workspace.
 */
export function hgPolicy(): HgPolicy {
  const settings = workspace.getConfiguration(SECTION);
  const path = settings.inspect<unknown>('path')?.globalValue;
  return {
    allow: workspace.isTrusted && fallsBackToHg(),
    path: typeof path === 'string' ? path : '',
  };
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

/** Settings are written by hand: what is not among the choices counts as not set. */
function oneOf<T>(value: unknown, choices: readonly T[], otherwise: T): T {
  return choices.find(choice => choice === value) ?? otherwise;
}

function within(value: unknown, least: number, most: number, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(Math.max(value, least), most) : otherwise;
}
