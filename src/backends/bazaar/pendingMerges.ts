// Revisions that were merged and are not recorded yet, as a status lists them.
import { QuicksilverError } from '../../base/errors.ts';
import type { Vfs } from '../../files/vfs.ts';
import { FORMAT_2A, type BazaarLayout } from '../../bazaar/repository/layout.ts';
import { PackStore } from '../../bazaar/store/packStore.ts';
import { parseRevision, type BazaarRevision } from '../../bazaar/store/revision.ts';
import { RevisionGraph } from '../../bazaar/store/revisionGraph.ts';

/** One pending merge. */
export interface PendingMerge {
  readonly id: string;
  /** Undefined if the repository does not have it (a ghost). */
  readonly revision: BazaarRevision | undefined;
  /** The other revisions that it brings in, the newest one first; empty if nobody asked for them. */
  readonly others: readonly BazaarRevision[];
}

/** Returns the store of the repository. Throws 'unsupported' if it is not of format 2a on this machine. */
export function openStore(vfs: Vfs, layout: BazaarLayout): PackStore {
  const { repositoryDirectory, repositoryFormat } = layout;
  if (repositoryDirectory === undefined) {
    throw new QuicksilverError('unsupported', 'the repository is not on this machine, so that history cannot be read');
  }
  if (repositoryFormat !== FORMAT_2A) {
    const name = repositoryFormat?.split('\n', 1)[0]?.slice(0, 100) ?? '';
    throw new QuicksilverError('unsupported', `history of a repository in format '${name}' is not supported`);
  }
  return new PackStore(vfs, repositoryDirectory);
}

/**
 * Reads the pending merges.
 * @param parents the dirstate's: the first one is the revision that the working tree is based on
 * @param all true if everything they bring in is listed, too
 */
export function readPendingMerges(store: PackStore, parents: readonly string[], all: boolean): PendingMerge[] {
  const [first, ...pending] = parents;
  if (first === undefined) return [];
  const graph = new RevisionGraph(store);
  const known = [first];
  return pending.map(id => {
    const revision = readRevision(store, id);
    const others: BazaarRevision[] = [];
    if (revision !== undefined && all) {
      const brought = graph.uniqueAncestors(id, known);
      for (const each of graph.mergeOrder(id, brought).slice(1)) {
        const other = readRevision(store, each);
        if (other !== undefined) others.push(other);
      }
    }
    known.push(id);
    return { id, revision, others };
  });
}

/** Returns a revision; undefined if the repository does not have it. */
export function readRevision(store: PackStore, id: string): BazaarRevision | undefined {
  const bytes = store.read('rix', id);
  return bytes === undefined ? undefined : parseRevision(bytes, store.directory);
}
