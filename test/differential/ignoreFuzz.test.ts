// Ignore files drawn by the grammar of their patterns, against the real hg. `npm run fuzz:ignore` draws more of them.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { ignoreRun } from '../fuzz/hg/ignoreRun.ts';
import { HgServers } from '../fuzz/hg/world.ts';
import { seedFromEnvironment } from '../support/random.ts';

const FIXED_SEED = 20_260_101;
const PAIRS = 2500;
/** Python takes exponential time for some expressions. */
const HANGS_MS = 1500;

const skip = process.platform === 'linux' ? false : 'the names are those that only the file systems of Linux take';

describe('generated ignore files', { skip }, () => {
  const servers = new HgServers(HANGS_MS);
  after(() => servers.close());

  for (const seed of [FIXED_SEED, seedFromEnvironment('IGNORE_SEED')]) {
    it(`seed ${seed} (npm run fuzz:ignore -- --seed ${seed} --pairs ${PAIRS} repeats it)`, async t => {
      const { tally, difference } = await ignoreRun(seed, PAIRS, servers);
      t.diagnostic(JSON.stringify(tally));
      assert.equal(difference, undefined);
      assert.ok(tally.pairs >= PAIRS);
      assert.equal(tally.answered + tally.aborted + tally.refused + tally.noAnswer, tally.files);
      if (seed !== FIXED_SEED) return;
      // The grammar must draw what says something: most files are answered for, and some paths match.
      assert.ok(tally.answered > tally.files / 3, 'many files are answered for');
      assert.ok(tally.refused < tally.files / 8, 'few are refused');
      assert.ok(tally.ignored > tally.pairs / 20 && tally.ignored < (tally.pairs * 3) / 4, 'some paths are ignored');
    });
  }
});
