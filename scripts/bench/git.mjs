// The first status of a Git repository beside `git status`, as a process and in the engine, by the clock and by the
// processor's time.
import fs from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { findProgram, PlainError, projectRoot } from '../lib/processes.mjs';
import { Engine } from './engine.mjs';
import {
  gitEnvironment,
  makeGitRepository,
  recordGitChanges,
  UNTRACKED_INDEX,
  withUntrackedCache,
} from './gitRepository.mjs';
import { withOwnProcessor } from './processor.mjs';
import { timed } from './programs.mjs';
import { makeRow } from './report.mjs';
import { changeFiles, chooseRoles, expectedLines, writeIgnored, writeTracked } from './repository.mjs';
import { inTurnsOfBoth, summarize } from './statistics.mjs';
import { checkAnswer } from './status.mjs';
import { planStats, planTree } from './tree.mjs';

const CLI = path.join(projectRoot, 'dist', 'cli.cjs');
const ARGUMENTS = ['status', '--porcelain', '-z'];

/** Returns rows for the clock (`git.NAME`) and for the processor (`git.NAME-processor`). */
export async function measureGit(count, context) {
  if (findProgram(['git']) === undefined) {
    context.notes.push('There is no git.');
    return [];
  }
  const repository = await gitRepository(context, count);
  const measured = cases(repository, context);
  const { values, processor } = await inTurnsOfBoth(context.rounds, measured);
  const targets = (of, name) => {
    const cached = {
      of: 'median',
      limit: 1,
      base: { name: 'git status with its untracked cache', value: of('git-untracked') },
    };
    if (name === 'own-untracked') return [cached];
    if (name !== 'own') return [];
    return [{ of: 'median', limit: 0.6, base: { name: 'git status', value: of('git') } }, cached];
  };
  const row = (name, title, series, of) =>
    makeRow({ id: `git.${name}`, files: count, title, values: series, targets: targets(of, name.split('-proc')[0]) });
  const byClock = ({ name, title }) => row(name, title, values[name], other => summarize(values[other]).median);
  if (process.platform !== 'linux') return measured.map(byClock);
  return measured.flatMap(({ name, title }) => [
    byClock({ name, title }),
    row(`${name}-processor`, `${title}: processor`, processor[name], other => summarize(processor[other]).median),
  ]);
}

function cases({ root, directory, expected }, { cache }) {
  const args = ARGUMENTS;
  const plain = gitEnvironment(directory, root);
  const own = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const program = (name, title, command, parameters, env) => ({
    name,
    title,
    run: async () => {
      const { milliseconds, processor, stdout } = await timed(command, parameters, { cwd: root, env });
      checkAnswer(title, entriesOf(stdout), expected.porcelain);
      return { milliseconds, processor };
    },
  });
  const cached = ({ run, ...rest }) => ({ ...rest, run: () => withUntrackedCache(directory, run) });
  const engine = (name, title, native) => ({
    name,
    title,
    run: () => firstStatus(root, expected.engine, { cache, native }),
  });
  return [
    program('git', 'git status', 'git', args, plain),
    program(
      'git-untracked',
      'git status with its untracked cache',
      'git',
      ['-c', 'core.untrackedCache=true', ...args],
      {
        ...plain,
        GIT_INDEX_FILE: path.join(directory, UNTRACKED_INDEX),
      },
    ),
    engine('own', 'Quicksilver, first status', true),
    cached(engine('own-untracked', 'Quicksilver, first status with the untracked cache', true)),
    engine('own-js', 'Quicksilver, first status, no native code', false),
    program('process', 'quicksilver status, as a process', process.execPath, [CLI, ...args], own),
  ];
}

/** From opening a repository to its settled status, in a worker that has opened a small one. */
async function firstStatus(root, expected, { cache, native }) {
  const engine = new Engine({ native });
  try {
    await engine.open(await smallGitRepository(cache), { system: 'git', watchShare: 0 });
    const { result: followed, processor } = await withOwnProcessor(() =>
      engine.open(root, { system: 'git', watchShare: 0 }),
    );
    checkAnswer('Quicksilver', followed.lines, expected);
    await followed.settle();
    return { milliseconds: followed.firstStatus, processor };
  } finally {
    engine.dispose();
  }
}

/** A repository of a few files. */
async function smallGitRepository(cache) {
  const root = path.join(cache, 'small-git');
  if (fs.existsSync(path.join(root, 'done'))) return root;
  fs.rmSync(root, { recursive: true, force: true });
  fs.mkdirSync(root, { recursive: true });
  for (const name of ['a', 'b', 'c']) fs.writeFileSync(path.join(root, `${name}.txt`), `${name}\n`);
  const env = gitEnvironment(path.join(root, '.git'), root);
  const git = args => timed('git', args, { cwd: root, env });
  await git(['init', '--quiet']);
  await git(['add', '.']);
  await git(['commit', '--quiet', '--message', 'First commit']);
  fs.writeFileSync(path.join(root, 'a.txt'), 'changed\n');
  fs.writeFileSync(path.join(root, 'done'), '');
  return root;
}

/** The items of porcelain version 1, ordered; the old name of a renamed file is an item of its own. */
function entriesOf(stdout) {
  return stdout.split('\0').slice(0, -1).sort();
}

/** Makes a repository of this size once. */
async function gitRepository({ cache }, count) {
  const folder = path.join(cache, `git-${count}`);
  const root = path.join(folder, 'tree');
  const directory = path.join(root, '.git');
  const done = path.join(folder, 'expected.json');
  const made = { root, directory };
  if (fs.existsSync(done)) return { ...made, expected: JSON.parse(fs.readFileSync(done, 'utf8')) };
  const started = performance.now();
  console.log(`Making the Git repository with ${count} files in ${folder} ...`);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(root, { recursive: true });
  const tree = planTree(count);
  for (const name of [...tree.directories, ...tree.ignoredDirectories]) fs.mkdirSync(path.join(root, name));
  const files = writeTracked(root, tree, planStats(count));
  writeIgnored(root, tree);
  const roles = chooseRoles(files, tree.directories);
  await makeGitRepository(directory, root, files, roles);
  changeFiles(root, roles);
  await recordGitChanges(directory, root, roles);
  const env = gitEnvironment(directory, root);
  const untracked = { ...env, GIT_INDEX_FILE: path.join(directory, UNTRACKED_INDEX) };
  await timed('git', ['update-index', '--force-untracked-cache'], { cwd: root, env: untracked });
  const { stdout } = await timed('git', ARGUMENTS, { cwd: root, env });
  const engine = expectedLines(roles).filter(line => /^[M!?] /.test(line));
  const expected = { porcelain: entriesOf(stdout), engine };
  if (expected.porcelain.length < engine.length) throw new PlainError('git status does not see the intended changes.');
  fs.writeFileSync(done, JSON.stringify(expected));
  console.log(`Made in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
  return { ...made, expected };
}
