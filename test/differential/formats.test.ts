// Every format that `hg init` can make, alone and combined: status, contents, copies and history beside the real hg.
//
// QUICKSILVER_LONG=1 makes the long run of it; QUICKSILVER_SEED draws other combinations.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import { hgIn, quicksilver } from '../support/comparedCommands.ts';
import { hgAtOnce } from '../support/hgAtOnce.ts';
import { hgEnvironment, HgServer } from '../support/hgServer.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';
import { temporaryDirectory } from '../support/temporaryDirectory.ts';

const FIXED_SEED = 16;
const COMBINATIONS = process.env['QUICKSILVER_LONG'] === '1' ? 120 : 12;
const EXPERIMENT = 'enable-unstable-format-and-corrupt-my-data';

/** The settings behind the names that `hg debugformat` lists. None is the default; a blank separates two. */
const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  fncache: ['format.usefncache=no'],
  'fileindex-v1': ['format.use-fileindex-v1=yes'],
  'dirstate-v2': ['format.use-dirstate-v2=yes'],
  'tracked-hint': ['format.use-dirstate-tracked-hint=yes'],
  dotencode: ['format.dotencode=no'],
  'fragile-plain-encode': ['format.exp-use-very-fragile-and-unsafe-plain-store-encoding=yes format.dotencode=no'],
  generaldelta: ['format.usegeneraldelta=no'],
  'share-safe': ['format.use-share-safe=no'],
  sparserevlog: ['format.sparse-revlog=no'],
  'delta-info-flags': ['format.use-delta-info-flags=yes'],
  'persistent-nodemap': ['format.use-persistent-nodemap=yes'],
  'copies-sdc': ['format.exp-use-copies-side-data-changeset=yes'],
  'revlog-v2': [`experimental.revlogv2=${EXPERIMENT}`],
  'changelog-v2': [`format.exp-use-changelog-v2=${EXPERIMENT}`],
  compression: ['format.revlog-compression=zlib', 'format.revlog-compression=none'],
  'compression-level': ['storage.revlog.zlib.level=9'],
  // Only an upgrade can change it.
  'plain-cl-delta': [],
};
/** Stands for revlogs of version 0, which only a repository without the requirement has. */
const VERSION_0 = 'version 0';
/** Those that `debugformat` does not list. */
const MORE = [
  'format.usestore=no',
  'experimental.treemanifest=yes',
  'format.bookmarks-in-store=yes',
  'format.exp-archived-phase=yes',
  'format.use-internal-phase=yes',
  VERSION_0,
];
const EVER = ['storage.dirstate-v2.slow-path=allow', 'storage.revlog.persistent-nodemap.slow-path=allow'];
const NAMES = [
  'a',
  'UP/Case_File',
  'aux',
  'con.txt',
  '.dot/.f',
  'd.i/x',
  'd/e',
  `${'long '.repeat(24)}x`,
  'trail.',
  '~x',
];

class World {
  readonly root: string;
  readonly #server: HgServer;
  readonly #random: Random;

  constructor(root: string, server: HgServer, random: Random) {
    this.root = root;
    this.#server = server;
    this.#random = random;
  }

  async hg(...args: string[]): Promise<void> {
    const { code, output, errors } = await hgRun(this.#server, args, this.root);
    assert.equal(code, 0, `hg ${args.join(' ')}: ${output}${errors}`);
  }

  change(): void {
    for (let i = 0; i < 3; i++) {
      const file = path.join(this.root, this.#random.pick(NAMES));
      const lines = Array.from({ length: this.#random.below(40) }, (_, line) => `${line} ${this.#random.below(3)}\n`);
      // The store keeps metadata behind the same bytes.
      const content = this.#random.below(8) === 0 ? `\x01\n${lines.join('')}` : lines.join('');
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, content);
    }
  }

  async compare(...args: string[]): Promise<void> {
    const [theirs, ours] = [await hgIn(this.#server, args, this.root), await quicksilver(args, this.root)];
    assert.deepEqual([ours.code, ours.stdout], [theirs.code, theirs.stdout], `${args.join(' ')}: ${ours.stderr}`);
  }
}

function hgRun(server: HgServer, args: readonly string[], cwd: string): ReturnType<HgServer['run']> {
  return server.run('-R', cwd, '--cwd', cwd, ...args);
}

/** Makes a repository with the settings and compares it after each commit. Skips one that this hg cannot use. */
async function compareHistory(
  t: TestContext,
  settings: readonly string[],
  server: HgServer,
  seed: number,
): Promise<void> {
  const { root: base } = temporaryDirectory(t);
  const root = path.join(base, 'r');
  const given = settings.filter(setting => setting !== VERSION_0).flatMap(setting => setting.split(' '));
  const init = await server.run('init', ...[...given, ...EVER].flatMap(item => ['--config', item]), root);
  if (init.code !== 0) {
    // Some are incompatible with each other, and one needs Mercurial with Rust.
    assert.match(init.errors, /incompatible|fileindex/);
    t.diagnostic(`${settings.join(' ')}: this hg cannot make it`);
    return;
  }
  const lines = [...given, ...EVER].map(item => item.replace(/^([^.]+)\.([^=]+)=(.*)$/, '[$1]\n$2 = $3'));
  fs.writeFileSync(path.join(root, '.hg/hgrc'), `${lines.join('\n')}\n[ui]\nportablefilenames = ignore\n`);
  if (settings.includes(VERSION_0)) dropRequirement(root, 'revlogv1');
  if ((await hgRun(server, ['log', '-r', '.'], root)).code !== 0) {
    // Mercurial with C modules writes some formats and cannot open them. We say that nothing is tracked.
    t.diagnostic(`${settings.join(' ')}: this hg cannot open it`);
    return;
  }
  const world = new World(root, server, new Random(seed));
  world.change();
  for (let step = 0; step < 6; step++) {
    world.change();
    await world.hg('commit', '-qA', '-m', `change ${step}`, '-d', `${step} 0`);
    await world.compare('status', '-A');
    if (step % 2 === 1) {
      await world.compare('status', '--change', '.', '-C');
      await world.compare('cat', '-r', '.', '.');
    }
    if (step === 2) {
      const [first] = fs
        .readdirSync(root)
        .filter(name => name !== '.hg' && fs.statSync(path.join(root, name)).isFile());
      if (first !== undefined) await world.hg('rename', '-q', first, 'renamed');
      await world.compare('status', '-A');
    }
    if (step === 3) await world.hg('update', '-q', '1');
    // Mercurial cannot strip version 0.
    if (step === 4 && !settings.includes(VERSION_0))
      await world.hg('commit', '-q', '--amend', '-m', 'amended', '--config', 'ui.allowemptycommit=yes');
  }
  world.change();
  await world.compare('status', '-A');
  await world.compare('status', '-C', '--rev', '0', '--rev', '3');
  await world.compare('status', '-C', '--rev', '3', '--rev', '.');
  await world.compare('cat', '-r', '2', '.');
  await world.compare('log');
}

function dropRequirement(root: string, dropped: string): void {
  for (const name of ['.hg/requires', '.hg/store/requires']) {
    const file = path.join(root, name);
    if (!fs.existsSync(file)) continue;
    const kept = fs
      .readFileSync(file, 'utf8')
      .split('\n')
      .filter(line => line !== dropped);
    fs.writeFileSync(file, kept.join('\n'));
  }
}

/** The names that this hg lists. */
function formats(t: TestContext): string[] {
  const { root } = temporaryDirectory(t);
  const run = (...args: string[]): string =>
    hgAtOnce(args, { cwd: root, env: hgEnvironment() }).stdout.toString('utf8');
  run('init', '.');
  return run('debugformat', '-T', '{name}\n')
    .split('\n')
    .filter(name => name !== '');
}

test('every format alone', { timeout: 600_000 }, async t => {
  const server = new HgServer(undefined);
  t.after(() => server.close());
  const listed = formats(t);
  assert.ok(listed.length > 8);
  for (const name of listed) {
    const settings = SETTINGS[name];
    assert.ok(settings !== undefined, `hg debugformat lists ${name}, which this test does not know`);
    for (const setting of settings) await compareHistory(t, [setting], server, FIXED_SEED);
  }
  for (const setting of MORE) await compareHistory(t, [setting], server, FIXED_SEED);
});

test('combinations of formats', { timeout: 900_000 }, async t => {
  const server = new HgServer(undefined);
  t.after(() => server.close());
  const seed = seedFromEnvironment('QUICKSILVER_SEED', FIXED_SEED);
  t.diagnostic(`seed ${seed}`);
  const random = new Random(seed);
  const all = [...formats(t).flatMap(name => SETTINGS[name] ?? []), ...MORE];
  for (let i = 0; i < COMBINATIONS; i++) {
    const settings = [...new Set(Array.from({ length: 2 + random.below(3) }, () => random.pick(all)))];
    await compareHistory(t, settings, server, seed + i);
  }
});

// Mercurial writes none of them by default. Where it opens the repository, the answers are the same.
test('requirements that change nothing about what is stored', async t => {
  const server = new HgServer(undefined);
  t.after(() => server.close());
  const opened: string[] = [];
  for (const name of [
    'exp-delta-info-revlog',
    'exp-compression-zlib',
    'exp-compression-none',
    'exp-compression-zstd',
  ]) {
    const root = path.join(temporaryDirectory(t).root, 'r');
    await server.run('init', root, '--config', 'format.revlog-compression=zlib');
    const world = new World(root, server, new Random(FIXED_SEED));
    for (let i = 0; i < 3; i++) {
      world.change();
      await world.hg('commit', '-qA', '-m', `${i}`, '--config', 'ui.portablefilenames=ignore');
    }
    world.change();
    const commands = [['status', '-A'], ['cat', '-r', '1', '.'], ['log']];
    const before: string[] = [];
    for (const args of commands) before.push((await hgIn(server, args, root)).stdout);
    fs.appendFileSync(path.join(root, '.hg/requires'), `${name}\n`);
    for (const [i, args] of commands.entries()) assert.equal((await quicksilver(args, root)).stdout, before[i], name);
    if ((await hgRun(server, ['log', '-r', '.'], root)).code !== 0) continue;
    opened.push(name);
    for (const args of commands) await world.compare(...args);
  }
  t.diagnostic(opened.join(' '));
  assert.ok(opened.includes('exp-compression-zlib'));
});

// Only Mercurial with Rust opens such a repository. Its filelogs are where they are with an fncache.
test('a file index in place of the fncache changes nothing', async t => {
  const server = new HgServer(undefined);
  t.after(() => server.close());
  const root = path.join(temporaryDirectory(t).root, 'r');
  await server.run('init', root);
  const world = new World(root, server, new Random(FIXED_SEED));
  for (let i = 0; i < 3; i++) {
    world.change();
    await world.hg('commit', '-qA', '-m', `${i}`, '--config', 'ui.portablefilenames=ignore');
  }
  world.change();
  const [status, contents] = [
    ['status', '-A'],
    ['cat', '-r', '1', '.'],
  ] as const;
  const theirs = [await hgIn(server, status, root), await hgIn(server, contents, root)].map(({ stdout }) => stdout);
  const file = path.join(root, '.hg/store/requires');
  const lines = fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line !== 'fncache' && line !== 'dotencode');
  fs.writeFileSync(file, ['fileindex-v1', ...lines].join('\n'));
  fs.rmSync(path.join(root, '.hg/store/fncache'));
  for (const [i, args] of [status, contents].entries()) {
    assert.equal((await quicksilver(args, root)).stdout, theirs[i]);
  }
});
