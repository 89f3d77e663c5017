// What is told is what was true at one moment, whatever a command does meanwhile.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OLD_SECONDS } from '../../support/temporaryDirectory.ts';
import { LiveModelRig } from './liveModelRig.ts';

const recorded = (size: number, ...paths: string[]): { path: string; size: number; mtime: number }[] =>
  paths.map(path => ({ path, size, mtime: OLD_SECONDS }));

test('files that a command wrote are not told before what it recorded has been read', async t => {
  const rig = await LiveModelRig.started(t, { f: '1' }, { entries: recorded(1, 'f') });
  rig.pause();
  rig.backend.lockState = 'held';
  rig.directory.write('f', '22');
  rig.watcher.fire('f');
  await rig.until(() => rig.model.tree.get('f' as never) !== undefined);
  assert.deepEqual(rig.take(), []);
  // The command ends, and the event that says so is late.
  rig.backend.set({ entries: recorded(2, 'f') });
  rig.backend.lockState = 'free';
  rig.directory.write('u', '');
  rig.watcher.fire('u');
  const update = await rig.only();
  assert.deepEqual(update.changes, [{ path: 'u', entry: { status: 'unknown' } }]);
  assert.equal(update.cause, 'file events, dirstate changed');
});

test('a scan because of what was recorded tells nothing before it is over', async t => {
  const paths = ['a/f', 'b/f', 'c/f'];
  const files = Object.fromEntries(paths.map(path => [path, '1']));
  const rig = await LiveModelRig.started(t, files, { entries: recorded(1, ...paths) });
  rig.pause();
  rig.backend.lockState = 'held';
  for (const path of paths) {
    rig.directory.write(path, '22');
    rig.watcher.fire(path);
  }
  await rig.until(() => rig.model.tree.counts.modified === 3);
  // Each directory takes so long that a first scan would tell what it has found so far.
  const read: string[] = [];
  rig.watcher.watch = (at): void => {
    read.push(at);
    rig.advance(1000);
  };
  rig.backend.set({ entries: recorded(2, ...paths), excluded: [] });
  rig.backend.lockState = 'free';
  rig.controlHint();
  await rig.settle();
  assert.deepEqual(read.sort(), ['', 'a', 'b', 'c']);
  assert.deepEqual(rig.take(), []);
  assert.deepEqual(rig.told, []);
});

test('a scan because of many events tells what it has found so far', async t => {
  const rig = await LiveModelRig.started(t, { 'a/f': '1', 'b/f': '1' }, { entries: recorded(1, 'a/f', 'b/f') });
  rig.pause();
  for (const path of ['a/f', 'b/f']) rig.directory.write(path, '22');
  rig.watcher.watch = (): void => rig.advance(1000);
  await rig.model.refresh('test');
  const updates = rig.take();
  assert.ok(updates.length > 1, `${updates.length} updates`);
  assert.deepEqual(
    updates.map(({ settled }) => settled),
    [...updates.slice(1).map(() => false), true],
  );
  assert.deepEqual(rig.told, ['M a/f', 'M b/f']);
});
