// Which of the repositories that were found are opened. Pure, so that every rule has a test.
import type { SettingValue } from '../contributions/settings.ts';
import { isAtOrBelowKey } from '../common/rootMap.ts';

export interface FolderChoice {
  /** As `pathKey` of rootMap.ts gives it. */
  readonly key: string;
  readonly enabled: boolean;
}

export interface ChoiceSettings {
  readonly folders: readonly FolderChoice[];
  /** The value of `quicksilver.enabled` without a workspace folder. */
  readonly enabled: boolean;
  readonly detection: SettingValue<'autoRepositoryDetection'>;
  readonly parentFolders: 'always' | 'never';
  /** Names of folders that are not looked into. */
  readonly ignoredFolders: readonly string[];
}

/**
 * True if the repository should be open.
 *
 * @param root key of its root
 * @param editors keys of the files in visible editors
 * @param openedForEditor it is open already because of an editor that may have been closed meanwhile
 */
export function isWanted(
  root: string,
  settings: ChoiceSettings,
  editors: readonly string[],
  openedForEditor: boolean,
): boolean {
  const inside = settings.folders.filter(folder => isAtOrBelowKey(root, folder.key));
  if (inside.length > 0) {
    // The deepest workspace folder decides, as it does for every setting.
    const folder = inside.reduce((a, b) => (b.key.length > a.key.length ? b : a));
    if (!folder.enabled) return false;
    if (root === folder.key) return true;
    const isScanned = settings.detection === true || settings.detection === 'subFolders';
    const names = root.slice(folder.key.length).split('/');
    if (isScanned && !names.some(name => settings.ignoredFolders.includes(name))) return true;
  }
  const below = settings.folders.filter(folder => folder.key !== root && isAtOrBelowKey(folder.key, root));
  if (settings.parentFolders === 'always' && below.some(folder => folder.enabled)) return true;
  const enabled = inside.length > 0 || (below.length > 0 ? below.some(folder => folder.enabled) : settings.enabled);
  const forEditors = settings.detection === true || settings.detection === 'openEditors';
  if (!enabled || !forEditors) return false;
  if (below.length > 0 && settings.parentFolders === 'never') return false;
  return openedForEditor || editors.some(editor => isAtOrBelowKey(editor, root));
}

/**
 * Sorts repositories as the workspace orders its folders; those of one folder stay in their order. A repository around
 * another one, or above a folder, concerns no later folder than the other one does, so it stays before it.
 * @param keyOf the key of the root
 * @param folders keys of the workspace folders
 */
export function inWorkspaceOrder<T>(all: readonly T[], keyOf: (each: T) => string, folders: readonly string[]): T[] {
  const rank = (key: string): number => {
    const at = folders.findIndex(folder => isAtOrBelowKey(key, folder) || isAtOrBelowKey(folder, key));
    return at < 0 ? folders.length : at;
  };
  const ranked = all.map(each => ({ each, rank: rank(keyOf(each)) }));
  return ranked.sort((a, b) => a.rank - b.rank).map(({ each }) => each);
}

/** A pattern for more levels would be longer than it is worth. */
const DEEPEST_PATTERN = 8;

/**
 * Returns glob patterns for possible new repositories, relative to a workspace folder. They match `.hg` itself down to
 * one level below the scan's depth. They match folders, because VS Code reports the creation of a whole tree for its
 * topmost folder only.
 */
export function discoveryPattern(names: readonly string[], depth: number, scansSubFolders: boolean): string {
  if (!scansSubFolders || depth === 0) return names.length === 1 ? names[0]! : `{${names.join(',')}}`;
  if (depth > DEEPEST_PATTERN) return '**';
  const levels = Array.from({ length: depth }, (_, level) => '*/'.repeat(level));
  const deepest = names.map(name => `${'*/'.repeat(depth)}${name}`);
  return `{${[...names, ...levels.map(level => `${level}*`), ...deepest].join(',')}}`;
}
