// In some containers the user is in no list of the system: there is no name and no home directory.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { test } from 'node:test';
import { bundle } from '../../support/bundle.ts';
import { bareRepository } from '../../support/daemonRig.ts';
import { removeTree } from '../../../scripts/lib/remove-tree.mjs';

const UNLISTED = 1_234_567;
const skip = process.platform !== 'linux' || process.geteuid?.() !== 0 ? 'only root can become such a user' : false;

test('a user without an entry has a status, and a server', { skip }, t => {
  const base = fs.mkdtempSync(path.join(os.tmpdir(), 'qsn-'));
  t.after(() => removeTree(base));
  fs.chmodSync(base, 0o755);
  const cli = bundle('src/cli/main.ts', path.join(base, 'cli.cjs'));
  bundle('src/server/main/workerMain.ts', path.join(base, 'worker.cjs'));
  const root = bareRepository(path.join(base, 'repo'));
  fs.writeFileSync(path.join(root, 'file'), '');
  const runtime = path.join(base, 'run');
  fs.mkdirSync(runtime, { mode: 0o700 });
  for (const name of [root, path.join(root, '.hg'), runtime]) fs.chownSync(name, UNLISTED, UNLISTED);
  // Node may lie where only root can read it.
  const node = path.join(base, 'node');
  fs.copyFileSync(process.execPath, node);
  fs.chmodSync(node, 0o755);
  const run = (...args: readonly string[]): string => {
    const env = { PATH: '/usr/bin:/bin', QUICKSILVER_RUNTIME_DIRECTORY: runtime };
    const options = { cwd: root, env, uid: UNLISTED, gid: UNLISTED, encoding: 'utf8' } as const;
    const { stdout, stderr, status } = spawnSync(node, [cli, ...args], options);
    assert.deepEqual([stderr, status], ['', 0], args.join(' '));
    return stdout;
  };
  assert.equal(run('status', '--no-server'), '? file\n');
  run('daemon', 'start');
  try {
    while (run('prompt', '--format', '%s %?') !== 'exact 1\n');
  } finally {
    run('daemon', 'stop');
  }
});
