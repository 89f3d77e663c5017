// Servers that clients do without: a socket of another user in the own directory, which only root could put there, and
// one that drops connections.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as net from 'node:net';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { test, type TestContext } from 'node:test';
import { askServer } from '../../../src/daemon/shortClient.ts';
import { isOwnPeer } from '../../../src/server/daemon/peerUser.ts';
import { connectToServer } from '../../../src/server/serverLink.ts';
import { loadNative } from '../../../src/status/bulk/native.ts';
import { bareRepository, DaemonRig } from '../../support/daemonRig.ts';
import { hgEnvironment } from '../../support/hgServer.ts';
import { compileClient, has, skipClient } from '../../support/nativeClient.ts';

const OTHER = 65_534;
const isRoot = process.platform === 'linux' && process.geteuid?.() === 0;
const skip = isRoot && has('python3') && has('hg') ? skipClient : 'only root can give a socket to another user';

/** Listens as a user, and prints a line for each client that sends something: its first word. */
const LISTENER = `
import os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
os.setuid(int(sys.argv[2]))
server.listen(8)
print('listens', flush=True)
while True:
    client, _ = server.accept()
    client.settimeout(20)
    try:
        print('asked' if client.recv(1) else 'left', flush=True)
    except OSError:
        print('left', flush=True)
    client.close()
`;

async function reactions(t: TestContext, user: number): Promise<string[]> {
  const rig = new DaemonRig();
  const listener = spawn('python3', ['-c', LISTENER, rig.directory.address, String(user)]);
  t.after(() => {
    listener.kill('SIGKILL');
    rig.dispose();
  });
  const lines = createInterface({ input: listener.stdout })[Symbol.asyncIterator]();
  const said = async (): Promise<string> => String((await lines.next()).value);
  assert.equal(await said(), 'listens');
  const root = bareRepository(path.join(rig.base, 'repo'));
  const client = compileClient(rig.base);
  const env = { ...hgEnvironment(), ...rig.variables };
  const extension = fileURLToPath(new URL('../../../hgext/quicksilver.py', import.meta.url));
  const run = async (program: string, ...args: readonly string[]): Promise<void> => {
    await once(spawn(program, args, { cwd: root, env, stdio: 'ignore' }), 'exit');
  };
  const found: string[] = [];
  const after = async (name: string, work: Promise<unknown>): Promise<void> => {
    await work;
    found.push(`${name}: ${await said()}`);
  };
  await after('hg', run('hg', 'status', '--config', `extensions.quicksilver=${extension}`));
  await after('client', run(client, 'status'));
  await after('command line', askServer('info', {}, rig.variables, 20_000, 20_000, isOwnPeer));
  const reached = connectToServer(rig.variables).then(link => link?.socket.end('x'));
  await after('window', reached);
  return found;
}

test('clients send nothing to the server of another user', { skip }, async t => {
  const isNative = loadNative().module !== undefined;
  assert.deepEqual(await reactions(t, OTHER), [
    ...['hg: left', 'client: left'],
    ...(isNative ? ['command line: left', 'window: left'] : ['command line: asked', 'window: asked']),
  ]);
  assert.deepEqual(
    (await reactions(t, 0)).map(line => line.replace(/.*: /, '')),
    Array<string>(4).fill('asked'),
  );
});

test('the native client survives a server that drops it', { skip: skipClient }, async t => {
  const rig = new DaemonRig();
  t.after(() => rig.dispose());
  const root = bareRepository(path.join(rig.base, 'repo'));
  const client = compileClient(rig.base);
  // It reads nothing, and the request is longer than what the system keeps for it.
  const server = net.createServer({ pauseOnConnect: true }, socket => socket.destroy());
  await new Promise<void>(resolve => server.listen(rig.directory.address, resolve));
  t.after(() => server.close());
  const long = '/'.repeat(120_000);
  const names = ['HGRCPATH', 'HGRCSKIPREPO', 'HOME', 'XDG_CONFIG_HOME', 'PATH'];
  const env = { ...rig.variables, ...Object.fromEntries(names.map(name => [name, long])) };
  assert.deepEqual(await once(spawn(client, ['status'], { cwd: root, env, stdio: 'ignore' }), 'exit'), [2, null]);
});
