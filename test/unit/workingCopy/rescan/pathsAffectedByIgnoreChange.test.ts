import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { bytePath } from '../../../../src/base/bytePath.ts';
import { pathsAffectedByIgnoreChange } from '../../../../src/workingCopy/rescan/pathsAffectedByIgnoreChange.ts';
import { StatusTree } from '../../../../src/workingCopy/statusTree.ts';
import { fakeInput } from '../../../support/fakeStatCache.ts';
import { OLD_SECONDS, temporaryDirectory } from '../../../support/temporaryDirectory.ts';
import { WorkingCopyModel } from '../workingCopyModel.ts';

/** Applies other rules and reads what has to be read; answers that. */
function applyRules(model: WorkingCopyModel, input: WorkingCopyModel['input']): string[] {
  model.input = input;
  const toRead = pathsAffectedByIgnoreChange(model.tree, input, model.nested);
  model.hint(...toRead);
  return toRead.sort();
}

const FILES = {
  'build/a': '',
  'build/deep/b': '',
  'src/build/c': '',
  'src/d.o': '',
  'src/tracked.o': '22',
  f: '',
};

test('unknown files become ignored and back without a look at the disk', t => {
  const directory = temporaryDirectory(t).files(FILES);
  const entries = [{ path: 'src/tracked.o', size: 1 }];
  const none = fakeInput({ root: directory.root, entries });
  const objects = fakeInput({ root: directory.root, entries, ignored: path => path.endsWith('.o') });
  const model = WorkingCopyModel.scanned(none);
  const work = { ...model.outcome };

  assert.deepEqual(applyRules(model, objects), []);
  assert.deepEqual(model.lines, [
    '? build/a',
    '? build/deep/b',
    '? f',
    '? src/build/c',
    'I src/d.o',
    'M src/tracked.o',
  ]);
  assert.deepEqual(applyRules(model, none), []);
  assert.deepEqual(model.lines, [
    '? build/a',
    '? build/deep/b',
    '? f',
    '? src/build/c',
    '? src/d.o',
    'M src/tracked.o',
  ]);
  assert.deepEqual(model.outcome, work);
});

test('a directory is taken as a whole without a look at the disk; only when it no longer is ignored it is read', t => {
  const directory = temporaryDirectory(t).files(FILES);
  const none = fakeInput({ root: directory.root });
  const build = fakeInput({ root: directory.root, ignored: ['build'] });
  const model = WorkingCopyModel.scanned(none);
  const work = { ...model.outcome };

  assert.deepEqual(applyRules(model, build), []);
  assert.deepEqual(model.lines, ['? f', '? src/d.o', '? src/tracked.o', 'I build/', 'I src/build/']);
  assert.deepEqual(model.outcome, work);
  assert.deepEqual([...model.watched].sort(), ['', 'src']);

  assert.deepEqual(applyRules(model, fakeInput({ root: directory.root, ignored: ['src/build'] })), ['build']);
  assert.deepEqual(model.outcome.directoriesRead - work.directoriesRead, 2);
  model.assertTrue();
  // What was learned by reading is that, and no more.
  assert.deepEqual(applyRules(model, none), ['src/build']);
  assert.deepEqual(model.outcome.directoriesRead - work.directoriesRead, 3);
  model.assertTrue();
});

test('an ignored directory with something recorded in it stays listed file by file', t => {
  const directory = temporaryDirectory(t).files(FILES);
  const entries = [{ path: 'build/deep/tracked', size: 1 }];
  const model = WorkingCopyModel.scanned(fakeInput({ root: directory.root, entries }));
  assert.deepEqual(applyRules(model, fakeInput({ root: directory.root, entries, ignored: ['build'] })), []);
  assert.deepEqual(model.lines.slice(0, 1), ['! build/deep/tracked']);
  assert.deepEqual(model.lines.slice(4), ['I build/a', 'I build/deep/b', 'I src/build/']);
  model.assertTrue();
});

test('a nested repository becomes an ignored directory, and a nested repository again', t => {
  const directory = temporaryDirectory(t).files({ 'd/nested/.hg/requires': '', 'd/nested/f': '' });
  const none = fakeInput({ root: directory.root });
  const model = WorkingCopyModel.scanned(none);
  assert.deepEqual([...model.nested], ['d/nested']);
  assert.deepEqual(applyRules(model, fakeInput({ root: directory.root, ignored: ['nested'] })), []);
  assert.deepEqual([model.lines, [...model.nested]], [['I d/nested/'], []]);
  assert.deepEqual(applyRules(model, none), ['d/nested']);
  assert.deepEqual([model.lines, [...model.nested]], [[], ['d/nested']]);
});

test('a tree of which nothing is known yet', () => {
  const nested = new Set<ReturnType<typeof bytePath>>();
  assert.deepEqual(
    pathsAffectedByIgnoreChange(new StatusTree(), fakeInput({ root: '/nowhere', ignored: ['a'] }), nested),
    [],
  );
});

const NAMES = ['a', 'b', 'c', 'd'];
const anyPath = fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 }).map(names => names.join('/'));
const anyRules = fc
  .tuple(fc.subarray(NAMES, { maxLength: 2 }), fc.array(anyPath, { maxLength: 3 }))
  .map(([names, paths]) => [...names, ...paths]);

test('for any tree and any two sets of rules it ends where a fresh scan begins', t => {
  const directory = temporaryDirectory(t);
  fc.assert(
    fc.property(
      fc.record({
        files: fc.array(anyPath, { maxLength: 8 }),
        nested: fc.array(anyPath, { maxLength: 2 }),
        recorded: fc.uniqueArray(anyPath, { maxLength: 4 }),
        excluded: fc.array(anyPath, { maxLength: 1 }),
        isGit: fc.boolean(),
        rules: fc.array(anyRules, { minLength: 2, maxLength: 4 }),
      }),
      ({ files, nested, recorded, excluded, isGit, rules }) => {
        directory.clear();
        // What is there already as a file or a directory stays as it is.
        for (const file of [...files, ...nested.map(path => `${path}/.hg/requires`)]) {
          try {
            directory.write(file);
          } catch (error) {
            assert.match(String(error), /EISDIR|EEXIST|ENOTDIR/);
          }
        }
        const entries = recorded.map(path => ({ path, size: 0, mtime: OLD_SECONDS }));
        const [first, ...others] = rules.map(ignored =>
          fakeInput({ root: directory.root, entries, ignored, excluded, isGit }),
        );
        const model = WorkingCopyModel.scanned(first!);
        for (const input of others) {
          const before = model.outcome.directoriesRead;
          const toRead = applyRules(model, input);
          model.assertTrue();
          if (toRead.length === 0) assert.equal(model.outcome.directoriesRead, before);
        }
      },
    ),
    { numRuns: 150 },
  );
});
