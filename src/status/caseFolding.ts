// Case-insensitive file systems, the default on macOS and Windows. Mercurial identifies a name on disk with a recorded
// name that is equal when folded. The status shows the recorded spelling.
import { joinPath, ROOT_PATH, toDisplay, type BytePath } from '../base/bytePath.ts';
import { NO_NODE, type NodeId, type StatCache } from './types.ts';
import type { DirectoryItem } from './workingTree.ts';

/**
 * Two names of one file have the same fold: lower case. Only the file systems of macOS also take a composed and a
 * decomposed form for one name.
 */
export function foldCase(name: string, platform: NodeJS.Platform = process.platform): string {
  const text = toDisplay(name);
  return (platform === 'darwin' ? text.normalize('NFC') : text).toLowerCase();
}

/**
 * Returns a directory's listing with recorded names in their recorded spelling, ordered by them. An exact match keeps
 * its name. The first of several names that fold to one recorded name takes that name.
 */
export function asRecorded(items: readonly DirectoryItem[], cache: StatCache, node: NodeId): readonly DirectoryItem[] {
  if (node === NO_NODE) return items;
  const onDisk = new Set(items.map(item => item.name));
  const missing = new Map<string, string>();
  const recorded = new Set<string>();
  for (let i = 0, first = cache.firstChild(node); i < cache.childCount(node); i++) {
    const name = cache.name(first + i);
    recorded.add(name);
    if (!onDisk.has(name)) missing.set(foldCase(name), name);
  }
  if (missing.size === 0) return items;
  const renamed = items.map(item => {
    if (recorded.has(item.name)) return item;
    const fold = foldCase(item.name);
    const name = missing.get(fold);
    if (name === undefined) return item;
    missing.delete(fold);
    return { name, kind: item.kind };
  });
  return renamed.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The path in its recorded spelling, as far as it is recorded; what is not stays as it is. */
export function recordedPath(cache: StatCache, path: BytePath): BytePath {
  if (path === '' || cache.find(path) !== NO_NODE) return path;
  let node: NodeId = cache.root;
  let result: BytePath = ROOT_PATH;
  for (const name of path.split('/')) {
    node = node === NO_NODE ? NO_NODE : childNamed(cache, node, name);
    result = joinPath(result, node === NO_NODE ? name : cache.name(node));
  }
  return result;
}

function childNamed(cache: StatCache, node: NodeId, name: string): NodeId {
  const fold = foldCase(name);
  const first = cache.firstChild(node);
  let folded = NO_NODE;
  for (let child = first; child < first + cache.childCount(node); child++) {
    if (cache.name(child) === name) return child;
    if (folded === NO_NODE && foldCase(cache.name(child)) === fold) folded = child;
  }
  return folded;
}
