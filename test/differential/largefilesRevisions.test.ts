// Revisions with large files: `status --rev`, `--change`, `cat` and `annotate` in random histories, beside the real hg.
//
// QUICKSILVER_LONG=1 makes the long run of it; QUICKSILVER_SEED repeats one.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import { errorMessage } from '../../src/base/errors.ts';
import { hgIn, quicksilver, sameAnswer } from '../support/comparedCommands.ts';
import { hgEnvironment, HgServer } from '../support/hgServer.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';
import { temporaryDirectory } from '../support/temporaryDirectory.ts';

const LONG = process.env['QUICKSILVER_LONG'] === '1';
const STEPS = LONG ? 300 : 8;
const QUESTIONS = LONG ? 12 : 7;
const LARGE = ['big', 'd/big', 'd/e/big', 'other'];
const ORDINARY = ['small', 'd/small', 'script'];

interface Rig {
  readonly base: string;
  readonly root: string;
  readonly cache: string;
  readonly hg: HgServer;
  /** For questions. */
  readonly asked: HgServer;
}

function rig(t: TestContext): Rig {
  const { root: base } = temporaryDirectory(t);
  const root = path.join(base, 'repository');
  const cache = path.join(base, 'cache');
  execFileSync('hg', ['--config', 'extensions.largefiles=', 'init', root], { env: hgEnvironment() });
  fs.writeFileSync(
    path.join(root, '.hg', 'hgrc'),
    `[extensions]\nlargefiles =\n[largefiles]\nusercache = ${cache}\n[ui]\nusername = Ada\n`,
  );
  const hg = new HgServer(root, ['extensions.largefiles=', `largefiles.usercache=${cache}`]);
  // A server that keeps the repository open gives other answers than a new process: it forgets less.
  const asked = new HgServer(undefined);
  t.after(() => Promise.all([hg.close(), asked.close()]));
  return { base, root, cache, hg, asked };
}

test('status of revisions, cat and annotate with large files are those of hg', async t => {
  const seed = seedFromEnvironment('QUICKSILVER_SEED');
  t.diagnostic(`seed ${seed}`);
  const random = new Random(seed);
  const { root, hg, asked } = rig(t);
  const pick = <T>(items: readonly T[]): T => items[random.below(items.length)]!;
  const log: string[] = [];
  const run = async (...args: string[]): Promise<void> => {
    const { code, errors } = await hg.run(...args);
    log.push(`hg ${args.join(' ')}: ${code} ${errors}`);
  };
  let edits = 0;
  const write = (name: string): void => {
    const file = path.join(root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.rmSync(file, { force: true });
    fs.writeFileSync(file, pick(['same\n', `edit ${edits++}\n`, `edits ${edits % 3}\n`]));
    if (random.below(6) === 0) fs.chmodSync(file, 0o755);
    log.push(`write ${name}`);
  };
  const step = async (at: number): Promise<void> => {
    const large = pick(LARGE);
    const any = pick([...LARGE, ...ORDINARY]);
    switch (random.below(10)) {
      case 0:
        return run('remove', '-qf', any);
      case 1:
        return run('forget', '-q', any);
      case 2:
        fs.rmSync(path.join(root, any), { force: true });
        log.push(`delete ${any}`);
        return;
      case 3:
        return run('update', '-qC', `${random.below(at + 1)}`);
      case 4:
        return run('rename', '-q', large, `${large}-moved`);
      case 5:
        return run('revert', '-q', '--all', '--no-backup');
      case 6:
        if (!fs.existsSync(path.join(root, any))) return;
        fs.chmodSync(path.join(root, any), pick([0o644, 0o744, 0o755]));
        log.push(`chmod ${any}`);
        return;
      default:
        write(any);
        return run('add', '-q', LARGE.includes(any) ? '--large' : '--normal', any);
    }
  };
  const paths = ['big', 'd', 'd/big', 'small', '.', 'glob:*', 'glob:d/**', '.hglf', '.hglf/big', 'nosuch', 're:.*big'];
  const question = (count: number): string[] => {
    const revision = (): string => `${random.below(count)}`;
    const named = random.below(2) === 0 ? [] : [pick(paths)];
    const flags = pick([[], [], ['-A'], ['-C'], ['-n'], ['-c']]);
    const restrictions = [[], [], ['-X', 'd'], ['-I', 'd'], ['-X', '**big*'], ['-X', 'big'], ['-I', 'small']];
    const sides = pick([
      ['--change', revision()],
      ['--rev', revision(), '--rev', revision()],
      ['--rev', revision()],
      ['--rev', '.'],
      [],
    ]);
    const some = named.length === 0 ? ['.'] : named;
    switch (random.below(4)) {
      case 0:
        return ['cat', '-r', revision(), ...some];
      case 1:
        // As for hg, stand-ins are ordinary files, and large ones are none.
        return ['annotate', '-nf', ...pick([['-r', revision()], []]), ...pick(restrictions), ...some];
      default:
        return ['status', ...sides, ...flags, ...pick(restrictions), ...named];
    }
  };
  for (const name of [...LARGE, ...ORDINARY]) write(name);
  await run('add', '-q', '--large', ...LARGE);
  await run('commit', '-qAm', 'first', '-d', '0 0');
  let compared = 0;
  let unsupported = 0;
  for (let at = 0; at < STEPS; at++) {
    for (let change = 0; change < 3; change++) await step(at);
    if (random.below(2) === 0) await run('commit', '-qm', `c${at}`, '-d', '0 0');
    // The answers of hg depend on which stats are known, so that is made certain: all are, and then one is not.
    const file = (name: string): string => path.join(root, name);
    const present = [...LARGE, ...ORDINARY, ...LARGE.map(name => `${name}-moved`)].filter(name =>
      fs.existsSync(file(name)),
    );
    for (const name of present) fs.utimesSync(file(name), at + 1, at + 1);
    execFileSync('hg', ['status', '-q'], { cwd: root, env: hgEnvironment() });
    if (present.length > 0) fs.utimesSync(file(pick(present)), 2 * STEPS, 2 * STEPS);
    const count = Number((await hg.run('log', '-r', 'tip', '-T', '{rev}')).output) + 1;
    for (let n = 0; n < QUESTIONS; n++) {
      const args = question(count);
      const ours = await quicksilver(args, root);
      if (/on one side only|recorded twice/.test(ours.stderr)) {
        unsupported++;
        continue;
      }
      const theirs = await hgIn(asked, args, root);
      try {
        await sameAnswer(args, root, theirs);
      } catch (error) {
        throw new Error(`${errorMessage(error)}\nseed ${seed}, step ${at}\n${log.slice(-8).join('\n')}`, {
          cause: error,
        });
      }
      compared++;
    }
  }
  t.diagnostic(`${compared} compared, ${unsupported} unsupported`);
});

test('a revision and the working copy differ by how executable a large file is, whatever its parent has', async t => {
  const { root, hg, asked } = rig(t);
  const modes = [0o644, 0o744, 0o654, 0o755];
  const names = [0, 1, 2, 3].flatMap(recorded => modes.map(mode => `f${recorded}-${mode.toString(8)}`));
  const file = (name: string): string => path.join(root, name);
  const commit = async (bit: number): Promise<void> => {
    for (const name of names) fs.chmodSync(file(name), (Number(name[1]) & bit) === 0 ? 0o644 : 0o755);
    fs.writeFileSync(file('small'), `${bit}\n`);
    const { code, errors } = await hg.run('commit', '-qAm', `${bit}`, '-d', '0 0');
    assert.equal(code, 0, errors);
  };
  for (const name of names) fs.writeFileSync(file(name), `${name}\n`);
  await hg.run('add', '-q', '--large', ...names);
  await commit(1);
  await commit(2);
  const questions = [[], ['-A'], ['-A', '-X', 'f0*'], ['-n', 'glob:f*-*5'], ['-c', names[0]!]];
  const compare = async (): Promise<void> => {
    for (const question of questions) {
      for (const args of [
        ['status', '--rev', '0', ...question],
        ['status', '--change', 'wdir()', ...question],
      ]) {
        await sameAnswer(args, root, await hgIn(asked, args, root));
      }
    }
  };
  // The extension records no stats of what was just updated, so that of no file is sure.
  await hg.run('update', '-qC', 'null');
  await hg.run('update', '-qC', '1');
  for (const name of names) fs.chmodSync(file(name), parseInt(name.slice(3), 8));
  await compare();
  // It records those of clean files.
  for (const name of names) fs.utimesSync(file(name), 5, 5);
  await hg.run('status', '-q');
  await compare();
});

test('a symbolic link in the place of a large file leaves the file undecided', async t => {
  const { base, root, hg } = rig(t);
  fs.writeFileSync(path.join(root, 'big'), 'content\n');
  await hg.run('add', '-q', '--large', 'big');
  await hg.run('commit', '-qm', 'first');
  fs.writeFileSync(path.join(root, 'small'), 'small\n');
  await hg.run('commit', '-qAm', 'second');
  fs.renameSync(path.join(root, 'big'), path.join(base, 'elsewhere'));
  fs.symlinkSync('../elsewhere', path.join(root, 'big'));
  // Mercurial compares the file that the link leads to.
  assert.equal((await hg.run('status', '-A', 'big')).output, 'C big\n');
  const { code, stdout, stderr } = await quicksilver(['status', '-A', 'big'], root);
  assert.deepEqual([code, stdout], [3, '']);
  assert.match(stderr, /^big: may be modified: 'big' is a symbolic link in the place of a large file, which is not /);
  assert.equal((await quicksilver(['status', '--rev', '0', 'big'], root)).code, 255);
});

test('cat finds the content in the repository, in the cache of the user, or says which is missing', async t => {
  const { root, cache, hg } = rig(t);
  fs.writeFileSync(path.join(root, 'big'), 'content\n');
  await hg.run('add', '--large', 'big');
  await hg.run('commit', '-qm', 'one');
  const store = path.join(root, '.hg', 'largefiles');
  const [hash] = fs.readdirSync(cache);
  assert.equal((await quicksilver(['cat', 'big'], root)).stdout, 'content\n');
  fs.rmSync(path.join(store, hash!));
  assert.equal((await quicksilver(['cat', 'big'], root)).stdout, 'content\n');
  fs.writeFileSync(path.join(cache, hash!), 'other content\n');
  const changed = await quicksilver(['cat', 'big'], root);
  assert.match(
    changed.stderr,
    /^abort: big in [0-9a-f]{12}: the content [0-9a-f]{40} of the large file is neither in /,
  );
  fs.rmSync(cache, { recursive: true });
  assert.equal((await quicksilver(['cat', 'big'], root)).stdout, '');
});

test('log with differences shows large files as they are recorded, and rejects names', async t => {
  const { root, hg, asked } = rig(t);
  const write = (name: string, content: string): void => {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), content);
  };
  const commit = async (message: string): Promise<void> => {
    const { code, errors } = await hg.run('commit', '-qAm', message, '-d', '0 0');
    assert.equal(code, 0, errors);
  };
  for (const name of LARGE) write(name, `${name}\n`);
  for (const name of ORDINARY) write(name, `${name}\n`);
  await hg.run('add', '-q', '--large', ...LARGE);
  await commit('first');
  write('big', 'changed\n');
  write('small', 'changed\n');
  await commit('second');
  await hg.run('move', '-q', 'big', 'moved');
  await hg.run('move', '-q', 'd/big', 'd/moved');
  await hg.run('move', '-q', 'small', 'elsewhere');
  await hg.run('copy', '-q', 'other', 'copied');
  fs.chmodSync(path.join(root, 'moved'), 0o755);
  await commit('third');
  await hg.run('remove', '-q', 'd/e/big', 'script');
  await commit('fourth');
  const forms = [['-p'], ['-p', '-g'], ['--stat'], ['--stat', '-g', '-v', '-C'], ['-G', '-p'], ['-T', 'json', '-p']];
  for (const form of forms) {
    const args = ['log', ...form];
    const { stdout } = await sameAnswer(args, root, await hgIn(asked, args, root));
    assert.match(stdout, /\.hglf\/big/);
  }
  for (const names of [['big'], ['moved', '-p'], ['-I', 'd'], ['-f', 'moved'], ['glob:b*']]) {
    const { code, stderr } = await quicksilver(['log', ...names], root);
    assert.equal(code, 255);
    assert.match(stderr, /Names of files are not supported by log where there are large files/);
  }
});
