// Runs after the other tests of this window: with a second repository, commands ask which one is meant.
import assert from 'node:assert/strict';
import { Bench } from '../agreement.ts';
import { answerDialogs } from '../dialogs.ts';
import { at, hg, write } from '../outside.ts';

describe('a commit beside subrepositories', () => {
  it('asks about changes in subrepositories, which hg does not commit by itself', async () => {
    const bench = await Bench.at(at());
    const { repository, inputBox: box } = bench;
    await hg(at(), 'init', 'part');
    write('part/p.txt', 'p\n');
    await hg(at('part'), 'commit', '--quiet', '--addremove', '--message', 'Part');
    write('.hgsub', 'part = part\n');
    await hg(at(), 'commit', '--quiet', '--addremove', '--message', 'With a part');
    write('part/p.txt', 'p, changed\n');
    await repository.settle();
    for (const answer of [undefined, 'Commit with Subrepositories']) {
      box.value = 'Both';
      const dialogs = answerDialogs(answer);
      assert.equal(await bench.run('commit', repository.rootUri), answer !== undefined);
      dialogs.dispose();
      assert.equal(dialogs.asked[0]!.message, 'Commit the subrepositories, too?');
      assert.match(dialogs.asked[0]!.detail, /^Mercurial: uncommitted changes in subrepository "part"\. They are/);
      assert.equal(box.value, answer === undefined ? 'Both' : '');
      assert.equal(
        bench.asked('log', '--rev', '.', '--template', '{desc}'),
        answer === undefined ? 'With a part' : 'Both',
      );
    }
    assert.equal(bench.asked('--cwd', at('part'), 'log', '--rev', '.', '--template', '{desc}'), 'Both');
  });
});
