// hg is killed in the middle of a commit, an update or a rebase, and the repository is put right again, while its status is
// read all the time: what is told as settled is a state that hg has told of, and no file is read by half.
//
// KILL_READS=10000 makes the long run of it; KILL_SEED repeats one.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, describe, it } from 'node:test';
import { nextTurn } from '../../src/base/async.ts';
import { QuicksilverError } from '../../src/base/errors.ts';
import { currentEnvironment } from '../../src/files/environment.ts';
import { MercurialRepository } from '../../src/mercurial/repository/repository.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { settledStatus } from '../../src/backends/mercurial/snapshot.ts';
import { HgServer, hgEnvironment, statusEntries, type HgEntry } from '../support/hgServer.ts';
import { LiveHarness } from '../support/liveHarness.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';
import { STATUS_LETTERS } from '../../src/server/statusLetters.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

const READS = Number(process.env['KILL_READS'] ?? 300);
/** Commands that are killed at least; on a fast machine many come to their end before. */
const KILLED = 3;
const FILES = 150;
const skip = process.platform === 'win32' ? 'processes are killed by signals' : false;

/** Errors that say that the repository was being written to: to be read again later, never a wrong answer. */
const IN_BETWEEN = new Set(['changed-while-reading', 'corrupt']);

interface Counts {
  reads: number;
  /** Reads that said themselves that they were disturbed. */
  unsettled: number;
  failed: number;
  killed: number;
  finished: number;
  /** Settled updates of the live model while commands ran. */
  told: number;
}

class Place {
  readonly root: string;
  readonly counts: Counts = { reads: 0, unsettled: 0, failed: 0, killed: 0, finished: 0, told: 0 };
  readonly #hg = new HgServer(undefined, ['extensions.rebase=', 'extensions.strip=']);
  readonly #random: Random;
  #revision = 0;

  constructor(root: string, random: Random) {
    this.root = root;
    this.#random = random;
  }

  async hg(...args: string[]): Promise<{ code: number; output: string; errors: string }> {
    return this.#hg.run('-R', this.root, '--cwd', this.root, ...args);
  }

  async must(...args: string[]): Promise<string> {
    const { code, output, errors } = await this.hg(...args);
    assert.equal(code, 0, `hg ${args.join(' ')}: ${errors}`);
    return output;
  }

  async make(): Promise<void> {
    const { code, errors } = await this.#hg.run('init', this.root);
    assert.equal(code, 0, errors);
    // Three heads of a few hundred files each, which differ in most of them.
    for (const head of [0, 1, 2]) {
      if (head > 0) await this.must('update', '-q', '-C', 'null');
      this.edit();
      await this.must('commit', '-q', '-A', '-m', `head ${head}`, '-d', `${head} 0`);
      this.edit();
      await this.must('commit', '-q', '-A', '-m', `more of head ${head}`, '-d', `${head} 0`);
    }
  }

  /** Changes many files. */
  edit(): void {
    this.#revision++;
    for (let i = 0; i < FILES; i++) {
      if (this.#random.chance(0.3)) continue;
      const file = path.join(this.root, `d${i % 7}`, `file${i}`);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, `${this.#revision}\n${'line\n'.repeat(i)}`);
    }
  }

  async status(): Promise<string[]> {
    return statusEntries(await this.must('status', '-A', '-C', '-0'))
      .map(hgLine)
      .sort();
  }

  /** A status by us; undefined if it says itself that it is not that of one moment. */
  async read(): Promise<string[] | undefined> {
    this.counts.reads++;
    const environment = { ...currentEnvironment(), variables: hgEnvironment() };
    try {
      const repository = MercurialRepository.open(this.root, { vfs: new Vfs(), environment });
      const lockBefore = repository.lock();
      const { result, settled } = await settledStatus(repository, { rules: 'when-needed' }, () => ({
        ignored: 'all',
        clean: true,
      }));
      if (!settled || lockBefore !== 'free' || repository.lock() !== 'free') {
        this.counts.unsettled++;
        return undefined;
      }
      const entries = result.entries.map(({ path: at, status, source }) =>
        hgLine({ path: at, status: STATUS_LETTERS[status], ...(source !== undefined && { source }) }),
      );
      return entries.sort();
    } catch (error) {
      assert.ok(
        error instanceof QuicksilverError && IN_BETWEEN.has(error.code),
        error instanceof Error ? error.stack : 'thrown',
      );
      this.counts.failed++;
      return undefined;
    }
  }

  /** Starts a command; it is killed after so many milliseconds. Answers whether it came to its end. */
  start(args: readonly string[], killAfterMs: number | undefined): Promise<boolean> {
    const child = spawn('hg', ['--config', 'extensions.rebase=', '-R', this.root, ...args], {
      env: hgEnvironment(),
      stdio: 'ignore',
    });
    const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    return new Promise(resolve =>
      child.once('exit', (_code, signal) => {
        clearTimeout(timer);
        this.counts[signal === null ? 'finished' : 'killed']++;
        resolve(signal === null);
      }),
    );
  }

  /** As a person does: roll back what was not completed, end what was begun, and take what is recorded. */
  async recover(): Promise<void> {
    await this.hg('recover');
    for (const command of ['rebase', 'graft']) await this.hg(command, '--abort');
    await this.must('update', '-q', '-C', '.');
    await this.must('--config', 'extensions.purge=', 'purge', '-q');
  }

  close(): Promise<void> {
    return this.#hg.close();
  }
}

function hgLine({ path: at, status, source }: HgEntry): string {
  return `${status} ${JSON.stringify(at)}${source === undefined ? '' : ` <- ${JSON.stringify(source)}`}`;
}

describe('hg is killed', { skip }, () => {
  const base = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'quicksilver-killed-'));
  after(() => removeTree(base));

  const seed = seedFromEnvironment('KILL_SEED');
  it(`at random points of commit, update and rebase, seed ${seed}`, { timeout: 3_600_000 }, async t => {
    const random = new Random(seed);
    const place = new Place(path.join(base, 'repo'), random);
    await place.make();
    const live = new LiveHarness(place.root);
    const rejections: unknown[] = [];
    const onRejection = (reason: unknown): void => void rejections.push(reason);
    process.on('unhandledRejection', onRejection);
    try {
      while (place.counts.reads < READS || place.counts.killed < KILLED) await round(place, live, random);
    } finally {
      process.off('unhandledRejection', onRejection);
      live.dispose();
      await place.close();
    }
    t.diagnostic(JSON.stringify(place.counts));
    assert.deepEqual(rejections, []);
    assert.ok(place.counts.reads > place.counts.unsettled + place.counts.failed);
  });
});

/** One command, killed or not, with readers beside it; then all is put right. */
async function round(place: Place, live: LiveHarness, random: Random): Promise<void> {
  const kind = random.pick(['commit', 'update', 'rebase'] as const);
  if (kind === 'commit') place.edit();
  const args = {
    commit: ['commit', '-q', '-A', '-m', `commit ${place.counts.reads}`, '-d', '0 0'],
    update: ['update', '-q', '-C', '-r', random.pick(['min(head())', 'max(head())', 'p1(.)', 'tip'])],
    rebase: ['rebase', '-q', '--tool', ':other', '-d', random.pick(['min(head())', 'max(head())'])],
  }[kind];
  const before = await place.status();
  await live.quiet();
  const told: string[][] = [];
  const subscription = live.model.onDidUpdate(({ settled }) => {
    if (settled) told.push(toldBy(live));
  });
  const ending = { done: false };
  const command = place
    .start(args, random.chance(0.85) ? 60 + random.below(260) : undefined)
    .finally(() => (ending.done = true));
  const answers: string[][] = [];
  while (!ending.done) {
    const answer = await place.read();
    if (answer !== undefined) answers.push(answer);
    await nextTurn();
  }
  const completed = await command;
  subscription.dispose();
  // A killed command has left what it has done so far: hg itself and we must see the same in it.
  const after = await place.status();
  const now = await place.read();
  if (now !== undefined) assert.deepEqual(now, after, `after ${args.join(' ')}, ${completed ? 'finished' : 'killed'}`);
  // A rebase goes through states in between that hg would tell of, too.
  if (kind !== 'rebase') {
    const known = [before, after];
    for (const answer of answers) assertKnown(answer, known, args);
    const changes = known.map(state => state.filter(line => !/^[CI] /.test(line)));
    for (const state of told) assertKnown(state, changes, args);
    place.counts.told += told.length;
  }
  await place.recover();
  const truth = await place.must('status', '-A', '-C', '-0');
  await live.quiet();
  live.assertEquals(statusEntries(truth), () => `the live model after ${args.join(' ')} and recovery`);
  assert.deepEqual(await place.read(), statusEntries(truth).map(hgLine).sort());
}

/** What somebody knows who applies the live model's updates, without what is clean or ignored. */
function toldBy(live: LiveHarness): string[] {
  const lines: string[] = [];
  for (const [at, { status, source }] of live.told) {
    if (status !== 'ignored')
      lines.push(hgLine({ path: at, status: STATUS_LETTERS[status], ...(source !== undefined && { source }) }));
  }
  return lines.sort();
}

function assertKnown(answer: readonly string[], known: readonly (readonly string[])[], args: readonly string[]): void {
  if (known.some(state => state.join('\n') === answer.join('\n'))) return;
  const surplus = known.map(state =>
    answer
      .filter(line => !state.includes(line))
      .slice(0, 8)
      .join('\n'),
  );
  assert.fail(`a state that never was, during ${args.join(' ')}; not before:\n${surplus.join('\nnot after:\n')}`);
}
