// The shared server's exact answers are those of `hg status` at that moment, right after any change; and it touches
// nothing but its own directory. An answer that is refused proves nothing, so refusals are counted.
//   SERVER_ROUNDS=5000 is the long form; SERVER_SEED repeats a run.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { hgEnvironment, HgServer, hgStatus } from '../support/hgServer.ts';
import { DaemonRig } from '../support/daemonRig.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';
import { RandomChanges } from '../support/randomChanges.ts';
import { bundle } from '../support/bundle.ts';
import { startedPrograms, straceArguments, touchingCalls } from '../support/systemCalls.ts';

const skip = process.platform === 'linux' ? false : 'only Linux has exact answers';
const ROUNDS = Number(process.env['SERVER_ROUNDS'] ?? 60);
const LEAST_ACCEPTED = 0.98;

describe('the shared server', { skip }, () => {
  const seed = seedFromEnvironment('SERVER_SEED');

  it(`answers as hg does, seed ${seed} (SERVER_SEED=${seed} repeats it)`, async t => {
    const rig = new DaemonRig();
    const root = path.join(rig.base, 'repo');
    spawnSync('hg', ['init', root], { env: hgEnvironment() });
    const hg = new HgServer(root);
    t.after(async () => {
      await hg.close();
      rig.dispose();
    });
    const changes = new RandomChanges(root, new Random(seed), hg);
    await changes.begin();
    await rig.daemon().start();
    let answers = 0;
    const refused: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await changes.step();
      const answer = await rig.answer('status', root);
      const expected = hgStatus(root);
      if (typeof expected === 'string') {
        // Rules at which hg aborts.
        assert.match(answer, /^refused/, expected);
        for (const file of ['.hgignore', 'extra.ignore', 'dir/.hgignore']) changes.removeAt(file);
        continue;
      }
      answers++;
      if (answer.startsWith('refused')) {
        refused.push(answer);
        continue;
      }
      const listed = answer
        .slice(answer.indexOf('|entries=') + 9)
        .split('|')
        .slice(1);
      const wanted = expected
        .filter(({ status }) => 'MAR!?'.includes(status))
        .flatMap(({ status, path: at, source }) => [
          `${status} ${at}`,
          ...(source === undefined ? [] : [`  ${source}`]),
        ]);
      assert.deepEqual(listed.sort(), wanted.sort(), `round ${round}:\n${changes.log.slice(-3).join('\n')}`);
    }
    assert.ok(answers > ROUNDS / 2, 'most states have a status');
    assert.ok(
      answers - refused.length >= answers * LEAST_ACCEPTED,
      `${answers} answers, refused: ${refused.join('; ')}`,
    );
  });

  it('writes, locks and starts nothing outside of its directory', async t => {
    const rig = new DaemonRig();
    t.after(() => rig.dispose());
    const root = path.join(rig.base, 'repo');
    spawnSync('hg', ['init', root], { env: hgEnvironment() });
    fs.writeFileSync(path.join(root, 'file'), 'one\n');
    spawnSync('hg', ['commit', '-qA', '-m', 'one', '-u', 'test'], { cwd: root, env: hgEnvironment() });
    const program = bundle('src/server/main/workerMain.ts', path.join(rig.base, 'worker.cjs'));
    const log = path.join(rig.base, 'strace.log');
    const server = spawn('strace', [...straceArguments(log), process.execPath, program, 'serve', '--foreground'], {
      env: { ...process.env, ...rig.variables },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await once(server.stderr, 'data');
    for (const content of ['two\n', 'three\n']) {
      fs.writeFileSync(path.join(root, 'file'), content);
      fs.writeFileSync(path.join(root, content.trim()), '');
      for (let answer = ''; !answer.startsWith('exact');) answer = await rig.answer('status', root);
      assert.match(await rig.answer('prompt', root), /^prompt\|b:default/);
    }
    assert.equal(await rig.answer('stop'), 'stopping');
    await once(server, 'exit');
    assert.deepEqual(touchingCalls(log, root), []);
    assert.deepEqual(startedPrograms(log), []);
    const written = fs
      .readFileSync(log, 'latin1')
      .split('\n')
      .filter(line => /open(?:at)?\(.*O_CREAT/.test(line) && !line.includes(rig.directory.path));
    assert.deepEqual(written, []);
    assert.deepEqual(fs.readdirSync(rig.directory.path).sort(), ['qs1.sock', 'server.log']);
  });
});
