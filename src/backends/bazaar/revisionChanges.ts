// Changes between revisions, and between a revision and the working tree. Costs as much as differs.
import type { BytePath } from '../../base/bytePath.ts';
import type { BazaarDirstate } from '../../bazaar/dirstate/bazaarDirstate.ts';
import type { InventoryEntry } from '../../bazaar/store/inventory.ts';
import type { BazaarChange, ChangeSide } from './changes.ts';
import type { RevisionTree } from './revisionTree.ts';
import type { WorkingChanges } from './workingChanges.ts';

/** Returns the changes between two revisions, in no particular order. */
export function changesBetween(before: RevisionTree, after: RevisionTree): BazaarChange[] {
  const changes: BazaarChange[] = [];
  before.compare(after, (fileId, old, own) => {
    const change = changeOf(fileId, old && { tree: before, entry: old }, own && { tree: after, entry: own });
    if (change !== undefined && !isRoot(change)) changes.push(change);
  });
  return changes;
}

interface Found {
  readonly tree: RevisionTree;
  readonly entry: InventoryEntry;
}

function changeOf(fileId: string, old: Found | undefined, own: Found | undefined): BazaarChange | undefined {
  const before = old && sideOf(old.entry, old.tree);
  const after = own && sideOf(own.entry, own.tree);
  if (old === undefined || own === undefined) return { fileId, before, after, renamed: false, content: true };
  const renamed = old.entry.name !== own.entry.name || old.entry.parentId !== own.entry.parentId;
  // A nested tree counts as unchanged, whatever revision is recorded for it.
  const isReference = old.entry.kind === 'tree-reference' && own.entry.kind === 'tree-reference';
  const content =
    old.entry.kind !== own.entry.kind || (!isReference && old.entry.fingerprint !== own.entry.fingerprint);
  if (!renamed && !content && old.entry.executable === own.entry.executable) return undefined;
  return { fileId, before, after, renamed, content };
}

function sideOf(entry: InventoryEntry, tree: RevisionTree): ChangeSide {
  return { path: tree.path(entry), kind: entry.kind, executable: entry.executable };
}

function isRoot({ before, after }: BazaarChange): boolean {
  return before?.path === '' || after?.path === '';
}

/** The parts of a comparison of a revision with the working tree. */
export interface WorkingComparison {
  readonly revision: RevisionTree;
  /** The first parent of the working tree. */
  readonly parent: RevisionTree;
  readonly dirstate: BazaarDirstate;
  readonly working: WorkingChanges;
  /** The changes of the working tree against its first parent. */
  readonly changes: readonly BazaarChange[];
}

/** Returns the changes from a revision to the working tree, unknown paths included. */
export function changesToWorkingTree(comparison: WorkingComparison): BazaarChange[] {
  const { revision, parent, dirstate, working, changes } = comparison;
  const nodes = nodesById(dirstate);
  const ids = new Set<string>();
  const found: BazaarChange[] = [];
  revision.compare(parent, fileId => ids.add(fileId));
  for (const change of changes) {
    if (change.fileId === undefined) found.push(asDirectory(change));
    else ids.add(change.fileId);
  }
  for (const fileId of ids) {
    const entry = revision.entry(fileId);
    const node = nodes.get(fileId);
    const before = entry && sideOf(entry, revision);
    const now = node === undefined ? undefined : working.sideOf(node);
    if (before === undefined && now === undefined) continue;
    if (entry === undefined || now === undefined) {
      const content = now === undefined || now.kind !== undefined;
      found.push({ fileId, before, after: now, renamed: false, content });
      continue;
    }
    const renamed = entry.name !== nameOf(now.path) || entry.parentId !== parentIdOf(dirstate, now.path);
    const content = now.kind !== entry.kind || working.hasOtherContent(node!, entry.fingerprint);
    if (renamed || content || entry.executable !== now.executable) {
      found.push({ fileId, before, after: now, renamed, content });
    }
  }
  return found.filter(change => !isRoot(change));
}

/** Breezy takes an unknown nested tree for a directory where it compares with a revision. */
function asDirectory(unknown: BazaarChange): BazaarChange {
  const { after } = unknown;
  return after?.kind === 'tree-reference' ? { ...unknown, after: { ...after, kind: 'directory' } } : unknown;
}

function nodesById(dirstate: BazaarDirstate): Map<string, number> {
  const nodes = new Map<string, number>();
  for (let node = 0; node < dirstate.nodeCount; node++) {
    if (dirstate.isLive(node)) nodes.set(dirstate.fileId(node), node);
  }
  return nodes;
}

function nameOf(path: BytePath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function parentIdOf(dirstate: BazaarDirstate, path: BytePath): string | undefined {
  const node = dirstate.find(path.slice(0, Math.max(0, path.lastIndexOf('/'))) as BytePath);
  return path === '' || node < 0 ? undefined : dirstate.fileId(node);
}
