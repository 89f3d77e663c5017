import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { nextTurn } from '../../../../src/base/async.ts';
import { bytePath } from '../../../../src/base/bytePath.ts';
import {
  createDirectoryWatches,
  InotifyWatches,
  inotifyModule,
  NodeWatches,
  type InotifyModule,
  type WatchUser,
} from '../../../../src/workingCopy/watch/directoryWatches.ts';
import { DirectoryWatcher } from '../../../../src/workingCopy/watch/treeWatcher.ts';
import { withoutNative } from '../../../support/bulkForms.ts';
import { RecordingLogger } from '../../../support/recordingLogger.ts';
import { temporaryDirectory } from '../../../support/temporaryDirectory.ts';

const native = inotifyModule();
const skip = native === undefined;
const DIRECTORIES = 500;

/** Nothing is watched for it. */
const NOBODY: WatchUser = {
  held: new Map(),
  changed: () => undefined,
  failed: () => undefined,
  lost: () => undefined,
};

/** A module that records what it is asked, and tells what it is given. */
class FakeModule implements InotifyModule {
  readonly calls: string[] = [];
  tell: (events: ArrayBuffer, lost: boolean) => void = () => undefined;

  watchOpen(tell: (events: ArrayBuffer, lost: boolean) => void): object {
    this.calls.push('open');
    this.tell = tell;
    return {};
  }

  watchAdd(_handle: object, path: string | Buffer): number {
    this.calls.push(`add ${path.toString()}`);
    return path.toString().endsWith('full') ? -28 : path.toString().endsWith('gone') ? -2 : path.length;
  }

  watchRemove(_handle: object, watch: number): void {
    this.calls.push(`remove ${watch}`);
  }

  watchDrain(): void {
    this.calls.push('drain');
  }

  watchClose(): void {
    this.calls.push('close');
  }
}

/** The bytes of a struct inotify_event. */
function event(watch: number, mask: number, name?: string): Buffer {
  const length = name === undefined ? 0 : Math.ceil((name.length + 1) / 16) * 16;
  const bytes = Buffer.alloc(16 + length);
  bytes.writeInt32LE(watch, 0);
  bytes.writeUInt32LE(mask, 4);
  bytes.writeUInt32LE(length, 12);
  bytes.write(name ?? '', 16, 'latin1');
  return bytes;
}

function arrayBuffer(...events: Buffer[]): ArrayBuffer {
  const bytes = Buffer.concat(events);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
}

function watcherOf(t: TestContext, root: string, make: (user: WatchUser) => InotifyWatches | NodeWatches) {
  const watcher = new DirectoryWatcher(
    { root, controlName: '.hg', share: 1, logger: new RecordingLogger() },
    100_000,
    make,
  );
  t.after(() => watcher.dispose());
  const hints: string[] = [];
  watcher.onHint(path => hints.push(path));
  return { watcher, hints };
}

test('many directories cost no object of Node each', { skip }, t => {
  const directory = temporaryDirectory(t);
  for (let index = 0; index < DIRECTORIES; index++) directory.mkdir(`d${index}`);
  const handles = (): number => process.getActiveResourcesInfo().filter(name => name === 'FSEventWrap').length;
  const before = handles();
  const { watcher } = watcherOf(t, directory.root, user => {
    const made = createDirectoryWatches(user, new RecordingLogger());
    assert.ok(made instanceof InotifyWatches);
    return made;
  });
  for (let index = 0; index < DIRECTORIES; index++) watcher.watch(bytePath(`d${index}`), false);
  assert.equal(watcher.watched, DIRECTORIES);
  assert.equal(handles() - before, 0);
});

test('without native code directories are watched by Node', t => {
  withoutNative(t);
  const made = createDirectoryWatches(NOBODY, new RecordingLogger());
  t.after(() => made.dispose());
  assert.ok(made instanceof NodeWatches);
});

test('where there is no descriptor left, Node watches, and the log says so', t => {
  const logger = new RecordingLogger();
  const module = new FakeModule();
  module.watchOpen = () => {
    throw new Error('no descriptor for watches');
  };
  const made = createDirectoryWatches(NOBODY, logger, module);
  t.after(() => made.dispose());
  assert.ok(made instanceof NodeWatches);
  assert.deepEqual(logger.lines, ['info: Directories are watched by Node (no descriptor for watches).']);
});

test('a renamed directory tells under both names until the old one is forgotten', { skip }, async t => {
  const directory = temporaryDirectory(t);
  directory.mkdir('old');
  const { watcher, hints } = watcherOf(t, directory.root, user => new InotifyWatches(native!, user));
  const told = async (name: string): Promise<void> => {
    while (!hints.includes(name)) await nextTurn();
  };
  watcher.watch(bytePath('old'), false);
  directory.rename('old', 'new');
  watcher.watch(bytePath('new'), true);
  assert.equal(watcher.watched, 2);
  directory.write('new/a');
  await told('new/a');
  assert.ok(hints.includes('old/a'));
  watcher.unwatch(bytePath('old'));
  directory.write('new/b');
  await told('new/b');
  assert.ok(!hints.includes('old/b'));
});

test('a directory that is watched for two working copies stays watched for the one', { skip }, async t => {
  const directory = temporaryDirectory(t);
  directory.mkdir('inner');
  const outer = watcherOf(t, directory.root, user => new InotifyWatches(native!, user));
  const inner = watcherOf(t, `${directory.root}/inner`, user => new InotifyWatches(native!, user));
  outer.watcher.watch(bytePath('inner'), false);
  inner.watcher.watch(bytePath(''), false);
  outer.watcher.unwatch(bytePath('inner'));
  directory.write('inner/a');
  while (!inner.hints.includes('a')) await nextTurn();
  assert.equal(outer.hints.length, 0);
  outer.watcher.watch(bytePath('inner'), false);
  inner.watcher.dispose();
  directory.write('inner/b');
  while (!outer.hints.includes('inner/b')) await nextTurn();
});

test('what has happened so far can be had at once, each time and only once', { skip }, async t => {
  const directory = temporaryDirectory(t);
  const { watcher, hints } = watcherOf(t, directory.root, user => new InotifyWatches(native!, user));
  watcher.watch(bytePath(''), false);
  for (let i = 0; i < 200; i++) {
    directory.write(`f${i}`);
    watcher.drain();
    assert.ok(hints.includes(`f${i}`), `f${i}`);
    assert.equal(new Set(hints).size, 1);
    hints.length = 0;
    // What the thread had read before it, it does not tell again.
    if (i % 20 === 0) await nextTurn();
    assert.deepEqual(hints, []);
  }
  watcher.drain();
  assert.deepEqual(hints, []);
});

test('events that were dropped, by the kernel or here, mean that anything may have happened', t => {
  const module = new FakeModule();
  const { watcher, hints } = watcherOf(t, '/repo', user => new InotifyWatches(module, user));
  watcher.watch(bytePath('a'), false);
  const watch = '/repo/a'.length;
  module.tell(arrayBuffer(event(watch, 2, 'f'), event(-1, 0x4000)), false);
  assert.deepEqual(hints, ['a/f', '']);
  hints.length = 0;
  module.tell(arrayBuffer(event(watch, 2, 'g')), true);
  assert.deepEqual(hints, ['a/g', '']);
});

test('events are of watches that are held; their removal is none, and of the directory itself they have its name', t => {
  const module = new FakeModule();
  const { watcher, hints } = watcherOf(t, '/repo', user => new InotifyWatches(module, user));
  watcher.watch(bytePath('dir/b'), false);
  const watch = '/repo/dir/b'.length;
  module.tell(
    arrayBuffer(event(watch, 0x400), event(watch, 0x8000), event(99, 2, 'x'), event(watch, 2, 'sixteen bytes...')),
    false,
  );
  assert.deepEqual(hints, ['dir/b/b', 'dir/b/sixteen bytes...']);
});

test("the system's refusal has its code; one descriptor serves all, and goes with the last of them", t => {
  const module = new FakeModule();
  const logger = new RecordingLogger();
  const make = (root: string): DirectoryWatcher =>
    new DirectoryWatcher({ root, controlName: '.hg', share: 1, logger }, 100, user => new InotifyWatches(module, user));
  const first = make('/a');
  const second = make('/bb');
  t.after(() => [first, second].forEach(watcher => watcher.dispose()));
  first.watch(bytePath('full'), false);
  first.watch(bytePath('gone'), false);
  assert.deepEqual([first.watched, first.complete], [0, false]);
  assert.match(logger.lines.join('\n'), /ENOSPC: System limit for number of file watchers reached/);
  first.watch(bytePath(''), false);
  second.watch(bytePath(''), false);
  module.calls.length = 0;
  first.dispose();
  assert.deepEqual(module.calls, ['remove 2']);
  second.dispose();
  assert.deepEqual(module.calls, ['remove 2', 'close']);
});
