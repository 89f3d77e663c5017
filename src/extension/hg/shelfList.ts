// What `hg shelve --list` writes. Pure, so that it has a test.

export interface Shelved {
  readonly name: string;
  readonly age: string;
  readonly summary: string;
}

/** Lines of a name, how long ago in brackets, and what it was based on or is called. */
export function shelvedIn(output: string): Shelved[] {
  return output.split('\n').flatMap(line => {
    const match = /^(.*?)\s+\(([^()]*)\)\s*(.*)$/.exec(line);
    return match === null ? [] : [{ name: match[1]!, age: match[2]!, summary: match[3]! }];
  });
}
