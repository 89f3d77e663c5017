// The rows of one group: ordered, at most `limit` of them, and a count of the rest. A change costs the logarithm of the
// number of rows; objects exist for rows that are shown only.

interface Row<T> {
  readonly path: string;
  readonly key: string;
  readonly version: string;
  readonly value: T;
}

export class CappedList<T> {
  readonly #make: (path: string, version: string) => T;
  #limit: number;
  readonly #rows: Row<T>[] = [];
  readonly #shown = new Map<string, Row<T>>();
  /** The paths without a row, with their versions, in order of arrival. */
  readonly #leftOut = new Map<string, string>();

  /** @param make makes the row of a path; `version` is what was given to {@link put} */
  constructor(limit: number, make: (path: string, version: string) => T) {
    this.#limit = limit;
    this.#make = make;
  }

  /** The rows, ordered as VS Code orders them: at each level files first, then directories. */
  get values(): T[] {
    return this.#rows.map(row => row.value);
  }

  get total(): number {
    return this.#rows.length + this.#leftOut.size;
  }

  /** How many have no row because of the limit. */
  get leftOut(): number {
    return Math.max(0, this.total - this.#limit);
  }

  paths(): string[] {
    return [...this.#shown.keys(), ...this.#leftOut.keys()];
  }

  /** Adds a path, or changes its row if `version` is another. Returns whether {@link values} or the counts changed. */
  put(path: string, version: string): boolean {
    const old = this.#shown.get(path);
    if (old !== undefined) {
      if (old.version === version) return false;
      const row: Row<T> = { ...old, version, value: this.#make(path, version) };
      this.#rows[this.#position(old.key)] = row;
      this.#shown.set(path, row);
      return true;
    }
    if (this.#rows.length >= this.#limit) {
      const isNew = !this.#leftOut.has(path);
      this.#leftOut.set(path, version);
      return isNew;
    }
    this.#leftOut.delete(path);
    this.#insert(path, version);
    return true;
  }

  /** Returns whether there was such a path. */
  delete(path: string): boolean {
    const row = this.#shown.get(path);
    if (row === undefined) return this.#leftOut.delete(path);
    this.#rows.splice(this.#position(row.key), 1);
    this.#shown.delete(path);
    this.#fill();
    return true;
  }

  /** Makes all rows anew: what they are made from has changed. */
  remake(): void {
    for (const [index, row] of this.#rows.entries()) {
      const made: Row<T> = { ...row, value: this.#make(row.path, row.version) };
      this.#rows[index] = made;
      this.#shown.set(made.path, made);
    }
  }

  /**
   * Sets the limit. Rows beyond it go at once. Makes no rows for new space, because thousands take long. Returns the
   * paths that lack a row; each gets one when it is {@link put} again.
   */
  setLimit(limit: number): string[] {
    this.#limit = limit;
    for (const row of this.#rows.splice(limit)) {
      this.#shown.delete(row.path);
      this.#leftOut.set(row.path, row.version);
    }
    return this.#rows.length < limit ? [...this.#leftOut.keys()] : [];
  }

  /** Gives the place of a row that went to the first that was left out. */
  #fill(): void {
    const [first] = this.#leftOut;
    if (first === undefined || this.#rows.length >= this.#limit) return;
    this.#leftOut.delete(first[0]);
    this.#insert(...first);
  }

  #insert(path: string, version: string): void {
    const row: Row<T> = { path, key: orderKey(path), version, value: this.#make(path, version) };
    this.#rows.splice(this.#position(row.key), 0, row);
    this.#shown.set(path, row);
  }

  /** Index of the row with this key, or where it belongs. */
  #position(key: string): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#rows[middle]!.key < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * Returns the values of `all` that are in `shown` or among the first `most` others, in order, and the number of others.
 */
export function portion<T>(all: readonly T[], shown: ReadonlySet<T>, most: number): { values: T[]; added: number } {
  let added = 0;
  const values = all.filter(value => shown.has(value) || (added < most && ++added > 0));
  return { values, added };
}

/**
 * Returns a string whose plain comparison orders paths nearly as VS Code sorts rows. VS Code sorts again whenever rows
 * change, and sorted input costs it a fraction. It compares directories by their characters, file names without regard
 * to case, and numbers in them by value.
 */
export function orderKey(path: string): string {
  const slash = path.lastIndexOf('/');
  const directories = path.slice(0, slash + 1);
  // A file's name follows U+0001, a directory's U+0002; U+0000 ends a directory's, so that 'a' comes before 'a-b'. The
  // path itself, at the end, keeps keys apart that differ in case only.
  const above = directories === '' ? '' : `\u0002${directories.slice(0, -1).replaceAll('/', '\u0000\u0002')}\u0000`;
  const name = path.slice(slash + 1).toLowerCase();
  // The more digits a number has, the later it comes; the sign for their count still comes before letters.
  const numbered = name.replace(
    /[1-9]\d*/g,
    digits => `${String.fromCharCode(0x30 + Math.min(digits.length, 40))}${digits}`,
  );
  return `${above}\u0001${numbered}\u0000${path}`;
}
