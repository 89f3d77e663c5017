// `quicksilver status --rev` against `hg status --rev`, on random histories with merges, moves, copies and names.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, describe, test } from 'node:test';
import { runCommandLine } from '../../src/cli/commands.ts';
import { HgServer, hasCrashed, hgEnvironment } from '../support/hgServer.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';
import { RandomHistory } from '../support/randomHistory.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

const FIXED_SEED = 20_260_203;
/** Comparisons of two revisions in each of the histories. */
const PAIRS = Number(process.env['REVISION_PAIRS'] ?? 260);
const CHANGESETS = 70;

const skip = process.platform === 'win32' ? 'symbolic links and execute bits are used' : false;

interface Run {
  readonly code: number;
  /** A byte string. */
  readonly output: string;
}

export async function quicksilver(root: string, args: readonly string[]): Promise<Run> {
  let output = '';
  const saved = process.env['HGRCPATH'];
  process.env['HGRCPATH'] = '';
  try {
    const code = await runCommandLine(args, {
      stdout: { write: bytes => void (output += bytes) },
      stderr: { write: () => undefined },
      cwd: root,
      environment: { HGPLAIN: '1' },
      platform: process.platform,
      signal: new AbortController().signal,
    });
    return { code, output };
  } finally {
    if (saved === undefined) delete process.env['HGRCPATH'];
    else process.env['HGRCPATH'] = saved;
  }
}

const FORMS = [
  ['flat manifests', []],
  ['tree manifests', ['experimental.treemanifest=1']],
] as const;

describe('status between revisions equals hg status', { skip }, () => {
  const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-revisions-')));
  after(() => removeTree(base));

  for (const [name, config] of FORMS) {
    for (const seed of [FIXED_SEED, seedFromEnvironment('REVISIONS_SEED')]) {
      test(`${name}, seed ${seed} (REVISIONS_SEED=${seed} repeats it)`, async () => {
        const root = path.join(base, `${name.replace(' ', '-')}-${seed}`);
        execFileSync('hg', ['init', ...config.flatMap(item => ['--config', item]), root], { env: hgEnvironment() });
        const hg = new HgServer(root, config);
        try {
          const random = new Random(seed);
          const history = new RandomHistory(root, hg, random);
          await history.grow(CHANGESETS);
          if (seed === FIXED_SEED) assert.ok(history.count > CHANGESETS / 2, String(history.count));
          const compared = await comparePairs(root, hg, history, random);
          if (seed === FIXED_SEED) assert.ok(compared.copies > PAIRS / 10, `${compared.copies} answers with copies`);
          await compareNames(root, hg, history);
          await compareWithWorkingCopy(root, hg, history, random);
        } finally {
          await hg.close();
        }
      });
    }
  }
});

async function same(root: string, hg: HgServer, args: readonly string[]): Promise<string> {
  const theirs = await hg.run('status', ...args);
  const ours = await quicksilver(root, ['status', ...args]).catch((error: unknown) => {
    if (theirs.code !== 0) return undefined;
    throw error;
  });
  // As 7.2.4 may at tags, with manifests that are a tree.
  if (hasCrashed(theirs)) return '';
  const label = `hg -R ${root} status ${args.map(arg => JSON.stringify(arg)).join(' ')}`;
  if (ours === undefined) return '';
  assert.equal(ours.output, theirs.output, label);
  assert.equal(ours.code, theirs.code, label);
  return theirs.output;
}

async function comparePairs(
  root: string,
  hg: HgServer,
  history: RandomHistory,
  random: Random,
): Promise<{ copies: number }> {
  let copies = 0;
  const some = (): string => String(random.chance(0.03) ? 'null' : random.below(history.count));
  const pool = await history.somePaths(60);
  for (let i = 0; i < PAIRS; i++) {
    const flags = [random.pick(['-C', '-C', '-C', '-A', '-AC', '-c', '-r', '-an', '-0C'])];
    const revisions = random.chance(0.15) ? ['--change', some()] : ['--rev', some(), '--rev', some()];
    const paths: string[] = [];
    while (random.chance(0.35)) {
      const name = random.pick(pool);
      paths.push(random.chance(0.4) ? path.posix.dirname(name) : random.chance(0.1) ? `glob:${name}*` : name);
    }
    const output = await same(root, hg, [...flags, ...revisions, ...paths]);
    if (/^ {2}/m.test(output)) copies++;
  }
  return { copies };
}

async function compareNames(root: string, hg: HgServer, history: RandomHistory): Promise<void> {
  const listed = await hg.run('log', '-r', 'all()', '-T', '{node}\n');
  if (hasCrashed(listed)) return;
  const nodes = listed.output.trim().split('\n');
  const names = ['one', 'two', 'cafe', 'ba', 'with space', 'größe', 'x-1', 'mark one', 'mark x-1', 'default', 'stable'];
  const numbers = [0, -1, history.count - 1, history.count, -history.count, -history.count - 1, 2_147_483_647];
  const builtIn = ['.', 'tip', 'null', 'p1()', 'p2()', 'wdir()', ' tip ', '"two"', '000', 'ff', 'BA', '+1', '01', 'x'];
  const prefixes = nodes.slice(0, 12).flatMap(node => [node, node.slice(0, 2), node.slice(0, 12).toUpperCase()]);
  for (const name of [...names, 'beef', 'nothing', ...numbers.map(String), ...builtIn, ...prefixes]) {
    const expected = await hg.run('status', '--change', name, '-A');
    if (hasCrashed(expected)) continue;
    const label = `hg -R ${root} status --change ${JSON.stringify(name)}`;
    const ours = await quicksilver(root, ['status', '--change', name, '-A']).catch(() => undefined);
    assert.equal(ours?.code ?? 255, expected.code, label);
    assert.equal(ours?.output ?? '', expected.output, label);
  }
}

async function compareWithWorkingCopy(
  root: string,
  hg: HgServer,
  history: RandomHistory,
  random: Random,
): Promise<void> {
  for (let round = 0; round < 9; round++) {
    await hg.run('update', '-q', '-C', '-r', String(random.below(history.count)));
    if (round % 3 === 2) {
      const other = String(random.below(history.count));
      await hg.run('merge', '-q', '-f', '-r', other, '--tool', ':local');
    }
    await history.change();
    fs.writeFileSync(path.join(root, 'unknown'), '');
    for (let i = 0; i < 12; i++) {
      const revision = random.chance(0.2) ? random.pick(['.', 'null', 'tip']) : String(random.below(history.count));
      const flags = [random.pick(['-C', '-C', '-A', '-AC', '-mardC', '-c', '-u'])];
      const revisions = random.pick([
        ['--rev', revision],
        ['--rev', 'wdir()', '--rev', revision],
        ['--rev', 'wdir()', '--rev', revision],
        ['--rev', revision, '--rev', 'wdir()'],
      ]);
      const paths = random.chance(0.3) ? await history.somePaths(1) : [];
      await same(root, hg, [...flags, ...revisions, ...paths]);
    }
  }
}
