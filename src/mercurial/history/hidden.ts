// Finds the changesets that Mercurial hides. These are internal changesets, and non-public ones that were rewritten (an
// obsolescence marker names them as predecessor). A changeset with a visible descendant stays visible.
import { readMarkers } from './obsolescence.ts';
import { locateRoots, readPhaseRoots } from './phases.ts';
import type { Store } from '../store/store.ts';
import type { Vfs } from '../../files/vfs.ts';
import type { RevisionGraph } from './revisionGraph.ts';

/** Phases from here on are not shown: archived (32) and internal (96). */
const FIRST_HIDDEN_PHASE = 32;

const NONE: ReadonlySet<number> = new Set();

export interface Visibility {
  /** Revisions that are not shown. */
  readonly hidden: ReadonlySet<number>;
  /** Revisions that were rewritten, shown or not. They are no heads of their branches. */
  readonly obsolete: ReadonlySet<number>;
}

/**
 * Returns the hidden and the obsolete revisions.
 *
 * @param pinned revisions that are shown in any case: parents of the working copy, bookmarks, local tags
 */
export function visibility(
  vfs: Vfs,
  storeDirectory: string,
  store: Store,
  graph: RevisionGraph,
  pinned: () => Iterable<number>,
): Visibility {
  const predecessors = new Set(readMarkers(vfs, storeDirectory).map(({ predecessor }) => predecessor));
  const roots = readPhaseRoots(vfs, storeDirectory);
  const hasHiddenPhase = roots.some(({ phase }) => phase >= FIRST_HIDDEN_PHASE);
  if (predecessors.size === 0 && !hasHiddenPhase) return { hidden: NONE, obsolete: NONE };
  const { changelog } = store;
  const rootPhases = new Map<number, number>();
  const revisions = locateRoots(
    changelog,
    roots.map(({ node }) => node),
  );
  for (const { phase, node } of roots) {
    const revision = revisions.get(node);
    if (revision !== undefined) rootPhases.set(revision, Math.max(phase, rootPhases.get(revision) ?? 0));
  }
  const first = rootPhases.size === 0 ? graph.length : [...rootPhases.keys()].reduce((a, b) => Math.min(a, b));
  /** Phases of what is not public. */
  const phases = new Map<number, number>();
  for (let revision = first; revision < graph.length; revision++) {
    let phase = rootPhases.get(revision) ?? 0;
    for (const parent of graph.parents(revision)) phase = Math.max(phase, phases.get(parent) ?? 0);
    if (phase > 0) phases.set(revision, phase);
  }
  const hidden = new Set<number>();
  const obsolete = new Set<number>();
  for (const [revision, phase] of phases) {
    const node = changelog.revlog.entry(revision).node.toString('latin1');
    if (predecessors.has(node)) obsolete.add(revision);
    if (phase >= FIRST_HIDDEN_PHASE || predecessors.has(node)) hidden.add(revision);
  }
  const pending = [...phases.keys()].filter(revision => !hidden.has(revision));
  if (hidden.size > 0) {
    for (const revision of pinned()) if (hidden.delete(revision)) pending.push(revision);
  }
  const seen = new Set(pending);
  for (let revision = pending.pop(); revision !== undefined; revision = pending.pop()) {
    for (const parent of graph.parents(revision)) {
      if (!phases.has(parent) || seen.has(parent)) continue;
      seen.add(parent);
      hidden.delete(parent);
      pending.push(parent);
    }
  }
  return { hidden, obsolete };
}
