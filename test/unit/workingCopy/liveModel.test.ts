import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BURST_LIMIT_MS, BURST_PATHS, BURST_QUIET_MS } from '../../../src/workingCopy/hintQueue.ts';
import type { ModelUpdate } from '../../../src/workingCopy/publisher.ts';
import { OLD_SECONDS } from '../../support/temporaryDirectory.ts';
import { LiveModelRig } from './liveModelRig.ts';

const clean = (...paths: string[]): { path: string; size: number; mtime: number }[] =>
  paths.map(path => ({ path, size: 1, mtime: OLD_SECONDS }));

const work = ({ outcome }: ModelUpdate): [number, number] => [outcome.stats, outcome.directoriesRead];

test('the first scan is told as a whole', async t => {
  const files = { 'd/tracked': '1', 'd/u': '', 'build/x': '', 'n/.hg/requires': '', 'n/f': '' };
  const rig = new LiveModelRig(t, files, { entries: clean('d/tracked', 'gone'), ignored: ['build'] });
  await rig.turn();
  assert.equal(rig.backend.loads, 0);
  rig.model.start();
  const update = await rig.only();
  assert.deepEqual(rig.told, ['! gone', '? d/u', 'I build/']);
  assert.deepEqual(update.state, { kind: 'ready' });
  assert.equal(update.head?.branch, 'default');
  assert.deepEqual([update.reset, update.settled, update.cause, update.tracked], [true, true, 'first scan', 2]);
  assert.deepEqual(update.nestedRepositories, ['n']);
  assert.deepEqual(work(update), [1, 3]);
  assert.deepEqual([...rig.watcher.directories].sort(), ['', 'd', 'n']);
  assert.deepEqual(rig.model.watched, { directories: 3, complete: true });
  assert.equal(await rig.settledUpdates(), 0);
});

test('a hint becomes a delta', async t => {
  const rig = await LiveModelRig.started(t, { 'd/f': '1', 'd/g': '1' }, { entries: clean('d/f', 'd/g') });
  rig.directory.write('d/f', '22');
  rig.watcher.fire('d/f');
  const update = await rig.only();
  assert.deepEqual(update.changes, [{ path: 'd/f', entry: { status: 'modified' } }]);
  assert.deepEqual([update.reset, update.settled, update.cause], [false, true, 'file events']);
  assert.deepEqual(work(update), [3, 0]);
  // Nothing changed: nothing is told.
  rig.watcher.fire('d/g');
  assert.equal(await rig.settledUpdates(), 0);
});

test('when all is told the repository may let go of what it has read', async t => {
  const rig = await LiveModelRig.started(t, { f: '1' }, { entries: clean('f') });
  const { rests } = rig.backend;
  rig.directory.write('f', '22');
  rig.watcher.fire('f');
  await rig.only();
  assert.equal(rig.backend.rests, rests + 1);
});

test('settling takes the events that have not been delivered', async t => {
  const rig = await LiveModelRig.started(t, { f: '1' }, { entries: clean('f') });
  rig.directory.write('f.orig');
  rig.watcher.undelivered = ['f.orig'];
  await rig.settle();
  assert.deepEqual(rig.told, ['? f.orig']);
});

test('hints of one turn are handled together', async t => {
  const rig = await LiveModelRig.started(t, { 'd/f': '1' }, { entries: clean('d/f') });
  for (const name of ['a', 'b', 'c']) {
    rig.directory.write(`d/${name}`);
    rig.watcher.fire(`d/${name}`);
    rig.watcher.fire(`d/${name}`);
  }
  const update = await rig.only();
  assert.deepEqual(rig.told, ['? d/a', '? d/b', '? d/c']);
  assert.deepEqual(work(update), [5, 0]);
});

test('what happens in an ignored directory costs nothing', async t => {
  const rig = await LiveModelRig.started(t, { 'build/a': '', f: '1' }, { entries: clean('f'), ignored: ['build'] });
  rig.directory.write('build/deep/b');
  for (const path of ['build/deep', 'build/deep/b', 'build/a']) rig.watcher.fire(path);
  assert.equal(await rig.settledUpdates(), 0);
  rig.directory.write('f', '22');
  rig.watcher.fire('f');
  assert.deepEqual(work(await rig.only()), [1, 0]);
});

test('a new dirstate: only what changed in it is looked at', async t => {
  const names = Array.from({ length: 50 }, (_, i) => `d/f${i}`);
  const files = { ...Object.fromEntries(names.map(name => [name, '1'])), 'd/new': '' };
  const rig = await LiveModelRig.started(t, files, { entries: clean(...names) });
  rig.pause();
  rig.backend.set({ entries: [...clean(...names.slice(1)), { path: 'd/new', kind: 'added' }] });
  rig.controlEvent();
  await rig.until(() => rig.updates.length > 0);
  const update = await rig.only();
  assert.equal(update.cause, 'dirstate changed');
  assert.deepEqual(rig.told, ['? d/f0', 'A d/new']);
  assert.equal(update.tracked, 50);
  // The directory, whether it is a repository, and the two files.
  assert.deepEqual(work(update), [4, 0]);
});

test('a dirstate rewritten without a change costs nothing', async t => {
  const rig = await LiveModelRig.started(t, { f: '1' }, { entries: clean('f') });
  rig.backend.set({ entries: clean('f') });
  rig.controlHint();
  assert.equal(await rig.settledUpdates(), 0);
  assert.equal(rig.backend.loads, 2);
  rig.backend.set({ head: { branch: 'stable' } });
  rig.controlHint();
  const update = await rig.only();
  assert.deepEqual([update.head?.branch, update.changes, update.cause], ['stable', [], 'names changed']);
  assert.deepEqual(work(update), [0, 0]);
});

test('other ignore rules: only directories that are no longer ignored are read', async t => {
  const files = { 'build/a': '', 'build/b/c': '', 'out/x': '', 'd/e/f': '', 'd/u': '' };
  const rig = await LiveModelRig.started(t, files, { ignored: ['build'] });
  assert.deepEqual(rig.told, ['? d/e/f', '? d/u', '? out/x', 'I build/']);
  rig.backend.set({ ignored: ['out', 'u'] });
  rig.controlHint();
  const update = await rig.only();
  assert.equal(update.cause, 'ignore rules changed');
  assert.deepEqual(rig.told, ['? build/a', '? build/b/c', '? d/e/f', 'I d/u', 'I out/']);
  assert.deepEqual(work(update), [3, 2]);
  rig.backend.set({ ignored: ['out', 'u', 'build', 'd'] });
  rig.controlHint();
  assert.deepEqual(work(await rig.only()), [0, 0]);
  assert.deepEqual(rig.told, ['I build/', 'I d/', 'I out/']);
  assert.deepEqual([...rig.watcher.directories], ['']);
});

test('another parent: only files whose content had to be compared are compared again', async t => {
  const options = { entries: [...clean('sure'), { path: 'unsure', size: 1 }], base: { unsure: { content: '1' } } };
  const rig = await LiveModelRig.started(t, { sure: '1', unsure: '1' }, options);
  assert.deepEqual(rig.told, []);
  rig.backend.set({ head: { firstParent: '2'.repeat(40) }, base: { unsure: { content: '2' } } });
  rig.controlHint();
  const update = await rig.only();
  assert.deepEqual(rig.told, ['M unsure']);
  assert.deepEqual(work(update), [1, 0]);
  assert.equal(update.outcome.filesRead, 1);
});

test('other rules, or a first revision, need a scan', async t => {
  const rig = await LiveModelRig.started(t, { 'sub/u': '', 'd/u': '' });
  rig.backend.set({ excluded: ['sub'] });
  rig.controlHint();
  const update = await rig.only();
  assert.deepEqual([update.cause, update.reset, work(update)[1]], ['rules changed', false, 2]);
  assert.deepEqual(rig.told, ['? d/u']);
  rig.backend.set({ head: { firstParent: '0'.repeat(40) }, base: {} });
  rig.controlHint();
  const next = await rig.only();
  assert.deepEqual([next.cause, next.changes, work(next)[1]], ['rules changed', [], 2]);
});

test('in an excluded directory those are watched in which something is recorded, also from now on', async t => {
  const files = { 'd/sub/f': '1', 'd/sub/a/g': '1', 'd/sub/b/h': '1', 'd/sub/none/u': '' };
  const rig = await LiveModelRig.started(t, files, { entries: clean('d/sub/f', 'd/sub/a/g'), excluded: ['d/sub'] });
  assert.deepEqual([...rig.watcher.directories].sort(), ['', 'd', 'd/sub', 'd/sub/a']);
  rig.backend.set({ entries: [...clean('d/sub/f'), { path: 'd/sub/b/h', size: 2 }] });
  rig.controlHint();
  await rig.only();
  assert.deepEqual(rig.told, ['M d/sub/b/h']);
  assert.deepEqual([...rig.watcher.directories].sort(), ['', 'd', 'd/sub', 'd/sub/b']);
});

test('nested repositories that come and go are told', async t => {
  const rig = await LiveModelRig.started(t, { 'd/f': '' });
  rig.directory.mkdir('d/.hg');
  rig.watcher.fire('d/.hg');
  assert.deepEqual((await rig.only()).nestedRepositories, ['d']);
  rig.directory.remove('d');
  rig.watcher.fire('d');
  assert.deepEqual((await rig.only()).nestedRepositories, []);
});

test('a burst is one scan, when it is quiet', async t => {
  // ms   0         100       250
  // hint ||||||||| (burst)   |
  // one more       |--150----| scan
  const rig = await LiveModelRig.started(t, { f: '1' }, { entries: clean('f') });
  rig.directory.files({ 'd/x': '', f: '22' });
  for (let i = 0; i <= BURST_PATHS; i++) rig.watcher.fire(`never/${i}`);
  await rig.turn();
  await rig.turn();
  rig.advance(100);
  rig.watcher.fire('one/more');
  rig.advance(BURST_QUIET_MS - 1);
  for (let i = 0; i < 5; i++) await rig.turn();
  assert.deepEqual(rig.told, []);
  rig.advance(1);
  await rig.settle();
  assert.deepEqual(rig.told, ['? d/x', 'M f']);
  const last = rig.take().at(-1)!;
  assert.deepEqual([last.cause, last.settled, work(last)[1]], ['many file events', true, 2]);
});

test('a burst without end is scanned all the same', async t => {
  const rig = await LiveModelRig.started(t, {});
  rig.directory.write('f');
  rig.model.hint(['' as never]);
  for (let ms = 0; ms < BURST_LIMIT_MS; ms += 100) {
    await rig.turn();
    assert.deepEqual(rig.told, []);
    rig.advance(100);
    rig.watcher.fire('again');
  }
  await rig.until(() => rig.told.length > 0);
  assert.deepEqual(rig.told, ['? f']);
});

for (const [what, files, hint] of [
  ['itself', { '.hgignore': '' }, '.hgignore'],
  ['below a directory that was renamed', { 'rules/.hgignore': '' }, 'rules'],
  ['in an ignored directory', { 'build/.hgignore': '' }, 'build/.hgignore'],
  ['among too much else', { '.hgignore': '' }, ''],
] as const) {
  test(`a changed ignore file is read again: ${what}`, async t => {
    const rig = await LiveModelRig.started(t, { ...files, u: '' }, { ignored: ['build'] });
    rig.backend.set({ files: [Object.keys(files)[0]!] });
    rig.controlHint();
    await rig.settle();
    rig.backend.set({ ignored: ['build', 'u'] });
    rig.watcher.fire(hint);
    await rig.turn();
    rig.advance(BURST_QUIET_MS);
    await rig.settle();
    assert.ok(rig.told.includes('I u'), rig.told.join());
  });
}

test('a refresh looks at everything, and ends when that has been told', async t => {
  const rig = await LiveModelRig.started(t, { 'd/f': '1' }, { entries: clean('d/f') });
  rig.directory.write('d/f', '22');
  await rig.model.refresh('asked for');
  const [update] = rig.take();
  assert.deepEqual(rig.told, ['M d/f']);
  assert.deepEqual([update?.cause, update?.settled], ['asked for', true]);
  assert.deepEqual(work(update!), [1, 2]);
});

test('after its end it says nothing and keeps nobody waiting', async t => {
  const rig = await LiveModelRig.started(t, { f: '' });
  rig.directory.write('g');
  rig.watcher.fire('g');
  const waiting = rig.settle();
  rig.model.dispose();
  await waiting;
  await rig.settle();
  rig.model.hint(['g' as never]);
  await rig.turn();
  assert.deepEqual(rig.take(), []);
  assert.equal(rig.watcher.watched, 0);
});
