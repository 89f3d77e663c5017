// The part of a status that named paths ask for. Renamed files count on both sides. Changed directories above a change
// are reported, too, so that the answer fits together.
import { isAtOrBelow, joinPath, parentPath, type BytePath } from '../../base/bytePath.ts';
import type { BazaarConflict } from '../../bazaar/repository/conflicts.ts';
import type { BazaarInput } from './bazaarInput.ts';
import type { BazaarChange } from './changes.ts';
import type { ComparedTrees } from './comparedTrees.ts';
import type { WorkingChanges } from './workingChanges.ts';

export interface NamedPaths {
  readonly changes: readonly BazaarChange[];
  readonly conflicts: readonly BazaarConflict[];
  /** Named paths that ignore patterns match, tracked or not. */
  readonly ignored: readonly BytePath[];
  /** Named paths that neither tree has and that are not there. */
  readonly missing: readonly BytePath[];
}

export interface Selection {
  readonly trees: ComparedTrees;
  /** Undefined if two revisions are compared: they have no unknown or ignored paths. */
  readonly disk?: { readonly input: BazaarInput; readonly working: WorkingChanges } | undefined;
  /** All changes between the trees. */
  readonly changes: readonly BazaarChange[];
  readonly conflicts: readonly BazaarConflict[];
  readonly paths: readonly BytePath[];
  /** True if named paths are searched for unknown ones, also where the status does not look. */
  readonly unknown: boolean;
}

/** Returns what the named paths ask for. Throws as the engine does for ignore patterns. */
export function selectChanges(selection: Selection): NamedPaths {
  const { trees, disk, conflicts, paths } = selection;
  const isThere = (path: BytePath): boolean =>
    trees.idAt(path) !== undefined || trees.oldPaths.has(path) || disk?.working.kindAt(path) !== undefined;
  const found = paths.filter(isThere).sort();
  const missing = paths.filter(path => !isThere(path)).sort();
  const changes = found.length === 0 ? [] : new PathSelection(selection, found).changes();
  return {
    changes,
    conflicts: selectConflicts(trees, conflicts, found),
    ignored: disk === undefined ? [] : found.filter(path => disk.input.ignore.matches(path)),
    missing,
  };
}

class PathSelection {
  readonly #selection: Selection;
  readonly #searched: BytePath[];
  readonly #selected = new Set<BazaarChange>();
  readonly #byId = new Map<string, BazaarChange>();
  /** Paths whose changes have to be looked for so that the answer fits together. */
  readonly #parents = new Set<BytePath>();

  constructor(selection: Selection, paths: readonly BytePath[]) {
    this.#selection = selection;
    this.#searched = paths.filter(path => !paths.some(other => other !== path && isAtOrBelow(path, other)));
    for (const change of selection.changes) if (change.fileId !== undefined) this.#byId.set(change.fileId, change);
  }

  changes(): BazaarChange[] {
    this.#followRelocations();
    const unknown = new Map<BytePath, BazaarChange>();
    for (const change of this.#selection.changes) {
      const { path } = (change.after ?? change.before)!;
      if (!this.#isSearched(path)) continue;
      if (change.fileId === undefined) unknown.set(path, change);
      else this.#select(change);
    }
    for (const root of new Set(this.#searched)) this.#searchRoot(root, unknown);
    this.#addParents();
    return [...this.#selected, ...unknown.values()];
  }

  #isSearched(path: BytePath): boolean {
    return this.#searched.some(root => isAtOrBelow(path, root));
  }

  /** A file that was renamed into a searched path is searched at its old path, too, and the other way round. */
  #followRelocations(): void {
    for (let count = -1; count !== this.#searched.length;) {
      count = this.#searched.length;
      for (const { from, to } of this.#selection.trees.relocations) {
        const hasOld = this.#isSearched(from);
        const hasNew = this.#isSearched(to);
        if (hasOld !== hasNew) this.#searched.push(hasOld ? to : from);
      }
    }
  }

  /** Unknown paths at a searched path itself, and in it if it is a directory that is no entry. */
  #searchRoot(root: BytePath, unknown: Map<BytePath, BazaarChange>): void {
    const { disk, trees, unknown: wanted } = this.#selection;
    if (disk === undefined || !wanted || root === '' || trees.idAt(root) !== undefined) return;
    const { working, input } = disk;
    const kind = working.kindAt(root);
    if (kind === undefined) return;
    const add = (path: BytePath): void => {
      if (!input.ignore.matches(path)) unknown.set(path, working.unknown(path));
    };
    // A removed path itself is reported as removed only.
    const isRemoved = this.#selection.changes.some(({ before, after }) => after === undefined && before?.path === root);
    if (isRemoved) unknown.delete(root);
    else add(root);
    if (kind !== 'directory') return;
    for (const name of working.namesIn(root)) add(joinPath(root, name));
  }

  #select(change: BazaarChange): void {
    if (this.#selected.has(change)) return;
    this.#selected.add(change);
    const path = change.after?.path;
    if (path === undefined || path === '') return;
    for (let above = parentPath(path); ; above = parentPath(above)) {
      this.#parents.add(above);
      if (above === '') return;
    }
  }

  #addParents(): void {
    const done = new Set<BytePath>();
    // A set is iterated to its end, what is added meanwhile included.
    for (const path of this.#parents) {
      if (done.has(path) || this.#isSearched(path)) continue;
      done.add(path);
      const id = this.#selection.trees.idAt(path);
      if (id !== undefined) this.#addChange(this.#byId.get(id));
      for (const change of this.#selection.changes) {
        if (change.after === undefined && change.before?.path === path) this.#addChange(change);
      }
      for (const { from, to } of this.#selection.trees.relocations) if (from === path) this.#parents.add(to);
    }
  }

  /** With a directory that is none any more, what was in it changed, too. */
  #addChange(change: BazaarChange | undefined): void {
    if (change === undefined) return;
    this.#select(change);
    if (change.before?.kind !== 'directory' || change.after?.kind === 'directory') return;
    for (const path of this.#selection.trees.oldPaths) {
      if (path !== '' && parentPath(path) === change.before.path) this.#parents.add(path);
    }
  }
}

function selectConflicts(
  trees: ComparedTrees,
  conflicts: readonly BazaarConflict[],
  paths: readonly BytePath[],
): BazaarConflict[] {
  const ids = new Set<string>();
  for (const path of paths) {
    const id = trees.idAt(path);
    if (id !== undefined) ids.add(id);
  }
  const isNamed = (path: string | undefined): boolean =>
    path !== undefined && paths.some(named => isAtOrBelow(path as BytePath, named));
  return conflicts.filter(
    ({ path, conflictPath, fileId, conflictFileId }) =>
      isNamed(path) || isNamed(conflictPath) || [fileId, conflictFileId].some(id => id !== undefined && ids.has(id)),
  );
}
