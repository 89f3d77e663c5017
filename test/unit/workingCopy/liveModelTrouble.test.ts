// Locks, failures, and changes of which nobody told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytePath } from '../../../src/base/bytePath.ts';
import { QuicksilverError } from '../../../src/base/errors.ts';
import type { ModelUpdate } from '../../../src/workingCopy/publisher.ts';
import { OLD_SECONDS } from '../../support/temporaryDirectory.ts';
import { LiveModelRig } from './liveModelRig.ts';

const AUDIT_MS = 30_000;
const RETRY_MS = 50;

const clean = (...paths: string[]): { path: string; size: number; mtime: number }[] =>
  paths.map(path => ({ path, size: 1, mtime: OLD_SECONDS }));

const states = (updates: readonly ModelUpdate[]): string[] =>
  updates.map(({ state, reset, changes }) => `${reset ? 'reset ' : ''}${state.kind} ${changes.length}`);

const replaced = new QuicksilverError('changed-while-reading', 'the dirstate was replaced while it was read');

test('while the lock is held nothing is told; its release is noticed', async t => {
  const rig = await LiveModelRig.started(t, { '.hg/wlock': '', f: '1' }, { entries: clean('f') });
  rig.pause();
  rig.backend.lockState = 'updating';
  rig.directory.write('f', '22');
  rig.watcher.fire('f');
  await rig.until(() => rig.model.tree.get('f' as never) !== undefined);
  for (let i = 0; i < 5; i++) await rig.turn();
  assert.deepEqual(rig.take(), []);
  rig.directory.remove('.hg/wlock');
  rig.backend.lockState = 'free';
  await rig.until(() => rig.updates.length > 0);
  assert.deepEqual(states(rig.take()), ['ready 1']);
  assert.deepEqual(rig.told, ['M f']);
});

test('what a command undoes before it releases the lock is never told', async t => {
  const rig = await LiveModelRig.started(t, { f: '1' }, { entries: clean('f') });
  rig.backend.lockState = 'held';
  for (const content of ['22', '1']) {
    rig.directory.write('f', content);
    rig.watcher.fire('f');
    await rig.until(() => (rig.model.tree.get('f' as never) === undefined) === (content === '1'));
  }
  rig.backend.lockState = 'free';
  rig.controlHint();
  assert.equal(await rig.settledUpdates(), 0);
});

test('a lock that is held for two seconds is no longer waited for', async t => {
  const rig = await LiveModelRig.started(t, { f: '1' }, { entries: clean('f') });
  rig.pause();
  rig.backend.lockState = 'held';
  rig.directory.write('f', '22');
  rig.watcher.fire('f');
  await rig.until(() => rig.model.tree.get('f' as never) !== undefined);
  await rig.turn();
  rig.advance(1999);
  for (let i = 0; i < 5; i++) await rig.turn();
  assert.deepEqual(rig.told, []);
  rig.advance(1);
  await rig.until(() => rig.updates.length > 0);
  assert.deepEqual(rig.told, ['M f']);
});

test('a dirstate replaced while it was read is read again a little later', async t => {
  const rig = await LiveModelRig.started(t, { f: '1' }, { entries: clean('f') });
  rig.backend.failure = replaced;
  rig.controlHint();
  await rig.until(() => rig.backend.loads === 2);
  const settled = rig.settle();
  rig.advance(RETRY_MS - 1);
  for (let i = 0; i < 5; i++) await rig.turn();
  assert.equal(rig.backend.loads, 2);
  rig.backend.failure = undefined;
  rig.backend.set({ entries: [] });
  rig.advance(1);
  await settled;
  assert.equal(rig.backend.loads, 3);
  assert.deepEqual(rig.told, ['? f']);
});

test('hints that come while it waits do not make it forget to read again', async t => {
  const rig = await LiveModelRig.started(t, { f: '1' }, { entries: clean('f') });
  rig.backend.failure = replaced;
  rig.controlHint();
  await rig.until(() => rig.backend.loads === 2);
  for (let i = 0; i < 5; i++) await rig.turn();
  rig.directory.write('f', '22');
  rig.watcher.fire('f');
  await rig.until(() => rig.model.tree.get('f' as never) !== undefined);
  for (let i = 0; i < 5; i++) await rig.turn();
  rig.backend.failure = undefined;
  rig.advance(RETRY_MS);
  await rig.settle();
  assert.equal(rig.backend.loads, 3);
  assert.deepEqual(rig.told, ['M f']);
});

test('a dirstate that is replaced for ever fails', async t => {
  const rig = await LiveModelRig.started(t, { f: '' });
  rig.backend.failure = replaced;
  rig.controlHint();
  const settled = rig.settle();
  for (let tries = 1; tries <= 41; tries++) {
    await rig.until(() => rig.backend.loads === 1 + tries);
    await rig.turn();
    if (tries > 40) break;
    assert.deepEqual(rig.take(), []);
    rig.advance(RETRY_MS);
  }
  await settled;
  assert.deepEqual(states(rig.take()), ['reset failed 0']);
});

test('what cannot be read shows nothing, says why once, and recovers', async t => {
  const rig = await LiveModelRig.started(t, { f: '', 'd/g': '' });
  const problem = new QuicksilverError('corrupt', 'dirstate: damaged');
  rig.backend.failure = problem;
  rig.controlHint();
  const failed = await rig.only();
  assert.deepEqual([failed.state, failed.reset, failed.head], [{ kind: 'failed', problem }, true, undefined]);
  assert.deepEqual(rig.told, []);
  assert.equal(rig.model.snapshot, undefined);
  // Every event tries again, and so does time.
  rig.backend.failure = new QuicksilverError('corrupt', 'dirstate: damaged');
  rig.watcher.fire('f');
  assert.equal(await rig.settledUpdates(), 0);
  assert.equal(rig.backend.loads, 3);
  rig.backend.failure = undefined;
  rig.advance(5000);
  await rig.until(() => rig.updates.some(update => update.settled && update.state.kind === 'ready'));
  assert.deepEqual(rig.told, ['? d/g', '? f']);
  assert.deepEqual([...rig.watcher.directories].sort(), ['', 'd']);
  assert.ok(rig.take()[0]!.reset);
});

test('a repository that needs something unknown is refused', async t => {
  const rig = new LiveModelRig(t, { f: '' });
  const problem = new QuicksilverError('unsupported', 'requires cats');
  rig.backend.failure = problem;
  rig.model.start();
  assert.deepEqual((await rig.only()).state, { kind: 'refused', problem });
  assert.deepEqual(rig.logger.lines, []);
});

test('a defect becomes a failure with a log entry', async t => {
  const rig = await LiveModelRig.started(t, { f: '' });
  const defect = new TypeError('x is not a function');
  rig.backend.onLoad = (): void => {
    rig.backend.onLoad = (): void => undefined;
    throw defect;
  };
  rig.controlHint();
  const { state } = await rig.only();
  assert.ok(state.kind === 'failed' && state.problem.code === 'io' && state.problem.cause === defect);
  assert.equal(rig.logger.lines.length, 1);
  assert.match(rig.logger.lines[0]!, /^error: TypeError: x is not a function/);
});

test('a failure while resting is told as one, and ends nothing', async t => {
  const rig = await LiveModelRig.started(t, { f: '' });
  const problem = new QuicksilverError('io', 'the lock cannot be looked at');
  rig.backend.lock = () => {
    throw problem;
  };
  rig.watcher.fire('g');
  assert.deepEqual((await rig.only()).state, { kind: 'failed', problem });
  rig.backend.lock = () => 'free';
  rig.controlHint();
  assert.deepEqual(states([await rig.only()]), ['reset ready 1']);
});

/** A base whose only file fails as long as `problem` is set; counts how often it was asked. */
class FailingBase {
  problem: QuicksilverError | undefined = new QuicksilverError('corrupt', 'revision is damaged');
  asked = 0;

  get f(): { content: string } {
    this.asked++;
    if (this.problem !== undefined) throw this.problem;
    return { content: '1' };
  }
}

test('a base revision that cannot be read leaves its file undecided, until it can be', async t => {
  const rig = await LiveModelRig.started(t, { f: '1', g: '1' }, { entries: clean('f', 'g') });
  const base = new FailingBase();
  rig.backend.set({
    entries: [
      { path: 'f', size: 1 },
      { path: 'g', size: 2 },
    ],
    base: base as never,
  });
  rig.controlHint();
  const update = await rig.only();
  assert.deepEqual(update.state, { kind: 'ready' });
  const undecided = 'May be modified: revision is damaged';
  assert.deepEqual(update.changes.map(({ path, entry }) => [path, entry]).sort(), [
    ['f', { status: 'modified', undecided }],
    ['g', { status: 'modified' }],
  ]);
  // It was looked at once more before that was told, and is not asked for ever.
  assert.equal(base.asked, 2);
  base.problem = undefined;
  rig.controlHint();
  await rig.settle();
  assert.deepEqual(rig.told, ['M g']);
});

test('what a command is writing is not told as damage while it holds a lock', async t => {
  const rig = await LiveModelRig.started(t, { f: '1' }, { entries: clean('f') });
  const base = new FailingBase();
  rig.pause();
  rig.backend.busy = true;
  rig.backend.set({ entries: [{ path: 'f', size: 1 }], base: base as never });
  rig.controlHint();
  await rig.until(() => base.asked > 0);
  for (let i = 0; i < 5; i++) await rig.turn();
  assert.deepEqual(rig.take(), []);
  base.problem = undefined;
  rig.backend.busy = false;
  rig.advance(RETRY_MS);
  await rig.settle();
  assert.deepEqual([rig.told, rig.model.state.kind], [[], 'ready']);
});

test('a command that writes for longer than two seconds is no longer waited for', async t => {
  const rig = await LiveModelRig.started(t, { f: '1' }, { entries: clean('f') });
  const base = new FailingBase();
  rig.pause();
  rig.backend.busy = true;
  rig.backend.set({ entries: [{ path: 'f', size: 1 }], base: base as never });
  rig.controlHint();
  await rig.until(() => base.asked > 0);
  for (let i = 0; i < 5; i++) await rig.turn();
  rig.advance(1999);
  for (let i = 0; i < 5; i++) await rig.turn();
  assert.deepEqual(rig.told, []);
  rig.advance(RETRY_MS);
  await rig.until(() => rig.updates.length > 0);
  assert.deepEqual(rig.told, ['M f']);
});

test('a damaged dirstate is read again as long as a command writes', async t => {
  const rig = await LiveModelRig.started(t, { f: '1' }, { entries: clean('f') });
  rig.backend.failure = new QuicksilverError('corrupt', 'half-written');
  rig.backend.busy = true;
  rig.controlHint();
  await rig.until(() => rig.backend.loads === 2);
  for (let i = 0; i < 5; i++) await rig.turn();
  assert.deepEqual(rig.take(), []);
  rig.backend.failure = undefined;
  rig.backend.busy = false;
  rig.advance(RETRY_MS);
  await rig.settle();
  assert.equal(rig.model.state.kind, 'ready');
});

test('a repository that is gone is said to be gone once, and may come back', async t => {
  const rig = await LiveModelRig.started(t, { f: '' });
  rig.backend.present = false;
  rig.controlHint();
  assert.deepEqual(states([await rig.only()]), ['reset gone 0']);
  for (const path of ['.hg', 'f', 'g']) {
    rig.watcher.fire(path);
    assert.equal(await rig.settledUpdates(), 0);
  }
  rig.backend.present = true;
  rig.watcher.fire('.hg');
  assert.deepEqual(states([await rig.only()]), ['reset ready 1']);
});

test('a repository that comes back is noticed within five seconds, without any event', async t => {
  const rig = await LiveModelRig.started(t, { f: '' });
  rig.backend.present = false;
  rig.controlHint();
  assert.deepEqual(states([await rig.only()]), ['reset gone 0']);
  rig.pause();
  await rig.turn();
  rig.backend.present = true;
  rig.advance(4999);
  for (let i = 0; i < 5; i++) await rig.turn();
  assert.deepEqual(rig.take(), []);
  rig.advance(1);
  await rig.until(() => rig.updates.length > 0);
  assert.deepEqual(states(rig.take()), ['reset ready 1']);
});

test('hints at what is not below the root are not followed', async t => {
  const rig = await LiveModelRig.started(t, { f: '' });
  const { stats, directoriesRead } = rig.model.outcome;
  rig.model.hint(['../x', '/etc/passwd', 'd/../../x', 'd//x', 'f\0x', './f'].map(bytePath));
  assert.equal(await rig.settledUpdates(), 0);
  assert.deepEqual([rig.model.outcome.stats, rig.model.outcome.directoriesRead], [stats, directoriesRead]);
  rig.model.hint([bytePath('g')]);
  await rig.settle();
  assert.equal(rig.model.outcome.stats, stats + 1);
});

test('a dirstate that changes while the first is being read is not missed', async t => {
  const rig = new LiveModelRig(t, { f: '1' }, { entries: clean('f') });
  rig.backend.onLoad = (): void => {
    rig.backend.onLoad = (): void => undefined;
    rig.backend.set({ entries: [] });
    rig.controlEvent();
  };
  rig.model.start();
  await rig.until(() => rig.updates.length > 0);
  rig.pause();
  await rig.until(() => rig.told.length > 0);
  assert.deepEqual(rig.told, ['? f']);
});

test('an audit finds what no event told of, corrects and counts it', async t => {
  const options = { entries: clean('f', 'gone/a', 'gone/b') };
  const rig = await LiveModelRig.started(t, { f: '1', 'd/u': '' }, options, AUDIT_MS);
  rig.directory.write('f', '22');
  rig.directory.write('new/u');
  rig.directory.remove('d');
  rig.advance(AUDIT_MS - 1);
  assert.equal(await rig.settledUpdates(), 0);
  rig.advance(1);
  await rig.until(() => rig.updates.length > 0);
  const update = await rig.only();
  assert.equal(update.cause, 'audit');
  assert.deepEqual(rig.told, ['! gone/a', '! gone/b', '? new/u', 'M f']);
  assert.equal(rig.model.missedByEvents, 3);
  assert.deepEqual(rig.logger.lines, ['warn: The audit found 3 changes that no event had told of (3 so far).']);
  assert.deepEqual([...rig.watcher.directories].sort(), ['', 'new']);
});

test('an audit of what is known says nothing', async t => {
  const files = { 'd/u': '', 'sub/f': '22', 'n/.hg/x': '', 'build/x': '', 'link-to/x': '' };
  const options = { entries: clean('gone/a', 'gone/b/c', 'sub/f', 'n/f'), ignored: ['build'], excluded: ['sub'] };
  const rig = await LiveModelRig.started(t, files, options, AUDIT_MS);
  for (let audits = 1; audits <= 2; audits++) {
    rig.advance(AUDIT_MS);
    await rig.until(() => rig.backend.loads === 1 + audits);
    await rig.settle();
  }
  assert.deepEqual(rig.take(), []);
  assert.equal(rig.model.missedByEvents, 0);
  assert.deepEqual(rig.logger.lines, []);
});

test('an audit finds another dirstate, too', async t => {
  const rig = await LiveModelRig.started(t, { f: '1' }, { entries: clean('f') }, AUDIT_MS);
  rig.backend.set({ entries: [] });
  rig.advance(AUDIT_MS);
  await rig.until(() => rig.told.length > 0);
  assert.deepEqual(rig.told, ['? f']);
});

test('focus makes an audit unless one has just been made', async t => {
  const rig = await LiveModelRig.started(t, { f: '1' }, { entries: clean('f') }, AUDIT_MS);
  rig.directory.write('f', '22');
  rig.advance(10_000);
  rig.model.focus();
  assert.equal(await rig.settledUpdates(), 0);
  rig.advance(1);
  rig.model.focus();
  await rig.settle();
  assert.deepEqual(rig.told, ['M f']);
  const loads = rig.backend.loads;
  rig.model.focus();
  await rig.settle();
  assert.equal(rig.backend.loads, loads);
});

test('without audits focus does nothing', async t => {
  const rig = await LiveModelRig.started(t, { f: '1' }, { entries: clean('f') });
  rig.directory.write('f', '22');
  rig.advance(1_000_000);
  rig.model.focus();
  assert.equal(await rig.settledUpdates(), 0);
});

test('a listener that throws stops neither the model nor the others, and nothing is told twice', async t => {
  const rig = await LiveModelRig.started(t, { f: '1' }, { entries: clean('f') });
  const broken = rig.model.onDidUpdate(() => {
    throw new Error('broken listener');
  });
  rig.directory.write('f', '22');
  rig.watcher.fire('f');
  assert.deepEqual(states([await rig.only()]), ['ready 1']);
  assert.equal(rig.logger.lines.length, 1);
  assert.match(rig.logger.lines[0]!, /^error: .*broken listener/);
  broken.dispose();
  rig.watcher.fire('f');
  assert.equal(await rig.settledUpdates(), 0);
});
