// `quicksilver status --terse` against `hg`, on random trees.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { runCommandLine } from '../../src/cli/commands.ts';
import { HgSandbox } from '../support/hgSandbox.ts';
import { hgAtOnce } from '../support/hgAtOnce.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';

const TREES = process.env['QUICKSILVER_LONG'] === '1' ? 100 : 3;
const FILES_PER_TREE = 30;
const NAMES = ['a', 'b', 'c.o', 'd'];

function environment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const rest = Object.entries(process.env).filter(([name]) => !name.startsWith('HGPLAIN'));
  return { ...Object.fromEntries(rest), HGRCPATH: '', HGENCODING: 'utf-8', ...extra };
}

interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function ours(args: readonly string[], cwd: string, extra: Readonly<Record<string, string>>): Promise<Output> {
  let [stdout, stderr] = ['', ''];
  const saved = process.env['HGRCPATH'];
  process.env['HGRCPATH'] = '';
  let code: number;
  try {
    code = await runCommandLine(args, {
      stdout: { write: bytes => void (stdout += bytes) },
      stderr: { write: bytes => void (stderr += bytes) },
      cwd,
      environment: environment(extra),
      platform: process.platform,
      signal: new AbortController().signal,
    });
  } catch (error) {
    code = 255;
    stderr += `abort: ${(error as Error).message}\n`;
  } finally {
    if (saved === undefined) delete process.env['HGRCPATH'];
    else process.env['HGRCPATH'] = saved;
  }
  return { code, stdout, stderr };
}

async function assertSame(args: readonly string[], cwd: string, extra = {}): Promise<void> {
  const { code, stdout, stderr } = hgAtOnce(args, { cwd, env: environment(extra) });
  const expected = { code, stdout: stdout.toString('latin1'), stderr: stderr.toString('latin1') };
  assert.deepEqual(await ours(args, cwd, extra), expected, `${cwd}: ${args.join(' ')} ${JSON.stringify(extra)}`);
}

/** Paths of files, of which none is a directory of another. */
function randomPaths(random: Random, count: number): string[] {
  const paths = new Set<string>();
  while (paths.size < count) {
    const depth = 1 + random.below(4);
    const directories = Array.from({ length: depth }, () => random.pick(['x', 'y', 'zo', 'ig']));
    paths.add([...directories.slice(1), `${random.pick(NAMES)}${random.below(3)}`].join('/'));
  }
  return [...paths];
}

/** Makes a repository in which directories often, but not always, have one status. */
function randomTree(sandbox: HgSandbox, random: Random): string {
  sandbox.hg('.', ['init', 'repository']);
  const root = sandbox.path('repository');
  fs.writeFileSync(path.join(root, '.hgignore'), 'syntax: glob\n*.o1\nig/ig\n');
  const paths = randomPaths(random, FILES_PER_TREE);
  const fateOf = new Map<string, number>();
  const fate = (file: string): number => {
    const directory = path.dirname(file);
    if (!fateOf.has(directory)) fateOf.set(directory, random.below(6));
    return random.chance(0.8) ? fateOf.get(directory)! : random.below(6);
  };
  const fates = new Map(paths.map(file => [file, fate(file)]));
  const tracked = paths.filter(file => fates.get(file)! < 4);
  for (const file of tracked) sandbox.write('repository', file, `${file}\n`);
  sandbox.hg('repository', ['add', '-q', '.hgignore', ...tracked.map(file => `path:${file}`)]);
  sandbox.hg('repository', ['commit', '-qm', 'one']);
  for (const [file, kind] of fates) {
    const place = path.join(root, file);
    if (kind === 1) fs.appendFileSync(place, 'more\n');
    if (kind === 2) sandbox.hg('repository', ['remove', '-q', `path:${file}`]);
    if (kind === 3) fs.rmSync(place);
    if (kind >= 4) sandbox.write('repository', file, 'new\n');
    if (kind === 5) sandbox.hg('repository', ['add', '-q', `path:${file}`]);
  }
  return root;
}

test('status --terse is that of hg', { timeout: 900_000 }, async t => {
  const seed = seedFromEnvironment('TERSE_SEED');
  t.diagnostic(`seed ${seed}`);
  const random = new Random(seed);
  for (let tree = 0; tree < TREES; tree++) {
    const sandbox = new HgSandbox();
    t.after(() => sandbox.dispose());
    const root = randomTree(sandbox, random);
    const letters = ['m', 'a', 'r', 'd', 'u', 'i', 'c'].filter(() => random.chance(0.6)).join('') || 'u';
    fs.mkdirSync(path.join(root, 'x/y'), { recursive: true });
    for (const cwd of [root, path.join(root, 'x'), path.join(root, 'x/y')]) {
      for (const more of [[], ['-A'], ['-i'], ['-c', '-m'], ['-C'], ['-n'], ['-0'], ['-q'], ['-T', 'json'], ['.']]) {
        await assertSame(['status', `-t${letters}`, ...more], cwd);
      }
    }
    for (const more of [['x'], ['-I', 'x/**'], ['-X', 'y'], ['re:o'], [random.pick(NAMES)]]) {
      await assertSame(['status', '--terse', 'marduic', ...more], root);
    }
  }
});

test('letters, revisions and the configuration are taken as hg takes them', async t => {
  const sandbox = new HgSandbox();
  t.after(() => sandbox.dispose());
  const root = randomTree(sandbox, new Random(7));
  for (const args of [
    ['-tx'],
    ['-tux'],
    ['-tu', '--rev', '0'],
    ['-ta', '--change', '0'],
    ['-tac', '-A', '--change', '0'],
    ['-t', ''],
    ['-t', '', '--rev', '0'],
  ]) {
    await assertSame(['status', ...args], root);
  }
  fs.writeFileSync(path.join(root, '.hg/hgrc'), '[commands]\nstatus.terse = mardu\n');
  for (const args of [[], ['-tm'], ['--rev', '0'], ['--change', '0'], ['-A']]) {
    await assertSame(['status', ...args], root);
    await assertSame(['status', ...args], root, { HGPLAIN: '1' });
  }
});
