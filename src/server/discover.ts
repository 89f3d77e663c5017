import * as path from 'node:path';
import { minimatch } from 'minimatch';
import { joinPath, ROOT_PATH, toDisplay, type BytePath } from '../base/bytePath.ts';
import { findRepository, systemAt, type FoundRepository, type System } from '../backends/systems.ts';
import type { Vfs } from '../files/vfs.ts';
import { newWorkCounters } from '../status/types.ts';
import { WorkingTree } from '../status/workingTree.ts';

/**
 * Returns the repositories that concern a folder, ordered by root: the nearest one at or above it, and those below it.
 * Where several systems share a root, the first in `systems` counts. Does not follow symbolic links. Does not look into
 * directories whose name, or path from the folder, one of the globs matches (VS Code's globs, as in its settings).
 * @param depth how many levels below the folder are searched
 */
export function discoverRepositories(
  vfs: Vfs,
  systems: readonly System[],
  folder: string,
  depth: number,
  ignored: readonly string[],
): FoundRepository[] {
  const found = new Map<string, FoundRepository>();
  const above = findRepository(vfs, folder, systems);
  if (above !== undefined) found.set(above.root, above);
  const tree = new WorkingTree(folder, newWorkCounters());
  const controlNames = new Set(systems.map(system => system.controlName));
  let level: BytePath[] = [ROOT_PATH];
  for (let at = 0; at <= depth && level.length > 0; at++) {
    const next: BytePath[] = [];
    for (const directory of level) {
      const items = tree.readDirectory(directory) ?? [];
      if (items.some(item => controlNames.has(item.name))) {
        const root = directory === '' ? folder : path.join(folder, toDisplay(directory));
        const system = systemAt(vfs, root, systems);
        if (system !== undefined) found.set(root, { root, system });
      }
      for (const item of items) {
        if (item.kind !== 'directory' || controlNames.has(item.name)) continue;
        const below = joinPath(directory, item.name);
        if (!matchesAny(toDisplay(item.name), ignored) && !matchesAny(toDisplay(below), ignored)) next.push(below);
      }
    }
    level = next;
  }
  return [...found.values()].sort((a, b) => (a.root < b.root ? -1 : 1));
}

function matchesAny(name: string, globs: readonly string[]): boolean {
  return globs.some(glob => minimatch(name, glob, { dot: true }));
}
