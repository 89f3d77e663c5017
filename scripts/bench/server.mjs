// The shared server: `hg status` with our extension, the native client and `quicksilver status`, and each without it.
// Answers are compared, and a row counts only if the server gave them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { findProgram, PlainError, projectRoot } from '../lib/processes.mjs';
import { COMPARED, findHg, hgEnvironment, linesOf, timed } from './programs.mjs';
import { askServer } from '../../src/daemon/shortClient.ts';
import { makeRow } from './report.mjs';
import { inTurns, summarize } from './statistics.mjs';
import { measureGitHook } from './serverGit.mjs';
import { measureWindows } from './serverWindows.mjs';
import { checkAnswer, isLarge } from './status.mjs';

const DIST = path.join(projectRoot, 'dist');
const CLI = path.join(DIST, 'cli.cjs');
const CLIENT = path.join(DIST, 'native', `client-${process.platform}-${process.arch}`);
const EXTENSION = ['--config', `extensions.quicksilver=${path.join(projectRoot, 'hgext', 'quicksilver.py')}`];
/** The first scan of a large repository, and its watches. */
const READY_MS = 120_000;
const SHORT_ROUNDS = 7;
const STOPPED_ROUNDS = 3;
/** A stopped server may cost so many milliseconds. */
const STOPPED_MS = 300;
const NODE = process.execPath;

export async function measureServer(repository, { rounds, notes }) {
  if (process.platform !== 'linux') {
    notes.push('Only Linux has exact answers: the server was not measured.');
    return [];
  }
  repository.use('v1');
  const { root, plan, expected } = repository;
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'qsb-'));
  const env = { ...hgEnvironment, QUICKSILVER_RUNTIME_DIRECTORY: directory, QUICKSILVER_SERVER: 'off' };
  const absent = { ...env, QUICKSILVER_RUNTIME_DIRECTORY: `${directory}-absent` };
  const program = (name, title, command, args, environment, check) => ({
    name,
    title,
    run: async () => {
      const { milliseconds, stdout } = await timed(command, args, { cwd: root, env: environment });
      check(stdout);
      return milliseconds;
    },
  });
  const answers = stdout => checkAnswer('the server', linesOf(stdout), expected);
  const hgPlain = program('hg', 'hg status', findHg(), COMPARED, env, answers);
  const cases = [
    hgPlain,
    program('hg-extension', 'hg status with our extension', findHg(), [...EXTENSION, ...COMPARED], env, answers),
    program('hg-absent', 'the same, no server', findHg(), [...EXTENSION, ...COMPARED], absent, answers),
    program('cli', 'quicksilver status, answered by the server', process.execPath, [CLI, ...COMPARED], env, answers),
    program(
      'cli-own',
      'quicksilver status --no-server',
      process.execPath,
      [CLI, ...COMPARED, '--no-server'],
      env,
      answers,
    ),
  ];
  if (findProgram(['chg']) !== undefined) {
    // Each set of options has a command server of its own, which the first round starts.
    const chg = { ...env, CHGHG: findHg(), CHGSOCKNAME: path.join(directory, 'chg') };
    cases.push(
      program('chg', 'chg status', 'chg', COMPARED, chg, answers),
      program('chg-extension', 'chg status with our extension', 'chg', [...EXTENSION, ...COMPARED], chg, answers),
    );
  }
  let late = 0;
  const hasClient = fs.existsSync(CLIENT);
  const prompt = program('prompt', 'native client, prompt', CLIENT, ['prompt'], env, stdout => {
    if (!String(stdout).includes('\texact')) late++;
  });
  const start = async () => {
    const process = spawn(NODE, [path.join(DIST, 'worker.cjs'), 'serve'], { env, stdio: 'ignore' });
    await untilListens(env);
    return process;
  };
  const windows = isLarge(repository) ? await measureWindows(root, plan.count, env, start) : [];
  const server = await start();
  try {
    await untilExact(root, env);
    const values = await inTurns(rounds, cases);
    // A stopped server costs each client its timeout, once.
    const stopped = { ...cases[1], name: 'hg-stopped', title: 'the same, the server stopped' };
    server.kill('SIGSTOP');
    Object.assign(values, await inTurns(Math.min(rounds, STOPPED_ROUNDS), [stopped]));
    server.kill('SIGCONT');
    cases.push(stopped);
    if (hasClient) Object.assign(values, await inTurns(SHORT_ROUNDS * rounds, [prompt]));
    else notes.push('There is no native client: prompts were not measured.');
    if (late > 0) notes.push(`${late} prompts had no exact answer in time.`);
    const base = (name, title) => ({ name: title, value: summarize(values[name]).median });
    const large = isLarge(repository);
    const targets = {
      'hg-extension': large
        ? [{ of: 'median', limit: plan.count >= 300_000 ? 0.1 : 0.2, base: base('hg', 'hg status') }]
        : [],
      'hg-absent': large ? [{ of: 'median', limit: 1.03, base: base('hg', 'hg status') }] : [],
      'hg-stopped': large ? [{ of: 'median', limit: summarize(values.hg).median + STOPPED_MS }] : [],
      'chg-extension': large && values.chg ? [{ of: 'median', limit: 0.06, base: base('chg', 'chg status') }] : [],
      cli: plan.count >= 300_000 ? [{ of: 'median', limit: 0.25, base: base('cli-own', 'its own scan') }] : [],
      prompt: [
        { of: 'median', limit: 5 },
        { of: 'p95', limit: 15 },
      ],
    };
    const rows = [...cases, ...(hasClient ? [prompt] : [])].map(({ name, title }) =>
      makeRow({ id: `server.${name}`, files: plan.count, title, values: values[name], targets: targets[name] ?? [] }),
    );
    return [...rows, ...windows, ...(await measureGitHook(repository, { rounds, notes, env, client: CLIENT }))];
  } finally {
    const ended = once(server, 'exit');
    server.kill('SIGCONT');
    server.kill();
    await ended;
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

/** Waits until a server answers. */
async function untilListens(env) {
  while ((await askServer('info', {}, env, READY_MS, READY_MS)).kind !== 'answer');
}

/** Waits until hg accepts the server's answer: before that, a measurement would be one of hg alone. */
async function untilExact(root, env) {
  const end = performance.now() + READY_MS;
  for (;;) {
    const { stdout } = await timed(findHg(), [...EXTENSION, 'status', '--debug'], { cwd: root, env });
    const said = String(stdout).split('\n', 1)[0];
    if (said === 'quicksilver: the server answered') return;
    if (performance.now() > end) throw new PlainError(`The server is not used: ${said}`);
  }
}
