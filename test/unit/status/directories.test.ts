// Which directories are walked, and how much is told of the ignored ones.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';
import { bytePath } from '../../../src/base/bytePath.ts';
import { fakeInput } from '../../support/fakeStatCache.ts';
import { OLD_SECONDS, temporaryDirectory } from '../../support/temporaryDirectory.ts';
import { outcomeOf, statusOf } from './statusRun.ts';

test('the control directory is skipped at the root, whatever it is', async t => {
  const directory = temporaryDirectory(t).files({ '.hg/dirstate': '', '.hgx/f': '', '.HG2': '', a: '' });
  assert.deepEqual((await statusOf(fakeInput({ root: directory.root }))).lines, ['? .HG2', '? .hgx/f', '? a']);
  directory.remove('.hg');
  directory.write('.hg', 'a file');
  assert.deepEqual((await statusOf(fakeInput({ root: directory.root }))).lines, ['? .HG2', '? .hgx/f', '? a']);
});

test('a nested repository hides everything in it, tracked files too', async t => {
  const directory = temporaryDirectory(t).files({
    'nested/.hg/requires': '',
    'nested/tracked': '1',
    'nested/below/tracked': '1',
    'nested/untracked': '',
    beside: '',
  });
  const input = fakeInput({
    root: directory.root,
    entries: [
      { path: 'nested/tracked', size: 1, mtime: OLD_SECONDS },
      { path: 'nested/removed', kind: 'removed' },
      { path: 'nested/below/tracked', kind: 'added' },
    ],
  });
  const { lines, nestedRepositories, outcome } = await statusOf(input);
  assert.deepEqual(lines, ['! nested/below/tracked', '! nested/tracked', '? beside', 'R nested/removed']);
  assert.deepEqual(nestedRepositories, ['nested']);
  assert.deepEqual(outcome, outcomeOf({ directoriesRead: 2 }));
});

test('a file or a link called like the control directory hides nothing', async t => {
  const directory = temporaryDirectory(t).files({ 'a/.hg': 'file', 'a/f': '', 'b/f': '', '.hg/x': '' });
  directory.symlink('../.hg', 'b/.hg');
  const { lines, nestedRepositories } = await statusOf(fakeInput({ root: directory.root }));
  assert.deepEqual(lines, ['? a/.hg', '? a/f', '? b/.hg', '? b/f']);
  assert.deepEqual(nestedRepositories, []);
});

test('an excluded directory is not walked; what is recorded in it is looked at one by one', async t => {
  const directory = temporaryDirectory(t).files({
    'sub/clean': '1',
    'sub/modified': '22',
    'sub/untracked': '',
    'sub/d/clean': '1',
    'sub/d/untracked': '',
    'other/f': '',
  });
  directory.symlink('d', 'sub/link');
  const input = fakeInput({
    root: directory.root,
    entries: ['clean', 'modified', 'gone', 'd/clean', 'd', 'link/clean'].map(name => ({
      path: `sub/${name}`,
      size: 1,
      mtime: OLD_SECONDS,
    })),
    excluded: ['sub', 'other', 'absent'],
  });
  const { lines, outcome } = await statusOf(input, { ignored: 'all' });
  assert.deepEqual(lines, [
    '! sub/gone',
    '! sub/link/clean',
    'C sub/clean',
    'C sub/d/clean',
    'M sub/d',
    'M sub/modified',
  ]);
  // Of sub its five names, of sub/d one, and in both whether they are repositories.
  assert.deepEqual(outcome, outcomeOf({ stats: 8, directoriesRead: 1 }));
});

test('in an excluded directory, what is there in place of a recorded file is taken for it as far as its stat goes', async t => {
  const directory = temporaryDirectory(t).files({
    'sub/added/f': '',
    'sub/changed/f': '',
    'sub/tracked/f': '',
    'sub/unsure/f': '',
    'sub/unknown/f': '',
    'sub/longer/f': '',
    'sub/marked/f': '',
    'sub/notInBase/f': '',
    'sub/otherKind/f': '',
    'sub/removed/f': '',
  });
  const size = fs.statSync(directory.at('sub/unsure')).size;
  const base = (length: number) => ({ content: 'x'.repeat(length), kind: 'executable' as const });
  const input = fakeInput({
    root: directory.root,
    entries: [
      { path: 'sub/added', kind: 'added' },
      { path: 'sub/changed', kind: 'changed' },
      { path: 'sub/removed', kind: 'removed' },
      { path: 'sub/tracked', size: 1, mtime: OLD_SECONDS },
      { path: 'sub/unsure', size, mtime: OLD_SECONDS, executable: true },
      ...['unknown', 'longer', 'marked', 'notInBase', 'otherKind'].map(name => ({ path: `sub/${name}` })),
    ],
    base: {
      'sub/unsure': base(size),
      'sub/unknown': base(size),
      'sub/longer': base(size + 1),
      'sub/marked': base(size + 4),
      'sub/otherKind': { ...base(size), kind: 'file' },
    },
    excluded: ['sub'],
  });
  assert.deepEqual((await statusOf(input)).lines, [
    '! sub/marked',
    '! sub/unknown',
    '! sub/unsure',
    'A sub/added',
    'M sub/changed',
    'M sub/longer',
    'M sub/notInBase',
    'M sub/otherKind',
    'M sub/tracked',
    'R sub/removed',
  ]);
});

test('in an excluded directory, no path is looked up that could lead into a control directory', async t => {
  const names = ['.hg', '.HG/a', '.hg./b', '.hgx/c', 'd/.Hg', 'e'];
  const files = Object.fromEntries(names.map(name => [`sub/${name}`, '1']));
  const directory = temporaryDirectory(t).files(files);
  const entries = names.map(name => ({ path: `sub/${name}`, size: 1, mtime: OLD_SECONDS }));
  const input = fakeInput({ root: directory.root, entries, excluded: ['sub'] });
  const expected = ['! sub/.HG/a', '! sub/.hg', '! sub/.hg./b', '! sub/d/.Hg', 'C sub/.hgx/c', 'C sub/e'];
  assert.deepEqual((await statusOf(input)).lines, expected);
  const paths = entries.map(({ path }) => bytePath(path));
  assert.deepEqual((await statusOf(input, { paths })).lines, expected);
});

test('an excluded directory that is a repository hides what is recorded in it', async t => {
  const directory = temporaryDirectory(t).files({ 'sub/.hg/requires': '', 'sub/f': '1' });
  const entries = [{ path: 'sub/f', size: 1, mtime: OLD_SECONDS }];
  const run = await statusOf(fakeInput({ root: directory.root, entries, excluded: ['sub'] }));
  assert.deepEqual(run.lines, ['! sub/f']);
  assert.deepEqual(run.nestedRepositories, []);
  assert.deepEqual(run.outcome, outcomeOf({ stats: 1, directoriesRead: 1 }));
});

const IGNORED_TREE = {
  'build/a': '',
  'build/deep/b': '',
  'src/build/c': '',
  'src/d': '',
  'src/trash': '',
};

test('how much is told of what is ignored', async t => {
  const directory = temporaryDirectory(t).files(IGNORED_TREE);
  const input = fakeInput({ root: directory.root, ignored: ['build', 'trash'] });

  const none = await statusOf(input, { ignored: 'none' });
  assert.deepEqual(none.lines, ['? src/d']);
  // One stat for each directory but the root of which a name is told without one: whether it may be entered.
  assert.deepEqual(none.outcome, outcomeOf({ stats: 1, directoriesRead: 2 }));

  const collapsed = await statusOf(input, { ignored: 'collapsed' });
  assert.deepEqual(collapsed.lines, ['? src/d', 'I build/', 'I src/build/', 'I src/trash']);
  assert.deepEqual(collapsed.outcome, outcomeOf({ stats: 1, directoriesRead: 2 }));

  const all = await statusOf(input, { ignored: 'all' });
  assert.deepEqual(all.lines, ['? src/d', 'I build/a', 'I build/deep/b', 'I src/build/c', 'I src/trash']);
  assert.deepEqual(all.ignoredDirectories, []);
  assert.deepEqual(all.outcome, outcomeOf({ stats: 4, directoriesRead: 5 }));
});

test('tracked files in ignored directories are found, and only their directories are walked', async t => {
  const directory = temporaryDirectory(t).files({
    ...IGNORED_TREE,
    'build/deep/tracked': '22',
    'build/deep/deeper/e': '',
    'build/other/f': '',
  });
  const input = fakeInput({
    root: directory.root,
    entries: [
      { path: 'build/deep/tracked', size: 1 },
      { path: 'src/trash', size: 0, mtime: OLD_SECONDS },
    ],
    ignored: ['build', 'trash'],
  });
  const none = await statusOf(input, { ignored: 'none' });
  assert.deepEqual(none.lines, ['? src/d', 'C src/trash', 'M build/deep/tracked']);
  // The two files, and whether `src` may be entered, before the file in it was looked at.
  assert.deepEqual(none.outcome, outcomeOf({ stats: 3, directoriesRead: 4 }));

  const collapsed = await statusOf(input, { ignored: 'collapsed' });
  assert.deepEqual(collapsed.lines, [
    '? src/d',
    'C src/trash',
    'I build/a',
    'I build/deep/b',
    'I build/deep/deeper/',
    'I build/other/',
    'I src/build/',
    'M build/deep/tracked',
  ]);
  // The two directories in which something ignored is told of, besides.
  assert.deepEqual(collapsed.outcome, outcomeOf({ stats: 5, directoriesRead: 4 }));
});

test('the matcher is not asked if nothing can match', async t => {
  const directory = temporaryDirectory(t).files(IGNORED_TREE);
  const input = fakeInput({ root: directory.root });
  let asked = 0;
  const ignore = {
    isEmpty: true,
    matches: (): boolean => {
      asked++;
      return true;
    },
  };
  const { lines } = await statusOf({ ...input, ignore }, { forms: false });
  assert.equal(asked, 0);
  assert.equal(lines.length, 5);
  await statusOf({ ...input, ignore: { ...ignore, isEmpty: false } }, { forms: false });
  assert.equal(asked, 2);
});

test('an ignored directory that is a repository is merely ignored', async t => {
  const directory = temporaryDirectory(t).files({ 'build/.hg/requires': '', 'build/f': '' });
  const input = fakeInput({ root: directory.root, ignored: ['build'] });
  const collapsed = await statusOf(input, { ignored: 'collapsed' });
  assert.deepEqual([collapsed.lines, collapsed.nestedRepositories], [['I build/'], []]);
  const all = await statusOf(input, { ignored: 'all' });
  assert.deepEqual([all.lines, all.nestedRepositories], [[], ['build']]);
});
