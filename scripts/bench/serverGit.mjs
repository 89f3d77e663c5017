// `git status` with our hook for core.fsmonitor, with Git's untracked cache, with both, and with neither.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { findProgram, PlainError } from '../lib/processes.mjs';
import { gitEnvironment, UNTRACKED_INDEX } from './gitRepository.mjs';
import { timed } from './programs.mjs';
import { makeRow } from './report.mjs';
import { inTurnsOfBoth, summarize } from './statistics.mjs';

/** The index as it is found, and those of the hook alone and with the untracked cache. */
const OWN_INDEXES = ['index-own', 'index-hook', 'index-hook-untracked'];
const ARGUMENTS = ['status', '--porcelain', '-z'];
const READY_MS = 120_000;

/**
 * @param env with the runtime directory of a server that runs
 * @param client the native client
 */
export async function measureGitHook({ root, gitDirectory, plan }, { rounds, notes, env, client }) {
  if (findProgram(['git']) === undefined || !fs.existsSync(client)) {
    notes.push("There is no git, or no native client: Git's hook was not measured.");
    return [];
  }
  // The server finds a repository by this name.
  const link = path.join(root, '.git');
  fs.writeFileSync(link, `gitdir: ${gitDirectory}\n`);
  const inDirectory = name => path.join(gitDirectory, name);
  const [ownIndex, hookIndex, bothIndex] = OWN_INDEXES;
  for (const name of [ownIndex, hookIndex]) fs.copyFileSync(inDirectory('index'), inDirectory(name));
  fs.copyFileSync(inDirectory(UNTRACKED_INDEX), inDirectory(bothIndex));
  /** Puts a copy of an index in the place of the one that the server follows, in one step. */
  const place = name => {
    fs.copyFileSync(inDirectory(name), inDirectory('index-new'));
    fs.renameSync(inDirectory('index-new'), inDirectory('index'));
  };
  // The hook answers only where Git reads the configuration that the server reads, too.
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'qsb-home-'));
  const environment = { ...env, ...gitEnvironment(gitDirectory, root), HOME: home, XDG_CONFIG_HOME: home };
  delete environment.GIT_CONFIG_GLOBAL;
  try {
    const hook = ['-c', `core.fsmonitor=${client} git-hook`, '-c', 'core.fsmonitorHookVersion=2'];
    const cached = ['-c', 'core.untrackedCache=true'];
    let expected;
    const measured = async (title, options, own) => {
      const { milliseconds, processor, stdout } = await timed('git', [...options, ...ARGUMENTS], {
        cwd: root,
        env: own,
      });
      expected ??= stdout;
      if (stdout !== expected) throw new PlainError(`git status differs: ${title}`);
      return { milliseconds, processor };
    };
    const status = (name, title, options, index) => ({
      name,
      title,
      run: () => measured(title, options, { ...environment, GIT_INDEX_FILE: inDirectory(index) }),
    });
    const hooked = (name, title, options, index) => ({
      name,
      title,
      run: async () => {
        place(index);
        await untilFollowed(client, root, environment);
        const result = await measured(title, options, environment);
        fs.copyFileSync(inDirectory('index'), inDirectory(index));
        return result;
      },
    });
    const cases = [
      status('git', 'git status', [], ownIndex),
      status('git-untracked', 'git status with its untracked cache', cached, UNTRACKED_INDEX),
      hooked('git-hook', 'git status with our hook', hook, hookIndex),
      hooked('git-hook-untracked', 'git status with our hook and its untracked cache', [...hook, ...cached], bothIndex),
    ];
    // After the first answer Git reads everything, and after the second one each directory.
    for (let i = 0; i < 2; i++) for (const { name, run } of cases) if (name.startsWith('git-hook')) await run();
    const { values, processor } = await inTurnsOfBoth(rounds, cases);
    return cases.flatMap(({ name, title }) =>
      [values, processor].map((series, i) => {
        const base = other => ({
          name: cases.find(each => each.name === other).title,
          value: summarize(series[other]).median,
        });
        const targets = [
          { of: 'median', limit: 0.25, base: base('git') },
          { of: 'median', limit: 0.4, base: base('git-untracked') },
        ];
        return makeRow({
          id: `server.${name}${i === 0 ? '' : '-processor'}`,
          files: plan.count,
          title: i === 0 ? title : `${title}: processor`,
          values: series[name],
          targets: name === 'git-hook-untracked' && plan.count >= 100_000 ? targets : [],
        });
      }),
    );
  } finally {
    fs.rmSync(link);
    place(ownIndex);
    for (const name of OWN_INDEXES) fs.rmSync(inDirectory(name));
    fs.rmSync(home, { recursive: true });
  }
}

/** Waits until the hook names paths: before that, Git does all the work. */
async function untilFollowed(client, root, env) {
  const end = performance.now() + READY_MS;
  let token = '';
  for (;;) {
    const { stdout } = await timed(client, ['git-hook', '2', token], { cwd: root, env });
    const [next, first] = String(stdout).split('\0');
    if (first !== '/') return;
    token = next;
    if (performance.now() > end) throw new PlainError('The hook has no answer.');
  }
}
