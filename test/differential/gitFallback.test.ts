// Unsupported Git repositories, answered by the real git through the server. It starts only where that is allowed.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import { findProgram } from '../../src/hgCommand/hgExecutable.ts';
import { parseGitStatus } from '../../src/hgCommand/statusPrograms.ts';
import { GitSandbox, type GitRoot } from '../support/gitSandbox.ts';
import { FallbackHarness } from '../support/fallbackHarness.ts';

/** A repository with a replaced object, which is unsupported, and a change of each kind in it. */
function repositoryWithReplacement(t: TestContext): {
  readonly served: FallbackHarness;
  readonly repository: GitRoot;
} {
  const sandbox = new GitSandbox();
  const repository = sandbox.init('repository');
  for (const name of ['changed', 'gone', 'missing', 'dir/same', 'staged']) repository.write(name, `${name}\n`);
  repository.commit('first');
  repository.git('commit', '-q', '--allow-empty', '-m', 'second');
  repository.git('replace', 'HEAD', 'HEAD~1');
  repository.write('changed', 'other\n');
  repository.git('rm', '-q', 'gone');
  fs.rmSync(path.join(repository.root, 'missing'));
  repository.write('added', 'a\n');
  repository.write('staged', 'b\n');
  repository.git('add', 'added', 'staged');
  repository.write('dir/unknown \xe9', 'u\n');
  repository.write('.git/hooks/monitor', `#!/bin/sh\ntouch '${sandbox.base}/monitored'\n`);
  fs.chmodSync(path.join(repository.root, '.git/hooks/monitor'), 0o755);
  repository.git('config', 'core.fsmonitor', '.git/hooks/monitor');
  const { base, variables } = sandbox;
  const elsewhere = { ...variables, GIT_DIR: path.join(base, 'elsewhere') };
  const program = findProgram('git', process.env)!;
  const served = new FallbackHarness({ base, root: repository.root, system: 'git', program, variables: elsewhere });
  t.after(() => {
    served.dispose();
    assert.ok(!fs.existsSync(path.join(base, 'monitored')), 'a monitor of files was started');
    sandbox.dispose();
  });
  return { served, repository };
}

const STATUS =
  '--no-optional-locks -c core.fsmonitor=false status --porcelain=v2 -z --untracked-files=all --ignored=no --no-renames';
const EXPECTED = ['! missing', '? dir/unknown \xe9', 'A added', 'M changed', 'M staged', 'R gone'];

test('git answers for an unsupported repository where that is allowed', async t => {
  const { served, repository } = repositoryWithReplacement(t);
  await served.open();
  assert.equal(served.state.kind, 'refused');
  assert.deepEqual([served.entries, served.calls], [[], []]);

  const index = path.join(repository.root, '.git/index');
  const before = fs.statSync(index, { bigint: true });
  await served.setHgPolicy(true);
  await served.until(() => served.program === 'git' && served.entries.length > 0);
  assert.deepEqual(served.entries, EXPECTED);
  assert.deepEqual(served.calls, [STATUS]);
  assert.equal(fs.statSync(index, { bigint: true }).ino, before.ino);

  repository.write('dir/same', 'changed\n');
  await served.hint('dir/same');
  assert.deepEqual(served.entries, [...EXPECTED, 'M dir/same'].sort());

  await served.setHgPolicy(false);
  await served.until(() => served.state.kind === 'refused');
  assert.deepEqual(served.entries, []);
  assert.equal(served.calls.length, 2);
});

test('git is asked no more when the repository is supported again', async t => {
  const { served, repository } = repositoryWithReplacement(t);
  await served.setHgPolicy(true);
  await served.open();
  await served.until(() => served.entries.length === EXPECTED.length);
  repository.git('replace', '-d', repository.git('rev-parse', 'HEAD').trim());
  repository.git('config', 'core.fsmonitor', 'false');
  await served.hint('.git/config');
  await served.until(() => served.state.kind === 'ready');
  const count = served.calls.length;
  repository.write('dir/same', 'changed\n');
  await served.hint('dir/same');
  assert.ok(served.entries.includes('M dir/same'));
  assert.equal(served.calls.length, count);
});

test('records of git status have one letter, and others are refused', () => {
  const records = [
    '1 .M N... 100644 100644 100644 1 2 a b\nc',
    '1 AM N... 000000 100644 100644 1 2 new',
    '1 D. N... 100644 000000 000000 1 2 kept',
    '1 MD N... 100644 100644 000000 1 2 lost',
    '1 T. N... 100644 120000 120000 1 2 link',
    'u UU N... 100644 100644 100644 100644 1 2 3 both sides',
    '? kept',
    '? other/',
    '? what',
  ];
  assert.deepEqual(
    parseGitStatus(records.map(record => `${record}\0`).join(''))?.map(({ path: at, status }) => `${status} ${at}`),
    ['M a b\nc', 'A new', 'R kept', '! lost', 'M link', 'M both sides', '? what'],
  );
  assert.equal(parseGitStatus('2 R. N... x\0'), undefined);
});
