// Phases decide whether a changeset may still be changed and exchanged. Mercurial stores the roots of each phase. A
// changeset has the highest phase of all its ancestors.
import type { Phase } from '../../base/repositoryState.ts';
import * as path from 'node:path';
import { QuicksilverError } from '../../base/errors.ts';
import { linesOf } from '../../base/lines.ts';
import { RevisionGraph } from './revisionGraph.ts';
import type { Changelog } from '../store/changelog.ts';
import { isNodeHex } from '../store/node.ts';
import type { Vfs } from '../../files/vfs.ts';

/** The stored number of each phase; the higher wins. All are below 256, which arrays of phases rely on. */
export type PhaseNumber = 0 | 1 | 2 | 32 | 96;

export interface PhaseRoot {
  readonly phase: PhaseNumber;
  /** Hexadecimal. */
  readonly node: string;
}

/** The file in the store; without it, everything is public. */
export const PHASE_ROOTS_FILE = 'phaseroots';

const NAMES: ReadonlyMap<number, Phase> = new Map<PhaseNumber, Phase>([
  [0, 'public'],
  [1, 'draft'],
  [2, 'secret'],
  [32, 'archived'],
  [96, 'internal'],
]);

const DRAFT = 1;

const MAX_BYTES = 64 * 1024 * 1024;
/**
 * The most revisions among which ancestors are searched: a tenth of a second, and more than any known repository has.
 */
const MAX_RANGE = 1 << 23;
/** Revisions of the index that are searched for roots at a time. */
const BLOCK = 1 << 13;

function isPhase(number: number): number is PhaseNumber {
  return NAMES.has(number);
}

/**
 * Reads lines with a phase's number and a node. Throws 'corrupt' for anything else. Throws 'unsupported' for an unknown
 * phase, where Mercurial ends with an exception.
 */
export function readPhaseRoots(vfs: Vfs, storeDirectory: string): PhaseRoot[] {
  const file = path.join(storeDirectory, PHASE_ROOTS_FILE);
  const text = vfs.read(file, MAX_BYTES)?.bytes.toString('latin1') ?? '';
  const roots: PhaseRoot[] = [];
  let i = -1;
  for (const line of linesOf(text)) {
    i++;
    if (line === '') continue;
    const [number = '', node = '', ...more] = line.split(' ');
    if (!/^\d{1,20}$/.test(number) || !isNodeHex(node) || more.length > 0) {
      throw new QuicksilverError('corrupt', `${file}:${i + 1}: not a phase and a node`, { file, line: i + 1 });
    }
    const phase = Number(number);
    if (!isPhase(phase)) {
      throw new QuicksilverError('unsupported', `${file}:${i + 1}: the phase ${number} is not known`, {
        file,
        line: i + 1,
      });
    }
    roots.push({ phase, node });
  }
  return roots;
}

/** Finds phases; remembers which revisions the roots are, so that each is looked for once. */
export class PhaseFinder {
  readonly #changelog: Changelog;
  #revisions = new Map<string, number>();
  #generation = -1;

  constructor(changelog: Changelog) {
    this.#changelog = changelog;
  }

  /**
   * Returns the phase of a revision. As in Mercurial, roots that do not exist are ignored. Reads the index from the
   * revision down to the oldest root of a possible phase, which mostly is near; undefined if that is too far.
   */
  phaseOf(revision: number, roots: readonly PhaseRoot[]): Phase | undefined {
    const phases = this.#rootsUpTo(revision, roots);
    // For each root from the newest down, keep the highest phase of it and all older roots. The search ends where no
    // higher phase is possible.
    const ordered = [...phases].sort(([a], [b]) => a - b);
    let highest = 0;
    const highestUpTo = ordered.map(([root, phase]) => [root, (highest = Math.max(highest, phase))] as const);
    const oldest = ordered[0]?.[0];
    if (oldest === undefined) return 'public';
    if (revision - oldest >= MAX_RANGE) return undefined;
    const graph = new RevisionGraph(this.#changelog.revlog);
    const isAncestor = new Uint8Array(revision - oldest + 1);
    isAncestor[revision - oldest] = 1;
    let found = 0;
    for (let at = revision; at >= oldest; at--) {
      while (highestUpTo.length > 0 && highestUpTo.at(-1)![0] > at) highestUpTo.pop();
      if (highestUpTo.length === 0 || highestUpTo.at(-1)![1] <= found) break;
      if (isAncestor[at - oldest] === 0) continue;
      found = Math.max(found, phases.get(at) ?? 0);
      for (const parent of graph.parents(at)) if (parent >= oldest) isAncestor[parent - oldest] = 1;
    }
    return NAMES.get(found);
  }

  /**
   * Counts the drafts among the ancestors of a revision, itself included: the changesets a push would publish. The
   * remote is not asked. Reads the index down to the oldest root at or below the revision; undefined if that is too
   * far.
   */
  draftAncestors(revision: number, roots: readonly PhaseRoot[]): number | undefined {
    const phases = this.#rootsUpTo(revision, roots);
    let oldest = revision + 1;
    for (const root of phases.keys()) oldest = Math.min(oldest, root);
    if (revision - oldest >= MAX_RANGE) return undefined;
    const graph = new RevisionGraph(this.#changelog.revlog);
    const isAncestor = new Uint8Array(revision - oldest + 1);
    isAncestor[revision - oldest] = 1;
    for (let at = revision; at > oldest; at--) {
      if (isAncestor[at - oldest] === 0) continue;
      for (const parent of graph.parents(at)) if (parent >= oldest) isAncestor[parent - oldest] = 1;
    }
    const found = new Uint8Array(isAncestor.length);
    let drafts = 0;
    for (let at = oldest; at <= revision; at++) {
      if (isAncestor[at - oldest] === 0) continue;
      let phase = phases.get(at) ?? 0;
      for (const parent of graph.parents(at)) if (parent >= oldest) phase = Math.max(phase, found[parent - oldest]!);
      found[at - oldest] = phase;
      if (phase === DRAFT) drafts++;
    }
    return drafts;
  }

  /** The phases of the roots that exist and are no newer, by their revisions. */
  #rootsUpTo(revision: number, roots: readonly PhaseRoot[]): Map<number, number> {
    this.#locate(roots);
    const phases = new Map<number, number>();
    for (const { phase, node } of roots) {
      const root = this.#revisions.get(node) ?? -1;
      if (root >= 0 && root <= revision) phases.set(root, Math.max(phase, phases.get(root) ?? 0));
    }
    return phases;
  }

  /** Finds the revisions of all roots that are not known yet. */
  #locate(roots: readonly PhaseRoot[]): void {
    const { revlog } = this.#changelog;
    if (this.#generation !== revlog.generation) {
      // Another index was read, mostly the same with more in it.
      const sure = [...this.#revisions].filter(
        ([node, revision]) =>
          revision >= 0 && revision < revlog.length && revlog.entry(revision).node.toString('hex') === node,
      );
      this.#revisions = new Map(sure);
      this.#generation = revlog.generation;
    }
    const missing = new Set(roots.map(({ node }) => node).filter(node => !this.#revisions.has(node)));
    const found = locateRoots(this.#changelog, missing);
    for (const node of missing) this.#revisions.set(node, found.get(node) ?? -1);
  }
}

/** The name of a phase's number; undefined if there is no such phase. */
export function phaseName(number: number): Phase | undefined {
  return NAMES.get(number);
}

/**
 * Returns the phase's number of each revision.
 * @param parents two for each revision, -1 for none
 */
export function phasesOfAll(
  changelog: Changelog,
  parents: Int32Array,
  count: number,
  roots: readonly PhaseRoot[],
): Uint8Array {
  const phases = new Uint8Array(count);
  const located = locateRoots(
    changelog,
    roots.map(({ node }) => node),
  );
  let first = count;
  for (const { phase, node } of roots) {
    const revision = located.get(node);
    if (revision === undefined || revision >= count) continue;
    phases[revision] = Math.max(phases[revision]!, phase);
    first = Math.min(first, revision);
  }
  for (let revision = first; revision < count; revision++) {
    for (let at = revision * 2; at < revision * 2 + 2; at++) {
      const parent = parents[at]!;
      if (parent >= first && phases[parent]! > phases[revision]!) phases[revision] = phases[parent]!;
    }
  }
  return phases;
}

/** The revisions of nodes (hexadecimal) that exist, most of which are near the end, in one pass from there. */
export function locateRoots({ revlog }: Changelog, nodes: Iterable<string>): Map<string, number> {
  const located = new Map<string, number>();
  const missing = new Set(nodes);
  for (let end = revlog.length; end > 0 && missing.size > 0; end -= BLOCK) {
    const first = Math.max(0, end - BLOCK);
    for (const [node, revision] of revlog.findNodes(missing, first, end - first)) {
      located.set(node, revision);
      missing.delete(node);
    }
  }
  return located;
}
