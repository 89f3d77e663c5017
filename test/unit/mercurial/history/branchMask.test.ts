// The current branch with its ancestors, found from the newest changeset down: the same changesets as by definition, and
// no text that could be spared.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finish } from '../../../../src/mercurial/annotate/finish.ts';
import { BranchMask } from '../../../../src/mercurial/history/branchMask.ts';
import type { CachedHeads } from '../../../../src/mercurial/history/branches.ts';
import { Random, seedFromEnvironment } from '../../../support/random.ts';

interface Example {
  readonly parents: readonly (readonly [number, number])[];
  readonly branches: readonly { readonly branch: string; readonly closesBranch: boolean }[];
  readonly hidden: ReadonlySet<number>;
  /** Selected with their ancestors, whatever their branches. */
  readonly shown: readonly number[];
}

function randomExample(random: Random): Example {
  const count = 1 + random.below(30);
  const parents = Array.from({ length: count }, (_, at): [number, number] => [
    at === 0 || random.chance(0.05) ? -1 : at - 1 - random.below(Math.min(at, 4)),
    at > 1 && random.chance(0.3) ? random.below(at) : -1,
  ]);
  const hidden = new Set<number>();
  parents.forEach((pair, at) => {
    if (random.chance(0.05) || pair.some(parent => hidden.has(parent))) hidden.add(at);
  });
  const branches = parents.map(() => ({ branch: random.pick(['a', 'a', 'b']), closesBranch: random.chance(0.25) }));
  const visible = [...parents.keys()].filter(at => !hidden.has(at));
  const shown = visible.filter(() => random.chance(0.1));
  return { parents, branches, hidden, shown };
}

function withAncestors({ parents }: Example, revisions: Iterable<number>): Set<number> {
  const all = new Set(revisions);
  for (let at = parents.length - 1; at >= 0; at--) {
    if (all.has(at)) for (const parent of parents[at]!) if (parent >= 0) all.add(parent);
  }
  return all;
}

/** The heads of branch 'a' among the first changesets, closed ones too. */
function headsOf(example: Example, count: number): number[] {
  const own = [...Array(count).keys()].filter(at => !example.hidden.has(at) && example.branches[at]!.branch === 'a');
  const below = withAncestors(
    example,
    own.flatMap(at => example.parents[at]!.filter(parent => parent >= 0)),
  );
  return own.filter(at => !below.has(at));
}

function expected(example: Example): number[] {
  const heads = headsOf(example, example.parents.length);
  const open = heads.filter(at => !example.branches[at]!.closesBranch);
  const selected = [...example.shown, ...(open.length > 0 ? open : heads)];
  return [...withAncestors(example, selected)].sort((a, b) => a - b);
}

interface Searched {
  readonly mask: BranchMask;
  readonly read: number[];
}

function search(example: Example, cached?: CachedHeads): Searched {
  const read: number[] = [];
  const known = {
    texts: 0,
    of: (revision: number) => {
      if (!read.includes(revision)) {
        known.texts++;
        read.push(revision);
      }
      return example.branches[revision]!;
    },
  };
  const { parents, hidden: noHeads } = example;
  const facts = {
    ...{ parents: Int32Array.from(parents.flat()), branch: 'a', noHeads, known, cached },
    keepingOpen: <Result>(work: () => Result): Result => work(),
  };
  const shown = new Uint8Array(parents.length);
  for (const at of example.shown) shown[at] = 1;
  return { mask: new BranchMask(facts, shown), read };
}

const listed = (mask: Uint8Array): number[] => [...mask.keys()].filter(at => mask[at] === 1);

test('random histories: the changesets of the definition, with and without a cache of heads', t => {
  const seed = seedFromEnvironment('QUICKSILVER_BRANCH_MASK_SEED');
  t.diagnostic(`QUICKSILVER_BRANCH_MASK_SEED=${seed}`);
  const random = new Random(seed);
  for (let round = 0; round < 4000; round++) {
    const example = randomExample(random);
    const { mask, read } = search(example);
    finish(mask.run(Infinity));
    assert.deepEqual(
      listed(mask.mask()),
      expected(example),
      JSON.stringify({ round, example, hidden: [...example.hidden] }),
    );
    assert.equal(mask.left, 0);
    assert.equal(new Set(read).size, read.length);

    // Mercurial's cache is not used where it covers hidden changesets.
    const from = random.below(Math.min(example.parents.length, ...example.hidden) + 1);
    const heads = headsOf(example, from).map(at => ({ revision: at, isClosed: example.branches[at]!.closesBranch }));
    const other = search(example, { from, heads: new Map([['a', heads]]) });
    finish(other.mask.run(Infinity));
    assert.deepEqual(listed(other.mask.mask()), expected(example), JSON.stringify({ round, from, example }));
    assert.ok(other.read.every(at => at >= from));
  }
});

test('an ancestor of a head is not read, nor one of a draft', () => {
  const branches = Array.from({ length: 100 }, (_, at) => ({ branch: at < 90 ? 'a' : 'b', closesBranch: false }));
  const parents = branches.map((_, at): [number, number] => [at === 90 ? 79 : at - 1, -1]);
  const { mask, read } = search({ parents, branches, hidden: new Set(), shown: [99] });
  finish(mask.run(Infinity));
  assert.deepEqual(read, [89]);
  assert.equal(listed(mask.mask()).length, 100);
});

test('a search that ends early goes on, and shows meanwhile what is certain', () => {
  const branches = Array.from({ length: 1000 }, (_, at) => ({ branch: at < 2 ? 'a' : 'b', closesBranch: false }));
  const parents = branches.map((_, at): [number, number] => [at - 1 === 1 ? 0 : at - 1, -1]);
  const { mask, read } = search({ parents, branches, hidden: new Set(), shown: [0] });
  const left: number[] = [];
  while (mask.left > 0) {
    // Given up in the middle, as by a user who chooses another filter.
    mask.run(300).next();
    finish(mask.run(300));
    left.push(mask.left);
    assert.deepEqual(listed(mask.mask()), mask.left > 0 ? [0] : [0, 1]);
  }
  assert.ok(left.length >= 2 && left.every((value, at) => at === 0 || value < left[at - 1]!), left.join(' '));
  assert.equal(read.length, 999, 'all but the one that is shown anyway');
});
