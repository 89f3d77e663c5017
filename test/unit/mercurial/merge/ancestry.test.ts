// Phases, ends of branches and what a merge brings in, on changelogs made by hand: what is read, and what is refused.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { isBranchTip } from '../../../../src/mercurial/history/branchTip.ts';
import { pendingMerge } from '../../../../src/mercurial/merge/pendingMerge.ts';
import {
  PhaseFinder,
  readPhaseRoots,
  type PhaseNumber,
  type PhaseRoot,
} from '../../../../src/mercurial/history/phases.ts';
import { Changelog } from '../../../../src/mercurial/store/changelog.ts';
import { emptyCounters } from '../../../../src/mercurial/store/counters.ts';
import { Revlog } from '../../../../src/mercurial/store/revlog.ts';
import { Vfs } from '../../../../src/files/vfs.ts';
import { makeRevlog, temporaryDirectory, writeRevlog, type Revision } from '../store/revlogWriter.ts';

interface Made {
  readonly directory: string;
  readonly changelog: Changelog;
  readonly counters: ReturnType<typeof emptyCounters>;
  readonly nodes: readonly string[];
  readonly vfs: Vfs;
}

/** Changesets with parents, and with what else their texts say. */
type Recorded = readonly [p1: number, p2: number, branch?: string, closes?: 'closes'];

function make(context: TestContext, changesets: readonly Recorded[]): Made {
  const directory = temporaryDirectory(context);
  const revisions = changesets.map(([p1, p2, branch, closes], i): Revision => {
    const extra = [branch && `branch:${branch}`, closes && 'close:1'].filter(Boolean).join('\0');
    const text = `${'0'.repeat(40)}\nuser\n${i} 0${extra && ` ${extra}`}\n\nnumber ${i}\nmore`;
    return { text: Buffer.from(text), p1, p2 };
  });
  const files = makeRevlog(revisions, 0x0002_0001);
  writeRevlog(directory, '00changelog', files);
  const vfs = new Vfs();
  const counters = emptyCounters();
  const revlog = new Revlog({
    vfs,
    file: ending => path.join(directory, `00changelog${ending}`),
    counters,
  });
  const nodes = files.nodes.map(node => node.toString('hex'));
  return { directory, changelog: new Changelog(revlog), counters, nodes, vfs };
}

/** A straight line of changesets. */
function line(length: number): Recorded[] {
  return Array.from({ length }, (_, i) => [i - 1, -1] as const);
}

describe('phases', () => {
  test('are the highest of those of all ancestors', context => {
    const { changelog, nodes } = make(context, [...line(4), [0, -1], [3, 4], [4, -1]]);
    const finder = new PhaseFinder(changelog);
    const roots: PhaseRoot[] = [
      { phase: 1, node: nodes[1]! },
      { phase: 2, node: nodes[4]! },
      { phase: 1, node: nodes[4]! },
      { phase: 32, node: '9'.repeat(40) },
    ];
    const phases = [0, 1, 2, 3, 4, 5, 6].map(revision => finder.phaseOf(revision, roots));
    assert.deepEqual(phases, ['public', 'draft', 'draft', 'draft', 'secret', 'secret', 'secret']);
    assert.equal(finder.phaseOf(6, []), 'public');
    assert.equal(finder.phaseOf(6, [{ phase: 96, node: nodes[6]! }]), 'internal');
  });

  test('of the ancestors, the drafts are counted', context => {
    const { changelog, nodes } = make(context, [...line(4), [0, -1], [3, 4], [4, -1]]);
    const finder = new PhaseFinder(changelog);
    const all = [0, 1, 2, 3, 4, 5, 6];
    const drafts = (...roots: readonly (readonly [phase: PhaseNumber, revision: number])[]): (number | undefined)[] =>
      all.map(revision =>
        finder.draftAncestors(
          revision,
          roots.map(([phase, root]) => ({ phase, node: nodes[root]! })),
        ),
      );
    assert.deepEqual(drafts([1, 1]), [0, 1, 2, 3, 0, 4, 0]);
    assert.deepEqual(drafts([1, 0], [2, 4]), [1, 2, 3, 4, 1, 4, 1]);
    assert.deepEqual(drafts([96, 1]), [0, 0, 0, 0, 0, 0, 0]);
    assert.deepEqual(drafts(), [0, 0, 0, 0, 0, 0, 0]);
  });

  test('with the first root found the search ends if no other phase is to be had', context => {
    const { changelog, nodes, counters } = make(context, line(30_000));
    const finder = new PhaseFinder(changelog);
    const roots = [nodes[29_990]!, nodes[1]!].map(node => ({ phase: 1, node }) as const);
    assert.equal(finder.phaseOf(29_999, roots), 'draft');
    const before = counters.bytesRead;
    assert.equal(finder.phaseOf(29_999, roots), 'draft');
    // One page of parents, of 4096 entries at most; the roots are remembered.
    assert.ok(counters.bytesRead - before <= 4096 * 64, String(counters.bytesRead - before));
    assert.equal(counters.textsRebuilt, 0);
  });

  test('are read from lines of a number and a node', context => {
    const directory = temporaryDirectory(context);
    const vfs = new Vfs();
    const node = 'ab'.repeat(20);
    const read = (text: string): unknown => {
      fs.writeFileSync(path.join(directory, 'phaseroots'), text);
      return readPhaseRoots(vfs, directory);
    };
    assert.deepEqual(readPhaseRoots(vfs, directory), []);
    assert.deepEqual(read(`1 ${node}\n2 ${node}\n`), [
      { phase: 1, node },
      { phase: 2, node },
    ]);
    for (const text of ['x', `1${node}`, `1 ${node} x`, `-1 ${node}`, `1 ${node.slice(1)}`]) {
      assert.throws(() => read(text), { code: 'corrupt', line: 1 }, text);
    }
    for (const number of ['3', '97', '256', '257', '999', '1000', '4294967297']) {
      assert.throws(() => read(`1 ${node}\n${number} ${node}`), { code: 'unsupported', line: 2 }, number);
    }
  });
});

describe('the end of a branch', () => {
  const tips = ({ vfs, changelog, directory }: Made, length: number): (boolean | undefined)[] =>
    Array.from({ length }, (_, i) => isBranchTip(vfs, changelog, directory, i, changelog.read(i)));

  test('is its newest open head', context => {
    const made = make(context, [
      [-1, -1],
      [0, -1, 'b'],
      [0, -1],
      // Closes the newer head of default: the older one remains.
      [0, -1, '', 'closes'],
      // The branch goes on by way of another one.
      [1, -1, 'c'],
      [4, -1, 'b', 'closes'],
    ]);
    assert.deepEqual(tips(made, 6), [false, false, true, false, true, false]);
  });

  test('is found in the cache without reading texts, unless that is another repository’s or leaves something out', context => {
    const made = make(context, [...line(10), [3, -1, 'b'], [10, -1, 'b']]);
    const { vfs, changelog, directory, nodes, counters } = made;
    const cache = `${nodes[9]} o default\n${nodes[11]} o b\n`;
    const texts = (first: string, revision: number): [boolean | undefined, number] => {
      fs.writeFileSync(path.join(directory, 'branch2-served'), first + cache);
      const changeset = changelog.read(revision);
      const before = counters.textsRebuilt;
      return [isBranchTip(vfs, changelog, directory, revision, changeset), counters.textsRebuilt - before];
    };
    assert.deepEqual(texts(`${nodes[11]} 11\n`, 9), [true, 0]);
    assert.deepEqual(texts(`${nodes[11]} 11\n`, 8), [false, 0]);
    assert.deepEqual(texts(`${nodes[11]} 11 ${'1'.repeat(40)}\n`, 9), [true, 2]);
    assert.deepEqual(texts(`${nodes[10]} 11\n`, 9), [true, 2]);
    assert.deepEqual(texts(`${nodes[11]} 12\n`, 9), [true, 2]);
    assert.deepEqual(texts('nonsense\n', 9), [true, 2]);
    fs.writeFileSync(path.join(directory, 'branch2-served'), `${nodes[10]} 10\n${nodes[9]} o default\n`);
    const before = counters.textsRebuilt;
    assert.equal(isBranchTip(vfs, changelog, directory, 9, { branch: 'default', closesBranch: false }), true);
    assert.equal(counters.textsRebuilt - before, 1);
  });

  test('is not looked for among more texts than can be read at once', context => {
    const { vfs, changelog, directory } = make(context, [[-1, -1], ...Array<Recorded>(2500).fill([-1, -1, 'other'])]);
    const of = (revision: number): boolean | undefined =>
      isBranchTip(vfs, changelog, directory, revision, { branch: 'default', closesBranch: false });
    assert.equal(of(0), undefined);
    assert.equal(of(2200), true);
  });
});

describe('what a merge brings in', () => {
  test('is counted in full, listed up to a limit, and read only where it is listed', context => {
    // A line, of which the index has 2.5 MiB, then 100 on each side.
    const common = 40_000;
    const made: Recorded[] = line(common);
    for (let i = 0; i < 200; i++) made.push([i < 2 ? common - 1 : common + i - 2, -1]);
    const { changelog, nodes, counters } = make(context, made);
    changelog.findNode(nodes[0]!);
    const before = { ...counters };
    const pending = pendingMerge(changelog, nodes[common + 198]!, nodes[common + 199]!, 3);
    assert.deepEqual(
      pending.changesets.map(({ revision, summary }) => [revision, summary]),
      [199, 197, 195].map(i => [common + i, `number ${common + i}`]),
    );
    assert.equal(pending.total, 100);
    assert.equal(pending.isComplete, true);
    assert.equal(counters.textsRebuilt - before.textsRebuilt, 3);
    assert.ok(counters.bytesRead - before.bytesRead < 1 << 20, String(counters.bytesRead - before.bytesRead));
  });

  test('is nothing for a parent that does not exist, or is behind', context => {
    const { changelog, nodes } = make(context, line(4));
    const none = { changesets: [], total: 0, isComplete: true };
    assert.deepEqual(pendingMerge(changelog, nodes[3]!, '0'.repeat(40), 9), none);
    assert.deepEqual(pendingMerge(changelog, nodes[3]!, '8'.repeat(40), 9), none);
    assert.deepEqual(pendingMerge(changelog, nodes[3]!, nodes[1]!, 9), none);
    assert.equal(pendingMerge(changelog, '0'.repeat(40), nodes[3]!, 9).total, 4);
  });
});
