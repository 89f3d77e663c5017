// The extension's bundle has its own, small ends of a message port. They must go with the library's, which the worker has.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import {
  createMessageConnection,
  CancellationTokenSource,
  NotificationType,
  PortMessageReader,
  PortMessageWriter,
  RequestType,
  type MessageConnection,
} from 'vscode-jsonrpc/node';

interface Library {
  readonly createMessageConnection: typeof createMessageConnection;
  readonly PortMessageReader: typeof PortMessageReader;
  readonly PortMessageWriter: typeof PortMessageWriter;
  readonly CancellationTokenSource: typeof CancellationTokenSource;
}

const Double = new RequestType<number, number, void>('double');
const Wait = new RequestType<number, string, void>('wait');
const Told = new NotificationType<{ readonly bytes: Uint8Array }>('told');

async function ends(): Promise<{ near: MessageConnection; far: MessageConnection; library: Library; end: () => void }> {
  const file = path.resolve(import.meta.dirname, '../../../scripts/lib/port-messages.mjs');
  const library = (await import(pathToFileURL(file).href)) as Library;
  const { port1, port2 } = new MessageChannel();
  const near = library.createMessageConnection(
    new library.PortMessageReader(port1),
    new library.PortMessageWriter(port1),
  );
  const far = createMessageConnection(new PortMessageReader(port2), new PortMessageWriter(port2));
  near.listen();
  far.listen();
  return { near, far, library, end: () => port1.close() };
}

test('requests and notifications go both ways, with typed arrays', async () => {
  const { near, far, end } = await ends();
  near.onRequest(Double, value => 2 * value);
  far.onRequest(Double, value => 2 * value);
  assert.equal(await near.sendRequest(Double, 2), 4);
  assert.equal(await far.sendRequest(Double, 3), 6);
  const told = new Promise(resolve => near.onNotification(Told, resolve));
  await far.sendNotification(Told, { bytes: Uint8Array.of(1, 2) });
  assert.deepEqual(await told, { bytes: Uint8Array.of(1, 2) });
  end();
});

test('a failure is one on the other side, too, and a request can be cancelled', async () => {
  const { near, far, library, end } = await ends();
  far.onRequest(Double, () => {
    throw new Error('too much');
  });
  await assert.rejects(near.sendRequest(Double, 1), /too much/);
  const source = new library.CancellationTokenSource();
  cancelWhenAsked(far, source);
  assert.equal(await near.sendRequest(Wait, 0, source.token), 'cancelled');
  const other = new CancellationTokenSource();
  cancelWhenAsked(near, other);
  assert.equal(await far.sendRequest(Wait, 0, other.token), 'cancelled');
  end();
});

/** The asker gives up while its request is being answered. */
function cancelWhenAsked(answering: MessageConnection, asker: CancellationTokenSource): void {
  answering.onRequest(Wait, (_, token) => {
    setImmediate(() => asker.cancel());
    return new Promise(resolve => token.onCancellationRequested(() => resolve('cancelled')));
  });
}

test('the end of the port is told', async () => {
  const { near, far, end } = await ends();
  const closed = Promise.all([near, far].map(side => new Promise<void>(resolve => side.onClose(resolve))));
  end();
  await closed;
});

test('what cannot be sent is an error of the sender', async () => {
  const { near, end } = await ends();
  const told = new Promise<string>(resolve => near.onError(([error]) => resolve(error.message)));
  await assert.rejects(
    near.sendNotification('told', () => undefined),
    /could not be cloned/,
  );
  assert.match(await told, /could not be cloned/);
  end();
});

test('the queue of messages is a map that gives up its oldest value', async () => {
  const file = path.resolve(import.meta.dirname, '../../../scripts/lib/message-queue.mjs');
  const { LinkedMap } = (await import(pathToFileURL(file).href)) as {
    readonly LinkedMap: new () => Map<string, number> & { shift(): number | undefined };
  };
  const queue = new LinkedMap();
  for (const [index, key] of ['a', 'b', 'c', 'a'].entries()) queue.set(key, index);
  queue.delete('b');
  assert.deepEqual([queue.size, queue.shift(), queue.shift(), queue.shift(), queue.size], [2, 3, 2, undefined, 0]);
});
