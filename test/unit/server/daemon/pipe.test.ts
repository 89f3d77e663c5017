// The server behind a named pipe, as on Windows: a file names the pipe, and both sides prove that they can read it.
// Elsewhere a socket of a random name takes the place of the pipe.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { silentLogger } from '../../../../src/base/log.ts';
import {
  mountNamespace,
  RuntimeDirectory,
  runtimeDirectory,
  runtimeDirectoryPath,
} from '../../../../src/daemon/runtimeDirectory.ts';
import { clientProof, isClientProof, isServerProof, serverProof } from '../../../../src/daemon/proof.ts';
import { askAt, type Asked } from '../../../../src/daemon/shortClient.ts';
import { encodeRequest } from '../../../../src/daemon/shortForm.ts';
import { Daemon } from '../../../../src/server/daemon/daemon.ts';
import { SharedModels } from '../../../../src/server/sharedModels.ts';
import { greet, type LinkEvents } from '../../../../src/server/serverLink.ts';
import { removeTree } from '../../../../scripts/lib/remove-tree.mjs';
import { exchange } from '../../../support/daemonRig.ts';

const MS = 60_000;
const NO_EVENTS: LinkEvents = {
  onNotice: () => undefined,
  onDecline: () => undefined,
  onSuperseded: () => undefined,
  onClosed: () => undefined,
};

class PipeRig {
  readonly base = fs.mkdtempSync(path.join(os.tmpdir(), 'qsp-'));
  readonly #pipes =
    process.platform === 'win32' ? `\\\\.\\pipe\\quicksilver-test-${process.pid}-` : path.join(this.base, 'pipe-');
  readonly directory = new RuntimeDirectory(path.join(this.base, 'run'), this.#pipes);
  readonly #daemons: Daemon[] = [];

  constructor(t: TestContext) {
    this.directory.make();
    t.after(() => {
      for (const daemon of this.#daemons) daemon.dispose();
      removeTree(this.base);
    });
  }

  daemon(): Daemon {
    const limits = {
      idleMs: MS,
      unloadMs: MS,
      memoryBytes: 1 << 30,
      watchShare: 0.25,
      process: 1000 + this.#daemons.length,
    };
    const daemon = new Daemon({ directory: this.directory, logger: silentLogger, ...limits });
    this.#daemons.push(daemon);
    return daemon;
  }

  ask(method: string): Promise<Asked> {
    const { door } = this.directory;
    return door === undefined ? Promise.resolve({ kind: 'absent' }) : askAt(door, method, {}, {}, MS, MS);
  }
}

test('the runtime directory of Windows is in the folder for local data', () => {
  const LOCALAPPDATA = 'C:\\Users\\ada\\AppData\\Local';
  assert.equal(runtimeDirectoryPath({ LOCALAPPDATA }, 'win32'), `${LOCALAPPDATA}\\quicksilver`);
  assert.equal(runtimeDirectoryPath({ LOCALAPPDATA, QUICKSILVER_RUNTIME_DIRECTORY: 'D:\\run' }, 'win32'), 'D:\\run');
  for (const variables of [{}, { LOCALAPPDATA: '' }, { LOCALAPPDATA: 'Local' }, { XDG_RUNTIME_DIR: '/run/user/1' }]) {
    assert.equal(runtimeDirectory(variables, 'win32'), undefined);
  }
});

test('a proof is worth something for its side, nonce and secret alone', () => {
  const { nonce, proof } = clientProof('secret');
  assert.ok(isClientProof('secret', nonce, proof));
  assert.ok(!isClientProof('other', nonce, proof));
  assert.ok(
    !isClientProof(
      'secret',
      nonce.replace(/^./, c => (c === '0' ? '1' : '0')),
      proof,
    ),
  );
  assert.ok(isServerProof('secret', nonce, serverProof('secret', nonce)));
  assert.ok(!isServerProof('secret', nonce, proof), 'it cannot be sent back');
  for (const sent of [undefined, null, 5, '', {}, [proof], `${proof}0`])
    assert.ok(!isClientProof('secret', nonce, sent));
  for (const sent of [undefined, 5, '', 'x']) assert.ok(!isClientProof('secret', sent, proof));
});

test('a window on Windows uses a server only if the setting is on', async () => {
  const log: string[] = [];
  let mayStart = 0;
  const models = new SharedModels({
    variables: {},
    logger: { ...silentLogger, info: text => log.push(text) },
    platform: 'win32',
    mayStart: () => {
      mayStart++;
      return false;
    },
    startServer: () => assert.fail('a server is started'),
    relay: () => undefined,
    takeOver: () => undefined,
    release: () => undefined,
    window: process.pid,
  });
  const options = { root: 'C:\\repo', auditSeconds: 0, watchShare: 0 };
  assert.equal(await models.open({ ...options, sharing: 'auto' }, '1:2'), false);
  assert.match(log.join(), /C:\\repo: no shared server is used, because quicksilver\.server is not 'on'/);
  assert.equal(mayStart, 0);
  models.dispose();
});

describe('a server behind a pipe', () => {
  test('answers who can read its file, and nobody else', async t => {
    const rig = new PipeRig(t);
    assert.equal((await rig.ask('info')).kind, 'absent');
    await rig.daemon().start();
    assert.equal((await rig.ask('info')).kind, 'answer');
    const { door } = rig.directory;
    assert.ok(door?.secret !== undefined);
    assert.ok(!fs.readdirSync(rig.directory.path).some(name => /^p\d/.test(name)), 'the private name is gone');

    const wrong = clientProof('0'.repeat(64));
    const hello = { protocol: [1, 1], mount: mountNamespace(), environment: {} };
    const rpc = (params: object): string => `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'hello', params })}\n`;
    for (const bytes of [
      encodeRequest('info', {}, {}),
      encodeRequest('stop', { ...wrong }, {}),
      'GET / HTTP/1.0\r\n\r\n',
      rpc(hello),
      rpc({ ...hello, ...wrong }),
      rpc({ ...hello, nonce: 5, proof: {} }),
    ]) {
      assert.equal(await exchange(door.address, bytes), '', bytes);
    }
    const reached = { socket: net.connect(door.address), door };
    const { welcome, socket } = await greet(reached, {}, NO_EVENTS);
    assert.equal(welcome.proof?.length, 64);
    socket.destroy();
    assert.equal((await rig.ask('stop')).kind, 'answer');
  });

  test('is not believed if another program has taken the name', async t => {
    const rig = new PipeRig(t);
    const daemon = rig.daemon();
    await daemon.start();
    const { door } = rig.directory;
    assert.ok(door !== undefined);
    daemon.dispose();
    assert.equal((await rig.ask('info')).kind, 'absent');
    let asked = '';
    const liar = net.createServer(socket => {
      socket.on('error', () => socket.destroy());
      socket.on('data', bytes => {
        asked += bytes.toString('latin1');
        const proof = /proof["=:]+([0-9a-f]{64})/.exec(asked)?.[1] ?? '';
        const welcome = { protocol: [1, 1], build: '1', serverId: '1', proof };
        if (asked.startsWith('{')) socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: 0, result: welcome })}\n`);
        else socket.end(`proof=${proof}\0exact\0entries=\0? lie\0end\0\0`);
      });
    });
    await new Promise<void>(resolve => liar.listen(door.address, resolve));
    t.after(() => new Promise(resolve => liar.close(resolve)));
    assert.equal((await rig.ask('status')).kind, 'silent');
    assert.ok(!asked.includes(door.secret ?? ''), 'the secret is not sent');
    asked = '';
    await assert.rejects(greet({ socket: net.connect(door.address), door }, {}, NO_EVENTS), /taken the name/);
    assert.ok(asked.length > 0 && !asked.includes(door.secret ?? ''));
  });

  test('of twenty that start at once is one', async t => {
    const rig = new PipeRig(t);
    const states = Array.from({ length: 20 }, () => ({ daemon: rig.daemon(), isOver: false }));
    for (const state of states) void state.daemon.ended.then(() => (state.isOver = true));
    await Promise.all(states.map(({ daemon }) => daemon.start()));
    const running = (): Daemon[] => states.flatMap(({ daemon, isOver }) => (isOver ? [] : [daemon]));
    while (running().length > 1) await Promise.race(running().map(({ ended }) => ended));
    const asked = await rig.ask('info');
    assert.ok(asked.kind === 'answer');
    assert.ok(asked.answer.fields[0]?.includes(running()[0]!.serverId));
    assert.deepEqual(fs.readdirSync(rig.directory.path), ['qs1.json']);
  });

  test('is not found by a file of another form', t => {
    const { directory } = new PipeRig(t);
    const door = directory.newDoor(1);
    directory.announce(1, door);
    directory.publish(directory.privateAddress(1));
    assert.deepEqual(directory.door, door);
    const right = fs.readFileSync(directory.address, 'utf8');
    for (const text of [
      ...['', 'null', '{}', `${right} `, right.slice(0, -1), JSON.stringify({ ...door, secret: '' })],
      ...['\\\\server\\pipe\\x', '127.0.0.1', '/tmp/x'].map(address => JSON.stringify({ ...door, address })),
      JSON.stringify({ ...door, address: `${door.address}/../x` }),
      right + ' '.repeat(5000),
    ]) {
      fs.writeFileSync(directory.address, text);
      assert.equal(directory.door, undefined, text);
    }
    fs.rmSync(directory.address);
    assert.equal(directory.door, undefined);
  });
});
