// The names of trees that the index remembers (extension TREE): where they are valid, nothing below has to be compared.
import { QuicksilverError } from '../../base/errors.ts';
import type { ObjectFormat } from '../objects/objectFormat.ts';

export interface CachedTree {
  /** The tree's name in hexadecimal; undefined if entries below changed since it was known. */
  readonly id: string | undefined;
  /** Entries of the index below, where the name is valid. */
  readonly entryCount: number;
  readonly subtrees: ReadonlyMap<string, CachedTree>;
}

/** Deeper than any path can be. */
const MAX_DEPTH = 4096;
const NO_SUBTREES: ReadonlyMap<string, CachedTree> = new Map();

/** Decodes the extension. Throws 'corrupt' if it is malformed. */
export function decodeCacheTree(bytes: Buffer, format: ObjectFormat, file: string): CachedTree | undefined {
  if (bytes.length === 0) return undefined;
  let at = 0;
  const bad = (): QuicksilverError => new QuicksilverError('corrupt', `${file}: extension TREE is malformed`, { file });
  const until = (byte: number): string => {
    const end = bytes.indexOf(byte, at);
    if (end < 0) throw bad();
    const text = bytes.toString('latin1', at, end);
    at = end + 1;
    return text;
  };
  const number = (text: string): number => {
    if (!/^-?\d{1,10}$/.test(text)) throw bad();
    return Number(text);
  };
  const tree = (depth: number): { name: string; tree: CachedTree } => {
    if (depth > MAX_DEPTH) throw bad();
    const name = until(0);
    const entryCount = number(until(0x20));
    const count = number(until(0x0a));
    let id: string | undefined;
    if (entryCount >= 0) {
      if (at + format.length > bytes.length) throw bad();
      id = bytes.toString('hex', at, at + format.length);
      at += format.length;
    }
    if (count <= 0) return { name, tree: { id, entryCount, subtrees: NO_SUBTREES } };
    const subtrees = new Map<string, CachedTree>();
    for (let i = 0; i < count; i++) {
      const child = tree(depth + 1);
      subtrees.set(child.name, child.tree);
    }
    return { name, tree: { id, entryCount, subtrees } };
  };
  const { tree: root } = tree(0);
  return root;
}
