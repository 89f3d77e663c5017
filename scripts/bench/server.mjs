// The shared server: `hg status` with our extension, the native client and `quicksilver status`, and each without it.
// Answers are compared. One check before the rounds shows that the server gives them. Each program is measured by the
// clock (`server.NAME`) and by its processor time (`server.NAME-processor`).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { findProgram, PlainError, projectRoot } from '../lib/processes.mjs';
import { COMPARED, findHg, hgEnvironment, linesOf, timed } from './programs.mjs';
import { askServer } from '../../src/daemon/shortClient.ts';
import { processorOf } from './processor.mjs';
import { makeRow } from './report.mjs';
import { inTurnsOfBoth, summarize } from './statistics.mjs';
import { measureGitHook } from './serverGit.mjs';
import { measureParts } from './serverParts.mjs';
import { measureWindows } from './serverWindows.mjs';
import { checkAnswer, isLarge, smallRepository } from './status.mjs';

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

/** Several windows on a large repository, each with its own model, and with the server. */
export async function measureServerWindows(repository, { cache }) {
  if (process.platform !== 'linux' || !isLarge(repository)) return [];
  repository.use('v1');
  const { root, plan } = repository;
  const { directory, env } = runtimeDirectory();
  try {
    return await measureWindows({
      ...{ root, small: await smallRepository(cache), files: plan.count, env },
      startServer: () => startServer(env),
      // Before it watches everything, no answer is exact.
      untilWatched: () => untilExact(findHg(), root, env),
    });
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

export async function measureServer(repository, context) {
  if (process.platform !== 'linux') {
    context.notes.push('Only Linux has exact answers: the server was not measured.');
    return [];
  }
  repository.use('v1');
  const part = makeRow({
    id: 'server.part',
    files: repository.plan.count,
    title: 'a window reads one part of a long update',
    values: measureParts(),
    targets: [{ of: 'median', limit: 8 }],
  });
  return [...(await measureStatusClients(repository, context)), ...(await measureHook(repository, context)), part];
}

/** With a server of its own: two models of 25,000 directories have more watches than one server takes by default. */
async function measureHook(repository, { rounds, notes }) {
  const { directory, env } = runtimeDirectory();
  const server = await startServer(env);
  try {
    return await measureGitHook(repository, { rounds, notes, env, client: CLIENT });
  } finally {
    await endServer(server, directory);
  }
}

async function measureStatusClients(repository, { rounds, notes, newerHg }) {
  const { root, plan, expected } = repository;
  const { directory, env } = runtimeDirectory();
  const absent = { ...env, QUICKSILVER_RUNTIME_DIRECTORY: `${directory}-absent` };
  const program = (name, title, command, args, environment, check) => ({
    name,
    title,
    run: async () => {
      const { milliseconds, processor, stdout } = await timed(command, args, { cwd: root, env: environment });
      check(stdout);
      return { milliseconds, processor };
    },
  });
  const answers = stdout => checkAnswer('the server', linesOf(stdout), expected);
  const hgCases = (name, title, hg) => [
    program(name, `${title} status`, hg, COMPARED, env, answers),
    program(`${name}-extension`, `${title} status with our extension`, hg, [...EXTENSION, ...COMPARED], env, answers),
  ];
  const cli = (name, title, ...args) => program(name, title, NODE, [CLI, ...COMPARED, ...args], env, answers);
  const cases = [
    ...hgCases('hg', 'hg', findHg()),
    program('hg-absent', 'the same, no server', findHg(), [...EXTENSION, ...COMPARED], absent, answers),
    ...(newerHg === undefined ? [] : hgCases('hg-newer', 'newer hg', newerHg)),
    cli('cli', 'quicksilver status, answered by the server'),
    cli('cli-own', 'quicksilver status --no-server', '--no-server'),
  ];
  if (findProgram(['chg']) !== undefined) {
    // Each set of options has a command server of its own, which the first round starts. It takes the processor's time.
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
  // So long Node needs to start any program and to see its end.
  const nothing = program('nothing', 'a program that does nothing', 'true', [], env, () => undefined);
  const server = await startServer(env);
  try {
    for (const hg of [findHg(), newerHg]) if (hg !== undefined) await untilExact(hg, root, env);
    const measured = await inTurnsOfBoth(rounds, cases);
    const measureMore = async (count, ...some) => {
      const more = await inTurnsOfBoth(count, some);
      for (const kind of ['values', 'processor']) Object.assign(measured[kind], more[kind]);
    };
    // A stopped server costs each client its timeout, once.
    const stopped = program(
      ...['hg-stopped', 'hg status with our extension, the server stopped'],
      ...[findHg(), [...EXTENSION, ...COMPARED], env, answers],
    );
    server.kill('SIGSTOP');
    await measureMore(Math.min(rounds, STOPPED_ROUNDS), stopped);
    server.kill('SIGCONT');
    cases.push(stopped);
    const before = processorOf(server.pid);
    if (hasClient) await measureMore(SHORT_ROUNDS * rounds, prompt, nothing);
    else notes.push('There is no native client: prompts were not measured.');
    if (late > 0) notes.push(`${late} prompts had no exact answer in time.`);
    const ofServer = processorOf(server.pid) - before;
    const { values, processor } = measured;
    const rows = cases.flatMap(({ name, title }) =>
      [values, processor].map((series, i) =>
        makeRow({
          id: `server.${name}${i === 0 ? '' : '-processor'}`,
          files: plan.count,
          title: i === 0 ? title : `${title}: processor`,
          values: series[name],
          targets: targetsOf(name, plan.count, other => ({
            name: cases.find(each => each.name === other).title,
            value: summarize(series[other]).median,
          })),
        }),
      ),
    );
    if (hasClient) {
      rows.push(
        ...promptRows(plan.count, prompt.title, values.prompt, processor.prompt, ofServer),
        makeRow({ id: 'server.nothing', files: plan.count, title: nothing.title, values: values.nothing }),
      );
    }
    return rows.filter(({ id }) => !/chg.*-processor$/.test(id));
  } finally {
    await endServer(server, directory);
  }
}

async function endServer(server, directory) {
  const ended = once(server, 'exit');
  server.kill('SIGCONT');
  server.kill();
  await ended;
  fs.rmSync(directory, { recursive: true, force: true });
}

/** An empty runtime directory, and the environment of its clients. */
function runtimeDirectory() {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'qsb-'));
  return {
    directory,
    env: { ...hgEnvironment, QUICKSILVER_RUNTIME_DIRECTORY: directory, QUICKSILVER_SERVER: 'off' },
  };
}

/** Resolves to the process of a server that listens. */
async function startServer(env) {
  const server = spawn(NODE, [path.join(DIST, 'worker.cjs'), 'serve'], { env, stdio: 'ignore' });
  await untilListens(env);
  return server;
}

/** @param base returns the value of another case */
function targetsOf(name, files, base) {
  const isLargest = files >= 300_000;
  const ratio = (limit, other) => [{ of: 'median', limit, base: base(other) }];
  if (files < 100_000) return [];
  switch (name) {
    case 'hg-extension':
      return ratio(isLargest ? 0.1 : 0.2, 'hg');
    case 'hg-absent':
      return ratio(1.03, 'hg');
    case 'hg-newer-extension':
      return ratio(0.25, 'hg-newer');
    case 'hg-stopped':
      return [{ of: 'median', limit: base('hg').value + STOPPED_MS }];
    case 'chg-extension':
      return ratio(0.06, 'chg');
    case 'cli':
      return isLargest ? ratio(0.25, 'cli-own') : [];
    default:
      return [];
  }
}

/** The processor's time is known for all prompts together only: one takes less than a tick. */
function promptRows(files, title, values, processor, ofServer) {
  const row = (name, what, series, ...targets) =>
    makeRow({ id: `server.prompt${name}`, files, title: `${title}${what}`, values: series, targets });
  const ofClient = processor.reduce((sum, one) => sum + one, 0);
  return [
    row('', '', values, { of: 'median', limit: 5 }, { of: 'p95', limit: 15 }),
    row('-processor', ': processor', [ofClient / processor.length], { of: 'median', limit: 2 }),
    // The server answered the round that does not count, too.
    row('-server-processor', ': processor of the server', [ofServer / (processor.length + 1)]),
  ];
}

/** Waits until a server answers. */
async function untilListens(env) {
  while ((await askServer('info', {}, env, READY_MS, READY_MS)).kind !== 'answer');
}

/** Waits until hg accepts the server's answer: before that, a measurement would be one of hg alone. */
async function untilExact(hg, root, env) {
  const end = performance.now() + READY_MS;
  for (;;) {
    const { stdout } = await timed(hg, [...EXTENSION, 'status', '--debug'], { cwd: root, env });
    const said = String(stdout).split('\n', 1)[0];
    if (said === 'quicksilver: the server answered') return;
    if (performance.now() > end) throw new PlainError(`The server is not used: ${said}`);
  }
}
