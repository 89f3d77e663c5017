// After any sequence of changes, once quiet, the live model equals a full status of the real git.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { after, describe, it } from 'node:test';
import { bytePath } from '../../src/base/bytePath.ts';
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

  it('an ignored directory in place of a tracked file is not entered, whoever names a path in it', async () => {
    const repository = sandbox.init('replaced');
    for (const name of ['x', 'y/z']) repository.write(name, '');
    repository.commit('one');
    for (const name of ['x', 'y/z']) fs.rmSync(path.join(repository.root, name));
    for (const name of ['x/a', 'x/b/c', 'y/z/a']) repository.write(name, '');
    const live = new LiveHarness(repository.root, { backend: repository.backend() });
    const compare = async (what: string): Promise<void> => {
      await live.quiet();
      assert.deepEqual(liveLines(live), gitLines(repository), what);
    };
    try {
      await compare('files in directories');
      for (const rule of ['x\nz', '/x/\n/y', '*']) {
        repository.write('.gitignore', `${rule}\n`);
        await compare(`${rule}: ignored`);
        for (const name of ['x/new', 'x/b/new', 'y/z/new']) {
          repository.write(name, '');
          live.model.hint([bytePath(name)]);
        }
        await compare(`${rule}: changed in it`);
        repository.write('.gitignore', '');
        await compare(`${rule}: not ignored`);
        fs.rmSync(path.join(repository.root, 'x/new'));
        await compare(`${rule}: changed again`);
      }
    } finally {
      live.dispose();
    }
  });
});
