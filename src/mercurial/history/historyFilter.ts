// Which changesets a graph or a list shows.

export type HistoryFilter =
  | { readonly kind: 'all' }
  /** The working copy's parents, the active bookmark, the heads of the branch, all drafts, and all their ancestors. */
  | { readonly kind: 'auto' }
  /** Changesets that are not public, their parents, and the working copy's parents. */
  | { readonly kind: 'drafts' }
  /** These changesets and their ancestors. */
  | { readonly kind: 'ancestors'; readonly revisions: readonly number[] }
  /** These changesets alone. */
  | { readonly kind: 'revisions'; readonly revisions: readonly number[] };

export interface FilterFacts {
  readonly count: number;
  /** Two for each revision, -1 for none. */
  readonly parents: Int32Array;
  readonly phases: Uint8Array;
  readonly hidden: ReadonlySet<number>;
  readonly workingParents: readonly number[];
  /** Returns 1 for each revision of the filter 'auto'. */
  readonly relevant: () => Uint8Array;
}

/** Returns 1 for each revision that the filter selects and that is not hidden; undefined if these are all. */
export function revisionMask(filter: HistoryFilter, facts: FilterFacts): Uint8Array | undefined {
  const { count, hidden } = facts;
  if (filter.kind === 'all' && hidden.size === 0) return undefined;
  const mask = selected(filter, facts);
  for (const revision of hidden) if (revision < count) mask[revision] = 0;
  // A graph of all is laid out several times as fast.
  return mask.includes(0) ? mask : undefined;
}

function selected(
  filter: HistoryFilter,
  { count, parents, phases, workingParents, relevant }: FilterFacts,
): Uint8Array {
  const mask = new Uint8Array(count);
  const mark = (revisions: readonly number[]): void => {
    for (const revision of revisions) if (revision >= 0 && revision < count) mask[revision] = 1;
  };
  switch (filter.kind) {
    case 'all':
      return mask.fill(1);
    case 'auto':
      return relevant();
    case 'drafts':
      for (let revision = 0; revision < count; revision++) {
        if (phases[revision] === 0) continue;
        mask[revision] = 1;
        mark([parents[revision * 2]!, parents[revision * 2 + 1]!]);
      }
      mark(workingParents);
      return mask;
    case 'ancestors':
      mark(filter.revisions);
      addAncestors(mask, parents);
      return mask;
    case 'revisions':
      mark(filter.revisions);
      return mask;
  }
}

/** Returns 1 for each draft, and for each revision named. */
export function markRelevant(count: number, phases: Uint8Array, revisions: readonly number[]): Uint8Array {
  const mask = new Uint8Array(count);
  for (let revision = 0; revision < count; revision++) if (phases[revision] !== 0) mask[revision] = 1;
  for (const revision of revisions) if (revision >= 0 && revision < count) mask[revision] = 1;
  return mask;
}

function addAncestors(mask: Uint8Array, parents: Int32Array): void {
  for (let revision = mask.length - 1; revision >= 0; revision--) {
    if (mask[revision] === 0) continue;
    const p1 = parents[revision * 2]!;
    const p2 = parents[revision * 2 + 1]!;
    if (p1 >= 0) mask[p1] = 1;
    if (p2 >= 0) mask[p2] = 1;
  }
}
