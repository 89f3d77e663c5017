// Entry of the worker thread.
import { parentPort } from 'node:worker_threads';
import { createMessageConnection, PortMessageReader, PortMessageWriter } from 'vscode-jsonrpc/node';
import { Server } from './server.ts';

if (parentPort === null) throw new Error('This file is the entry of a worker thread.');
const connection = createMessageConnection(new PortMessageReader(parentPort), new PortMessageWriter(parentPort));
const server = new Server(connection);
connection.onClose(() => server.dispose());
connection.listen();
