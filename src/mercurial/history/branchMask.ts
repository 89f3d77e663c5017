// Selects the open heads of one branch with all their ancestors, from the newest changeset down. It reads no text of a
// changeset that is selected already, nor of an ancestor of a head. So most branches need few texts.
import type { CachedHeads } from './branches.ts';
import type { KnownBranches } from './knownBranches.ts';

export interface BranchMaskFacts {
  /** Two for each revision, -1 for none. */
  readonly parents: Int32Array;
  /** The branch, a byte string. */
  readonly branch: string;
  /** Changesets that are not shown, or were rewritten. */
  readonly noHeads: ReadonlySet<number>;
  readonly known: Pick<KnownBranches, 'of' | 'texts'>;
  readonly cached: CachedHeads | undefined;
  /** Runs work that reads many changesets. */
  readonly keepingOpen: <Result>(work: () => Result) => Result;
}

const SHOWN = 1;
/** A descendant is on the branch: so it is no head. */
const BELOW = 2;
/** Changesets, and texts of them, after which others have a turn. */
const STEP = 1 << 15;
const STEP_TEXTS = 64;

export class BranchMask {
  /** Texts of changesets that were read so far. */
  texts = 0;
  readonly #facts: BranchMaskFacts;
  readonly #marks: Uint8Array;
  readonly #cachedHeads: ReadonlyMap<number, boolean>;
  /** Changesets before this one are still to be checked. */
  #next: number;
  #hasOpen = false;
  readonly #closed: number[] = [];
  /** True while selected changesets are read, to learn if the branch has an open head among them. */
  #isChecking = false;
  #isDone = false;

  /** @param shown 1 for each changeset that is selected with its ancestors, whatever its branch */
  constructor(facts: BranchMaskFacts, shown: Uint8Array) {
    this.#facts = facts;
    this.#marks = shown;
    this.#next = shown.length;
    const heads = facts.cached?.heads.get(facts.branch) ?? [];
    this.#cachedHeads = new Map(heads.map(({ revision, isClosed }) => [revision, isClosed]));
  }

  /** How many changesets are still to be checked: 0 at the end. */
  get left(): number {
    return this.#isDone ? 0 : Math.max(1, this.#next);
  }

  /** Goes on, in steps between which the caller may do other things, until it is done or has read `maxTexts` texts. */
  *run(maxTexts: number): Generator<void, void> {
    const end = this.texts + maxTexts;
    while (!this.#isDone && this.texts < end) {
      this.#facts.keepingOpen(() => this.#advance());
      yield;
    }
  }

  /** Returns 1 for each changeset that is selected so far. */
  mask(): Uint8Array {
    const { parents } = this.#facts;
    const mask = new Uint8Array(this.#marks.length);
    for (let revision = 0; revision < mask.length; revision++) mask[revision] = this.#marks[revision]! & SHOWN;
    // Above, all ancestors are marked.
    for (let revision = this.#isChecking ? -1 : this.#next - 1; revision >= 0; revision--) {
      if (mask[revision] === 0) continue;
      const [p1, p2] = [parents[revision * 2]!, parents[revision * 2 + 1]!];
      if (p1 >= 0) mask[p1] = 1;
      if (p2 >= 0) mask[p2] = 1;
    }
    return mask;
  }

  #advance(): void {
    const { known, parents } = this.#facts;
    const marks = this.#marks;
    const before = known.texts;
    const wanted = this.#isChecking ? SHOWN : 0;
    const stop = Math.max(0, this.#next - STEP);
    while (this.#next > stop && known.texts - before < STEP_TEXTS) {
      const revision = this.#next - 1;
      let mark = marks[revision]!;
      if (mark === wanted && this.#isHead(revision)) mark |= BELOW;
      if (mark !== 0) {
        const [p1, p2] = [parents[revision * 2]!, parents[revision * 2 + 1]!];
        // A head that is selected was marked in place.
        const down = mark | (marks[revision]! & SHOWN);
        if (p1 >= 0) marks[p1] = marks[p1]! | down;
        if (p2 >= 0) marks[p2] = marks[p2]! | down;
      }
      this.#next = revision;
    }
    this.texts += known.texts - before;
    if (this.#next === 0) this.#endPass();
  }

  /** True if the changeset, of which no descendant is on the branch, is on it. Selects an open one. */
  #isHead(revision: number): boolean {
    const { noHeads, cached, known, branch } = this.#facts;
    if (noHeads.has(revision)) return false;
    let isClosed: boolean | undefined;
    if (revision < (cached?.from ?? 0)) isClosed = this.#cachedHeads.get(revision);
    else {
      const found = known.of(revision);
      if (found.branch === branch) isClosed = found.closesBranch;
    }
    if (isClosed === undefined) return false;
    if (isClosed) this.#closed.push(revision);
    else {
      this.#hasOpen = true;
      this.#marks[revision] = this.#marks[revision]! | SHOWN;
    }
    return true;
  }

  /** Without an open head the closed ones count, unless an open one was passed over because it is selected anyway. */
  #endPass(): void {
    if (this.#hasOpen || this.#closed.length === 0) this.#isDone = true;
    else if (!this.#isChecking) {
      this.#isChecking = true;
      this.#next = this.#marks.length;
    } else {
      for (const revision of this.#closed) this.#marks[revision] = this.#marks[revision]! | SHOWN;
      this.#isChecking = false;
      this.#isDone = true;
      // Their ancestors follow in the mask.
      this.#next = this.#marks.length;
    }
  }
}
