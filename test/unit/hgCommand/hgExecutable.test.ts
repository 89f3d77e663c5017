import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkHg, judgeVersion, locateHg, tooOldToChange, usualHgPlaces } from '../../../src/hgCommand/hgExecutable.ts';
import { FakeHg } from './fakeHg.ts';

const isWindows = process.platform === 'win32';

test('hg is found by the setting, then on PATH, then in the usual places', { skip: isWindows }, t => {
  const first = new FakeHg(t);
  const second = new FakeHg(t);
  const third = new FakeHg(t);
  const PATH = `relative:${second.directory.root}`;
  const usualPlaces = ['hg', `${third.directory.root}/log`, third.hg];
  const found = (hg: string): object => ({ kind: 'found', hg });
  assert.deepEqual(locateHg({ variables: { PATH }, configured: first.hg, usualPlaces }), found(first.hg));
  assert.deepEqual(locateHg({ variables: { PATH }, configured: '', usualPlaces }), found(second.hg));
  assert.deepEqual(locateHg({ variables: { PATH: 'relative' }, usualPlaces }), found(third.hg));
  assert.deepEqual(locateHg({ variables: {}, usualPlaces: ['hg'] }), {
    kind: 'unavailable',
    message: 'Mercurial (hg) was not found. Install Mercurial, or set its path in quicksilver.path.',
  });
  for (const [configured, what] of [
    ['hg', 'is not an absolute path'],
    ['/no/such/hg', 'was not found or is not executable'],
    [first.directory.root, 'was not found or is not executable'],
    [`${first.directory.root}/log`, 'was not found or is not executable'],
  ] as const) {
    assert.deepEqual(locateHg({ variables: { PATH }, configured, usualPlaces }), {
      kind: 'unavailable',
      message: `'${configured}' (quicksilver.path) ${what}.`,
    });
  }
});

test('where installers put it', () => {
  assert.deepEqual(usualHgPlaces({ HOME: '/home/a' }, 'linux'), [
    '/usr/local/bin/hg',
    '/usr/bin/hg',
    '/home/a/.local/bin/hg',
  ]);
  assert.equal(usualHgPlaces({}, 'darwin')[0], '/opt/homebrew/bin/hg');
  assert.deepEqual(usualHgPlaces({ ProgramFiles: 'C:\\Program Files' }, 'win32'), [
    'C:\\Program Files\\Mercurial\\hg.exe',
    'C:\\Program Files\\TortoiseHg\\hg.exe',
  ]);
});

test('versions', () => {
  const judge = (version: string): string => {
    const judged = judgeVersion('/hg', 0, `Mercurial Distributed SCM (version ${version})\n`, '');
    return judged.kind === 'found' ? judged.hg : judged.message;
  };
  for (const good of ['3.2', '3.2-rc', '3.10.1', '6.3.2', '7.0rc0+20-abcdef', '10.1', 'unknown']) {
    assert.equal(judge(good), '/hg', good);
  }
  assert.equal(judge('3.1.2'), '/hg is Mercurial 3.1, but 3.2 or newer is required.');
  assert.equal(judge('2.9'), '/hg is Mercurial 2.9, but 3.2 or newer is required.');
  assert.equal(tooOldToChange('/hg', '5.2'), undefined);
  assert.equal(tooOldToChange('/hg', '10.0'), undefined);
  assert.equal(tooOldToChange('/hg', ''), undefined);
  const old = '/hg is Mercurial 5.1, but 5.2 or newer is required to change a repository.';
  assert.equal(tooOldToChange('/hg', '5.1'), old);
  assert.deepEqual(judgeVersion('/hg', 0, 'git version 2.1\n', ''), {
    kind: 'unavailable',
    message: '/hg is not Mercurial: git version 2.1',
  });
  assert.deepEqual(judgeVersion('/hg', 1, '', 'abort: broken\nmore\n'), {
    kind: 'unavailable',
    message: '/hg is not Mercurial: abort: broken',
  });
  assert.deepEqual(judgeVersion('/hg', 127, '', ''), {
    kind: 'unavailable',
    message: '/hg is not Mercurial: exit code 127',
  });
});

test('a program is asked for its version', { skip: isWindows }, async t => {
  const good = new FakeHg(t);
  assert.deepEqual(await checkHg(good.hg, good.variables()), { kind: 'found', hg: good.hg, version: '6.3' });
  const old = new FakeHg(t);
  assert.deepEqual(await checkHg(old.hg, old.variables('good', { FAKE_VERSION: '2.0' })), {
    kind: 'unavailable',
    message: `${old.hg} is Mercurial 2.0, but 3.2 or newer is required.`,
  });
});
