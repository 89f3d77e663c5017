// `quicksilver log --graph` draws what `hg log --graph` draws, byte for byte: for random graphs and random parts of
// them. More repositories: QUICKSILVER_GRAPH_REPOSITORIES=200, more parts of each:
// QUICKSILVER_GRAPH_PARTS; the same again: QUICKSILVER_GRAPH_SEED.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { test } from 'node:test';
import { hgIn, quicksilver, sameAnswer } from '../support/comparedCommands.ts';
import { hgEnvironment, HgServer } from '../support/hgServer.ts';
import { DAG_CONFIG, RandomDag } from '../support/randomDag.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

const REPOSITORIES = Number(process.env['QUICKSILVER_GRAPH_REPOSITORIES'] ?? 3);
/** Seed of the first repository. Coverage is asserted for it alone. */
const FIXED_SEED = 5;
/** Parts of the graph of each repository. */
const PARTS = Number(process.env['QUICKSILVER_GRAPH_PARTS'] ?? 14);

test('drawings of random graphs', async t => {
  const seed = seedFromEnvironment('QUICKSILVER_GRAPH_SEED');
  t.diagnostic(`QUICKSILVER_GRAPH_SEED=${seed}`);
  const servers = [
    { server: new HgServer(undefined, DAG_CONFIG), environment: { HGPLAIN: '1' } },
    { server: new HgServer(undefined, DAG_CONFIG, { ...hgEnvironment(), HGPLAIN: undefined }), environment: {} },
  ];
  t.after(() => Promise.all(servers.map(({ server }) => server.close())));
  for (const each of [FIXED_SEED, ...Array.from({ length: REPOSITORIES - 1 }, (_, i) => seed + i)]) {
    const random = new Random(each);
    const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-graph-')));
    t.after(() => removeTree(root));
    await servers[0]!.server.run('init', root);
    const count = await grow(root, random);
    const seen = new Set<string>();
    for (let part = 0; part < PARTS; part++) {
      const args = ['log', '-G', ...randomPart(count, random)];
      for (const { server, environment } of servers) {
        const { stdout } = await sameAnswer(args, root, await hgIn(server, args, root), environment);
        for (const character of stdout) seen.add(character);
      }
    }
    const drawn = '|/\\-+:~ox*_@'.split('').filter(character => seen.has(character));
    t.diagnostic(`repository ${each}: ${drawn.join(' ')}`);
    if (each === FIXED_SEED) assert.equal(drawn.join(''), '|/\\-+:~ox*_@');
  }
});

/** Returns the number of changesets. */
async function grow(root: string, random: Random): Promise<number> {
  const hg = new HgServer(root, DAG_CONFIG);
  try {
    const dag = new RandomDag(root, hg, random);
    await dag.grow(22);
    await dag.rewrite(3);
    return dag.nodes.length;
  } finally {
    await hg.close();
  }
}

/** Options that select some changesets, with short and with long texts. An obsolete one has no long text here. */
function randomPart(count: number, random: Random): string[] {
  const some = Array.from({ length: count }, (_, revision) => revision).filter(() => random.chance(0.5));
  const numbers = some.map(revision => `${revision}`).join(' + ');
  const set = random.chance(0.2) || some.length === 0 ? 'all()' : numbers;
  const limit = random.chance(0.2) ? ['-l', String(1 + random.below(8))] : [];
  return ['-r', set, '-q', ...limit];
}

test('texts beside the graph, sides of a merge, and settings that are not supported', async t => {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-graph-')));
  t.after(() => removeTree(root));
  const server = new HgServer(undefined, DAG_CONFIG);
  t.after(() => server.close());
  await server.run('init', root);
  const hg = new HgServer(root, DAG_CONFIG);
  try {
    const dag = new RandomDag(root, hg, new Random(8));
    await dag.grow(20);
    fs.writeFileSync(path.join(root, 'c'), 'one\n'.repeat(90));
    await hg.run('commit', '-q', '-A', '-m', 'c', '-d', '0 0');
    await hg.run('update', '-q', '-r', '.^');
    fs.writeFileSync(path.join(root, 'c'), 'two\n');
    await hg.run('commit', '-q', '-A', '-m', 'c', '-d', '0 0');
    // A rebase that stops leaves one parent, so that the other side is no parent of the working copy.
    await hg.run('rebase', '-r', '.', '-d', 'tip^', '--tool', ':fail', '--config', 'experimental.evolution=');
    await hg.run('rebase', '-r', 'tip', '-d', String(dag.nodes.length), '--tool', ':fail');
  } finally {
    await hg.close();
  }
  const commands: readonly (readonly string[])[] = [
    [],
    ['-v', '-M'],
    ['-p'],
    ['--stat'],
    ['-p', '--stat', '-g', '-l', '6'],
    ['-r', 'head() + merge() + 0'],
    ['-r', '3:9', '--stat'],
    ['-k', 'größe'],
    ['-f', 'f1', '-p'],
    ['f1', 'f2'],
    ['-b', 'stable', '-v'],
  ];
  let sides = 0;
  for (const args of commands) {
    const all = ['log', '-G', ...args];
    const { stdout } = await sameAnswer(all, root, await hgIn(server, all, root));
    sides += stdout.split('%').length - 1;
  }
  assert.ok(sides > 0);
  assert.match((await quicksilver(['log', '-G', '-T', 'json'], root)).stderr, /a graph has no JSON form here/);
  fs.writeFileSync(path.join(root, '.hg/hgrc'), '[command-templates]\ngraphnode = x\n');
  assert.match((await quicksilver(['log', '-G'], root, {})).stderr, /command-templates\.graphnode is not supported/);
});
