// Ids of changesets as users see them.

/** Returns the 12 digits that Mercurial shows. */
export function shortNode(node: string): string {
  return node.slice(0, 12);
}

/** Shortens a changeset's id as {@link shortNode} does; other names of revisions stay as they are. */
export function shortRevision(revision: string): string {
  return /^[0-9a-f]{40}$/.test(revision) ? shortNode(revision) : revision;
}

/** True if the id stands for no revision. */
export function isNullNode(node: string): boolean {
  return /^0*$/.test(node);
}
