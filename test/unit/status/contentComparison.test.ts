// Files whose stat is not conclusive are read once, and again only when they or their base changed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytePath } from '../../../src/base/bytePath.ts';
import { QuicksilverError } from '../../../src/base/errors.ts';
import type { FileStat } from '../../../src/base/fileStat.ts';
import { VerdictCache } from '../../../src/status/contentComparison.ts';
import { fakeBase, fakeInput } from '../../support/fakeStatCache.ts';
import type { BaseTree } from '../../../src/status/types.ts';
import { temporaryDirectory } from '../../support/temporaryDirectory.ts';
import { outcomeOf, statusOf } from './statusRun.ts';

const SECOND_NS = 1_000_000_000n;
const PATH = bytePath('f');
const STAT: FileStat = {
  kind: 'file',
  size: 5,
  executable: false,
  mtimeSeconds: 100,
  mtimeNanoseconds: 7,
  ctimeNs: 100n * SECOND_NS,
  inode: 11n,
  device: 3n,
  uid: 0,
  gid: 0,
};

test('a verdict holds for the same path, stat and revision only', () => {
  const verdicts = new VerdictCache();
  const now = 200n * SECOND_NS;
  verdicts.set(PATH, STAT, 'r1', true, now);
  assert.equal(verdicts.get(PATH, { ...STAT }, 'r1'), true);
  assert.equal(verdicts.get(bytePath('g'), STAT, 'r1'), undefined);
  assert.equal(verdicts.get(PATH, STAT, 'r2'), undefined);
  const others: Partial<FileStat>[] = [
    { kind: 'symlink' },
    { size: 6 },
    { executable: true },
    { mtimeSeconds: 101 },
    { mtimeNanoseconds: 8 },
    { ctimeNs: STAT.ctimeNs + 1n },
    { inode: 12n },
    { device: 4n },
  ];
  for (const other of others) assert.equal(verdicts.get(PATH, { ...STAT, ...other }, 'r1'), undefined);

  verdicts.set(PATH, STAT, 'r2', false, now);
  assert.equal(verdicts.get(PATH, STAT, 'r2'), false);
  assert.equal(verdicts.get(PATH, STAT, 'r1'), undefined);
  assert.equal(verdicts.size, 1);
  verdicts.delete(PATH);
  assert.equal(verdicts.get(PATH, STAT, 'r2'), undefined);
  assert.equal(verdicts.size, 0);
});

test('a file that changed less than two seconds ago is not remembered, and what was known of it is forgotten', () => {
  const verdicts = new VerdictCache();
  for (const [age, remembered] of [
    [2n * SECOND_NS + 1n, true],
    [2n * SECOND_NS, false],
    [2n * SECOND_NS + 1n, true],
    [0n, false],
    [2n * SECOND_NS + 1n, true],
    // The clock of a file server may be ahead of ours.
    [-5n * SECOND_NS, false],
  ] as const) {
    verdicts.set(PATH, STAT, 'r', true, STAT.ctimeNs + age);
    assert.equal(verdicts.get(PATH, STAT, 'r'), remembered ? true : undefined, `${age}`);
  }
});

test('an unsure file is read once while its stat stays', async t => {
  const directory = temporaryDirectory(t).files({ clean: 'abcd', modified: 'abcX', gone: 'abcd' });
  const paths = ['clean', 'modified', 'gone'];
  const input = fakeInput({
    root: directory.root,
    entries: paths.map(path => ({ path, size: 4 })),
    base: Object.fromEntries(paths.map(path => [path, { content: 'abcd' }])),
  });
  // The inodes were changed just now: let time pass.
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 3000 });
  const verdicts = new VerdictCache();
  const run = (): ReturnType<typeof statusOf> => statusOf(input, { verdicts });

  const first = await run();
  assert.deepEqual(first.lines, ['C clean', 'C gone', 'M modified']);
  const all = { stats: 3, directoriesRead: 1, unsure: 3 };
  assert.deepEqual(first.outcome, outcomeOf({ ...all, filesRead: 3, bytesRead: 12 }));

  const second = await run();
  assert.deepEqual(second.lines, first.lines);
  assert.deepEqual(second.outcome, outcomeOf({ ...all, unsureRemembered: 3 }));

  directory.write('clean', 'abcY');
  directory.remove('gone');
  t.mock.timers.setTime(Date.now() + 3000);
  const third = await run();
  assert.deepEqual(third.lines, ['! gone', 'M clean', 'M modified']);
  assert.deepEqual(
    third.outcome,
    outcomeOf({ stats: 2, directoriesRead: 1, unsure: 2, unsureRemembered: 1, filesRead: 1, bytesRead: 4 }),
  );

  // Without the memory everything is read again.
  assert.equal((await statusOf(input)).outcome.filesRead, 2);

  const rebased = fakeInput({ ...input, entries: [{ path: 'clean', size: 4 }], base: { clean: { content: 'abcY' } } });
  assert.deepEqual((await statusOf(rebased, { verdicts })).lines, ['? modified', 'C clean']);
});

test('a file changed just before is read each time', async t => {
  const directory = temporaryDirectory(t).files({ f: '1' });
  const input = fakeInput({ root: directory.root, entries: [{ path: 'f' }], base: { f: { content: '1' } } });
  const verdicts = new VerdictCache();
  for (let i = 0; i < 2; i++) {
    const { outcome } = await statusOf(input, { verdicts });
    assert.deepEqual(outcome, outcomeOf({ stats: 1, directoriesRead: 1, unsure: 1, filesRead: 1, bytesRead: 1 }));
  }
});

test('how long the reading took does not make a file older', async t => {
  const directory = temporaryDirectory(t).files({ f: '1' });
  const start = Date.now();
  t.mock.timers.enable({ apis: ['Date'], now: start });
  const input = fakeInput({ root: directory.root, entries: [{ path: 'f' }] });
  const base = {
    find: () => ({
      kind: 'file' as const,
      revision: 'r',
      // A slow disk: the file may have been changed again right after its stat.
      matches: () => {
        t.mock.timers.setTime(start + 10_000);
        return true;
      },
    }),
  };
  const verdicts = new VerdictCache();
  await statusOf({ ...input, base }, { verdicts, forms: false });
  assert.equal(verdicts.size, 0);
});

/** A base whose files have the content '1', but for one, which fails. */
function baseWith(path: string, failure: QuicksilverError): BaseTree {
  const good = fakeBase({ f: { content: '1' }, g: { content: '1' } });
  const matches = (): boolean => {
    throw failure;
  };
  return { find: at => (at === path ? { kind: 'file', revision: 'r', matches } : good.find(at)) };
}

test('a base revision that cannot be read leaves its file undecided, and no other', async t => {
  const directory = temporaryDirectory(t).files({ f: '1', g: '2', h: '' });
  const input = fakeInput({ root: directory.root, entries: [{ path: 'f' }, { path: 'g' }] });
  for (const code of ['corrupt', 'unsupported', 'io', 'changed-while-reading'] as const) {
    const why = new QuicksilverError(code, 'the revision cannot be read');
    const result = await statusOf({ ...input, base: baseWith('f', why) });
    assert.deepEqual([result.lines, result.undecided], [['? h', 'M g'], [{ path: 'f', why }]]);
  }
});

test('a machine without open files to spare says nothing of a file: the status fails', async t => {
  const directory = temporaryDirectory(t).files({ f: '1' });
  const input = fakeInput({ root: directory.root, entries: [{ path: 'f' }] });
  const cause = Object.assign(new Error('too many open files'), { code: 'EMFILE' });
  const base = baseWith('f', new QuicksilverError('io', 'f.i: too many open files', { cause }));
  await assert.rejects(statusOf({ ...input, base }), { code: 'io' });
});

test('what the file system cannot record is taken from the base', async t => {
  const directory = temporaryDirectory(t).files({ script: 'x', link: 'target', plain: 'y' });
  directory.chmod('plain', 0o755);
  const input = fakeInput({
    root: directory.root,
    entries: ['script', 'link', 'plain'].map(path => ({ path })),
    base: {
      script: { content: 'x', kind: 'executable' },
      link: { content: 'target', kind: 'symlink' },
      plain: { content: 'y' },
    },
  });
  assert.deepEqual((await statusOf(input)).lines, ['M link', 'M plain', 'M script']);
  const traits = { executableBit: false, symlinks: false };
  const without = { ...input, rules: { ...input.rules, traits } };
  assert.deepEqual((await statusOf(without)).lines, ['C link', 'C plain', 'C script']);
});
