// Which added files are renames of removed ones.
import { baseName, type BytePath } from '../../base/bytePath.ts';
import { TooLargeError } from '../../base/errors.ts';
import { EXECUTABLE_MODE, REGULAR_MODE } from '../objects/structures.ts';
import { bytesInCommon, fingerprint, MAX_SCORE, sizesExclude, type Fingerprint } from './similarity.ts';

/** A removed or added file. */
export interface RenameSide {
  readonly path: BytePath;
  readonly mode: number;
  /** In hexadecimal; undefined if it is not known and need not be computed, as of a working file. */
  readonly id: string | undefined;
  /** Bytes of the content, which is not read for it. */
  size(): number;
  /** Throws a {@link TooLargeError} if reading it takes too much. */
  content(): Uint8Array;
}

export interface Rename {
  readonly source: RenameSide;
  readonly target: RenameSide;
  /** 0 to {@link MAX_SCORE}. */
  readonly score: number;
}

export interface RenameSettings {
  /** The lowest score of a rename. */
  readonly minimum: number;
  /** More pairs than its square are not compared by content; 0 for no limit. */
  readonly limit: number;
  /** See {@link fingerprint}. */
  readonly countsRest: boolean;
  /** Files of more bytes pair only with equal ones. */
  readonly largest: number;
}

/** Git compares all contents within its limit. Here the time is bounded, too: beyond these, only equal files pair. */
const MAX_PAIRS = 1_000_000;
const MAX_BYTES = 256 * 1024 * 1024;
/** How many sources are kept for each target before the best pairs are chosen. */
const CANDIDATES = 4;
/** Git stops the search for a source of the same name after so many equal ones. */
const EQUAL_SOURCES = 100;

export interface RenameResult {
  readonly renames: readonly Rename[];
  /** True if contents were not compared because there are too many, or they are too large. */
  readonly isLimited: boolean;
}

/**
 * Finds renames in Git's order. Equal contents come first, preferring equal base names. Then come similar files whose
 * base name is unique on both sides. The best pairs of all others come last.
 * @param sources removed files, ordered by path; `targets` added ones, also ordered
 */
export function findRenames(
  sources: readonly RenameSide[],
  targets: readonly RenameSide[],
  settings: RenameSettings,
): RenameResult {
  return new RenameSearch(sources, targets, settings).run();
}

interface Pair {
  readonly target: number;
  readonly source: number;
  readonly score: number;
  readonly hasSameName: boolean;
}

class RenameSearch {
  readonly #sources: readonly RenameSide[];
  readonly #targets: readonly RenameSide[];
  readonly #settings: RenameSettings;
  readonly #used = new Set<RenameSide>();
  readonly #found = new Map<RenameSide, Rename>();
  readonly #fingerprints = new Map<RenameSide, Fingerprint>();
  #leftOut = false;

  constructor(sources: readonly RenameSide[], targets: readonly RenameSide[], settings: RenameSettings) {
    this.#sources = sources;
    this.#targets = targets;
    this.#settings = settings;
  }

  run(): RenameResult {
    if (this.#sources.length === 0 || this.#targets.length === 0) return { renames: [], isLimited: false };
    this.#equal();
    let isLimited = false;
    if (this.#settings.minimum < MAX_SCORE) {
      isLimited = this.#isTooMuch();
      if (!isLimited) {
        this.#byName();
        isLimited = !this.#byContent();
      }
    }
    return { renames: [...this.#found.values()], isLimited: isLimited || this.#leftOut };
  }

  #equal(): void {
    const byId = new Map<string, RenameSide[]>();
    for (const source of this.#sources) {
      if (source.id === undefined) continue;
      const same = byId.get(source.id);
      if (same === undefined) byId.set(source.id, [source]);
      else same.push(source);
    }
    for (const target of this.#targets) {
      const same = target.id === undefined ? undefined : byId.get(target.id);
      let best: RenameSide | undefined;
      let seen = 0;
      for (const source of same ?? []) {
        if (this.#used.has(source)) continue;
        if (!(isRegular(source) && isRegular(target)) && source.mode !== target.mode) continue;
        const hasSameName = baseName(source.path) === baseName(target.path);
        if (best === undefined || hasSameName) best = source;
        if (hasSameName || ++seen === EQUAL_SOURCES) break;
      }
      if (best !== undefined) this.#record(best, target, MAX_SCORE);
    }
  }

  #byName(): void {
    const minimum = this.#settings.minimum + (MAX_SCORE - this.#settings.minimum) / 2;
    const sources = uniqueByName(this.#sources.filter(source => !this.#used.has(source)));
    const targets = uniqueByName(this.#targets.filter(target => !this.#found.has(target)));
    for (const [name, source] of sources) {
      const target = targets.get(name);
      if (source === undefined || target === undefined) continue;
      const score = this.#score(source, target, minimum);
      if (score >= minimum) this.#record(source, target, score);
    }
  }

  /** False if there are too many pairs. */
  #byContent(): boolean {
    const { minimum, limit } = this.#settings;
    const sources = this.#sources.filter(source => !this.#used.has(source));
    const targets = this.#targets.filter(target => !this.#found.has(target));
    if (limit > 0 && sources.length * targets.length > limit * limit) return false;
    const pairs: Pair[] = [];
    targets.forEach((target, t) => {
      const best: Pair[] = [];
      sources.forEach((source, s) => {
        const score = this.#score(source, target, minimum);
        const pair = { target: t, source: s, score, hasSameName: baseName(source.path) === baseName(target.path) };
        if (best.length < CANDIDATES) {
          best.push(pair);
          return;
        }
        let worst = 0;
        for (let i = 1; i < CANDIDATES; i++) if (comparePairs(best[i]!, best[worst]!) > 0) worst = i;
        if (comparePairs(best[worst]!, pair) > 0) best[worst] = pair;
      });
      pairs.push(...best);
    });
    pairs.sort(comparePairs);
    for (const { source, target, score } of pairs) {
      if (score < minimum) break;
      if (this.#found.has(targets[target]!) || this.#used.has(sources[source]!)) continue;
      this.#record(sources[source]!, targets[target]!, score);
    }
    return true;
  }

  #isTooMuch(): boolean {
    const sources = this.#sources.filter(source => !this.#used.has(source) && isRegular(source));
    const targets = this.#targets.filter(target => !this.#found.has(target) && isRegular(target));
    if (sources.length * targets.length > MAX_PAIRS) return true;
    if (sources.length === 0 || targets.length === 0) return false;
    let bytes = 0;
    for (const side of [...sources, ...targets]) if (this.#isComparable(side)) bytes += side.size();
    return bytes > MAX_BYTES;
  }

  #score(source: RenameSide, target: RenameSide, minimum: number): number {
    if (!this.#isComparable(source) || !this.#isComparable(target)) return 0;
    const largest = Math.max(source.size(), target.size());
    if (target.size() === 0 || sizesExclude(source.size(), target.size(), minimum)) return 0;
    const common = bytesInCommon(this.#fingerprint(source), this.#fingerprint(target));
    return Math.floor((common * MAX_SCORE) / largest);
  }

  #fingerprint(side: RenameSide): Fingerprint {
    let made = this.#fingerprints.get(side);
    if (made === undefined) {
      made = fingerprint(this.#content(side), this.#settings.countsRest);
      this.#fingerprints.set(side, made);
    }
    return made;
  }

  #isComparable(side: RenameSide): boolean {
    if (!isRegular(side)) return false;
    const isSmall = side.size() <= this.#settings.largest;
    if (!isSmall) this.#leftOut = true;
    return isSmall;
  }

  /** Nothing if it cannot be compared: one file must not keep the others from their renames. */
  #content(side: RenameSide): Uint8Array {
    try {
      return side.content();
    } catch (error) {
      if (!(error instanceof TooLargeError)) throw error;
      this.#leftOut = true;
      return new Uint8Array();
    }
  }

  #record(source: RenameSide, target: RenameSide, score: number): void {
    this.#used.add(source);
    this.#found.set(target, { source, target, score });
  }
}

/** The better pair first: by score, then one with equal base names; otherwise in the order of the paths. */
function comparePairs(a: Pair, b: Pair): number {
  return a.score !== b.score ? b.score - a.score : Number(b.hasSameName) - Number(a.hasSameName);
}

/** By base name; undefined for names that come more than once. */
function uniqueByName(sides: readonly RenameSide[]): Map<string, RenameSide | undefined> {
  const found = new Map<string, RenameSide | undefined>();
  for (const side of sides) {
    const name = baseName(side.path);
    found.set(name, found.has(name) ? undefined : side);
  }
  return found;
}

function isRegular({ mode }: RenameSide): boolean {
  return mode === REGULAR_MODE || mode === EXECUTABLE_MODE;
}
