import assert from 'node:assert/strict';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import { ControlWatcher } from '../../../../src/workingCopy/watch/controlWatcher.ts';
import { RecordingLogger } from '../../../support/recordingLogger.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../../../support/temporaryDirectory.ts';
import { FakeBackend } from '../liveModelRig.ts';

const skip = process.platform !== 'linux';
/** Far longer than any event takes: reached only when the test has failed. */
/** Milliseconds; an upper bound, never a pause. */
const LOST_MS = 60_000;

interface SetUp {
  readonly directory: TemporaryDirectory;
  readonly arm: (...files: string[]) => void;
  /** Resolves when a file has been named; answers what was named up to it, without repetitions, and forgets it. */
  readonly event: (file: string) => Promise<string[]>;
}

function setUp(t: TestContext, files: Record<string, string>): SetUp {
  const directory = temporaryDirectory(t).files(files);
  const root = path.join(directory.root, 'repository');
  const logger = new RecordingLogger();
  const watcher = new ControlWatcher(new FakeBackend(root, {}), logger);
  t.after(() => {
    watcher.dispose();
    assert.deepEqual(logger.lines, []);
  });
  const events: string[] = [];
  let check: () => void = () => undefined;
  watcher.onEvent(file => {
    events.push(path.relative(directory.root, file));
    check();
  });
  const event = (file: string): Promise<string[]> =>
    new Promise((resolve, reject) => {
      const lost = setTimeout(() => reject(new Error(`no event at ${file}, only ${events.join(', ')}`)), LOST_MS);
      check = () => {
        if (!events.includes(file)) return;
        clearTimeout(lost);
        check = () => undefined;
        resolve([...new Set(events.splice(0, events.indexOf(file) + 1))]);
      };
      check();
    });
  const arm = (...more: string[]): void => watcher.arm(more.map(file => path.join(directory.root, file)));
  return { directory, arm, event };
}

test('of the control directory only what can matter is told', { skip }, async t => {
  const { directory, arm, event } = setUp(t, { 'repository/.hg/dirstate': '' });
  arm();
  directory.write('repository/.hg/tmp1234');
  directory.write('repository/f');
  directory.write('repository/.hg/new');
  directory.rename('repository/.hg/new', 'repository/.hg/dirstate');
  assert.deepEqual(await event('repository/.hg/dirstate'), ['repository/.hg/dirstate']);
});

test('elsewhere only the files that were named are told', { skip }, async t => {
  const { directory, arm, event } = setUp(t, {
    'repository/.hg/x': '',
    'home/.hgrc': '',
    'repository/build/ignore': '',
  });
  // As an editor saves: one event at the name itself.
  const replace = (file: string): void => {
    directory.write(`${file}.tmp`);
    directory.rename(`${file}.tmp`, file);
  };
  arm('home/.hgrc', 'repository/build/ignore', 'nowhere/rc');
  directory.write('home/.bashrc');
  directory.write('repository/build/output');
  replace('home/.hgrc');
  assert.deepEqual(await event('home/.hgrc'), ['home/.hgrc']);
  replace('repository/build/ignore');
  assert.deepEqual(await event('repository/build/ignore'), ['repository/build/ignore']);
  // No longer named: no longer told.
  arm('repository/build/ignore');
  replace('home/.hgrc');
  replace('repository/build/ignore');
  assert.deepEqual(await event('repository/build/ignore'), ['repository/build/ignore']);
});

test('a control directory that was replaced, or comes late, is watched when armed again', { skip }, async t => {
  const { directory, arm, event } = setUp(t, { 'repository/f': '' });
  arm();
  directory.mkdir('repository/.hg');
  arm();
  directory.write('repository/.hg/dirstate');
  await event('repository/.hg/dirstate');
  directory.rename('repository/.hg', 'repository/old');
  directory.mkdir('repository/.hg');
  arm();
  arm();
  directory.write('repository/.hg/wlock');
  assert.ok((await event('repository/.hg/wlock')).includes('repository/.hg/wlock'));
});

test('a link to a file is followed, and so is a link to that', { skip }, async t => {
  const { directory, arm, event } = setUp(t, { 'repository/f': '', 'dotfiles/ignore': 'a', 'more/rc': 'b' });
  directory.mkdir('home');
  directory.symlink('../dotfiles/ignore', 'home/.hgignore');
  directory.symlink('../more/rc', 'dotfiles/second');
  directory.symlink('../dotfiles/second', 'home/.hgrc');
  arm('home/.hgignore', 'home/.hgrc');
  directory.write('dotfiles/other');
  directory.write('dotfiles/ignore', 'changed');
  assert.deepEqual(await event('dotfiles/ignore'), ['dotfiles/ignore']);
  directory.write('more/rc', 'changed');
  assert.ok((await event('more/rc')).includes('more/rc'));
  // The link itself may be replaced.
  directory.remove('home/.hgignore');
  assert.ok((await event('home/.hgignore')).includes('home/.hgignore'));
});

test('a link in a folder behind a link starts where that really is', { skip }, async t => {
  const { directory, arm, event } = setUp(t, {
    'repository/f': '',
    'dotfiles/deep/hg/x': '',
    'dotfiles/deep/common': '',
  });
  directory.mkdir('home/.config');
  directory.symlink('../../dotfiles/deep/hg', 'home/.config/hg');
  directory.symlink('../common', 'dotfiles/deep/hg/hgrc');
  // By spelling, this would be the link's target.
  directory.write('home/.config/common');
  arm('home/.config/hg/hgrc');
  directory.write('home/.config/common', 'changed');
  directory.write('dotfiles/deep/common', 'changed');
  assert.deepEqual(await event('dotfiles/deep/common'), ['dotfiles/deep/common']);
});

test('a folder above a file that becomes a link to another one is told', { skip }, async t => {
  const { directory, arm, event } = setUp(t, {
    'repository/f': '',
    'releases/1/etc/rc': 'a',
    'releases/2/etc/rc': 'b',
  });
  directory.mkdir('home');
  directory.symlink('releases/1', 'current');
  directory.symlink('../current/etc/rc', 'home/.hgrc');
  const turnTo = (release: string): void => {
    directory.symlink(release, 'new');
    directory.rename('new', 'current');
  };
  arm('home/.hgrc');
  turnTo('releases/2');
  assert.ok((await event('current')).includes('current'));
  arm('home/.hgrc');
  directory.write('releases/1/etc/rc', 'changed');
  directory.write('releases/2/etc/rc', 'changed');
  assert.deepEqual(
    (await event('releases/2/etc/rc')).filter(file => file.startsWith('releases')),
    ['releases/2/etc/rc'],
  );
  // One that leads nowhere for a while is waited for.
  turnTo('releases/3');
  await event('current');
  arm('home/.hgrc');
  directory.mkdir('releases/3');
  assert.ok((await event('releases/3')).includes('releases/3'));
});

test(
  'a control directory behind a link to a folder is that of the other folder when the link is turned',
  { skip },
  async t => {
    const { directory, arm, event } = setUp(t, { 'one/repository/.hg/x': '', 'two/repository/.hg/x': '' });
    directory.symlink('one/repository', 'repository');
    arm();
    directory.symlink('two/repository', 'new');
    directory.rename('new', 'repository');
    await event('repository');
    arm();
    directory.write('one/repository/.hg/dirstate');
    directory.write('two/repository/.hg/dirstate');
    await event('repository/.hg/dirstate');
  },
);

test('a loop of links ends', { skip }, t => {
  const { directory, arm } = setUp(t, { 'repository/f': '' });
  directory.mkdir('home');
  directory.symlink('b', 'home/a');
  directory.symlink('a', 'home/b');
  arm('home/a');
});

test('a folder that does not exist yet is waited for, component by component', { skip }, async t => {
  const { directory, arm, event } = setUp(t, { 'repository/f': '', 'home/other': '' });
  arm('home/.config/hg/hgrc');
  directory.mkdir('home/.config');
  await event('home/.config');
  arm('home/.config/hg/hgrc');
  directory.mkdir('home/.config/hg');
  await event('home/.config/hg');
  arm('home/.config/hg/hgrc');
  directory.write('home/.config/hg/hgrc');
  assert.ok((await event('home/.config/hg/hgrc')).includes('home/.config/hg/hgrc'));
});
