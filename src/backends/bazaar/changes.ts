// Changes between two trees, by file id.
import type { BytePath } from '../../base/bytePath.ts';

export type ChangeKind = 'file' | 'directory' | 'symlink' | 'tree-reference' | 'fifo' | 'socket' | 'device';

/** One side of a change. */
export interface ChangeSide {
  readonly path: BytePath;
  /** Undefined if nothing is there. */
  readonly kind: ChangeKind | undefined;
  readonly executable: boolean;
}

/** A change of a versioned file or directory, or an unknown path: then there is only `after`, and no file id. */
export interface BazaarChange {
  readonly fileId: string | undefined;
  /** Undefined if the old tree does not have the file id. */
  readonly before: ChangeSide | undefined;
  /** Undefined if the new tree does not have it. */
  readonly after: ChangeSide | undefined;
  /** The name or the file id of the directory changed. */
  readonly renamed: boolean;
  /** The content, target or kind changed. */
  readonly content: boolean;
}

/** The letters of the short form: of the file id, of the content, of the execute bit. */
export function lettersOf(change: BazaarChange): string {
  const { before, after, renamed } = change;
  if (change.fileId === undefined) return '?  ';
  const first = renamed ? 'R' : before === undefined ? '+' : after === undefined ? '-' : ' ';
  const executable = after?.kind === 'file' && before?.kind === 'file' && before.executable !== after.executable;
  return `${first}${contentLetter(change)}${executable ? '*' : ' '}`;
}

function contentLetter({ before, after, content }: BazaarChange): string {
  if (before?.kind !== after?.kind) return before?.kind === undefined ? 'N' : after?.kind === undefined ? 'D' : 'K';
  if (before?.kind === undefined) return '!';
  return content ? 'M' : ' ';
}

/** True if the execute bit of a path that both trees have changed. */
export function isExecutableChanged({ before, after }: BazaarChange): boolean {
  return before !== undefined && after !== undefined && before.executable !== after.executable;
}

/** The path a change is listed under: the old one, if there is one. */
export function listedPath({ before, after }: BazaarChange): BytePath {
  return (before ?? after)!.path;
}

/** Orders as Breezy's short form: by the components of the listed path, then as the walk meets them. */
export function inShortOrder(changes: readonly BazaarChange[], ofRevision: boolean): BazaarChange[] {
  return changes
    .map(change => ({ change, key: componentKey(listedPath(change)), walk: walkKey(change, ofRevision) }))
    .sort((a, b) => compare(a.key, b.key) || compare(a.walk, b.walk))
    .map(({ change }) => change);
}

/** Orders as the walk of Breezy meets changes. */
export function inWalkOrder(changes: readonly BazaarChange[], ofRevision: boolean): BazaarChange[] {
  return changes
    .map(change => ({ change, walk: walkKey(change, ofRevision) }))
    .sort((a, b) => compare(a.walk, b.walk))
    .map(({ change }) => change);
}

/** A string that orders as the components of a path do. */
export function componentKey(path: string): string {
  return path.replaceAll('/', '\0');
}

/**
 * The walk meets a directory before its sub-directories, names in order, file ids in order and unknown paths last. A
 * comparison with a revision meets removed paths last of all.
 */
function walkKey({ fileId, before, after }: BazaarChange, ofRevision: boolean): string {
  const { path } = (after ?? before)!;
  const slash = path.lastIndexOf('/');
  const directory = componentKey(path.slice(0, Math.max(0, slash)));
  return `${directory}\0\0${path.slice(slash + 1)}\0\0${fileId === undefined ? '\xff' : ofRevision && after === undefined ? '\xff\xff' : ` ${fileId}`}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
