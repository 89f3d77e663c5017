// Git with our hook for core.fsmonitor answers as Git without it, after any changes and from any earlier index.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { bundle } from '../support/bundle.ts';
import { DaemonRig } from '../support/daemonRig.ts';
import { GitSandbox, type GitRoot } from '../support/gitSandbox.ts';
import { compileClient, skipClient } from '../support/nativeClient.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';
import { RandomGitChanges } from '../support/randomGitChanges.ts';

/** With everything as its answer, the hook changes no status either. */
const LEAST_ACCEPTED = 0.3;
const ROUNDS = Number(process.env['GIT_HOOK_ROUNDS'] ?? 30);
const OPERATIONS = 3;
const OWN = ['--no-optional-locks', '-c', 'core.fsmonitor=false'] as const;
const STATUS = ['status', '--porcelain=v2', '-z'] as const;
/** Forms of status; the usual one as often as all others. */
const FORMS = [
  ['--untracked-files=all'],
  ['--untracked-files=no'],
  ['--ignored'],
  ['--ignored=matching'],
  ['--ignored', '--untracked-files=all'],
  ['--ignored=no'],
] as const;
/** The time of directories that have not changed for a while. */
const OLD_SECONDS = 1_500_000_000;
/** Git's untracked cache has faults of its own. More than so many of all statuses would be a fault of the hook's. */
const MOST_OWN_FAULTS = 0.03;

interface Rig {
  readonly repository: GitRoot;
  /** What the hook prints for a token, with more environment variables: the next token, and paths. */
  readonly ask: (
    token: string,
    more?: Readonly<Record<string, string>>,
  ) => { readonly token: string; readonly paths: readonly string[] };
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
  let kill = (): Promise<void> => Promise.resolve();
  t.after(async () => {
    await kill();
    sandbox.dispose();
    rig.dispose();
  });
  return {
    repository,
    ask: (before, more) => {
      const env = { ...sandbox.variables, ...more };
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

  for (const usesCache of [false, true]) {
    const how = `${usesCache ? 'with' : 'without'} the untracked cache`;
    it(`changes no status ${how}, seed ${seed} (GIT_HOOK_SEED=${seed} repeats it, GIT_HOOK_ROUNDS=1000 goes on longer)`, async t => {
      const { repository, ask, start, kill } = prepare(t);
      const random = new Random(seed);
      repository.git('config', 'core.untrackedCache', String(usesCache));
      const changes = new RandomGitChanges(repository, random, () => ask(''));
      changes.begin();
      await start();
      const [index, copy] = ['index', 'index-copy'].map(name => path.join(repository.root, '.git', name));
      let [compared, accepted, served, quiet, ownFaults] = [0, 0, 0, 0, 0];
      let isServed = true;
      let { token } = ask('');
      for (let round = 0; round < ROUNDS; round++) {
        // Now and then it is another one, which knows nothing of earlier tokens.
        if (round % 20 === 19) {
          await kill();
          isServed = round % 40 === 19;
          if (isServed) await start();
        }
        for (let i = 0; i < OPERATIONS; i++) changes.step();
        const answer = ask(token);
        token = answer.token;
        if (isServed) served++;
        if (answer.paths[0] !== '/') accepted++;
        const form = [...STATUS, ...(random.chance(0.5) ? [] : random.pick(FORMS))];
        const options = random.chance(0.1)
          ? ['-c', `core.excludesFile=${random.pick(['/dev/null', '.git/excludes'])}`]
          : [];
        let expected: string[];
        try {
          expected = recordsOf(repository.git(...OWN, '-c', 'core.untrackedCache=false', ...options, ...form));
        } catch {
          // Git itself fails.
          continue;
        }
        if (fs.existsSync(index!)) fs.copyFileSync(index!, copy!);
        // Some programs give Git a copy of the index.
        const more = random.chance(0.1) && fs.existsSync(copy!) ? { GIT_INDEX_FILE: copy! } : {};
        const actual = recordsOf(repository.gitIn(more, ...options, ...form));
        compared++;
        // A second question finds nothing changed. A directory that is not watched must not be named each time.
        const next = ask(token);
        if (next.paths.length === 0) quiet++;
        token = next.token;
        if (isDeepStrictEqual(actual, expected)) continue;
        const where = `round ${round}, ${form.join(' ')}: ${changes.log.slice(-12).join('\n')}`;
        if (!usesCache) assert.deepEqual(actual, expected, where);
        const own = repository.gitIn({ GIT_INDEX_FILE: copy! }, ...OWN, ...options, ...form);
        assert.deepEqual(actual, recordsOf(own), `not so without the hook, ${where}`);
        ownFaults++;
      }
      t.diagnostic(
        `${compared} statuses compared, ${accepted} of ${served} answers of the hook accepted, ${quiet} without a path; Git itself differs in ${ownFaults}`,
      );
      assert.ok(compared > ROUNDS / 2, 'most states have a status');
      assert.ok(accepted >= served * LEAST_ACCEPTED, `only ${accepted} of ${served} answers were accepted`);
      assert.ok(ownFaults <= Math.max(2, compared * MOST_OWN_FAULTS), `Git itself differs in ${ownFaults}`);
    });
  }

  it('has Git forget the untracked files of directories that are others now, or that it was not asked about', async t => {
    const { repository, ask, start, kill } = prepare(t);
    repository.git('config', 'core.untrackedCache', 'true');
    const at = (...names: string[]): string => path.join(repository.root, ...names);
    repository.write('tracked', '');
    repository.git('add', 'tracked');
    repository.write('more', '');
    const fill = (): void => {
      fs.rmSync(at('dir'), { recursive: true, force: true });
      repository.write('dir/sub/file', '');
      // Git believes no directory that is as new as the index. How much time passes must not matter.
      for (const name of ['dir/sub', 'dir', '.']) fs.utimesSync(at(name), OLD_SECONDS, OLD_SECONDS);
    };
    /** Git and the server know everything. */
    const settled = (): void => {
      fill();
      for (let { token, paths } = ask(''); token.endsWith('!') || paths[0] === '/'; { token, paths } = ask(token));
      for (let i = 0; i < 3; i++) repository.git(...STATUS);
    };
    const compare = (what: string, ...options: readonly string[]): void => {
      const expected = repository.git(...OWN, '-c', 'core.untrackedCache=false', ...options, ...STATUS);
      assert.deepEqual(recordsOf(repository.git(...options, ...STATUS)), recordsOf(expected), what);
    };
    /** With other rules, the hook leaves everything to Git. Git's own cache keeps an untracked directory without files. */
    const compareWithCache = (what: string, ...options: readonly string[]): void => {
      const index = at('.git', 'index-copy');
      fs.copyFileSync(at('.git', 'index'), index);
      const own = repository.gitIn({ GIT_INDEX_FILE: index }, ...OWN, ...options, ...STATUS);
      assert.deepEqual(recordsOf(repository.git(...options, ...STATUS)), recordsOf(own), what);
    };
    await start();

    settled();
    fs.renameSync(at('dir'), at('.git', 'old'));
    fs.mkdirSync(at('dir', 'sub'), { recursive: true });
    compare('another directory');

    settled();
    fs.writeFileSync(at('.gitignore'), 'dir\n');
    ask('');
    fs.rmSync(at('dir', 'sub'), { recursive: true });
    fs.rmSync(at('.gitignore'));
    compare('ignored for a while');

    settled();
    await kill();
    fs.rmSync(at('dir'), { recursive: true });
    await start();
    while (ask('').token === 'qs0');
    // It reads no directory, and keeps the token.
    repository.write('tracked', 'more');
    repository.git(...STATUS, '--untracked-files=no');
    compare('a server that began in between');

    fs.writeFileSync(at('.git', 'excludes'), 'dir\n');
    repository.git('config', 'core.excludesFile', at('.git', 'excludes'));
    settled();
    const without = ['-c', 'core.excludesFile=/dev/null'];
    compare('other rules', ...without);
    fs.rmSync(at('dir', 'sub'), { recursive: true });
    compareWithCache('other rules, again', ...without);
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
    // Git may not have looked at directories: each is named once.
    const second = ask(first.token);
    assert.deepEqual([...second.paths].sort(), ['-', 'src/-']);
    const unchanged = ask(second.token);
    assert.deepEqual(unchanged.paths, []);
    repository.write('src/file', 'two');
    assert.deepEqual(ask(unchanged.token).paths, ['src/file', 'src/file/', 'src/file/-']);
    // Another index, or other rules, may show what is not followed.
    fs.copyFileSync(path.join(repository.root, '.git', 'index'), path.join(repository.root, '.git', 'copy'));
    const isNamed = (more: Readonly<Record<string, string>>): boolean => ask(unchanged.token, more).paths[0] !== '/';
    const others: readonly Readonly<Record<string, string>>[] = [
      { GIT_INDEX_FILE: '.git/copy' },
      { GIT_DIR: repository.root },
      { GIT_COMMON_DIR: '.git' },
      { GIT_CONFIG_GLOBAL: '/dev/null' },
      { GIT_CONFIG_PARAMETERS: "'core.excludesfile'='/dev/null'" },
      { GIT_CONFIG_COUNT: '2', GIT_CONFIG_KEY_0: 'color.ui', GIT_CONFIG_KEY_1: 'core.excludesFile' },
    ];
    for (const more of others) assert.ok(!isNamed(more), JSON.stringify(more));
    const same: readonly Readonly<Record<string, string>>[] = [
      { GIT_INDEX_FILE: '.git/index', GIT_DIR: '.git' },
      { GIT_CONFIG_PARAMETERS: "'color.ui'='always'", GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'color.ui' },
    ];
    for (const more of same) assert.ok(isNamed(more), JSON.stringify(more));
    fs.writeFileSync(path.join(repository.root, '.git', 'index.lock'), '');
    assert.deepEqual(ask(unchanged.token).paths, ['/']);
    fs.rmSync(path.join(repository.root, '.git', 'index.lock'));
    await kill();
    assert.deepEqual(ask(unchanged.token), { token: unchanged.token, paths: ['/'] });
  });
});
