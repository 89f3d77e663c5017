// An index of a pack: a B+tree in pages of 4096 bytes, each a zlib stream. Node n of the tree begins n pages from the
// start of the file; the first one follows the header.
import { BoundedCache } from '../../base/boundedCache.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { Vfs } from '../../files/vfs.ts';
import { inflateAtMost } from './inflate.ts';

const PAGE = 4096;
const SIGNATURE = 'B+Tree Graph Index 2\n';
const MAX_HEADER = 512;
/** Deflate expands by 1032 at most. */
const MAX_NODE_BYTES = PAGE * 1040;
const MAX_LEVELS = 16;
const CACHED_NODES = 64;

export interface IndexEntry {
  /** Elements joined by NUL; a byte string. */
  readonly key: string;
  readonly value: string;
  /** Lists of keys, each as {@link key}. */
  readonly references: readonly (readonly string[])[];
}

interface Header {
  readonly lists: number;
  readonly elements: number;
  readonly count: number;
  /** Nodes in each level, the root's first. */
  readonly levels: readonly number[];
  readonly length: number;
}

type Node =
  | { readonly type: 'internal'; readonly first: number; readonly separators: readonly string[] }
  | { readonly type: 'leaf'; readonly entries: ReadonlyMap<string, IndexEntry> };

export class BtreeIndex {
  readonly file: string;
  readonly #vfs: Vfs;
  readonly #nodes = new BoundedCache<Node>(CACHED_NODES, Infinity, () => 1);
  #header: Header | undefined;

  constructor(vfs: Vfs, file: string) {
    this.#vfs = vfs;
    this.file = file;
  }

  /** Returns the entry of a key (elements joined by NUL). Throws 'corrupt' for damage or if the file is missing. */
  find(key: string): IndexEntry | undefined {
    const header = this.#readHeader();
    let at = 0;
    let start = 0;
    for (const [level, width] of header.levels.entries()) {
      if (at >= width) throw this.#bad('leads out of its levels');
      const node = this.#node(start + at, header);
      if (node.type === 'leaf') {
        if (level !== header.levels.length - 1) throw this.#bad('has a leaf above the last level');
        return node.entries.get(key);
      }
      at = node.first + countUpTo(node.separators, key);
      start += width;
    }
    if (header.levels.length > 0 && header.count > 0) throw this.#bad('has no leaf in its last level');
    return undefined;
  }

  /** Yields all entries in the order of their keys. */
  *all(): Generator<IndexEntry> {
    const header = this.#readHeader();
    const leaves = header.levels.at(-1);
    if (leaves === undefined) return;
    const start = header.levels.slice(0, -1).reduce((sum, width) => sum + width, 0);
    for (let leaf = 0; leaf < leaves; leaf++) {
      const node = this.#node(start + leaf, header);
      if (node.type !== 'leaf') throw this.#bad('has no leaf in its last level');
      yield* node.entries.values();
    }
  }

  #readHeader(): Header {
    return (this.#header ??= this.#parseHeader(this.#read(0, MAX_HEADER).toString('latin1')));
  }

  #parseHeader(text: string): Header {
    const match =
      /^node_ref_lists=(\d{1,2})\nkey_elements=(\d{1,2})\nlen=(\d{1,10})\nrow_lengths=([\d,]{0,200})\n/.exec(
        text.startsWith(SIGNATURE) ? text.slice(SIGNATURE.length) : '',
      );
    if (match === null) throw this.#bad('has an unknown header');
    const levels = match[4] === '' ? [] : match[4]!.split(',').map(Number);
    if (levels.length > MAX_LEVELS || levels.some(width => !Number.isSafeInteger(width) || width < 1)) {
      throw this.#bad('has impossible levels');
    }
    return {
      lists: Number(match[1]),
      elements: Number(match[2]),
      count: Number(match[3]),
      levels,
      length: SIGNATURE.length + match[0].length,
    };
  }

  #node(number: number, header: Header): Node {
    const key = String(number);
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    const start = number === 0 ? header.length : number * PAGE;
    const page = this.#read(start, (number + 1) * PAGE - start);
    const text = inflateAtMost(page, MAX_NODE_BYTES, this.file).toString('latin1');
    const node = this.#parseNode(text, header);
    this.#nodes.set(key, node);
    return node;
  }

  #parseNode(text: string, header: Header): Node {
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    const [type] = lines;
    if (type === 'type=internal') {
      const first = /^offset=(\d{1,10})$/.exec(lines[1] ?? '')?.[1];
      if (first === undefined) throw this.#bad('has a malformed node');
      return { type: 'internal', first: Number(first), separators: lines.slice(2) };
    }
    if (type !== 'type=leaf') throw this.#bad('has a node of an unknown type');
    const entries = new Map<string, IndexEntry>();
    for (const line of lines.slice(1)) {
      const entry = this.#parseEntry(line, header);
      entries.set(entry.key, entry);
    }
    return { type: 'leaf', entries };
  }

  /** The elements of the key, the reference lists if there are any, and the value; each after the other and NUL. */
  #parseEntry(line: string, { elements, lists }: Header): IndexEntry {
    let end = -1;
    for (let i = 0; i < elements; i++) {
      end = line.indexOf('\0', end + 1);
      if (end < 0) throw this.#bad('has a malformed entry');
    }
    const key = line.slice(0, end);
    // References have NULs of their own; a value has none.
    const last = line.lastIndexOf('\0');
    if (last <= end) throw this.#bad('has a malformed entry');
    const text = line.slice(end + 1, last);
    const references = lists === 0 ? [] : text.split('\t').map(list => (list === '' ? [] : list.split('\r')));
    return { key, value: line.slice(last + 1), references };
  }

  #read(offset: number, length: number): Buffer {
    const open = this.#vfs.open(this.file);
    if (open === undefined) throw new QuicksilverError('corrupt', `${this.file} is missing`, { file: this.file });
    try {
      return open.read(offset, length);
    } finally {
      open.close();
    }
  }

  #bad(why: string): QuicksilverError {
    return new QuicksilverError('corrupt', `${this.file}: the index ${why}`, { file: this.file });
  }
}

/** How many of the ordered texts are at most `key`. */
function countUpTo(ordered: readonly string[], key: string): number {
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ordered[middle]! <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}
