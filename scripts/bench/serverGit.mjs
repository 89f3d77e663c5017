// `git status` with our hook for core.fsmonitor, with Git's untracked cache, with both, and with neither.
import fs from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { findProgram, PlainError } from '../lib/processes.mjs';
import { gitEnvironment, UNTRACKED_INDEX } from './gitRepository.mjs';
import { processorOfChildren } from './processor.mjs';
import { timed } from './programs.mjs';
import { makeRow } from './report.mjs';
import { inTurnsOfBoth, summarize } from './statistics.mjs';

/** The hook alone, and with the untracked cache. */
const HOOK_INDEXES = ['index-hook', 'index-hook-untracked'];
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
  const [hookIndex, bothIndex] = HOOK_INDEXES;
  fs.copyFileSync(path.join(gitDirectory, 'index'), path.join(gitDirectory, hookIndex));
  fs.copyFileSync(path.join(gitDirectory, UNTRACKED_INDEX), path.join(gitDirectory, bothIndex));
  try {
    const hook = ['-c', `core.fsmonitor=${client} git-hook`, '-c', 'core.fsmonitorHookVersion=2'];
    const cached = ['-c', 'core.untrackedCache=true'];
    let expected;
    const status = (name, title, options, index) => ({
      name,
      title,
      run: async () => {
        const own = { ...env, ...gitEnvironment(gitDirectory, root, index) };
        const before = processorOfChildren();
        const { milliseconds, stdout } = await timed('git', [...options, ...ARGUMENTS], { cwd: root, env: own });
        const processor = processorOfChildren() - before;
        expected ??= stdout;
        if (stdout !== expected) throw new PlainError(`git status differs: ${title}`);
        return { milliseconds, processor };
      },
    });
    const cases = [
      status('git', 'git status', []),
      status('git-untracked', 'git status with its untracked cache', cached, UNTRACKED_INDEX),
      status('git-hook', 'git status with our hook', hook, hookIndex),
      status('git-hook-untracked', 'git status with our hook and its untracked cache', [...hook, ...cached], bothIndex),
    ];
    await untilFollowed(client, root, { ...env, ...gitEnvironment(gitDirectory, root) });
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
    for (const name of HOOK_INDEXES) fs.rmSync(path.join(gitDirectory, name));
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
