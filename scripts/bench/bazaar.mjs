// The first status of a Breezy working tree of 20,000 files, in the engine and as a process, beside `brz status`. Each
// is measured by the clock and by the processor's time.
import fs from 'node:fs';
import path from 'node:path';
import { findProgram, projectRoot } from '../lib/processes.mjs';
import { Engine } from './engine.mjs';
import { withOwnProcessor } from './processor.mjs';
import { timed } from './programs.mjs';
import { makeRow } from './report.mjs';
import { inTurnsOfBoth, summarize } from './statistics.mjs';
import { checkAnswer, smallRepository } from './status.mjs';

const CLI = path.join(projectRoot, 'dist', 'cli.cjs');
const FILES = 20_000;
const DIRECTORIES = 1000;
const ARGUMENTS = ['status', '-S'];
/** Breezy records the stats of files that are older than three seconds. */
const SETTLE_MS = 5000;
/** Ratios to `brz status`. A process has none: starting Node alone takes a quarter of that time. */
const TARGETS = { own: 0.3 };

/**
 * Measured once, whatever the sizes of the other repositories are. Returns rows for the clock (`bazaar.NAME`) and for
 * the processor (`bazaar.NAME-processor`).
 */
export async function measureBazaar(_repository, context) {
  if (context.hasBazaar) return [];
  context.hasBazaar = true;
  const brz = findProgram(['brz'], '/usr/bin:/usr/local/bin');
  if (brz === undefined) {
    context.notes.push('There is no brz.');
    return [];
  }
  const base = path.join(context.cache, 'bazaar');
  const env = {
    ...process.env,
    BRZ_HOME: base,
    BRZ_LOG: '/dev/null',
    BRZ_EMAIL: 'Ada <ada@example.org>',
    LC_ALL: 'C.UTF-8',
    // Breezy finds its library by the first Python there.
    PATH: `${path.dirname(brz)}:${process.env.PATH}`,
  };
  const root = await makeTree(base, brz, env);
  const { stdout } = await timed(brz, ARGUMENTS, { cwd: root, env });
  const measured = casesOf({ root, brz, env, cache: context.cache, expected: stdout.split('\n') });
  const { values, processor } = await inTurnsOfBoth(context.rounds, measured);
  const rowsOf = (series, suffix, words) => {
    const base = { name: 'brz status', value: summarize(series.brz).median };
    return measured.map(({ name, title }) =>
      makeRow({
        id: `bazaar.${name}${suffix}`,
        files: FILES,
        title: `${title}, ${FILES} files${words}`,
        values: series[name],
        targets: name in TARGETS ? [{ of: 'median', limit: TARGETS[name], base }] : [],
      }),
    );
  };
  const byClock = rowsOf(values, '', '');
  if (process.platform !== 'linux') return byClock;
  return [...byClock, ...rowsOf(processor, '-processor', ': processor')];
}

function casesOf({ root, brz, env, cache, expected }) {
  const program = (name, title, command, args, more = {}) => ({
    name,
    title,
    run: async () => {
      const { milliseconds, processor, stdout } = await timed(command, args, { cwd: root, env: { ...env, ...more } });
      checkAnswer(title, stdout.split('\n'), expected);
      return { milliseconds, processor };
    },
  });
  const entries = expected.flatMap(line => (line === '' ? [] : `${line.trim()[0]} ${line.slice(4)}`)).sort();
  const engine = (name, title, native) => ({
    name,
    title,
    run: () => firstStatus(root, entries, { cache, native }),
  });
  const own = [CLI, ...ARGUMENTS];
  return [
    program('brz', 'brz status', brz, ARGUMENTS),
    engine('own', 'Quicksilver, first status', true),
    engine('own-js', 'Quicksilver, first status, no native code', false),
    program('process', 'quicksilver status, as a process', process.execPath, own),
    program('process-js', 'quicksilver status, as a process, no native code', process.execPath, own, {
      QUICKSILVER_NATIVE: '0',
    }),
    {
      name: 'node',
      title: 'a process of Node that does nothing',
      run: async () => {
        const { milliseconds, processor } = await timed(process.execPath, ['-e', '0'], { cwd: root, env });
        return { milliseconds, processor };
      },
    },
  ];
}

/** From opening a tree to its settled status, in a worker that has opened a small repository. */
async function firstStatus(root, expected, { cache, native }) {
  const engine = new Engine({ native });
  try {
    await engine.open(await smallRepository(cache), { watchShare: 0 });
    const { result: followed, processor } = await withOwnProcessor(() =>
      engine.open(root, { system: 'bzr', watchShare: 0 }),
    );
    checkAnswer('Quicksilver', followed.lines, expected);
    await followed.settle();
    return { milliseconds: followed.firstStatus, processor };
  } finally {
    engine.dispose();
  }
}

/** Makes a committed tree with a few changes, once; Breezy's cache of stats is filled. */
async function makeTree(base, brz, env) {
  const root = path.join(base, 'tree');
  const done = path.join(base, 'done');
  if (fs.existsSync(done)) return root;
  fs.rmSync(base, { recursive: true, force: true });
  fs.mkdirSync(path.join(base, 'breezy'), { recursive: true });
  await timed(brz, ['init', '-q', root], { cwd: base, env });
  for (let i = 0; i < FILES; i++) {
    const directory = path.join(root, `d${i % DIRECTORIES}`);
    if (i < DIRECTORIES) fs.mkdirSync(directory);
    fs.writeFileSync(path.join(directory, `file-${i}.txt`), `content of file ${i}\n`);
  }
  await timed(brz, ['add', '-q'], { cwd: root, env });
  await timed(brz, ['commit', '-q', '-m', 'first'], { cwd: root, env });
  for (let i = 0; i < 20; i++) fs.writeFileSync(path.join(root, 'd0', `file-${i * DIRECTORIES}.txt`), `changed ${i}\n`);
  for (let i = 0; i < 10; i++) fs.writeFileSync(path.join(root, `unknown-${i}`), 'unknown\n');
  await new Promise(resolve => setTimeout(resolve, SETTLE_MS));
  await timed(brz, ['status', '-q'], { cwd: root, env });
  fs.writeFileSync(done, '');
  return root;
}
