// A map whose nodes are named by the hash of their content (CHK): an inventory. Equal names are equal subtrees, so that
// comparing two maps costs what differs.
import { crc32 } from '../dirstate/checksum.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { PackStore } from './packStore.ts';

const MAX_DEPTH = 64;
const NODE_NAME = /^sha1:[0-9a-f]{40}$/;

export type ChkNode =
  | {
      readonly type: 'leaf';
      /** Values by key. */
      readonly items: ReadonlyMap<string, string>;
    }
  | {
      readonly type: 'internal';
      /** Names of nodes by the beginning of search keys, all of one length. */
      readonly children: ReadonlyMap<string, string>;
      readonly width: number;
    };

/** Decodes a node. Throws 'corrupt' for damage. */
export function parseChkNode(bytes: Buffer, file: string): ChkNode {
  const bad = (): QuicksilverError =>
    new QuicksilverError('corrupt', `${file}: a damaged node of an inventory`, { file });
  const text = bytes.toString('latin1');
  let at = 0;
  const line = (): string => {
    const end = text.indexOf('\n', at);
    if (end < 0) throw bad();
    const found = text.slice(at, end);
    at = end + 1;
    return found;
  };
  const type = line();
  const numbers = [line(), line(), line()];
  if (!numbers.every(number => /^\d{1,10}$/.test(number))) throw bad();
  const prefix = line();
  if (type === 'chkleaf:') {
    const items = new Map<string, string>();
    while (at < text.length) {
      const head = line();
      const nul = head.lastIndexOf('\0');
      const count = head.slice(nul + 1);
      if (nul < 0 || !/^\d{1,6}$/.test(count)) throw bad();
      const lines: string[] = [];
      for (let i = 0; i < Number(count); i++) lines.push(line());
      items.set(prefix + head.slice(0, nul), lines.join('\n'));
    }
    if (items.size !== Number(numbers[2])) throw bad();
    return { type: 'leaf', items };
  }
  if (type !== 'chknode:') throw bad();
  const children = new Map<string, string>();
  let width: number | undefined;
  while (at < text.length) {
    const whole = prefix + line();
    const nul = whole.lastIndexOf('\0');
    const name = whole.slice(nul + 1);
    const key = whole.slice(0, nul);
    if (nul < 1 || !NODE_NAME.test(name) || (width ??= key.length) !== key.length) throw bad();
    children.set(key, name);
  }
  if (width === undefined) throw bad();
  return { type: 'internal', children, width };
}

/** The form of a key by which nodes are divided. */
export function searchKey(key: string): string {
  const hash = Buffer.alloc(4);
  hash.writeUInt32BE(crc32(Buffer.from(key, 'latin1')));
  return hash.toString('latin1').replaceAll('\n', '_');
}

/** Called with the values of a key that differ; undefined where a map does not have it. */
export type ChkDifference = (key: string, before: string | undefined, after: string | undefined) => void;

export class ChkMaps {
  readonly #store: PackStore;

  constructor(store: PackStore) {
    this.#store = store;
  }

  /** Returns the value of a key in the map whose root node has this name. */
  get(root: string, key: string): string | undefined {
    const search = searchKey(key);
    let name = root;
    for (let depth = 0; depth < MAX_DEPTH; depth++) {
      const node = this.#node(name);
      if (node.type === 'leaf') return node.items.get(key);
      const child = node.children.get(search.slice(0, node.width));
      if (child === undefined) return undefined;
      name = child;
    }
    throw this.#tooDeep();
  }

  /** Compares two maps; undefined stands for an empty one. */
  compare(before: string | undefined, after: string | undefined, difference: ChkDifference, depth = 0): void {
    if (before === after) return;
    if (depth > MAX_DEPTH) throw this.#tooDeep();
    const old = before === undefined ? undefined : this.#node(before);
    const own = after === undefined ? undefined : this.#node(after);
    if (old?.type === 'internal' && own?.type === 'internal' && old.width === own.width) {
      for (const key of new Set([...old.children.keys(), ...own.children.keys()])) {
        this.compare(old.children.get(key), own.children.get(key), difference, depth + 1);
      }
      return;
    }
    const [oldItems, ownItems] = [this.#items(old), this.#items(own)];
    for (const [key, value] of oldItems) if (ownItems.get(key) !== value) difference(key, value, ownItems.get(key));
    for (const [key, value] of ownItems) if (!oldItems.has(key)) difference(key, undefined, value);
  }

  #items(node: ChkNode | undefined): ReadonlyMap<string, string> {
    if (node === undefined) return new Map();
    if (node.type === 'leaf') return node.items;
    const items = new Map<string, string>();
    const pending: { readonly node: ChkNode; readonly depth: number }[] = [{ node, depth: 0 }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (next.depth > MAX_DEPTH) throw this.#tooDeep();
      if (next.node.type === 'leaf') {
        for (const [key, value] of next.node.items) items.set(key, value);
      } else {
        for (const name of next.node.children.values()) {
          pending.push({ node: this.#node(name), depth: next.depth + 1 });
        }
      }
    }
    return items;
  }

  #node(name: string): ChkNode {
    const file = this.#store.directory;
    const bytes = this.#store.read('cix', name);
    if (bytes === undefined) throw new QuicksilverError('corrupt', `${file}: node ${name} is missing`, { file });
    return parseChkNode(bytes, file);
  }

  #tooDeep(): QuicksilverError {
    const file = this.#store.directory;
    return new QuicksilverError('corrupt', `${file}: an inventory is nested too deeply`, { file });
  }
}
