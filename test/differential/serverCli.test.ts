// `quicksilver status` prints the same bytes whether the shared server answers or it scans by itself, in random states of
// a working copy. SERVER_CLI_ROUNDS=N is the long form; SERVER_CLI_SEED repeats a run.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { it } from 'node:test';
import { errorMessage } from '../../src/base/errors.ts';
import { runCommandLine } from '../../src/cli/commands.ts';
import { DaemonRig } from '../support/daemonRig.ts';
import { hgEnvironment, HgServer } from '../support/hgServer.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';
import { RandomChanges } from '../support/randomChanges.ts';

const skip = process.platform === 'linux' ? false : 'only Linux has exact answers';
/** Otherwise equal output proves nothing. */
const LEAST_ANSWERED = 0.95;
const ROUNDS = Number(process.env['SERVER_CLI_ROUNDS'] ?? 25);
const FORMS = [
  [],
  ['-mardu', '-C'],
  ['-mardu', '--print0'],
  ['--template', 'json'],
  ['-n', '--color', 'always'],
  ['-q'],
] as const;
const seed = seedFromEnvironment('SERVER_CLI_SEED');

interface Printed {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

async function status(rig: DaemonRig, cwd: string, ...args: readonly string[]): Promise<Printed> {
  let [stdout, stderr] = ['', ''];
  let code: number | string;
  try {
    code = await runCommandLine(['status', ...args], {
      serverMs: 20_000,
      stdout: { write: bytes => void (stdout += bytes) },
      stderr: { write: bytes => void (stderr += bytes) },
      ...{ cwd, environment: rig.variables, platform: process.platform, signal: new AbortController().signal },
    });
  } catch (error) {
    code = errorMessage(error);
  }
  return { code, stdout, stderr };
}

it(`a status of the server is that of an own scan, seed ${seed} (SERVER_CLI_SEED=${seed})`, { skip }, async t => {
  const rig = new DaemonRig();
  const root = path.join(rig.base, 'repo');
  spawnSync('hg', ['init', root], { env: hgEnvironment() });
  const hg = new HgServer(root);
  t.after(async () => {
    await hg.close();
    rig.dispose();
  });
  const changes = new RandomChanges(root, new Random(seed), hg);
  await changes.begin();
  await rig.daemon().start();
  let answered = 0;
  for (let round = 0; round < ROUNDS; round++) {
    await changes.step();
    // The server loads what has changed. The command line waits a quarter of a second at most.
    await rig.answer('status', root);
    for (const form of FORMS) {
      const withServer = await status(rig, root, ...form, '--stats');
      if (withServer.stderr.includes('server: answered\n')) answered++;
      assert.doesNotMatch(withServer.stderr, /other variables|other ignore files|no server runs/);
      const ours = { ...withServer, stderr: withServer.stderr.replace(/^server: [^]*/m, '') };
      const alone = await status(rig, root, ...form, '--no-server');
      assert.deepEqual(ours, alone, `round ${round}, ${form.join(' ')}: ${changes.log.slice(-3).join('\n')}`);
    }
  }
  t.diagnostic(`the server answered ${answered} of ${ROUNDS * FORMS.length}`);
  assert.ok(answered >= LEAST_ANSWERED * ROUNDS * FORMS.length, `the server answered only ${answered}`);
});
