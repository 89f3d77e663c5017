// Sparse checkouts and narrow clones: random rules, profiles and changes, the status and the live model beside the real hg.
//
// QUICKSILVER_LONG=1 makes the long run of it, QUICKSILVER_STEPS another; QUICKSILVER_SEED repeats one.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import { compareChangesets } from '../../src/backends/mercurial/comparisons.ts';
import { currentEnvironment } from '../../src/files/environment.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { MercurialRepository } from '../../src/mercurial/repository/repository.ts';
import { hgIn, quicksilver } from '../support/comparedCommands.ts';
import { hgStatus, HgServer, hgEnvironment } from '../support/hgServer.ts';
import { hgIsAtLeast } from '../support/hgVersion.ts';
import { LiveHarness } from '../support/liveHarness.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';
import { temporaryDirectory } from '../support/temporaryDirectory.ts';
import { statusLines } from '../support/ownStatus.ts';

const LONG = process.env['QUICKSILVER_LONG'] === '1';
const STEPS = Number(process.env['QUICKSILVER_STEPS'] ?? (LONG ? 2000 : 14));
const DIRECTORIES = ['', 'a/', 'a/x/', 'b/', 'b/.hgx/', 'c c/'];
const NAMES = ['f', 'g.txt', 'h.o', '.hgfile', 'deep'];
const PATTERNS = [
  'a',
  'a/x',
  'b/*.txt',
  'path:b',
  'path:a/x/f',
  'rootfilesin:a',
  'rootfilesin:b',
  'glob:**.o',
  're:.*g',
  'relglob:*.txt',
  '*',
  'c c',
  'f',
  '/slash',
  'a/',
  'nothing',
];

class World {
  readonly root: string;
  readonly #random: Random;
  readonly #hg: HgServer;
  readonly log: string[] = [];
  #edits = 0;

  constructor(root: string, random: Random, hg: HgServer) {
    this.root = root;
    this.#random = random;
    this.#hg = hg;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.#random.below(items.length)]!;
  }

  some<T>(items: readonly T[], most: number): T[] {
    return Array.from({ length: this.#random.below(most + 1) }, () => this.pick(items));
  }

  async hg(...args: string[]): Promise<void> {
    const { code, errors } = await this.#hg.run(...args);
    this.log.push(`hg ${args.join(' ')}: ${code} ${errors}`);
  }

  write(name: string, content: string): void {
    const file = path.join(this.root, name);
    this.log.push(`write ${name}`);
    fs.rmSync(file, { recursive: true, force: true });
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }

  name(): string {
    return this.pick(DIRECTORIES) + this.pick(NAMES);
  }

  fill(): void {
    for (const directory of DIRECTORIES) {
      for (const name of NAMES) this.write(directory + name, `${directory}${name}\n`);
    }
  }

  profile(): string {
    const includes = this.some(PATTERNS, 3);
    const excludes = this.some(PATTERNS, 2);
    return [
      '# a comment',
      ...this.some(['profile1', 'profile2', 'missing'], 1).map(name => `%include ${name}`),
      ...(includes.length > 0 ? ['[include]', ...includes] : []),
      ...(excludes.length > 0 ? ['[exclude]', ...excludes] : []),
      '',
    ].join('\n');
  }

  async fileStep(): Promise<void> {
    const name = this.name();
    switch (this.#random.below(6)) {
      case 0:
        fs.rmSync(path.join(this.root, name), { recursive: true, force: true });
        this.log.push(`delete ${name}`);
        return;
      case 1:
        return this.hg('add', '-q', name);
      case 2:
        return this.hg('forget', '-q', name);
      case 3:
        this.write('.hgignore', this.pick(['\\.o$\n', 'syntax: glob\na\n', '']));
        return;
      default:
        this.write(name, this.pick([`${name}\n`, `changed ${this.#edits++}\n`]));
    }
  }

  async sparseStep(): Promise<void> {
    switch (this.#random.below(7)) {
      case 0:
        return this.hg('debugsparse', '--force', '--include', this.pick(PATTERNS));
      case 1:
        return this.hg('debugsparse', '--force', '--exclude', this.pick(PATTERNS));
      case 2:
        return this.hg('debugsparse', '--force', '--reset');
      case 3:
        return this.hg('debugsparse', '--force', '--enable-profile', this.pick(['profile1', 'profile2']));
      case 4:
        this.write(this.pick(['profile1', 'profile2']), this.profile());
        return this.hg('commit', '-qAm', 'profile');
      case 5:
        return this.hg('update', '-q', '--clean', `${this.#random.below(3)}`);
      default:
        // Rules changed by hand, as a person may; temporary ones, as a merge makes them.
        fs.writeFileSync(path.join(this.root, '.hg', this.pick(['sparse', 'tempsparse'])), this.profile());
        this.log.push('rules by hand');
    }
  }

  async narrowStep(): Promise<void> {
    const patterns = ['path:a', 'path:a/x', 'path:b', 'rootfilesin:b', 'path:c c', 'rootfilesin:'];
    if (this.#random.below(2) === 0) return this.hg('commit', '-qAm', 'more');
    return this.hg(
      'tracked',
      '--force-delete-local-changes',
      this.pick(['--addinclude', '--addexclude']),
      this.pick(patterns),
    );
  }
}

for (const kind of ['sparse', 'narrow', 'both'] as const) {
  test(`${kind}: the status and the live model are those of hg`, async t => {
    const seed = seedFromEnvironment('QUICKSILVER_SEED');
    t.diagnostic(`seed ${seed}`);
    const random = new Random(seed);
    const { root: base } = temporaryDirectory(t);
    const extensions = kind === 'both' ? ['sparse', 'narrow'] : [kind];
    const config = extensions.map(name => `extensions.${name}=`);
    const options = config.flatMap(item => ['--config', item]);
    const first = path.join(base, 'first');
    execFileSync('hg', ['init', first], { env: hgEnvironment() });
    const origin = new HgServer(first, config);
    const source = new World(first, random, origin);
    source.fill();
    for (let i = 0; i < 3; i++) {
      for (const name of ['profile1', 'profile2']) source.write(name, source.profile());
      source.write('a/f', `${i}\n`);
      await source.hg('commit', '-qAm', `c${i}`);
    }
    await origin.close();
    const root = path.join(base, 'clone');
    const narrow = kind === 'sparse' ? [] : ['--narrow', '--include', 'path:a', '--include', 'path:b'];
    execFileSync('hg', [...options, 'clone', '-q', ...narrow, first, root], { env: hgEnvironment() });
    fs.appendFileSync(
      path.join(root, '.hg', 'hgrc'),
      ['[extensions]', ...extensions.map(name => `${name}=`), ''].join('\n'),
    );
    const hg = new HgServer(root, config);
    t.after(() => hg.close());
    const world = new World(root, random, hg);
    if (kind !== 'narrow') await world.hg('debugsparse', '--include', 'a', '--enable-profile', 'profile1');
    const live = new LiveHarness(root);
    t.after(() => live.dispose());
    let answered = 0;
    for (let step = 0; step < STEPS; step++) {
      const steps = { sparse: () => world.sparseStep(), narrow: () => world.narrowStep() };
      if (step % 3 === 0) await steps[kind === 'both' ? world.pick(['sparse', 'narrow'] as const) : kind]();
      else await world.fileStep();
      await live.quiet();
      const context = (): string => `step ${step}, seed ${seed}\n${world.log.slice(-4).join('\n')}`;
      const theirs = hgStatus(root);
      const ours = await statusLines(root);
      if (typeof theirs === 'string') {
        assert.equal(typeof ours, 'string', `${context()}\nhg: ${theirs}`);
        // A configuration at which hg aborts is mended.
        fs.writeFileSync(path.join(root, '.hg', 'sparse'), '[include]\na\n');
        continue;
      }
      assert.deepEqual(ours, theirs.map(({ path: at, status }) => `${status} ${at}`).sort(), context());
      live.assertEquals(theirs, context);
      answered++;
    }
    if (LONG) assert.ok(answered > STEPS / 2, `${answered} of ${STEPS} steps had a status`);
  });
}

test('temporary includes are paths as they are written', async t => {
  const root = path.join(temporaryDirectory(t).root, 'repository');
  const hg = new HgServer(undefined, ['extensions.sparse=']);
  t.after(() => hg.close());
  await hg.run('init', root);
  fs.appendFileSync(path.join(root, '.hg', 'hgrc'), '[extensions]\nsparse =\n');
  const write = (): void => {
    for (const name of ['a/f', 'a/x/f', 'b/f', 'c c/f', 'f', '.hgx']) {
      fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      fs.writeFileSync(path.join(root, name), `${name}\n`);
    }
  };
  write();
  for (const args of [
    ['commit', '-qAm', 'first'],
    ['debugsparse', '--include', 'nothing'],
  ]) {
    const { code, errors } = await hg.run('-R', root, '--cwd', root, ...args);
    assert.equal(code, 0, errors);
  }
  write();
  const names = [
    '',
    'a/f',
    'a',
    'a/',
    'a/x',
    './a',
    'a/../b',
    '/a',
    'path:a',
    '.',
    'c c',
    ' a',
    'a/x/..',
    'a/f/',
    'a\n\nb',
  ];
  for (const name of names) {
    fs.writeFileSync(path.join(root, '.hg', 'tempsparse'), `${name}\n`);
    const theirs = hgStatus(root);
    assert.ok(typeof theirs !== 'string', name);
    assert.deepEqual(await statusLines(root), theirs.map(({ path: at, status }) => `${status} ${at}`).sort(), name);
  }
});

test('a narrow specification counts if that of the store has the same patterns', async t => {
  const { root } = await narrowClone(t, ['a/f', 'b/f']);
  const ab = '[include]\npath:a\npath:b\n';
  const pairs: readonly (readonly [stored: string, own: string])[] = [
    ...['[include]\npath:b\npath:a\n', `# c\n${ab}\n`, `${ab}path:a\n`, `${ab}[exclude]\n`].map(
      own => [ab, own] as const,
    ),
    ...['[include]\npath:a\n', `${ab}[exclude]\npath:b\n`, '', 'bad', '[include]\nglob:a\n'].map(
      own => [ab, own] as const,
    ),
    ['[exclude]\npath:a\n', '[include]\n[exclude]\npath:a\n'],
    ['', '[include]\n'],
    ['[exclude]\npath:a\n', ''],
    ...[ab, '', '[include]\npath:a\n%include x\n', '[exclude]\n%include x\n', 'bad'].map(text => [text, text] as const),
  ];
  for (const [stored, own] of pairs) {
    fs.writeFileSync(path.join(root, '.hg', 'store', 'narrowspec'), stored);
    fs.writeFileSync(path.join(root, '.hg', 'narrowspec.dirstate'), own);
    const theirs = hgStatus(root);
    const ours = await statusLines(root);
    // Older versions compare the texts.
    if (typeof theirs === 'string' && theirs.includes(' is stale') && !hgIsAtLeast(7, 2)) continue;
    if (typeof theirs === 'string') assert.equal(typeof ours, 'string', `${stored}|${own}: ${theirs}`);
    else assert.deepEqual(ours, theirs.map(({ path: at, status }) => `${status} ${at}`).sort(), `${stored}|${own}`);
  }
});

test('a narrow clone with a tree of manifests lists the files that it has', async t => {
  const config = ['experimental.treemanifest=yes', 'experimental.changegroup3=yes'];
  const { hg, root } = await narrowClone(t, ['a/f', 'a/deep/f', 'b/x/f', 'f'], config);
  for (const args of [
    ['status', '--change', '0'],
    ['cat', '-r', '0', '.'],
    ['status', '-A'],
  ]) {
    const [theirs, ours] = [await hgIn(hg, args, root), await quicksilver(args, root)];
    assert.deepEqual([ours.code, ours.stdout], [theirs.code, theirs.stdout], `${args.join(' ')}: ${ours.stderr}`);
  }
  assert.match((await quicksilver(['cat', '-r', '0', 'b'], root)).stderr, /^b: no such file in rev [0-9a-f]+\n$/);
});

for (const isTree of [false, true]) {
  test(`a copy from outside of a narrow clone has no source, ${isTree ? 'with' : 'without'} a tree`, async t => {
    const config = isTree ? ['experimental.treemanifest=yes', 'experimental.changegroup3=yes'] : [];
    const { hg, root } = await narrowClone(t, ['a/f', 'b/f', 'b/g'], config, async (run, first) => {
      await run('mv', '-q', 'b/f', 'a/moved');
      await run('commit', '-qm', 'move');
      await run('cp', '-q', 'a/f', 'a/copy');
      fs.appendFileSync(path.join(first, 'a', 'moved'), 'more\n');
      await run('commit', '-qm', 'copy inside');
      await run('mv', '-q', 'a/moved', 'a/again');
      await run('commit', '-qm', 'move on');
    });
    for (const args of [
      ['status', '-C', '--rev', '0'],
      ['status', '-C', '--change', '1'],
      ['status', '-A', '--rev', '0', '--rev', '3'],
      ['log', '-p', '--git', '-r', '1'],
      ['log', '-p', '--git', '-r', '3'],
      ['log', '-f', 'a/again', '-T', '{rev} {desc}\n'],
      ['log', '-f', 'a/copy', '-T', '{rev} {desc}\n'],
      ['annotate', 'a/again'],
    ]) {
      const [theirs, ours] = [await hgIn(hg, args, root), await quicksilver(args, root)];
      assert.deepEqual([ours.code, ours.stdout], [theirs.code, theirs.stdout], `${args.join(' ')}: ${ours.stderr}`);
    }
    const environment = { ...currentEnvironment(), variables: { HGRCPATH: '' } };
    const repository = MercurialRepository.open(root, { vfs: new Vfs(), environment });
    const history = repository.history(repository.readDirstate());
    const compared = compareChangesets(repository.store, history, {
      from: history.node(0),
      to: history.node(1),
      limit: 9,
    });
    assert.deepEqual(compared, { kind: 'files', files: [{ path: 'a/moved', status: 'added' }], total: 1 });
  });
}

test('a file outside of a sparse checkout that is named is listed beside any revision', async t => {
  const { root } = temporaryDirectory(t);
  const hg = new HgServer(undefined, ['extensions.sparse=']);
  t.after(() => hg.close());
  const run = async (...args: string[]): Promise<void> => {
    const { code, errors } = await hg.run('-R', root, '--cwd', root, ...args);
    assert.equal(code, 0, errors);
  };
  await hg.run('init', root);
  for (const name of ['in/a', 'out/a', 'out/gone']) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), name);
  }
  await run('commit', '-qAm', 'first');
  fs.appendFileSync(path.join(root, '.hg', 'hgrc'), '[extensions]\nsparse =\n');
  await run('debugsparse', '-q', '--include', 'in');
  fs.mkdirSync(path.join(root, 'out'), { recursive: true });
  for (const name of ['in/u', 'out/u', 'out/v']) fs.writeFileSync(path.join(root, name), 'u');
  const sides = [[], ['--rev', '0'], ['--rev', '.'], ['--change', 'wdir()'], ['--rev', '.', '--rev', 'wdir()']];
  for (const side of sides) {
    for (const names of [['out/u'], ['out'], ['in', 'out/u'], ['out/a'], ['glob:out/*'], []]) {
      const args = ['status', ...side, ...names];
      const [theirs, ours] = [await hgIn(hg, args, root), await quicksilver(args, root)];
      assert.deepEqual([ours.code, ours.stdout], [theirs.code, theirs.stdout], `${args.join(' ')}: ${ours.stderr}`);
    }
  }
});

/** Clones `path:a` of a new repository that has these files. */
async function narrowClone(
  t: TestContext,
  files: readonly string[],
  config: readonly string[] = [],
  more: (run: (...args: string[]) => Promise<void>, root: string) => Promise<void> = async () => Promise.resolve(),
): Promise<{ readonly hg: HgServer; readonly root: string }> {
  const { root: base } = temporaryDirectory(t);
  const [first, root] = [path.join(base, 'first'), path.join(base, 'clone')];
  const hg = new HgServer(undefined, [...config, 'extensions.narrow=']);
  t.after(() => hg.close());
  await hg.run('init', first);
  for (const name of files) {
    fs.mkdirSync(path.dirname(path.join(first, name)), { recursive: true });
    fs.writeFileSync(path.join(first, name), `${name}\n`);
  }
  const run = async (...args: string[]): Promise<void> => {
    const { code, errors } = await hg.run('-R', first, '--cwd', first, ...args);
    assert.equal(code, 0, errors);
  };
  await run('commit', '-qAm', 'first');
  await more(run, first);
  const { code, errors } = await hg.run('clone', '-q', '--narrow', '--include', 'path:a', first, root);
  assert.equal(code, 0, errors);
  fs.appendFileSync(path.join(root, '.hg', 'hgrc'), '[extensions]\nnarrow =\n');
  return { hg, root };
}
