// `quicksilver log --patch` and `--stat` print what `hg log` prints, byte for byte: for random histories, formats and
// settings. More repositories: QUICKSILVER_DIFF_REPOSITORIES=200; the same again: QUICKSILVER_DIFF_SEED.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { test } from 'node:test';
import { hgIn, quicksilver, sameAnswer } from '../support/comparedCommands.ts';
import { hgEnvironment, HgServer } from '../support/hgServer.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';
import { RandomEdits } from '../support/randomEdits.ts';
import { RandomHistory } from '../support/randomHistory.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

const REPOSITORIES = Number(process.env['QUICKSILVER_DIFF_REPOSITORIES'] ?? 3);
/** Seeds of the first repositories, one of each kind of history. Coverage is asserted for them alone. */
const FIXED_SEEDS = [2, 3];

/** Settings of [diff]. Under HGPLAIN some of them do not count. */
const SETTINGS = [
  ...['git = yes', 'nodates = yes', 'noprefix = yes', 'nobinary = yes', 'showfunc = yes', 'ignorews = yes'],
  ...['ignorewsamount = yes', 'ignorewseol = yes', 'ignoreblanklines = yes', 'unified = 0', 'unified = 1'],
  'unified = 12',
];

const OUTPUTS = [
  ['-p'],
  ['-p', '-g'],
  ['--stat'],
  ['--stat', '-g'],
  ['-p', '--stat', '-v', '-C'],
  ['-T', 'json', '-p', '--stat'],
];

test('patches and summaries of random histories', async t => {
  const seed = seedFromEnvironment('QUICKSILVER_DIFF_SEED');
  t.diagnostic(`QUICKSILVER_DIFF_SEED=${seed}`);
  const interactive = { ...hgEnvironment(), HGPLAIN: undefined };
  const servers = { script: new HgServer(undefined), user: new HgServer(undefined, [], interactive) };
  t.after(() => Promise.all(Object.values(servers).map(server => server.close())));
  const more = Array.from({ length: Math.max(0, REPOSITORIES - FIXED_SEEDS.length) }, (_, i) => seed + i);
  for (const each of [...FIXED_SEEDS, ...more]) {
    const random = new Random(each);
    const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-diff-')));
    t.after(() => removeTree(root));
    await servers.script.run('init', root);
    await grow(root, random, each);
    let hunks = 0;
    for (const output of OUTPUTS) {
      for (const [name, server] of Object.entries(servers)) {
        const settings = SETTINGS.filter(() => random.chance(0.12));
        fs.writeFileSync(path.join(root, '.hg/hgrc'), `[diff]\n${settings.join('\n')}\n`);
        const args = ['log', ...output];
        const environment = name === 'script' ? { HGPLAIN: '1' } : {};
        const theirs = await hgIn(server, args, root);
        assert.equal(theirs.code, 0, theirs.stderr);
        const { stdout } = await sameAnswer(args, root, theirs, environment).catch((error: unknown) => {
          const what = error instanceof Error ? error.message : String(error);
          throw new Error(`repository ${each}, ${name}, ${settings.join(', ')}: ${what}`, { cause: error });
        });
        hunks += stdout.split('\n@@ ').length - 1;
      }
    }
    t.diagnostic(`repository ${each}: ${hunks} hunks`);
    if (FIXED_SEEDS.includes(each)) assert.ok(hunks > 100, String(hunks));
  }
});

async function grow(root: string, random: Random, seed: number): Promise<void> {
  const hg = new HgServer(root);
  try {
    const history = seed % 2 === 0 ? new RandomEdits(root, hg, random) : new RandomHistory(root, hg, random);
    await history.grow(6);
    for (let step = 0; step < 3; step++) {
      await history.grow(3);
      writeSpecialFiles(root, random);
      await hg.run('addremove', '-q', '-s', '0');
      await hg.run('commit', '-q', '-m', 'special', '-d', `${step} ${step * 1800}`);
    }
  } finally {
    await hg.close();
  }
}

/** Files that are empty, binary, or end without a newline. */
function writeSpecialFiles(root: string, random: Random): void {
  const contents = [
    () => '',
    () => 'no end',
    () => '\n\n',
    () => 'a\nno end',
    () => Buffer.from(Array.from({ length: random.below(400) }, () => random.below(random.pick([4, 256])))),
    () => 'x\0y\n'.repeat(random.below(60)),
    () =>
      Array.from({ length: 60 }, (_, i) => `${random.chance(0.2) ? ' ' : 'f'}${random.chance(0.1) ? 'x' : i}\n`).join(
        '',
      ),
  ];
  for (const name of ['s1', 's2 with space', 's3', 'sé']) {
    if (random.chance(0.3)) fs.rmSync(path.join(root, name), { force: true });
    else if (random.chance(0.7)) fs.writeFileSync(path.join(root, name), random.pick(contents)());
  }
}

test('settings that are not supported are named', async t => {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-diff-')));
  t.after(() => removeTree(root));
  const server = new HgServer(undefined);
  t.after(() => server.close());
  await server.run('init', root);
  fs.writeFileSync(path.join(root, '.hg/hgrc'), '[experimental]\nxdiff = yes\n');
  assert.match((await quicksilver(['log', '-p'], root)).stderr, /experimental\.xdiff is not supported/);
  fs.writeFileSync(path.join(root, '.hg/hgrc'), '[diff]\nunified = x\n');
  assert.match((await quicksilver(['log', '-p'], root)).stderr, /context lines count must be an integer, not 'x'/);
});
