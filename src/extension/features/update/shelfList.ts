// Parses the output of `hg shelve --list`. Pure functions, for tests.

export interface Shelved {
  readonly name: string;
  readonly age: string;
  readonly summary: string;
}

/**
 * Parses the list of shelves. A long name touches the bracket behind it, and a name may look like the rest of a line.
 * So the names come from a second list, which has nothing else.
 * @param names the output of `hg shelve --list --quiet`
 * @param known the names that shelves have
 * @param details the output of `hg shelve --list`: name, age in brackets, and summary of each
 */
export function shelvedIn(names: string, details: string, known: ReadonlySet<string>): Shelved[] {
  const lines = details.split('\n');
  // A hook may write before a name, without a line end.
  const named = (line: string): string[] =>
    known.has(line) ? [line] : [...known].filter(name => line.endsWith(name)).sort((a, b) => b.length - a.length);
  const found = names.split('\n').flatMap(line => named(line).slice(0, 1));
  return [...new Set(found)].map(name => {
    const line = lines.find(each => each.startsWith(name) && DETAILS.test(each.slice(name.length)));
    const [, age = '', summary = ''] = DETAILS.exec(line?.slice(name.length) ?? '') ?? [];
    return { name, age, summary };
  });
}

const DETAILS = /^ *\(([^()]*)\) *(.*)$/;
