// A Watchman that runs already reports changes in directories without a watch. The real one is asked where it is
// installed; a stand-in sends what no real one does.
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { nextTurn } from '../../../../src/base/async.ts';
import { bytePath, type BytePath } from '../../../../src/base/bytePath.ts';
import { silentLogger } from '../../../../src/base/log.ts';
import {
  bserLength,
  decodeBser,
  encodeBser,
  type BserObject,
  type BserValue,
} from '../../../../src/workingCopy/watch/bser.ts';
import { withWatchman } from '../../../../src/workingCopy/watch/createTreeWatcher.ts';
import { DirectoryWatcher } from '../../../../src/workingCopy/watch/treeWatcher.ts';
import { findWatchmanSocket, watchmanSockets } from '../../../../src/workingCopy/watch/watchmanSocket.ts';
import { WatchmanSource } from '../../../../src/workingCopy/watch/watchmanSource.ts';
import { currentEnvironment } from '../../../../src/files/environment.ts';
import { Hub } from '../../../../src/server/hub.ts';
import { bareRepository } from '../../../support/daemonRig.ts';
import { Conditions } from '../../../support/conditions.ts';
import { keepRunning } from '../../../support/keepRunning.ts';
import { removeTree } from '../../../../scripts/lib/remove-tree.mjs';

const skip = process.platform === 'linux' ? false : 'only Linux has one watch for each directory';
const skipReal = spawnSync('watchman', ['--version']).status === 0 ? skip : 'Watchman is not installed';

/** A folder, and the hints for the working copy in it. */
class Rig {
  readonly base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'qsw-')));
  readonly root = path.join(this.base, 'above', 'repo');
  readonly socket = path.join(this.base, 'state', 'sock');
  readonly hints: BytePath[] = [];
  readonly log: string[] = [];
  readonly #conditions = new Conditions();

  constructor(t: TestContext) {
    fs.mkdirSync(path.dirname(this.socket), { mode: 0o700 });
    fs.mkdirSync(path.join(this.root, '.hg'), { recursive: true });
    fs.mkdirSync(path.join(this.root, 'sub', 'deep'), { recursive: true });
    keepRunning(t);
    t.after(() => removeTree(this.base));
  }

  get logger(): typeof silentLogger {
    return { ...silentLogger, info: text => this.#said(text), warn: text => this.#said(text) };
  }

  take(hint: BytePath): void {
    this.hints.push(hint);
    this.#conditions.check();
  }

  /** Resolves when something holds, which is asked whenever there is a hint or a line of the log. */
  until(holds: () => boolean): Promise<void> {
    return this.#conditions.until(holds);
  }

  #said(text: string): void {
    this.log.push(text);
    this.#conditions.check();
  }
}

async function startWatchman(t: TestContext, { base, socket }: Rig): Promise<ChildProcess> {
  const files = ['logfile', 'pidfile'].map(name => `--${name}=${path.join(base, 'state', name)}`);
  const child = spawn('watchman', ['--foreground', '--no-save-state', `--sockname=${socket}`, ...files], {
    stdio: 'ignore',
  });
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  });
  while (!(await answers(socket))) await nextTurn();
  return child;
}

function answers(socket: string): Promise<boolean> {
  return new Promise(resolve => {
    const connection = net.connect(socket);
    connection.on('connect', () => {
      connection.destroy();
      resolve(true);
    });
    connection.on('error', () => resolve(false));
  });
}

/** Sends one command, as any client would. */
async function command(socket: string, ...words: readonly BserValue[]): Promise<BserObject> {
  const connection = net.connect(socket);
  let received = Buffer.alloc(0);
  connection.write(encodeBser(words));
  for await (const bytes of connection) {
    received = Buffer.concat([received, bytes as Buffer]);
    const length = bserLength(received, 1 << 20);
    if (length === undefined || length > received.length) continue;
    connection.destroy();
    return decodeBser(received.subarray(0, length)) as BserObject;
  }
  throw new Error('no answer');
}

/** Watches the root alone: the limit has no more. */
function watchRoot(t: TestContext, rig: Rig): void {
  const options = { root: rig.root, controlName: '.hg', share: 1, logger: rig.logger };
  const watcher = withWatchman(new DirectoryWatcher(options, 1), options, () => rig.socket);
  t.after(() => watcher.dispose());
  watcher.onHint(hint => rig.take(hint));
  watcher.watch(bytePath(''), true);
  assert.deepEqual(rig.log, []);
  for (const directory of ['sub', 'sub/deep']) watcher.watch(bytePath(directory), true);
  assert.equal(watcher.watched, 1);
  assert.ok(!watcher.complete, 'no answer is exact');
}

describe('the real Watchman', { skip: skipReal }, () => {
  for (const [name, above] of [
    ['the working copy', ''],
    ['a directory above', '..'],
  ] as const) {
    test(`that watches ${name} reports changes without a watch`, async t => {
      const rig = new Rig(t);
      const watchman = await startWatchman(t, rig);
      await command(rig.socket, 'watch', path.join(rig.root, above));
      watchRoot(t, rig);
      await rig.until(() => rig.hints.includes(bytePath('')));
      assert.ok(rig.log.some(line => line.startsWith('Watchman reports')));
      for (const file of ['sub/deep/file', 'sub/deep/\xc3\xa9', 'sub/deep/\xe9', 'sub/new/file']) {
        const at = Buffer.from(`${rig.root}/${file}`, 'latin1');
        fs.mkdirSync(at.subarray(0, at.lastIndexOf('/')), { recursive: true });
        fs.writeFileSync(at, '');
        await rig.until(() => rig.hints.includes(bytePath(file)));
      }
      fs.rmSync(path.join(rig.root, 'sub/deep/file'));
      rig.hints.length = 0;
      await rig.until(() => rig.hints.includes(bytePath('sub/deep/file')));
      fs.writeFileSync(path.join(rig.root, '.hg', 'dirstate'), '');
      await rig.until(() => rig.hints.includes(bytePath('.hg')));
      assert.ok(rig.hints.every(hint => hint === '.hg' || !hint.startsWith('.hg')));

      // Its end may have lost events.
      rig.hints.length = 0;
      watchman.kill('SIGKILL');
      await rig.until(() => rig.hints.includes(bytePath('')));
      assert.match(rig.log.at(-1) ?? '', /^Watchman is not asked/);
    });
  }

  test('keeps a status current without a single watch and without audits', async t => {
    const rig = new Rig(t);
    await startWatchman(t, rig);
    bareRepository(rig.root);
    await command(rig.socket, 'watch', rig.root);
    const before = process.env['WATCHMAN_SOCK'];
    process.env['WATCHMAN_SOCK'] = rig.socket;
    t.after(() => {
      if (before === undefined) delete process.env['WATCHMAN_SOCK'];
      else process.env['WATCHMAN_SOCK'] = before;
    });
    const hub = new Hub(rig.logger);
    t.after(() => hub.dispose());
    const how = { environment: currentEnvironment(), auditSeconds: 0, watchShare: 0 };
    const lease = hub.share({ root: rig.root, ...how });
    const paths = new Set<string>();
    lease.repository.onDidUpdate(({ changes }) => {
      for (const { path: at, entry } of changes) {
        if (entry === undefined) paths.delete(at);
        else paths.add(at);
      }
      rig.take(bytePath('update'));
    });
    lease.start();
    await rig.until(() => rig.log.some(line => line.includes('Watchman reports')));
    await lease.repository.model.settle();
    for (const name of ['one', 'sub/deep/two']) {
      fs.writeFileSync(path.join(rig.root, name), '');
      await rig.until(() => paths.has(name));
    }
    fs.rmSync(path.join(rig.root, 'one'));
    await rig.until(() => !paths.has('one'));
    assert.equal(lease.repository.watcher.watched, 0);
  });

  test('is not made to watch anything', async t => {
    const rig = new Rig(t);
    await startWatchman(t, rig);
    const other = path.join(rig.base, 'above', 'rep');
    fs.mkdirSync(other);
    await command(rig.socket, 'watch', other);
    watchRoot(t, rig);
    await rig.until(() => rig.log.some(line => line.includes('it does not watch this working copy')));
    assert.deepEqual((await command(rig.socket, 'watch-list'))['roots'], [other]);
    assert.deepEqual(fs.readdirSync(path.join(rig.root, '.hg')), []);
  });

  test('that stops to watch is no longer relied on', async t => {
    const rig = new Rig(t);
    await startWatchman(t, rig);
    await command(rig.socket, 'watch', rig.root);
    watchRoot(t, rig);
    await rig.until(() => rig.hints.includes(bytePath('')));
    rig.hints.length = 0;
    await command(rig.socket, 'watch-del', rig.root);
    await rig.until(() => rig.hints.includes(bytePath('')));
    assert.match(rig.log.at(-1) ?? '', /no longer watches/);
  });
});

describe('a stand-in for Watchman', { skip }, () => {
  /** Answers the commands that come before events, then sends these bytes. */
  async function send(t: TestContext, rig: Rig, events: readonly Buffer[]): Promise<WatchmanSource> {
    const answer: Record<string, BserObject> = {
      'watch-list': { roots: [rig.root] },
      clock: { clock: 'c:1' },
      subscribe: { subscribe: 'quicksilver' },
    };
    const server = net.createServer(connection => {
      connection.on('error', () => connection.destroy());
      connection.on('data', bytes => {
        const [name] = decodeBser(bytes) as readonly string[];
        connection.write(encodeBser(answer[name ?? ''] ?? { error: `no ${name}` }));
        if (name === 'subscribe') for (const each of events) connection.write(each);
      });
    });
    await new Promise<void>(resolve => server.listen(rig.socket, resolve));
    const { root, logger, socket } = rig;
    const source = new WatchmanSource({
      ...{ root, logger, controlName: '.hg' },
      socket: () => socket,
      hint: each => rig.take(each),
    });
    t.after(() => {
      source.dispose();
      server.close();
    });
    source.start();
    return source;
  }

  const event = (files: readonly string[], more: BserObject = {}): Buffer =>
    encodeBser({ subscription: 'quicksilver', files, ...more });

  test('has lost events if it begins anew, and names too many', async t => {
    for (const lost of [
      event(['a'], { is_fresh_instance: true }),
      event(Array.from({ length: 10_001 }, (_, i) => `f${i}`)),
    ]) {
      const rig = new Rig(t);
      await send(t, rig, [lost, event(['end'])]);
      await rig.until(() => rig.hints.includes(bytePath('end')));
      assert.deepEqual(rig.hints, ['', '', 'end']);
    }
  });

  test('may send its messages in any pieces', async t => {
    const rig = new Rig(t);
    const all = Buffer.concat([event(['one', '.hg/x', '.hg/y']), event([]), event(['two'])]);
    await send(
      t,
      rig,
      Array.from(all, byte => Buffer.from([byte])),
    );
    await rig.until(() => rig.hints.includes(bytePath('two')));
    assert.deepEqual(rig.hints, ['', 'one', '.hg', 'two']);
  });

  test('that sends nonsense is left, and not asked again at once', async t => {
    for (const nonsense of [
      Buffer.from('{"files":["a"]}\n'),
      Buffer.from([0, 1, 5, 0xff, 0xff, 0xff, 0x7f]),
      Buffer.from([0, 1, 3, 2, 99, 99]),
      Buffer.from([0, 1, 3, 3, 0, 3, 100]),
      event([], { canceled: true }),
    ]) {
      const rig = new Rig(t);
      const source = await send(t, rig, [nonsense]);
      await rig.until(() => rig.log.some(line => line.startsWith('Watchman is not asked')));
      assert.ok(!source.isFollowing);
      assert.ok(rig.hints.every(hint => hint === ''));
      const lines = rig.log.length;
      source.start();
      assert.equal(rig.log.length, lines);
    }
  });
});

test('values are the same after encoding and decoding', () => {
  const values: readonly BserValue[] = [
    ['watch-list'],
    { a: [1, -1, 127, 128, 70_000, -70_000, true, false, null, '', '\xe9\0'], b: { c: [] }, d: {} },
    [],
  ];
  for (const value of values) {
    const message = encodeBser(value);
    assert.equal(bserLength(message, 1 << 20), message.length);
    for (let end = 0; end < message.length; end++) {
      const length = bserLength(message.subarray(0, end), 1 << 20);
      assert.ok(length === undefined || length === message.length);
      if (end > 2) assert.throws(() => decodeBser(message.subarray(0, end)));
    }
    assert.deepEqual(decodeBser(message), value);
  }
  // As in Watchman's documentation: objects that share their names, one without the second value.
  const names = [0, 3, 2, 2, 3, 4, ...Buffer.from('name'), 2, 3, 3, ...Buffer.from('age')];
  const template = [11, ...names, 3, 2, 2, 3, 4, ...Buffer.from('fred'), 3, 20, 2, 3, 4, ...Buffer.from('pete'), 12];
  assert.deepEqual(decodeBser(Buffer.from([0, 1, 3, template.length, ...template])), [
    { name: 'fred', age: 20 },
    { name: 'pete' },
  ]);
});

test('a socket is looked for in the documented places, and must be the user’s', { skip }, t => {
  const variables = { USER: 'ada', HOME: '/home/ada', TMPDIR: '/tmp/ada' };
  assert.deepEqual(watchmanSockets(variables), [
    '/home/ada/.local/state/watchman/ada-state/sock',
    '/usr/local/var/run/watchman/ada-state/sock',
    '/run/watchman/ada-state/sock',
    '/var/run/watchman/ada-state/sock',
    '/tmp/ada/ada-state/sock',
  ]);
  assert.deepEqual(watchmanSockets({ ...variables, WATCHMAN_SOCK: '/run/x' }), ['/run/x']);
  assert.deepEqual(watchmanSockets({ ...variables, WATCHMAN_SOCK: 'x' }), []);
  assert.deepEqual(watchmanSockets({ ...variables, USER: '../x' }), []);

  const rig = new Rig(t);
  const found = (): string | undefined => findWatchmanSocket({ WATCHMAN_SOCK: rig.socket });
  assert.equal(found(), undefined);
  fs.writeFileSync(rig.socket, '');
  assert.equal(found(), undefined, 'a file');
  fs.rmSync(rig.socket);
  const server = net.createServer().listen(rig.socket);
  t.after(() => server.close());
  assert.equal(found(), rig.socket);
  fs.chmodSync(path.dirname(rig.socket), 0o777);
  assert.equal(found(), undefined, 'others may replace it');
});
