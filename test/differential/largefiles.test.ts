// Repositories with large files: random changes and commands, the status and the live model beside the real hg.
//
// QUICKSILVER_LONG=1 makes the long run of it, QUICKSILVER_STEPS another; QUICKSILVER_SEED repeats one.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { hgEnvironment, hgStatus, HgServer } from '../support/hgServer.ts';
import { LiveHarness } from '../support/liveHarness.ts';
import { statusLines } from '../support/ownStatus.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';
import { temporaryDirectory } from '../support/temporaryDirectory.ts';

const LONG = process.env['QUICKSILVER_LONG'] === '1';
const STEPS = Number(process.env['QUICKSILVER_STEPS'] ?? (LONG ? 1000 : 24));
const NAMES = ['big', 'small', 'd/big', 'd/small', 'd/e/big', 'other', 'script'];

for (const format of ['no', 'yes']) {
  test(`largefiles: the status and the live model are those of hg, dirstate-v2=${format}`, async t => {
    const seed = seedFromEnvironment('QUICKSILVER_SEED');
    t.diagnostic(`seed ${seed}`);
    const random = new Random(seed);
    const { root: base } = temporaryDirectory(t);
    const root = path.join(base, 'repository');
    const config = [
      `format.use-dirstate-v2=${format}`,
      'storage.dirstate-v2.slow-path=allow',
      'extensions.largefiles=',
    ];
    const options = config.flatMap(item => ['--config', item]);
    execFileSync('hg', [...options, 'init', root], { env: hgEnvironment() });
    fs.writeFileSync(
      path.join(root, '.hg', 'hgrc'),
      '[extensions]\nlargefiles =\nrebase =\n[storage]\ndirstate-v2.slow-path = allow\n',
    );
    const hg = new HgServer(root, [...config, `largefiles.usercache=${path.join(base, 'cache')}`]);
    t.after(() => hg.close());
    const log: string[] = [];
    const run = async (...args: string[]): Promise<void> => {
      const { code, errors } = await hg.run(...args);
      log.push(`hg ${args.join(' ')}: ${code} ${errors}`);
    };
    const pick = <T>(items: readonly T[]): T => items[random.below(items.length)]!;
    let edits = 0;
    const write = (name: string): void => {
      const file = path.join(root, name);
      log.push(`write ${name}`);
      fs.rmSync(file, { recursive: true, force: true });
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, pick(['same\n', `edit ${edits++}\n`, `edits ${edits % 3}\n`]));
      if (random.below(4) === 0) fs.chmodSync(file, 0o755);
    };
    for (const name of NAMES) write(name);
    await run('add', '--large', 'big', 'd/big', 'script');
    await run('commit', '-qAm', 'first');
    const live = new LiveHarness(root);
    t.after(() => live.dispose());
    let large = 0;
    for (let step = 0; step < STEPS; step++) {
      const name = pick(NAMES);
      switch (random.below(13)) {
        case 0:
          await run('add', '-q', '--large', name);
          break;
        case 1:
          await run('add', '-q', '--normal', name);
          break;
        case 2:
          await run('remove', '-qf', name);
          break;
        case 3:
          await run('forget', '-q', name);
          break;
        case 4:
          fs.rmSync(path.join(root, name), { force: true });
          log.push(`delete ${name}`);
          break;
        case 5:
          await run('commit', '-qm', `c${step}`);
          break;
        case 6:
          await run('update', '-qC', `${random.below(4)}`);
          break;
        case 7:
          await run('revert', '-q', '--all', '--no-backup');
          break;
        case 8:
          await run('rename', '-q', name, pick(['moved', 'd/moved']));
          break;
        case 9:
          await run('merge', '-q', '--tool', ':local');
          break;
        case 10:
          fs.utimesSync(path.join(root, fs.existsSync(path.join(root, name)) ? name : '.hg'), step, step);
          log.push(`touch ${name}`);
          break;
        default:
          write(name);
      }
      await live.quiet();
      const context = (): string => `step ${step}, seed ${seed}\n${log.slice(-5).join('\n')}`;
      const ours = await statusLines(root);
      const theirs = hgStatus(root);
      if (typeof theirs === 'string') continue;
      if (new Set(theirs.map(({ path: at }) => at)).size < theirs.length) {
        // A file that is large and ordinary at once.
        assert.match(String(ours), /^unsupported: .* is recorded twice/, context());
        await run('update', '-qC', '.');
        continue;
      }
      assert.deepEqual(ours, theirs.map(({ path: at, status }) => `${status} ${at}`).sort(), context());
      await live.quiet();
      live.assertEquals(
        theirs.map(({ path: at, status, source }) => ({ path: at, status, ...(source !== undefined && { source }) })),
        context,
      );
      large += fs.existsSync(path.join(root, '.hg', 'largefiles', 'dirstate')) ? 1 : 0;
    }
    if (LONG) assert.ok(large > STEPS / 2);
  });
}
