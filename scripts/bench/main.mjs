// `npm run bench`: measures Quicksilver and, on the same trees in turns with it, hg, git, rhg and what the operating
// system itself needs. See docs/benchmark.md.
//
//   npm run bench -- [--size 10k,300k] [--only NAME]... [--rounds N] [--rhg PATH]
//                    [--newer-hg PATH] [--json FILE] [--svg FILE]
//                    [--cache FOLDER] [--no-build] [--profile FILE]
//
// --profile FILE keeps a CPU profile of the extension host while it shows a first status, which makes it slower.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readOptions } from '../lib/options.mjs';
import { buildExtension } from '../lib/prerequisites.mjs';
import { PlainError, outputOf, projectRoot, reportFailure } from '../lib/processes.mjs';
import { measureBazaar } from './bazaar.mjs';
import { drawChart } from './chart.mjs';
import { buildFloor } from './floor.mjs';
import { measureFormats } from './formats.mjs';
import { measureGit } from './git.mjs';
import { measureHistory } from './historyWindow.mjs';
import { measureHost } from './host.mjs';
import { measureLive } from './live.mjs';
import { measureMemory } from './memory.mjs';
import { measureProcess } from './process.mjs';
import { formatTable } from './report.mjs';
import { benchRepository, defaultCacheFolder } from './repository.mjs';
import { measureServer, measureServerWindows } from './server.mjs';
import { parseSizes } from './sizes.mjs';
import { measureStatus } from './status.mjs';

/** Each resolves to rows of measurements for one size, in a repository of its own. */
const OWN_PARTS = { bazaar: measureBazaar, formats: measureFormats, git: measureGit };

/** Each resolves to rows of measurements for one size, in a Mercurial repository. */
const PARTS = {
  status: measureStatus,
  process: measureProcess,
  live: measureLive,
  memory: measureMemory,
  host: measureHost,
  history: measureHistory,
  server: measureServer,
  windows: measureServerWindows,
};

const { values: options } = readOptions('npm run bench --', {
  size: { type: 'string', default: '10k,300k' },
  only: { type: 'string', multiple: true, default: [] },
  rounds: { type: 'string', default: '7' },
  rhg: { type: 'string' },
  'newer-hg': { type: 'string' },
  json: { type: 'string' },
  svg: { type: 'string' },
  profile: { type: 'string' },
  cache: { type: 'string', default: defaultCacheFolder() },
  'no-build': { type: 'boolean', default: false },
});

await main().catch(reportFailure);
// The engines' threads are through; whatever they still hold is of no use any more.
process.exit();

async function main() {
  const sizes = parseSizes(options.size);
  const rounds = Number(options.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new PlainError(`--rounds ${options.rounds} is no count.`);
  const names = options.only.flatMap(list => list.split(','));
  for (const name of names) {
    if (!(name in PARTS || name in OWN_PARTS)) {
      throw new PlainError(
        `There is no part ${name}; there are: ${Object.keys({ ...PARTS, ...OWN_PARTS }).join(', ')}.`,
      );
    }
  }
  for (const program of [options.rhg, options['newer-hg']]) {
    if (program !== undefined) fs.accessSync(program, fs.constants.X_OK);
  }
  if (!options['no-build']) await buildExtension();
  const machine = await describeMachine();
  console.log(machine.text);
  const cache = path.resolve(options.cache);
  const context = {
    rounds,
    rhg: options.rhg,
    newerHg: options['newer-hg'],
    profile: options.profile && path.resolve(options.profile),
    floor: await buildFloor(cache),
    cache,
    notes: [],
    hgMedians: new Map(),
    hintMedians: new Map(),
  };
  if (context.floor === undefined) context.notes.push('There is no C compiler: the floor was not measured.');
  const rows = [];
  const isWanted = name => names.length === 0 || names.includes(name);
  const add = measured => {
    if (measured.length === 0) return;
    rows.push(...measured);
    console.log(`\n${formatTable(measured)}`);
  };
  for (const size of sizes) {
    if (Object.keys(PARTS).some(isWanted)) {
      const repository = await benchRepository(cache, size);
      const { plan } = repository;
      console.log(
        `\n${size} files in ${plan.directories} directories, ${plan.ignored} ignored, paths of ${plan.pathBytes.toFixed(0)} bytes on average`,
      );
      for (const [name, measure] of Object.entries(PARTS)) {
        if (isWanted(name)) add(await measure(repository, context));
      }
    }
    for (const [name, measure] of Object.entries(OWN_PARTS)) if (isWanted(name)) add(await measure(size, context));
  }
  const result = { measured: new Date().toISOString(), machine, rounds, notes: context.notes, rows };
  for (const note of context.notes) console.log(`Note: ${note}`);
  const missed = rows.filter(row => row.isMet === false);
  console.log(missed.length === 0 ? '\nEvery target is met.' : `\nTargets missed: ${missed.length}`);
  for (const row of missed) console.log(`  ${row.files} files, ${row.title}: ${row.verdict}`);
  if (options.json !== undefined) fs.writeFileSync(options.json, `${JSON.stringify(result, undefined, 2)}\n`);
  if (options.svg !== undefined) fs.writeFileSync(options.svg, drawChart(result));
}

async function describeMachine() {
  const firstLine = async (command, args) => {
    try {
      return (await outputOf(command, args)).split('\n')[0];
    } catch (error) {
      if (error instanceof PlainError) return undefined;
      throw error;
    }
  };
  const cpus = os.cpus();
  const { version } = JSON.parse(fs.readFileSync(path.join(projectRoot, 'package.json'), 'utf8'));
  const machine = {
    processor: cpus[0]?.model.trim() ?? 'unknown',
    cores: cpus.length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()}`,
    quicksilver: version,
    node: process.version,
    hg: await firstLine('hg', ['--version', '--quiet']),
    git: await firstLine('git', ['--version']),
    rhg: options.rhg === undefined ? undefined : await firstLine(options.rhg, ['--version']),
    newerHg: options['newer-hg'] === undefined ? undefined : await firstLine(options['newer-hg'], ['version', '-q']),
    watchman: await firstLine('watchman', ['--version']),
  };
  const programs = [machine.hg, machine.newerHg, machine.git, machine.rhg, machine.watchman].filter(Boolean).join(', ');
  const text = `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}; Node ${machine.node}; ${programs}`;
  return { ...machine, text };
}
