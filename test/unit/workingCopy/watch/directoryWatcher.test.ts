import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import { nextTurn } from '../../../../src/base/async.ts';
import { bytePath, type BytePath } from '../../../../src/base/bytePath.ts';
import {
  InotifyWatches,
  inotifyModule,
  NodeWatches,
  type DirectoryWatches,
  type WatchUser,
} from '../../../../src/workingCopy/watch/directoryWatches.ts';
import { createTreeWatcher } from '../../../../src/workingCopy/watch/createTreeWatcher.ts';
import { DirectoryWatcher } from '../../../../src/workingCopy/watch/treeWatcher.ts';
import { RecordingLogger } from '../../../support/recordingLogger.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../../../support/temporaryDirectory.ts';

const isLinux = process.platform === 'linux';
/** Far longer than any event takes: reached only when the test has failed. */
/** Milliseconds; an upper bound, never a pause. */
const LOST_MS = 60_000;

/** The ways in which directories are watched: all of them do the same. */
interface Means {
  readonly name: string;
  readonly skip: boolean;
  readonly make: (user: WatchUser) => DirectoryWatches;
}

const native = inotifyModule();
const MEANS: readonly Means[] = [
  { name: 'fs.watch', skip: !isLinux, make: user => new NodeWatches(user) },
  { name: 'native code', skip: native === undefined, make: user => new InotifyWatches(native!, user) },
];

interface SetUp {
  readonly directory: TemporaryDirectory;
  readonly watcher: DirectoryWatcher;
  readonly logger: RecordingLogger;
  /** Resolves when a hint at this path has come; answers the hints up to it and forgets them. */
  readonly hint: (path: string) => Promise<string[]>;
}

function setUp(t: TestContext, { make }: Means, limit = 1000): SetUp {
  const directory = temporaryDirectory(t);
  const logger = new RecordingLogger();
  const watcher = new DirectoryWatcher({ root: directory.root, controlName: '.hg', share: 0.5, logger }, limit, make);
  t.after(() => watcher.dispose());
  const hints: BytePath[] = [];
  let check: () => void = () => undefined;
  watcher.onHint(path => {
    hints.push(path);
    check();
  });
  const hint = (path: string): Promise<string[]> =>
    new Promise((resolve, reject) => {
      const lost = setTimeout(() => reject(new Error(`no hint at ${path}; there were: ${hints.join(', ')}`)), LOST_MS);
      check = () => {
        const index = hints.indexOf(bytePath(path));
        if (index < 0) return;
        clearTimeout(lost);
        check = () => undefined;
        resolve(hints.splice(0, index + 1));
      };
      check();
    });
  return { directory, watcher, logger, hint };
}

const watch = (watcher: DirectoryWatcher, path: string, fresh = false): void => watcher.watch(bytePath(path), fresh);

for (const means of MEANS) {
  const { name, skip, make } = means;
  test(`${name}: reports each directory whose watch begins or ends, and no other`, { skip }, t => {
    const { directory, watcher } = setUp(t, means);
    const changes: string[] = [];
    watcher.onWatchChange(path => changes.push(path));
    const taken = (): string[] => changes.splice(0);
    directory.mkdir('d/e');
    watch(watcher, '');
    watch(watcher, 'd');
    watch(watcher, 'd/e');
    assert.deepEqual(taken(), ['', 'd', 'd/e']);
    watch(watcher, 'd');
    assert.deepEqual(taken(), []);
    // Where the system cannot tell that it is the same directory, it may be another one.
    watch(watcher, 'd/e', true);
    assert.deepEqual(taken(), name === 'native code' ? [] : ['d/e']);
    directory.rename('d', 'old');
    directory.mkdir('d');
    watch(watcher, 'd', true);
    assert.deepEqual(taken(), ['d']);
    watcher.unwatch(bytePath('d/e'));
    watcher.unwatch(bytePath('never'));
    assert.deepEqual(taken(), ['d/e']);
    watcher.unwatchBelow();
    assert.deepEqual(taken(), ['']);
  });

  test(`${name}: hints name what happened in a watched directory, and come in order`, { skip }, async t => {
    const { directory, watcher, hint, logger } = setUp(t, means);
    directory.mkdir('d/e');
    watch(watcher, '');
    watch(watcher, 'd');
    assert.equal(watcher.watched, 2);
    directory.write('d/e/unwatched');
    directory.write('d/f');
    assert.deepEqual([...new Set(await hint('d/f'))], ['d/f']);
    directory.remove('d/f');
    directory.write('top');
    assert.ok((await hint('top')).includes('d/f'));
    assert.equal(watcher.complete, true);
    assert.deepEqual(logger.lines, []);
  });

  test(`${name}: names that are not UTF-8 arrive as they are`, { skip }, async t => {
    const { directory, watcher, hint } = setUp(t, means);
    directory.mkdir('\xff');
    watch(watcher, '\xff');
    directory.write('\xff/\xfe\xe4');
    await hint('\xff/\xfe\xe4');
  });

  test(`${name}: a directory that took the place of another is watched when it is fresh`, { skip }, async t => {
    const { directory, watcher, hint } = setUp(t, means);
    directory.mkdir('d');
    watch(watcher, '');
    watch(watcher, 'd');
    directory.rename('d', 'old');
    directory.mkdir('d');
    // Not fresh: the watch stays with the directory it was made for, which is reported under its old name.
    watch(watcher, 'd', false);
    directory.write('d/unnoticed');
    directory.write('old/x');
    assert.ok(!(await hint('d/x')).includes('d/unnoticed'));
    watch(watcher, 'd', true);
    directory.write('old/y');
    directory.write('d/noticed');
    assert.ok(!(await hint('d/noticed')).includes('d/y'));
    assert.equal(watcher.watched, 2);
  });

  test(`${name}: watching the same directory afresh loses nothing`, { skip }, async t => {
    const { directory, watcher, hint } = setUp(t, means);
    directory.mkdir('d');
    watch(watcher, 'd');
    directory.write('d/before');
    watch(watcher, 'd', true);
    directory.write('d/after');
    await hint('d/after');
    assert.equal(watcher.watched, 1);
  });

  test(`${name}: an unwatched directory is silent`, { skip }, async t => {
    const { directory, watcher, hint } = setUp(t, means);
    directory.mkdir('d');
    watch(watcher, '');
    watch(watcher, 'd');
    watcher.unwatch(bytePath('d'));
    watcher.unwatch(bytePath('never'));
    assert.equal(watcher.watched, 1);
    directory.write('d/f');
    directory.write('barrier');
    assert.deepEqual([...new Set(await hint('barrier'))], ['barrier']);
  });

  test(`${name}: working copies of one process share the limit`, { skip }, t => {
    const watchers: DirectoryWatcher[] = [];
    const others = (): number => watchers.reduce((sum, watcher) => sum + watcher.watched, 0);
    for (let i = 0; i < 2; i++) {
      const directory = temporaryDirectory(t);
      for (const name of ['a', 'b', 'c']) directory.mkdir(name);
      const own = { root: directory.root, controlName: '.hg', share: 0.5, logger: new RecordingLogger() };
      const rest = (): number => others() - (watchers[i]?.watched ?? 0);
      const watcher = new DirectoryWatcher({ ...own, others: rest }, 10, means.make);
      t.after(() => watcher.dispose());
      watchers.push(watcher);
    }
    for (const name of ['a', 'b', 'c']) for (const watcher of watchers) watch(watcher, name);
    assert.equal(others(), 5);
    assert.deepEqual(
      watchers.map(watcher => watcher.complete),
      [true, false],
    );
  });

  test(`${name}: the limit is respected, said once, and room is used again`, { skip }, async t => {
    const { directory, watcher, logger, hint } = setUp(t, means, 5);
    for (const name of ['a', 'b', 'c', 'd']) directory.mkdir(name);
    // Half of five, rounded down.
    for (const name of ['a', 'b']) watch(watcher, name);
    assert.deepEqual([watcher.watched, watcher.complete], [2, true]);
    for (const name of ['c', 'd']) watch(watcher, name);
    assert.deepEqual([watcher.watched, watcher.complete], [2, false]);
    assert.deepEqual(logger.lines, [
      "warn: Not every directory can be watched (the limit of 2 watches is reached). Changes in the others are noticed through the editor's events and by audits.",
    ]);
    // Fresh ones take the place of their own.
    watch(watcher, 'a', true);
    assert.equal(watcher.watched, 2);
    watcher.unwatch(bytePath('b'));
    watch(watcher, 'c');
    assert.equal(watcher.watched, 2);
    directory.write('c/f');
    await hint('c/f');
    assert.equal(logger.lines.length, 1);
  });

  test(
    `${name}: another directory in the place of the root is noticed, a file of its name is none`,
    { skip },
    async t => {
      const directory = temporaryDirectory(t);
      directory.mkdir('repository');
      directory.mkdir('other');
      const root = path.join(directory.root, 'repository');
      const watcher = new DirectoryWatcher(
        { root, controlName: '.hg', share: 1, logger: new RecordingLogger() },
        1000,
        make,
      );
      t.after(() => watcher.dispose());
      const hints: string[] = [];
      watcher.onHint(hint => hints.push(hint));
      watch(watcher, '');
      const quiet = async (name: string): Promise<void> => {
        directory.write(`repository/${name}`);
        while (!hints.includes(name)) await nextTurn();
      };
      directory.write('repository/repository');
      await quiet('barrier');
      assert.deepEqual([...new Set(hints)], ['repository', 'barrier']);
      hints.length = 0;
      directory.rename('repository', 'old');
      directory.rename('other', 'repository');
      while (!hints.includes('')) await nextTurn();
      assert.deepEqual(hints.slice(0, 2), ['.hg', '']);
      // What the model does then: it reads everything anew.
      watch(watcher, '', true);
      hints.length = 0;
      await quiet('new');
    },
  );

  test(`${name}: a directory that is gone already is no failure`, { skip }, t => {
    const { directory, watcher, logger } = setUp(t, means);
    directory.write('file');
    watch(watcher, 'gone');
    watch(watcher, 'file/below');
    assert.deepEqual([watcher.watched, watcher.complete, logger.lines], [0, true, []]);
    directory.mkdir('d');
    watch(watcher, 'd');
    directory.remove('d');
    watch(watcher, 'd', true);
    assert.deepEqual([watcher.watched, watcher.complete, logger.lines], [0, true, []]);
  });

  test(`${name}: what is below the root is no longer watched, the root all the while`, { skip }, async t => {
    const { directory, watcher, hint } = setUp(t, means);
    directory.mkdir('d');
    watch(watcher, '');
    watch(watcher, 'd');
    directory.write('before');
    watcher.unwatchBelow();
    watch(watcher, '', true);
    assert.equal(watcher.watched, 1);
    directory.write('d/f');
    directory.write('after');
    assert.deepEqual([...new Set(await hint('after'))], ['before', 'after']);
  });

  test(`${name}: after its end nothing is watched`, { skip }, t => {
    const { directory, watcher } = setUp(t, means);
    directory.mkdir('d');
    watch(watcher, 'd');
    watcher.dispose();
    assert.equal(watcher.watched, 0);
    watch(watcher, 'd');
    assert.equal(watcher.watched, 0);
  });
}

test('the system that has no watches left is asked again, and what it says is said once', { skip: !isLinux }, t => {
  const directory = temporaryDirectory(t);
  for (const name of ['a', 'b']) directory.mkdir(name);
  const logger = new RecordingLogger();
  let left = 1;
  const watcher = new DirectoryWatcher({ root: directory.root, controlName: '.hg', share: 1, logger }, 1000, user => {
    return new NodeWatches(user, (path, options) => {
      if (left === 0)
        throw Object.assign(new Error('ENOSPC: System limit for number of file watchers reached'), { code: 'ENOSPC' });
      left--;
      return fs.watch(path, options);
    });
  });
  t.after(() => watcher.dispose());
  for (let audit = 1; audit <= 3; audit++) {
    for (const name of ['', 'a', 'b']) watch(watcher, name, false);
    assert.deepEqual([watcher.watched, watcher.complete], [1, false]);
  }
  const refused =
    'warn: Not every directory can be watched (ENOSPC: System limit for number of file watchers reached). ' +
    "Changes in the others are noticed through the editor's events and by audits.";
  assert.deepEqual(logger.lines, [refused]);
  left = 1;
  watch(watcher, 'a', false);
  assert.deepEqual([watcher.watched, watcher.complete], [2, false]);
  left = 1;
  watch(watcher, 'b', false);
  assert.deepEqual([watcher.watched, watcher.complete], [3, true]);
  assert.deepEqual(logger.lines, [refused, 'info: Every directory is watched again.']);
  // A directory that goes away needs no watch.
  left = 0;
  directory.mkdir('c');
  watch(watcher, 'c');
  assert.equal(watcher.complete, false);
  watcher.unwatch(bytePath('c'));
  assert.equal(watcher.complete, true);
});

test("the system's own watcher tells of a change at the root", async t => {
  const directory = temporaryDirectory(t);
  const logger = new RecordingLogger();
  const watcher = createTreeWatcher({ root: directory.root, controlName: '.hg', share: 0.5, logger });
  t.after(() => watcher.dispose());
  watcher.watch(bytePath(''), false);
  assert.equal(watcher.watched, 1);
  await new Promise<void>((resolve, reject) => {
    const lost = setTimeout(() => reject(new Error('no hint')), LOST_MS);
    watcher.onHint(path => {
      if (path !== bytePath('f')) return;
      clearTimeout(lost);
      resolve();
    });
    directory.write('f');
  });
  assert.deepEqual(logger.lines, []);
});
