import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { bytePath } from '../../../../src/base/bytePath.ts';
import { SteppedRescan } from '../../../../src/workingCopy/rescan/steppedRescan.ts';
import type { WorkCounters } from '../../../../src/status/types.ts';
import { fakeInput, type FakeInputOptions } from '../../../support/fakeStatCache.ts';
import { OLD_SECONDS, temporaryDirectory, type TemporaryDirectory } from '../../../support/temporaryDirectory.ts';
import { WorkingCopyModel } from '../workingCopyModel.ts';

interface SetUp {
  readonly directory: TemporaryDirectory;
  readonly model: WorkingCopyModel;
  /** Hints at the paths and answers the work it made: lstat calls and directories read. */
  readonly cost: (...paths: string[]) => [number, number];
}

function setUp(t: TestContext, files: Record<string, string>, options: Omit<FakeInputOptions, 'root'> = {}): SetUp {
  const directory = temporaryDirectory(t).files(files);
  const model = WorkingCopyModel.scanned(fakeInput({ root: directory.root, ...options }));
  const cost = (...paths: string[]): [number, number] => {
    const before: WorkCounters = { ...model.outcome };
    model.hint(...paths);
    return [model.outcome.stats - before.stats, model.outcome.directoriesRead - before.directoriesRead];
  };
  return { directory, model, cost };
}

const clean = (...paths: string[]): { path: string; size: number; mtime: number }[] =>
  paths.map(path => ({ path, size: 1, mtime: OLD_SECONDS }));

test('a file changes, vanishes and comes', t => {
  const { directory, model, cost } = setUp(t, { 'd/tracked': '1', 'd/unknown': '' }, { entries: clean('d/tracked') });
  directory.write('d/tracked', '22');
  // The directory, whether it is another repository, and the file.
  assert.deepEqual(cost('d/tracked'), [3, 0]);
  assert.deepEqual(model.lines, ['? d/unknown', 'M d/tracked']);
  directory.remove('d/tracked');
  directory.remove('d/unknown');
  directory.write('d/new');
  // What is above is asked once for all of them.
  assert.deepEqual(cost('d/tracked', 'd/unknown', 'd/new', 'd/new'), [5, 0]);
  assert.deepEqual(model.lines, ['! d/tracked', '? d/new']);
  directory.write('d/tracked', '1');
  model.hint('d/tracked');
  assert.deepEqual(model.lines, ['? d/new']);
  model.assertTrue();
});

test('a new directory is read, with all below it', t => {
  const { directory, model, cost } = setUp(t, { f: '' });
  directory.files({ 'a/b/c/d': '', 'a/e': '' });
  // It, and whether the two directories that files are in may be entered.
  assert.deepEqual(cost('a'), [3, 3]);
  assert.deepEqual(model.lines, ['? a/b/c/d', '? a/e', '? f']);
  model.assertTrue();
});

test('a hint below a missing directory is one at the directory', t => {
  const { directory, model } = setUp(t, { 'a/b/c': '1', 'a/u': '' }, { entries: clean('a/b/c') });
  directory.remove('a');
  model.hint('a/b/c');
  assert.deepEqual(model.lines, ['! a/b/c']);
  model.assertTrue();
});

test('a hint below a symbolic link is one at the link', t => {
  const { directory, model } = setUp(t, { 'a/b/c': '1', 'real/b/c': '1' }, { entries: clean('a/b/c') });
  directory.remove('a');
  directory.symlink('real', 'a');
  model.hint('a/b/c');
  assert.deepEqual(model.lines, ['! a/b/c', '? a', '? real/b/c']);
  model.assertTrue();
});

test('a hint below a file that was a directory is one at the file', t => {
  const { directory, model } = setUp(t, { 'a/b/c': '1' }, { entries: clean('a/b/c') });
  directory.remove('a/b');
  directory.write('a/b');
  model.hint('a/b/c/d');
  assert.deepEqual(model.lines, ['! a/b/c', '? a/b']);
  model.assertTrue();
});

test('a renamed directory, reported under its old name only', t => {
  const { directory, model } = setUp(
    t,
    { 'p/old/f': '1', 'p/old/u': '', 'p/other/x': '' },
    { entries: clean('p/old/f') },
  );
  directory.rename('p/old', 'p/new');
  model.hint('p/old/f');
  assert.deepEqual(model.lines, ['! p/old/f', '? p/new/f', '? p/new/u', '? p/other/x']);
  model.assertTrue();
});

test('names are compared once, however many hints come from below the old name', t => {
  const { directory, cost } = setUp(t, { 'old/f': '', 'old/g': '', 'old/h': '', keep: '' });
  directory.rename('old', 'new');
  // old; then the names beside it; then new, which is read, and a name in it.
  assert.deepEqual(cost('old/f', 'old/g', 'old/h'), [4, 2]);
});

test('a directory becomes a nested repository and stops being one', t => {
  const { directory, model, cost } = setUp(t, { 'd/f': '1', 'd/u': '', 'd/e/x': '' }, { entries: clean('d/f') });
  directory.mkdir('d/.hg');
  model.hint('d/.hg');
  assert.deepEqual([model.lines, [...model.nested]], [['! d/f'], ['d']]);
  model.assertTrue();

  // Whatever happens in there is no longer of interest, and costs two looks at most.
  assert.deepEqual(cost('d/u', 'd/e/x', 'd/.hg/store'), [2, 0]);
  model.assertTrue();

  directory.remove('d/.hg');
  model.hint('d/.hg');
  assert.deepEqual([model.lines, [...model.nested]], [['? d/e/x', '? d/u'], []]);
  model.assertTrue();
});

test('a nested repository vanishes, or stops being one, without a word of its control directory', t => {
  const { directory, model } = setUp(t, { 'd/n/.hg/x': '', 'd/n/f': '', 'd/m/.hg/x': '', 'd/m/g': '' });
  directory.remove('d/n');
  directory.remove('d/m/.hg');
  model.hint('d/n', 'd/m/g');
  assert.deepEqual([model.lines, [...model.nested]], [['? d/m/g'], []]);
  model.assertTrue();
});

test('what is recorded in an excluded directory is followed, nothing else in it', t => {
  const options = { entries: clean('sub/f', 'sub/d/g'), excluded: ['sub'] };
  const { directory, model } = setUp(t, { 'sub/f': '1', 'sub/u': '', 'sub/d/g': '1' }, options);
  assert.deepEqual(model.lines, []);
  directory.write('sub/f', '22');
  directory.write('sub/new');
  model.hint('sub/f', 'sub/new');
  assert.deepEqual(model.lines, ['M sub/f']);
  directory.remove('sub/d');
  model.hint('sub/d');
  assert.deepEqual(model.lines, ['! sub/d/g', 'M sub/f']);
  model.assertTrue();
});

test('the root as a hint means everything', t => {
  const { directory, model } = setUp(t, { a: '', 'd/b': '' });
  directory.remove('a');
  directory.write('d/c');
  model.hint('');
  assert.deepEqual(model.lines, ['? d/b', '? d/c']);
});

test('a recorded path below an ignored directory decides how the directory is listed', t => {
  const ignored = ['build'];
  const { directory, model } = setUp(t, { 'build/d/f': '1', 'build/e': '' }, { ignored });
  assert.deepEqual(model.lines, ['I build/']);
  model.input = fakeInput({ root: directory.root, entries: [{ path: 'build/d/f', kind: 'added' }], ignored });
  model.recorded('build/d/f');
  assert.deepEqual(model.lines, ['A build/d/f', 'I build/e']);
  model.assertTrue();
  model.input = fakeInput({ root: directory.root, ignored });
  model.recorded('build/d/f');
  assert.deepEqual(model.lines, ['I build/']);
  model.assertTrue();
});

test('copy sources are kept', t => {
  const entries = [{ path: 'copy', kind: 'added' as const, source: 'origin' }];
  assert.deepEqual(setUp(t, { copy: '' }, { entries }).model.lines, ['A copy <- origin']);
});

test('a file that had to be read is known to depend on the base, as long as it does', t => {
  const { directory, model } = setUp(
    t,
    { f: '1', 'd/g': '1' },
    {
      entries: [
        { path: 'f', size: 1 },
        { path: 'd/g', size: 1 },
      ],
      base: { f: { content: '1' } },
    },
  );
  assert.deepEqual(model.lines, ['M d/g']);
  assert.deepEqual([...model.unsure].sort(), ['d/g', 'f']);
  directory.write('f', '22');
  model.hint('f');
  assert.deepEqual([...model.unsure], ['d/g']);
});

test('steps of two jobs may be mixed: what a later one found out is not undone by an older one', t => {
  const { directory, model } = setUp(t, { 'real/b/x': '', 'a/b/c': '1', 'a/b/d/e': '' }, { entries: clean('a/b/c') });
  const scan = model.everything();
  // The root and a are done; a/b waits.
  while (!scan.pending.includes(bytePath('a/b'))) assert.equal(scan.step(), true);
  directory.remove('a');
  directory.symlink('real', 'a');
  model.hint('a');
  assert.deepEqual(model.lines, ['! a/b/c', '? a', '? real/b/x']);
  model.finish(scan);
  assert.deepEqual(model.lines, ['! a/b/c', '? a', '? real/b/x']);
  model.assertTrue();
});

test('after a pause directories are looked at anew', t => {
  const { directory, model } = setUp(t, { 'd/f': '', 'd/g': '' });
  const job = new SteppedRescan(model.context(), true);
  job.addPaths([bytePath('d/f'), bytePath('d/g')]);
  assert.equal(job.step(), true);
  directory.remove('d');
  job.resume();
  model.finish(job);
  model.assertTrue();
});

test('what is pending can be handed on', t => {
  const { model } = setUp(t, { 'd/f': '', 'e/f': '' });
  const job = new SteppedRescan(model.context(), true);
  job.addPaths([bytePath('x'), bytePath('d')]);
  assert.deepEqual(job.pending, ['x', 'd']);
  job.step();
  assert.deepEqual(job.pending, ['x', 'd']);
  job.step();
  assert.deepEqual(job.pending, ['x']);
  job.step();
  assert.deepEqual([job.pending, job.step()], [[], false]);
});

test('below a directory that is ignored as a whole nothing is looked at', t => {
  const { directory, model, cost } = setUp(t, { 'build/f': '' }, { ignored: ['build'] });
  directory.write('build/g');
  assert.deepEqual(cost('build/g', 'build/f'), [0, 0]);
  assert.deepEqual(model.lines, ['I build/']);
});

test('what is recorded in a nested repository may change, also in a directory that is ignored', t => {
  const options = { entries: clean('n/f', 'n/b/g'), ignored: ['b'] };
  const { directory, model } = setUp(t, { 'n/.hg/x': '', 'n/f': '1', 'n/b/g': '1' }, options);
  assert.deepEqual(model.lines, ['! n/b/g', '! n/f']);
  model.input = fakeInput({ root: directory.root, entries: [{ path: 'n/f', kind: 'removed' }], ignored: ['b'] });
  model.recorded('n/b/g', 'n/f');
  assert.deepEqual(model.lines, ['R n/f']);
  model.input = fakeInput({ root: directory.root, entries: clean('n/b/g') });
  model.recorded('n/b/g', 'n/f');
  assert.deepEqual(model.lines, ['! n/b/g']);
  model.input = fakeInput({ root: directory.root, ignored: ['b'] });
  model.recorded('n/b/g');
  assert.deepEqual(model.lines, []);
  model.assertTrue();
});

test('a path that is hinted at and was recorded anew is looked at once, and again when it is hinted at later', t => {
  const { model, directory } = setUp(t, { f: '1', g: '1' }, { entries: clean('f', 'g') });
  const paths = ['f', 'g'].map(path => bytePath(path));
  const { stats } = model.outcome;
  const job = new SteppedRescan(model.context(), true);
  job.addRecorded(paths);
  job.addPaths(paths);
  assert.deepEqual(job.pending, paths);
  // With a pause after each.
  while (job.step()) job.resume();
  assert.equal(model.outcome.stats - stats, 2);
  directory.write('f', '22');
  job.addPaths(paths);
  model.finish(job);
  assert.equal(model.outcome.stats - stats, 4);
  assert.deepEqual(model.lines, ['M f']);
});
