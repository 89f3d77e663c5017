// Finds rewritten changesets, and unstable ones, by the obsolescence markers. The rules come from comparing answers
// with those of Mercurial on random markers: test/differential/historyModel.test.ts.
import { ByteReader } from '../../base/byteReader.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { Vfs } from '../../files/vfs.ts';
import { NODE_LENGTH } from '../store/node.ts';

const MAX_MARKERS_BYTES = 1 << 29;
/** The marker came from mending a phase divergence: what it names as predecessor was public on purpose. */
const FLAG_BUMPED_FIX = 1;
/** Nodes have 32 bytes. */
const FLAG_LONG_NODES = 2;
const LONG_NODE_LENGTH = 32;
/** Bytes of a marker of version 1 before its predecessor. */
const HEADER_LENGTH = 19;

/** One changeset was rewritten as others, or (without successors) dropped. Nodes are byte strings. */
export interface Marker {
  readonly predecessor: string;
  readonly successors: readonly string[];
  readonly isBumpedFix: boolean;
}

/** Returns the markers of a store, in their order. Throws 'corrupt', or 'unsupported' for another version. */
export function readMarkers(vfs: Vfs, storeDirectory: string): Marker[] {
  const file = `${storeDirectory}/obsstore`;
  const bytes = vfs.read(file, MAX_MARKERS_BYTES)?.bytes;
  if (bytes === undefined || bytes.length === 0) return [];
  const version = bytes[0];
  if (version === 0) return readVersion0(bytes, file);
  if (version === 1) return readVersion1(bytes, file);
  throw new QuicksilverError('unsupported', `${file}: obsolescence markers of version ${version} are not supported`, {
    file,
  });
}

/** The markers of larger files are not looked through for a single changeset. */
const MAX_SEARCHED_BYTES = 1 << 26;

/**
 * Returns true if a marker names the changeset as predecessor; undefined if the file is too large to search. Most
 * changesets are in no marker, and one search of the bytes shows it. Throws as {@link readMarkers} does.
 * @param node in hexadecimal
 */
export function isRewritten(vfs: Vfs, storeDirectory: string, node: string): boolean | undefined {
  const file = `${storeDirectory}/obsstore`;
  const size = vfs.targetIdentity(file)?.size ?? 0n;
  if (size > BigInt(MAX_SEARCHED_BYTES)) return undefined;
  const wanted = Buffer.from(node, 'hex');
  if (vfs.read(file, MAX_SEARCHED_BYTES)?.bytes.includes(wanted) !== true) return false;
  const predecessor = wanted.toString('latin1');
  return readMarkers(vfs, storeDirectory).some(each => each.predecessor === predecessor);
}

/** Number of successors, length of metadata, flags, predecessor; then the successors and the metadata. */
function readVersion0(bytes: Buffer, file: string): Marker[] {
  const reader = new ByteReader(bytes, file);
  const markers: Marker[] = [];
  for (let at = 1; at < bytes.length;) {
    const count = reader.u8(at);
    const nodes = nodesAt(reader, at + 6, count + 1, NODE_LENGTH);
    markers.push(marker(nodes, reader.u8(at + 5)));
    at += 6 + (count + 1) * NODE_LENGTH + reader.u32(at + 1);
  }
  return markers;
}

/** Length of the marker, date (8 bytes), zone (2), flags (2), numbers of successors, parents and metadata (1 each). */
function readVersion1(bytes: Buffer, file: string): Marker[] {
  const reader = new ByteReader(bytes, file);
  const markers: Marker[] = [];
  for (let at = 1; at < bytes.length;) {
    const length = reader.u32(at);
    const flags = reader.u16(at + 14);
    const count = reader.u8(at + 16);
    const nodeLength = (flags & FLAG_LONG_NODES) === 0 ? NODE_LENGTH : LONG_NODE_LENGTH;
    if (length < HEADER_LENGTH + (count + 1) * nodeLength) {
      throw new QuicksilverError('corrupt', `${file}: a marker of ${length} bytes`, { file });
    }
    markers.push(marker(nodesAt(reader, at + HEADER_LENGTH, count + 1, nodeLength), flags));
    at += length;
  }
  return markers;
}

function marker([predecessor = '', ...successors]: readonly string[], flags: number): Marker {
  return { predecessor, successors, isBumpedFix: (flags & FLAG_BUMPED_FIX) !== 0 };
}

function nodesAt(reader: ByteReader, at: number, count: number, length: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    Buffer.from(reader.slice(at + index * length, length)).toString('latin1'),
  );
}

/** Facts about a changeset, as bits. */
export const OBSOLETE = 1;
export const ORPHAN = 2;
export const EXTINCT = 4;
export const PHASE_DIVERGENT = 8;
export const CONTENT_DIVERGENT = 16;

export interface ChangesetFacts {
  readonly count: number;
  /** Two numbers for each revision, -1 for none. */
  readonly parents: Int32Array;
  /** A phase's number for each revision. */
  readonly phases: Uint8Array;
  /** The node of a revision, as a byte string. */
  node(revision: number): string;
  /** The revisions of nodes (byte strings) that exist. */
  locate(nodes: ReadonlySet<string>): ReadonlyMap<string, number>;
}

/**
 * Returns the bits of each revision. Public changesets have none.
 *
 * - Obsolete: a marker names it as predecessor.
 * - Orphan: not obsolete, with a parent that is obsolete or an orphan.
 * - Extinct: obsolete, and no orphan descends from it.
 * - Phase-divergent: not obsolete, and it goes back to a public changeset.
 * - Content-divergent: not obsolete, and a changeset that it goes back to has other last successors, too.
 */
export function instabilities(facts: ChangesetFacts, markers: readonly Marker[]): Uint8Array {
  const { count, parents, phases } = facts;
  const bits = new Uint8Array(count);
  if (markers.length === 0) return bits;
  const known = new Markers(facts, markers);
  for (const revision of known.obsolete()) bits[revision] = OBSOLETE;
  const suspended = new Uint8Array(count);
  for (let revision = 0; revision < count; revision++) {
    if (phases[revision] === 0 || bits[revision] === OBSOLETE) continue;
    for (let at = revision * 2; at < revision * 2 + 2; at++) {
      const parent = parents[at]!;
      if (parent >= 0 && (bits[parent]! & (OBSOLETE | ORPHAN)) !== 0) bits[revision] = ORPHAN;
    }
    if (known.hasPredecessor(revision)) bits[revision] = bits[revision]! | known.divergence(revision);
  }
  for (let revision = count - 1; revision >= 0; revision--) {
    const isSuspended = suspended[revision] === 1;
    if ((bits[revision]! & OBSOLETE) !== 0 && !isSuspended) bits[revision] = OBSOLETE | EXTINCT;
    if (!isSuspended && (bits[revision]! & ORPHAN) === 0) continue;
    for (let at = revision * 2; at < revision * 2 + 2; at++) if (parents[at]! >= 0) suspended[parents[at]!] = 1;
  }
  return bits;
}

/** Sets of last successors that a changeset may have; they are few. */
const MAX_SETS = 256;

class Markers {
  readonly #facts: ChangesetFacts;
  /** By predecessor. */
  readonly #after = new Map<string, Marker[]>();
  /** By successor. */
  readonly #before = new Map<string, Marker[]>();
  readonly #revisions: ReadonlyMap<string, number>;
  readonly #sets = new Map<string, readonly (readonly string[])[]>();

  constructor(facts: ChangesetFacts, markers: readonly Marker[]) {
    this.#facts = facts;
    for (const next of markers) {
      addTo(this.#after, next.predecessor, next);
      for (const successor of new Set(next.successors)) addTo(this.#before, successor, next);
    }
    this.#revisions = facts.locate(new Set([...this.#after.keys(), ...this.#before.keys()]));
  }

  *obsolete(): Generator<number> {
    for (const node of this.#after.keys()) {
      const revision = this.#revisions.get(node);
      if (revision !== undefined && this.#facts.phases[revision] !== 0) yield revision;
    }
  }

  hasPredecessor(revision: number): boolean {
    return this.#before.size > 0 && this.#before.has(this.#facts.node(revision));
  }

  divergence(revision: number): number {
    const node = this.#facts.node(revision);
    const isPhaseDivergent = this.#predecessors(node, true).some(before => this.#isPublic(before));
    const isContentDivergent = this.#predecessors(node, false).some(before => this.#lastSuccessors(before).length > 1);
    return (isPhaseDivergent ? PHASE_DIVERGENT : 0) | (isContentDivergent ? CONTENT_DIVERGENT : 0);
  }

  #isPublic(node: string): boolean {
    const revision = this.#revisions.get(node);
    return revision !== undefined && this.#facts.phases[revision] === 0;
  }

  /** Everything that leads to a node. */
  #predecessors(node: string, withoutFixes: boolean): string[] {
    const found = new Set<string>();
    const pending = [node];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      for (const { predecessor, isBumpedFix } of this.#before.get(next) ?? []) {
        if ((withoutFixes && isBumpedFix) || found.has(predecessor)) continue;
        found.add(predecessor);
        pending.push(predecessor);
      }
    }
    return [...found];
  }

  /** The sets of changesets that a node has become, those that are part of another one and empty ones left out. */
  #lastSuccessors(node: string): readonly (readonly string[])[] {
    const stack = [node];
    const isOpen = new Set<string>();
    while (stack.length > 0) {
      const current = stack.at(-1)!;
      if (this.#sets.has(current)) {
        stack.pop();
        continue;
      }
      const markers = this.#after.get(current);
      if (markers === undefined) {
        this.#sets.set(current, this.#revisions.has(current) ? [[current]] : []);
        continue;
      }
      isOpen.add(current);
      // A cycle ends at the changeset that was met first.
      const after = markers.flatMap(({ successors }) => successors);
      for (const next of after) if (isOpen.has(next) && !this.#sets.has(next)) this.#sets.set(next, []);
      const missing = after.find(next => !this.#sets.has(next));
      if (missing !== undefined) stack.push(missing);
      else if (!this.#sets.has(current)) this.#sets.set(current, this.#combined(markers));
      if (this.#sets.has(current)) isOpen.delete(current);
    }
    return (this.#sets.get(node) ?? []).filter(set => set.length > 0);
  }

  /** One set for each choice: a marker, and for each of its successors one of that one's sets. */
  #combined(markers: readonly Marker[]): readonly (readonly string[])[] {
    const all: string[][] = [];
    for (const { successors } of markers) {
      let sets: string[][] = [[]];
      for (const successor of successors) {
        const those = this.#sets.get(successor) ?? [];
        // A part that was dropped leaves the others.
        if (those.length === 0) continue;
        sets = sets.flatMap(set => those.map(more => [...new Set([...set, ...more])])).slice(0, MAX_SETS);
      }
      all.push(...sets);
    }
    const largestFirst = all.filter(set => set.length > 0).sort((a, b) => b.length - a.length);
    const kept: Set<string>[] = [];
    for (const set of largestFirst) {
      if (!kept.some(larger => set.every(node => larger.has(node)))) kept.push(new Set(set));
    }
    return kept.map(set => [...set]);
  }
}

function addTo<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
