// The directories of a version 1 dirstate, which lists files only and in any order: found by parent and name.

const INITIAL = 1024;

/**
 * Directories numbered in the order they were first seen, so that a parent has a smaller number than its children;
 * 0 is the root. A directory's path is the beginning of the path of the file it was first seen in.
 */
export class DirectoryTable {
  /** Directories so far, the root included. */
  count = 1;
  /** The sum of the lengths of their paths. */
  pathBytes = 0;
  parent = new Uint32Array(INITIAL);
  pathOffset = new Uint32Array(INITIAL);
  pathLength = new Uint16Array(INITIAL);
  baseStart = new Uint16Array(INITIAL);

  readonly #bytes: Uint8Array;
  // The names come from a stranger: without a secret they could be chosen to share one place in the table.
  readonly #seed = Math.floor(Math.random() * 0x7fffffff);
  readonly #multiplier = Math.floor(Math.random() * 0x3fffffff) * 2 + 0x2001;
  #hashes = new Int32Array(INITIAL);
  /** Directory numbers by hash, open addressing; 0 is a free slot, since nobody looks for the root. */
  #slots = new Uint32Array(INITIAL * 2);

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /**
   * The number of the directory whose path is the `end` bytes at `offset`, and whose name in it starts at `start`,
   * in the directory `parent`. Costs the length of the name.
   */
  find(parent: number, offset: number, start: number, end: number): number {
    const bytes = this.#bytes;
    let hash = Math.imul(parent ^ this.#seed, this.#multiplier);
    for (let i = offset + start; i < offset + end; i++) {
      hash = Math.imul(hash ^ bytes[i]!, this.#multiplier);
      hash ^= hash >>> 15;
    }
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 13)) & mask;
    for (;;) {
      const found = this.#slots[slot]!;
      if (found === 0) break;
      if (this.#hashes[found] === hash && this.#is(found, parent, offset, start, end)) return found;
      slot = (slot + 1) & mask;
    }
    return this.#add(parent, offset, start, end, hash, slot);
  }

  #is(directory: number, parent: number, offset: number, start: number, end: number): boolean {
    if (this.parent[directory] !== parent || this.pathLength[directory] !== end) return false;
    const bytes = this.#bytes;
    const other = this.pathOffset[directory]!;
    for (let i = start; i < end; i++) if (bytes[other + i] !== bytes[offset + i]) return false;
    return true;
  }

  #add(parent: number, offset: number, start: number, end: number, hash: number, slot: number): number {
    if (this.count === this.parent.length) this.#grow();
    const directory = this.count++;
    this.pathBytes += end;
    this.parent[directory] = parent;
    this.pathOffset[directory] = offset;
    this.pathLength[directory] = end;
    this.baseStart[directory] = start;
    this.#hashes[directory] = hash;
    this.#slots[slot] = directory;
    if (this.count * 2 > this.#slots.length) this.#rehash();
    return directory;
  }

  #grow(): void {
    const length = this.parent.length * 2;
    this.parent = enlarge(this.parent, new Uint32Array(length));
    this.pathOffset = enlarge(this.pathOffset, new Uint32Array(length));
    this.pathLength = enlarge(this.pathLength, new Uint16Array(length));
    this.baseStart = enlarge(this.baseStart, new Uint16Array(length));
    this.#hashes = enlarge(this.#hashes, new Int32Array(length));
  }

  #rehash(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let directory = 1; directory < this.count; directory++) {
      const hash = this.#hashes[directory]!;
      let slot = (hash ^ (hash >>> 13)) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = directory;
    }
    this.#slots = slots;
  }
}

function enlarge<T extends Uint32Array | Uint16Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
