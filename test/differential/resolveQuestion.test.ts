// The question after saving a file without conflict markers, over the real hg.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandBench, person, said } from '../support/commandBench.ts';
import { settings } from '../unit/extension/fakeVscode.ts';

for (const answer of ['Yes', 'Always', undefined]) {
  test(`a saved file without markers is asked about, and the answer is ${answer}`, async t => {
    const bench = await CommandBench.start(t, {
      prepare: sandbox => {
        for (const [text, parent] of [['base'], ['one'], ['two', '0']] as const) {
          if (parent !== undefined) sandbox.hg('repo', ['update', '--quiet', parent]);
          sandbox.write('repo', 'file', `${text}\n`);
          sandbox.hg('repo', ['commit', '--quiet', '--addremove', '--message', text]);
        }
        sandbox.hg('repo', ['merge', '--quiet', '--tool', 'internal:merge'], 1);
      },
    });
    settings.set('quicksilver.resolveOnSave', 'ask');
    let offered: readonly string[] = [];
    person.button = buttons => {
      if (buttons.length > 0) offered = buttons;
      return answer;
    };
    await bench.run('offerToResolve', bench.uri('file'));
    assert.deepEqual(offered, [], 'there are markers');
    bench.sandbox.write('repo', 'file', 'both\n');
    await bench.refresh();
    await bench.run('offerToResolve', bench.uri('file'));
    assert.deepEqual(offered, ['Yes', 'Always']);
    assert.equal(bench.hg('resolve', '--list'), answer === undefined ? 'U file\n' : 'R file\n', said());
  });
}
