// A scan by several threads: that it says what the ordinary one says is compared for every test of statusOf; here is what
// only it has: the order, the work it does, and what happens when a unit fails.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytePath, type BytePath } from '../../../src/base/bytePath.ts';
import { planScan, type ScanPlan } from '../../../src/status/bulk/plan.ts';
import type { UnitScanners } from '../../../src/status/bulk/scanners.ts';
import { directoriesOf, NO_CHILD } from '../../../src/status/bulk/unitResult.ts';
import { runStatus } from '../../../src/status/status.ts';
import type { StatusInput } from '../../../src/status/types.ts';
import { bulkForms, inThread, nativeReason } from '../../support/bulkForms.ts';
import { fakeInput, type FakeEntry } from '../../support/fakeStatCache.ts';
import { OLD_SECONDS, temporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory.ts';
import { outcomeOf } from './statusRun.ts';

/** In JavaScript, a directory whose parent is in another unit is looked at before it is read, and so is that parent. */
const WAY_STATS = 19;

const clean = (path: string): FakeEntry => ({ path, size: 1, mtime: OLD_SECONDS });

/** 40 clean files in 20 directories, half of them below the others. */
function someTree(directory: TemporaryDirectory): FakeEntry[] {
  const entries: FakeEntry[] = [];
  for (let i = 0; i < 10; i++) {
    for (const path of [`d${i}/a`, `d${i}/b`, `d${i}/sub/a`, `d${i}/sub/b`]) {
      directory.write(path, '1');
      entries.push(clean(path));
    }
  }
  return entries;
}

function pathsOf(input: StatusInput, plan: ScanPlan): BytePath[][] {
  return plan.units.map(({ from, to }) => Array.from(plan.nodes.slice(from, to), node => input.statCache.path(node)));
}

test('a plan has each recorded directory once, after its parent, in units of about the wanted size', t => {
  const input = fakeInput({ root: '/nowhere', entries: someTree(temporaryDirectory(t)) });
  const plan = planScan(input, 12);
  const units = pathsOf(input, plan);
  assert.deepEqual(units.slice(0, 3), [
    ['', 'd0'],
    ['d0/sub', 'd1', 'd1/sub', 'd2'],
    ['d2/sub', 'd3', 'd3/sub', 'd4'],
  ]);
  const all = units.flat();
  assert.equal(all.length, 21);
  assert.equal(new Set(all).size, 21);
  plan.parents.forEach((parent, place) => assert.ok(place === 0 || parent < place));
});

test('units are larger as long as much is left', () => {
  const entries = Array.from({ length: 4000 }, (_, i) => clean(`d${i}/a`));
  const input = fakeInput({ root: '/nowhere', entries });
  const plan = planScan(input, 40);
  // Without the first, which has the root and its many names.
  const sizes = plan.units.slice(1).map(({ from, to }) => 2 * (to - from));
  assert.deepEqual([sizes[0], sizes.at(-2)], [160, 40]);
  assert.deepEqual(
    sizes.slice(0, -1),
    sizes.slice(0, -1).sort((a, b) => b - a),
  );
  assert.ok(sizes.includes(100), 'they do not become small at once');
  assert.equal(plan.units.at(-1)!.to, 4001);
});

test('directories that are wanted first are in the first unit, with those on the way', t => {
  const input = fakeInput({ root: '/nowhere', entries: someTree(temporaryDirectory(t)) });
  const first = ['d7/sub', 'd3', 'gone/sub', 'd7'].map(bytePath);
  const plan = planScan(input, 1000, first);
  const [wanted, rest] = pathsOf(input, plan);
  assert.deepEqual(wanted, ['', 'd7', 'd7/sub', 'd3']);
  assert.equal(rest?.length, 17);
  assert.equal(plan.parents[plan.placeOf[input.statCache.find(bytePath('d3/sub'))]!], 3);
});

test('excluded directories and what is below them are not in a plan, and their parents are looked at by other means', t => {
  const directory = temporaryDirectory(t);
  const input = fakeInput({ root: '/nowhere', entries: someTree(directory), excluded: ['d1', 'd2/sub', 'd3/none'] });
  const plan = planScan(input, 1000);
  const all = pathsOf(input, plan).flat();
  assert.equal(all.includes(bytePath('d1')), false);
  assert.equal(all.includes(bytePath('d1/sub')), false);
  assert.equal(all.includes(bytePath('d2/sub')), false);
  assert.deepEqual(
    all.filter((_, place) => plan.skip[place] === 1),
    ['', 'd2', 'd3'],
  );
});

test('native code draws the same plans', { skip: nativeReason() === '' ? false : nativeReason() }, t => {
  const drawPlan = bulkForms().find(form => form.name === 'native')!.scanners.drawPlan!;
  const many = Array.from({ length: 4000 }, (_, i) => clean(`d${i % 70}/e${i % 900}/a${i}`));
  const some = someTree(temporaryDirectory(t));
  let asked = 0;
  const counted: typeof drawPlan = (...args) => {
    const drawn = drawPlan(...args);
    if (drawn !== null) asked++;
    return drawn;
  };
  for (const entries of [[], some, many]) {
    for (const excluded of [[], ['d1', 'd2/sub', 'd3/none', 'd4/e4']]) {
      for (const first of [[], ['d7/sub', 'd3', 'gone/sub', 'd4/e4', 'd7'].map(bytePath)]) {
        const input = fakeInput({ root: '/nowhere', entries, excluded });
        for (const unitNodes of [1, 12, 40, 1000]) {
          assert.deepEqual(planScan(input, unitNodes, first, counted), planScan(input, unitNodes, first));
        }
      }
    }
  }
  assert.equal(asked, 48);
});

test('native code is tested where it was built', { skip: nativeReason() === '' ? false : nativeReason() }, () => {
  assert.ok(bulkForms().some(form => form.name === 'native'));
});

for (const { name, scanners } of bulkForms()) {
  const options = { ignored: 'collapsed', clean: false } as const;

  test(`${name}: of what is clean nothing is told, and each file is stat'ed and each directory read once`, async t => {
    const directory = temporaryDirectory(t);
    const entries = someTree(directory);
    const input = fakeInput({ root: directory.root, entries });
    const words: number[] = [];
    const counting: UnitScanners = {
      prepare: (...args) => {
        const scanner = scanners.prepare(...args);
        const scan: typeof scanner.scan = async unit => {
          const result = await scanner.scan(unit);
          words.push(result.words.length, result.names.length);
          return result;
        };
        return { ...scanner, scan };
      },
    };
    const bulk = { scanners: counting, minimumNodes: 0, unitNodes: 12 };
    const { entries: found, outcome } = await runStatus(input, { ...options, bulk });
    assert.deepEqual(found, []);
    assert.deepEqual(new Set(words), new Set([0]));
    const onTheWay = name === 'native' ? 0 : WAY_STATS;
    assert.deepEqual(outcome, outcomeOf({ stats: 40 + onTheWay, directoriesRead: 21 }));
  });

  test(`${name}: only what is not clean is told of, and looked at again`, async t => {
    const directory = temporaryDirectory(t);
    const entries = someTree(directory);
    directory.write('d4/a', '22');
    directory.write('d4/sub/new', '');
    directory.remove('d5/sub/b');
    const input = fakeInput({ root: directory.root, entries });
    const told: unknown[] = [];
    const plan = planScan(input, 1000);
    const result = await scanners.prepare(input, input.statCache.columns!, plan).scan(plan.units[0]!);
    for (const { place, what, items } of directoriesOf(result)) {
      told.push([input.statCache.path(plan.nodes[place]!), what, items.map(item => [item.name, item.node, item.kind])]);
    }
    const node = (path: string): number => input.statCache.find(bytePath(path));
    assert.deepEqual(told, [
      ['d4', 'partial', [['', node('d4/a'), 'file']]],
      ['d4/sub', 'partial', [['new', -1, 'file']]],
      ['d5/sub', 'partial', [['', node('d5/sub/b'), undefined]]],
    ]);
    assert.equal(result.words[3], node('d4/a'));
    assert.equal(result.words[9], NO_CHILD);
    const bulk = { scanners, minimumNodes: 0 };
    const { entries: found, outcome } = await runStatus(input, { ...options, bulk });
    assert.deepEqual(found.map(({ path, status }) => `${status} ${path}`).sort(), [
      'deleted d5/sub/b',
      'modified d4/a',
      'unknown d4/sub/new',
    ]);
    // The 39 files, the changed one again, and whether the directory of the new one may be entered.
    if (name === 'native') assert.deepEqual(outcome, outcomeOf({ stats: 41, directoriesRead: 21 }));
  });

  test(`${name}: nothing is read through a symbolic link that took the place of a directory`, async t => {
    const directory = temporaryDirectory(t);
    const entries = someTree(directory);
    directory.rename('d6', 'elsewhere/d6');
    directory.symlink('elsewhere/d6', 'd6');
    const input = fakeInput({ root: directory.root, entries });
    for (const unitNodes of [1, 1000]) {
      const plan = planScan(input, unitNodes);
      const scanner = scanners.prepare(input, input.statCache.columns!, plan);
      const told: string[] = [];
      for (const unit of plan.units) {
        for (const { place, what } of directoriesOf(await scanner.scan(unit))) {
          told.push(`${input.statCache.path(plan.nodes[place]!)} ${what}`);
        }
      }
      assert.deepEqual(told, [' partial', 'd6 whole', 'd6/sub whole']);
    }
  });
}

test('a unit that fails is looked at by this thread, with the same answer', async t => {
  const directory = temporaryDirectory(t);
  const entries = someTree(directory);
  directory.write('d4/a', '22');
  directory.write('d4/sub/new', '');
  directory.write('d8/new/x', '');
  const input = fakeInput({ root: directory.root, entries });
  for (let bad = 0; bad < 5; bad++) {
    let asked = 0;
    const failures: unknown[] = [];
    const failing: UnitScanners = {
      prepare: (...args) => {
        const scanner = inThread.prepare(...args);
        return { ...scanner, scan: unit => (asked++ === bad ? Promise.reject(new Error('died')) : scanner.scan(unit)) };
      },
    };
    const { entries: found } = await runStatus(input, {
      ignored: 'none',
      clean: false,
      bulk: { scanners: failing, minimumNodes: 0, unitNodes: 12, onFailure: error => failures.push(error) },
    });
    assert.equal(failures.length, 1);
    assert.deepEqual(found.map(({ path, status }) => `${status} ${path}`).sort(), [
      'modified d4/a',
      'unknown d4/sub/new',
      'unknown d8/new/x',
    ]);
  }
});

test('a scan that is aborted asks for no more units', async t => {
  const directory = temporaryDirectory(t);
  const input = fakeInput({ root: directory.root, entries: someTree(directory) });
  const controller = new AbortController();
  let asked = 0;
  const counting: UnitScanners = {
    prepare: (...args) => {
      const scanner = inThread.prepare(...args);
      const scan: typeof scanner.scan = unit => {
        if (++asked === 2) controller.abort(new Error('enough'));
        return scanner.scan(unit);
      };
      return { parallel: 1, scan };
    },
  };
  const bulk = { scanners: counting, minimumNodes: 0, unitNodes: 1 };
  const run = runStatus(input, { ignored: 'none', clean: false, signal: controller.signal, bulk });
  await assert.rejects(run, /enough/);
  assert.ok(asked < 5, `${asked} units`);
});

test('small repositories, those without columns and those that fold case are scanned by one thread', async t => {
  const directory = temporaryDirectory(t);
  const input = fakeInput({ root: directory.root, entries: someTree(directory) });
  let prepared = 0;
  const scanners: UnitScanners = {
    prepare: (...args) => {
      prepared++;
      return inThread.prepare(...args);
    },
  };
  const run = async (of: StatusInput, minimumNodes: number | undefined): Promise<number> => {
    const { outcome } = await runStatus(of, { ignored: 'none', clean: false, bulk: { scanners, minimumNodes } });
    return outcome.directoriesRead;
  };
  assert.equal(await run(input, undefined), 21);
  assert.equal(await run({ ...input, rules: { ...input.rules, foldsCase: true } }, 0), 21);
  assert.equal(prepared, 0);
  assert.equal(await run(input, 0), 21);
  assert.equal(prepared, 1);
  const small = { scanners: { ...scanners, worthNodes: input.statCache.nodeCount } };
  await runStatus(input, { ignored: 'none', clean: false, bulk: small });
  assert.equal(prepared, 2);
  const large = { scanners: { ...scanners, worthNodes: input.statCache.nodeCount + 1 } };
  await runStatus(input, { ignored: 'none', clean: false, bulk: large });
  assert.equal(prepared, 2);
});

test('what is needed to judge is read while other threads scan; if it cannot be, they are stopped', async t => {
  const directory = temporaryDirectory(t);
  const input = fakeInput({ root: directory.root, entries: someTree(directory) });
  const events: string[] = [];
  const scanners: UnitScanners = {
    prepare: (...args) => {
      const scanner = inThread.prepare(...args);
      return {
        parallel: 2,
        scan: unit => {
          events.push('scan');
          return scanner.scan(unit);
        },
        release: () => events.push('release'),
      };
    },
  };
  const options = { ignored: 'none', clean: false, bulk: { scanners, minimumNodes: 0, unitNodes: 1000 } } as const;
  const { entries } = await runStatus(input, { ...options, prepare: () => events.push('prepare') });
  assert.deepEqual(entries, []);
  assert.deepEqual(events.slice(0, 3), ['scan', 'prepare', 'release']);
  events.length = 0;
  const failing = runStatus(input, {
    ...options,
    prepare: () => {
      throw new Error('no rules');
    },
  });
  await assert.rejects(failing, { message: 'no rules' });
  assert.deepEqual(events, ['scan', 'release']);
});
