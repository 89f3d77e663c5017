import * as path from 'node:path';
import { minimatch } from 'minimatch';
import { joinPath, ROOT_PATH, toDisplay, type BytePath } from '../base/bytePath.ts';
import { findRepositoryRoot } from '../mercurial/repository/discovery.ts';
import type { Vfs } from '../files/vfs.ts';
import { newWorkCounters } from '../status/types.ts';
import { WorkingTree } from '../status/workingTree.ts';

/**
 * Roots of repositories that concern a folder: the nearest one at or above it, and those below it, at most `depth`
 * levels down. Does not follow symbolic links and does not look into directories whose name, or path from the folder, one of
 * the globs matches (VS Code's globs, as in its settings).
 */
export function discoverRepositories(vfs: Vfs, folder: string, depth: number, ignored: readonly string[]): string[] {
  const found = new Set<string>();
  const above = findRepositoryRoot(vfs, folder);
  if (above !== undefined) found.add(above);
  const tree = new WorkingTree(folder, newWorkCounters());
  let level: BytePath[] = [ROOT_PATH];
  for (let at = 0; at <= depth && level.length > 0; at++) {
    const next: BytePath[] = [];
    for (const directory of level) {
      const items = tree.readDirectory(directory) ?? [];
      if (items.some(item => item.name === '.hg' && item.kind === 'directory')) {
        found.add(directory === '' ? folder : path.join(folder, toDisplay(directory)));
      }
      for (const item of items) {
        if (item.kind !== 'directory' || item.name === '.hg') continue;
        const below = joinPath(directory, item.name);
        if (!matchesAny(toDisplay(item.name), ignored) && !matchesAny(toDisplay(below), ignored)) next.push(below);
      }
    }
    level = next;
  }
  return [...found].sort();
}

function matchesAny(name: string, globs: readonly string[]): boolean {
  return globs.some(glob => minimatch(name, glob, { dot: true }));
}
