// The lines that `quicksilver daemon git-setup` prints fit the Git at hand, and survive a shell.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gitSetup } from '../../../src/cli/daemonSetup.ts';
import { gitVersion } from '../../../src/daemon/gitVersion.ts';

const CLIENT = '/opt/quicksilver/dist/native/client-linux-x64';

test('Git with a daemon of its own is told to use it', () => {
  const own = /^git config core.fsmonitor true$/m;
  assert.match(gitSetup({ major: 2, minor: 55 }, 'linux', CLIENT), own);
  assert.match(gitSetup({ major: 3, minor: 0 }, 'linux', CLIENT), own);
  assert.match(gitSetup({ major: 2, minor: 39 }, 'darwin', undefined), own);
});

test('an older Git on Linux gets the hook, if there is one', () => {
  const lines = gitSetup({ major: 2, minor: 39 }, 'linux', CLIENT);
  assert.ok(lines.includes(`git config core.fsmonitor '${CLIENT} git-hook'\n`), lines);
  const strange = gitSetup({ major: 2, minor: 39 }, 'linux', "/it's/client");
  assert.ok(strange.includes(`git config core.fsmonitor ''\\''/it'\\''\\'\\'''\\''s/client'\\'' git-hook'\n`), strange);
  assert.match(gitSetup({ major: 2, minor: 39 }, 'linux', undefined), /^# The native client is missing/);
  assert.match(gitSetup({ major: 2, minor: 36 }, 'linux', CLIENT), /^# Git 2\.36 is too old/);
  assert.match(gitSetup(undefined, 'linux', CLIENT), /^# There is no 'git'/);
});

test('no lines turn on the untracked cache, with which Git itself has wrong answers', () => {
  for (const minor of [39, 55]) {
    const lines = gitSetup({ major: 2, minor }, 'linux', CLIENT).split('\n');
    const commands = lines.filter(line => !line.startsWith('#'));
    assert.ok(commands.includes('git config core.untrackedCache false'), String(commands));
    assert.ok(lines.some(line => line.startsWith('#') && line.includes('faster still')));
  }
});

test('the version is that of the Git on the PATH', async () => {
  assert.equal(await gitVersion({ PATH: '/nonexistent' }), undefined);
  const found = await gitVersion(process.env);
  if (found !== undefined) assert.ok(found.major >= 2);
});
