// The live model while several threads scan: what comes in meanwhile waits, and what falls between the scan and the watches
// is found.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { QuicksilverError } from '../../../src/base/errors.ts';
import { RETRY_MS } from '../../../src/workingCopy/snapshotLoader.ts';
import type { UnitScanners } from '../../../src/status/bulk/scanners.ts';
import { inThread } from '../../support/bulkForms.ts';
import type { FakeEntry } from '../../support/fakeStatCache.ts';
import { OLD_SECONDS } from '../../support/temporaryDirectory.ts';
import { LiveModelRig } from './liveModelRig.ts';

const clean = (...paths: string[]): FakeEntry[] => paths.map(path => ({ path, size: 1, mtime: OLD_SECONDS }));
const FILES = { 'a/f': '1', 'a/g': '1', 'b/f': '1', 'b/c/f': '1', 'd/f': '1' };

/** Hands out what units gave only when the test says so. */
class HeldScanners implements UnitScanners {
  #held: (() => void)[] = [];
  open = false;
  /** Those that ask for several units at once; who only wants to know where to look asks for one after the other. */
  scans = 0;
  surveys = 0;
  failure: Error | undefined;

  prepare(...args: Parameters<UnitScanners['prepare']>): ReturnType<UnitScanners['prepare']> {
    const scanner = inThread.prepare(...args);
    let inFlight = 0;
    let isScan = false;
    this.surveys++;
    return {
      parallel: 100,
      scan: async unit => {
        if (++inFlight > 1 && !isScan) {
          isScan = true;
          this.scans++;
          this.surveys--;
        }
        const result = await scanner.scan(unit);
        if (!this.open) await new Promise<void>(resolve => this.#held.push(resolve));
        inFlight--;
        if (this.failure !== undefined) throw this.failure;
        return result;
      },
    };
  }

  get held(): number {
    return this.#held.length;
  }

  release(): void {
    for (const resolve of this.#held.splice(0)) resolve();
  }
}

/** A rig that is not started, with a unit for each of the five directories. */
function rigOf(t: TestContext, isOpen: boolean, more: Readonly<Record<string, string>> = {}) {
  const scanners = new HeldScanners();
  scanners.open = isOpen;
  const bulk = { scanners, minimumNodes: 0, unitNodes: 1 };
  const rig = new LiveModelRig(t, { ...FILES, ...more }, { entries: clean(...Object.keys(FILES)) }, 0, bulk);
  return { rig, scanners };
}

/** A rig whose first scan has looked at everything, of which nothing was handed out yet. */
async function held(t: TestContext, more?: Readonly<Record<string, string>>) {
  const { rig, scanners } = rigOf(t, false, more);
  rig.model.start();
  await rig.until(() => scanners.held === 5);
  return { rig, scanners };
}

/** Lets time pass until nothing remains to be done, watches and the look after them included. */
async function untilQuiet(rig: LiveModelRig): Promise<void> {
  for (let i = 0; i < 200; i++) {
    rig.advance(20);
    await rig.turn();
  }
}

test('the first scan is told when it is done, and then directories are watched', async t => {
  const { rig, scanners } = await held(t);
  assert.deepEqual([...rig.watcher.directories], ['']);
  scanners.release();
  await rig.settle();
  assert.deepEqual(rig.told, []);
  assert.equal(rig.take().at(-1)?.settled, true);
  const { stats, directoriesRead } = rig.model.outcome;
  scanners.open = true;
  scanners.release();
  await untilQuiet(rig);
  assert.deepEqual([...rig.watcher.directories].sort(), ['', 'a', 'b', 'b/c', 'd']);
  // Then other threads look once more; where they find nothing, nothing is looked at here.
  assert.deepEqual([scanners.scans, scanners.surveys], [1, 1]);
  assert.deepEqual([rig.model.outcome.stats, rig.model.outcome.directoriesRead], [2 * stats, 2 * directoriesRead]);
});

test('what the status does not need of a snapshot is read while other threads scan', async t => {
  const { rig, scanners } = rigOf(t, true);
  const scansBefore = onHeadRead(rig, () => scanners.scans);
  rig.model.start();
  await rig.settle();
  assert.deepEqual(scansBefore, [1]);
  assert.equal(rig.take().at(-1)?.head?.branch, 'default');
});

test('if the rest of a snapshot is replaced while it is read, all of it is read again', async t => {
  const { rig, scanners } = rigOf(t, true, { 'd/new': '' });
  let tries = 0;
  onHeadRead(rig, () => {
    if (++tries === 1) throw new QuicksilverError('changed-while-reading', 'again');
  });
  rig.model.start();
  await rig.until(() => tries === 1);
  assert.equal(rig.model.snapshot, undefined);
  rig.advance(RETRY_MS);
  await rig.until(() => tries === 2);
  await rig.settle();
  assert.deepEqual(rig.told, ['? d/new']);
  assert.equal(rig.take().at(-1)?.state.kind, 'ready');
  assert.equal(scanners.scans, 2);
});

/** Calls `read` when the head of the first snapshot is asked for; its answers are put into the list that is answered. */
function onHeadRead<T>(rig: LiveModelRig, read: () => T): T[] {
  const answers: T[] = [];
  const load = rig.backend.load.bind(rig.backend);
  rig.backend.load = previous => {
    const { head, ...rest } = load(previous);
    if (previous !== undefined) return previous;
    return {
      ...rest,
      get head() {
        answers.push(read());
        return head;
      },
    };
  };
  return answers;
}

test('a change between the scan and the watch of its directory is found without any hint', async t => {
  const { rig, scanners } = await held(t);
  rig.directory.write('b/c/f', '22');
  rig.directory.write('d/new', '');
  rig.directory.remove('a/g');
  scanners.open = true;
  scanners.release();
  await rig.settle();
  assert.deepEqual(rig.told, []);
  await untilQuiet(rig);
  assert.deepEqual(rig.told, ['! a/g', '? d/new', 'M b/c/f']);
  // That is not what the events have missed.
  assert.equal(rig.model.missedByEvents, 0);
  assert.deepEqual(rig.logger.lines, []);
});

test('what is recorded anew during the look after the watches begins it anew', async t => {
  const { rig, scanners } = await held(t);
  scanners.release();
  await rig.settle();
  await rig.until(() => {
    rig.advance(20);
    return scanners.surveys === 1;
  });
  rig.directory.write('b/c/f', '22');
  rig.directory.write('d/f', '22');
  rig.backend.set({ entries: [...clean('a/f', 'a/g', 'b/f', 'b/c/f'), { path: 'd/f', size: 2, mtime: OLD_SECONDS }] });
  rig.controlHint();
  await rig.settle();
  assert.deepEqual(rig.told, []);
  scanners.open = true;
  scanners.release();
  await untilQuiet(rig);
  assert.deepEqual(rig.told, ['M b/c/f']);
  assert.deepEqual([scanners.scans, scanners.surveys], [1, 2]);
  assert.equal(rig.model.isCatchingUp, false);
});

test('where other threads fail, everything is looked at here', async t => {
  const { rig, scanners } = await held(t);
  scanners.release();
  await rig.settle();
  rig.directory.write('b/c/f', '22');
  scanners.failure = new Error('a thread died');
  scanners.open = true;
  scanners.release();
  await untilQuiet(rig);
  assert.deepEqual(rig.told, ['M b/c/f']);
  assert.deepEqual(rig.logger.lines, ['warn: One thread scans for several (a thread died).']);
});

test('hints wait for the scan, so that what they find is the later', async t => {
  const { rig, scanners } = await held(t);
  rig.directory.write('a/f', '22');
  rig.watcher.fire('a/f');
  for (let i = 0; i < 20; i++) await rig.turn();
  assert.deepEqual(rig.told, []);
  scanners.release();
  await rig.settle();
  assert.deepEqual(rig.told, ['M a/f']);
});

test('what is recorded anew during the scan is taken over after it', async t => {
  const { rig, scanners } = await held(t);
  const loads = rig.backend.loads;
  rig.backend.set({ entries: clean('a/f', 'a/g', 'b/f', 'b/c/f', 'gone') });
  rig.controlHint();
  for (let i = 0; i < 20; i++) await rig.turn();
  assert.equal(rig.backend.loads, loads);
  scanners.release();
  await rig.settle();
  assert.deepEqual(rig.told, ['! gone', '? d/f']);
});

test('the progress of a scan is told, but not while a command has just replaced what is recorded', async t => {
  const { rig, scanners } = await held(t, { 'a/f': '22' });
  rig.backend.set({ entries: clean('a/g', 'b/f', 'b/c/f', 'd/f') });
  rig.advance(1000);
  scanners.release();
  await rig.settle();
  assert.deepEqual(
    rig.take().filter(({ changes }) => changes.some(({ entry }) => entry?.status === 'modified')),
    [],
  );
  assert.deepEqual(rig.told, ['? a/f']);
});

test('a refresh scans again by several threads, over what is known', async t => {
  const { rig, scanners } = await held(t);
  scanners.release();
  scanners.open = true;
  await rig.settle();
  rig.directory.write('a/f', '22');
  rig.directory.remove('b/c');
  rig.directory.write('d/new/x', '');
  void rig.model.refresh('asked for');
  await rig.settle();
  assert.equal(scanners.scans, 2);
  assert.deepEqual(rig.told, ['! b/c/f', '? d/new/x', 'M a/f']);
  rig.directory.write('a/f', '1');
  rig.directory.write('b/c/f', '1');
  rig.directory.remove('d/new');
  void rig.model.refresh('asked for');
  await rig.settle();
  assert.deepEqual(rig.told, []);
});

test('a model that is disposed of during the scan does nothing more', async t => {
  const { rig, scanners } = await held(t);
  rig.model.dispose();
  scanners.release();
  for (let i = 0; i < 20; i++) await rig.turn();
  assert.deepEqual(rig.updates, []);
  assert.deepEqual(rig.logger.lines, []);
});

test('a repository that is gone when the scan is over shows nothing', async t => {
  const { rig, scanners } = await held(t);
  rig.backend.present = false;
  rig.controlHint();
  scanners.release();
  await rig.until(() => rig.updates.at(-1)?.state.kind === 'gone');
  assert.deepEqual(rig.told, []);
});
