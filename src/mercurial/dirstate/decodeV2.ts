// Version 2 of the dirstate: a small docket names a data file and the place of the tree in it.
import { QuicksilverError } from '../../base/errors.ts';
import { ByteReader } from '../../base/byteReader.ts';
import { checkComponent, type NameRules } from './component.ts';
import {
  ENTRY_MASK,
  HAS_MODE_AND_SIZE,
  HAS_MTIME,
  allocateNodes,
  columns,
  compareRanges,
  finishTable,
  type NodeTable,
} from './nodeTable.ts';
import { MAX_DEPTH, beyondLimits, treeLimits } from './treeLimits.ts';

export const V2_MARKER = Buffer.from('dirstate-v2\n', 'latin1');

/** The longest docket: its fields and a data file id of 255 bytes. As in Mercurial, bytes after it are ignored. */
export const MAX_DOCKET_LENGTH = 125 + 255;

export const NODE_LENGTH = 44;

const LOW_31_BITS = 0x7fffffff;

/** The decoded docket. */
export interface Docket {
  /** 40 hexadecimal digits. */
  readonly p1: string;
  readonly p2: string;
  readonly rootOffset: number;
  readonly rootCount: number;
  /** Hash of the ignore patterns that the cached directory mtimes are valid for; 20 bytes. */
  readonly ignoreHash: Uint8Array;
  /** Bytes of the data file that count. */
  readonly usedSize: number;
  /** The data file is `dirstate.<dataId>`. '' only if there is none. */
  readonly dataId: string;
}

/** Decodes a docket. Throws a QuicksilverError, 'corrupt'. */
export function decodeDocket(bytes: Uint8Array, file: string): Docket {
  const reader = new ByteReader(bytes, file);
  const dataId = reader.byteString(125, reader.u8(124));
  const usedSize = reader.u32(120);
  // The id becomes part of a file name.
  if (!/^[0-9A-Za-z_-]*$/.test(dataId) || (dataId === '' && usedSize > 0)) {
    throw new QuicksilverError('corrupt', `${file}: ${JSON.stringify(dataId)} cannot be the id of a data file`, {
      file,
    });
  }
  return {
    p1: reader.hex(12, 20),
    p2: reader.hex(44, 20),
    rootOffset: reader.u32(76),
    rootCount: reader.u32(80),
    ignoreHash: Uint8Array.from(reader.slice(100, 20)),
    usedSize,
    dataId,
  };
}

/**
 * Decodes a version 2 data file in one pass from the root. It checks every offset. A child's path must be its parent's
 * path, a slash and its name. The data's size limits the number of nodes, and so time and memory, whatever the data
 * contains.
 *
 * Throws a QuicksilverError: 'corrupt', or 'unsupported' for a tree that is deeper than {@link MAX_DEPTH} or whose
 * paths overlap too much.
 *
 * native/decode_v2.c is the same decoder in C.
 *
 * @param bytes the used part of the data file
 * @param shared true to make the columns in memory that threads can share
 */
export function decodeV2(bytes: Buffer, docket: Docket, rules: NameRules, shared = false): NodeTable {
  return new Decoder(bytes, rules, shared).decode(docket);
}

class Decoder {
  readonly #bytes: Buffer;
  /** Reads numbers several times as fast as a Buffer's own methods. */
  readonly #view: DataView;
  readonly #rules: NameRules;
  readonly #nodes: NodeTable;
  readonly #most: number;
  /**
   * Bytes of paths and copy sources that nodes may still name. They may overlap in the file. Without a limit, a small
   * crafted file could cost hours and gigabytes.
   */
  #budget: number;

  constructor(bytes: Buffer, rules: NameRules, shared: boolean) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#rules = rules;
    this.#most = Math.floor(bytes.length / NODE_LENGTH) + 1;
    this.#nodes = allocateNodes(bytes, this.#most, true, shared);
    this.#budget = treeLimits(bytes.length).pathBytes;
  }

  decode(docket: Docket): NodeTable {
    const nodes = this.#nodes;
    let next = this.#children(0, docket.rootOffset, docket.rootCount, 1);
    // Parents come before their children, so the nodes still to visit are those after the current one. All nodes of one
    // depth come before those of the next.
    let depth = 0;
    let deeper = next;
    for (let node = 1; node < next; node++) {
      if (node === deeper) {
        depth++;
        deeper = next;
      }
      if (depth === MAX_DEPTH && nodes.childCount[node]! > 0) {
        throw beyondLimits(this.#rules.file, `its tree is more than ${MAX_DEPTH} directories deep`);
      }
      next = this.#children(node, nodes.firstChild[node]!, nodes.childCount[node]!, next);
    }
    return finishTable(nodes, next);
  }

  /** Reads the children of `parent` into the nodes from `first` on; returns the first node that is free after them. */
  #children(parent: number, offset: number, count: number, first: number): number {
    const nodes = this.#nodes;
    nodes.firstChild[parent] = first;
    nodes.childCount[parent] = count;
    if (count === 0) return first;
    if (offset + count * NODE_LENGTH > this.#bytes.length) {
      throw this.#corrupt(`${count} nodes at byte ${offset} lie outside its ${this.#bytes.length} used bytes`);
    }
    if (first + count > this.#most) throw this.#corrupt('it has more nodes than it has room for: some are used twice');
    nodes.sourceOffset![parent] = offset;

    let sorted = true;
    for (let i = 0; i < count; i++) {
      const node = first + i;
      this.#node(parent, node, offset + i * NODE_LENGTH);
      if (i > 0 && sorted) sorted = this.#compareNames(node - 1, node) < 0;
    }
    if (!sorted) nodes.childCount[parent] = this.#sort(first, count);
    return first + nodes.childCount[parent];
  }

  #node(parent: number, node: number, at: number): void {
    const nodes = this.#nodes;
    const bytes = this.#bytes;
    const view = this.#view;
    const pathOffset = view.getUint32(at);
    const pathLength = view.getUint16(at + 4);
    const baseStart = view.getUint16(at + 6);
    const copyOffset = view.getUint32(at + 8);
    const copyLength = view.getUint16(at + 12);
    if (pathOffset + pathLength > bytes.length || copyOffset + copyLength > bytes.length) {
      throw this.#corrupt(`the node at byte ${at} has a path outside its ${bytes.length} used bytes`);
    }
    this.#budget -= pathLength + (copyOffset === 0 ? 0 : copyLength);
    if (this.#budget < 0) throw beyondLimits(this.#rules.file, 'its paths and copy sources overlap too much');
    this.#checkPath(parent, at, pathOffset, pathLength, baseStart);
    nodes.pathOffset[node] = pathOffset;
    nodes.pathLength[node] = pathLength;
    nodes.baseStart[node] = baseStart;
    nodes.copyOffset[node] = copyOffset;
    nodes.copyLength[node] = copyOffset === 0 ? 0 : copyLength;
    // As they are in the file; they become node numbers when this node's children are read.
    nodes.firstChild[node] = view.getUint32(at + 14);
    nodes.childCount[node] = view.getUint32(at + 18);
    const size = view.getUint32(at + 32);
    const seconds = view.getUint32(at + 36);
    let flags = view.getUint16(at + 30);
    // Both have 31 bits. With more, Mercurial takes the size for unknown, and the time equals no file's.
    if (size > LOW_31_BITS) flags &= ~HAS_MODE_AND_SIZE;
    if (seconds > LOW_31_BITS) flags &= ~HAS_MTIME;
    const hasMtime = (flags & HAS_MTIME) !== 0;
    nodes.flags[node] = flags;
    nodes.size[node] = (flags & HAS_MODE_AND_SIZE) === 0 ? 0 : size;
    nodes.mtimeSeconds[node] = hasMtime ? seconds : 0;
    nodes.mtimeNanoseconds[node] = hasMtime ? view.getUint32(at + 40) : 0;
  }

  #checkPath(parent: number, at: number, offset: number, length: number, baseStart: number): void {
    const nodes = this.#nodes;
    const bytes = this.#bytes;
    const parentLength = nodes.pathLength[parent]!;
    const expectedStart = parent === 0 ? 0 : parentLength + 1;
    if (baseStart !== expectedStart || length < baseStart) {
      throw this.#corrupt(`the node at byte ${at} has a name that does not follow its directory's path`);
    }
    if (parent !== 0) {
      const parentOffset = nodes.pathOffset[parent]!;
      const same =
        bytes[offset + parentLength] === 0x2f &&
        (offset === parentOffset || sameBytes(bytes, offset, parentOffset, parentLength));
      if (!same) throw this.#corrupt(`the node at byte ${at} has a path that is not below its directory's`);
    }
    checkComponent(bytes, offset + baseStart, length - baseStart, parent === 0, this.#rules);
  }

  #compareNames(a: number, b: number): number {
    const nodes = this.#nodes;
    const aStart = nodes.baseStart[a]!;
    const bStart = nodes.baseStart[b]!;
    return compareRanges(
      this.#bytes,
      nodes.pathOffset[a]! + aStart,
      nodes.pathLength[a]! - aStart,
      this.#bytes,
      nodes.pathOffset[b]! + bStart,
      nodes.pathLength[b]! - bStart,
    );
  }

  /**
   * Sorts children and merges nodes of one name. Returns the number of remaining nodes.
   *
   * Mercurial's order allows such nodes: a removed file 'd', a file 'd.x' and a directory 'd' are three nodes in that
   * order. The merged node takes the last entry, and the children of the node that has some.
   */
  #sort(first: number, count: number): number {
    const order = Uint32Array.from({ length: count }, (_, i) => first + i);
    order.sort((a, b) => this.#compareNames(a, b) || a - b);
    this.#permute(first, order);
    const nodes = this.#nodes;
    let last = first;
    for (let node = first + 1; node < first + count; node++) {
      if (this.#compareNames(last, node) !== 0) {
        last++;
        this.#copyNode(node, last);
        continue;
      }
      const children = nodes.childCount[last]! > 0 ? last : node;
      if (children === last && nodes.childCount[node]! > 0) throw this.#corrupt('a directory is there twice');
      const firstChild = nodes.firstChild[children]!;
      const childCount = nodes.childCount[children]!;
      // A directory node that comes after an entry of its name has no entry to replace that one with.
      if ((nodes.flags[node]! & ENTRY_MASK) !== 0 || (nodes.flags[last]! & ENTRY_MASK) === 0) {
        this.#copyNode(node, last);
      }
      nodes.firstChild[last] = firstChild;
      nodes.childCount[last] = childCount;
    }
    return last + 1 - first;
  }

  /** Puts the nodes in `order` at `first` and after. */
  #permute(first: number, order: Uint32Array): void {
    for (const column of columns(this.#nodes)) {
      const values = Array.from(order, node => column[node]!);
      column.set(values, first);
    }
  }

  #copyNode(from: number, to: number): void {
    if (from !== to) for (const column of columns(this.#nodes)) column[to] = column[from]!;
  }

  #corrupt(message: string): QuicksilverError {
    return new QuicksilverError('corrupt', `${this.#rules.file}: ${message}`, { file: this.#rules.file });
  }
}

function sameBytes(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[a + i] !== bytes[b + i]) return false;
  return true;
}
