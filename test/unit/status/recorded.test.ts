// What is recorded against what is on disk: every status, and every change of kind.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EntryKind } from '../../../src/status/types.ts';
import { fakeInput } from '../../support/fakeStatCache.ts';
import { OLD_SECONDS, temporaryDirectory } from '../../support/temporaryDirectory.ts';
import { outcomeOf, statusOf } from './statusRun.ts';

const RECORDED: readonly EntryKind[] = ['added', 'removed', 'changed', 'tracked'];

/** One entry of each kind; the tracked one is clean for a file of one byte. */
const ONE_OF_EACH = RECORDED.map(kind => ({ path: kind, kind, size: 1, mtime: OLD_SECONDS }));
const EACH = RECORDED as readonly string[];

test('every status', async t => {
  const directory = temporaryDirectory(t).files({
    added: '1',
    changed: '2',
    removed: '3',
    clean: '4',
    'bigger-than-recorded': '12345',
    'touched-clean': 'same',
    'touched-modified': 'else',
    unknown: '5',
    ignored: '6',
    'not-in-base': '7',
  });
  const input = fakeInput({
    root: directory.root,
    entries: [
      { path: 'added', kind: 'added' },
      { path: 'changed', kind: 'changed', source: 'origin' },
      { path: 'removed', kind: 'removed' },
      { path: 'clean', size: 1, mtime: OLD_SECONDS },
      { path: 'bigger-than-recorded', size: 1, mtime: OLD_SECONDS },
      { path: 'touched-clean', size: 4 },
      { path: 'touched-modified', size: 4 },
      { path: 'not-in-base', size: 1 },
      { path: 'deleted', size: 1 },
      { path: 'deleted-added', kind: 'added', source: 'origin' },
      { path: 'deleted-changed', kind: 'changed' },
      { path: 'removed-and-gone', kind: 'removed' },
    ],
    ignored: ['ignored'],
    base: { 'touched-clean': { content: 'same' }, 'touched-modified': { content: 'ELSE' } },
  });
  const { lines, outcome } = await statusOf(input, { ignored: 'all' });
  assert.deepEqual(lines, [
    '! deleted',
    '! deleted-added <- origin',
    '! deleted-changed',
    '? unknown',
    'A added',
    'C clean',
    'C touched-clean',
    'I ignored',
    'M bigger-than-recorded',
    'M changed <- origin',
    'M not-in-base',
    'M touched-modified',
    'R removed',
    'R removed-and-gone',
  ]);
  // Only the five tracked files that are there cost a stat; of the three unsure ones two have something to compare with.
  assert.deepEqual(outcome, outcomeOf({ stats: 5, directoriesRead: 1, unsure: 3, filesRead: 2, bytesRead: 8 }));
});

test('clean and ignored files are told only on request', async t => {
  const directory = temporaryDirectory(t).files({ clean: '1', ignored: '', modified: '22' });
  const input = fakeInput({
    root: directory.root,
    entries: [
      { path: 'clean', size: 1, mtime: OLD_SECONDS },
      { path: 'modified', size: 1, mtime: OLD_SECONDS },
    ],
    ignored: ['ignored'],
  });
  assert.deepEqual((await statusOf(input, { clean: false })).lines, ['M modified']);
  assert.deepEqual((await statusOf(input, { clean: false, ignored: 'collapsed' })).lines, ['I ignored', 'M modified']);
});

test('added, changed and removed entries cost no stat', async t => {
  const directory = temporaryDirectory(t);
  for (const name of EACH) directory.write(name, '1');
  const { lines, outcome } = await statusOf(fakeInput({ root: directory.root, entries: ONE_OF_EACH }));
  assert.deepEqual(lines, ['A added', 'C tracked', 'M changed', 'R removed']);
  assert.deepEqual(outcome, outcomeOf({ stats: 1, directoriesRead: 1 }));
});

test('nothing is on disk: all but the removed are deleted', async t => {
  const directory = temporaryDirectory(t);
  const { lines, outcome } = await statusOf(fakeInput({ root: directory.root, entries: ONE_OF_EACH }));
  assert.deepEqual(lines, ['! added', '! changed', '! tracked', 'R removed']);
  assert.deepEqual(outcome, outcomeOf({ directoriesRead: 1 }));
});

test('file -> directory: the file is deleted, what is in the directory is unknown', async t => {
  const directory = temporaryDirectory(t);
  for (const name of EACH) directory.write(`${name}/inside`);
  const { lines, outcome } = await statusOf(fakeInput({ root: directory.root, entries: ONE_OF_EACH }));
  assert.deepEqual(lines, [
    '! added',
    '! changed',
    '! tracked',
    '? added/inside',
    '? changed/inside',
    '? removed/inside',
    '? tracked/inside',
    'R removed',
  ]);
  // One stat for each of the four: whether it may be entered.
  assert.deepEqual(outcome, outcomeOf({ stats: 4, directoriesRead: 5 }));
});

test('directory -> file: the file is unknown, what was in the directory is gone', async t => {
  const directory = temporaryDirectory(t).files({ d: '1' });
  const entries = ONE_OF_EACH.map(entry => ({ ...entry, path: `d/e/${entry.path}` }));
  const { lines, outcome } = await statusOf(fakeInput({ root: directory.root, entries }));
  assert.deepEqual(lines, ['! d/e/added', '! d/e/changed', '! d/e/tracked', '? d', 'R d/e/removed']);
  assert.deepEqual(outcome, outcomeOf({ directoriesRead: 1 }));
});

test('directory -> symbolic link: it is not followed', async t => {
  const directory = temporaryDirectory(t).files({ 'real/tracked': '1' });
  directory.symlink('real', 'd');
  const input = fakeInput({
    root: directory.root,
    entries: [{ path: 'd/tracked', size: 1, mtime: OLD_SECONDS }],
  });
  const { lines, outcome } = await statusOf(input);
  assert.deepEqual(lines, ['! d/tracked', '? d', '? real/tracked']);
  assert.deepEqual(outcome, outcomeOf({ stats: 1, directoriesRead: 2 }));
});

test('a directory -> an ignored file of its name', async t => {
  const directory = temporaryDirectory(t).files({ d: '' });
  const entries = [{ path: 'd/f', size: 1 }];
  const { lines } = await statusOf(fakeInput({ root: directory.root, entries, ignored: ['d'] }), { ignored: 'all' });
  assert.deepEqual(lines, ['! d/f', 'I d']);
});

test('file -> symbolic link: another content, another kind', async t => {
  const directory = temporaryDirectory(t);
  directory.symlink('1234', 'same-text');
  directory.symlink('12345', 'longer');
  const input = fakeInput({
    root: directory.root,
    entries: [
      { path: 'same-text', size: 4, mtime: OLD_SECONDS },
      { path: 'longer', size: 4, mtime: OLD_SECONDS },
    ],
    base: { 'same-text': { content: '1234' }, longer: { content: '12345' } },
  });
  const { lines, outcome } = await statusOf(input);
  assert.deepEqual(lines, ['M longer', 'M same-text']);
  // The kind settles it: no link is read.
  assert.deepEqual(outcome, outcomeOf({ stats: 2, directoriesRead: 1, unsure: 1 }));
});

test('symbolic links are compared by their target, dangling or not', async t => {
  const directory = temporaryDirectory(t).files({ target: 'xyz' });
  directory.symlink('target', 'clean');
  directory.symlink('nowhere', 'modified');
  directory.symlink('target', 'unknown');
  const link = { size: 6, executable: true };
  const input = fakeInput({
    root: directory.root,
    entries: [
      { path: 'clean', ...link },
      { path: 'modified', ...link },
    ],
    base: {
      clean: { content: 'target', kind: 'symlink' },
      modified: { content: 'elsewhere', kind: 'symlink' },
    },
  });
  const { lines, outcome } = await statusOf(input);
  assert.deepEqual(lines, ['? target', '? unknown', 'C clean', 'M modified']);
  assert.deepEqual(outcome, outcomeOf({ stats: 2, directoriesRead: 1, unsure: 2, filesRead: 2, bytesRead: 13 }));
});

test('a fifo is never listed, and a tracked one is deleted', { skip: process.platform === 'win32' }, async t => {
  const directory = temporaryDirectory(t);
  for (const name of [...EACH, 'untracked']) directory.fifo(name);
  directory.fifo('directory');
  const entries = [...ONE_OF_EACH, { path: 'directory/f', size: 1 }];
  const { lines, outcome } = await statusOf(fakeInput({ root: directory.root, entries }));
  assert.deepEqual(lines, ['! added', '! changed', '! directory/f', '! tracked', 'R removed']);
  assert.deepEqual(outcome, outcomeOf({ directoriesRead: 1 }));
});

test('a node may be an entry and a directory at once', async t => {
  const directory = temporaryDirectory(t);
  const entries = [
    { path: 'x', kind: 'removed' as const },
    { path: 'x/inside', kind: 'added' as const },
    { path: 'y', kind: 'added' as const },
    { path: 'y/inside', kind: 'removed' as const },
  ];
  const input = fakeInput({ root: directory.root, entries });
  directory.files({ 'x/inside': '', y: '' });
  assert.deepEqual((await statusOf(input)).lines, ['A x/inside', 'A y', 'R x', 'R y/inside']);

  // The other way round on disk: what is added is not where it was added.
  directory.clear();
  directory.files({ x: '', 'y/inside': '' });
  assert.deepEqual((await statusOf(input)).lines, ['! x/inside', '! y', 'R x', 'R y/inside']);

  directory.clear();
  assert.deepEqual((await statusOf(input)).lines, ['! x/inside', '! y', 'R x', 'R y/inside']);
});

test("only the owner's execute bit counts", async t => {
  const directory = temporaryDirectory(t).files({ others: '1', owner: '1', 'both-unsure': '1' });
  directory.chmod('others', 0o655);
  directory.chmod('owner', 0o744);
  directory.chmod('both-unsure', 0o755);
  const input = fakeInput({
    root: directory.root,
    entries: [
      { path: 'others', size: 1, mtime: OLD_SECONDS },
      { path: 'owner', size: 1, mtime: OLD_SECONDS },
      { path: 'both-unsure' },
    ],
    base: { 'both-unsure': { content: '1' } },
  });
  assert.deepEqual((await statusOf(input)).lines, ['C others', 'M both-unsure', 'M owner']);
});
