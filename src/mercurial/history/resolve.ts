// Resolves names of revisions: the symbols of Mercurial's revision sets in its order of precedence, without set
// operators.
import { fromDisplay, toDisplay } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { NULL_REVISION } from './revisionGraph.ts';

/** A changeset by its number (-1 is the empty one), or the working copy. */
export type ResolvedRevision = number | 'working-copy';

/** Where names are looked up. Names are byte strings. */
export interface RevisionNames {
  /** Number of changesets, hidden ones too. */
  readonly count: number;
  /** Parents of the working copy; -1 for none. */
  parents(): readonly [number, number];
  isHidden(revision: number): boolean;
  /** The revision with this node (40 hexadecimal digits), or -1. */
  node(hex: string): number;
  /** Revisions whose nodes begin so, at most `limit`. */
  prefix(hex: string, limit: number): number[];
  bookmark(name: string): number | undefined;
  tag(name: string): number | undefined;
  branch(name: string): number | undefined;
  /** Hexadecimal, for messages. */
  nodeOf(revision: number): string;
}

/** Mercurial's number for the working copy. */
const WORKING_COPY_NUMBER = 2 ** 31 - 1;
const MAX_CANDIDATES = 10;

/**
 * Finds the revision that `text` names:
 * - a number (negative ones count from the end), a full or abbreviated node;
 * - '.', 'tip', 'null', 'p1()', 'p2()', 'wdir()';
 * - a bookmark, a tag or a branch.
 *
 * @throws 'unknown-revision' if no revision matches, it is hidden, or a node is ambiguous (with the candidates)
 * @throws 'usage' for other expressions of Mercurial's language for revision sets
 */
export function resolveRevision(text: string, names: RevisionNames): ResolvedRevision {
  const named = findSymbol(text, names);
  if (named !== undefined) return named;
  const symbol = unquote(text.trim());
  if (symbol === '') throw new QuicksilverError('usage', 'a revision has an empty name');
  switch (symbol.replace(/\s/g, '')) {
    case 'p1()':
      return parent(names.parents()[0], symbol);
    case 'p2()':
      return parent(names.parents()[1], symbol);
    case 'wdir()':
      return 'working-copy';
  }
  const found = symbol === text ? undefined : findSymbol(symbol, names);
  if (found !== undefined) return found;
  if (/[()^~:&|!#,"'%+\s]|^-.*[^0-9]|\S-\S.*\(|\bor\b|\band\b|\bnot\b/.test(symbol)) throw notSupported(text);
  throw new QuicksilverError('unknown-revision', `unknown revision '${symbol}'`);
}

/**
 * Finds the revision with exactly this name. Mercurial's order is: built-in names, numbers, nodes, names, abbreviated
 * nodes.
 */
function findSymbol(text: string, names: RevisionNames): ResolvedRevision | undefined {
  if (text === '') return undefined;
  if (text === 'null') return NULL_REVISION;
  if (text === '.') return names.parents()[0];
  if (text === 'tip') return lastVisible(names);
  const number = /^(?:0|-?[1-9]\d{0,9})$/.test(text) ? Number(text) : undefined;
  if (number === WORKING_COPY_NUMBER) return 'working-copy';
  const revision = number !== undefined && number < 0 ? number + names.count : number;
  if (revision !== undefined && revision >= 0 && revision < names.count) return visible(revision, text, names);
  const hex = text.toLowerCase();
  const isHex = /^[0-9a-f]{1,40}$/.test(hex);
  if (isHex && hex.length === 40) {
    const found = wellKnownNode(hex) ?? names.node(hex);
    if (found !== -1 || isAll(hex, '0')) return found === 'working-copy' ? found : visible(found, text, names);
  }
  const bytes = fromDisplay(text);
  const named = names.bookmark(bytes) ?? names.tag(bytes) ?? names.branch(bytes);
  if (named !== undefined) return visible(named, text, names);
  return isHex && hex.length < 40 ? byPrefix(hex, text, names) : undefined;
}

function byPrefix(hex: string, text: string, names: RevisionNames): ResolvedRevision | undefined {
  const found = names.prefix(hex, MAX_CANDIDATES + 1);
  const known = wellKnownNode(hex);
  if (found.length + (known === undefined ? 0 : 1) > 1) {
    const candidates = found.slice(0, MAX_CANDIDATES).map(revision => `${revision}:${names.nodeOf(revision)}`);
    if (found.length > MAX_CANDIDATES) candidates.push('and more');
    if (known !== undefined) candidates.push(known === 'working-copy' ? 'the working copy' : 'null');
    throw new QuicksilverError('unknown-revision', `'${text}' is ambiguous: it can be ${candidates.join(', ')}`);
  }
  if (known !== undefined) return known;
  return found[0] === undefined ? undefined : visible(found[0], text, names);
}

/** The nodes that stand for no changeset: all zeros for the empty revision, all ones for the working copy. */
function wellKnownNode(hex: string): ResolvedRevision | undefined {
  return isAll(hex, '0') ? NULL_REVISION : isAll(hex, 'f') ? 'working-copy' : undefined;
}

function isAll(text: string, digit: string): boolean {
  return text === digit.repeat(text.length);
}

function lastVisible(names: RevisionNames): number {
  let revision = names.count - 1;
  while (revision >= 0 && names.isHidden(revision)) revision--;
  return revision;
}

function visible(revision: number, text: string, names: RevisionNames): number {
  if (revision < 0 || !names.isHidden(revision)) return revision;
  throw new QuicksilverError('unknown-revision', `revision '${text}' is hidden: it was rewritten or is internal`);
}

function parent(revision: number, symbol: string): number {
  if (revision >= 0) return revision;
  throw new QuicksilverError('unknown-revision', `${symbol} is no revision: the working copy has no such parent`);
}

function unquote(text: string): string {
  const match = /^(['"])([^'"\\]*)\1$/.exec(text);
  return match?.[2] ?? text;
}

function notSupported(text: string): QuicksilverError {
  return new QuicksilverError(
    'usage',
    `'${toDisplay(text)}' is not the name of a revision, and sets of revisions are not supported: a revision can be a ` +
      "number, a node or its beginning, '.', 'tip', 'null', 'p1()', 'p2()', 'wdir()', a branch, a tag or a bookmark",
  );
}
