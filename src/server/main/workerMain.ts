// Entry of the worker thread; as a process of its own with the argument 'serve', of the shared server.
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { createMessageConnection, PortMessageReader, PortMessageWriter } from 'vscode-jsonrpc/node';
import { serve } from '../daemon/serve.ts';
import { Server } from '../server.ts';

if (isMainThread && process.argv[2] === 'serve') {
  void serve(process.argv.slice(3)).then(code => {
    process.exitCode = code;
    // Sockets of clients and watches are closed; nothing that is left has a result.
    process.exit();
  });
} else {
  if (parentPort === null) throw new Error('This file is the entry of a worker thread.');
  const connection = createMessageConnection(new PortMessageReader(parentPort), new PortMessageWriter(parentPort));
  const programs = (workerData as { readonly programs?: string } | null)?.programs;
  const server = new Server(connection, { programs });
  connection.onClose(() => server.dispose());
  connection.listen();
}
