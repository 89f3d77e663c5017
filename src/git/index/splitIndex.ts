// The split index (extension `link`): most entries stand in a shared file, the index itself has what differs from it.
import { QuicksilverError } from '../../base/errors.ts';
import type { ObjectFormat } from '../objects/objectFormat.ts';
import type { DecodedIndex } from './decodeIndex.ts';
import { compareEntries, EntryListBuilder, type EntryList } from './entryList.ts';
import { decodeEwah } from './ewah.ts';

/** Returns the name of the shared file beside the index; undefined if the extension names none. */
export function sharedIndexName(link: Buffer, format: ObjectFormat, file: string): string | undefined {
  if (link.length < format.length) {
    throw new QuicksilverError('corrupt', `${file}: extension link is truncated`, { file });
  }
  const id = link.toString('hex', 0, format.length);
  return id === format.nullId ? undefined : `sharedindex.${id}`;
}

/**
 * Puts the entries of an index and of its shared file together. Two bitmaps over the shared entries mark the deleted
 * and the replaced ones. Replacements come first in the index, in the order of the bits, without names.
 * Throws 'corrupt' if they do not fit together.
 */
export function joinSplitIndex(own: DecodedIndex, shared: DecodedIndex, format: ObjectFormat, file: string): EntryList {
  const link = own.extensions.get('link')!;
  const bad = (why: string): QuicksilverError => new QuicksilverError('corrupt', `${file}: ${why}`, { file });
  const base = shared.entries;
  let deleted: ReadonlySet<number> = new Set();
  let replaced: readonly number[] = [];
  if (link.length > format.length) {
    const first = decodeEwah(link, format.length, base.count, file);
    deleted = new Set(first.set);
    replaced = decodeEwah(link, first.end, base.count, file).set;
  }
  const builder = new EntryListBuilder();
  const { entries } = own;
  const ownOffset = builder.addSource(entries);
  const baseOffset = builder.addSource(base);
  if (replaced.length > entries.count) throw bad('replaces more shared entries than it has');
  const replacement = new Map(replaced.map((shared, own) => [shared, own]));
  for (let i = 0; i < entries.count; i++) {
    if ((entries.pathLength[i] === 0) !== i < replaced.length) throw bad(`entry ${i} has a name that cannot be`);
  }
  const addOwn = (i: number): void =>
    builder.add(entries.at[i]! + ownOffset.at, entries.pathOffset[i]! + ownOffset.name, entries.pathLength[i]!);
  let next = replaced.length;
  for (let i = 0; i < base.count; i++) {
    while (next < entries.count && compareEntries(entries, next, base, i, format) < 0) addOwn(next++);
    // An own entry of the same path and stage takes the place of the shared one.
    const isSame = next < entries.count && compareEntries(entries, next, base, i, format) === 0;
    if (deleted.has(i) || isSame) continue;
    const own = replacement.get(i);
    const at = own === undefined ? base.at[i]! + baseOffset.at : entries.at[own]! + ownOffset.at;
    builder.add(at, base.pathOffset[i]! + baseOffset.name, base.pathLength[i]!);
  }
  while (next < entries.count) addOwn(next++);
  return builder.build();
}
