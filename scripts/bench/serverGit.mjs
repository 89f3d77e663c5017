// `git status` with our hook for core.fsmonitor, with Git's untracked cache alone, and with neither.
import fs from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { findProgram, PlainError } from '../lib/processes.mjs';
import { gitEnvironment, UNTRACKED_INDEX } from './gitRepository.mjs';
import { timed } from './programs.mjs';
import { makeRow } from './report.mjs';
import { inTurns, summarize } from './statistics.mjs';

const HOOK_INDEX = 'index-hook';
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
  fs.copyFileSync(path.join(gitDirectory, UNTRACKED_INDEX), path.join(gitDirectory, HOOK_INDEX));
  try {
    const hook = ['-c', `core.fsmonitor=${client} git-hook`, '-c', 'core.fsmonitorHookVersion=2'];
    const cached = ['-c', 'core.untrackedCache=true'];
    let expected;
    const status = (name, title, options, index) => ({
      name,
      title,
      run: async () => {
        const own = { ...env, ...gitEnvironment(gitDirectory, root, index) };
        const { milliseconds, stdout } = await timed('git', [...options, ...ARGUMENTS], { cwd: root, env: own });
        expected ??= stdout;
        if (stdout !== expected) throw new PlainError(`git status differs: ${title}`);
        return milliseconds;
      },
    });
    const cases = [
      status('git', 'git status', []),
      status('git-untracked', 'git status with its untracked cache', cached, UNTRACKED_INDEX),
      status('git-hook', 'the same, with our hook', [...hook, ...cached], HOOK_INDEX),
    ];
    await untilFollowed(client, root, { ...env, ...gitEnvironment(gitDirectory, root) });
    const values = await inTurns(rounds, cases);
    const base = name => ({
      name: cases.find(each => each.name === name).title,
      value: summarize(values[name]).median,
    });
    const targets = [
      { of: 'median', limit: 0.25, base: base('git') },
      { of: 'median', limit: 0.4, base: base('git-untracked') },
    ];
    return cases.map(({ name, title }) =>
      makeRow({
        id: `server.${name}`,
        files: plan.count,
        title,
        values: values[name],
        targets: name === 'git-hook' && plan.count >= 100_000 ? targets : [],
      }),
    );
  } finally {
    fs.rmSync(link);
    fs.rmSync(path.join(gitDirectory, HOOK_INDEX));
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
