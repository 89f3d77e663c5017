// Commands that rewrite the history, one after the other, while a live model follows: it never tells of damage, and is right
// after each.
//
// QUICKSILVER_LONG=1 makes the long run of it; QUICKSILVER_SEED repeats one.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { toDisplay } from '../../src/base/bytePath.ts';
import { HgServer, hgEnvironment } from '../support/hgServer.ts';
import { LiveHarness } from '../support/liveHarness.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';
import { temporaryDirectory } from '../support/temporaryDirectory.ts';

const STEPS = process.env['QUICKSILVER_LONG'] === '1' ? 90 : 8;
const EXTENSIONS = ['rebase', 'strip'].map(name => `extensions.${name}=`);

for (const format of ['yes', 'no']) {
  test(`no failure is told while commands rewrite the history, dirstate-v2=${format}`, async t => {
    const seed = seedFromEnvironment('QUICKSILVER_SEED');
    t.diagnostic(`seed ${seed}`);
    const random = new Random(seed);
    const { root } = temporaryDirectory(t);
    const config = [`format.use-dirstate-v2=${format}`, 'storage.dirstate-v2.slow-path=allow'];
    execFileSync('hg', ['init', ...config.flatMap(item => ['--config', item]), root], { env: hgEnvironment() });
    const hg = new HgServer(root, EXTENSIONS);
    t.after(() => hg.close());
    const must = async (...args: string[]): Promise<void> => {
      const { code, errors } = await hg.run(...args);
      assert.equal(code, 0, `hg ${args.join(' ')}: ${errors}`);
    };
    let edits = 0;
    // Contents of the same length, so that only a comparison tells.
    const edit = (): void => {
      for (let file = 0; file < 40; file++) {
        if (random.below(2) === 0) continue;
        fs.writeFileSync(path.join(root, `f${file}`), `${String(edits++).padStart(6, '0')}\n`.repeat(200));
      }
    };
    for (let file = 0; file < 40; file++) fs.writeFileSync(path.join(root, `f${file}`), 'start\n');
    await must('commit', '-qAm', 'start');
    const live = new LiveHarness(root);
    t.after(() => live.dispose());
    const trouble: string[] = [];
    live.model.onDidUpdate(({ state, changes }) => {
      if (state.kind !== 'ready' && state.kind !== 'scanning') trouble.push(state.kind);
      for (const { path: at, entry } of changes) {
        if (entry?.undecided !== undefined) trouble.push(`${toDisplay(at)}: ${entry.undecided}`);
      }
    });
    await live.quiet();
    const bundle = path.join(root, '.hg', 'kept.hg');
    // Each kind at least once, in any order.
    const kinds = shuffled([0, 1, 2, 3], random);
    for (let step = 0; step < STEPS; step++) {
      edit();
      await must('commit', '-qm', `step ${step}`);
      edit();
      const kind = kinds[step] ?? random.below(4);
      if (kind === 0) await must('commit', '--amend', '-qm', `amended ${step}`);
      else if (kind === 1) {
        await must('bundle', '-q', '--base', '0', '-r', 'tip', bundle);
        await must('update', '-q', '--clean', '0');
        await must('strip', '-q', '--no-backup', '1:');
        await must('unbundle', '-q', bundle);
        await must('update', '-q', '--clean', 'tip');
      } else if (kind === 2) {
        await must('update', '-q', '--clean', '.^');
        fs.writeFileSync(path.join(root, 'other'), `${step}\n`);
        await must('commit', '-qAm', `side ${step}`);
        await must('rebase', '-q', '-r', '.', '-d', 'max(children(p1(.)) - .)');
        await must('update', '-q', '--clean', 'max(head())');
      } else {
        await must('strip', '-q', '--no-backup', '--keep', '-r', '.');
      }
      await live.quiet();
      assert.deepEqual(trouble, [], `step ${step}`);
      live.assertSameAsHg(() => `step ${step}`);
    }
  });
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const keyed = items.map(item => ({ item, key: random.next() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}
