// Git with our hook for core.fsmonitor answers as Git without it, after any changes and from any earlier index.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { bundle } from '../support/bundle.ts';
import { DaemonRig } from '../support/daemonRig.ts';
import { GitSandbox, type GitRoot } from '../support/gitSandbox.ts';
import { compileClient, skipClient } from '../support/nativeClient.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';
import { RandomGitChanges } from '../support/randomGitChanges.ts';

const ROUNDS = Number(process.env['GIT_HOOK_ROUNDS'] ?? 30);
const OPERATIONS = 3;
const PLAIN = ['-c', 'core.fsmonitor=false'] as const;
const STATUS = ['status', '--porcelain=v2', '-z'] as const;

interface Rig {
  readonly repository: GitRoot;
  /** What the hook prints for a token: the next token, and paths. */
  readonly ask: (token: string) => { readonly token: string; readonly paths: readonly string[] };
  /** Starts a server, and resolves when it answers. */
  readonly start: () => Promise<void>;
  readonly kill: () => Promise<void>;
}

function prepare(t: TestContext): Rig {
  const rig = new DaemonRig();
  const client = compileClient(rig.base);
  const program = bundle('src/server/main/workerMain.ts', path.join(rig.base, 'worker.cjs'));
  const variables = {
    GIT_OPTIONAL_LOCKS: '1',
    QUICKSILVER_RUNTIME_DIRECTORY: rig.directory.path,
    QUICKSILVER_SERVER: 'off',
  };
  const sandbox = new GitSandbox(variables);
  const repository = sandbox.init('repo');
  repository.git('config', 'core.fsmonitor', `${client} git-hook`);
  repository.git('config', 'core.fsmonitorHookVersion', '2');
  // Git's untracked cache has faults of its own with nested repositories, also without a hook.
  repository.git('config', 'core.untrackedCache', 'false');
  let kill = (): Promise<void> => Promise.resolve();
  t.after(async () => {
    await kill();
    sandbox.dispose();
    rig.dispose();
  });
  return {
    repository,
    ask: before => {
      const env = { ...sandbox.variables };
      const answer = execFileSync(client, ['git-hook', '2', before], { cwd: repository.root, env, encoding: 'latin1' });
      const [token = '', ...paths] = answer.split('\0').slice(0, -1);
      return { token, paths };
    },
    start: async () => {
      const env = { ...process.env, ...variables };
      const server = spawn(process.execPath, [program, 'serve', '--foreground'], { env, stdio: 'ignore' });
      kill = async () => {
        kill = () => Promise.resolve();
        server.kill('SIGKILL');
        await once(server, 'exit');
      };
      while ((await rig.ask('info')).kind !== 'answer');
    },
    kill: () => kill(),
  };
}

const recordsOf = (output: string): string[] => output.split('\0').sort();

describe("Git's hook", { skip: skipClient }, () => {
  const seed = seedFromEnvironment('GIT_HOOK_SEED');

  it(`changes no status, seed ${seed} (GIT_HOOK_SEED=${seed} repeats it, GIT_HOOK_ROUNDS=1000 goes on longer)`, async t => {
    const { repository, ask, start, kill } = prepare(t);
    const changes = new RandomGitChanges(repository, new Random(seed));
    changes.begin();
    await start();
    let compared = 0;
    let accepted = 0;
    let { token } = ask('');
    for (let round = 0; round < ROUNDS; round++) {
      // Now and then it is another one, which knows nothing of earlier tokens.
      if (round % 20 === 19) {
        await kill();
        if (round % 40 === 19) await start();
      }
      for (let i = 0; i < OPERATIONS; i++) changes.step();
      const answer = ask(token);
      token = answer.token;
      if (answer.paths[0] !== '/') accepted++;
      let expected: string;
      try {
        expected = repository.git('--no-optional-locks', ...PLAIN, ...STATUS);
      } catch {
        // Git itself fails.
        continue;
      }
      const actual = repository.git(...STATUS);
      assert.deepEqual(recordsOf(actual), recordsOf(expected), `round ${round}: ${changes.log.slice(-9).join('\n')}`);
      compared++;
    }
    t.diagnostic(`${compared} statuses compared, ${accepted} of ${ROUNDS} answers of the hook accepted`);
    assert.ok(compared > ROUNDS / 2, 'most states have a status');
  });

  it('names what has changed, and everything where there is no answer', async t => {
    const { repository, ask, start, kill } = prepare(t);
    assert.deepEqual(ask(''), { token: 'qs0', paths: ['/'] });
    assert.deepEqual(ask('older'), { token: 'older', paths: ['/'] });
    repository.write('.gitignore', 'build\n');
    repository.write('build/out', '');
    repository.write('src/file', 'one');
    repository.commit('one');
    await start();
    let first = ask('');
    // A busy machine may need longer for the first scan than Git waits.
    while (first.token === 'qs0') first = ask('');
    assert.deepEqual(first.paths, ['/']);
    const unchanged = ask(first.token);
    assert.deepEqual(unchanged.paths, ['build/']);
    repository.write('src/file', 'two');
    assert.deepEqual(ask(unchanged.token).paths, ['build/', 'src/file', 'src/file/']);
    fs.writeFileSync(path.join(repository.root, '.git', 'index.lock'), '');
    assert.deepEqual(ask(unchanged.token).paths, ['/']);
    fs.rmSync(path.join(repository.root, '.git', 'index.lock'));
    await kill();
    assert.deepEqual(ask(unchanged.token), { token: unchanged.token, paths: ['/'] });
  });
});
