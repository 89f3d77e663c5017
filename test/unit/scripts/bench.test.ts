// The parts of the benchmark from which a wrong figure could come without anybody noticing.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { decodeV1 } from '../../../src/mercurial/dirstate/decodeV1.ts';
import { decodeDocket, decodeV2 } from '../../../src/mercurial/dirstate/decodeV2.ts';
import { ENTRY_MASK, P1_TRACKED, WDIR_TRACKED } from '../../../src/mercurial/dirstate/nodeTable.ts';

interface Tree {
  readonly directories: string[];
  readonly files: string[];
  readonly ignoredFiles: string[];
  readonly ignoredDirectories: string[];
}

interface Target {
  readonly of: 'median' | 'p95';
  readonly limit: number;
  readonly base?: { readonly name: string; readonly value: number };
}

interface RowInput {
  readonly id: string;
  readonly files: number;
  readonly title: string;
  readonly values: readonly number[];
  readonly targets?: readonly Target[];
}

type Row = RowInput & { readonly median: number; readonly isMet?: boolean; readonly verdict: string };

interface Entry {
  readonly path: string;
  readonly state: 'normal' | 'added' | 'removed';
  readonly size: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

interface Statistics {
  readonly summarize: (values: readonly number[]) => Record<string, number>;
  readonly inTurns: (
    rounds: number,
    cases: readonly { readonly name: string; readonly run: () => Promise<number> }[],
  ) => Promise<Record<string, number[]>>;
}

interface Dirstates {
  readonly encodeVersion1: (
    parent: string,
    entries: readonly Entry[],
  ) => { readonly bytes: Buffer; readonly offsets: Float64Array };
  readonly patchVersion1: (
    bytes: Buffer,
    parent: string,
    changes: readonly { offset: number; size: number; seconds?: number }[],
  ) => Buffer;
  readonly encodeVersion2: (options: {
    parent: string;
    id: string;
    entries: readonly Entry[];
    directoryTimes: ReadonlyMap<string, { readonly seconds: number; readonly nanoseconds: number }>;
    ignoreHash: Buffer;
  }) => { readonly docket: Buffer; readonly data: Buffer };
}

/** The scripts are plain JavaScript: what they export is stated here. */
async function script<Exports>(name: string): Promise<Exports> {
  const file = path.resolve(import.meta.dirname, '../../../scripts/bench', name);
  return (await import(pathToFileURL(file).href)) as Exports;
}

const PARENT = '12'.repeat(20);
const RULES = { file: 'dirstate', windowsNames: false };

test('median, extremes and percentiles', async () => {
  const { summarize } = await script<Statistics>('statistics.mjs');
  const { median, min, max, count } = summarize([5, 1, 4]);
  assert.deepEqual({ median, min, max, count }, { median: 4, min: 1, max: 5, count: 3 });
  assert.equal(summarize([1, 2])['median'], 1.5);
  const hundred = summarize(Array.from({ length: 101 }, (_, i) => 100 - i));
  assert.deepEqual([hundred['median'], hundred['p95'], hundred['p99']], [50, 95, 99]);
});

test('what is measured in turns has one round that is not counted, and is not always in the same order', async () => {
  const { inTurns } = await script<Statistics>('statistics.mjs');
  const calls: string[] = [];
  const run = (name: string) => ({ name, run: () => Promise.resolve(calls.push(name)) });
  assert.deepEqual(await inTurns(2, [run('a'), run('b')]), { a: [4, 5], b: [3, 6] });
  assert.deepEqual(calls, ['a', 'b', 'b', 'a', 'a', 'b']);
});

test('targets are limits, or ratios to something that was measured', async () => {
  const { makeRow } = await script<{ makeRow: (input: RowInput) => Row }>('report.mjs');
  const row = (targets: readonly Target[]): Row =>
    makeRow({ id: 'x', files: 1, title: 'X', values: [10, 20, 30], targets });
  assert.equal(row([]).isMet, undefined);
  assert.equal(row([{ of: 'median', limit: 20 }]).isMet, true);
  assert.equal(row([{ of: 'median', limit: 19.9 }]).isMet, false);
  const ratio: Target = { of: 'median', limit: 0.2, base: { name: 'hg status', value: 100 } };
  assert.equal(row([ratio]).verdict, 'met: 0.20 of hg status (target 0.2)');
  const missed = row([ratio, { of: 'p95', limit: 5 }]);
  assert.equal(missed.isMet, false);
  assert.equal(missed.verdict, 'met: 0.20 of hg status (target 0.2); MISSED: p95 29.0 ms (target 5 ms)');
});

test('our share of a time is what is left without VS Code', async () => {
  const { windowRows } = await script<{ windowRows: (measured: object) => Row[] }>('historyWindow.mjs');
  const rows = windowRows({
    ...{ graph: [1], again: [1], emptyPages: [1], lineBreaks: [1], keys: [2, 4], keysWithout: [1] },
    ...{ graphProcessor: [150, 160, 190], emptyProcessor: [60, 70, 75] },
  });
  const median = (id: string): number | undefined => rows.find(row => row.id === `history.window.${id}`)?.median;
  assert.deepEqual([median('processor'), median('emptyProcessor'), median('processorShare')], [160, 70, 90]);
  assert.equal(median('keysShare'), 2);
});

test('a tree is the same each time, has the counts that were asked for and no name twice', async () => {
  const { planTree } = await script<{ planTree: (count: number) => Tree }>('tree.mjs');
  const tree = planTree(3000);
  assert.deepEqual(planTree(3000), tree);
  const { directories, files, ignoredFiles, ignoredDirectories } = tree;
  assert.deepEqual(
    [files.length, directories.length, ignoredFiles.length, ignoredDirectories.length],
    [3000, 250, 600, 51],
  );
  assert.equal(new Set([...files, ...directories, ...ignoredFiles, ...ignoredDirectories]).size, 3901);
  const known = new Set(['', ...directories]);
  for (const name of [...files, ...directories])
    assert.ok(known.has(name.slice(0, Math.max(0, name.lastIndexOf('/')))));
});

test('dirstates of both versions are read as they were meant', async () => {
  const { encodeVersion1, encodeVersion2, patchVersion1 } = await script<Dirstates>('dirstates.mjs');
  const stat = { size: 7, seconds: 1_700_000_000, nanoseconds: 500_000_000 };
  const entries: Entry[] = [
    { path: 'b/c/two.txt', state: 'normal', ...stat },
    { path: 'b/one.txt', state: 'removed', ...stat },
    { path: 'a.txt', state: 'added', ...stat },
    { path: 'b/c/new.txt', state: 'normal', ...stat },
  ];
  const version1 = encodeVersion1(PARENT, entries);
  const version2 = encodeVersion2({
    parent: PARENT,
    id: '00000001',
    entries,
    directoryTimes: new Map([['b', { seconds: 5, nanoseconds: 6 }]]),
    ignoreHash: Buffer.alloc(20, 3),
  });
  const docket = decodeDocket(version2.docket, 'dirstate');
  const first = decodeV1(version1.bytes, RULES);
  const second = decodeV2(version2.data, docket, RULES);
  assert.equal(version1.bytes.toString('hex', 0, 20), PARENT);
  assert.equal(docket.p1, PARENT);
  const expected = ['a.txt', 'b', 'b/c', 'b/c/new.txt', 'b/c/two.txt', 'b/one.txt'];
  for (const table of [first, second]) {
    const names = Array.from({ length: table.nodeCount }, (_, node) => {
      const start = table.pathOffset[node]!;
      return table.bytes.toString('latin1', start, start + table.pathLength[node]!);
    });
    assert.deepEqual(names.filter(name => name !== '').sort(), expected);
    assert.equal(table.entryCount, 4);
    const recorded = names.indexOf('b/c/two.txt');
    assert.deepEqual([table.size[recorded], table.mtimeSeconds[recorded]], [stat.size, stat.seconds]);
    assert.equal(table.flags[names.indexOf('a.txt')]! & ENTRY_MASK, WDIR_TRACKED);
    assert.equal(table.flags[names.indexOf('b/one.txt')]! & ENTRY_MASK, P1_TRACKED);
  }
  const patched = patchVersion1(version1.bytes, '34'.repeat(20), [{ offset: version1.offsets[3]!, size: 9 }]);
  assert.equal(patched.readInt32BE(version1.offsets[3]! + 5), 9);
  assert.equal(patched.readInt32BE(version1.offsets[3]! + 9), -1);
  assert.equal(version1.bytes.readInt32BE(version1.offsets[3]! + 5), 7);
});
