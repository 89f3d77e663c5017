// Messages between the tests in the extension host and the programs that run them: one JSON value a line, over a
// loopback connection. A closed connection is how the death of an extension host is noticed.
import net from 'node:net';
import readline from 'node:readline';

/**
 * Listens on a free loopback port. `onConnection({ send, messages })` is called for each connection; `messages` is an
 * async iterable that ends with the connection. Resolves to { port, close }.
 */
export async function listen(onConnection) {
  const sockets = new Set();
  const server = net.createServer(socket => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy()); // A reset is an end like any other.
    onConnection({ send: value => socket.write(`${JSON.stringify(value)}\n`), messages: messagesOf(socket) });
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: server.address().port, close };
}

async function* messagesOf(socket) {
  for await (const line of readline.createInterface({ input: socket, crlfDelay: Infinity })) yield JSON.parse(line);
}
