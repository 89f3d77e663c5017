// `quicksilver status` in a Breezy working tree of 20,000 files, beside `brz status`: two processes, start to end.
import fs from 'node:fs';
import path from 'node:path';
import { findProgram, projectRoot } from '../lib/processes.mjs';
import { timed } from './programs.mjs';
import { makeRow } from './report.mjs';
import { inTurns, summarize } from './statistics.mjs';
import { checkAnswer } from './status.mjs';

const CLI = path.join(projectRoot, 'dist', 'cli.cjs');
const FILES = 20_000;
const DIRECTORIES = 1000;
const ARGUMENTS = ['status', '-S'];
/** Breezy records the stats of files that are older than three seconds. */
const SETTLE_MS = 5000;

/** Measured once, whatever the sizes of the other repositories are. */
export async function measureBazaar(_size, context) {
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
  };
  const root = await makeTree(base, brz, env);
  const cwd = root;
  const { stdout } = await timed(brz, ARGUMENTS, { cwd, env });
  const expected = stdout.split('\n');
  const cases = [
    { name: 'brz', title: 'brz status', command: brz, args: ARGUMENTS, env },
    { name: 'own', title: 'quicksilver status', command: process.execPath, args: [CLI, ...ARGUMENTS], env },
    {
      name: 'own-js',
      title: 'quicksilver status, no native code',
      command: process.execPath,
      args: [CLI, ...ARGUMENTS],
      env: { ...env, QUICKSILVER_NATIVE: '0' },
    },
  ];
  const run = async ({ title, command, args, env: variables }) => {
    const answer = await timed(command, args, { cwd, env: variables });
    checkAnswer(title, answer.stdout.split('\n'), expected);
    return answer.milliseconds;
  };
  const values = await inTurns(
    context.rounds,
    cases.map(each => ({ ...each, run: () => run(each) })),
  );
  const target = { of: 'median', limit: 0.3, base: { name: 'brz status', value: summarize(values.brz).median } };
  return cases.map(({ name, title }) =>
    makeRow({
      id: `bazaar.${name}`,
      files: FILES,
      title: `${title}, ${FILES} files, as a process`,
      values: values[name],
      targets: name === 'own' ? [target] : [],
    }),
  );
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
