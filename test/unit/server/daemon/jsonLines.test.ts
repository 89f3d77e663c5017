// Lines of JSON over a socket: a long message arrives whole, and a client that does not read is dropped.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import type { Message } from 'vscode-jsonrpc';
import { LineReader, LineWriter, MOST_UNSENT_BYTES } from '../../../../src/server/daemon/jsonLines.ts';

const skip = process.platform === 'win32' ? 'there is no socket on Windows' : false;

/** Two ends of a connection. */
async function connection(t: TestContext): Promise<{ readonly near: net.Socket; readonly far: net.Socket }> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'qsl-'));
  const server = net.createServer().listen(path.join(directory, 's'));
  await once(server, 'listening');
  const connected = once(server, 'connection') as Promise<[net.Socket]>;
  const near = net.connect(path.join(directory, 's'));
  const [far] = await connected;
  t.after(() => {
    near.destroy();
    far.destroy();
    server.close();
    fs.rmSync(directory, { recursive: true });
  });
  return { near, far };
}

function message(text: string): Message & { readonly params: string } {
  return { jsonrpc: '2.0', params: text };
}

describe('lines of JSON', { skip }, () => {
  test('bring a message that is longer than what a client may leave unread', async t => {
    const { near, far } = await connection(t);
    const received = new Promise<Message>(resolve => new LineReader(near, undefined, 1 << 30).listen(resolve));
    const long = message('x'.repeat(2 * MOST_UNSENT_BYTES));
    await new LineWriter(far).write(long);
    assert.equal(JSON.stringify(await received).length, JSON.stringify(long).length);
  });

  test('end when a client does not read', async t => {
    const { near, far } = await connection(t);
    near.pause();
    const writer = new LineWriter(far);
    const text = 'x'.repeat(MOST_UNSENT_BYTES / 4);
    let written = 0;
    await assert.rejects(async () => {
      for (; written < 20; written++) await writer.write(message(text));
    }, /does not read/);
    assert.ok(written >= 4 && written < 10, `${written} messages were taken`);
    assert.ok(far.destroyed);
  });

  test('keep a bound for messages of a client', async t => {
    const { near, far } = await connection(t);
    const reader = new LineReader(far, undefined, 1000);
    const failed = new Promise<Error>(resolve => reader.onError(resolve));
    reader.listen(() => undefined);
    near.write(`{"jsonrpc":"2.0","params":"${'x'.repeat(1000)}`);
    assert.match((await failed).message, /more than 1000 bytes/);
    assert.ok(far.destroyed);
  });
});
