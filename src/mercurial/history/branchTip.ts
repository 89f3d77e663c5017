// Decides whether a changeset is the tip of its branch. A changeset's text names its branch. Mercurial's cache of
// branch heads saves reading all newer texts, as far as it reaches.
import * as path from 'node:path';
import { toDisplay } from '../../base/bytePath.ts';
import { RevisionGraph } from './revisionGraph.ts';
import type { Changelog, Changeset } from '../store/changelog.ts';
import type { Vfs } from '../../files/vfs.ts';

/**
 * The cache of each repository view that Mercurial keeps. A cache that leaves out changesets has a mark in its first
 * line and cannot be used.
 */
const CACHE_FILES = ['branch2', 'branch2-visible', 'branch2-served', 'branch2-base'];
const MAX_CACHE_BYTES = 16 * 1024 * 1024;
/** Texts read where no cache reaches: a tenth of a second's work. */
const MAX_TEXTS = 500;
/** Index entries gone through below that. */
const MAX_RANGE = 1 << 22;

/**
 * True if the revision is the newest open head of its branch, the target of a plain `hg update`. A head is a changeset
 * without descendants on the same branch; an open one does not close it. Undefined if finding out would take too long.
 *
 * @param cacheDirectory absolute path of Mercurial's `cache`, which need not exist
 * @param changeset the revision's text, which the caller has read
 */
export function isBranchTip(
  vfs: Vfs,
  changelog: Changelog,
  cacheDirectory: string,
  revision: number,
  changeset: Pick<Changeset, 'branch' | 'closesBranch'>,
): boolean | undefined {
  const { branch, closesBranch } = changeset;
  if (closesBranch) return false;
  const last = changelog.revlog.length - 1;
  if (revision === last) return true;
  const cache = readCache(vfs, changelog, cacheDirectory, branch);
  const own = changelog.revlog.entry(revision).node.toString('hex');
  // All heads up to the cache's tip are known: what is not among them has a descendant on the branch.
  if (revision <= cache.tip && !cache.openHeads.delete(own)) return false;
  const graph = new RevisionGraph(changelog.revlog);
  /** Revisions that a newer one of the branch descends from: no heads. */
  const covered = new Set<number>();
  const cover = (at: number): void => {
    for (const parent of graph.parents(at)) if (parent >= revision) covered.add(parent);
  };
  let at = last;
  for (; at > Math.max(cache.tip, revision); at--) {
    if (last - at >= MAX_TEXTS) return undefined;
    const newer = changelog.read(at);
    const isOnBranch = newer.branch === branch;
    const isCovered = covered.delete(at);
    if (isOnBranch && !newer.closesBranch && !isCovered) return false;
    if (isOnBranch || isCovered) cover(at);
  }
  // Below, all open heads are known: only what was found above can make some of them none.
  const others = new Set(changelog.revlog.findNodes(cache.openHeads, revision + 1, at - revision).values());
  for (; at > revision && covered.size > 0; at--) {
    if (last - at >= MAX_RANGE) return undefined;
    if (!covered.delete(at)) continue;
    others.delete(at);
    cover(at);
  }
  return others.size === 0 && !covered.has(revision);
}

interface BranchHeads {
  /** The heads are complete up to this revision; -1 for none. */
  readonly tip: number;
  /** Nodes, hexadecimal. */
  readonly openHeads: Set<string>;
}

/** The open heads of a branch from that cache which reaches furthest, if it is one of this changelog. */
function readCache(vfs: Vfs, changelog: Changelog, directory: string, branch: string): BranchHeads {
  let best = { tip: -1, text: '' };
  for (const name of CACHE_FILES) {
    const file = vfs.open(path.join(directory, name));
    try {
      if (file === undefined || file.size > MAX_CACHE_BYTES) continue;
      // A node, a revision and, if there are any changesets left out, a hash of those.
      const match = /^([0-9a-f]{40}) (\d{1,9})\n/.exec(file.read(0, 64).toString('latin1'));
      const tip = Number(match?.[2] ?? -1);
      if (tip <= best.tip || tip >= changelog.revlog.length) continue;
      if (changelog.revlog.entry(tip).node.toString('hex') !== match![1]) continue;
      best = { tip, text: file.read(0, file.size).toString('latin1') };
    } finally {
      file?.close();
    }
  }
  const openHeads = new Set<string>();
  for (const [, node, name] of best.text.matchAll(/^([0-9a-f]{40}) o (.*)$/gm)) {
    if (toDisplay(name!) === branch) openHeads.add(node!);
  }
  return { tip: best.tip, openHeads };
}
