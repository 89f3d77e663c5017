// Evaluates the part of Mercurial's language for sets of revisions that needs nothing but the history. The rules are
// those of `hg help revsets`, and of comparing answers: test/differential/revisionSets.test.ts.
import { QuicksilverError } from '../../base/errors.ts';
import type { Phase } from '../../base/repositoryState.ts';
import { parseRevisionSet, type SetNode } from './revisionSetParser.ts';

/** The changesets that sets select. Texts are in display form. */
export interface RevisionSetFacts {
  /** Number of changesets, hidden ones too. */
  readonly count: number;
  /** Two for each changeset, -1 for none. */
  readonly parents: Int32Array;
  /** -1 for none. */
  readonly workingParents: readonly [number, number];
  isHidden(revision: number): boolean;
  /** Throws 'unknown-revision' for an unknown name. */
  resolve(name: string): number | 'working-copy';
  /** The revision whose node alone begins with these digits; -1 for none. */
  withPrefix(digits: string): number;
  phaseOf(revision: number): Phase;
  changeset(revision: number): {
    readonly user: string;
    readonly branch: string;
    readonly description: string;
    readonly closesBranch: boolean;
    readonly files: readonly string[];
    readonly time: number;
  };
  branchNames(): readonly string[];
  /** The heads of all branches, closed ones too. */
  branchHeads(): readonly number[];
  /** The revision with a tag; without a name, all with tags other than 'tip'. */
  tagged(name: string | undefined): readonly number[];
  bookmarked(name: string | undefined): readonly number[];
  /** Returns a function of seconds since 1970. Throws a 'usage' error for a text that is no date. */
  dateFilter(date: string): (time: number) => boolean;
}

/** The functions that are known here, for messages and help. */
export const SET_FUNCTIONS = [
  ...['all', 'ancestors', 'author', 'bookmark', 'branch', 'branchpoint', 'children', 'closed', 'commonancestors'],
  ...['date', 'desc', 'descendants', 'draft', 'first', 'follow', 'head', 'heads', 'id', 'keyword', 'last', 'limit'],
  ...['max', 'merge', 'min', 'none', 'only', 'p1', 'p2', 'parents', 'present', 'public', 'rev', 'reverse', 'roots'],
  ...['secret', 'tag', 'user'],
] as const;

type FunctionName = (typeof SET_FUNCTIONS)[number];

/**
 * Returns the revisions of a set in its order, hidden ones left out.
 *
 * @throws 'usage' for a syntax error, and for what only Mercurial itself evaluates
 * @throws 'unknown-revision' for an unknown name
 */
export function revisionSet(text: string, facts: RevisionSetFacts): readonly number[] {
  const isName = (name: string): boolean => {
    try {
      facts.resolve(name);
      return true;
    } catch (error) {
      if (error instanceof QuicksilverError) return false;
      throw error;
    }
  };
  return new Evaluation(facts).evaluate(parseRevisionSet(text, isName));
}

class Evaluation {
  readonly #facts: RevisionSetFacts;

  constructor(facts: RevisionSetFacts) {
    this.#facts = facts;
  }

  evaluate(node: SetNode): readonly number[] {
    switch (node.kind) {
      case 'name': {
        const revision = this.#facts.resolve(node.text);
        if (revision === 'working-copy') throw usage('the working copy is no changeset');
        return revision < 0 ? [] : [revision];
      }
      case 'range':
        return this.#range(node.from, node.to);
      case 'dagRange':
        return this.#dagRange(node.from, node.to);
      case 'and': {
        const left = this.evaluate(node.left);
        const right = new Set(this.evaluate(node.right));
        return left.filter(revision => right.has(revision));
      }
      case 'or':
        return [...new Set([...this.evaluate(node.left), ...this.evaluate(node.right)])];
      case 'minus': {
        const right = new Set(this.evaluate(node.right));
        return this.evaluate(node.left).filter(revision => !right.has(revision));
      }
      case 'not': {
        const left = new Set(this.evaluate(node.set));
        return this.#where(revision => !left.has(revision));
      }
      case 'parent':
        return ascending(this.evaluate(node.set).flatMap(revision => this.#nthParent(revision, node.number)));
      case 'ancestor':
        return ascending(this.evaluate(node.set).flatMap(revision => this.#nthAncestor(revision, node.number)));
      case 'call':
        return this.#call(node.name, node.args);
    }
  }

  #where(test: (revision: number) => boolean): number[] {
    const found: number[] = [];
    for (let revision = 0; revision < this.#facts.count; revision++) {
      if (!this.#facts.isHidden(revision) && test(revision)) found.push(revision);
    }
    return found;
  }

  #range(from: SetNode | undefined, to: SetNode | undefined): readonly number[] {
    const first = from === undefined ? 0 : this.evaluate(from)[0];
    const last = to === undefined ? this.#facts.count - 1 : this.evaluate(to).at(-1);
    if (first === undefined || last === undefined) return [];
    const found = this.#where(revision => revision >= Math.min(first, last) && revision <= Math.max(first, last));
    return first > last ? found.reverse() : found;
  }

  #dagRange(from: SetNode | undefined, to: SetNode | undefined): readonly number[] {
    if (from === undefined) return to === undefined ? [] : this.#ancestors(this.evaluate(to));
    const below = this.#descendants(this.evaluate(from));
    if (to === undefined) return below;
    const above = new Set(this.#ancestors(this.evaluate(to)));
    return below.filter(revision => above.has(revision));
  }

  #parentsOf(revision: number): number[] {
    const { parents } = this.#facts;
    return [parents[revision * 2]!, parents[revision * 2 + 1]!].filter(parent => parent >= 0);
  }

  #nthParent(revision: number, number: number): number[] {
    if (number === 0) return [revision];
    const parent = number > 2 ? undefined : this.#facts.parents[revision * 2 + number - 1];
    return parent === undefined || parent < 0 ? [] : [parent];
  }

  #nthAncestor(revision: number, number: number): number[] {
    let at = revision;
    for (let step = 0; step < number && at >= 0; step++) at = this.#facts.parents[at * 2]!;
    return at < 0 ? [] : [at];
  }

  #ancestors(heads: readonly number[]): number[] {
    const mask = new Uint8Array(this.#facts.count);
    for (const head of heads) mask[head] = 1;
    for (let revision = mask.length - 1; revision >= 0; revision--) {
      if (mask[revision] === 1) for (const parent of this.#parentsOf(revision)) mask[parent] = 1;
    }
    return this.#where(revision => mask[revision] === 1);
  }

  #descendants(roots: readonly number[]): number[] {
    const mask = new Uint8Array(this.#facts.count);
    for (const root of roots) mask[root] = 1;
    for (let revision = 0; revision < mask.length; revision++) {
      if (this.#parentsOf(revision).some(parent => mask[parent] === 1)) mask[revision] = 1;
    }
    return this.#where(revision => mask[revision] === 1);
  }

  #call(name: string, args: readonly SetNode[]): readonly number[] {
    if (!isKnown(name)) {
      throw unsupported(`the function '${name}' needs hg: the functions here are ${SET_FUNCTIONS.join(', ')}`);
    }
    const { most, run } = this.#functions[name];
    const least = name in NEEDS_ONE ? 1 : 0;
    if (args.length < least || args.length > most) throw usage(`'${name}' takes another number of arguments`);
    return run(args);
  }

  #matches(args: readonly SetNode[], texts: (revision: number) => readonly string[]): number[] {
    const wanted = textOf(args[0]!).toLowerCase();
    if (/^(?:re|literal):/.test(wanted)) throw unsupported('patterns with a kind need hg');
    return this.#where(revision => texts(revision).some(text => text.toLowerCase().includes(wanted)));
  }

  #branch(node: SetNode): number[] {
    const branchOf = (revision: number): string => this.#facts.changeset(revision).branch;
    const name = node.kind === 'name' ? node.text : undefined;
    const isBranch = name !== undefined && this.#facts.branchNames().includes(name);
    const branches = isBranch ? new Set([name]) : new Set(this.evaluate(node).map(branchOf));
    return this.#where(revision => branches.has(branchOf(revision)));
  }

  readonly #functions: Readonly<
    Record<FunctionName, { readonly most: number; readonly run: (args: readonly SetNode[]) => readonly number[] }>
  > = {
    all: { most: 0, run: () => this.#where(() => true) },
    ancestors: { most: 1, run: ([set]) => this.#ancestors(this.evaluate(set!)) },
    author: { most: 1, run: args => this.#matches(args, revision => [this.#facts.changeset(revision).user]) },
    bookmark: { most: 1, run: ([name]) => this.#named('bookmark', name) },
    branch: { most: 1, run: ([set]) => this.#branch(set!) },
    branchpoint: { most: 0, run: () => this.#branchPoints() },
    children: {
      most: 1,
      run: ([set]) => {
        const of = new Set(this.evaluate(set!));
        return this.#where(revision => this.#parentsOf(revision).some(parent => of.has(parent)));
      },
    },
    closed: { most: 0, run: () => this.#where(revision => this.#facts.changeset(revision).closesBranch) },
    commonancestors: { most: 1, run: ([set]) => this.#commonAncestors(this.evaluate(set!)) },
    date: {
      most: 1,
      run: args => {
        const isIn = this.#facts.dateFilter(textOf(args[0]!));
        return this.#where(revision => isIn(this.#facts.changeset(revision).time));
      },
    },
    desc: { most: 1, run: args => this.#matches(args, revision => [this.#facts.changeset(revision).description]) },
    descendants: { most: 1, run: ([set]) => this.#descendants(this.evaluate(set!)) },
    draft: { most: 0, run: () => this.#where(revision => this.#facts.phaseOf(revision) === 'draft') },
    first: { most: 2, run: ([set, count]) => this.evaluate(set!).slice(0, numberOf(count, 1)) },
    follow: { most: 0, run: () => this.#ancestors(this.#workingParents().slice(0, 1)) },
    head: { most: 0, run: () => ascending(this.#facts.branchHeads()) },
    heads: {
      most: 1,
      run: ([set]) => {
        const all = this.evaluate(set!);
        const inner = new Set(all.flatMap(revision => this.#parentsOf(revision)));
        return all.filter(revision => !inner.has(revision));
      },
    },
    id: { most: 1, run: ([digits]) => this.#shown([this.#withPrefix(textOf(digits!))]) },
    keyword: {
      most: 1,
      run: args =>
        this.#matches(args, revision => {
          const { user, description, files } = this.#facts.changeset(revision);
          return [user, description, ...files];
        }),
    },
    last: {
      most: 2,
      run: ([set, count]) => {
        const wanted = numberOf(count, 1);
        return wanted === 0 ? [] : this.evaluate(set!).slice(-wanted);
      },
    },
    limit: { most: 2, run: ([set, count]) => this.evaluate(set!).slice(0, numberOf(count, 1)) },
    max: { most: 1, run: ([set]) => ascending(this.evaluate(set!)).slice(-1) },
    merge: { most: 0, run: () => this.#where(revision => this.#parentsOf(revision).length > 1) },
    min: { most: 1, run: ([set]) => ascending(this.evaluate(set!)).slice(0, 1) },
    none: { most: 0, run: () => [] },
    only: {
      most: 2,
      run: ([set, other]) => {
        const wanted = this.evaluate(set!);
        const below = new Set(this.#descendants(wanted));
        const without =
          other === undefined
            ? this.#tips().filter(revision => !below.has(revision) && !wanted.includes(revision))
            : this.evaluate(other);
        const excluded = new Set(this.#ancestors(without));
        return this.#ancestors(wanted).filter(revision => !excluded.has(revision));
      },
    },
    p1: { most: 1, run: ([set]) => this.#parentSet(set, 1) },
    p2: { most: 1, run: ([set]) => this.#parentSet(set, 2) },
    parents: { most: 1, run: ([set]) => ascending([...this.#parentSet(set, 1), ...this.#parentSet(set, 2)]) },
    present: { most: 1, run: ([set]) => this.#present(set!) },
    public: { most: 0, run: () => this.#where(revision => this.#facts.phaseOf(revision) === 'public') },
    rev: { most: 1, run: ([number]) => this.#shown([numberOf(number, -1)]) },
    reverse: { most: 1, run: ([set]) => [...this.evaluate(set!)].reverse() },
    roots: {
      most: 1,
      run: ([set]) => {
        const all = this.evaluate(set!);
        const known = new Set(all);
        return all.filter(revision => !this.#parentsOf(revision).some(parent => known.has(parent)));
      },
    },
    secret: { most: 0, run: () => this.#where(revision => this.#facts.phaseOf(revision) === 'secret') },
    tag: { most: 1, run: ([name]) => this.#named('tag', name) },
    user: { most: 1, run: args => this.#matches(args, revision => [this.#facts.changeset(revision).user]) },
  };

  /** Changesets without children. */
  #tips(): number[] {
    const inner = new Set(this.#where(() => true).flatMap(revision => this.#parentsOf(revision)));
    return this.#where(revision => !inner.has(revision));
  }

  #workingParents(): number[] {
    return this.#facts.workingParents.filter(parent => parent >= 0);
  }

  /** Those of the revisions that exist and are not hidden. */
  #shown(revisions: readonly number[]): number[] {
    const { count } = this.#facts;
    return revisions.filter(revision => revision >= 0 && revision < count && !this.#facts.isHidden(revision));
  }

  #withPrefix(digits: string): number {
    return /^[0-9a-f]{1,40}$/i.test(digits) ? this.#facts.withPrefix(digits.toLowerCase()) : -1;
  }

  #named(kind: 'bookmark' | 'tag', node: SetNode | undefined): number[] {
    const name = node === undefined ? undefined : textOf(node);
    if (name !== undefined && /^(?:re|literal):/.test(name)) throw unsupported('patterns with a kind need hg');
    const found = kind === 'tag' ? this.#facts.tagged(name) : this.#facts.bookmarked(name);
    if (name !== undefined && found.length === 0) {
      throw new QuicksilverError('unknown-revision', `${kind} '${name}' does not exist`);
    }
    return this.#shown(ascending(found));
  }

  #branchPoints(): number[] {
    const children = new Uint8Array(this.#facts.count);
    for (const revision of this.#where(() => true)) {
      for (const parent of new Set(this.#parentsOf(revision))) children[parent] = Math.min(2, children[parent]! + 1);
    }
    return this.#where(revision => children[revision] === 2);
  }

  #commonAncestors(heads: readonly number[]): number[] {
    const [first, ...others] = heads;
    if (first === undefined) return this.#where(() => true);
    let common = new Set(this.#ancestors([first]));
    for (const head of others) common = new Set(this.#ancestors([head]).filter(revision => common.has(revision)));
    return [...common];
  }

  /** The set, or nothing if it has an unknown name. */
  #present(set: SetNode): readonly number[] {
    try {
      return this.evaluate(set);
    } catch (error) {
      if (error instanceof QuicksilverError && error.code === 'unknown-revision') return [];
      throw error;
    }
  }

  /** The parents of a set; without it, those of the working copy. */
  #parentSet(set: SetNode | undefined, number: 1 | 2): readonly number[] {
    if (set === undefined) return this.#facts.workingParents.slice(number - 1, number).filter(parent => parent >= 0);
    return ascending(this.evaluate(set).flatMap(revision => this.#nthParent(revision, number)));
  }
}

const NEEDS_ONE: Readonly<Partial<Record<FunctionName, true>>> = {
  ...{ ancestors: true, author: true, branch: true, children: true, commonancestors: true, date: true, desc: true },
  ...{ descendants: true, first: true, heads: true, id: true, keyword: true, last: true, limit: true, max: true },
  ...{ min: true, only: true, present: true, rev: true, reverse: true, roots: true, user: true },
};

function isKnown(name: string): name is FunctionName {
  return (SET_FUNCTIONS as readonly string[]).includes(name);
}

function textOf(node: SetNode): string {
  if (node.kind !== 'name') throw usage('a text was expected');
  return node.text;
}

function numberOf(node: SetNode | undefined, otherwise: number): number {
  if (node === undefined) return otherwise;
  const text = textOf(node);
  if (!/^\d{1,9}$/.test(text)) throw usage(`'${text}' is no number`);
  return Number(text);
}

function ascending(revisions: readonly number[]): number[] {
  return [...new Set(revisions)].sort((a, b) => a - b);
}

function usage(message: string): QuicksilverError {
  return new QuicksilverError('usage', message);
}

function unsupported(message: string): QuicksilverError {
  return new QuicksilverError('unsupported', message);
}
