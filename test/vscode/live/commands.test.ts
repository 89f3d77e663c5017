import assert from 'node:assert/strict';
import fs from 'node:fs';
import type { QuicksilverRepository } from '../../../src/extension/api/api.ts';
import type { TestApi } from '../../../src/extension/api/testDoor.ts';
import { until } from '../harness.ts';
import { assertNoHgStarted, at, hg, remove, write } from '../outside.ts';
import { activeApi, assertShows, beginRecord, openRoots, repositoryAt, type Marks } from '../shown.ts';
import { assertInWindow } from '../window.ts';

const base: Marks = { 'x.log': 'I', build: 'I' };

describe('what hg does to the repository', () => {
  let api: TestApi;
  let repository: QuicksilverRepository;

  const shows = (marks: Marks, head?: string): Promise<void> =>
    assertShows(api, repository, { ...base, ...marks }, head);

  before(async () => {
    api = await activeApi();
    repository = await repositoryAt(api, at());
    await shows({});
  });

  it('shows what is added, removed, renamed and copied', async () => {
    write('cmd/kept.txt', 'kept, changed\n');
    write('cmd/added.txt', 'added\n');
    await hg(at(), 'add', 'cmd/added.txt');
    await hg(at(), 'remove', 'cmd/removed.txt');
    await hg(at(), 'rename', 'cmd/old.txt', 'cmd/new.txt');
    await hg(at(), 'copy', 'cmd/copied.txt', 'cmd/copy.txt');
    await shows({
      'cmd/kept.txt': 'M',
      'cmd/added.txt': 'A',
      'cmd/removed.txt': 'R',
      'cmd/old.txt': 'R',
      'cmd/new.txt': 'A < cmd/old.txt',
      'cmd/copy.txt': 'A < cmd/copied.txt',
    });
    await assertInWindow({
      sourceControl: [
        'Changes',
        'added.txt, Added, cmd',
        'copy.txt, Copied: cmd/copied.txt → cmd/copy.txt, cmd',
        'kept.txt, Modified, cmd',
        'new.txt, Renamed: cmd/old.txt → cmd/new.txt, cmd',
        'removed.txt, Removed, cmd',
      ],
      badge: 5,
      statusBar: ['default', '5'],
    });
  });

  it('shows a commit of some files, and one of the rest', async () => {
    const record = beginRecord(api, repository);
    await hg(at(), 'commit', '--message', 'Some', 'cmd/added.txt', 'cmd/removed.txt');
    const rest: Marks = {
      'cmd/kept.txt': 'M',
      'cmd/old.txt': 'R',
      'cmd/new.txt': 'A < cmd/old.txt',
      'cmd/copy.txt': 'A < cmd/copied.txt',
    };
    await shows(rest);
    await hg(at(), 'commit', '--message', 'The rest');
    await shows({});
    const told = record.end();
    assert.deepEqual(told.statuses, {
      'cmd/added.txt': ['clean'],
      'cmd/removed.txt': ['clean'],
      'cmd/kept.txt': ['clean'],
      'cmd/old.txt': ['clean'],
      'cmd/new.txt': ['clean'],
      'cmd/copy.txt': ['clean'],
    });
    assert.deepEqual(told.states, ['ready']);
  });

  it('shows nothing that is not true while an update replaces 1,000 files', async () => {
    write('src/shell.txt', 'shell, changed\n');
    await shows({ 'src/shell.txt': 'M' });
    for (const [branch, text] of [
      ['stable', 'another, longer 13 37\n'],
      ['default', 'short 13 37\n'],
    ] as const) {
      const record = beginRecord(api, repository);
      await hg(at(), 'update', '--merge', branch);
      await shows({ 'src/shell.txt': 'M' }, branch);
      assert.equal(fs.readFileSync(at('many', '13', '37.txt'), 'utf8'), text);
      const told = record.end();
      assert.deepEqual(told.statuses, {});
      assert.deepEqual(told.fired, []);
      assert.deepEqual(told.heads, [branch]);
      assert.deepEqual(told.states, ['ready']);
      await assertInWindow({ badge: 1, statusBar: [branch, '1'] });
    }
    await hg(at(), 'revert', '--no-backup', 'src/shell.txt');
    await shows({});
  });

  it('is silent when hg only notes down what it found to be clean', async () => {
    const dirstate = at('.hg', 'dirstate');
    const record = beginRecord(api, repository);
    const past = new Date('2020-02-02T02:02:02Z');
    fs.utimesSync(at('cmd', 'kept.txt'), past, past);
    const before = fs.readFileSync(dirstate);
    await hg(at(), 'status');
    assert.notDeepEqual(fs.readFileSync(dirstate), before, 'the dirstate was written');
    write('sentinel.txt', 'sentinel\n');
    await shows({ 'sentinel.txt': '?' });
    remove('sentinel.txt');
    await shows({});
    assert.deepEqual(record.end().statuses, { 'sentinel.txt': ['unknown', 'clean'] });
  });

  it('shows the branch and the bookmark in the status bar', async () => {
    const record = beginRecord(api, repository);
    await hg(at(), 'branch', 'feature');
    await shows({}, 'feature');
    await hg(at(), 'bookmark', 'work');
    await shows({}, 'feature (work)');
    await assertInWindow({ statusBar: ['feature (work)'] });
    await hg(at(), 'bookmark', '--delete', 'work');
    await shows({}, 'feature');
    await hg(at(), 'branch', '--clean');
    await shows({}, 'default');
    await assertInWindow({ statusBar: ['default'] });
    const told = record.end();
    assert.deepEqual(told.heads, ['feature', 'feature (work)', 'feature', 'default']);
    assert.deepEqual(told.statuses, {});
  });

  it('hands a folder over to a repository that is made in it, and takes it back', async () => {
    write('inner/one.txt', 'one\n');
    write('inner/below/two.txt', 'two\n');
    await shows({ 'inner/one.txt': '?', 'inner/below/two.txt': '?' });
    await hg(at('inner'), 'init');
    const inner = await repositoryAt(api, at('inner'));
    await shows({});
    await assertShows(api, inner, { 'one.txt': '?', 'below/two.txt': '?' });
    assert.deepEqual(openRoots(api, at()), ['.', 'inner']);
    await hg(at('inner'), 'add', 'one.txt');
    await assertShows(api, inner, { 'one.txt': 'A', 'below/two.txt': '?' });
    await assertInWindow({ badge: 2 });
    remove('inner/.hg');
    await until('it is closed', () => api.repositories.length === 1, api.onDidCloseRepository);
    await shows({ 'inner/one.txt': '?', 'inner/below/two.txt': '?' });
    remove('inner');
    await shows({});
    assert.deepEqual(openRoots(api, at()), ['.']);
  });

  it('has started no hg for any of that', assertNoHgStarted);
});
