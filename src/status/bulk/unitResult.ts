// The result of a unit's scan: for each directory that is not surely clean, the names that need a check. Native code
// and JavaScript in another thread produce the same form.
import { compareBytes } from '../../base/bytePath.ts';
import type { FileKind } from '../../base/fileStat.ts';
import type { ListedName } from '../directoryVisit.ts';
import { NO_NODE } from '../types.ts';
import type { DirectoryIndex } from './plan.ts';

/**
 * Three words for each directory with a report: its place, its kind (see below), the number of items. Then three words
 * for each item:
 * - the node of a recorded name, or {@link NO_CHILD};
 * - its kind; for an unrecorded name plus the name's length times 8;
 * - the name's offset in `names`, if it is unrecorded.
 *
 * Directories come in the order of the plan.
 */
export interface UnitResult {
  readonly words: Uint32Array;
  readonly names: Uint8Array;
  /** lstat calls that were made. */
  readonly stats: number;
  readonly directoriesRead: number;
}

/** The items are the only names to check; every other recorded name is present and clean. */
export const PARTIAL = 0;
/** It contains the control directory: it is another repository. */
export const NESTED = 1;
/** Nothing is known of it. */
export const WHOLE = 2;

export const NO_CHILD = 0xffff_ffff;

/** Kinds as they are in the words. */
export const ABSENT = 0;
export const REGULAR = 1;
export const LINK = 2;
export const DIRECTORY = 3;
export const OTHER = 4;
const KINDS: readonly (FileKind | undefined)[] = [undefined, 'file', 'symlink', 'directory', 'other'];

export interface DirectoryResult {
  readonly place: DirectoryIndex;
  readonly what: 'partial' | 'nested' | 'whole';
  /** Ordered: the recorded ones by node, then the others by name. */
  readonly items: readonly ListedName[];
}

/** Reads a unit's result, directory by directory. Throws an Error if it is malformed. */
export function* directoriesOf(result: UnitResult): Generator<DirectoryResult> {
  const { words } = result;
  const names = Buffer.from(result.names.buffer, result.names.byteOffset, result.names.byteLength);
  for (let at = 0; at < words.length;) {
    const place = words[at]!;
    const what = words[at + 1];
    const count = words[at + 2]!;
    at += 3;
    if (what === undefined || what > WHOLE || at + count * 3 > words.length) throw new Error('a malformed unit result');
    const items: ListedName[] = [];
    for (let i = 0; i < count; i++, at += 3) {
      const child = words[at]!;
      const detail = words[at + 1]!;
      const start = words[at + 2]!;
      const kind = KINDS[detail & 7];
      items.push(
        child === NO_CHILD
          ? { node: NO_NODE, name: names.toString('latin1', start, start + (detail >>> 3)), kind }
          : { node: child, name: '', kind },
      );
    }
    items.sort(inOrder);
    // A listing may name a directory twice.
    const once = items.filter(({ node, name }, i) => node !== NO_NODE || name !== items[i - 1]?.name);
    yield { place, what: what === PARTIAL ? 'partial' : what === NESTED ? 'nested' : 'whole', items: once };
  }
}

function inOrder(a: ListedName, b: ListedName): number {
  if (a.node !== b.node) return a.node === NO_NODE ? 1 : b.node === NO_NODE ? -1 : a.node - b.node;
  return compareBytes(a.name, b.name);
}
