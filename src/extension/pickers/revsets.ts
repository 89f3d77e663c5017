// Questions to hg in its language for sets of revisions. Plain functions, no `vscode`.

/** A string of the language. Tested against hg: a backslash escapes itself and the quote. */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, String.raw`\$&`)}'`;
}

/** Changesets of which the description or the author contains each of the words, whatever its case. */
export function wordsRevset(words: readonly string[]): string {
  const each = words.map(word => {
    const literal = quoted(`literal:${word}`);
    return `(desc(${literal}) or user(${literal}))`;
  });
  return each.join(' and ');
}

/**
 * Changesets that `hg merge` accepts, tested against it: no ancestor of the working copy's parent. Also no descendant
 * of it on the branch of the working copy, for that would be an update.
 * @param branch of the working copy; hg knows it only when something is committed on it, so a pattern stands for it
 */
export function mergeableRevset(branch: string): string {
  const pattern = `re:^${branch.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)}$`;
  return `not (::. or (.:: and branch(${quoted(pattern)})))`;
}
