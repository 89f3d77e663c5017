// Which paths are asked for, and how a run is shared with others and stopped.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytePath } from '../../../src/base/bytePath.ts';
import { withoutNested } from '../../../src/status/status.ts';
import { fakeInput } from '../../support/fakeStatCache.ts';
import { OLD_SECONDS, temporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory.ts';
import { outcomeOf, statusOf } from './statusRun.ts';

const recorded = (...paths: string[]): { path: string; size: number; mtime: number }[] =>
  paths.map(path => ({ path, size: 1, mtime: OLD_SECONDS }));

test('given paths are looked at, with what is below them and nothing else', async t => {
  const directory = temporaryDirectory(t).files({ a: '1', 'd/b': '1', 'd/u': '', 'd/e/c': '22', 'other/x': '' });
  const input = fakeInput({ root: directory.root, entries: recorded('a', 'd/b', 'd/e/c', 'gone', 'g/one') });

  const file = await statusOf(input, { paths: ['a'] });
  assert.deepEqual(file.lines, ['C a']);
  assert.deepEqual(file.outcome, outcomeOf({ stats: 1 }));

  // The directory and what is in it that makes it another repository; then the file itself, statted once.
  const deep = await statusOf(input, { paths: ['d/b'] });
  assert.deepEqual(deep.lines, ['C d/b']);
  assert.deepEqual(deep.outcome, outcomeOf({ stats: 3 }));

  const tree = await statusOf(input, { paths: ['d'] });
  assert.deepEqual(tree.lines, ['? d/u', 'C d/b', 'M d/e/c']);
  assert.deepEqual(tree.outcome, outcomeOf({ stats: 3, directoriesRead: 2 }));

  const many = await statusOf(input, { paths: ['d/e', 'd/e/c', 'd/e', 'gone', 'g/one', 'g', 'never', 'never/x'] });
  assert.deepEqual(many.lines, ['! g/one', '! gone', 'M d/e/c']);

  assert.deepEqual((await statusOf(input, { paths: [] })).lines, []);
  const everything = await statusOf(input);
  assert.deepEqual((await statusOf(input, { paths: ['', 'd', 'never'] })).lines, everything.lines);
});

test('each given path answers as the whole would', async t => {
  const directory = temporaryDirectory(t).files({
    'nested/.hg/requires': '',
    'nested/f': '1',
    'real/f': '1',
    'build/f': '1',
    'build/u': '',
    'sub/f': '22',
    'sub/u': '',
    'sub/d/g': '1',
    'sub/d/u': '',
    'a-file': '',
  });
  directory.symlink('real', 'link');
  const entries = recorded('nested/f', 'link/f', 'build/f', 'a-file/f', 'missing/f', 'sub/f', 'sub/d/g', 'sub/gone');
  const input = fakeInput({ root: directory.root, entries, ignored: ['build'], excluded: ['sub'] });
  const options = { ignored: 'all' as const };
  const whole = await statusOf(input, options);
  const asked = [
    ...entries.map(({ path }) => path),
    'nested/u',
    'link/u',
    'build/u',
    'sub/u',
    'sub/d/u',
    'a-file',
    'link',
  ];
  for (const path of asked) {
    const below = whole.lines.filter(line => line.slice(2) === path || line.startsWith(`${path}/`, 2));
    assert.deepEqual((await statusOf(input, { ...options, paths: [path] })).lines, below, path);
  }
});

test('nothing below the control directory has a status', async t => {
  const directory = temporaryDirectory(t).files({ '.hg/dirstate': '', f: '' });
  const input = fakeInput({ root: directory.root });
  for (const path of ['.hg', '.hg/dirstate'])
    assert.deepEqual((await statusOf(input, { paths: [path] })).lines, [], path);
});

test('paths below other given paths are left out', () => {
  const without = (...paths: string[]): string[] => withoutNested(paths.map(bytePath)).sort();
  assert.deepEqual(without('a/b', 'a', 'a/b/c', 'ab', 'b/c', 'b/c'), ['a', 'ab', 'b/c']);
  assert.deepEqual(without('a', ''), ['']);
  assert.deepEqual(without(), []);
});

/** Makes directories and answers how many a run reads. */
function manyDirectories(directory: TemporaryDirectory): number {
  for (let i = 0; i < 9; i++) directory.mkdir(`d${i}`);
  return 10;
}

test('a run pauses between slices and ends with the same answer', async t => {
  const directory = temporaryDirectory(t);
  const count = manyDirectories(directory);
  // Every look at the clock finds a slice to be over.
  let clock = 0;
  t.mock.method(performance, 'now', () => (clock += 1000));
  let pauses = 0;
  const { outcome } = await statusOf(fakeInput({ root: directory.root }), {
    pause: () => {
      pauses++;
      return Promise.resolve();
    },
  });
  assert.equal(pauses, count);
  assert.deepEqual(outcome, outcomeOf({ directoriesRead: count }));
});

test('a run that is aborted in a pause ends there', async t => {
  const directory = temporaryDirectory(t);
  manyDirectories(directory);
  let clock = 0;
  t.mock.method(performance, 'now', () => (clock += 1000));
  const controller = new AbortController();
  const reason = new Error('enough');
  let pauses = 0;
  const run = statusOf(fakeInput({ root: directory.root }), {
    signal: controller.signal,
    pause: () => {
      if (++pauses === 3) controller.abort(reason);
      return Promise.resolve();
    },
  });
  await assert.rejects(run, error => error === reason);
  assert.equal(pauses, 3);
});

test('a run that was aborted before it began does nothing', async t => {
  const directory = temporaryDirectory(t).files({ f: '' });
  const reason = new Error('too late');
  const run = statusOf(fakeInput({ root: directory.root }), { signal: AbortSignal.abort(reason) });
  await assert.rejects(run, error => error === reason);
});
