// The first status: that of hg, rhg and git each time they are asked, and ours when a repository is opened.
import fs from 'node:fs';
import path from 'node:path';
import { PlainError, findProgram } from '../lib/processes.mjs';
import { Engine } from './engine.mjs';
import { runFloor } from './floor.mjs';
import { UNTRACKED_INDEX, gitEnvironment } from './gitRepository.mjs';
import { COMPARED, findHg, hgEnvironment, linesOf, runHg, timed } from './programs.mjs';
import { makeRow } from './report.mjs';
import { inTurns, summarize } from './statistics.mjs';

export async function measureStatus(repository, context) {
  const { plan } = repository;
  const others = otherCases(repository, context);
  const own = ownCases(repository, context);
  const values = await inTurns(context.rounds, [...others, ...own]);
  repository.use('v1');
  if (values['fsmonitor'] !== undefined) await timed('watchman', ['watch-del', repository.root]);
  const medianOf = name => summarize(values[name]).median;
  const hg = { name: 'hg status', value: medianOf('hg') };
  context.hgMedians.set(plan.count, hg.value);
  const floors = ['floor-walk-2', 'floor-list-2'].filter(name => name in values).map(medianOf);
  const floor = floors.length === 0 ? undefined : { name: 'the floor', value: Math.min(...floors) };
  const limits = ratio => [{ of: 'median', limit: ratio, base: hg }];
  const warm = [...limits(0.18), ...(floor === undefined ? [] : [{ of: 'median', limit: 1.3, base: floor }])];
  const targets = {
    'own-v2': warm,
    'own-v2-js': limits(0.3),
    'own-v1': limits(0.3),
    'own-v1-js': limits(0.42),
  };
  const hasTargets = isLarge(repository);
  return [...others, ...own].map(({ name, title }) =>
    makeRow({
      id: `status.${name}`,
      files: plan.count,
      title,
      values: values[name],
      targets: hasTargets ? (targets[name] ?? []) : [],
    }),
  );
}

/** Targets that are ratios to hg are about large repositories: in a small one the fixed costs outweigh. */
export function isLarge({ plan }) {
  return plan.count >= 100_000;
}

/** The median of `hg status` in this repository, for those who compare with it: measured now if it was not before. */
export async function hgMedian(repository, context) {
  const known = context.hgMedians.get(repository.plan.count);
  if (known !== undefined) return { name: 'hg status', value: known };
  repository.use('v1');
  const { hg } = await inTurns(context.rounds, [hgCase(repository)]);
  const value = summarize(hg).median;
  context.hgMedians.set(repository.plan.count, value);
  return { name: 'hg status', value };
}

function hgCase(repository) {
  return {
    name: 'hg',
    title: 'hg status, version 1',
    run: async () => {
      repository.use('v1');
      const { milliseconds, stdout } = await timed(findHg(), COMPARED, { cwd: repository.root, env: hgEnvironment });
      checkAnswer('hg status', linesOf(stdout), repository.expected);
      return milliseconds;
    },
  };
}

function otherCases(repository, { rhg, floor, notes }) {
  const { root } = repository;
  const cases = [hgCase(repository)];
  const program = (name, title, command, args, state, env = hgEnvironment) =>
    cases.push({
      name,
      title,
      run: async () => {
        repository.use(state);
        return (await timed(command, args, { cwd: root, env })).milliseconds;
      },
    });
  if (rhg !== undefined) {
    const args = ['--config', 'rhg.on-unsupported=abort', 'status'];
    program('rhg-v1', 'rhg status, version 1', rhg, args, 'v1');
    program('rhg-v2', 'rhg status, version 2 with times of directories', rhg, args, 'v2');
  }
  if (findProgram(['watchman']) !== undefined) {
    const args = ['--config', 'extensions.fsmonitor=', ...COMPARED];
    program('fsmonitor', 'hg status with fsmonitor and Watchman, warm', findHg(), args, 'v1');
  }
  if (findProgram(['git']) !== undefined) {
    const args = ['status', '--porcelain'];
    const plain = gitEnvironment(repository.gitDirectory, root);
    const untracked = gitEnvironment(repository.gitDirectory, root, UNTRACKED_INDEX);
    program('git', 'git status', 'git', args, 'v1', plain);
    program(
      'git-untracked',
      'git status with its untracked cache',
      'git',
      ['-c', 'core.untrackedCache=true', ...args],
      'v1',
      untracked,
    );
  } else {
    notes.push('There is no git.');
  }
  if (floor !== undefined) {
    for (const threads of [1, 2]) {
      for (const [kind, title] of [
        ['walk', 'read all directories and stat'],
        ['list', 'stat the tracked files'],
      ]) {
        const run = () => runFloor(floor, repository, threads, kind);
        cases.push({
          name: `floor-${kind}-${threads}`,
          title: `floor: ${title}, C, ${threads} thread${threads > 1 ? 's' : ''}`,
          run,
        });
      }
    }
  }
  return cases;
}

function ownCases(repository, context) {
  const cases = [];
  for (const native of [true, false]) {
    const suffix = native ? '' : '-js';
    const without = native ? '' : ', no native code';
    const add = (name, title, state) =>
      cases.push({
        name: name + suffix,
        title: `Quicksilver, first status, ${title}${without}`,
        run: () => firstStatus(repository, context, { native, state }),
      });
    add('own-v2', 'version 2 with times of directories', 'v2');
    add('own-v1', 'version 1', 'v1');
  }
  return cases;
}

/** Milliseconds from opening a repository to its settled status, in a worker that has opened a small repository. */
export async function firstStatus(repository, { cache }, { native, state }) {
  repository.use(state);
  const engine = new Engine({ native });
  try {
    await engine.open(await smallRepository(cache), { watchShare: 0.1 });
    const followed = await engine.open(repository.root);
    checkAnswer(`Quicksilver (${state})`, followed.lines, repository.expected);
    // Work after the status (watches) must finish, and is not measured with other cases.
    await followed.settle();
    return followed.firstStatus;
  } finally {
    engine.dispose();
  }
}

/** A repository of a few files, to open before the one that is measured. */
export async function smallRepository(cache) {
  const root = path.join(cache, 'small');
  if (fs.existsSync(path.join(root, '.hg', 'dirstate'))) return root;
  fs.mkdirSync(root, { recursive: true });
  await runHg(root, ['init']);
  fs.writeFileSync(path.join(root, '.hgignore'), 'syntax: glob\n*.log\n');
  for (const name of ['a', 'b', 'c']) fs.writeFileSync(path.join(root, `${name}.txt`), `${name}\n`);
  await runHg(root, ['commit', '--addremove', '--user', 'Ada Example', '--message', 'First commit']);
  fs.writeFileSync(path.join(root, 'a.txt'), 'changed\n');
  return root;
}

/** Fails if two answers differ. */
export function checkAnswer(who, lines, expected) {
  if (JSON.stringify(lines) === JSON.stringify(expected)) return;
  const missing = expected.filter(line => !lines.includes(line));
  const extra = lines.filter(line => !expected.includes(line));
  const some = list => list.slice(0, 5).join(', ') || 'nothing';
  throw new PlainError(`${who} gives another answer than hg status. It lacks ${some(missing)}; it has ${some(extra)}.`);
}
