// The tree of a revision: what it has for each file id.
import { QuicksilverError } from '../../base/errors.ts';

export type InventoryKind = 'file' | 'directory' | 'symlink' | 'tree-reference';

/** All texts are byte strings. */
export interface InventoryEntry {
  readonly kind: InventoryKind;
  readonly fileId: string;
  /** File id of the directory; undefined for the root. */
  readonly parentId: string | undefined;
  readonly name: string;
  /** The revision that changed it last. With the file id, it names the content. */
  readonly revision: string;
  /** SHA-1 of a file in hexadecimal, target of a link, revision of a nested tree. */
  readonly fingerprint: string;
  readonly executable: boolean;
}

export interface Inventory {
  readonly revision: string;
  readonly rootId: string;
  /** The name of the root node of the map from file ids to entries. */
  readonly entries: string;
}

/** Decodes an inventory. Throws 'corrupt' for damage, 'unsupported' for another way to divide nodes. */
export function parseInventory(bytes: Buffer, file: string): Inventory {
  const bad = (): QuicksilverError => new QuicksilverError('corrupt', `${file}: a damaged inventory`, { file });
  const [head, ...lines] = bytes.toString('latin1').split('\n');
  if (head !== 'chkinventory:') throw bad();
  const fields = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(': ');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 2));
  }
  const field = (name: string, pattern: RegExp): string => {
    const value = fields.get(name);
    if (value === undefined || !pattern.test(value)) throw bad();
    return value;
  };
  const division = fields.get('search_key_name');
  if (division !== 'hash-255-way') {
    throw new QuicksilverError('unsupported', `${file}: inventories divided by '${division ?? 'plain'}'`, { file });
  }
  return {
    revision: field('revision_id', /^./),
    rootId: field('root_id', /^./),
    entries: field('id_to_entry', /^sha1:[0-9a-f]{40}$/),
  };
}

const KINDS: Readonly<Record<string, InventoryKind | undefined>> = {
  file: 'file',
  dir: 'directory',
  symlink: 'symlink',
  tree: 'tree-reference',
};

/** Decodes one entry. Throws 'corrupt' for damage. */
export function parseEntry(text: string, file: string): InventoryEntry {
  const [head = '', parentId, name, revision, fingerprint = '', , executable] = text.split('\n');
  const colon = head.indexOf(': ');
  const kind = KINDS[head.slice(0, Math.max(0, colon))];
  const isNamed = name !== undefined && !name.includes('/') && !name.includes('\0') && name !== '.' && name !== '..';
  if (kind === undefined || !isNamed || parentId === undefined || revision === undefined) {
    throw new QuicksilverError('corrupt', `${file}: a damaged entry of an inventory`, { file });
  }
  return {
    kind,
    fileId: head.slice(colon + 2),
    parentId: parentId === '' ? undefined : parentId,
    name,
    revision,
    fingerprint,
    executable: kind === 'file' && executable === 'Y',
  };
}
