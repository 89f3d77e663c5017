// The shapes of two compared trees: which paths they have, and what has another path in the other one.
import type { BytePath } from '../../base/bytePath.ts';
import type { BazaarDirstate } from '../../bazaar/dirstate/bazaarDirstate.ts';
import { NO_NODE } from '../../status/types.ts';
import type { RevisionTree } from './revisionTree.ts';

export interface Relocation {
  readonly from: BytePath;
  readonly to: BytePath;
}

export interface ComparedTrees {
  /** Returns the file id that the later tree has at a path; undefined if it has none. */
  idAt(path: BytePath): string | undefined;
  /** All paths of the earlier tree. */
  readonly oldPaths: ReadonlySet<BytePath>;
  readonly relocations: readonly Relocation[];
}

/** The first parent and the working tree. */
export function treesOfDirstate(dirstate: BazaarDirstate): ComparedTrees {
  const oldPaths = new Set<BytePath>(dirstate.removed().map(({ path }) => path));
  for (const node of liveNodes(dirstate)) {
    const path = dirstate.oldPath(node);
    if (path !== undefined) oldPaths.add(path);
  }
  const relocated = [...dirstate.tree.oldPaths.keys()];
  return {
    idAt: path => idInDirstate(dirstate, path),
    oldPaths,
    relocations: relocated.map(node => ({ from: dirstate.oldPath(node)!, to: dirstate.path(node) })),
  };
}

/** A revision and the working tree. Costs the whole of both. */
export function treesSince(revision: RevisionTree, dirstate: BazaarDirstate): ComparedTrees {
  const now = new Map<string, BytePath>();
  for (const node of liveNodes(dirstate)) now.set(dirstate.fileId(node), dirstate.path(node));
  return { ...compare(pathsById(revision), now), idAt: path => idInDirstate(dirstate, path) };
}

/** Two revisions. Costs the whole of both. */
export function treesOfRevisions(before: RevisionTree, after: RevisionTree): ComparedTrees {
  const now = pathsById(after);
  const ids = new Map([...now].map(([id, path]) => [path, id]));
  return { ...compare(pathsById(before), now), idAt: path => ids.get(path) };
}

function compare(
  before: ReadonlyMap<string, BytePath>,
  after: ReadonlyMap<string, BytePath>,
): Omit<ComparedTrees, 'idAt'> {
  const relocations: Relocation[] = [];
  for (const [id, from] of before) {
    const to = after.get(id);
    if (to !== undefined && to !== from) relocations.push({ from, to });
  }
  return { oldPaths: new Set(before.values()), relocations };
}

function pathsById(tree: RevisionTree): Map<string, BytePath> {
  return new Map(tree.all().map(entry => [entry.fileId, tree.path(entry)]));
}

function idInDirstate(dirstate: BazaarDirstate, path: BytePath): string | undefined {
  const node = dirstate.find(path);
  return node !== NO_NODE && dirstate.isLive(node) ? dirstate.fileId(node) : undefined;
}

function* liveNodes(dirstate: BazaarDirstate): Generator<number> {
  for (let node = 0; node < dirstate.nodeCount; node++) if (dirstate.isLive(node)) yield node;
}
