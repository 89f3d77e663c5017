// Random operations on repositories of the real hg, and every sequence of them that once showed a defect: after each step,
// the whole status, the live model, statuses by path and base contents are those of hg. `npm run fuzz` runs longer.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { after, describe, it } from 'node:test';
import { FIXTURES, randomRun, readRecording, replay } from '../fuzz/hg/run.ts';
import { HgHasNoAnswer, HgServers } from '../fuzz/hg/world.ts';
import { hgIsAtLeast } from '../support/hgVersion.ts';
import { seedFromEnvironment } from '../support/random.ts';

const FIXED_SEED = 20_260_101;
const STEPS = Number(process.env['FUZZ_STEPS'] ?? 150);
const TIMEOUT_MS = 120_000;

const skip = process.platform === 'linux' ? false : 'the names are those that only the file systems of Linux take';

describe('random operations', { skip }, () => {
  const servers = new HgServers();
  after(() => servers.close());

  for (const format of ['v1', 'v2'] as const) {
    for (const seed of [FIXED_SEED, seedFromEnvironment('FUZZ_SEED')]) {
      const repeat = `npm run fuzz -- --seed ${seed} --steps ${STEPS} --format ${format}`;
      it(`dirstate ${format}, seed ${seed}`, { timeout: TIMEOUT_MS }, async t => {
        const { tally, steps, failure, abandoned } = await randomRun({ seed, format, steps: STEPS, servers });
        t.diagnostic(JSON.stringify(tally));
        if (failure !== undefined) assert.fail(`step ${failure.step} (${repeat}):\n${failure.error.message}`);
        if (abandoned !== undefined) t.diagnostic(abandoned);
        else assert.equal(tally.checks, steps);
        if (seed === FIXED_SEED) assert.ok(tally.entries > STEPS, 'there was something to compare');
      });
    }
  }
});

describe('command servers of the real hg', { skip }, () => {
  const END = ['--config', 'alias.end=!kill -9 $PPID', 'end'];

  it('one that ends by itself, as when a command crashes, is replaced', { timeout: TIMEOUT_MS }, async t => {
    const servers = new HgServers();
    t.after(() => servers.close());
    const { code, errors } = await servers.run('c', END);
    assert.deepEqual([code, errors.split('\n', 1)[0]], [255, 'the command server ended (SIGKILL)']);
    assert.equal((await servers.run('c', ['version', '-q'])).code, 0);
    await assert.rejects(servers.ask('c', END), HgHasNoAnswer);
    assert.equal((await servers.ask('c', ['version', '-q'])).code, 0);
  });

  it('one that runs the command of a test that has timed out is replaced', { timeout: TIMEOUT_MS }, async t => {
    const servers = new HgServers();
    t.after(() => servers.close());
    const abandoned = servers.run('c', ['--config', 'alias.wait=!while kill -0 $PPID; do sleep 0.1; done', 'wait']);
    const rejected = assert.rejects(abandoned, HgHasNoAnswer);
    const { code, output } = await servers.run('c', ['version', '-q']);
    assert.deepEqual([code, output.split(' ', 1)[0]], [0, 'Mercurial']);
    await rejected;
  });
});

describe('recorded operations', { skip }, () => {
  const servers = new HgServers();
  after(() => servers.close());

  for (const name of fs.readdirSync(FIXTURES).sort()) {
    const recording = readRecording(path.join(FIXTURES, name));
    const since = recording.since ?? ([0, 0] as const);
    const isOlder = hgIsAtLeast(...since) ? false : `hg is older than ${since.join('.')}`;
    it(`${name}: ${recording.about}`, { timeout: TIMEOUT_MS, skip: isOlder }, async () => {
      const tally = await replay(recording, servers);
      assert.ok(tally.checks > 0);
    });
  }
});
