import * as path from 'node:path';
import { minimatch } from 'minimatch';
import { joinPath, ROOT_PATH, toDisplay, type BytePath } from '../base/bytePath.ts';
import { findRepository, systemAt, type FoundRepository, type System } from '../backends/systems.ts';
import type { Vfs } from '../files/vfs.ts';
import { newWorkCounters } from '../status/types.ts';
import { WorkingTree } from '../status/workingTree.ts';

/** A repository, with what symbolic links make of its paths. */
export interface LocatedRepository extends FoundRepository {
  /** The root without symbolic links. */
  readonly realRoot: string;
  /** Equal for all paths by which one repository is reached, through links or through mounts. */
  readonly id: string;
  /** Folders of the repository whose paths do not begin with `root`, each with its '/'-separated path in it. */
  readonly aliases: readonly { readonly folder: string; readonly path: string }[];
}

/**
 * Returns the nearest repository at or above a folder, as `hg root` finds it there: on the path without symbolic links.
 * The root is spelled as in the folder's path, if it is a part of that.
 */
export function locateRepository(vfs: Vfs, systems: readonly System[], folder: string): LocatedRepository | undefined {
  const real = vfs.realPath(folder);
  const found = findRepository(vfs, real, systems);
  if (found === undefined) return undefined;
  const realRoot = found.root;
  for (let root = path.resolve(folder); ; root = path.dirname(root)) {
    if (vfs.realPath(root) === realRoot) return located(vfs, root, realRoot, found.system);
    if (path.dirname(root) === root) break;
  }
  const aliases = [{ folder, path: path.relative(realRoot, real).replaceAll(path.sep, '/') }];
  return located(vfs, realRoot, realRoot, found.system, aliases);
}

/** A file, or a folder, behind all symbolic links. */
export interface LocatedFile {
  readonly realPath: string;
  /** The repository around it, as {@link LocatedRepository.id}; undefined without one. */
  readonly id: string | undefined;
  /** '/'-separated, from the root of that repository. */
  readonly path: string;
}

/** Unlike {@link locateRepository} this follows a link that is the file itself: a save writes what that leads to. */
export function locateFile(vfs: Vfs, systems: readonly System[], file: string): LocatedFile {
  const followed = vfs.realPath(file);
  // One that is not there (any more) is in a folder that may be.
  const realPath = followed === file ? path.join(vfs.realPath(path.dirname(file)), path.basename(file)) : followed;
  const isDirectory = vfs.lstat(realPath)?.isDirectory() === true;
  const found = findRepository(vfs, isDirectory ? realPath : path.dirname(realPath), systems);
  if (found === undefined) return { realPath, id: undefined, path: '' };
  const { id } = located(vfs, found.root, found.root, found.system);
  return { realPath, id, path: path.relative(found.root, realPath).replaceAll(path.sep, '/') };
}

/** A directory that is mounted at two places has one device and inode. Some file systems have no inodes. */
function located(
  vfs: Vfs,
  root: string,
  realRoot: string,
  system: FoundRepository['system'],
  aliases: LocatedRepository['aliases'] = [],
): LocatedRepository {
  const identity = vfs.targetIdentity(realRoot);
  const isKnown = identity !== undefined && identity.inode !== 0n;
  return { root, system, realRoot, id: isKnown ? `${identity.device}:${identity.inode}` : realRoot, aliases };
}

/** Makes one of those that are the same repository; the first spelling of the root counts. */
export function mergeLocated(all: readonly LocatedRepository[]): LocatedRepository[] {
  const merged = new Map<string, LocatedRepository>();
  for (const each of all) {
    const first = merged.get(each.id);
    const more = first === undefined || first.root === each.root ? [] : [{ folder: each.root, path: '' }];
    const aliases = [...(first?.aliases ?? []), ...more, ...each.aliases];
    merged.set(each.id, { ...(first ?? each), aliases });
  }
  return [...merged.values()];
}

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
): LocatedRepository[] {
  const found = new Map<string, LocatedRepository>();
  const above = locateRepository(vfs, systems, folder);
  if (above !== undefined) found.set(above.id, above);
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
        const here = system && located(vfs, root, vfs.realPath(root), system);
        if (here !== undefined && !found.has(here.id)) found.set(here.id, here);
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
