// The sparse index (extension `sdir`): an entry of mode 040000 stands for a directory that is not checked out.
import { DIRECTORY_MODE, KIND_MASK } from '../objects/structures.ts';
import type { ObjectFormat } from '../objects/objectFormat.ts';
import { TreeWalkLimits } from '../objects/treeLimits.ts';
import { TreeReader } from '../objects/treeReader.ts';
import type { ObjectStore } from '../objects/objectStore.ts';
import {
  EntryListBuilder,
  EXTENDED,
  idOf,
  modeOf,
  pathOf,
  SKIP_WORKTREE,
  STAT_BYTES,
  type EntryList,
} from './entryList.ts';

/** True if an entry stands for a directory. */
export function hasSparseDirectories(list: EntryList): boolean {
  for (let i = 0; i < list.count; i++) if ((modeOf(list, i) & KIND_MASK) === DIRECTORY_MODE) return true;
  return false;
}

/**
 * Replaces entries for directories by the files of their trees, with the bit skip-worktree and without stat. Throws
 * 'unsupported' beyond {@link TreeWalkLimits}.
 */
export function expandSparseIndex(list: EntryList, store: ObjectStore): EntryList {
  const { format } = store;
  const expanded: { readonly path: string; readonly mode: number; readonly id: string }[] = [];
  const limits = new TreeWalkLimits();
  const trees = new TreeReader(store);
  const plan: (number | { readonly from: number; readonly to: number })[] = [];
  for (let i = 0; i < list.count; i++) {
    if ((modeOf(list, i) & KIND_MASK) !== DIRECTORY_MODE) {
      plan.push(i);
      continue;
    }
    const from = expanded.length;
    expand({ trees, limits, files: expanded }, pathOf(list, i), idOf(list, i, format), 1);
    plan.push({ from, to: expanded.length });
  }
  const builder = new EntryListBuilder();
  const own = builder.addSource(list);
  const paths = expanded.map(({ path }) => path).join('');
  const made = builder.addSource({ bytes: fixedParts(expanded, format), names: Buffer.from(paths, 'latin1') });
  const length = STAT_BYTES + format.length + 4;
  let name = made.name;
  for (const item of plan) {
    if (typeof item === 'number') {
      builder.add(list.at[item]! + own.at, list.pathOffset[item]! + own.name, list.pathLength[item]!);
      continue;
    }
    for (let i = item.from; i < item.to; i++) {
      builder.add(made.at + i * length, name, expanded[i]!.path.length);
      name += expanded[i]!.path.length;
    }
  }
  return builder.build();
}

interface Expansion {
  readonly trees: TreeReader;
  readonly limits: TreeWalkLimits;
  readonly files: { readonly path: string; readonly mode: number; readonly id: string }[];
}

function expand(expansion: Expansion, directory: string, tree: string, depth: number): void {
  const { trees, limits, files } = expansion;
  limits.tree(depth);
  for (const { mode, name, id } of trees.read(tree)) {
    if (mode === DIRECTORY_MODE) {
      expand(expansion, `${directory}${name}/`, id, depth + 1);
      continue;
    }
    const path = directory + name;
    limits.file(path.length);
    files.push({ path, mode, id });
  }
}

function fixedParts(files: readonly { readonly mode: number; readonly id: string }[], format: ObjectFormat): Buffer {
  const length = STAT_BYTES + format.length + 4;
  const bytes = Buffer.alloc(files.length * length);
  files.forEach(({ mode, id }, i) => {
    bytes.writeUInt32BE(mode, i * length + 24);
    bytes.write(id, i * length + STAT_BYTES, 'hex');
    bytes.writeUInt16BE(EXTENDED, i * length + STAT_BYTES + format.length);
    bytes.writeUInt16BE(SKIP_WORKTREE, i * length + STAT_BYTES + format.length + 2);
  });
  return bytes;
}
