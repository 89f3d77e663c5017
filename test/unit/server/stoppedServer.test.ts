// A server that is stopped, or hangs, keeps its socket open. Windows notice it, and go on by themselves.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { nextTurn } from '../../../src/base/async.ts';
import { silentLogger } from '../../../src/base/log.ts';
import * as protocol from '../../../src/server/protocol.ts';
import { SharedModels } from '../../../src/server/sharedModels.ts';
import { bundle } from '../../support/bundle.ts';
import { bareRepository, DaemonRig } from '../../support/daemonRig.ts';
import { keepRunning } from '../../support/keepRunning.ts';
import { WindowRig } from '../../support/windowRig.ts';

const skip = process.platform === 'linux' ? false : 'the server is stopped by SIGSTOP';

interface Prepared {
  readonly rig: DaemonRig;
  readonly root: string;
  readonly server: ChildProcess;
  readonly program: string;
}

async function prepare(t: TestContext): Promise<Prepared> {
  const rig = new DaemonRig();
  keepRunning(t);
  t.after(() => rig.dispose());
  const root = bareRepository(path.join(rig.base, 'repo'));
  fs.writeFileSync(path.join(root, 'one'), '');
  const program = bundle('src/server/main/workerMain.ts', path.join(rig.base, 'programs', 'worker.cjs'));
  return { rig, root, server: await start(t, rig, program), program };
}

async function start(t: TestContext, rig: DaemonRig, program: string): Promise<ChildProcess> {
  const env = { ...process.env, ...rig.variables };
  const server = spawn(process.execPath, [program, 'serve', '--foreground'], { env, stdio: 'ignore' });
  t.after(async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  });
  const answers = async (): Promise<boolean> => {
    const asked = await rig.ask('info');
    return asked.kind === 'answer' && asked.answer.fields.some(field => field.includes(`"process":${server.pid}`));
  };
  while (!(await answers())) await nextTurn();
  return server;
}

function isStopped({ pid }: ChildProcess): boolean {
  return fs.readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\)/, '').includes(' T ');
}

async function stop(server: ChildProcess): Promise<void> {
  server.kill('SIGSTOP');
  while (!isStopped(server)) await nextTurn();
}

describe('a stopped server', { skip }, () => {
  test('is left by the windows that use it, and requests are answered', async t => {
    const { rig, root, server } = await prepare(t);
    const window = new WindowRig(rig);
    t.after(() => window.dispose());
    await window.open(root);
    await window.until(() => window.entries.has('one') && window.state === 'ready');
    assert.ok(window.usesServer);
    await stop(server);
    fs.writeFileSync(path.join(root, 'two'), '');
    const settled = window.connection.sendRequest(protocol.Settle, { root });
    const query = { root, path: 'one', revision: 'base', withBytes: false } as const;
    const content = await window.connection.sendRequest(protocol.Content, query);
    await settled;
    assert.equal(content.kind, 'none');
    await window.until(() => window.entries.has('two') && window.state === 'ready');
    assert.ok(window.log.some(line => line.includes('the shared server is gone')));
  });

  test('is noticed without a request, too', async t => {
    const { rig, root, server } = await prepare(t);
    const window = new WindowRig(rig);
    t.after(() => window.dispose());
    await window.open(root);
    await window.until(() => window.entries.has('one') && window.state === 'ready');
    await stop(server);
    fs.writeFileSync(path.join(root, 'two'), '');
    await window.until(() => window.entries.has('two'));
  });

  test('costs the opening of repositories a quarter of a second, once', async t => {
    const { rig, root, server } = await prepare(t);
    const roots = [root, ...['a', 'b', 'c'].map(name => bareRepository(path.join(rig.base, name)))];
    await stop(server);
    const said: string[] = [];
    const models = new SharedModels({
      variables: rig.variables,
      logger: { ...silentLogger, warn: message => void said.push(message) },
      window: process.pid,
      mayStart: () => true,
      startServer: () => void said.push('start'),
      ...{ relay: () => undefined, takeOver: () => undefined, release: () => undefined },
    });
    t.after(() => models.dispose());
    const open = async (at: string): Promise<void> => {
      const { dev, ino } = fs.statSync(at, { bigint: true });
      const options = { root: at, auditSeconds: 0, watchShare: 0.5, sharing: 'auto' } as const;
      assert.equal(await models.open(options, `${dev}:${ino}`), false);
    };
    // Timers show how long: the server has two seconds to greet, in which the first repository must be open.
    const first = performance.now();
    await open(roots[0]!);
    assert.ok(performance.now() - first >= 200);
    assert.deepEqual(said, [], 'it did not wait until the server was given up');
    // No other one waits, not even for the next turn of timers.
    let hasWaited = false;
    const timer = setImmediate(() => (hasWaited = true));
    await open(roots[1]!);
    clearImmediate(timer);
    assert.ok(!hasWaited);
    while (said.length === 0) await nextTurn();
    assert.deepEqual(said, ['the shared server is stopped or hangs', 'start']);
    hasWaited = false;
    const later = setImmediate(() => (hasWaited = true));
    await open(roots[2]!);
    clearImmediate(later);
    assert.ok(!hasWaited);
  });

  test('loses its name to a new one, to which windows move, and ends when it goes on', async t => {
    const { rig, root, server, program } = await prepare(t);
    const window = new WindowRig(rig);
    t.after(() => window.dispose());
    await window.open(root);
    await window.until(() => window.entries.has('one') && window.state === 'ready');
    await stop(server);
    const ended = once(server, 'exit');
    await start(t, rig, program);
    await window.until(() => window.log.some(line => line.includes('its model is in the shared server now')));
    fs.writeFileSync(path.join(root, 'two'), '');
    await window.until(() => window.entries.has('two'));
    assert.equal(window.leastEntries, 1, 'no update left the list empty');
    server.kill('SIGCONT');
    assert.deepEqual(await ended, [0, null]);
    assert.equal((await rig.ask('info')).kind, 'answer');
  });

  test('that goes on after a window gave up waiting is used', async t => {
    const { rig, root, server } = await prepare(t);
    await stop(server);
    const window = new WindowRig(rig, undefined, {}, process.pid, 1);
    t.after(() => window.dispose());
    await window.open(root);
    server.kill('SIGCONT');
    await window.until(() => window.log.some(line => line.includes('its model is in the shared server now')));
    fs.writeFileSync(path.join(root, 'two'), '');
    await window.until(() => window.entries.has('two'));
    assert.equal(window.leastEntries, 1, 'no update left the list empty');
  });
});
