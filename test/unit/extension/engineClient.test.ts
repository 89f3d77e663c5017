import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import {
  CancellationToken,
  createMessageConnection,
  PortMessageReader,
  PortMessageWriter,
  type MessageConnection,
  type RequestType,
} from 'vscode-jsonrpc/node';
import { silentLogger } from '../../../src/base/log.ts';
import { EngineClient } from '../../../src/extension/engine/engineClient.ts';
import { restartDelay } from '../../../src/extension/engine/engineSupervisor.ts';
import type { EngineProcess } from '../../../src/extension/engine/engineTransport.ts';
import type { HgVerb } from '../../../src/hgCommand/hgCall.ts';
import { RunHg, type HgRunResult } from '../../../src/server/hgProtocol.ts';
import { Close, DidUpdate, FindRoot, Hint, Open, SetHgPolicy, type OpenOptions } from '../../../src/server/protocol.ts';
import { update } from './support.ts';

const options = (root: string): OpenOptions => ({ root, auditSeconds: 60, watchShare: 0.25 });

/** Engines that do nothing but note what they are told. */
class Engines {
  readonly told: string[] = [];
  readonly server: MessageConnection[] = [];
  readonly timers: { milliseconds: number; callback: () => void }[] = [];
  now = 0;
  readonly client: EngineClient;
  readonly #end: ((reason: string) => void)[] = [];
  readonly #commands = new Map<string, () => void>();

  constructor() {
    this.client = new EngineClient({
      start: () => this.#start(),
      log: silentLogger,
      schedule: (milliseconds, callback) => {
        const timer = { milliseconds, callback };
        this.timers.push(timer);
        return { dispose: () => void this.timers.splice(this.timers.indexOf(timer), 1) };
      },
      now: () => this.now,
    });
  }

  die(reason: string): void {
    this.#end.at(-1)!(reason);
  }

  runTimer(): number {
    const timer = this.timers.shift();
    assert.ok(timer, 'no timer waits');
    timer.callback();
    return timer.milliseconds;
  }

  /** Ends a command of hg, which the engine has been told to run before. */
  finish(command: string): void {
    this.#commands.get(command)!();
  }

  #start(): EngineProcess {
    const { port1, port2 } = new MessageChannel();
    const number = this.server.length + 1;
    const connection = createMessageConnection(new PortMessageReader(port2), new PortMessageWriter(port2));
    connection.onRequest(Open, ({ root }) => (this.told.push(`${number} open ${root}`), null));
    connection.onRequest(Close, ({ root }) => (this.told.push(`${number} close ${root}`), null));
    connection.onRequest(RunHg, async ({ verb }) => {
      await new Promise<void>(resolve => this.#commands.set(verb, resolve));
      return { kind: 'ended', code: 0, output: '', errors: '', notes: '' };
    });
    connection.onRequest(FindRoot, ({ path }) => {
      const root = `${number} root of ${path}`;
      return { root, system: 'hg' as const, realRoot: root, id: root, aliases: [] };
    });
    connection.onNotification(SetHgPolicy, ({ allow, path }) => void this.told.push(`${number} hg ${allow} ${path}`));
    connection.onNotification(Hint, ({ paths }) => void this.told.push(`${number} hint ${paths.join(' ')}`));
    connection.listen();
    this.server.push(connection);
    return {
      reader: new PortMessageReader(port1),
      writer: new PortMessageWriter(port1),
      onDidEnd: listener =>
        void this.#end.push(reason => {
          port1.close();
          listener(reason);
        }),
      terminate: () => {
        connection.dispose();
        port1.close();
      },
    };
  }
}

test('after the end of the client, a request starts no engine', async () => {
  const engines = new Engines();
  await engines.client.findRoot('/r/a', ['hg']);
  engines.client.dispose();
  await assert.rejects(engines.client.findRoot('/r/a', ['hg']), /the engine has ended/);
  assert.equal(engines.server.length, 1);
});

test('the engine starts with the first request, and updates of open repositories arrive', async () => {
  const engines = new Engines();
  try {
    assert.equal(engines.client.isRunning, false);
    await engines.client.open(options('/repo'));
    const causes: string[] = [];
    const twice = new Promise<void>(resolve => {
      engines.client.onDidUpdate(({ cause }) => {
        causes.push(cause);
        if (causes.length === 2) resolve();
      });
    });
    for (const parts of [{ cause: 'one' }, { root: '/closed', cause: 'not ours' }, { cause: 'two' }]) {
      await engines.server[0]!.sendNotification(DidUpdate, update(parts));
    }
    await twice;
    assert.deepEqual(causes, ['one', 'two']);
  } finally {
    engines.client.dispose();
  }
});

test('an engine that dies is started again after a growing delay, with the same repositories', async () => {
  const engines = new Engines();
  try {
    await engines.client.open(options('/a'));
    await engines.client.open(options('/b'));
    await engines.client.close('/a');
    const deaths: number[] = [];
    engines.client.onDidDie(({ deaths: count }) => deaths.push(count));
    engines.die('out of memory');
    engines.client.hint('/b', ['lost']);
    assert.equal(engines.runTimer(), 500);
    // Answered after the repositories were opened again: messages arrive in order.
    assert.equal((await engines.client.findRoot('/x', []))?.root, '2 root of /x');
    engines.die('again');
    // A request made while it is down waits for the next engine.
    const waiting = engines.client.findRoot('/y', []);
    assert.equal(engines.runTimer(), 2_000);
    assert.equal((await waiting)?.root, '3 root of /y');
    engines.now = 60_000;
    engines.die('after a long life');
    assert.equal(engines.timers[0]!.milliseconds, 500);
    assert.deepEqual(deaths, [1, 2, 1]);
    assert.deepEqual(engines.told, ['1 open /a', '1 open /b', '1 close /a', '2 open /b', '3 open /b']);
  } finally {
    engines.client.dispose();
  }
});

test('the delay has a limit', () => {
  assert.deepEqual([1, 2, 3, 4, 5, 50].map(restartDelay), [500, 2_000, 8_000, 32_000, 60_000, 60_000]);
});

test('an engine without repositories is ended, and started by the next request', async () => {
  const engines = new Engines();
  try {
    await engines.client.open(options('/a'));
    engines.client.stopIfIdle();
    assert.equal(engines.client.isRunning, true);
    await engines.client.close('/a');
    engines.client.stopIfIdle();
    assert.equal(engines.client.isRunning, false);
    engines.die('terminated');
    assert.equal(engines.timers.length, 0);
    assert.equal((await engines.client.findRoot('/x', []))?.root, '2 root of /x');
  } finally {
    engines.client.dispose();
  }
});

test('a command that changes something is not cut off when its repository, or the window, is closed', async () => {
  const engines = new Engines();
  const run = (verb: HgVerb, kind: 'read' | 'write'): Promise<HgRunResult> =>
    engines.client.runHg({ root: '/a', id: 1, verb, kind, isInteractive: false }, CancellationToken.None);
  await engines.client.open(options('/a'));
  const first = run('commit', 'write');
  await engines.client.close('/a');
  engines.client.stopIfIdle();
  assert.equal(engines.client.isRunning, true);
  engines.finish('commit');
  assert.equal((await first).kind, 'ended');
  assert.equal(engines.client.isRunning, false);

  const reading = run('log', 'read');
  const second = run('push', 'write');
  assert.equal((await engines.client.findRoot('/x', []))?.root, '2 root of /x');
  engines.client.dispose();
  assert.equal(engines.client.isRunning, true);
  engines.finish('push');
  assert.equal((await second).kind, 'ended');
  await engines.client.ended;
  assert.equal(engines.client.isRunning, false);
  await assert.rejects(reading);
});

test('whether hg may be started is told before anything is opened, and told again to the next engine', async () => {
  const engines = new Engines();
  try {
    engines.client.setHgPolicy({ allow: false, fallback: true, path: '' });
    await engines.client.open(options('/a'));
    engines.client.setHgPolicy({ allow: true, fallback: true, path: '/hg' });
    engines.die('out of memory');
    engines.runTimer();
    assert.equal((await engines.client.findRoot('/x', []))?.root, '2 root of /x');
    assert.deepEqual(engines.told, ['1 hg false ', '1 open /a', '1 hg true /hg', '2 hg true /hg', '2 open /a']);
  } finally {
    engines.client.dispose();
  }
});

test('a request type may come from a bundle with a copy of the library of its own', async () => {
  const engines = new Engines();
  try {
    type Find = RequestType<{ path: string; systems: readonly string[] }, { root: string } | null, void>;
    const own: Find = FindRoot;
    // The copy has objects of its own, which are not the same as those that the connection knows.
    const foreign = Object.assign(Object.create(null) as Find, {
      method: own.method,
      numberOfParams: 1,
      parameterStructures: Object.assign({}, own.parameterStructures),
    });
    const found = await engines.client.request(foreign, { path: '/file', systems: ['hg'] });
    assert.equal(found?.root, '1 root of /file');
  } finally {
    engines.client.dispose();
  }
});
