// After any sequence of changes, once quiet, the live model equals a full status of the real git.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { gitLines, liveLines } from '../support/gitAnswers.ts';
import { GitSandbox } from '../support/gitSandbox.ts';
import { LiveHarness } from '../support/liveHarness.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';
import { RandomGitChanges } from '../support/randomGitChanges.ts';

/** With the second one, ignored directories replace tracked files, and the rules change. */
const FIXED_SEEDS = [20_260_101, 162_747_194];
const ROUNDS = Number(process.env['GIT_LIVE_ROUNDS'] ?? 25);
const OPERATIONS = 6;

describe('the live model equals git status after random changes', () => {
  const sandbox = new GitSandbox();
  after(() => sandbox.dispose());

  for (const seed of new Set([...FIXED_SEEDS, seedFromEnvironment('GIT_LIVE_SEED')])) {
    it(`seed ${seed} (GIT_LIVE_SEED=${seed} repeats it, GIT_LIVE_ROUNDS=1000 goes on longer)`, async () => {
      const repository = sandbox.init(`r${seed}`);
      const changes = new RandomGitChanges(repository, new Random(seed));
      changes.begin();
      const live = new LiveHarness(repository.root, { backend: repository.backend() });
      let compared = 0;
      try {
        for (let round = 0; round < ROUNDS; round++) {
          for (let i = 0; i < OPERATIONS; i++) changes.step();
          await live.quiet();
          const expected = gitLines(repository);
          if (expected === undefined) continue;
          const context = (): string => `round ${round}:\n${changes.log.slice(-2 * OPERATIONS).join('\n')}`;
          assert.equal(live.state.kind, 'ready', `${context()}\n${JSON.stringify(live.state)}`);
          assert.deepEqual(liveLines(live), expected, context());
          compared++;
        }
        if (FIXED_SEEDS.includes(seed))
          assert.ok(compared > ROUNDS / 2, `git itself failed in ${ROUNDS - compared} of ${ROUNDS} rounds`);
      } finally {
        live.dispose();
      }
    });
  }
});
