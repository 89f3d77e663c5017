/**
 * Leaves out of `items` what is not needed for `fails` to remain true, halves first, then ever smaller pieces, until no
 * single item can be left out. `fails` is true of all the items to begin with. Stops early when `mayGoOn` says so.
 */
export async function shrink<T>(
  items: readonly T[],
  fails: (items: readonly T[]) => Promise<boolean>,
  mayGoOn: () => boolean,
): Promise<readonly T[]> {
  let kept = items;
  for (let size = Math.ceil(kept.length / 2); size > 0;) {
    let removed = false;
    // From the end, because what comes late is needed less often by what remains.
    for (let end = kept.length; end > 0 && mayGoOn(); end -= size) {
      const candidate = [...kept.slice(0, Math.max(0, end - size)), ...kept.slice(end)];
      if (candidate.length === 0 || !(await fails(candidate))) continue;
      kept = candidate;
      removed = true;
    }
    if (!mayGoOn()) break;
    if (size > 1) size = Math.ceil(size / 2) === size ? 1 : Math.ceil(size / 2);
    else if (!removed) break;
  }
  return kept;
}
