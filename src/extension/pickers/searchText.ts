// The text with which the user searches for a changeset. Plain functions, no `vscode`.

/** The words of a search, each of which has to be found. */
export function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter(word => word !== '');
}

/**
 * Returns true if each of the words is in the texts of a changeset, is its number, or begins its hash. A word of one or
 * two letters begins many hashes by chance.
 */
export function matches(
  words: readonly string[],
  texts: string,
  { node, revision }: { readonly node: string; readonly revision: number },
): boolean {
  const all = texts.toLowerCase();
  return words.every(each => {
    const word = each.toLowerCase();
    return all.includes(word) || word === String(revision) || (word.length > 2 && node.startsWith(word));
  });
}

/**
 * Returns true for the name of one changeset: a number, the beginning of a hash, or a built-in name such as "tip".
 * Three letters such as "add" are more often the beginning of a word.
 */
export function isExact(text: string): boolean {
  return /^(?:-?\d+|[0-9a-f]{4,40}|\.|tip|null|p[12]\(\))$/i.test(text);
}
