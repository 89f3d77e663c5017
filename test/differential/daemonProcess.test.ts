// The shared server as processes: many that start at once, and the commands of `quicksilver daemon` as a user runs them.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { it, type TestContext } from 'node:test';
import { bundle } from '../support/bundle.ts';
import { DaemonRig } from '../support/daemonRig.ts';
import { hgEnvironment } from '../support/hgServer.ts';

const skip = process.platform === 'linux' ? false : 'only Linux starts it by default';
const TIMEOUT_MS = 300_000;
const LONG = process.env['QUICKSILVER_LONG'] === '1';
const ROUNDS = LONG ? 50 : 3;
const STARTERS = 20;

/** The command line and the server as packages have them: in one folder. */
function prepare(t: TestContext): { readonly rig: DaemonRig; readonly cli: string; readonly worker: string } {
  const rig = new DaemonRig();
  t.after(() => rig.dispose());
  const cli = bundle('src/cli/main.ts', path.join(rig.base, 'dist', 'cli.cjs'));
  const worker = bundle('src/server/main/workerMain.ts', path.join(rig.base, 'dist', 'worker.cjs'));
  return { rig, cli, worker };
}

interface Facts {
  readonly process: number;
}

async function runningProcess(rig: DaemonRig): Promise<number> {
  const [, server = ''] = (await rig.answer('info')).split('|');
  return (JSON.parse(server) as Facts).process;
}

it(
  `of ${STARTERS} processes that start at once one stays, and the others end`,
  { skip, timeout: TIMEOUT_MS },
  async t => {
    const { rig, worker } = prepare(t);
    const env = { ...process.env, ...rig.variables };
    for (let round = 0; round < ROUNDS; round++) {
      const all: ChildProcess[] = [];
      t.after(() => all.forEach(each => each.kill('SIGKILL')));
      for (let i = 0; i < STARTERS; i++) {
        all.push(spawn(process.execPath, [worker, 'serve', '--foreground'], { env, stdio: 'ignore' }));
      }
      const ends = all.map(each => once(each, 'exit') as Promise<[number | null, string | null]>);
      // All but one: that one is found by what the others leave.
      await new Promise<void>(resolve => {
        let ended = 0;
        for (const end of ends) void end.then(() => ++ended === STARTERS - 1 && resolve());
      });
      const left = all.filter(each => each.exitCode === null && each.signalCode === null);
      assert.equal(left.length, 1);
      assert.ok(
        all.every(each => each === left[0] || each.exitCode === 0),
        'a start beside a server that runs is no failure',
      );
      assert.equal(await runningProcess(rig), left[0]!.pid);
      assert.equal(await rig.answer('stop'), 'stopping');
      assert.deepEqual(await ends[all.indexOf(left[0]!)], [0, null]);
      const files = fs.readdirSync(rig.directory.path).filter(name => !name.endsWith('.log'));
      assert.deepEqual(files, ['qs1.sock'], 'only the name that the next server replaces is left');
    }
  },
);

it('the commands of a user start, show and stop it', { skip, timeout: TIMEOUT_MS }, async t => {
  const { rig, cli } = prepare(t);
  const run = (
    ...args: readonly string[]
  ): { readonly code: number | null; readonly out: string; readonly err: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'daemon', ...args], {
      env: { ...process.env, ...rig.variables },
      encoding: 'utf8',
    });
    return { code: status, out: stdout, err: stderr };
  };
  for (const verb of ['status', 'list', 'stop']) assert.deepEqual([run(verb).code, run(verb).out], [255, ''], verb);
  assert.deepEqual(run('start', '--idle-seconds', '600'), { code: 0, out: '', err: '' });
  const first = await runningProcess(rig);
  assert.deepEqual(run('start'), { code: 0, out: '', err: '' });
  assert.equal(await runningProcess(rig), first, 'it is not started twice');
  assert.match(run('status').out, new RegExp(`^server \\d+\\.\\d+\\.\\d+, process ${first}, up \\d+ s\\n`));
  assert.equal((JSON.parse(run('status', '--json').out) as Facts).process, first);
  assert.equal(run('list').code, 0);
  assert.equal(run('stop').code, 0);
  for (;;) {
    t.signal.throwIfAborted();
    if ((await rig.ask('info')).kind === 'absent') break;
  }
  const foreground = spawn(process.execPath, [cli, 'daemon', 'run'], {
    env: { ...process.env, ...rig.variables },
    stdio: 'ignore',
  });
  t.after(() => foreground.kill('SIGKILL'));
  const ended = once(foreground, 'exit');
  for (;;) {
    t.signal.throwIfAborted();
    if ((await rig.ask('info')).kind === 'answer') break;
  }
  foreground.kill('SIGINT');
  await ended;
  assert.equal((await rig.ask('info')).kind, 'absent', 'it ends with its terminal');
});

it('hg takes the lines for an hgrc', { skip, timeout: TIMEOUT_MS }, t => {
  const { rig, cli } = prepare(t);
  fs.cpSync(path.join(import.meta.dirname, '../../hgext'), path.join(rig.base, 'hgext'), { recursive: true });
  const lines = execFileSync(process.execPath, [cli, 'daemon', 'hg-setup'], { encoding: 'utf8' });
  const hgrc = path.join(rig.base, 'hgrc');
  fs.writeFileSync(hgrc, lines);
  const root = path.join(rig.base, 'repo');
  const env = { ...hgEnvironment(hgrc), ...rig.variables, HGRCPATH: hgrc };
  execFileSync('hg', ['init', root], { env });
  fs.writeFileSync(path.join(root, 'one'), '');
  const said = execFileSync('hg', ['-R', root, 'status', '--debug'], { env, encoding: 'utf8' });
  assert.match(said, /^quicksilver: /m, 'the extension is loaded');
  assert.match(said, /^\? one$/m);
});
